// structs: by value in and out, one shape per ABI class, checked against a C library whose
// functions change every field.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import {
  UnsafeFnPointer, UnsafePointer, collect, heat, open, site, typeError,
} from './support.mjs';

const repeat = (type, count) => Array(count).fill(type);
const Point = { struct: ['f64', 'f64'] };
const Long2 = { struct: ['i64', 'i64'] };
const DoubleLong = { struct: ['f64', 'i64'] };
const Words8 = { struct: repeat('i64', 8) };

// Bytes from (offset, kind, value) triples.
function bytes(size, ...fields) {
  const array = new Uint8Array(size);
  const view = new DataView(array.buffer);
  const setters = {
    i8: 'setInt8', u8: 'setUint8', u16: 'setUint16', i32: 'setInt32', u32: 'setUint32',
    i64: 'setBigInt64', u64: 'setBigUint64', f32: 'setFloat32', f64: 'setFloat64',
  };
  for (const [offset, kind, value] of fields) view[setters[kind]](offset, value, true);
  return array;
}
const words8 = (...values) => bytes(64, ...values.map((value, i) => [8 * i, 'i64', value]));
const point = (x, y) => bytes(16, [0, 'f64', x], [8, 'f64', y]);

// name, type, argument, result, offsets of padding in the result
const shapes = [
  ['byte1', { struct: ['u8'] }, bytes(1, [0, 'u8', 255]), bytes(1, [0, 'u8', 0])],
  ['byte3', { struct: repeat('u8', 3) }, Uint8Array.of(1, 2, 3), Uint8Array.of(3, 1, 2)],
  ['short3', { struct: repeat('u16', 3) }, bytes(6, [0, 'u16', 1], [2, 'u16', 2], [4, 'u16', 3]),
    bytes(6, [0, 'u16', 3], [2, 'u16', 1], [4, 'u16', 2])],
  ['int_int_float', { struct: ['i32', 'i32', 'f32'] },
    bytes(12, [0, 'i32', -5], [4, 'i32', 6], [8, 'f32', 1.5]),
    bytes(12, [0, 'i32', 6], [4, 'i32', -5], [8, 'f32', 3])],
  ['float3', { struct: repeat('f32', 3) },
    bytes(12, [0, 'f32', 1.5], [4, 'f32', 2.5], [8, 'f32', 3.5]),
    bytes(12, [0, 'f32', 4.5], [4, 'f32', 3.5], [8, 'f32', 5.5])],
  ['point', Point, point(1.5, -2.5), point(-1.5, 3)],
  ['long2', Long2, bytes(16, [0, 'i64', 10n], [8, 'i64', -20n]),
    bytes(16, [0, 'i64', -21n], [8, 'i64', 11n])],
  ['double_long', DoubleLong, bytes(16, [0, 'f64', 7], [8, 'i64', -9n]),
    bytes(16, [0, 'f64', -9], [8, 'i64', 7n])],
  ['byte_long', { struct: ['i8', 'i64'] }, bytes(16, [0, 'i8', -3], [8, 'i64', 41n]),
    bytes(16, [0, 'i8', 42], [8, 'i64', -3000n]), [1, 2, 3, 4, 5, 6, 7]],
  ['nested16', { struct: [{ struct: ['f32', 'f32'] }, 'i32', 'f32'] },
    bytes(16, [0, 'f32', 1], [4, 'f32', 2], [8, 'i32', 3], [12, 'f32', 4]),
    bytes(16, [0, 'f32', 2], [4, 'f32', 1], [8, 'i32', 4], [12, 'f32', 4.5])],
  ['bytes17', { struct: repeat('u8', 17) }, Uint8Array.from({ length: 17 }, (_, i) => i * 3),
    Uint8Array.from({ length: 17 }, (_, i) => (16 - i) * 3 + i)],
  ['mixed24', { struct: ['f64', 'i64', 'f32', 'i32'] },
    bytes(24, [0, 'f64', 1.5], [8, 'i64', 2n], [16, 'f32', 3.5], [20, 'i32', 4]),
    bytes(24, [0, 'f64', 7], [8, 'i64', 7n], [16, 'f32', 1.5], [20, 'i32', 2])],
  ['nested_memory', { struct: ['i8', Point, 'u16'] },
    bytes(32, [0, 'i8', -128], [8, 'f64', 1.5], [16, 'f64', 2.5], [24, 'u16', 65535]),
    bytes(32, [0, 'i8', 127], [8, 'f64', 2.5], [16, 'f64', 1.5], [24, 'u16', 0]),
    [1, 2, 3, 4, 5, 6, 7, 26, 27, 28, 29, 30, 31]],
  ['words8', Words8, words8(0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n),
    words8(7n, 7n, 7n, 7n, 7n, 7n, 7n, 7n)],
];

const signatures = Object.fromEntries(shapes.map(([name, type]) => [`twist_${name}`,
  { parameters: [type], result: type }]));
const lib = open('structs', {
  ...signatures,
  made: { name: 'calls_made', parameters: [], result: 'u64' },
  twist_slice: { parameters: [{ struct: ['pointer', 'u32'] }],
    result: { struct: ['pointer', 'u32'] } },
  after_six: {
    parameters: [...repeat('i64', 5), DoubleLong, Long2, 'i64', 'f64'], result: 'i64',
  },
  after_seven_doubles: { parameters: [...repeat('f64', 7), Point, 'f64', 'i32'], result: 'f64' },
  fill_words8: { parameters: repeat('i64', 8), result: Words8 },
  distance: { parameters: [Point, Point], result: 'f64' },
  midpoint: { parameters: [Point, Point], result: Point },
  scribble_words8: { parameters: [Words8], result: 'i64' },
});
const addresses = open('structs', Object.fromEntries(Object.keys(signatures).map(
  (name) => [name, { type: 'pointer' }])));
after(() => {
  lib.close();
  addresses.close();
});

function withoutPadding(array, padding = []) {
  const copy = Uint8Array.from(array);
  for (const offset of padding) copy[offset] = 0;
  return copy;
}
const views = {
  'on-heap array': (array) => Uint8Array.from(array),
  'off-heap array': (array) => {
    const copy = Uint8Array.from(array);
    return new Uint8Array(copy.buffer);
  },
  'array inside a larger buffer': (array) => {
    const larger = new Uint8Array(array.length + 48).fill(0xee);
    larger.set(array, 24);
    return larger.subarray(24, 24 + array.length);
  },
  'longer array': (array) => {
    const longer = new Uint8Array(array.length + 9).fill(0xee);
    longer.set(array);
    return longer;
  },
  ArrayBuffer: (array) => Uint8Array.from(array).buffer,
  DataView: (array) => new DataView(Uint8Array.from(array).buffer),
  SharedArrayBuffer: (array) => {
    const shared = new SharedArrayBuffer(array.length);
    new Uint8Array(shared).set(array);
    return shared;
  },
  'misaligned subarray': (array) => {
    const larger = new Uint8Array(array.length + 1);
    larger.set(array, 1);
    return larger.subarray(1);
  },
};

for (const [name, type, argument, expected, padding] of shapes) {
  test(`twist_${name}, ${expected.length} bytes`, () => {
    const f = lib.symbols[`twist_${name}`];
    const hot = heat(site('a', 'return f(a);', { f }), argument);
    const indirect = new UnsafeFnPointer(addresses.symbols[`twist_${name}`],
      { parameters: [type], result: type });
    const calls = { cold: f, hot, 'fn pointer': (a) => indirect.call(a) };
    for (const [way, call] of Object.entries(calls)) {
      for (const [kind, view] of Object.entries(views)) {
        const passed = view(argument);
        const result = call(passed);
        assert.deepEqual(withoutPadding(result, padding), expected, `${way}, ${kind}`);
        assert.equal(Object.getPrototypeOf(result), Uint8Array.prototype);
        assert.equal(result.byteOffset, 0);
        assert.equal(result.buffer.byteLength, expected.length);
        assert.notEqual(result, call(passed), 'each result is a new array');
      }
      for (const length of [0, 1, expected.length - 1]) {
        if (length >= expected.length) continue;
        for (const short of [new Uint8Array(length), new ArrayBuffer(length)]) {
          assert.throws(() => call(short), (error) => {
            assert.ok(error instanceof TypeError, `${way}: ${error}`);
            for (const size of [length, expected.length]) {
              assert.match(error.message, new RegExp(`\\b${size}\\b`), way);
            }
            return true;
          });
        }
      }
      const detached = new ArrayBuffer(expected.length);
      structuredClone(detached, { transfer: [detached] });
      assert.throws(() => call(detached), TypeError);
      assert.deepEqual(withoutPadding(call(argument), padding), expected, 'healthy afterwards');
    }
  });
}

test('pointers inside a struct', () => {
  const target = new Uint8Array(64);
  const address = UnsafePointer.value(UnsafePointer.of(target));
  const result = lib.symbols.twist_slice(bytes(16, [0, 'u64', address], [8, 'u32', 24]));
  assert.equal(new DataView(result.buffer).getBigUint64(0, true), address + 24n);
  assert.equal(new DataView(result.buffer).getUint32(8, true), 48);
});

test('registers run out', () => {
  const s = bytes(16, [0, 'f64', 6], [8, 'i64', 7n]);
  const t = bytes(16, [0, 'i64', 8n], [8, 'i64', 9n]);
  const six = site('s, t', 'return f(1n, 2n, 3n, 4n, 5n, s, t, 10n, 11);',
    { f: lib.symbols.after_six });
  const sum = (from, to) => {
    let total = 0;
    for (let i = from; i <= to; i += 1) total += i * i;
    return total;
  };
  const seven = site('p', 'return f(1, 2, 3, 4, 5, 6, 7, p, 10, 11);',
    { f: lib.symbols.after_seven_doubles });
  const fill = site('', 'return f(1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n);',
    { f: lib.symbols.fill_words8 });
  for (let round = 0; round < 2; round += 1) {
    assert.equal(six(s, t), BigInt(sum(1, 11)));
    assert.equal(seven(point(8, 9)), sum(1, 11));
    assert.deepEqual(fill(), words8(1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n));
    heat(six, s, t);
    heat(seven, point(8, 9));
    heat(fill);
  }
});

test('two structs in, one out, the guide\'s own', () => {
  const a = new Uint8Array(new Float64Array([1, 2]).buffer);
  const b = new Uint8Array(new Float64Array([4, 6]).buffer);
  assert.equal(lib.symbols.distance(a, b), 5);
  assert.deepEqual([...new Float64Array(lib.symbols.midpoint(a, b).buffer)], [2.5, 4]);
});

test('the callee has its own copy', () => {
  const mine = words8(1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n);
  const before = Uint8Array.from(mine);
  const run = heat(site('a', 'return f(a);', { f: lib.symbols.scribble_words8 }), mine);
  for (let i = 0; i < 100; i += 1) assert.equal(run(mine), 36n);
  assert.deepEqual(mine, before);
});

test('results ignore a patched Uint8Array', () => {
  const original = globalThis.Uint8Array;
  const argument = point(1, 2);
  const expected = point(3, 2);
  try {
    globalThis.Uint8Array = class extends original {
      constructor() {
        super(1);
        throw new Error('the global constructor was used');
      }
    };
    const result = lib.symbols.twist_point(argument);
    assert.equal(Object.getPrototypeOf(result), original.prototype);
    assert.deepEqual(result, expected);
    const hot = heat(site('a', 'return f(a);', { f: lib.symbols.twist_point }), argument);
    assert.deepEqual(hot(argument), expected);
  } finally {
    globalThis.Uint8Array = original;
  }
});

test('results survive collections and further calls', () => {
  const f = lib.symbols.twist_words8;
  const kept = [];
  for (let i = 0; i < 500; i += 1) {
    kept.push(f(words8(...Array.from({ length: 8 }, (_, j) => BigInt(i * 10 + j)))));
    if (i % 100 === 0) collect();
  }
  kept.forEach((result, i) => assert.deepEqual(result,
    words8(...Array.from({ length: 8 }, (_, j) => BigInt(i * 10 + 7)))));
});

test('one description object serves many places', () => {
  const Shared = { struct: ['f64', 'f64'] };
  const many = open('structs', {
    distance: { parameters: [Shared, Shared], result: 'f64' },
    midpoint: { parameters: [Shared, Shared], result: Shared },
    twist_point: { parameters: [{ struct: [...Shared.struct] }], result: Shared },
  });
  assert.equal(many.symbols.distance(point(0, 0), point(3, 4)), 5);
  Shared.struct.push('i64');
  assert.deepEqual(many.symbols.midpoint(point(0, 0), point(2, 4)), point(1, 2));
  many.close();
});

test('a missing struct argument', () => {
  assert.throws(() => lib.symbols.distance(point(1, 2)),
    typeError('expected ArrayBuffer, or ArrayBufferView'));
});

const resized = (Buffer) => {
  const buffer = new Buffer(4, { maxByteLength: 64 });
  const view = new Uint8Array(buffer);
  if (buffer.growable) buffer.grow(24);
  else buffer.resize(24);
  return view;
};
const resizable = (Buffer) => new Buffer(24, { maxByteLength: 64 });
const varying = {
  'a resizable buffer': () => resizable(ArrayBuffer),
  'a growable buffer': () => resizable(SharedArrayBuffer),
  'an array that tracks the length': () => new Float64Array(resizable(ArrayBuffer)),
  'one that tracks a shared length': () => new Uint8Array(resizable(SharedArrayBuffer)),
  'one that tracked it': () => resized(ArrayBuffer),
  'one that tracked a shared length': () => resized(SharedArrayBuffer),
  'a part of a resizable buffer': () => new Uint8Array(resizable(ArrayBuffer), 8, 16),
  'a part of a growable buffer': () => new Uint8Array(resizable(SharedArrayBuffer), 8, 16),
  'a DataView that tracks the length': () => new DataView(resizable(ArrayBuffer), 8),
  'a DataView that tracks a shared length': () => new DataView(resizable(SharedArrayBuffer), 8),
  'a DataView of a part': () => new DataView(resizable(ArrayBuffer), 8, 16),
  'WebAssembly memory that grew': () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    memory.grow(1);
    return memory.buffer;
  },
};
for (const [kind, make] of Object.entries(varying)) {
  test(`${kind} holds a struct`, () => {
    const f = lib.symbols.midpoint;
    const run = heat(site('a, b', 'return f(a, b);', { f }), point(0, 0), point(0, 0));
    for (let round = 0; round < 5; round += 1) {
      const bytes = make();
      const [buffer, offset] = ArrayBuffer.isView(bytes) ? [bytes.buffer, bytes.byteOffset] :
        [bytes, 0];
      new Float64Array(buffer, offset, 2).set([round, 3]);
      for (const call of [f, run]) {
        assert.deepEqual(call(bytes, point(2, 5)), point((round + 2) / 2, 4));
      }
    }
  });
}
