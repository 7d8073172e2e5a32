// Accessor classes: structs and unions with named fields over a buffer (v8_glue/accessors.js).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';

import { open, struct, typeError, union, UnsafeCallback, UnsafeFnPointer } from './support.mjs';

// C's plain char.
const CHAR = process.arch === 'arm64' ? 'u8' : 'i8';
const Point = struct({ x: 'f64', y: 'f64' }, { name: 'Point' });
const Mixed = struct({
  a: 'u8',
  point: Point,
  list: { array: 'i16', length: 3 },
  to: 'pointer',
  flag: 'bool',
  wide: 'i64',
});

test('a class has the layout of C', () => {
  assert.equal(Point.size, 16);
  assert.equal(Point.align, 8);
  assert.deepEqual(Point.offsets, { x: 0, y: 8 });
  assert.equal(Mixed.size, 56);
  assert.deepEqual(Mixed.offsets, { a: 0, point: 8, list: 24, to: 32, flag: 40, wide: 48 });
  assert.deepEqual(struct({ a: 'u8', b: 'f64' }, { packed: true }).offsets, { a: 0, b: 1 });
});

test('fields are read and written in place', () => {
  const numbers = new Float64Array(4);
  const point = Point.at(numbers, 8);
  point.x = 7;
  assert.deepEqual(numbers, new Float64Array([0, 7, 0, 0]));
  assert.equal(point.buffer, numbers.buffer);
  assert.equal(point.byteOffset, 8);
  const mixed = Mixed.from({ a: 300, point: { x: 3 }, list: [1, 2, 3], flag: true, wide: -5 });
  assert.deepEqual(mixed.toJSON(),
    { a: 44, point: { x: 3, y: 0 }, list: [1, 2, 3], to: null, flag: true, wide: -5n });
  mixed.point.y = 9;
  assert.equal(mixed.point.y, 9);
  const value = union({ i: 'i32', f: 'f32' }).from({ f: 1 });
  assert.equal(value.i, 0x3f800000);
});

test('arrays of structs', () => {
  const points = Point.array(3);
  points.at(1).x = 4;
  points.set(2, { y: 5 });
  assert.deepEqual([...points].map((point) => point.toJSON()),
    [{ x: 0, y: 0 }, { x: 4, y: 0 }, { x: 0, y: 5 }]);
  assert.deepEqual(new Float64Array(points.bytes.buffer), new Float64Array([0, 0, 4, 0, 0, 5]));
  const some = Point.arrayAt(points.bytes, 16, 2);
  assert.equal(some.bytes.byteOffset, 16);
  assert.equal(some.bytes.length, 32);
  assert.throws(() => points.at(3), { name: 'RangeError' });
  assert.throws(() => Point.arrayAt(new ArrayBuffer(31), 0, 2), { name: 'RangeError' });
});

test('what does not fit is refused', () => {
  const point = new Point();
  assert.throws(() => { point.x = '1'; },
    typeError("Invalid FFI f64 type, expected number: field 'x' of Point: got string"));
  assert.throws(() => Point.from({ z: 1 }), typeError("unknown field 'z' of Point"));
  assert.throws(() => Point.at(new Uint8Array(8)),
    { name: 'RangeError', message: /16 bytes at offset 0 are out of bounds of 8 bytes/ });
  assert.throws(() => Point.at(3), typeError('expected a buffer, a view, memory or a pointer'));
  assert.throws(() => struct({ a: 'nope' }), typeError("field 'a'"));
  assert.throws(() => struct({ toJSON: 'u8' }), typeError('reserved name'));
  assert.equal(struct({ bytes: 'u8', buffer: 'i8' }).from({ bytes: 7 }).bytes, 7);
});

test('instances in calls, promises, function pointers and callbacks', async () => {
  const Number32 = struct({ value: 'u32' });
  const inline = { struct: { value: 'u32' } };
  for (const type of [Number32, inline]) {
    using lib = open('calls', {
      echo_u32: { parameters: [type], result: type },
      later: { name: 'echo_u32', parameters: [type], result: type, nonblocking: true },
    });
    assert.equal(lib.symbols.echo_u32({ value: 7 }).value, 7);
    assert.equal(lib.symbols.echo_u32(Number32.from({ value: 8 }).bytes).value, 8);
    assert.equal((await lib.symbols.later({ value: 9 })).value, 9);
    assert.throws(() => lib.symbols.echo_u32(1), typeError("symbol 'echo_u32', parameter 0"));
    assert.throws(() => lib.symbols.echo_u32({ value: 'x' }), typeError("u32 type, expected "));
    assert.throws(() => lib.symbols.echo_u32({ value: 'x' }),
      typeError(": symbol 'echo_u32', parameter 0: got string"));
    assert.equal(lib.symbols.echo_u32({ value: 6 }).value, 6);
    const definition = { parameters: [type], result: type };
    using callback = new UnsafeCallback(definition, (given) => ({ value: given.value + 1 }));
    const call = new UnsafeFnPointer(callback.pointer, definition);
    assert.equal(call.call({ value: 1 }).value, 2);
  }
});

const Inner = struct({ tag: 'int8_t', value: 'double' }, { name: 'Inner' });
const Every = struct({
  c: 'char',
  us: 'unsigned short',
  l: 'long',
  inner: Inner,
  list: { array: 'float', length: 3 },
  pair: { array: Inner, length: 2 },
  text: 'cstring',
  pointer: 'pointer',
  kind: { bits: 'unsigned', width: 3 },
  level: { bits: 'int', width: 5 },
  big: { bits: 'u64', width: 40 },
  on: { bits: 'bool', width: 1 },
  z: { complex: 'f64' },
  wide: 'i128',
}, { name: 'Every' });
const Tight = struct({ a: 'u8', b: 'f64', list: { array: 'u16', length: 2 } }, { packed: true });
const Packet = struct({ count: 'u32', values: { array: 'u16' } }, { name: 'Packet' });
const c = open('accessors', {
  every_layout: { parameters: ['u32'], result: 'u32' },
  every_fill: { parameters: ['buffer'], result: 'void' },
  every_check: { parameters: ['buffer'], result: 'i32' },
  inner_twice: { parameters: [Inner], result: Inner },
  tight_next: { parameters: [Tight], result: Tight },
  packet_sum: { parameters: ['buffer'], result: 'u32' },
}).symbols;

test('C agrees on the layout of every kind of member', () => {
  const { us, l, inner, list, pair, text, pointer, z, wide } = Every.offsets;
  assert.deepEqual(
    [Every.size, Every.align, us, l, inner, list, pair, text, pointer, z, wide, Tight.size,
      Tight.offsets.list, Packet.size],
    Array.from({ length: 14 }, (_, i) => c.every_layout(i)));
});

test('what C wrote is read, and what is written C reads', () => {
  const read = new Every();
  c.every_fill(read.bytes);
  const { pointer, ...values } = read.toJSON();
  assert.deepEqual(values, {
    c: CHAR === 'i8' ? -5 : 251, us: 65000, l: -7000000000n, inner: { tag: 3, value: 2.5 },
    list: [0, 0, 1.25],
    pair: [{ tag: 0, value: 0 }, { tag: 0, value: -9 }], text: 'written in C', kind: 5, level: -11,
    big: 0xABCDEF0123n, on: true, z: [3, -4], wide: -1n << 100n,
  });
  assert.notEqual(pointer, null);
  assert.equal(Every.at(pointer).us, 65000);
  assert.ok(read.list instanceof Float32Array);
  const { text, ...writable } = values;
  const written = Every.from(writable);
  assert.equal(c.every_check(written.bytes), 0);
  written.kind = 8 + 5;
  written.level = 21;
  assert.equal(written.kind, 5);
  assert.equal(written.level, -11);
  assert.equal(c.every_check(written.bytes), 0);
  written.on = false;
  assert.equal(c.every_check(written.bytes), 10);
});

test('each kind of member refuses what its type does', () => {
  const every = new Every();
  for (const [field, value, part] of [
    ['c', 'x', `Invalid FFI ${CHAR} type, expected ${CHAR === 'i8' ? '' : 'unsigned '}integer: ` +
      "field 'c' of Every: got string"],
    ['us', 'x', "Invalid FFI u16 type, expected unsigned integer: field 'us' of Every"],
    ['l', 'x', "field 'l' of Every"],
    ['inner', 5, "field 'inner' of Every"],
    ['list', [1, 2], "expected 3 elements: field 'list' of Every"],
    ['list', [1, 2, 'x'], "element 2: field 'list' of Every"],
    ['text', 'no owner', "field 'text' of Every"],
    ['pointer', 5, "field 'pointer' of Every"],
    ['kind', true, "field 'kind' of Every"],
    ['big', 'x', "field 'big' of Every"],
    ['on', 1, "field 'on' of Every"],
    ['z', [1], "field 'z' of Every"],
    ['wide', 'x', "field 'wide' of Every"],
  ]) {
    assert.throws(() => { every[field] = value; }, typeError(part));
  }
  assert.deepEqual(every.bytes, new Uint8Array(Every.size));
  assert.throws(() => struct({ a: { bits: 'f64', width: 3 } }), TypeError);
  assert.throws(() => struct({ a: { bits: 'u8', width: 9 } }), TypeError);
  assert.throws(() => struct({ a: { array: 'u8' }, b: 'u8' }), TypeError);
  assert.throws(() => struct({ a: { out: 'u8' } }), typeError("field 'a'"));
});

test('bit-fields at every place and of every width', () => {
  const samples = [0, 1, -1, 5, 0x5a5a5a5a, -0x7fffffff, 2 ** 32 - 1, 1.9, -2.5, NaN];
  const make = (bit, type, width) => struct({
    ...(bit > 0 && { before: { bits: 'u32', width: bit } }),
    field: { bits: type, width },
    ...(bit + width < 32 && { after: { bits: 'u32', width: 32 - bit - width } }),
    next: 'u32',
  });
  for (let bit = 0; bit < 32; bit += 1) {
    for (let width = 1; bit + width <= 32; width += 1) {
      for (const type of ['u32', 'i32']) {
        const value = make(bit, type, width).at(new Uint8Array(8).fill(0xff));
        for (const sample of samples) {
          value.field = sample;
          const expected = type === 'u32' ? BigInt.asUintN(width, BigInt(sample | 0))
            : BigInt.asIntN(width, BigInt(sample | 0));
          assert.equal(value.field, Number(expected), `${type}, bit ${bit}, width ${width}`);
          assert.ok([undefined, 2 ** bit - 1].includes(value.before));
          assert.ok([undefined, 2 ** (32 - bit - width) - 1].includes(value.after));
          assert.equal(value.next, 0xffffffff);
        }
      }
    }
  }
  // In three bytes, and over the border of 32 bits.
  const Odd = struct({ a: { bits: 'u32', width: 7 }, b: { bits: 'i32', width: 17 },
    c: { bits: 'u32', width: 31 }, d: { bits: 'bool', width: 1 } }, { packed: true });
  assert.equal(Odd.size, 7);
  const odd = Odd.from({ a: 127, b: -3, c: 2 ** 31 - 1, d: true });
  assert.deepEqual(odd.toJSON(), { a: 127, b: -3, c: 2 ** 31 - 1, d: true });
  odd.b = 0;
  odd.c = 1;
  assert.deepEqual(odd.toJSON(), { a: 127, b: 0, c: 1, d: true });
  for (const bad of ['x', 1n, true]) assert.throws(() => { odd.b = bad; }, typeError("field 'b'"));
  assert.throws(() => { odd.d = 1; }, typeError("field 'd'"));
});

test('the console shows fields', () => {
  const Line = struct({ from: Inner, at: { array: Inner, length: 1 } }, { name: 'Line' });
  const line = Line.from({ from: { tag: 1, value: 2 } });
  assert.equal(inspect(line),
    'Line { from: { tag: 1, value: 2 }, at: [ { tag: 0, value: 0 } ] }');
  assert.equal(inspect(line.at), '[ { tag: 0, value: 0 } ]');
  assert.equal(inspect({ line }, { depth: 0 }), '{ line: Line { from: [Object], at: [Array] } }');
});

test('an instance inside another is always the same one, over the bytes of both', () => {
  const every = new Every();
  const { inner } = every;
  every.inner = { tag: 1, value: 2.5 };
  assert.equal(every.inner, inner);
  assert.equal(inner.value, 2.5);
  inner.value = 3;
  assert.equal(Every.at(every.bytes).inner.value, 3);
  assert.notEqual(new Every().inner, inner);
});

test('instances go where structs go', () => {
  const twice = c.inner_twice(Inner.from({ tag: 4, value: 1.5 }));
  assert.deepEqual(twice.toJSON(), { tag: 8, value: 3 });
  assert.equal(c.inner_twice(twice).value, 6);
  const next = c.tight_next({ a: 1, b: 2, list: [3, 4] });
  assert.deepEqual(next.toJSON(), { a: 2, b: 3, list: [3, 5] });
  // Not aligned there.
  assert.equal(next.list.at(1), 5);
  next.list.set(0, 9);
  assert.equal(c.tight_next(next).list.at(0), 9);
});

test('a struct that ends in a flexible array', () => {
  const packet = Packet.from({ count: 3, values: [1, 2, 40] });
  assert.equal(packet.bytes.length, 10);
  assert.equal(c.packet_sum(packet.bytes), 43);
  assert.deepEqual(packet.values, new Uint16Array([1, 2, 40]));
  assert.equal(new Packet().values.length, 0);
  assert.equal(new Packet(7).values.length, 7);
  assert.equal(Packet.at(new Uint8Array(20), 4).values.length, 6);
  assert.throws(() => Packet.array(2), typeError('ends in a flexible array'));
  assert.throws(() => new Packet(-1), { name: 'RangeError' });
  assert.throws(() => open('accessors', {
    packet_sum: { parameters: [Packet], result: 'u32' },
  }), TypeError);
});
