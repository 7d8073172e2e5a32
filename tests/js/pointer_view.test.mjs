// pointer_view: reading memory through UnsafePointerView.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { UnsafePointer, UnsafePointerView, collect, open, typeError } from './support.mjs';

const bytes = new Uint8Array(256);
for (let i = 0; i < bytes.length; i += 1) bytes[i] = (i * 37 + 11) & 255;
const data = new DataView(bytes.buffer);
const view = new UnsafePointerView(UnsafePointer.of(bytes));
const statics = open('statics', { static_text: { type: 'pointer' } });
after(() => statics.close());

const getters = {
  getUint8: 'u8', getInt8: 'i8', getUint16: 'u16', getInt16: 'i16', getUint32: 'u32',
  getInt32: 'i32', getBigUint64: 'u64', getBigInt64: 'i64', getFloat32: 'f32', getFloat64: 'f64',
};

test('every getter at every alignment', () => {
  for (const getter of Object.keys(getters)) {
    assert.equal(view[getter](), data[getter](0, true), getter);
    for (const offset of [0, 1, 2, 3, 4, 5, 6, 7, 8, 100, 247]) {
      assert.ok(Object.is(view[getter](offset), data[getter](offset, true)), `${getter} ${offset}`);
    }
  }
  assert.equal(view.getBool(0), true);
  data.setUint8(9, 0);
  assert.equal(view.getBool(9), false);
});

test('negative offsets', () => {
  const middle = new UnsafePointerView(UnsafePointer.of(bytes.subarray(128)));
  for (const getter of Object.keys(getters)) {
    assert.ok(Object.is(middle[getter](-100), data[getter](28, true)), getter);
  }
});

test('offsets that are not integers', () => {
  assert.equal(view.getInt8(1.5), view.getInt8(1));
  assert.equal(view.getInt8(1n), view.getInt8(1));
  assert.equal(view.getInt8(NaN), view.getInt8(0));
  assert.equal(view.getBigUint64(1n), view.getBigUint64(1));
  for (const getter of ['getBigUint64', 'getBigInt64']) {
    assert.throws(() => view[getter](1.5), RangeError);
    assert.throws(() => view[getter](NaN), RangeError);
  }
  for (const getter of Object.keys(getters)) {
    for (const bad of ['x', null, {}]) {
      assert.throws(() => view[getter](bad), Error, getter);
    }
  }
});

test('getPointer', () => {
  const target = new Uint8Array([42]);
  data.setBigUint64(16, UnsafePointer.value(UnsafePointer.of(target)), true);
  data.setBigUint64(24, 0n, true);
  assert.equal(new UnsafePointerView(view.getPointer(16)).getUint8(), 42);
  assert.equal(view.getPointer(24), null);
});

test('getCString', () => {
  const text = new TextEncoder().encode('plain\0\u00e9\u20ac\u{1f600}\0\0');
  const strings = new UnsafePointerView(UnsafePointer.of(text));
  assert.equal(strings.getCString(), 'plain');
  assert.equal(strings.getCString(2), 'ain');
  assert.equal(strings.getCString(6), '\u00e9\u20ac\u{1f600}');
  assert.equal(strings.getCString(text.length - 1), '');
  assert.equal(UnsafePointerView.getCString(UnsafePointer.of(text)), 'plain');
  assert.equal(UnsafePointerView.getCString(UnsafePointer.of(text), 6), '\u00e9\u20ac\u{1f600}');
  const broken = Uint8Array.of(0x61, 0xff, 0x62, 0xc3, 0);
  assert.equal(new UnsafePointerView(UnsafePointer.of(broken)).getCString(), 'a\ufffdb\ufffd');
  const long = new Uint8Array(100_001).fill(0x61);
  long[100_000] = 0;
  assert.equal(new UnsafePointerView(UnsafePointer.of(long)).getCString().length, 100_000);
  const pointer = new UnsafePointerView(statics.symbols.static_text).getPointer();
  assert.equal(UnsafePointerView.getCString(pointer), 'a static text');
});

test('getArrayBuffer shares the memory', () => {
  const own = new Uint8Array(64);
  const pointer = UnsafePointer.of(own);
  const shared = new Uint8Array(new UnsafePointerView(pointer).getArrayBuffer(16, 8));
  assert.equal(shared.length, 16);
  shared[0] = 99;
  assert.equal(own[8], 99);
  own[9] = 98;
  assert.equal(shared[1], 98);
  const all = UnsafePointerView.getArrayBuffer(pointer, 64);
  assert.ok(all instanceof ArrayBuffer);
  assert.equal(all.byteLength, 64);
  assert.equal(UnsafePointerView.getArrayBuffer(pointer, 4, 8).byteLength, 4);
  assert.equal(new UnsafePointerView(pointer).getArrayBuffer(-1).byteLength, 0);
  assert.equal(new UnsafePointerView(pointer).getArrayBuffer(0).byteLength, 0);
  assert.throws(() => new UnsafePointerView(pointer).getArrayBuffer(), typeError('expected f64'));
  assert.throws(() => UnsafePointerView.getArrayBuffer(pointer), typeError('expected f64'));
});

test('two buffers over one address, collected in any order', () => {
  const own = new Uint8Array(4096).fill(1);
  const pointer = UnsafePointer.of(own);
  for (let i = 0; i < 100; i += 1) {
    UnsafePointerView.getArrayBuffer(pointer, 4096);
    const moved = UnsafePointerView.getArrayBuffer(pointer, 100 + i);
    structuredClone(moved, { transfer: [moved] });
    assert.equal(moved.byteLength, 0);
    if (i % 25 === 0) collect();
  }
  collect();
  assert.ok(own.every((byte) => byte === 1), 'never freed through a view');
});

test('copyInto', () => {
  const target = new Uint8Array(8);
  view.copyInto(target.subarray(2, 6), 3);
  assert.deepEqual([...target], [0, 0, ...bytes.subarray(3, 7), 0, 0]);
  const words = new Uint16Array(2);
  view.copyInto(words, 1);
  assert.equal(words[0], data.getUint16(1, true));
  const buffer = new ArrayBuffer(4);
  view.copyInto(buffer);
  assert.deepEqual([...new Uint8Array(buffer)], [...bytes.subarray(0, 4)]);
  UnsafePointerView.copyInto(view.pointer, buffer, 8);
  assert.deepEqual([...new Uint8Array(buffer)], [...bytes.subarray(8, 12)]);
  view.copyInto(new Uint8Array(0));
  for (const bad of [1, 'x', {}, null, undefined]) {
    assert.throws(() => view.copyInto(bad), TypeError);
  }
});

test('null pointers', () => {
  const none = new UnsafePointerView(null);
  const named = { ...getters, getBool: 'bool', getPointer: 'pointer', getCString: 'CString' };
  for (const [getter, name] of Object.entries(named)) {
    const check = typeError(`Invalid ${name} pointer, pointer is null`);
    assert.throws(() => none[getter](), check);
    assert.throws(() => none[getter](8), check);
  }
  const noBuffer = typeError('Invalid ArrayBuffer pointer, pointer is null');
  assert.throws(() => none.getArrayBuffer(8), noBuffer);
  assert.throws(() => none.copyInto(new Uint8Array(1)), noBuffer);
  assert.throws(() => UnsafePointerView.getArrayBuffer(null, 8), noBuffer);
  assert.throws(() => UnsafePointerView.copyInto(null, new Uint8Array(1)), noBuffer);
  assert.throws(() => UnsafePointerView.getCString(null), typeError('Invalid CString pointer'));
});

test('what is no pointer', () => {
  for (const bad of [1, 1n, 'x', {}, true, undefined, new Uint8Array(8)]) {
    for (const getter of [...Object.keys(getters), 'getBool', 'getPointer', 'getCString']) {
      assert.throws(() => new UnsafePointerView(bad)[getter](), typeError('expected external'));
    }
  }
});

test('the view\'s pointer can be exchanged', () => {
  const one = Uint8Array.of(1);
  const two = Uint8Array.of(2);
  const moving = new UnsafePointerView(UnsafePointer.of(one));
  assert.equal(moving.getUint8(), 1);
  assert.deepEqual(Object.keys(moving), ['pointer']);
  moving.pointer = UnsafePointer.of(two);
  assert.equal(moving.getUint8(), 2);
});
