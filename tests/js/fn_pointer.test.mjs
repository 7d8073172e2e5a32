// fn_pointer: calling a bare address with a definition.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import {
  UnsafeCallback, UnsafeFnPointer, UnsafePointer, assertTier, collect, counts, fastBelowCallbacks,
  heat, open, site, typeError,
} from './support.mjs';

const names = ['add_i32', 'add_f64', 'add_u64', 'nop', 'weigh12_i32', 'echo_pointer', 'less_f64'];
const lib = open('calls', Object.fromEntries(names.map((name) => [name, { type: 'pointer' }])));
const structs = open('structs', { midpoint: { type: 'pointer' } });
const { symbols } = lib;
const counting = open('calls', { calls_made: { parameters: [], result: 'u64' } });
const made = counting.symbols.calls_made;
after(() => {
  counting.close();
  lib.close();
  structs.close();
});
const i32 = { parameters: ['i32', 'i32'], result: 'i32' };

test('scalars, cold and hot', () => {
  const add = new UnsafeFnPointer(symbols.add_i32, i32);
  assert.equal(add.call(40, 2), 42);
  const run = heat(site('a, b', 'return add.call(a, b);', { add }), 1, 2);
  assert.equal(run(40, 2), 42);
  assert.throws(() => run('x', 2), typeError('Invalid FFI i32 type, expected integer'));
  const sum = new UnsafeFnPointer(symbols.add_f64, { parameters: ['f64', 'f64'], result: 'f64' });
  assert.equal(sum.call(0.5, 0.25), 0.75);
  const less = new UnsafeFnPointer(symbols.less_f64,
    { parameters: ['f64', 'f64'], result: 'bool' });
  assert.equal(less.call(1, 2), true);
  const twelve = new UnsafeFnPointer(symbols.weigh12_i32,
    { parameters: Array(12).fill('i32'), result: 'i32' });
  assert.equal(twelve.call(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1), 78);
});

const p = UnsafePointer.create(4096);
const hot = {
  nop: [{ parameters: [], result: 'void' }, [], null],
  add_i32: [i32, [40, 2], 42],
  add_f64: [{ parameters: ['f64', 'f64'], result: 'f64' }, [0.5, 0.25], 0.75],
  add_u64: [{ parameters: ['u64', 'u64'], result: 'u64' }, [2n ** 63n, 1n], 2n ** 63n + 1n],
  less_f64: [{ parameters: ['f64', 'f64'], result: 'bool' }, [1, 2], true],
};
for (const [name, [definition, args, expected]] of Object.entries(hot)) {
  const arguments_ = args.map((_, i) => `a${i}`).join(', ');

  test(`${name}: optimised code enters the stub, the object being a constant`, () => {
    const f = new UnsafeFnPointer(symbols[name], definition);
    const run = heat(site(arguments_, `return f.call(${arguments_});`, { f }), ...args);
    assertTier(made, () => assert.equal(run(...args), expected));
  });

  test(`${name}: optimised code enters the stub, the object being an argument`, () => {
    const f = new UnsafeFnPointer(symbols[name], definition);
    const run = heat(site(['f', ...args.map((_, i) => `a${i}`)].join(', '),
      `return f.call(${arguments_});`), f, ...args);
    assertTier(made, () => assert.equal(run(f, ...args), expected));
  });
}

test('each of several call sites enters the stub of its own object', () => {
  const runs = Object.entries(hot).map(([name, [definition, args, expected]]) => {
    const f = new UnsafeFnPointer(symbols[name], definition);
    const parameters = args.map((_, i) => `a${i}`).join(', ');
    return [site(parameters, `return f.call(${parameters});`, { f }), args, expected];
  });
  for (const [run, args] of runs) heat(run, ...args);
  for (const [run, args, expected] of runs) {
    assertTier(made, () => assert.equal(run(...args), expected));
  }
});

test('the first call of a site that is hot already does not spoil it', () => {
  const run = site('f, a, b', 'return f.call(a, b);');
  heat(run, new UnsafeFnPointer(symbols.add_i32, i32), 1, 2);
  const f = new UnsafeFnPointer(symbols.add_f64, hot.add_f64[0]);
  assert.equal(run(f, 0.5, 0.25), 0.75);
  assert.equal(run(f, 0.5, 0.25), 0.75);
  const own = site('a, b', 'return f.call(a, b);', { f });
  heat(own, 1, 2);
  assertTier(made, () => assert.equal(own(0.5, 0.25), 0.75));
});

test('hot code honours another pointer and another definition', () => {
  const f = new UnsafeFnPointer(symbols.add_i32, i32);
  const run = heat(site('a, b', 'return f.call(a, b);', { f }), 1, 2);
  assert.equal(run(40, 2), 42);
  f.definition = { parameters: ['i32', 'i32'], result: 'u8' };
  assert.equal(run(255, 2), 1);
  f.pointer = symbols.weigh12_i32;
  f.definition = { parameters: Array(12).fill('i32'), result: 'i32' };
  assert.equal(f.call(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1), 78);
  assert.throws(() => run(1, 2), typeError('Invalid FFI i32 type'));
  f.pointer = null;
  assert.throws(() => run(1, 2), typeError('pointer is null'));
  f.pointer = symbols.add_i32;
  f.definition = i32;
  assert.equal(run(40, 2), 42);
  const fresh = heat(site('a, b', 'return f.call(a, b);', { f }), 1, 2);
  assertTier(made, () => fresh(40, 2));
});

test('one stub for all calls of one object', () => {
  const f = new UnsafeFnPointer(symbols.add_i32, i32);
  assert.equal(f.call, f.call);
  const { liveStubs } = counts();
  for (let i = 0; i < 100; i += 1) f.call(i, 1);
  assert.equal(counts().liveStubs, liveStubs);
});

test('call is a method like any other', () => {
  const f = new UnsafeFnPointer(symbols.add_i32, i32);
  const { call } = UnsafeFnPointer.prototype;
  assert.equal(call.name, 'call');
  assert.equal(call.length, 0);
  assert.equal(Reflect.apply(call, f, [4, 5]), 9);
  assert.equal(Reflect.apply(f.call, f, [4, 5]), 9);
  assert.equal(f.call(4, 5, 'extra'), 9);
  assert.deepEqual(Object.keys(f), ['pointer', 'definition']);
  assert.equal('call' in f, true);
  for (const stranger of [undefined, {}, { pointer: symbols.add_i32, definition: i32 }]) {
    assert.throws(() => Reflect.apply(call, stranger, [4, 5]), TypeError);
  }
  class Shifted extends UnsafeFnPointer {
    call(...args) { return super.call(...args) + 100; }
  }
  const shifted = new Shifted(symbols.add_i32, i32);
  assert.ok(shifted instanceof UnsafeFnPointer);
  assert.equal(shifted.call(1, 2), 103);
  assert.equal(shifted.call(3, 4), 107);
  f.call = () => 'replaced';
  assert.equal(f.call(1, 2), 'replaced');
  assert.deepEqual(Object.keys(f), ['pointer', 'definition', 'call']);
  assert.equal(new UnsafeFnPointer(symbols.add_i32, i32).call(1, 2), 3);
});

test('reading call throws nothing, calling it does', () => {
  for (const [pointer, definition] of [[null, i32], [5, i32], [symbols.add_i32, {}]]) {
    const f = new UnsafeFnPointer(pointer, definition);
    const { call } = f;
    assert.equal(typeof call, 'function');
    for (let i = 0; i < 3; i += 1) {
      assert.throws(() => f.call(1, 2), TypeError);
      assert.throws(() => Reflect.apply(call, f, [1, 2]), TypeError);
    }
    f.pointer = symbols.add_i32;
    f.definition = i32;
    assert.equal(f.call(40, 2), 42);
    assert.equal(Reflect.apply(call, f, [40, 2]), 42);
  }
});

test('a pointer in and out of optimised code', () => {
  const f = new UnsafeFnPointer(symbols.echo_pointer,
    { parameters: ['pointer'], result: 'pointer' });
  const run = heat(site('a', 'return f.call(a);', { f }), p);
  assert.equal(UnsafePointer.value(run(p)), 4096n);
  assert.equal(run(null), null);
  assertTier(made, () => run(p));
});

test('structs', () => {
  const Point = { struct: ['f64', 'f64'] };
  const midpoint = new UnsafeFnPointer(structs.symbols.midpoint,
    { parameters: [Point, Point], result: Point });
  const result = midpoint.call(new Float64Array([0, 0]), new Float64Array([2, 4]));
  assert.deepEqual([...new Float64Array(result.buffer)], [1, 2]);
  assert.throws(() => midpoint.call(new Float64Array(1), new Float64Array(2)), TypeError);
});

test('a void call gives null', () => {
  const nop = new UnsafeFnPointer(symbols.nop, { parameters: [], result: 'void' });
  assert.equal(nop.call(), null);
});

test('fields are those given', () => {
  const add = new UnsafeFnPointer(symbols.add_i32, i32);
  assert.equal(add.pointer, symbols.add_i32);
  assert.equal(add.definition, i32);
});

test('bad pointers and definitions leave the process healthy', () => {
  for (const bad of [5, {}, 'x', undefined, 1n, new Uint8Array(8)]) {
    assert.throws(() => new UnsafeFnPointer(bad, i32).call(1, 2), typeError('expected external'));
  }
  assert.throws(() => new UnsafeFnPointer(null, i32).call(1, 2), TypeError);
  const bad = (definition, part) => assert.throws(
    () => new UnsafeFnPointer(symbols.add_i32, definition).call(1, 2), typeError(part));
  bad({}, 'missing field');
  bad({ parameters: [] }, 'missing field');
  bad({ parameters: ['num'], result: 'void' }, 'unknown variant');
  bad({ parameters: ['i32'], result: { struct: [] } }, 'Struct must have at least one field');
  bad({ parameters: [{ struct: [] }], result: 'void' }, 'Struct must have at least one field');
  bad({ parameters: ['void'], result: 'void' }, 'void');
  const loop = { struct: ['i32'] };
  loop.struct.push(loop);
  bad({ parameters: [loop], result: 'void' }, 'recursion limit exceeded');
  assert.throws(() => new UnsafeFnPointer(symbols.add_i32).call(1, 2), TypeError);
  assert.equal(new UnsafeFnPointer(symbols.add_i32, i32).call(40, 2), 42);
});

test('a struct result without a layout is refused by the constructor', () => {
  const loop = { struct: ['i32'] };
  loop.struct.push(loop);
  for (const [result, part] of [
    [loop, 'Cannot get pointer size: found recursive struct'],
    [{ struct: ['i8', loop] }, 'Cannot get pointer size: found recursive struct'],
    [{ struct: ['num'] }, 'Cannot get pointer size, unsupported type: num'],
    [{ struct: ['i8', { struct: ['void'] }] }, 'Cannot get pointer size, unsupported type: void'],
    [{ struct: [] }, 'Struct must have at least one field'],
    [{}, 'expected map with a single key'],
    [{ struct: ['i8'], more: 1 }, 'expected map with a single key'],
  ]) {
    assert.throws(() => new UnsafeFnPointer(symbols.add_i32, { parameters: [], result }),
      typeError(part));
  }
  for (const result of ['num', undefined, null, 5]) {
    const f = new UnsafeFnPointer(symbols.add_i32, { parameters: [], result });
    assert.throws(() => f.call(), TypeError);
  }
});

test('many, made and dropped', () => {
  for (let i = 0; i < 2000; i += 1) {
    assert.equal(new UnsafeFnPointer(symbols.add_i32, i32).call(i, 1), i + 1);
    if (i % 500 === 0) collect();
  }
});

test('echo of a pointer', () => {
  const echo = new UnsafeFnPointer(symbols.echo_pointer,
    { parameters: ['pointer'], result: 'pointer' });
  assert.equal(echo.call(null), null);
  assert.equal(UnsafePointer.value(echo.call(UnsafePointer.create(77))), 77n);
});

// Last: from here on the wrappers take another way.
test('a callback\'s pointer is a function like any other', () => {
  const callback = new UnsafeCallback(i32, (a, b) => a * b);
  const times = new UnsafeFnPointer(callback.pointer, i32);
  assert.equal(times.call(6, 7), 42);
  const f = new UnsafeFnPointer(symbols.add_i32, i32);
  const run = heat(site('a, b', 'return f.call(a, b);', { f }), 1, 2);
  assertTier(made, () => assert.equal(run(40, 2), 42), { fast: fastBelowCallbacks });
  callback.close();
});
