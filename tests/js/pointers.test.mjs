// pointers: UnsafePointer and the pointer objects themselves.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  UnsafeCallback, UnsafePointer, UnsafePointerView, collect, open, typeError,
} from './support.mjs';

const { create, equals, of, offset, value } = UnsafePointer;
const max64 = 2n ** 64n - 1n;

test('create and value, at every boundary', () => {
  const cases = [[1, 1n], [4096, 4096n], [1.5, 1n], [-1, max64], [2 ** 53, 2n ** 53n],
    [1n, 1n], [-1n, max64], [2n ** 48n, 2n ** 48n], [2n ** 63n, 2n ** 63n], [max64, max64],
    [2n ** 53n + 1n, 2n ** 53n + 1n], [2n ** 70n + 5n, 5n]];
  for (const [input, address] of cases) {
    const pointer = create(input);
    assert.equal(typeof pointer, 'object');
    assert.equal(value(pointer), address, String(input));
  }
  for (const input of [0, -0, NaN, 0n, 0.5, 2n ** 64n]) {
    assert.equal(create(input), null, String(input));
  }
  for (const input of [undefined, null, '1', {}, true, Symbol('s'), [1], () => 1, create(1)]) {
    assert.throws(() => create(input), typeError('expected u64'));
  }
});

test('value', () => {
  assert.equal(value(null), 0n);
  const callback = new UnsafeCallback({ parameters: [], result: 'void' }, () => {});
  assert.equal(value(callback), value(callback.pointer));
  assert.notEqual(value(callback), 0n);
  callback.close();
  for (const input of [undefined, 1, 1n, {}, 'x', true, new Uint8Array(1)]) {
    assert.throws(() => value(input), typeError('expected external'));
  }
});

test('pointer objects', () => {
  const pointer = create(4096);
  assert.equal(Object.getPrototypeOf(pointer), null);
  assert.equal(Object.isExtensible(pointer), false);
  assert.equal(Object.keys(pointer).length, 0);
  assert.notEqual(pointer, create(4096));
  assert.throws(() => structuredClone(pointer), { name: 'DataCloneError' });
});

test('equals', () => {
  assert.equal(equals(create(1), create(1n)), true);
  assert.equal(equals(create(1), create(2)), false);
  assert.equal(equals(null, null), true);
  assert.equal(equals(create(1), null), false);
  assert.equal(equals(null, create(1)), false);
  assert.throws(() => equals(create(1), {}), typeError('expected external'));
  assert.throws(() => equals(1, 2), typeError('expected external'));
});

test('of', () => {
  const bytes = new Uint8Array(100);
  const start = value(of(bytes));
  assert.equal(value(of(bytes.buffer)), start);
  assert.equal(value(of(bytes.subarray(10))), start + 10n);
  assert.equal(value(of(new DataView(bytes.buffer, 4))), start + 4n);
  assert.equal(value(of(new Float64Array(bytes.buffer, 8, 1))), start + 8n);
  assert.notEqual(value(of(new SharedArrayBuffer(8))), 0n);
  assert.equal(of(new Uint8Array(0)), null);
  assert.equal(of(new ArrayBuffer(0)), null);
  assert.equal(of(new SharedArrayBuffer(0)), null);
  assert.equal(of(new DataView(new ArrayBuffer(8), 4, 0)), null);
  assert.equal(value(of(new Uint8Array(bytes.buffer, 16, 0))), start, 'the base');
  const callback = new UnsafeCallback({ parameters: [], result: 'void' }, () => {});
  assert.equal(equals(of(callback), callback.pointer), true);
  callback.close();
  for (const input of [undefined, null, 1, 'x', {}, [], create(1), true]) {
    assert.throws(() => of(input), typeError("Cannot access pointer: expected 'ArrayBuffer', " +
      "'SharedArrayBuffer', 'ArrayBufferView' or 'UnsafeCallbackPrototype', received " +
      typeof input));
  }
});

test('of an array that lives on the heap', () => {
  const lib = open('buffers', { fill: { parameters: ['pointer', 'u8', 'usize'], result: 'void' } });
  for (let i = 0; i < 20; i += 1) {
    const small = new Uint8Array(16);
    const pointer = of(small);
    collect();
    lib.symbols.fill(pointer, i + 1, 16);
    assert.deepEqual([...small], Array(16).fill(i + 1));
  }
  lib.close();
});

test('the pointer keeps the buffer alive', () => {
  const pointers = [];
  for (let i = 0; i < 50; i += 1) pointers.push(of(new Uint8Array(100_000).fill(i)));
  collect();
  for (let i = 0; i < 20; i += 1) new Uint8Array(100_000).fill(0xff);
  pointers.forEach((pointer, i) => {
    assert.equal(new UnsafePointerView(pointer).getUint8(99_999), i);
  });
});

test('offset', () => {
  const pointer = create(4096);
  assert.equal(value(offset(pointer, 1.9)), 4097n);
  assert.equal(value(offset(pointer, -1.9)), 4095n);
  assert.equal(value(offset(pointer, -5n)), 4091n);
  assert.equal(value(offset(pointer, 0)), 4096n);
  assert.equal(value(offset(create(max64), 2)), 1n);
  assert.equal(value(offset(create(1), -2)), max64);
  assert.equal(offset(pointer, -4096), null);
  assert.throws(() => offset(null, 1), typeError('Invalid pointer to offset, pointer is null'));
  for (const bad of ['x', undefined, null, {}, true]) {
    assert.throws(() => offset(pointer, bad), typeError('expected f64'));
  }
  for (const bad of [1, {}, undefined, 'x']) {
    assert.throws(() => offset(bad, 1), TypeError);
  }
});
