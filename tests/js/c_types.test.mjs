// c_types: C's names of types, and structs and unions as C has them. The compiler that made the
// native library is the judge of their layouts and of how they travel.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { UnsafeCallback, UnsafeFnPointer, assertTier, fastBelowCallbacks, heat, open, site,
  typeError } from './support.mjs';

const names = ['char', 'signed char', 'unsigned char', 'short', 'unsigned short', 'int',
  'unsigned int', 'unsigned', 'long', 'unsigned long', 'long long', 'unsigned long long', 'size_t',
  'ssize_t', 'ptrdiff_t', 'intptr_t', 'uintptr_t', 'int8_t', 'uint8_t', 'int16_t', 'uint16_t',
  'int32_t', 'uint32_t', 'int64_t', 'uint64_t', 'wchar_t', 'char16_t', 'char32_t', 'time_t',
  'off_t'];

test('C\'s names have the size and sign that the compiler gives them', () => {
  for (const name of names) {
    const symbol = name.replaceAll(' ', '_');
    using lib = open('c_types', {
      [`bits_${symbol}`]: { parameters: [name], result: 'i64' },
      [`ones_${symbol}`]: { parameters: [], result: name },
      [`size_${symbol}`]: { parameters: [], result: 'u32' },
    });
    const [bits, ones, size] = Object.values(lib.symbols);
    const value = ones();
    assert.equal(typeof value, size() === 8 ? 'bigint' : 'number', name);
    const signed = BigInt.asIntN(8 * size(), -1n);
    assert.ok(BigInt(value) === signed || BigInt(value) === BigInt.asUintN(8 * size(), -1n), name);
    assert.equal(bits(value), BigInt.asIntN(64, BigInt(value)), name);
    assert.throws(() => bits(true), typeError('integer'));
  }
});

test('C\'s names of other types, and in structs', () => {
  using lib = open('calls', {
    float: { name: 'echo_f32', parameters: ['float'], result: 'float' },
    double: { name: 'echo_f64', parameters: ['double'], result: 'double' },
    bool: { name: 'echo_bool', parameters: ['_Bool'], result: '_Bool' },
    int: { name: 'echo_i32', parameters: [{ struct: ['int'] }], result: { struct: ['int'] } },
  });
  assert.equal(lib.symbols.float(0.1), Math.fround(0.1));
  assert.equal(lib.symbols.double(0.1), 0.1);
  assert.equal(lib.symbols.bool(true), true);
  assert.deepEqual(lib.symbols.int(new Int32Array([-2])), new Uint8Array([254, 255, 255, 255]));
});

const array = (type, length) => ({ array: type, length });
const bits = (type, width) => ({ bits: type, width });
const number = { union: ['i64', 'f64'] };
const types = {
  number,
  floats: { union: [array('f32', 3), 'f64'] },
  bytes33: { union: [array('u8', 33), 'i32'] },
  packed: { struct: ['i8', 'f64', 'i16'], packed: true },
  packed2: { struct: ['i8', 'f64', 'i32'], packed: 2 },
  aligned16: { struct: ['i64'], align: 16 },
  matrix: { struct: [array(array('f32', 2), 2)] },
  tagged: { struct: ['i32', number, array('u8', 5)] },
  bits: { struct: [bits('u32', 3), bits('u32', 17), bits('i32', 20), 'u8'] },
  float_bits: { struct: ['f32', bits('u64', 40)] },
  double_bits: { struct: ['f64', bits('i64', 12), bits('bool', 1)] },
  packed_bits: { struct: [bits('u8', 3), bits('u64', 60), bits('i16', 5), 'i16'], packed: 1 },
  bits_union: { union: [bits('u32', 9), 'f32'] },
  misaligned_union: { struct: [bits('long', 7),
    { union: [bits('u8', 8), bits('u64', 32)], packed: true }, 'i8'] },
  misaligned_small_union: {
    struct: ['i32', { union: [bits('long', 42), bits('long', 8)], packed: 2 }],
  },
  wide_struct: { struct: ['i128', 'i8'] },
  long_double_struct: { struct: ['long double'] },
  complex_struct: { struct: [{ complex: 'f64' }] },
  vector_struct: { struct: [{ vector: 'f32', length: 4 }] },
};

const definitions = {
  number_of: { parameters: [number], result: 'f64' },
  bits_value: { parameters: [types.bits], result: 'i64' },
  packed_value: { parameters: [types.packed], result: 'f64' },
  flexible_sum: { parameters: ['buffer'], result: 'u32' },
  calls_made: { parameters: [], result: 'u64' },
};
for (const [name, type] of Object.entries(types)) {
  definitions[`size_${name}`] = { parameters: [], result: 'u32' };
  definitions[`echo_${name}`] = { parameters: [type], result: type };
  definitions[`back_${name}`] = { parameters: ['function', type], result: type };
  definitions[`behind_${name}`] = { parameters: ['i64', 'f64', type, 'i8'], result: type };
  definitions[`later_${name}`] =
    { name: `echo_${name}`, parameters: [type], result: type, nonblocking: true };
}
const lib = open('c_types', definitions);
after(() => lib.close());
const { symbols } = lib;

// Which bits a type's values have: others are padding, which compilers need not copy.
const masks = {
  packed2: [255, 0, ...Array(12).fill(255)],
  aligned16: [...Array(8).fill(255), ...Array(8).fill(0)],
  tagged: [255, 255, 255, 255, 0, 0, 0, 0, ...Array(13).fill(255), 0, 0, 0],
  bits: [255, 255, 15, 0, 255, 255, 15, 255],
  float_bits: [255, 255, 255, 255, 0, 0, 0, 0, 255, 255, 255, 255, 255, 0, 0, 0],
  double_bits: [...Array(9).fill(255), 31, ...Array(6).fill(0)],
  packed_bits: [...Array(8).fill(255), 15, 255, 255],
  bytes33: [...Array(33).fill(255), 0, 0, 0],
  misaligned_union: [127, ...Array(5).fill(255), 0, 0],
  misaligned_small_union: [...Array(9).fill(255), 3, 0, 0],
  floats: [...Array(12).fill(255), 0, 0, 0, 0],
  wide_struct: [...Array(17).fill(255), ...Array(15).fill(0)],
  long_double_struct: process.arch === 'x64' ? [...Array(10).fill(255), ...Array(6).fill(0)]
    : Array(16).fill(255),
};
// Bytes that are no signalling NaN, and no unnormal number of x87's, which loads and stores change.
const filled = (size) => Uint8Array.from({ length: size }, (_, i) => (37 * i + 11) % 64 + 1)
  .map((byte, i) => (i === 7 ? byte | 128 : byte));

const unpadded = (name, value) => value.map((byte, i) => byte & (masks[name]?.[i] ?? 255));

for (const name of Object.keys(types)) {
  const size = symbols[`size_${name}`]();
  const bytes = filled(size);
  const check = (value) => assert.deepEqual(unpadded(name, value), unpadded(name, bytes));

  test(`${name} in and out`, async () => {
    const out = new Uint8Array(size);
    check(symbols[`echo_${name}`](bytes));
    check(symbols[`echo_${name}`](bytes, out));
    check(out);
    check(symbols[`behind_${name}`](-7n, 0.5, bytes, -2));
    check(await symbols[`later_${name}`](bytes));
    using callback = new UnsafeCallback({ parameters: [types[name]], result: types[name] },
      (value) => {
        check(value);
        return value;
      });
    check(symbols[`back_${name}`](callback.pointer, bytes));
    const type = types[name];
    const call = new UnsafeFnPointer(callback.pointer, { parameters: [type], result: type });
    check(call.call(bytes));
  });

  test(`${name} of too few bytes`, async () => {
    const what = 'union' in types[name] ? 'union' : 'struct';
    const message = `Invalid FFI ${what} type, expected at least ${size} bytes: symbol ` +
      `'echo_${name}', parameter 0: got ${size - 1} bytes`;
    if (size > 1) {
      assert.throws(() => symbols[`echo_${name}`](bytes.slice(1)), typeError(message));
      await assert.rejects(symbols[`later_${name}`](bytes.slice(1)),
        typeError(`${size - 1} bytes`));
    }
    assert.throws(() => symbols[`echo_${name}`](5),
      typeError(`Invalid FFI ${what} type, expected ArrayBuffer, or ArrayBufferView`));
    assert.throws(() => symbols[`echo_${name}`](bytes, new Uint8Array(size - 1)),
      typeError(`expected at least ${size} bytes: symbol 'echo_${name}', result`));
  });
}

test('members are where the compiler has them', () => {
  const view = new DataView(new ArrayBuffer(16));
  // a: 5 of 3 bits, b: 70000 of 17, c: -400000 of 20 in the next unit, d behind it.
  view.setUint32(0, 5 | 70000 << 3, true);
  view.setUint32(4, (-400000 & 0xfffff) | 200 << 24, true);
  assert.equal(symbols.bits_value(view), 5n + 700000n - 4000000000000n + 200n);
  view.setInt8(0, -3);
  view.setFloat64(1, 0.5, true);
  view.setInt16(9, 1000, true);
  assert.equal(symbols.packed_value(view), 997.5);
  assert.equal(symbols.number_of(new Float64Array([-2.5])), -2.5);
});

test('a struct with a flexible array goes by pointer', () => {
  const bytes = new DataView(new ArrayBuffer(16));
  bytes.setUint16(0, 3, true);
  for (let i = 0; i < 3; i += 1) bytes.setUint32(4 + 4 * i, 10 ** i, true);
  assert.equal(symbols.flexible_sum(bytes), 111);
});

test('unions, packed structs, arrays and bit-fields take the fast stub', () => {
  // Not on V8's heap, from where the first call would move it.
  const bytes = new Uint8Array(new ArrayBuffer(64));
  for (const name of Object.keys(types)) {
    // Registers of x87 hold its result, which the stub does not read.
    if (name === 'long_double_struct') continue;
    const symbol = `echo_${name}`;
    using fast = open('c_types', { [symbol]: { ...definitions[symbol], leaf: true } });
    const call = heat(site('x', 'return f(x);', { f: fast.symbols[symbol] }), bytes);
    assertTier(symbols.calls_made, () => call(bytes));
    const plain = heat(site('x', 'return f(x);', { f: symbols[symbol] }), bytes);
    assertTier(symbols.calls_made, () => plain(bytes), { fast: fastBelowCallbacks });
    assert.deepEqual(unpadded(name, call(bytes)), unpadded(name, plain(bytes)));
  }
});

test('definitions that are wrong', () => {
  const define = (type) =>
    () => open('c_types', { size_char: { parameters: [type], result: 'u32' } });
  const flexible = { struct: ['u16', { array: 'u32' }] };
  const nested = (depth) => (depth === 0 ? 'u8' : array(nested(depth - 1), 1));
  const recursive = { union: ['u8'] };
  recursive.union.push(array(recursive, 2));
  for (const [type, part] of [
    [{ union: [] }, 'Union must have at least one field'],
    [{ union: 'u8' }, 'invalid type: string, expected an array of union fields'],
    [{ union: ['u8'], struct: ['u8'] }, "a type is either 'union' or 'struct'"],
    [{ union: ['void'] }, 'unsupported type: void'],
    [{ union: ['u8'], size: 1 }, 'expected map with a single key'],
    [{ union: [array('u8', 65536), array('u16', 65536)] }, 'is larger than 65536 bytes'],
    [recursive, 'found recursive struct'],
    [{ struct: ['u8'], packed: 3 }, 'packed(3) is not a power of two up to 16'],
    [{ struct: ['u8'], packed: 'yes' }, "invalid value of 'packed': string"],
    [{ struct: ['u8'], align: 0 }, "invalid value of 'align': 0, expected an integer from 1"],
    [{ struct: ['u8'], align: true }, "invalid value of 'align': boolean"],
    [{ struct: ['u8'], align: 8192 }, 'align(8192) is not a power of two up to 4096'],
    [array('u8', 4), "unsupported type 'array', only a struct or union can have a member of it"],
    [bits('u8', 4), "unsupported type 'bits', only a struct or union"],
    [{ struct: [array('u8', 0)] }, "invalid value of 'length': 0, expected an integer from 1"],
    [{ struct: [array('void', 2)] }, 'unsupported type: void'],
    [{ struct: [array('u8', 2 ** 32)] }, "invalid value of 'length': 4294967296"],
    [{ struct: [array('u16', 65536)] }, 'is larger than 65536 bytes'],
    [{ struct: [{ array: 'u8', length: 2, packed: 1 }] },
      "unknown field 'packed' of a type 'array'"],
    [{ struct: [nested(80)] }, 'nest'],
    [{ struct: [array(bits('u8', 2), 2)] }, 'an array cannot have elements that are bit-fields'],
    [{ struct: [bits('u8', 9)] }, 'bit-field 0 has 9 bits, u8 has 8'],
    [{ struct: ['u8', bits('bool', 2)] }, 'bit-field 1 has 2 bits, bool has 1'],
    [{ struct: [bits('f32', 2)] }, 'bit-field 0 is of type f32, not of an integer type'],
    [{ struct: [bits('i128', 2)] }, 'not of an integer type up to 64 bits'],
    [{ struct: [bits('u8', -1)] }, "invalid value of 'width': -1"],
    [{ struct: [{ bits: 'u8' }] }, "invalid value of 'width': undefined"],
    [{ union: ['u8', bits('u8', 0)] }, 'bit-field 1 of a union has no bits'],
    [{ struct: [bits('u8', 0)] }, 'a struct has no bytes'],
    [flexible, 'a struct that ends in a flexible array is passed by pointer only'],
    [{ struct: [flexible] }, 'a struct that ends in a flexible array is passed by pointer only'],
    [{ struct: [{ array: 'u8' }] }, 'member 0 is a flexible array: it must be the last of'],
    [{ struct: ['u8', { array: 'u8' }, 'u8'] }, 'member 1 is a flexible array: it must be'],
    [{ union: ['u8', { array: 'u8' }] }, 'member 1 is a flexible array: unions have none'],
  ]) {
    assert.throws(define(type), typeError(part));
    assert.throws(define(type), typeError("symbol 'size_char', parameter 0"));
  }
});

test('types that would take long to read are refused at once', () => {
  let type = { union: Array(100).fill('u8') };
  for (let i = 0; i < 5; i += 1) type = { union: Array(100).fill(type) };
  assert.throws(() => open('c_types', { size_char: { parameters: [type], result: 'u32' } }),
    typeError('a type has more than 65536 fields in all'));
});
