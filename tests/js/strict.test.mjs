// strict: definitions that refuse the integers that others wrap, with the same error in cold code,
// in optimised code and through UnsafeFnPointer.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import {
  UnsafeCallback, UnsafeFnPointer, UnsafePointer, heat, keepCold, open, site, typeError,
} from './support.mjs';

const bits = { i8: 8, u8: 8, i16: 16, u16: 16, i32: 32, u32: 32, i64: 64, u64: 64, isize: 64,
  usize: 64 };
const kinds = Object.keys(bits);
const isSigned = (kind) => kind.startsWith('i');
const isBig = (kind) => bits[kind] === 64;
const lowest = (kind) => (isSigned(kind) ? -(2n ** BigInt(bits[kind] - 1)) : 0n);
const highest = (kind) => 2n ** BigInt(bits[kind] - (isSigned(kind) ? 1 : 0)) - 1n;
const range = (kind) => `expected integer from ${lowest(kind)} to ${highest(kind)}`;

const definition = (kind) => ({ parameters: [kind], result: kind, strict: true });
const lib = open('calls', {
  ...Object.fromEntries(kinds.map((kind) => [kind,
    { name: `echo_${kind}`, ...definition(kind) }])),
  ...Object.fromEntries(['f32', 'f64', 'bool', 'pointer'].map((kind) => [kind,
    { name: `echo_${kind}`, ...definition(kind) }])),
  buffer: { name: 'echo_pointer', ...definition('buffer') },
  two: { name: 'add_i32', parameters: ['i32', 'i32'], result: 'i32', strict: true },
  mixed6: { parameters: ['i32', 'f64', 'u8', 'f32', 'i64', 'f64'], result: 'f64', strict: true },
  wraps: { name: 'echo_i8', parameters: ['i8'], result: 'i8', strict: false },
  wraps_too: { name: 'echo_i8', parameters: ['i8'], result: 'i8', strict: null },
});
const addresses = open('calls', Object.fromEntries(kinds.map(
  (kind) => [kind, { name: `echo_${kind}`, type: 'pointer' }])));
const callbacks = open('callbacks', Object.fromEntries(kinds.map((kind) => [kind,
  { name: `call_${kind}`, parameters: ['function', kind], result: kind }])));
after(() => [lib, addresses, callbacks].forEach((each) => each.close()));

const show = (value) => {
  if (typeof value === 'bigint') return `${value}n`;
  return Object.is(value, -0) ? '-0' : String(value);
};
const result = (kind, integer) => (isBig(kind) ? BigInt(integer) : Number(integer));

// [what is passed, what comes back]
function accepted(kind) {
  const integers = [0n, 1n, lowest(kind), lowest(kind) + 1n, highest(kind) - 1n, highest(kind),
    highest(kind) / 2n, ...(isSigned(kind) ? [-1n] : [])];
  const numbers = integers.filter((integer) => BigInt(Number(integer)) === integer);
  return [
    ...numbers.map((integer) => [Number(integer), result(kind, integer)]),
    ...(isBig(kind) ? integers.map((integer) => [integer, integer]) : []),
    ...(isBig(kind) ? greatestNumber(kind) : []),
    [-0, result(kind, 0n)],
  ];
}
// The greatest Number below the range's end.
function greatestNumber(kind) {
  const number = Number(highest(kind) + 1n) * (1 - Number.EPSILON / 2);
  return [[number, BigInt(number)]];
}

// [what is passed, what the message says came]
function refused(kind) {
  const limit = Number(highest(kind) + 1n);
  const below = isBig(kind) ? Number(lowest(kind)) * (1 + Number.EPSILON) - 1
    : Number(lowest(kind)) - 1;
  const numbers = [limit, limit * 2, below, 0.5, -0.5, 1.5, 5e-324, NaN, Infinity, -Infinity, 1e300,
    -1e300, ...(isBig(kind) ? [] : [limit - 0.5, limit + 1, 2 ** 32, 2 ** 53, -(2 ** 31) - 1])];
  const wide = 'a bigint of more than 64 bits';
  const bigints = [[2n ** 64n, wide], [-(2n ** 63n) - 1n, wide], [2n ** 6400n, wide]];
  const near = [highest(kind) + 1n, lowest(kind) - 1n]
    .filter((integer) => integer < 2n ** 64n && integer >= -(2n ** 63n))
    .map((integer) => [integer, `${integer}n`]);
  return [
    ...numbers.map((number) => [number, String(number)]),
    ...(isBig(kind) ? [...bigints, ...near] : [[1n, '1n'], [2n ** 64n, wide]]),
    [undefined, 'undefined'], [null, 'null'], [true, 'boolean'], ['1', 'string'], [{}, 'object'],
    [{ valueOf: () => 1 }, 'object'], [[], 'an array'], [Symbol('s'), 'symbol'],
  ];
}

const callSite = (f) => site('value', 'return f(value);', { f });
const ways = {
  cold: (kind) => keepCold(callSite(lib.symbols[kind])),
  optimised: (kind) => heat(callSite(lib.symbols[kind]), 1),
  // Trained with what it will refuse, then optimised with that knowledge.
  'optimised after errors': (kind) => {
    const run = callSite(lib.symbols[kind]);
    for (const [value] of refused(kind)) assert.throws(() => run(value), TypeError);
    return heat(run, 1);
  },
  'fn pointer': (kind) => {
    const f = new UnsafeFnPointer(addresses.symbols[kind], definition(kind));
    return (value) => f.call(value);
  },
};

for (const [way, make] of Object.entries(ways)) {
  for (const kind of kinds) {
    test(`${kind} accepts what is in range, ${way}`, () => {
      const run = make(kind);
      for (const [value, expected] of accepted(kind)) {
        const actual = run(value);
        assert.ok(Object.is(actual, expected), `${show(value)} gave ${show(actual)}`);
      }
    });
    test(`${kind} refuses all else, ${way}`, () => {
      const run = make(kind);
      const symbol = way === 'fn pointer' ? 'UnsafeFnPointer' : kind;
      for (const [value, text] of refused(kind)) {
        const check = typeError(`Invalid FFI ${kind} type, ${range(kind)}: symbol '${symbol}', ` +
          `parameter 0: got ${text}`);
        // Twice: the first may deoptimise the call site, the second then meets another tier.
        assert.throws(() => run(value), check);
        assert.throws(() => run(value), check);
        assert.equal(run(1), result(kind, 1n));
      }
      assert.throws(() => run(), TypeError, 'a missing argument is undefined');
    });
  }
}

test('other types are as they are without it', () => {
  const pointer = UnsafePointer.create(0x1000n);
  const values = { f32: [1.5, NaN, -0, Infinity], f64: [0.1, NaN, -0, 1e300], bool: [true, false],
    pointer: [null] };
  for (const make of [keepCold, (run, warm) => heat(run, warm)]) {
    for (const [kind, list] of Object.entries(values)) {
      const run = make(callSite(lib.symbols[kind]), list[0]);
      for (const value of list) assert.ok(Object.is(run(value), value), `${kind} ${value}`);
    }
    const run = make(callSite(lib.symbols.pointer), null);
    assert.ok(UnsafePointer.equals(run(pointer), pointer));
    const bytes = new Uint8Array(100);
    const buffer = make(callSite(lib.symbols.buffer), bytes);
    assert.ok(UnsafePointer.equals(buffer(bytes), UnsafePointer.of(bytes)));
    assert.throws(() => make(callSite(lib.symbols.bool), true)(1), typeError('expected boolean'));
    assert.throws(() => make(callSite(lib.symbols.f64), 1)('1'), typeError('expected number'));
  }
});

test('each parameter is checked', () => {
  for (const make of [keepCold, (run) => heat(run, 1, 2)]) {
    const run = make(site('a, b', 'return f(a, b);', { f: lib.symbols.two }));
    assert.equal(run(2 ** 31 - 1, -1), 2 ** 31 - 2);
    assert.throws(() => run(2 ** 31, 0), typeError("'two', parameter 0: got 2147483648"));
    assert.throws(() => run(0, 1.5), typeError("'two', parameter 1: got 1.5"));
    assert.equal(run(2 ** 31 - 1, 1), -(2 ** 31), 'results are what C makes of them');
  }
  const run = site('c, e', 'return f(1, 2, c, 4, e, 6);', { f: lib.symbols.mixed6 });
  for (const call of [keepCold(run), heat(site('c, e', 'return f(1, 2, c, 4, e, 6);',
    { f: lib.symbols.mixed6 }), 3, 5n)]) {
    assert.equal(call(3, 5n), 1 + 4 + 9 + 16 + 25 + 36);
    assert.equal(call(3, 5), 1 + 4 + 9 + 16 + 25 + 36);
    assert.throws(() => call(256, 5n), typeError('parameter 2: got 256'));
    assert.throws(() => call(3, 2n ** 63n), typeError('parameter 4: got 9223372036854775808n'));
  }
});

// What TurboFan knows of these without looking at the value: it would pass 1 or 0.
test('statically known oddballs', () => {
  for (const text of ['true', 'false', 'undefined', 'null', 'x > 1', '!x', '[1, , 3][x]',
    'x ? 1.5 : null', 'x ? 2 ** 40 : true']) {
    for (const kind of ['u8', 'i32', 'u32']) {
      const body = `try { return f(${text}); } catch (error) { return String(error); }`;
      const f = lib.symbols[kind];
      const expected = keepCold(site('x', body, { f }))(1);
      assert.match(expected, /^TypeError: Invalid FFI/, text);
      assert.equal(heat(site('x', body, { f }), 1)(1), expected, text);
    }
  }
});

test('without it integers wrap', () => {
  for (const name of ['wraps', 'wraps_too']) {
    for (const run of [keepCold(callSite(lib.symbols[name])),
      heat(callSite(lib.symbols[name]), 1)]) {
      assert.equal(run(128), -128);
      assert.equal(run(1.5), 1);
      assert.equal(run(NaN), 0);
    }
  }
});

test('it is a boolean', () => {
  for (const strict of [1, 0, 'true', {}]) {
    const text = typeError('expected boolean');
    assert.throws(() => open('calls', { nop: { parameters: [], result: 'void', strict } }), text);
    assert.throws(() => new UnsafeCallback({ parameters: [], result: 'void', strict }, () => {}),
      text);
  }
});

test("a strict callback's results are checked, not coerced", () => {
  for (const kind of kinds) {
    let returned;
    const callback = new UnsafeCallback(definition(kind), function give() { return returned; });
    const run = heat(site('c, x', 'return f(c, x);', { f: callbacks.symbols[kind] }),
      callback.pointer, (returned = 1));
    const argument = result(kind, 1n);
    for (const [value, expected] of accepted(kind)) {
      returned = value;
      assert.ok(Object.is(run(callback.pointer, argument), expected), `${kind} ${show(value)}`);
    }
    for (const [value, text] of refused(kind)) {
      returned = value;
      assert.throws(() => run(callback.pointer, argument),
        typeError(`Invalid FFI ${kind} type, ${range(kind)}: symbol 'UnsafeCallback give`));
      assert.throws(() => run(callback.pointer, argument), typeError(`, result: got ${text}`));
    }
    callback.close();
  }
  const plain = new UnsafeCallback({ parameters: ['f64'], result: 'f64', strict: true },
    () => '2.5');
  const own = open('callbacks', { call_f64: { parameters: ['function', 'f64'], result: 'f64' } });
  assert.equal(own.symbols.call_f64(plain.pointer, 1), 2.5, 'other types are coerced');
  plain.close();
  own.close();
});
