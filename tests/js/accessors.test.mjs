// Accessor classes: structs and unions with named fields over a buffer (v8_glue/accessors.js).

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { open, struct, typeError, union, UnsafeCallback, UnsafeFnPointer } from './support.mjs';

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
  assert.throws(() => Point.at(3), typeError('expected a buffer, a view or a pointer'));
  assert.throws(() => struct({ a: 'nope' }), typeError("field 'a'"));
  assert.throws(() => struct({ bytes: 'u8' }), typeError('reserved name'));
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
    const definition = { parameters: [type], result: type };
    using callback = new UnsafeCallback(definition, (given) => ({ value: given.value + 1 }));
    const call = new UnsafeFnPointer(callback.pointer, definition);
    assert.equal(call.call({ value: 1 }).value, 2);
  }
});
