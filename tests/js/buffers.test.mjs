// buffers: every kind of buffer as an argument, what is empty, detached or resizable, and that its
// bytes stay where they are for as long as the call lasts.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import {
  UnsafeCallback, UnsafePointer, collect, fastTier, heat, counts, open, site,
} from './support.mjs';

const lib = open('buffers', {
  address_of: { parameters: ['buffer'], result: 'u64' },
  sum_bytes: { parameters: ['buffer', 'u32'], result: 'u32' },
  sum_scaled: { parameters: ['buffer', 'u32', 'f64'], result: 'f64' },
  fill: { parameters: ['buffer', 'u8', 'usize'], result: 'void' },
  same: { parameters: ['buffer'], result: 'buffer' },
  write_after: { parameters: ['buffer', 'u32', 'u8', 'function'], result: 'void' },
  made: { name: 'calls_made', parameters: [], result: 'u64' },
});
const { address_of, sum_bytes, sum_scaled, fill, same, write_after, made } = lib.symbols;
after(() => lib.close());

const addressSite = () => site('b', 'return f(b);', { f: address_of });
const base = (buffer) => UnsafePointer.value(UnsafePointer.of(buffer));

const kinds = [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array,
  Uint32Array, Float32Array, Float64Array, BigInt64Array, BigUint64Array, DataView];

test('every kind of view, whole and part', () => {
  const hot = heat(addressSite(), new Uint8Array(8));
  const buffer = new ArrayBuffer(256);
  const start = base(buffer);
  for (const View of kinds) {
    for (const [offset, length] of [[0, 4], [8, 4], [64, 1], [128, 8]]) {
      const view = new View(buffer, offset, length);
      assert.equal(address_of(view), start + BigInt(offset), `${View.name} at ${offset}, cold`);
      assert.equal(hot(view), start + BigInt(offset), `${View.name} at ${offset}, hot`);
    }
  }
  assert.equal(address_of(buffer), start);
  assert.equal(hot(buffer), start);
  assert.equal(hot(null), 0n);
  assert.equal(address_of(Buffer.from(buffer, 16, 4)), start + 16n);
});

test('native code reads and writes the very bytes', () => {
  const shared = new SharedArrayBuffer(32);
  const buffers = {
    'on-heap': new Uint8Array(32), 'off-heap': new Uint8Array(new ArrayBuffer(32)),
    large: new Uint8Array(4096), shared: new Uint8Array(shared), subarray:
      new Uint8Array(64).subarray(16, 48), resizable:
      new Uint8Array(new ArrayBuffer(32, { maxByteLength: 64 })), node: Buffer.alloc(32),
    growable: new Uint8Array(new SharedArrayBuffer(32, { maxByteLength: 64 })),
  };
  for (const [kind, bytes] of Object.entries(buffers)) {
    const write = heat(site('b, v, n', 'f(b, v, n);', { f: fill }), bytes, 1, 1);
    const read = heat(site('b, n', 'return f(b, n);', { f: sum_bytes }), bytes, 1);
    for (const value of [3, 7, 250]) {
      write(bytes, value, 32);
      assert.deepEqual([...bytes.subarray(0, 32)], Array(32).fill(value), kind);
      assert.equal(read(bytes, 32), 32 * value, kind);
    }
  }
  fill(shared, 9, 32n);
  assert.equal(new Uint8Array(shared)[31], 9);
});

test('a fresh on-heap array each time', () => {
  const run = heat(site('b, v, n', 'f(b, v, n);', { f: fill }), new Uint8Array(16), 1, 16);
  for (let i = 0; i < 2000; i += 1) {
    const bytes = new Uint8Array(16);
    run(bytes, i & 255, 16);
    assert.equal(bytes[0], i & 255);
    assert.equal(bytes[15], i & 255);
  }
});

test('a buffer beside floating point', () => {
  const values = new Float64Array([1, 2, 3.5]);
  const run = heat(site('b, n, s', 'return f(b, n, s);', { f: sum_scaled }), values, 3, 2);
  assert.equal(run(values, 3, 2), 13);
  assert.equal(run(new Float64Array(new ArrayBuffer(24)), 3, 2), 0);
  assert.equal(sum_scaled(values, 2, 0.5), 1.5);
});

test('empty and detached', () => {
  const detach = (buffer) => structuredClone(buffer, { transfer: [buffer] });
  const gone = new ArrayBuffer(16);
  const goneViews = [gone, new Uint8Array(gone), new DataView(gone), new Uint8Array(gone, 8, 4)];
  const heapView = new Uint8Array(16);
  const backing = new ArrayBuffer(64);
  const start = base(backing);
  const cold = addressSite();
  const hot = heat(addressSite(), new Uint8Array(100));
  const trained = heat(addressSite(), new Uint8Array(gone));
  detach(gone);
  detach(heapView.buffer);
  for (const run of [cold, hot, trained]) {
    for (const view of [...goneViews, heapView]) assert.equal(run(view), 0n, 'detached');
    assert.equal(run(new ArrayBuffer(0)), 0n);
    assert.equal(run(new Uint8Array(0)), 0n);
    assert.equal(run(new SharedArrayBuffer(0)), 0n);
    assert.equal(run(new Uint8Array(backing, 16, 0)), start + 16n, 'empty part of a buffer');
    assert.equal(run(new DataView(backing, 16, 0)), start + 16n, 'empty DataView');
    assert.equal(run(null), 0n);
  }
  assert.equal(UnsafePointer.of(new Uint8Array(0)), null);
  assert.equal(UnsafePointer.of(goneViews[1]), null);
});

test('resizable buffers, shrunk and grown between calls', () => {
  const buffer = new ArrayBuffer(64, { maxByteLength: 4096 });
  const tracking = new Uint8Array(buffer);
  const fixed = new Uint8Array(buffer, 32, 16);
  const hot = heat(addressSite(), tracking);
  const start = base(buffer);
  const write = heat(site('b, v, n', 'f(b, v, n);', { f: fill }), tracking, 1, 64);
  for (const size of [64, 4096, 48, 4096, 64]) {
    buffer.resize(size);
    assert.equal(hot(tracking), start);
    assert.equal(hot(buffer), start);
    assert.equal(hot(fixed), start + 32n);
    write(tracking, size & 255, size);
    assert.equal(tracking[size - 1], size & 255);
  }
  buffer.resize(0);
  assert.equal(hot(tracking), address_of(tracking));
});

test('the fast stub takes buffers or declines; the outcome is the same', () => {
  const bytes = new Uint8Array(1024).fill(2);
  const run = heat(site('b, n', 'return f(b, n);', { f: sum_bytes }), bytes, 1024);
  const before = Number(made());
  const ordinary = counts().ordinaryCalls;
  for (let i = 0; i < 100; i += 1) assert.equal(run(bytes, 1024), 2048);
  const ran = counts().ordinaryCalls - ordinary;
  assert.equal(Number(made()) - before, 100, 'a stub that declines has not called');
  if (!fastTier) assert.equal(ran, 100);
});

test('the pointer holds while a callback collects garbage', () => {
  const callback = new UnsafeCallback({ parameters: [], result: 'void' }, () => {
    for (let i = 0; i < 50; i += 1) new Uint8Array(64).fill(i);
    collect();
  });
  const nothing = new UnsafeCallback({ parameters: [], result: 'void' }, () => {});
  const run = heat(site('b, n, v, c', 'f(b, n, v, c);', { f: write_after }),
    new Uint8Array(8), 8, 0,
    nothing.pointer);
  for (let round = 0; round < 10; round += 1) {
    for (const length of [1, 8, 63, 64, 65, 500]) {
      const bytes = new Uint8Array(length);
      run(bytes, length, round + 1, callback.pointer);
      assert.ok(bytes.every((byte) => byte === round + 1), `${length} bytes, round ${round}`);
    }
  }
  nothing.close();
  callback.close();
});

test('a callback that detaches the argument', () => {
  const callback = new UnsafeCallback({ parameters: [], result: 'void' }, () => {
    moved = structuredClone(bytes, { transfer: [bytes.buffer] });
  });
  let moved;
  const bytes = new Uint8Array(1000);
  write_after(bytes, 1000, 7, callback.pointer);
  assert.equal(bytes.length, 0);
  assert.equal(moved.length, 1000);
  assert.ok(moved.every((byte) => byte === 7), 'the bytes moved with their store');
  callback.close();
});

test('a callback that detaches the argument and drops its bytes', () => {
  const callback = new UnsafeCallback({ parameters: [], result: 'void' }, () => {
    buffer.transfer(0);
    collect();
  });
  let buffer;
  for (const view of [(b) => b, (b) => new Uint8Array(b), (b) => new DataView(b)]) {
    for (let i = 0; i < 5; i += 1) {
      buffer = new ArrayBuffer(1 << 20);
      // Writes every byte when the callback has returned.
      write_after(view(buffer), 1 << 20, 7, callback.pointer);
      assert.equal(buffer.detached, true);
    }
  }
  callback.close();
});

test('buffer results are pointers', () => {
  const bytes = new Uint8Array(100);
  assert.equal(UnsafePointer.value(same(bytes)), base(bytes));
  assert.equal(same(null), null);
  const hot = heat(site('b', 'return f(b);', { f: same }), bytes);
  assert.equal(UnsafePointer.value(hot(bytes)), base(bytes));
});
