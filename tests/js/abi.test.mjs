// abi: functions of the processor's other calling convention, called and calling.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  assertTier, dlopen, fastBelowCallbacks, heat, nativePath, open, site, typeError, UnsafeCallback,
  UnsafeFnPointer, UnsafePointer,
} from './support.mjs';

const small = { struct: ['f64', 'i64'] };
const byte3 = { struct: ['u8', 'u8', 'u8'] };
const eight = { struct: ['f32', 'f32'] };
const large = { struct: Array(5).fill('i64') };

const compared = { parameters: ['i8', 'f64', 'i64', 'f32', 'i32', small], result: 'f64' };
const definitions = {
  mixed: { parameters: ['i32', 'f64', 'i64', 'f32', 'u8', 'f64', 'i16', 'i32'], result: 'f64' },
  narrow: { parameters: ['i8', 'u16', 'i32', 'i8', 'i8', 'i8', 'i8'], result: 'i64' },
  narrow_result: { parameters: ['i32'], result: 'i8' },
  sum_bytes: { parameters: ['buffer', 'u32'], result: 'u64' },
  add_small: { parameters: [small, byte3, eight, large], result: small },
  swap: { parameters: [eight], result: eight },
  fail: { parameters: ['i32'], result: 'i32', errno: true },
  call: { parameters: ['function', 'i32'], result: 'f64' },
  make: { parameters: ['function', 'f32'], result: small },
  sum_variadic: { parameters: ['i32', '...', 'f64', 'i64', 'f64', 'i64', 'f64'], result: 'f64' },
};

// The definitions for NAME_suffix, with what `rules` adds to each.
const named = (suffix, rules) => Object.fromEntries(Object.entries(definitions).map(
  ([name, definition]) => [name, { name: `${name}_${suffix}`, ...rules, ...definition }]));

const x64 = process.arch === 'x64';
// [the functions' suffix, what says so]
const conventions = [['host', undefined], ['host', null],
  ...(x64 ? [['sysv', 'sysv'], ['win64', 'win64']] : [])];

const smallBytes = (x, n) => {
  const view = new DataView(new ArrayBuffer(16));
  view.setFloat64(0, x, true);
  view.setBigInt64(8, n, true);
  return new Uint8Array(view.buffer);
};
const { calls } = open('abis', {
  calls: { name: 'abis_calls', parameters: [], result: 'u32' },
}).symbols;

for (const [suffix, abi] of conventions) {
  const rules = abi === undefined ? {} : { abi };
  const lib = open('abis', named(suffix, rules));
  const { symbols } = lib;
  const title = `${suffix}, abi ${abi}`;
  const mixedArguments = [1, 2.5, -3n, 4.5, 300, 6.5, -7, 8];
  const mixed = 1 + 25 - 300 + 4500 + 1e4 * 44 + 6.5e5 - 7e6 + 8e7;
  const fourStructs = [smallBytes(1.5, 10n), new Uint8Array([1, 2, 3]), new Float32Array([2, 3]),
    new BigInt64Array([1n, 2n, 3n, 4n, 5n])];

  test(`${title}: scalars, buffers, structs`, () => {
    assert.equal(symbols.mixed(...mixedArguments), mixed);
    assert.equal(symbols.narrow(-1, 65535, -5, -128, 127, 200, 0x1ff), 65535n - 64n);
    assert.equal(symbols.narrow_result(0x1ff), -1);
    assert.equal(symbols.sum_bytes(new Uint8Array([1, 2, 255]), 3), 258n);
    assert.deepEqual(symbols.add_small(...fourStructs), smallBytes(6.5, 31n));
    assert.deepEqual([...fourStructs[3]], [1n, 2n, 3n, 4n, 5n]);
    assert.deepEqual(new Float32Array(symbols.swap(new Float32Array([1, 2])).buffer),
      new Float32Array([2, 1]));
  });

  test(`${title}: variadic`, () => {
    assert.equal(symbols.sum_variadic(5, 0.5, 10n, 1.25, -20n, 3), -5.25);
    const sum = lib.variadic(`sum_variadic_${suffix}`, ['i32'], 'f64', rules);
    assert.equal(sum(3, 'f64', 0.5, 'i64', 4n, 'f32', 1.5), 6);
  });

  test(`${title}: errno`, () => {
    assert.equal(symbols.fail(7), -1);
    assert.equal(lib.errno, 7);
  });

  test(`${title}: optimised code enters the fast stub`, () => {
    // Leaves: whatever test has made a callback.
    const { symbols } = open('abis', named(suffix, { ...rules, leaf: true }));
    const bytes = new Uint8Array(100).fill(2);
    const scope = { symbols, bytes, lib };
    for (const [body, result] of [
      ['symbols.mixed(1, 2.5, -3n, 4.5, 300, 6.5, -7, 8)', mixed],
      ['symbols.narrow(-1, 65535, -5, -128, 127, 200, 0x1ff)', 65471n],
      ['symbols.sum_bytes(bytes, 100)', 200n],
      ['symbols.fail(3) * 100 + lib.errno', -97],
      ['symbols.sum_variadic(5, 0.5, 10n, 1.25, -20n, 3)', -5.25],
    ]) {
      const run = heat(site('', `return ${body};`, scope));
      assertTier(calls, () => assert.equal(run(), result, body));
    }
    const [a, b, c, d] = fourStructs;
    const out = new Uint8Array(16);
    const run = heat(site('', 'return symbols.add_small(a, b, c, d, out);',
      { symbols, a, b, c, d, out }));
    assertTier(calls, () => assert.deepEqual(run(), smallBytes(6.5, 31n)));
  });

  test(`${title}: on another thread, and by pointer`, async () => {
    const later = open('abis', named(suffix, { ...rules, nonblocking: true })).symbols;
    assert.equal(await later.mixed(...mixedArguments), mixed);
    assert.deepEqual(await later.add_small(...fourStructs), smallBytes(6.5, 31n));
    assert.deepEqual(await later.fail(9), { result: -1, errno: 9 });
    const { pointer } = open('abis', {
      pointer: { name: `mixed_${suffix}`, type: 'pointer' },
    }).symbols;
    const call = new UnsafeFnPointer(pointer, { ...definitions.mixed, ...rules });
    assert.equal(call.call(...mixedArguments), mixed);
  });

  test(`${title}: the library's rule, and C text`, () => {
    const whole = dlopen(nativePath('abis'), named(suffix, {}), rules);
    assert.equal(whole.symbols.mixed(...mixedArguments), mixed);
    const text = dlopen(nativePath('abis'),
      `int8_t narrow_result_${suffix}(int32_t a);`, rules);
    assert.equal(text.symbols[`narrow_result_${suffix}`](0x1fe), -2);
  });

  test(`${title}: callbacks`, () => {
    const seen = [];
    const sum = (a, b, c, d, e, f) => {
      seen.push([a, b, c, d, e, [...f]]);
      return a + b + Number(c - 3000000000n) + d + e;
    };
    const expected = Array.from({ length: 3 },
      (_, i) => [0 - i, 0.5, 3000000000n + BigInt(i), 1.5, i, [...smallBytes(i, BigInt(i))]]);
    const callback = new UnsafeCallback({ ...compared, ...rules }, sum);
    assert.equal(symbols.call(callback.pointer, 3), 9);
    assert.deepEqual(seen, expected);
    const run = heat(site('', 'return symbols.call(callback.pointer, 3);', { symbols, callback }));
    assertTier(calls, () => assert.equal(run(), 9), { fast: fastBelowCallbacks });
    callback.close();

    const made = new UnsafeCallback({ parameters: [eight], result: small, ...rules }, (bytes) => {
      const [x, y] = new Float32Array(bytes.buffer);
      return smallBytes(x, BigInt(y));
    });
    assert.deepEqual(symbols.make(made.pointer, 1.5), smallBytes(1.5, 3n));
    made.close();

    // A function passed for the call: its definition says the convention, too.
    seen.length = 0;
    const { call } = open('abis', { call: { name: `call_${suffix}`, ...rules, result: 'f64',
      parameters: [{ callback: { ...compared, ...rules } }, 'i32'] } }).symbols;
    assert.equal(call(sum, 3), 9);
    assert.deepEqual(seen, expected);
    assert.throws(() => call(() => { throw new RangeError('far'); }, 1), /^RangeError: far$/);
  });
}

test('what is no convention here', () => {
  const expected = x64 ? "expected 'sysv' or 'win64'" : 'one calling convention';
  const refuse = (abi, load, where) => {
    assert.throws(() => load({ abi }), typeError(expected), `${String(abi)}`);
    assert.throws(() => load({ abi }), typeError(`${where}field 'abi'`));
  };
  const nop = { parameters: ['i32'], result: 'i8', name: 'narrow_result_host' };
  for (const abi of ['stdcall', 'SYSV', '', 'aapcs64', 5, true, {}, ...(x64 ? [] : ['sysv'])]) {
    refuse(abi, (rules) => open('abis', { f: { ...nop, ...rules } }), "symbol 'f', ");
    refuse(abi, (rules) => dlopen(nativePath('abis'), { f: nop }, rules), 'options, ');
    refuse(abi, (rules) => new UnsafeCallback({ ...nop, ...rules }, () => {}), '');
    refuse(abi, (rules) =>
      new UnsafeFnPointer(UnsafePointer.create(4096n), { ...nop, ...rules }).call(1), '');
  }
});
