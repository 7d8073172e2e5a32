// c_values: 128-bit integers, f16, long double, complex numbers and vectors, through every way that
// a value takes. The compiler that made the native library is the judge of where they travel.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { UnsafeCallback, UnsafeFnPointer, open, runNode, typeError } from './support.mjs';

const two127 = 2n ** 127n;
const complex = (type) => ({ complex: type });
const vector = (type, length) => ({ vector: type, length });
// name, type, values, what twist gives of the first, values that are none of it and what came
const scalars = [
  ['i128', 'i128', [-7n, two127 - 1n, -two127, 0n, 1n << 64n, -(1n << 64n)], -20n, '5', 'string'],
  ['u128', 'u128', [7n, 2n * two127 - 1n, 0n, 1n << 64n], 22n, null, 'null'],
  ['f16', 'f16', [1.5, -65504, 2 ** -24, 0, -0, Infinity, NaN], 3, 1n, 'bigint'],
  ['long_double', 'long double', [1.5, -5e-324, 1.7976931348623157e308, -0, Infinity, NaN], 4,
    '1', 'string'],
  ['complex_float', complex('f32'), [[1.5, -2.5], [0, -0], [NaN, Infinity]], [3, -4],
    [1], 'an array'],
  ['complex_double', complex('double'), [[1.1, -2.5e300], [-0, 0]], [2.2, -5e300 + 1],
    1, 'number'],
  ['complex_long_double', complex('long double'), [[1.5, -2.5]], [3, -4], [1, '2'], 'an array'],
  ['float4', vector('f32', 4), [new Float32Array([1.5, -2, 3, 4])],
    new Float32Array([3, -4, 6, 8]), new Float32Array(3), 'a typed array'],
  ['double2', vector('f64', 2), [new Float64Array([1.5, -2])], new Float64Array([3, -4]),
    new Float32Array(4), 'a typed array'],
  ['byte8', vector('i8', 8), [new Int8Array([1, 2, 3, 4, 5, 6, 7, 127])],
    new Int8Array([2, 3, 4, 5, 6, 7, 8, -128]), new Uint8Array(8), 'a typed array'],
  ['long2', vector('u64', 2), [new BigUint64Array([1n, 2n])], new BigUint64Array([2n, 3n]),
    [1n, 2n], 'an array'],
  ['short8', vector('short', 8), [new Int16Array([1, 2, 3, 4, 5, 6, 7, 8])],
    new Int16Array([2, 3, 4, 5, 6, 7, 8, 9]), new ArrayBuffer(16), 'an ArrayBuffer'],
  ['half8', vector('f16', 8), [new Float16Array([1, 2, 3, 4, 5, 6, 7, 0.5])],
    new Float16Array([2, 4, 6, 8, 10, 12, 14, 1]), new Uint16Array(8), 'a typed array'],
];

const definitions = {};
for (const [name, type] of scalars) {
  definitions[`twist_${name}`] = { parameters: [type], result: type };
  definitions[`back_${name}`] = { parameters: ['function', type], result: type };
  definitions[`mixed_${name}`] = { parameters: ['i32', type, 'f64', 'i8', type], result: type };
  definitions[`later_${name}`] =
    { name: `twist_${name}`, parameters: [type], result: type, nonblocking: true };
}
const lib = open('c_types', definitions);
after(() => lib.close());
const { symbols } = lib;

for (const [name, type, values, twisted, wrong, got] of scalars) {
  test(`${name} in and out`, async () => {
    const twist = symbols[`twist_${name}`];
    assert.deepEqual(twist(values[0]), twisted);
    assert.deepEqual(await symbols[`later_${name}`](values[0]), twisted);
    using addresses = open('c_types', { at: { name: `twist_${name}`, type: 'pointer' } });
    const call = new UnsafeFnPointer(addresses.symbols.at, { parameters: [type], result: type });
    for (let i = 0; i < 3; i += 1) assert.deepEqual(call.call(values[0]), twisted);
    // Beside others, in registers and not.
    const mixed = symbols[`mixed_${name}`];
    assert.deepEqual(mixed(0, values[0], 2.5, 3, values[0]), values[0]);
    assert.notDeepEqual(mixed(-1, values[0], 2.5, 3, values[0]), values[0]);
  });

  test(`${name} through a callback`, () => {
    const seen = [];
    using callback = new UnsafeCallback({ parameters: [type], result: type }, (value) => {
      seen.push(value);
      return value;
    });
    for (const value of values) {
      assert.deepEqual(symbols[`back_${name}`](callback.pointer, value), value);
    }
    assert.deepEqual(seen, values);
  });

  test(`what is no ${name}`, async () => {
    const at = `: symbol 'twist_${name}', parameter 0: got ${got}`;
    assert.throws(() => symbols[`twist_${name}`](wrong), typeError(at));
    assert.throws(() => symbols[`twist_${name}`](), typeError('got undefined'));
    await assert.rejects(symbols[`later_${name}`](wrong),
      typeError(`'later_${name}', parameter 0`));
  });
}

test('integers of 128 bits wrap, and numbers saturate', () => {
  const echo = (type, strict) => {
    const callback = new UnsafeCallback({ parameters: [type], result: type }, (value) => value);
    const { symbols: { back } } = open('c_types',
      { back: { name: `back_${type}`, parameters: ['function', type], result: type, strict } });
    return (value) => back(callback.pointer, value);
  };
  const [i128, u128] = [echo('i128'), echo('u128')];
  for (const value of [-1n, two127, -two127 - 1n, 3n * two127, 1n << 200n, -(1n << 200n) - 5n]) {
    assert.equal(i128(value), BigInt.asIntN(128, value));
    assert.equal(u128(value), BigInt.asUintN(128, value));
  }
  for (const [number, value] of [[1.9, 1n], [-1.9, -1n], [NaN, 0n], [Infinity, two127 - 1n],
    [-Infinity, -two127], [2 ** 100, 2n ** 100n], [-1e300, -two127]]) {
    assert.equal(i128(number), value);
    assert.equal(u128(number), BigInt.asUintN(128, value));
  }
  const [strict, natural] = [echo('i128', true), echo('u128', true)];
  for (const value of [two127 - 1n, -two127, -5n]) assert.equal(strict(value), value);
  assert.equal(strict(-(2 ** 127)), -two127);
  assert.equal(natural(2n * two127 - 1n), 2n * two127 - 1n);
  assert.equal(natural(2 ** 127), two127);
  for (const value of [two127, -two127 - 1n, 2 ** 127, 0.5, NaN, true]) {
    assert.throws(() => strict(value),
      typeError("Invalid FFI i128 type, expected integer from -2^127 to 2^127 - 1: symbol 'back'"));
  }
  for (const value of [2n * two127, -1n, -1, 2 ** 128]) {
    assert.throws(() => natural(value), typeError('expected integer from 0 to 2^128 - 1'));
  }
});

test('what a callback returns is coerced as for other numbers', () => {
  const returns = (type, value, strict) => {
    using callback = new UnsafeCallback({ parameters: [], result: type, strict }, () => value);
    return new UnsafeFnPointer(callback.pointer, { parameters: [], result: type }).call();
  };
  assert.equal(returns('i128', '-5'), -5n);
  assert.equal(returns('u128', -1n), 2n * two127 - 1n);
  assert.equal(returns('u128', undefined), 0n);
  assert.equal(returns('f16', '1.5'), 1.5);
  assert.equal(returns('long double', { valueOf: () => 2.5 }), 2.5);
  assert.throws(() => returns('i128', '5', true), typeError('expected integer from -2^127'));
  for (const value of [5, [1], [1, 2, 3], null, new Float64Array(2), ['1', 2]]) {
    assert.throws(() => returns(complex('f64'), value),
      typeError('Invalid FFI complex type, expected an array of two numbers'));
  }
  for (const value of [5, null, [1, 2], new Float32Array(5), new Float64Array(2)]) {
    assert.throws(() => returns(vector('f32', 4), value),
      typeError('Invalid FFI vector type, expected Float32Array of 4 elements'));
  }
});

test('f16 is rounded as Math.f16round does', () => {
  using callback = new UnsafeCallback({ parameters: ['f16'], result: 'f16' }, (value) => value);
  const echo = (value) => symbols.back_f16(callback.pointer, value);
  const values = [65519.99, 65520, 65536, 1e300, -1e300, 2 ** -25, 2 ** -25 * 1.001, 2 ** -14,
    2 ** -14 - 2 ** -26, 1 + 2 ** -11, 1 + 3 * 2 ** -11, 1 + 2 ** -11 + 2 ** -40, 5e-324, 0.1];
  for (let bits = 0; bits < 65536; bits += 97) {
    values.push(new Float16Array(new Uint16Array([bits]).buffer)[0] * (1 + 2 ** -11));
  }
  for (const value of values) assert.equal(echo(value), Math.f16round(value), `${value}`);
});

test('a long double has a number\'s bits and no more', () => {
  const { symbols: { last_bit: lastBit } } =
    open('c_types', { last_bit: { parameters: ['long double'], result: 'i64' } });
  assert.equal(lastBit(1 / 3), 0n);
});

test('getters of a complex number do not run, and no other argument is lost', () => {
  let runs = 0;
  const sly = [1, 2];
  Object.defineProperty(sly, 1, { get() { runs += 1; return 2; } });
  const hole = [1, , ];
  for (const value of [sly, hole, new Proxy([1, 2], {})]) {
    assert.throws(() => symbols.twist_complex_double(value),
      typeError("expected an array of two numbers: symbol 'twist_complex_double', parameter 0"));
  }
  assert.equal(runs, 0);
});

test('vectors from every kind of memory', () => {
  const resizable = new ArrayBuffer(16, { maxByteLength: 64 });
  const made = [new Float32Array(4), new Float32Array(new SharedArrayBuffer(32), 4, 4),
    new Float32Array(resizable), new Float32Array(new ArrayBuffer(1000), 96, 4)];
  for (const array of made) {
    array.set([1, 2, 3, 4]);
    assert.deepEqual(symbols.twist_float4(array), new Float32Array([2, 4, 6, 8]));
  }
  resizable.resize(8);
  assert.throws(() => symbols.twist_float4(made[2]), typeError('Float32Array of 4 elements'));
  const detached = new Float32Array(4);
  structuredClone(detached.buffer, { transfer: [detached.buffer] });
  assert.throws(() => symbols.twist_float4(detached), typeError('Float32Array of 4 elements'));
  const result = symbols.twist_float4(made[0]);
  assert.equal(result.byteOffset, 0);
  assert.equal(result.buffer.byteLength, 16);
});

test('variables', () => {
  using variables = open('c_types', {
    big: { type: 'i128' }, wide: { type: 'long double' },
    long: { name: 'some_long', type: 'long' }, size: { name: 'some_size', type: 'size_t' },
  });
  assert.deepEqual({ ...variables.symbols }, { big: -5n, wide: 1.25, long: -9n, size: 7n });
});

test('definitions that are wrong', () => {
  const define = (type) =>
    () => open('c_types', { size_char: { parameters: [type], result: 'u32' } });
  for (const [type, part] of [
    [complex('i32'), "unsupported complex number of i32, expected 'f32', 'f64' or 'long double'"],
    [complex('f16'), 'unsupported complex number of f16'],
    [complex(complex('f32')), 'unsupported complex number of complex'],
    [complex(5), 'invalid type: number, expected string or map'],
    [{ complex: 'f64', length: 2 }, "unknown field 'length' of a type 'complex'"],
    [vector('f32', 3), 'vector(f32*3) is not 8 or 16 bytes long'],
    [vector('f64', 1), 'compilers disagree on vectors of one element'],
    [vector('f32', 4.5), "invalid value of 'length': 4.5, expected an integer from 1 to 65536"],
    [vector('f32', '4'), "invalid value of 'length': string"],
    [vector('f32'), "invalid value of 'length': undefined"],
    [vector('bool', 16), 'unsupported vector of bool'],
    [vector('i53', 2), 'unsupported vector of i53'],
    [vector('i128', 1), 'unsupported vector of i128'],
    [{ vector: 'f32', complex: 'f32' }, "a type is either 'vector' or 'complex'"],
    ['complex', "unknown variant 'complex'"],
    ['long  double', "unknown variant 'long  double'"],
  ]) {
    assert.throws(define(type), typeError(part));
    assert.throws(define(type), typeError("symbol 'size_char', parameter 0"));
  }
});

test('a trace shows them', () => {
  const { stderr } = runNode(`
    import { open } from '${new URL('support.mjs', import.meta.url)}';
    const { symbols } = open('c_types', {
      twist_i128: { parameters: ['i128'], result: 'i128', trace: true },
      twist_f16: { parameters: ['f16'], result: 'f16', trace: true },
      twist_long_double: { parameters: ['long double'], result: 'long double', trace: true },
      twist_complex_float:
        { parameters: [{ complex: 'f32' }], result: { complex: 'f32' }, trace: true },
      twist_float4: { parameters: [{ vector: 'f32', length: 4 }], trace: true,
        result: { vector: 'f32', length: 4 } },
      number_of: { parameters: [{ union: ['i64', 'f64', { array: 'u8', length: 8 }] }],
        result: 'f64', trace: true },
    });
    symbols.twist_i128(-(1n << 100n));
    symbols.twist_f16(1.5);
    symbols.twist_long_double(0.1);
    symbols.twist_complex_float([1, 2]);
    symbols.twist_float4(new Float32Array(4));
    symbols.number_of(new Uint8Array(8));`);
  const lines = stderr.split('\n').map((line) => line.replace(/^springboard\[\d+\] /, ''));
  assert.deepEqual(lines, [
    '-> twist_i128(i128 -1267650600228229401496703205376): i128',
    '<- twist_i128: i128 -3802951800684688204490109616127',
    '-> twist_f16(f16 1.5): f16', '<- twist_f16: f16 3',
    '-> twist_long_double(long double 0.1): long double', '<- twist_long_double: long double 1.2',
    '-> twist_complex_float(complex [1, 2]): complex', '<- twist_complex_float: complex [2, 5]',
    '-> twist_float4(vector [0, 0, 0, 0]): vector', '<- twist_float4: vector [0, 0, 0, 0]',
    '-> number_of(union {0, 0, [0, 0, 0, 0, 0, 0, 0, 0]}): f64', '<- number_of: f64 0', '']);
});
