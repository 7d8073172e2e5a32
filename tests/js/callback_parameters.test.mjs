// JavaScript functions as parameters: { callback: definition }; and what they have in common with
// objects, { userdata: true }, of which userdata.test.mjs has the rest.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  assertTier, collect, counts, dlopen, eventually, fastBelowCallbacks, heat, isBadResource, open,
  runNode, nativePath, packageFolder, springboard, typeError, UnsafeCallback, UnsafeFnPointer,
  UnsafePointer,
} from './support.mjs';

const { release } = springboard;
const increment = { parameters: ['i32'], result: 'i32' };

const definitions = {
  call_now: { parameters: [{ callback: increment }, 'i32'], result: 'i32' },
  call_both: { parameters: [{ callback: increment }, { callback: increment }, 'i32'],
    result: 'i32' },
  address_of: { parameters: [{ callback: increment }], result: 'u64' },
  address_kept: { name: 'address_of', parameters: [{ callback: increment, keep: true }],
    result: 'u64' },
  forget_rules: { name: 'set_function', parameters: [{ callback: increment }], result: 'void' },
  set_function: { parameters: [{ callback: increment, keep: true }], result: 'void' },
  set_and_call: { parameters: [{ callback: increment, keep: true }, 'i32'], result: 'i32' },
  call_kept: { parameters: ['i32'], result: 'i32' },
  call_slowly: { parameters: [{ callback: increment }, 'i32'], result: 'i32', nonblocking: true },
  same: { parameters: [{ userdata: true }], result: { userdata: true } },
};
const { symbols: lib } = open('keeping', definitions);
const compareDefinition = { parameters: ['pointer', 'pointer'], result: 'i32' };
const { symbols: libc } = dlopen('libc.so.6', {
  qsort: { parameters: ['buffer', 'usize', 'usize', { callback: compareDefinition }],
    result: 'void' },
});
const { read } = springboard;
const ascending = (a, b) => read(a, 'i32') - read(b, 'i32');

test('qsort takes a function, which lives for the call', () => {
  const before = counts().closures;
  for (let round = 0; round < 50; round += 1) {
    const numbers = Int32Array.from({ length: 40 }, (_, i) => (i * 7919 + round) % 101);
    libc.qsort(numbers, numbers.length, 4, ascending);
    assert.deepEqual(numbers, Int32Array.from(numbers).sort());
  }
  assert.equal(counts().closures - before, 1, 'one stub for one function');
});

test('a function, a pointer, an UnsafeCallback or null', () => {
  using callback = new UnsafeCallback(increment, (x) => x + 7);
  assert.equal(lib.call_now((x) => x + 1, 4), 5);
  assert.equal(lib.call_now(callback.pointer, 4), 11);
  assert.equal(lib.call_now(callback, 4), 11);
  assert.equal(lib.call_now(null, 4), -1);
});

test('nothing else is a function', async () => {
  for (const [value, got] of [[undefined, 'undefined'], [1, 'number'], ['f', 'string'],
    [{}, 'object'], [1n, 'bigint'], [true, 'boolean']]) {
    const message = `Invalid FFI callback type, expected a function, a pointer or null: symbol ` +
      `'NAME', parameter 0: got ${got}`;
    assert.throws(() => lib.call_now(value, 1), typeError(message.replace('NAME', 'call_now')));
    await assert.rejects(lib.call_slowly(value, 1),
      typeError(message.replace('NAME', 'call_slowly')));
  }
});

test('one stub for each function and definition', () => {
  const one = (x) => x;
  const other = (x) => x;
  assert.equal(lib.address_of(one), lib.address_of(one));
  assert.equal(lib.address_of(one), lib.address_kept(one));
  assert.ok(release(one));
  assert.notEqual(lib.address_of(one), lib.address_of(other));
  assert.equal(lib.call_both(one, one, 3), 303);
  assert.equal(lib.call_both(one, (x) => x + 1, 3), 304);
});

test('nested and recursive calls with the same function', () => {
  const sum = (n) => (n === 0 ? 0 : n + lib.call_now(sum, n - 1));
  assert.equal(lib.call_now(sum, 20), 210);
  // The inner call has ended; the outer one still has the stub.
  const twice = (x) => (x > 10 ? x : lib.call_now(twice, x + 10) + lib.call_now(twice, x + 11));
  assert.equal(lib.call_now(twice, 1), 23);
});

test('what a callback throws comes out of the call, and the function can be passed again', () => {
  let fails = true;
  const perhaps = (x) => {
    if (fails) throw new RangeError(`refuses ${x}`);
    return x;
  };
  assert.throws(() => lib.call_now(perhaps, 6), { name: 'RangeError', message: 'refuses 6' });
  fails = false;
  assert.equal(lib.call_now(perhaps, 6), 6);
  const forms = { parameters: [{ callback: { parameters: [],
    result: { enum: { A: 1 } } } }, 'i32'], result: 'i32' };
  const { symbols } = open('keeping', { call_now: forms });
  assert.equal(symbols.call_now(() => 'A', 0), 1);
  assert.throws(() => symbols.call_now(() => 'B', 0), typeError('expected a name or value of it'));
});

test('a bad second argument leaves nothing behind', () => {
  const f = (x) => x;
  assert.throws(() => lib.call_now(f, 'x'), typeError("symbol 'call_now', parameter 1"));
  assert.throws(() => lib.call_both(f, 5, 1), typeError("symbol 'call_both', parameter 1"));
  assert.equal(lib.call_now(f, 5), 5);
  assert.equal(release(f), false);
});

test('calls with functions take the fast way and give the same when optimised', () => {
  let made = 0;
  const f = (x) => {
    made += 1;
    return x + 1;
  };
  const run = heat(() => lib.call_now(f, 4));
  assert.equal(run(), 5);
  assert.equal(heat((g) => lib.call_now(g, 4), f)(null), -1);
  assert.throws(() => heat((g) => lib.call_now(g, 4), f)(7), typeError('got number'));
  assert.ok(made > 0);
});

test('a call that is refused keeps nothing', async () => {
  const bad = { enum: { A: 1 }, type: 'i32' };
  const { symbols: kept } = open('keeping', {
    call: { name: 'set_and_call', parameters: [{ callback: increment, keep: true }, 'i32'],
      result: 'i32' },
    enumerated: { name: 'set_and_call', parameters: [{ callback: increment, keep: true }, bad],
      result: 'i32' },
    later: { name: 'call_slowly', parameters: [{ callback: increment, keep: true }, 'i32'],
      result: 'i32', nonblocking: true },
    same: { parameters: [{ userdata: true, keep: true }, 'i32'], result: 'u64' },
    inout: { name: 'same', parameters: [{ inout: { userdata: true, keep: true } }, 'i32'],
      result: 'void' },
    failing: { name: 'set_and_call', parameters: [{ callback: increment, keep: true }, 'i32'],
      result: { enum: { A: 1 }, type: 'i32' }, throws: 'errno' },
  });
  const f = (x) => x;
  const object = {};
  for (let i = 0; i < 3; i += 1) {
    assert.throws(() => kept.call(f, 'x'), typeError("symbol 'call', parameter 1"));
    assert.throws(() => kept.enumerated(f, 'B'), typeError("symbol 'enumerated', parameter 1"));
    await assert.rejects(kept.later(f, 'x'), typeError("symbol 'later', parameter 1"));
    assert.equal(release(f), false);
    assert.throws(() => kept.same(object, 'x'), typeError("symbol 'same', parameter 1"));
    assert.throws(() => kept.inout(object, 'x'), typeError("symbol 'inout', parameter 1"));
    assert.equal(release(object), false);
  }
  // What was kept before stays so.
  assert.equal(kept.call(f, 3), 3);
  assert.throws(() => kept.call(f, 'x'), TypeError);
  assert.equal(lib.call_kept(8), 8);
  assert.equal(release(f), true);
  // Entered, and then thrown: by the callback, also where its own call was refused; by `throws`.
  const refused = () => lib.call_now(f, 'x');
  assert.throws(() => kept.call(refused, 1), typeError("symbol 'call_now', parameter 1"));
  assert.equal(release(refused), true);
  const minus = () => -1;
  assert.throws(() => kept.failing(minus, 1), { name: 'SystemError' });
  assert.equal(release(minus), true);
  const hot = heat((g) => kept.call(g, 1), f);
  const thrower = () => {
    throw new RangeError('hot');
  };
  assert.throws(() => hot(thrower), { message: 'hot' });
  assert.equal(release(thrower), true);
  assert.equal(await kept.later(f, 2), 1);
  assert.equal(release(f), true);
  const closed = open('keeping', { set_function: definitions.set_function });
  closed.close();
  assert.throws(() => closed.symbols.set_function(f), isBadResource);
  assert.equal(release(f), false);
});

test('optimised calls with functions and objects take the fast stub', () => {
  let entered = 0;
  const f = (x) => {
    entered += 1;
    return x + 1;
  };
  const data = {};
  const withFunction = heat(() => lib.call_now(f, 4));
  const withObject = heat(() => {
    entered += 1;
    return lib.same(data);
  });
  const fast = { fast: fastBelowCallbacks };
  assertTier(() => entered, () => assert.equal(withFunction(), 5), fast);
  assertTier(() => entered, () => assert.equal(withObject(), data), fast);
});

test('a promise: the function lives until it settles', async () => {
  const seen = [];
  const total = lib.call_slowly((x) => {
    seen.push(x);
    collect();
    return x;
  }, 5);
  collect();
  assert.equal(await total, 10);
  assert.deepEqual(seen, [0, 1, 2, 3, 4]);
});

test('kept functions live until they are released', async () => {
  let f = (x) => x * 2;
  lib.set_function(f);
  for (let i = 0; i < 5; i += 1) {
    collect();
    await new Promise(setImmediate);
  }
  assert.equal(lib.call_kept(21), 42);
  assert.equal(release(f), true);
  assert.equal(release(f), false);
  assert.equal(release(null), false);
  assert.equal(lib.call_kept(21), 0, 'the stub of a released function returns zero');
  lib.set_function(f);
  assert.equal(lib.call_kept(4), 8, 'it can be kept again');
  lib.set_function(null);
  release(f);
  f = undefined;
});

test('a kept function may release itself, and what it throws at once does not release it', () => {
  let calls = 0;
  const once = (x) => {
    calls += 1;
    assert.equal(release(once), true);
    return x + 1;
  };
  lib.set_function(once);
  assert.equal(lib.call_kept(1), 2);
  assert.equal(lib.call_kept(1), 0);
  assert.equal(calls, 1);
  let throws = true;
  const later = (x) => {
    if (throws) throw new Error('not yet');
    return x;
  };
  assert.throws(() => lib.set_and_call(later, 3), /not yet/);
  throws = false;
  assert.equal(lib.call_kept(3), 3);
  release(later);
});

test('after the call the stub returns zero, and that is reported', () => {
  const { stdout, stderr, status } = runNode(`
    import { createRequire } from 'node:module';
    const { dlopen } = createRequire('/')(${JSON.stringify(packageFolder)});
    const { symbols } = dlopen(${JSON.stringify(nativePath('keeping'))}, {
      set_function: { parameters: [{ callback: ${JSON.stringify(increment)} }], result: 'void' },
      call_kept: { parameters: ['i32'], result: 'i32' },
    });
    const f = function early(x) { return x + 1; };
    symbols.set_function(f);
    console.log(symbols.call_kept(1), symbols.call_kept(1));`);
  assert.equal(stdout, '0 0\n', stderr);
  assert.equal(status, 0);
  assert.match(stderr, /UnsafeCallback early\(i32\)i32 was called after it was closed; .*zero/);
});

test('stubs go with their functions, without the event loop', () => {
  const before = counts().closures;
  for (let i = 0; i < 6000; i += 1) {
    assert.equal(lib.call_now((x) => x + i, 1), 1 + i);
    if (i % 1000 === 999) collect();
  }
  // Closures whose address native code may remember are bounded (callback.h).
  assert.ok(counts().closures - before < 5200, `${counts().closures - before} closures`);
});

test('an unused function is collected', async () => {
  const refs = [];
  (() => {
    for (let i = 0; i < 20; i += 1) {
      const f = (x) => x + i;
      lib.call_now(f, i);
      refs.push(new WeakRef(f));
    }
  })();
  await eventually(() => {
    collect();
    return refs.filter((ref) => ref.deref() !== undefined).length <= 1;
  },
    'functions that were passed are never collected');
});

test('bad definitions are refused where they are', () => {
  const make = (type) => () => open('keeping', {
    call_now: { parameters: [type, 'i32'], result: 'i32' } });
  for (const [type, part] of [
    [{ callback: null }, 'invalid type: null'],
    [{ callback: { parameters: ['i33'], result: 'i32' } }, "unknown variant 'i33'"],
    [{ callback: { parameters: [] } }, "missing field 'result'"],
    [{ callback: { parameters: [], result: 'void', nonblocking: true } }, 'cannot be nonblocking'],
    [{ callback: { parameters: [], result: 'cstring' } }, 'nobody would own the memory'],
    [{ callback: { parameters: ['i32', '...'], result: 'i32' } }, 'it cannot be variadic'],
    [{ callback: { parameters: ['i32', { out: 'i32' }], result: 'i32' } },
      "unsupported type 'out' of a callback's parameter: callback: symbol 'call_now', "],
    [{ callback: { ...increment, errno: true } }, 'only native functions have errno'],
    [{ callback: { ...increment, throws: 'errno' } }, 'only native functions have errno'],
    [{ callback: increment, keep: 1 }, "expected boolean"],
    [{ callback: increment, live: 1 }, "unknown field 'live'"],
    [{ userdata: 1 }, 'invalid type of userdata'],
    [{ userdata: true, free: 'x' }, "unknown field 'free'"],
    [{ struct: [{ callback: increment }] }, "unsupported type of a struct's field"],
    [{ struct: [{ userdata: true }] }, "unsupported type of a struct's field"],
  ]) {
    assert.throws(make(type), typeError(part));
    assert.throws(make(type), typeError("symbol 'call_now', parameter 0"));
  }
  // Without `keep` nothing says how long it would live.
  assert.throws(make({ callback: { parameters: [], result: { callback: increment } } }),
    typeError("unsupported type 'callback' of a callback's result"));
});

test('a function in a function pointer, a callback and its result', () => {
  using inner = new UnsafeCallback({ parameters: [{ callback: increment }, 'i32'], result: 'i32' },
    (pointer, value) => new UnsafeFnPointer(pointer, increment).call(value) + 1);
  const call = new UnsafeFnPointer(inner.pointer,
    { parameters: [{ callback: increment }, 'i32'], result: 'i32' });
  assert.equal(call.call((x) => x * 3, 5), 16);
  const maker = { parameters: ['i32'], result: { callback: increment, keep: true } };
  const { symbols } = open('keeping', {
    call_made: { parameters: [{ callback: maker }, 'i32'], result: 'i32' } });
  const tenfold = (x) => x * 10;
  assert.equal(symbols.call_made(() => tenfold, 4), 40);
  assert.equal(release(tenfold), true);
  assert.throws(() => symbols.call_made(() => 3, 4), typeError("symbol 'UnsafeCallback', result"));
});

test('a closed library', () => {
  const closed = open('keeping', definitions);
  const { call_now: call, same } = closed.symbols;
  const f = (x) => x;
  call(f, 1);
  closed.close();
  assert.throws(() => call(f, 1), isBadResource);
  assert.throws(() => same({}), isBadResource);
  assert.equal(lib.call_now(f, 2), 2);
});
