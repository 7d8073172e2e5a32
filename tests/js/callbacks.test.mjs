// callbacks: UnsafeCallback on the isolate's own thread: every type in and out, what callbacks
// throw, callbacks inside callbacks, and callbacks that are called when they should not be.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import {
  UnsafeCallback, UnsafePointer, UnsafePointerView, collect, heat, isBadResource, open, root,
  runNode, site,
} from './support.mjs';

const Point = { struct: ['f64', 'f64'] };
const ByteLong = { struct: ['i8', 'i64'] };
const Words8 = { struct: Array(8).fill('i64') };
const max64 = 2n ** 64n - 1n;
const min63 = -(2n ** 63n);
const pointer = UnsafePointer.create(0x1234);

const types = {
  i8: 'i8', u8: 'u8', i16: 'i16', u16: 'u16', i32: 'i32', u32: 'u32', i64: 'i64', u64: 'u64',
  isize: 'isize', usize: 'usize', f32: 'f32', f64: 'f64', bool: 'bool', pointer: 'pointer',
  point: Point, byte_long: ByteLong, words8: Words8,
};
const lib = open('callbacks', {
  ...Object.fromEntries(Object.entries(types).map(([name, type]) => [`call_${name}`,
    { parameters: ['function', type], result: type }])),
  call_void: { parameters: ['function'], result: 'void' },
  via_i32: { parameters: ['function', 'i32'], result: 'i32' },
  call_many: { parameters: ['function'], result: 'f64' },
  sort_i32: { parameters: ['buffer', 'u32', 'function'], result: 'void' },
  repeat: { parameters: ['function', 'i32'], result: 'i64' },
  keep_later: { parameters: ['function'], result: 'void' },
  call_later: { parameters: ['i32'], result: 'i32' },
});
const { symbols } = lib;
after(() => lib.close());

// Makes a callback, passes its pointer to `use`, closes it.
function withCallback(definition, callback, use) {
  const made = new UnsafeCallback(definition, callback);
  try {
    return use(made.pointer);
  } finally {
    made.close();
  }
}
const plain = { parameters: [], result: 'void' };

const values = {
  i8: [0, 1, -1, 127, -128], u8: [0, 1, 128, 255], i16: [0, -1, 32767, -32768], u16: [0, 65535],
  i32: [0, -1, 2 ** 31 - 1, -(2 ** 31)], u32: [0, 2 ** 31, 2 ** 32 - 1],
  i64: [0n, -1n, min63, 2n ** 63n - 1n], u64: [0n, 2n ** 63n, max64], isize: [-1n, min63],
  usize: [max64, 1n], f32: [0, -0, 1.5, NaN, Infinity, Math.fround(0.1)],
  f64: [0, -0, 0.1, NaN, -Infinity, 5e-324], bool: [true, false],
};
for (const [kind, list] of Object.entries(values)) {
  test(`${kind} in and out`, () => {
    const seen = [];
    const f = symbols[`call_${kind}`];
    withCallback({ parameters: [kind], result: kind },
      (value) => { seen.push(value); return value; },
      (function_) => {
        const run = site('c, v', 'return f(c, v);', { f });
        for (const value of list) assert.ok(Object.is(run(function_, value), value), `${value}`);
        heat(run, function_, list[0]);
        seen.length = 0;
        for (const value of list) assert.ok(Object.is(run(function_, value), value), `${value}`);
        assert.deepEqual(seen, list);
      });
  });
}

test('pointers in and out', () => {
  for (const kind of ['pointer', 'function', 'buffer']) {
    withCallback({ parameters: [kind], result: kind }, (value) => value, (function_) => {
      assert.equal(symbols.call_pointer(function_, null), null);
      assert.equal(UnsafePointer.value(symbols.call_pointer(function_, pointer)), 0x1234n, kind);
    });
  }
  const bytes = new Uint8Array(100);
  withCallback({ parameters: ['pointer'], result: 'buffer' }, () => bytes, (function_) => {
    assert.equal(UnsafePointer.value(symbols.call_pointer(function_, null)),
      UnsafePointer.value(UnsafePointer.of(bytes)));
  });
});

test('structs in and out', () => {
  const cases = {
    point: [Point, new Uint8Array(new Float64Array([1.5, -2.5]).buffer)],
    byte_long: [ByteLong, new Uint8Array(16).fill(0x81, 8).fill(7, 0, 1)],
    words8: [Words8, Uint8Array.from({ length: 64 }, (_, i) => i + 1)],
  };
  for (const [name, [type, bytes]] of Object.entries(cases)) {
    let seen;
    withCallback({ parameters: [type], result: type }, (value) => { seen = value; return value; },
      (function_) => {
        const result = symbols[`call_${name}`](function_, bytes);
        assert.deepEqual(result, bytes, name);
        assert.deepEqual(seen, bytes, name);
        assert.equal(Object.getPrototypeOf(seen), Uint8Array.prototype);
        seen.fill(0);
        assert.deepEqual(result, bytes, 'a copy');
      });
  }
  // Shorter and longer results: as many bytes as both have.
  for (const length of [0, 8, 16, 40]) {
    withCallback({ parameters: [Point], result: Point },
      () => new Uint8Array(length).fill(9), (function_) => {
        const result = symbols.call_point(function_, cases.point[1]);
        const shared = Math.min(16, length);
        assert.deepEqual([...result.subarray(0, shared)], Array(shared).fill(9));
      });
  }
});

test('seventeen parameters of all classes', () => {
  const definition = {
    parameters: ['i32', 'f64', 'i64', 'f32', 'u8', Point, 'i16', 'u64', 'i32', 'i32', 'f64', 'f64',
      'f64', 'f64', 'f64', 'f64', 'f64'],
    result: 'f64',
  };
  let seen;
  withCallback(definition, (...args) => { seen = args; return 0.5; }, (function_) => {
    assert.equal(symbols.call_many(function_), 0.5);
  });
  seen[5] = [...new Float64Array(seen[5].buffer)];
  assert.deepEqual(seen, [1, 2.5, -3n, 4.5, 5, [6.5, 7.5], -8, 9n, 10, 11, 12.5, 13.5, 14.5, 15.5,
    16.5, 17.5, 18.5]);
});

test('this is undefined, and only declared arguments arrive', () => {
  let seen;
  withCallback({ parameters: ['i32'], result: 'i32' },
    function callback(...args) { seen = [this, args]; return 0; },
    (function_) => symbols.call_i32(function_, 5));
  assert.deepEqual(seen, [undefined, [5]]);
});

test('results are coerced as JavaScript coerces', () => {
  const cases = [['u8', 300, 44], ['i32', '5', 5], ['i32', 1.9, 1], ['i32', undefined, 0],
    ['i32', null, 0], ['i32', true, 1], ['f64', '2.5', 2.5], ['f64', undefined, NaN],
    ['u16', -1, 65535], ['bool', true, true], ['i32', { valueOf: () => 7 }, 7],
    ['i64', 7n, 7n], ['u64', -1n, max64], ['pointer', undefined, null], ['pointer', 5, null],
    ['pointer', {}, null]];
  for (const [kind, returned, expected] of cases) {
    withCallback({ parameters: [kind], result: kind }, () => returned, (function_) => {
      const argument = { i64: 1n, u64: 1n, bool: true, pointer: null }[kind];
      const result = symbols[`call_${kind}`](function_, argument === undefined ? 1 : argument);
      assert.ok(Object.is(result, expected), `${kind} from ${String(returned)}: ${result}`);
    });
  }
});

test('results that cannot be converted are TypeErrors', () => {
  const cases = [['u8', 1n], ['i32', Symbol('s')], ['i32', 1n], ['f32', 1n], ['f64', Symbol('s')],
    ['i64', Symbol('s')], ['point', 5], ['point', undefined], ['point', {}]];
  const argument = { i64: 1n, point: new Uint8Array(16) };
  for (const [name, returned] of cases) {
    const type = types[name];
    withCallback({ parameters: [type], result: type }, () => returned, (function_) => {
      assert.throws(() => symbols[`call_${name}`](function_, argument[name] ?? 1), TypeError,
        `${name} from ${String(returned)}`);
    });
  }
  const boom = new Error('boom');
  const throwing = { valueOf() { throw boom; } };
  withCallback({ parameters: ['i32'], result: 'i32' }, () => throwing, (function_) => {
    assert.throws(() => symbols.call_i32(function_, 1), (error) => error === boom);
  });
});

test('what a callback throws is rethrown when the native call returns', () => {
  for (const thrown of [new Error('boom'), 'text', undefined, null, 0, 5n, { an: 'object' }]) {
    const callback = () => { throw thrown; };
    for (const [name, type] of Object.entries(types)) {
      withCallback({ parameters: [type], result: type }, callback, (function_) => {
        const argument = typeof type === 'object' ? new Uint8Array(64)
          : { i64: 1n, u64: 1n, isize: 1n, usize: 1n, bool: true, pointer: null }[name];
        const value = argument === undefined ? 1 : argument;
        let caught = 'nothing was thrown';
        try {
          symbols[`call_${name}`](function_, value);
        } catch (error) {
          caught = error;
        }
        assert.equal(caught, thrown, name);
      });
    }
  }
});

test('thrown through optimised callers', () => {
  let boom;
  const callback = new UnsafeCallback(plain, () => { if (boom) throw boom; });
  const caught = site('c, x', 'try { return f(c, x); } catch (e) { return e; }',
    { f: symbols.via_i32 });
  const loose = site('c, x', 'return f(c, x);', { f: symbols.via_i32 });
  heat(caught, callback.pointer, 1);
  heat(loose, callback.pointer, 1);
  for (let round = 0; round < 5; round += 1) {
    boom = new Error(`round ${round}`);
    assert.equal(caught(callback.pointer, 1), boom);
    assert.throws(() => loose(callback.pointer, 1), (error) => error === boom);
    boom = undefined;
    assert.equal(caught(callback.pointer, round), round);
    assert.equal(loose(callback.pointer, round), round);
  }
  callback.close();
});

test('qsort with a comparator', () => {
  const values32 = Int32Array.from({ length: 500 }, (_, i) => (i * 7919) % 1009 - 500);
  const expected = Int32Array.from(values32).sort();
  const read = (from) => new UnsafePointerView(from).getInt32();
  withCallback({ parameters: ['pointer', 'pointer'], result: 'i32' },
    (a, b) => read(a) - read(b),
    (function_) => symbols.sort_i32(values32, values32.length, function_));
  assert.deepEqual(values32, expected);
});

test('several throws in one native call', () => {
  const program = `
    import { UnsafeCallback, open } from '${root}/tests/js/support.mjs';
    const lib = open('callbacks', { repeat: { parameters: ['function', 'i32'], result: 'i64' } });
    let calls = 0;
    const callback = new UnsafeCallback({ parameters: ['i32'], result: 'i32' }, (i) => {
      calls += 1;
      throw new Error('throw number ' + i);
    });
    try {
      lib.symbols.repeat(callback.pointer, 4);
    } catch (error) {
      console.log('caught', error.message, 'after', calls, 'calls');
    }
    callback.close();
    console.log('healthy');`;
  const { status, stdout, stderr } = runNode(program);
  assert.equal(status, 0, stderr);
  assert.match(stdout, /caught throw number 0 after \d calls\nhealthy/);
});

test('nested callbacks, a throw caught half way', () => {
  const depth = 12;
  const caughtAt = 5;
  const log = [];
  const callback = new UnsafeCallback({ parameters: ['i32'], result: 'i32' }, (level) => {
    if (level === depth) throw new Error('from the bottom');
    if (level !== caughtAt) return symbols.call_i32(callback.pointer, level + 1) + 1;
    try {
      return symbols.call_i32(callback.pointer, level + 1);
    } catch (error) {
      log.push(`${level}: ${error.message}`);
      return 100;
    }
  });
  for (let round = 0; round < 300; round += 1) {
    log.length = 0;
    assert.equal(symbols.call_i32(callback.pointer, 0), 100 + caughtAt);
    assert.deepEqual(log, [`${caughtAt}: from the bottom`]);
    if (round % 100 === 0) collect();
  }
  callback.close();
});

test('a nested call with another aggregate does not disturb the outer one', () => {
  const bytes = Uint8Array.from({ length: 64 }, (_, i) => i + 1);
  const inner = new UnsafeCallback({ parameters: [Point], result: Point }, (value) => value);
  withCallback({ parameters: [Words8], result: Words8 }, (value) => {
    const two = symbols.call_point(inner.pointer, new Uint8Array(16).fill(0xee));
    assert.deepEqual(two, new Uint8Array(16).fill(0xee));
    return value;
  }, (function_) => {
    for (let i = 0; i < 100; i += 1) assert.deepEqual(symbols.call_words8(function_, bytes), bytes);
  });
  inner.close();
});

test('the optimised callback itself is deoptimised', () => {
  const callback = site('x', 'return x + 1;');
  heat(callback, 1);
  const big = new UnsafeCallback({ parameters: ['f64'], result: 'f64' }, callback);
  const run = heat(site('c, x', 'return f(c, x);', { f: symbols.call_f64 }), big.pointer, 1);
  assert.equal(run(big.pointer, 1), 2);
  assert.equal(run(big.pointer, 0.5), 1.5);
  assert.equal(run(big.pointer, 1e300), 1e300 + 1);
  big.close();
});

test('callbacks made before and after the caller became hot', () => {
  const early = new UnsafeCallback(plain, () => { count += 1; });
  let count = 0;
  const run = heat(site('c, x', 'return f(c, x);', { f: symbols.via_i32 }), early.pointer, 1);
  count = 0;
  assert.equal(run(early.pointer, 5), 5);
  const late = new UnsafeCallback(plain, () => { count += 10; });
  assert.equal(run(late.pointer, 6), 6);
  assert.equal(count, 11);
  early.close();
  late.close();
});

test('close, and close twice', () => {
  const callback = new UnsafeCallback(plain, () => {});
  assert.equal(callback.close(), undefined);
  assert.throws(() => callback.close(), isBadResource);
});


test('definition, callback and pointer are its fields', () => {
  const callback = () => {};
  const made = new UnsafeCallback(plain, callback);
  assert.equal(made.definition, plain);
  assert.equal(made.callback, callback);
  assert.equal(Object.getPrototypeOf(made.pointer), null);
  made.close();
});

test('closing inside itself', () => {
  const callback = new UnsafeCallback({ parameters: ['i32'], result: 'i32' }, (x) => {
    callback.close();
    collect();
    return x + 1;
  });
  assert.equal(symbols.call_i32(callback.pointer, 41), 42);
  assert.throws(() => callback.close(), isBadResource);
});

test('closing the library inside a callback keeps it mapped for the call', () => {
  const own = open('callbacks', { via_i32: { parameters: ['function', 'i32'], result: 'i32' } });
  const run = site('c, x', 'return f(c, x);', { f: own.symbols.via_i32 });
  let close = false;
  const callback = new UnsafeCallback(plain, () => {
    if (!close) return;
    own.close();
    collect();
  });
  heat(run, callback.pointer, 1);
  close = true;
  assert.equal(run(callback.pointer, 42), 42);
  assert.throws(() => run(callback.pointer, 42), isBadResource);
  callback.close();
});

test('a closed callback that native code calls gives zero and one report', () => {
  const program = `
    import { UnsafeCallback, collect, open } from '${root}/tests/js/support.mjs';
    const lib = open('callbacks', {
      keep_later: { parameters: ['function'], result: 'void' },
      call_later: { parameters: ['i32'], result: 'i32' },
    });
    const callback = new UnsafeCallback({ parameters: ['i32'], result: 'i32' }, (x) => x + 1);
    lib.symbols.keep_later(callback.pointer);
    console.log(lib.symbols.call_later(41));
    callback.close();
    console.log(lib.symbols.call_later(41), lib.symbols.call_later(41));`;
  const { status, stdout, stderr } = runNode(program);
  assert.equal(status, 0, stderr);
  assert.equal(stdout, '42\n0 0\n');
  assert.equal(stderr.split('\n').filter((line) => line.includes('springboard')).length, 1, stderr);
});

test('a callback that is never closed does not keep the process', () => {
  const { status } = runNode(`
    import { UnsafeCallback } from '${root}/tests/js/support.mjs';
    globalThis.kept = new UnsafeCallback({ parameters: [], result: 'void' }, () => {});`);
  assert.equal(status, 0);
});
