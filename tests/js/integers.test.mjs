// integers: 64-bit integers as BigInts and as Numbers, in any mix, on the fast path.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import {
  UnsafeCallback, assertTier, fastBelowCallbacks, heat, keepCold, open, site, typeError,
} from './support.mjs';

const lib = open('calls', {
  add_u64: { parameters: ['u64', 'u64'], result: 'u64' },
  echo_i64: { parameters: ['i64'], result: 'i64' },
  echo_u64: { parameters: ['u64'], result: 'u64' },
  echo_usize: { name: 'echo_u64', parameters: ['usize'], result: 'usize' },
  made: { name: 'calls_made', parameters: [], result: 'u64' },
});
after(() => lib.close());
const { made } = lib.symbols;
const hotSite = (f, ...warm) => heat(site('a', 'return f(a);', { f }), ...warm);

test('BigInts, Numbers and mixes of both stay on the fast path', () => {
  const pairs = [[1n, 2n], [1, 2n], [1n, 2], [1, 2], [2 ** 40, 2n ** 40n]];
  const all = site('a, b', 'return f(a, b);', { f: lib.symbols.add_u64 });
  for (const [x, y] of pairs) {
    const one = heat(site('a, b', 'return f(a, b);', { f: lib.symbols.add_u64 }), x, y);
    assertTier(made, () => assert.equal(one(x, y), BigInt(x) + BigInt(y)));
    heat(all, x, y);
  }
  for (const [x, y] of pairs) {
    assertTier(made, () => assert.equal(all(x, y), BigInt(x) + BigInt(y)));
  }
});

test('the length of an array, as a usize', () => {
  const bytes = new Uint8Array(1000);
  const run = heat(site('b', 'return f(b.length);', { f: lib.symbols.echo_usize }), bytes);
  assertTier(made, () => assert.equal(run(bytes), 1000n));
});

// Every Number, as deno-api has it: truncated, saturated to the signed range, NaN is 0.
const limit = 2n ** 63n;
const expectedOf = (number) => {
  if (Number.isNaN(number)) return 0n;
  const infinity = number > 0 ? limit : -limit;
  const whole = Number.isFinite(number) ? BigInt(Math.trunc(number)) : infinity;
  return whole >= limit ? limit - 1n : whole < -limit ? -limit : whole;
};
const numbers = [0, -0, 1, -1, 0.5, -0.5, 1.9, -1.9, 2 ** 31 - 1, 2 ** 31, -(2 ** 31),
  -(2 ** 31) - 1, 2 ** 32, 2 ** 53 - 1, 2 ** 53, -(2 ** 53), 2 ** 62, 2 ** 63, 2 ** 63 - 1024,
  -(2 ** 63), -(2 ** 63) - 2048, 2 ** 64, 1e300, -1e300, Infinity, -Infinity, NaN, 5e-324];

test('every Number', () => {
  const runs = { 'hot with BigInts': hotSite(lib.symbols.echo_i64, 1n),
    'hot with small Numbers': hotSite(lib.symbols.echo_i64, 1),
    'hot with Numbers': hotSite(lib.symbols.echo_i64, 1.5),
    cold: keepCold(site('a', 'return f(a);', { f: lib.symbols.echo_i64 })) };
  const unsigned = hotSite(lib.symbols.echo_u64, 1.5);
  for (const number of numbers) {
    const expected = expectedOf(number);
    for (const [way, run] of Object.entries(runs)) {
      assert.equal(run(number), expected, `${number}, ${way}`);
    }
    assert.equal(unsigned(number), BigInt.asUintN(64, expected), `${number} as u64`);
  }
});

test('every BigInt, modulo 2^64', () => {
  const runs = { 'hot with BigInts': hotSite(lib.symbols.echo_i64, 1n),
    'hot with Numbers': hotSite(lib.symbols.echo_i64, 1) };
  const mixed = heat(site('a, b', 'return f(a, b);', { f: lib.symbols.add_u64 }), 0, 1n);
  const values = [0n, 1n, -1n, 2n ** 63n - 1n, 2n ** 63n, -(2n ** 63n), -(2n ** 63n) - 1n,
    2n ** 64n - 1n, 2n ** 64n, 2n ** 64n + 5n, -(2n ** 64n), -(2n ** 64n) - 5n, 2n ** 200n + 7n,
    -(2n ** 200n) - 7n];
  for (const value of values) {
    for (const [way, run] of Object.entries(runs)) {
      assert.equal(run(value), BigInt.asIntN(64, value), `${value}, ${way}`);
    }
    assert.equal(mixed(0, value), BigInt.asUintN(64, value), `${value}, beside a Number`);
    assert.equal(lib.symbols.add_u64(0, value), BigInt.asUintN(64, value));
  }
});

test('everything else is refused, and nothing was called', () => {
  for (const warm of [1n, 1]) {
    const run = hotSite(lib.symbols.echo_u64, warm);
    for (const value of [undefined, null, true, '1', {}, [], Symbol.iterator, () => {}, new Date(),
      Object(1n), Object(1), new Uint8Array(8)]) {
      const calls = Number(made());
      assert.throws(() => run(value), typeError('expected unsigned integer'));
      assert.equal(Number(made()), calls);
    }
  }
});

test('once a callback exists', () => {
  const callback = new UnsafeCallback({ parameters: [], result: 'void' }, () => {});
  for (const [x, y] of [[1n, 2n], [1, 2n], [1, 2]]) {
    const run = heat(site('a, b', 'return f(a, b);', { f: lib.symbols.add_u64 }), x, y);
    assertTier(made, () => assert.equal(run(x, y), 3n), { fast: fastBelowCallbacks });
  }
  callback.close();
});
