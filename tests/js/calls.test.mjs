// calls: scalar signatures of every length through the fast stub, proof that it was the fast stub,
// and what close() does to callers in every state.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  UnsafePointer, UnsafePointerView, assertTier, fastTier, heat, counts, isBadResource,
  nativePath, dlopen, open, site, springboard, typeError,
} from './support.mjs';

const made = open('calls', { made: { name: 'calls_made', parameters: [], result: 'u64' } })
  .symbols.made;
const memory = new Int32Array([41, 42, 43, 44]);
const memoryPointer = UnsafePointer.of(memory);
const of = (kind, count) => Array(count).fill(kind);

// symbol, parameters, result, arguments, expected result
const table = [
  ['nop', [], 'void', [], undefined],
  ['add_i32', of('i32', 2), 'i32', [40, 2], 42],
  ['add_i32', of('i32', 2), 'i32', [2 ** 31 - 1, 1], -(2 ** 31)],
  ['add_f64', of('f64', 2), 'f64', [0.1, 0.2], 0.1 + 0.2],
  ['add_f32', of('f32', 2), 'f32', [0.1, 0.2], Math.fround(Math.fround(0.1) + Math.fround(0.2))],
  ['add_u64', of('u64', 2), 'u64', [2n ** 63n, 2n ** 62n], 2n ** 63n + 2n ** 62n],
  ['add_u64', of('u64', 2), 'u64', [2n ** 64n - 1n, 2n], 1n],
  ['less_f64', of('f64', 2), 'bool', [1, 2], true],
  ['less_f64', of('f64', 2), 'bool', [2, 1], false],
  ['echo_bool', ['bool'], 'bool', [true], true],
  ['echo_i64', ['i64'], 'i64', [-(2n ** 63n)], -(2n ** 63n)],
  ['echo_pointer', ['pointer'], 'pointer', [null], null],
  ['mixed6', ['i32', 'f64', 'u8', 'f32', 'i64', 'f64'], 'f64', [1, 2.5, 3, 4.5, 5n, 6.5], 1 + 5 +
    9 + 18 + 25 + 39],
  ['weigh12_i32', of('i32', 12), 'i32', [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8],
    [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8].reduce((sum, value, i) => sum + value * (i + 1), 0)],
  ['weigh13_u16', of('u16', 13), 'u32', Array.from({ length: 13 }, (_, i) => 65535 - i * 7),
    Array.from({ length: 13 }, (_, i) => (65535 - i * 7) * (i + 1)).reduce((a, b) => a + b)],
  ['weigh10_f64', of('f64', 10), 'f64', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((x) => x + 0.5),
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((x) => (x + 0.5) * x).reduce((a, b) => a + b)],
  ['weigh19', ['i32', 'f64', 'pointer', 'f32', 'u8', 'i64', 'f64', 'u16', 'f32', 'i8', 'f64', 'u64',
    'f64', 'f64', 'i16', 'f32', 'bool', 'f64', 'pointer'], 'f64',
  [1, 2.5, memoryPointer, 4.5, 5, -6n, 7.5, 8, 9.5, -10, 11.5, 12n, 13.5, 14.5, -15, 16.5, true,
    18.5, memoryPointer],
  1 + 5 + 3 * 41 + 18 + 25 - 36 + 7 * 7.5 + 64 + 9 * 9.5 - 100 + 11 * 11.5 + 144 + 13 * 13.5 +
    14 * 14.5 - 225 + 16 * 16.5 + 17 + 18 * 18.5 + 19 * 41],
  // The callee leaves garbage above its narrow result.
  ['noisy_low8', ['u64'], 'u8', [0xabn], 0xab],
  ['noisy_low8', ['u64'], 'i8', [0x80n], -128],
  ['noisy_low8', ['u64'], 'bool', [1n], true],
  ['noisy_low8', ['u64'], 'bool', [0n], false],
  ['noisy_low16', ['u64'], 'u16', [0xfedcn], 0xfedc],
  ['noisy_low16', ['u64'], 'i16', [0x8000n], -32768],
  ['noisy_low32', ['u64'], 'u32', [0xfedcba98n], 0xfedcba98],
  ['noisy_low32', ['u64'], 'i32', [0x80000000n], -(2 ** 31)],
  ['noisy_low_f32', ['f32'], 'f32', [1.5], 1.5],
];

// The call as text: constant arguments would be folded, so they are the site's own parameters.
function callSite(f, count) {
  const names = Array.from({ length: count }, (_, i) => `a${i}`).join(', ');
  return site(names, `return f(${names});`, { f });
}

for (const [name, parameters, result, args, expected] of table) {
  test(`${name}(${args.length} arguments): ${result}, hot`, () => {
    const lib = open('calls', { [name]: { parameters, result } });
    const run = heat(callSite(lib.symbols[name], args.length), ...args);
    assertTier(made, () => assert.deepEqual(run(...args), expected));
    lib.close();
    assert.throws(() => run(...args), isBadResource);
  });
}

test('the stub is entered from a loop that V8 optimised by itself', () => {
  const lib = open('calls', { add: { name: 'add_i32', parameters: of('i32', 2), result: 'i32' } });
  const run = site('n', 'let sum = 0; for (let i = 0; i < n; ++i) sum = add(sum, i); return sum;',
    { add: lib.symbols.add });
  heat(run, 10);
  const before = Number(made());
  const ordinary = counts().ordinaryCalls;
  assert.equal(run(1000), 499500);
  const ran = counts().ordinaryCalls - ordinary;
  assert.equal(ran, fastTier ? 0 : 1000);
  assert.equal(Number(made()) - before, 1000);
  lib.close();
});

test('narrow arguments arrive extended to 32 bits', () => {
  const cases = [['i8', -1, -1], ['i8', 127, 127], ['i8', 128, -128], ['u8', 255, 255],
    ['u8', -1, 255], ['u8', 256, 0], ['i16', -32768, -32768], ['i16', 32768, -32768],
    ['u16', 65535, 65535], ['u16', -1, 65535], ['bool', true, 1], ['bool', false, 0]];
  for (const [kind, value, expected] of cases) {
    const lib = open('calls', {
      see: { name: `see32_${kind}`, parameters: [kind], result: 'i64' },
    });
    const run = callSite(lib.symbols.see, 1);
    assert.equal(run(value), BigInt(expected), `${kind} of ${value}, cold`);
    heat(run, value);
    assert.equal(run(value), BigInt(expected), `${kind} of ${value}, hot`);
    lib.close();
  }
});

test('the stack is aligned at every call', () => {
  for (const count of [0, 1, 5, 6, 7, 8, 9, 12, 13]) {
    const lib = open('calls', {
      misalignment: { name: 'stack_misalignment', parameters: of('i64', count), result: 'i32' },
    });
    const args = Array(count).fill(1n);
    const run = callSite(lib.symbols.misalignment, count);
    assert.equal(run(...args), 0, `${count} arguments, cold`);
    heat(run, ...args);
    assert.equal(run(...args), 0, `${count} arguments, hot`);
    lib.close();
  }
});

test('extra arguments are ignored, missing ones are undefined', () => {
  const lib = open('calls', { add: { name: 'add_i32', parameters: of('i32', 2), result: 'i32' } });
  const { add } = lib.symbols;
  const extra = site('a, b', 'return add(a, b, "extra", {});', { add });
  assert.equal(extra(1, 2), 3);
  heat(extra, 1, 2);
  assert.equal(extra(3, 4), 7);
  const missing = site('a', 'return add(a);', { add });
  assert.throws(() => missing(1), typeError('Invalid FFI i32 type, expected integer'));
  const guarded = site('a', 'try { return add(a); } catch (error) { return error; }', { add });
  heat(guarded, 1);
  assert.ok(guarded(1) instanceof TypeError);
  assert.equal(add(...[5, 6]), 11);
  assert.equal(add.call({}, 5, 6), 11);
  assert.equal(add.apply(undefined, [5, 6]), 11);
  assert.equal(Reflect.apply(add, null, [5, 6]), 11);
  assert.deepEqual([1, 2].map((x) => add(x, x)), [2, 4]);
  lib.close();
});

test('close, then a call that was hot', () => {
  for (const [name, parameters, result, args] of table) {
    const lib = open('calls', { [name]: { parameters, result } });
    const run = heat(callSite(lib.symbols[name], args.length), ...args);
    lib.close();
    for (let i = 0; i < 3; i += 1) assert.throws(() => run(...args), isBadResource, name);
    const cold = callSite(lib.symbols[name], args.length);
    assert.throws(() => cold(...args), isBadResource, name);
  }
});

test('close in the middle of a hot loop', () => {
  const lib = open('calls', { add: { name: 'add_i32', parameters: of('i32', 2), result: 'i32' } });
  const run = site('n, at, close', `
    let sum = 0;
    for (let i = 0; i < n; ++i) {
      if (i === at) close();
      sum = add(sum, 1);
    }
    return sum;`, { add: lib.symbols.add });
  heat(run, 20, -1, () => {});
  assert.equal(run(1000, -1, () => {}), 1000);
  const before = Number(made());
  assert.throws(() => run(1000, 500, () => lib.close()), isBadResource);
  assert.equal(Number(made()) - before, 500);
});

test('closing one library leaves the fast path of another alone', () => {
  const symbols = { add: { name: 'add_i32', parameters: of('i32', 2), result: 'i32' } };
  const a = open('calls', symbols);
  const b = open('calls', symbols);
  const runA = heat(callSite(a.symbols.add, 2), 1, 2);
  const runB = heat(callSite(b.symbols.add, 2), 1, 2);
  a.close();
  assertTier(made, () => runB(1, 2));
  assert.throws(() => runA(1, 2), isBadResource);
  assertTier(made, () => runB(1, 2));
  b.close();
});

test('close twice, and errors are the API\'s own class', () => {
  const lib = open('calls', { nop: { parameters: [], result: 'void' } });
  assert.equal(lib.close(), undefined);
  assert.throws(() => lib.close(), (error) => {
    assert.ok(isBadResource(error));
    assert.ok(error.message.includes('Bad resource ID'), error.message);
    assert.ok(error instanceof springboard.errors.BadResource);
    return true;
  });
  assert.throws(() => lib.symbols.nop(),
    (error) => error instanceof springboard.errors.BadResource);
});

test('the shape of a library and of its functions', () => {
  const Point = { struct: ['f64', 'f64'] };
  const lib = dlopen(nativePath('structs'), {
    distance: { parameters: [Point, Point], result: 'f64' },
    midpoint: { parameters: [Point, Point], result: Point },
    alias: { name: 'distance', parameters: [Point, Point], result: 'f64' },
  });
  assert.deepEqual(Object.keys(lib.symbols).sort(), ['alias', 'distance', 'midpoint']);
  const { distance } = lib.symbols;
  assert.equal(typeof distance, 'function');
  assert.equal(distance.name, '');
  assert.equal(distance.length, 0);
  assert.equal(lib.symbols.midpoint.length, 2);
  const descriptor = Object.getOwnPropertyDescriptor(lib.symbols, 'distance');
  assert.deepEqual(descriptor,
    { value: distance, writable: true, enumerable: true, configurable: true });
  assert.throws(() => new distance(), TypeError);
  assert.notEqual(lib.symbols.alias, distance);
  lib.close();
});

test('own keys only, unknown properties ignored, name overrides', () => {
  const inherited = Object.create({ add_f64: { parameters: [], result: 'void' } });
  inherited.plus = { name: 'add_i32', parameters: ['i32', 'i32'], result: 'i32', colour: 'blue' };
  inherited.none = { name: null, parameters: [], result: 'void', nonblocking: null };
  const symbols = { ...inherited, nop: inherited.none };
  delete symbols.none;
  const lib = open('calls', Object.setPrototypeOf(symbols, Object.getPrototypeOf(inherited)));
  assert.deepEqual(Object.keys(lib.symbols).sort(), ['nop', 'plus']);
  assert.equal(lib.symbols.plus(1, 2), 3);
  assert.equal(lib.symbols.nop(), undefined);
  lib.close();
});

test('one symbol under many signatures', () => {
  const libs = [['i32', -1, -1], ['u32', -1, 4294967295], ['u8', 511, 255]]
    .map(([kind, value, want]) => {
    const lib = open('calls', { echo: { name: `echo_${kind}`, parameters: [kind], result: kind } });
    assert.equal(lib.symbols.echo(value), want);
    return lib;
  });
  for (const lib of libs) lib.close();
});

test('a pointer result reads what the callee pointed at', () => {
  const lib = open('calls', {
    offset_pointer: { parameters: ['pointer', 'i32'], result: 'pointer' },
  });
  const run = heat(callSite(lib.symbols.offset_pointer, 2), memoryPointer, 0);
  assertTier(made, () => {
    assert.equal(new UnsafePointerView(run(memoryPointer, 4)).getInt32(), 42);
  }, { times: 50 });
  lib.close();
});

// V8 takes 31 parameters of a kind in a fast call, the receiver included; 14 aborts with more.
test('more parameters than V8 takes go the ordinary way', () => {
  const weigh = (values) => values.reduce((sum, value, i) => sum + value * (i + 1), 0);
  const cases = [['weigh12_i32', 'i32', 12, 30], ['weigh10_f64', 'f64', 10, 31]];
  for (const [name, kind, used, most] of cases) {
    for (const count of [most, most + 1, most + 2, 64, 127]) {
      // The native function does not look at those behind its own.
      const lib = open('calls', { f: { name, parameters: of(kind, count), result: kind } });
      const values = Array.from({ length: count }, (_, i) => i + 1);
      const names = values.map((_, i) => `a${i}`).join();
      const run = heat(site(names, `return f(${names});`, lib.symbols), ...values);
      // So that its own code is optimised, too.
      heat(lib.symbols.f, ...values);
      assert.equal(run(...values), weigh(values.slice(0, used)), `${count} of ${kind}`);
      assertTier(made, () => lib.symbols.f(...values), { fast: fastTier && count <= most });
      lib.close();
    }
  }
});
