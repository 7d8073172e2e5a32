// i53: native 64-bit integers as Numbers. What a Number cannot hold exactly is refused, on each way
// in and out: arguments, results, members, statics, callbacks.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import {
  UnsafeCallback, UnsafeFnPointer, heat, keepCold, open, site, typeError,
} from './support.mjs';

const MAX = Number.MAX_SAFE_INTEGER;
const range = { i53: `${-MAX} to ${MAX}`, u53: `0 to ${MAX}` };
const wide = { i53: 'i64', u53: 'u64' };
const kinds = Object.keys(range);

const lib = open('calls', {
  ...Object.fromEntries(kinds.map((kind) => [kind,
    { name: `echo_${wide[kind]}`, parameters: [kind], result: kind }])),
  ...Object.fromEntries(kinds.map((kind) => [`${kind}_out`,
    { name: `echo_${wide[kind]}`, parameters: [wide[kind]], result: kind }])),
  ...Object.fromEntries(kinds.map((kind) => [`${kind}_in`,
    { name: `echo_${wide[kind]}`, parameters: [kind], result: wide[kind] }])),
  mixed6: { parameters: ['i32', 'f64', 'u8', 'f32', 'i53', 'f64'], result: 'f64' },
  add: { name: 'add_u64', parameters: ['u53', 'u53'], result: 'u53' },
});
const addresses = open('calls', Object.fromEntries(kinds.map(
  (kind) => [kind, { name: `echo_${wide[kind]}`, type: 'pointer' }])));
const callbacks = open('callbacks', Object.fromEntries(kinds.map(
  (kind) => [kind, { name: `call_${wide[kind]}`, parameters: ['function', wide[kind]],
    result: wide[kind] }])));
after(() => [lib, addresses, callbacks].forEach((each) => each.close()));

const rangeError = (part) => (error) => {
  assert.ok(error instanceof RangeError, `expected a RangeError, got ${error}`);
  assert.ok(error.message.includes(part), `'${error.message}' lacks '${part}'`);
  return true;
};

const accepted = {
  i53: [0, 1, -1, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1, 2 ** 32, MAX - 1, MAX,
    -MAX + 1, -MAX],
  u53: [0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, MAX - 1, MAX],
};
const otherNumbers = [0.5, -0.5, 1.5, MAX + 1, -MAX - 1, 2 ** 63, 2 ** 64, 1e300, -1e300, 5e-324,
  NaN, Infinity, -Infinity];
const refusedNumbers = {
  i53: otherNumbers,
  u53: [...otherNumbers, -1, -MAX],
};
const others = [[undefined, 'undefined'], [null, 'null'], [true, 'boolean'], ['1', 'string'],
  [Symbol('s'), 'symbol'], [{}, 'object'], [{ valueOf: () => 1 }, 'object'], [[1], 'an array'],
  [() => 1, 'function'], [0n, '0n'], [1n, '1n'], [2n ** 63n, '9223372036854775808n'],
  [2n ** 64n, 'a bigint of more than 64 bits'], [new Number(1), 'object']];

const callSite = (f) => site('value', 'return f(value);', { f });

// The ways to make one call: each gives a fresh function of one argument.
const ways = {
  cold: (f) => keepCold(callSite(f)),
  optimised: (f, warm) => heat(callSite(f), warm),
  'optimised for doubles': (f, warm) => {
    const run = callSite(f);
    for (const value of [1, 2 ** 40, 3]) run(typeof warm === 'bigint' ? BigInt(value) : value);
    return heat(run, typeof warm === 'bigint' ? 2n ** 40n : 2 ** 40);
  },
};

for (const [way, make] of Object.entries(ways)) {
  for (const kind of kinds) {
    test(`${kind} accepts integers, ${way}`, () => {
      const echo = make(lib.symbols[kind], 1);
      const narrow = make(lib.symbols[`${kind}_in`], 1);
      for (const value of accepted[kind]) {
        assert.ok(Object.is(echo(value), value), `${value}: ${echo(value)}`);
        assert.equal(narrow(value), BigInt(value));
      }
      assert.ok(Object.is(echo(-0), 0), '-0 is 0');
      assert.equal(narrow(-0), 0n);
    });
    test(`${kind} refuses all else, ${way}`, () => {
      const run = make(lib.symbols[kind], 1);
      const cases = [...refusedNumbers[kind].map((value) => [value, String(value)]), ...others];
      for (const [value, text] of cases) {
        const check = typeError(`Invalid FFI ${kind} type, expected integer from ${range[kind]}: ` +
          `symbol '${kind}', parameter 0: got ${text}`);
        // Twice: the first may deoptimise the call site, the second then meets another tier.
        assert.throws(() => run(value), check);
        assert.throws(() => run(value), check);
        assert.equal(run(1), 1);
      }
      assert.throws(() => run(), TypeError, 'a missing argument is undefined');
    });
    test(`a result that is no ${kind} is a RangeError, ${way}`, () => {
      const name = `${kind}_out`;
      const run = make(lib.symbols[name], 1n);
      for (const value of accepted[kind]) assert.ok(Object.is(run(BigInt(value)), value));
      const beyond = kind === 'i53'
        ? [2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n), -(2n ** 53n) - 1n, 2n ** 63n - 1n, -(2n ** 63n)]
        : [2n ** 53n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n];
      for (const value of beyond) {
        const check = rangeError(
          `Invalid FFI ${kind} type, expected integer from ${range[kind]}: ` +
          `symbol '${name}', result: got ${value}`);
        assert.throws(() => run(value), check);
        assert.throws(() => run(value), check);
        assert.equal(run(7n), 7);
      }
    });
  }
  test(`among other parameters, ${way}`, () => {
    const { mixed6, add } = lib.symbols;
    const run = make((e) => mixed6(1, 2, 3, 4, e, 6), 1);
    assert.equal(run(-(2 ** 40)), 1 + 2 * 2 + 3 * 3 + 4 * 4 - 5 * 2 ** 40 + 6 * 6);
    const sum = make((a) => add(a, 1), 1);
    assert.equal(sum(MAX - 1), MAX);
    assert.throws(() => sum(MAX), rangeError('got 9007199254740992'));
    assert.equal(sum(1), 2);
  });
}

test('through UnsafeFnPointer', () => {
  for (const kind of kinds) {
    const f = new UnsafeFnPointer(addresses.symbols[kind], { parameters: [kind], result: kind });
    for (const value of accepted[kind]) assert.ok(Object.is(f.call(value), value));
    for (const value of refusedNumbers[kind]) {
      assert.throws(() => f.call(value), typeError(`expected integer from ${range[kind]}`));
    }
  }
});

test('statics', () => {
  const names = { ok: { name: 'static_isize', type: 'i53' }, max: { name: 'static_usize',
    type: 'u53' } };
  const statics = open('statics', names);
  assert.equal(statics.symbols.ok, -64);
  assert.equal(statics.symbols.max, 64);
  statics.close();
  assert.throws(() => open('statics', { static_i64: { type: 'i53' } }),
    rangeError("symbol 'static_i64': got -9223372036854775808"));
  assert.throws(() => open('statics', { big: { name: 'static_u64', type: 'u53' } }),
    rangeError("symbol 'big': got 18446744073709551615"));
});

test('as a member it is laid out as its 64-bit integer', () => {
  const call = (type) => {
    const own = open('callbacks', { call_byte_long: { parameters: ['function', type],
      result: type } });
    const callback = new UnsafeCallback({ parameters: [type], result: type }, (value) => value);
    const bytes = Uint8Array.from({ length: 16 }, (_, i) => (i === 0 || i > 7 ? 0xff - i : 0));
    const result = own.symbols.call_byte_long(callback.pointer, bytes);
    callback.close();
    own.close();
    return [result[0], result.slice(8)];
  };
  assert.deepEqual(call({ struct: ['i8', 'i53'] }), call({ struct: ['i8', 'i64'] }));
  assert.deepEqual(call({ struct: ['i8', 'u53'] })[1], Uint8Array.from({ length: 8 },
    (_, i) => 0xff - 8 - i));
});

function throughCallback(kind, callback, argument) {
  const made = new UnsafeCallback({ parameters: [kind], result: kind }, callback);
  try {
    return callbacks.symbols[kind](made.pointer, argument);
  } finally {
    made.close();
  }
}

test("a callback's argument and result", () => {
  for (const kind of kinds) {
    for (const value of accepted[kind]) {
      let seen;
      const result = throughCallback(kind, (x) => { seen = x; return x; }, BigInt(value));
      assert.ok(Object.is(seen, value), `${seen}`);
      assert.equal(result, BigInt(value));
    }
  }
});

test("a callback's argument out of range is thrown where the native call returns", () => {
  let entered = false;
  const beyond = [['i53', 2n ** 53n], ['i53', -(2n ** 63n)], ['u53', 2n ** 64n - 1n]];
  for (const [kind, value] of beyond) {
    assert.throws(() => throughCallback(kind, function sum() { entered = true; }, value),
      rangeError(`parameter 0: got ${value}`));
    assert.throws(() => throughCallback(kind, function sum() {}, value),
      rangeError('UnsafeCallback sum'));
  }
  assert.equal(entered, false, 'the function does not run');
});

test("a callback's result is coerced as JavaScript does, but never wrapped", () => {
  const cases = [[1.9, 1n], [-0.9, 0n], ['5', 5n], [undefined, 0n], [null, 0n], [true, 1n],
    [NaN, 0n], [{ valueOf: () => 7 }, 7n], [MAX + 0.5, BigInt(MAX) + 1n]];
  for (const [returned, expected] of cases) {
    for (const kind of kinds) {
      const run = () => throughCallback(kind, () => returned, 1n);
      if (expected > MAX) {
        assert.throws(run, rangeError(`result: got ${returned}`));
      } else {
        assert.equal(run(), expected, `${kind} from ${String(returned)}`);
      }
    }
  }
  assert.equal(throughCallback('i53', () => -1.9, 1n), -1n);
  for (const [kind, returned] of [['i53', -MAX - 1], ['i53', Infinity], ['u53', -1],
    ['u53', MAX + 1], ['u53', -Infinity]]) {
    assert.throws(() => throughCallback(kind, () => returned, 1n),
      rangeError(`result: got ${returned}`));
  }
  for (const returned of [1n, Symbol('s')]) {
    assert.throws(() => throughCallback('i53', () => returned, 1n), TypeError);
  }
});

test('what a callback throws comes before a result out of range, and the next throw is no less',
  () => {
    for (const kind of kinds) {
      const own = open('callbacks', { via: { name: `via_${wide[kind]}`,
        parameters: ['function', wide[kind]], result: kind } });
      let act = () => {};
      const callback = new UnsafeCallback({ parameters: [], result: 'void' }, () => act());
      const run = heat(site('c, v', 'return f(c, v);', { f: own.symbols.via }),
        callback.pointer, 5n);
      act = () => { throw new Error('from the callback'); };
      for (const value of [2n ** 60n, 5n, 2n ** 60n, 5n]) {
        assert.throws(() => run(callback.pointer, value), { message: 'from the callback' });
      }
      act = () => {};
      assert.throws(() => run(callback.pointer, 2n ** 60n), rangeError('result: got'));
      assert.equal(run(callback.pointer, 5n), 5);
      callback.close();
      own.close();
    }
  });
