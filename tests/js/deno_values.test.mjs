// deno_values: values at the edges, as programs written for Deno meet them: buffers without bytes,
// addresses from every kind of number, reads with odd offsets, text that is no UTF-8, and what
// callbacks are given and give back.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import {
  UnsafeCallback, UnsafeFnPointer, UnsafePointer, UnsafePointerView, heat, keepCold, open, site,
} from './support.mjs';

const { create, of, offset, value } = UnsafePointer;
const lib = open('buffers', {
  same: { parameters: ['buffer'], result: 'pointer' }, address: { name: 'same', type: 'pointer' },
});
const { same } = lib.symbols;
after(() => lib.close());
const max64 = 2n ** 64n - 1n;
const max63 = 2n ** 63n - 1n;
const detach = (buffer) => structuredClone(buffer, { transfer: [buffer] });

test('buffers without bytes: as an argument, and for UnsafePointer.of', () => {
  const buffer = new ArrayBuffer(64);
  const base = value(of(buffer));
  const shared = new SharedArrayBuffer(64);
  const sharedBase = value(of(shared));
  const external = UnsafePointerView.getArrayBuffer(create(0x5000), 0);
  const gone = new ArrayBuffer(64);
  const goneViews = [gone, new Uint8Array(gone), new DataView(gone), new Uint8Array(gone, 8, 8)];
  detach(gone);
  // what, the address as an argument, the address that `of` gives
  const rows = [
    [new ArrayBuffer(0), 0n, 0n], [new SharedArrayBuffer(0), 0n, 0n],
    [new Uint8Array(0), 0n, 0n], [new Float64Array(0), 0n, 0n],
    [new DataView(new ArrayBuffer(0)), 0n, 0n],
    ...goneViews.map((view) => [view, 0n, 0n]),
    [new Uint8Array(buffer, 16, 0), base + 16n, base], [new Uint8Array(buffer, 64, 0), base + 64n,
      base], [new Float64Array(buffer, 8, 0), base + 8n, base],
    [new Uint8Array(buffer).subarray(5, 5), base + 5n, base],
    [new DataView(buffer, 16, 0), base + 16n, 0n],
    [new Uint8Array(shared, 16, 0), sharedBase + 16n, sharedBase],
    [external, 0x5000n, 0x5000n], [new Uint8Array(external), 0x5000n, 0x5000n],
    [new DataView(external), 0x5000n, 0n],
  ];
  const cold = keepCold(site('b', 'return f(b);', { f: same }));
  const hot = heat(site('b', 'return f(b);', { f: same }), new Uint8Array(100));
  const called = new UnsafeFnPointer(lib.symbols.address,
    { parameters: ['buffer'], result: 'pointer' });
  rows.forEach(([bytes, argument, address], row) => {
    assert.equal(value(cold(bytes)), argument, `row ${row}, cold`);
    assert.equal(value(hot(bytes)), argument, `row ${row}, hot`);
    assert.equal(value(called.call(bytes)), argument, `row ${row}, function pointer`);
    const pointer = of(bytes);
    assert.equal(value(pointer), address, `row ${row}, of`);
    assert.equal(pointer === null, address === 0n);
  });
});

test('addresses from numbers', () => {
  const rows = [[0, 0n], [-0, 0n], [NaN, 0n], [0.5, 0n], [-0.5, 0n], [1.9, 1n], [-1, max64],
    [2 ** 53, 2n ** 53n], [2 ** 63, 2n ** 63n], [2 ** 63 + 2048, 2n ** 63n + 2048n],
    [2 ** 64 - 2048, 2n ** 64n - 2048n], [2 ** 64, max64], [Infinity, max64], [1e300, max64],
    [-(2 ** 63), 2n ** 63n], [-Infinity, 2n ** 63n], [max64, max64], [-1n, max64], [2n ** 64n, 0n],
    [2n ** 64n + 5n, 5n], [3n - 2n ** 64n, 3n]];
  for (const [number, address] of rows) {
    assert.equal(value(create(number)), address, String(number));
    assert.equal(create(number) === null, address === 0n);
  }
});

test('offsets', () => {
  const rows = [[1, 0.9, 1n], [1, -0.9, 1n], [4096, NaN, 4096n], [4096, 2n ** 64n + 1n, 4097n],
    [4096, Infinity, 4096n + max63], [4096, 2 ** 64, 4096n + max63],
    [4096, -Infinity, 4096n + 2n ** 63n], [max64, 1, 0n], [1, -1n, 0n], [1, max64, 0n]];
  for (const [address, distance, sum] of rows) {
    const pointer = offset(create(address), distance);
    assert.equal(value(pointer), sum, `${address} + ${distance}`);
    assert.equal(pointer === null, sum === 0n);
  }
});

test('text that is no UTF-8', () => {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  for (const bytes of [[0x61, 0xff, 0x62, 0xc3], [0xe2, 0x82], [0xf0, 0x9f, 0x98],
    [0xed, 0xa0, 0x80], [0xc0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0x80],
    [0xe2, 0x28, 0xa1], [0xf8, 0x88, 0x80, 0x80], [0xef, 0xbb, 0xbf, 0x61], [0xc3, 0xa9, 0xc3],
    []]) {
    const terminated = Uint8Array.of(...bytes, 0);
    assert.equal(UnsafePointerView.getCString(of(terminated)),
      decoder.decode(Uint8Array.from(bytes)), `${bytes}`);
  }
});

test('lengths and offsets of getArrayBuffer', () => {
  const bytes = Uint8Array.from({ length: 16 }, (_, i) => i);
  const pointer = of(bytes);
  const view = new UnsafePointerView(pointer);
  const rows = [[4, undefined, 4, 0], [4n, 1n, 4, 1], [4.9, 1.9, 4, 1], [0, 8, 0], [-1, 0, 0],
    [-5n, 0, 0], [NaN, 0, 0], [-Infinity, 0, 0], [2, NaN, 2, 0]];
  for (const [length, distance, byteLength, first] of rows) {
    for (const made of [view.getArrayBuffer(length, distance),
      UnsafePointerView.getArrayBuffer(pointer, length, distance)]) {
      assert.equal(made.byteLength, byteLength, `${length}`);
      assert.equal(made.resizable, false);
      assert.equal(new Uint8Array(made)[0], first);
    }
  }
});

test('memory of a getArrayBuffer that was transferred is the same memory', () => {
  const own = new Uint8Array(8).fill(3);
  const view = UnsafePointerView.getArrayBuffer(of(own), 8);
  const moved = detach(view);
  assert.equal(view.byteLength, 0);
  new Uint8Array(moved)[0] = 9;
  assert.equal(own[0], 9);
});

test('what copyInto fills', () => {
  const bytes = Uint8Array.from({ length: 32 }, (_, i) => i + 1);
  const view = new UnsafePointerView(of(bytes));
  const all = (buffer) => [...new Uint8Array(buffer)];
  const destinations = {
    'an ArrayBuffer': () => { const b = new ArrayBuffer(4); return [b, b]; },
    'a SharedArrayBuffer': () => { const b = new SharedArrayBuffer(4); return [b, b]; },
    'a resizable one': () => {
      const b = new ArrayBuffer(4, { maxByteLength: 8 });
      return [b, b];
    },
    'an array': () => { const a = new Uint8Array(4); return [a, a.buffer]; },
    'an array of words': () => { const a = new Uint16Array(2); return [a, a.buffer]; },
    'a view': () => { const b = new ArrayBuffer(4); return [new DataView(b), b]; },
    'shared bytes': () => {
      const b = new SharedArrayBuffer(4);
      return [new Uint8Array(b), b];
    },
  };
  for (const [what, make] of Object.entries(destinations)) {
    for (const distance of [undefined, 0, 5, 5n, 5.9]) {
      const [destination, buffer] = make();
      assert.equal(view.copyInto(destination, distance), undefined);
      const start = Math.trunc(Number(distance ?? 0)) + 1;
      assert.deepEqual(all(buffer), [0, 1, 2, 3].map((i) => start + i), what);
    }
  }
  const parts = new Uint8Array(6);
  view.copyInto(new DataView(parts.buffer, 2, 2), 1);
  assert.deepEqual([...parts], [0, 0, 2, 3, 0, 0]);
});

// What a native caller gets from a callback that returns `returned`.
function returnedBy(kind, returned) {
  const definition = { parameters: [], result: kind };
  const callback = new UnsafeCallback(definition, () => returned);
  try {
    return new UnsafeFnPointer(callback.pointer, definition).call();
  } finally {
    callback.close();
  }
}

const stored = { u8: Uint8Array, i8: Int8Array, u16: Uint16Array, i16: Int16Array, u32: Uint32Array,
  i32: Int32Array, f32: Float32Array, f64: Float64Array };
const coerced = [300, -1, 1.9, -1.9, -0, '5', '', 'x', undefined, null, true, false, NaN, Infinity,
  -Infinity, 2 ** 31, 2 ** 32 + 5, -(2 ** 31) - 1, { valueOf: () => 7 }, {}, [], [3], new Date(9)];
for (const [kind, Array] of Object.entries(stored)) {
  test(`callbacks' results as ${kind}`, () => {
    for (const returned of coerced) {
      assert.ok(Object.is(returnedBy(kind, returned), Array.of(returned)[0]), String(returned));
    }
    for (const returned of [1n, Symbol('s'), Object(1n), { valueOf: () => 1n }]) {
      assert.throws(() => returnedBy(kind, returned), TypeError);
    }
  });
}

test('callbacks\' results of 64 bits', () => {
  const rows = [[7n, 7n, 7n], [-1n, -1n, max64], [2n ** 64n + 3n, 3n, 3n], [5, 5n, 5n],
    [1.9, 1n, 1n], [-1, -1n, max64], [-1.9, -1n, max64], [2 ** 53, 2n ** 53n, 2n ** 53n],
    [true, 1n, 1n], ['5', 5n, 5n], ['x', 0n, 0n], [undefined, 0n, 0n], [null, 0n, 0n],
    [NaN, 0n, 0n], [2 ** 70, max63, max63], [{ valueOf: () => 7 }, 7n, 7n], [{}, 0n, 0n]];
  for (const [returned, signed, unsigned] of rows) {
    for (const kind of ['i64', 'isize']) assert.equal(returnedBy(kind, returned), signed);
    for (const kind of ['u64', 'usize']) assert.equal(returnedBy(kind, returned), unsigned);
  }
  for (const kind of ['i64', 'isize', 'u64', 'usize']) {
    assert.throws(() => returnedBy(kind, Symbol('s')), TypeError);
  }
});

test('callbacks\' results as bool, pointer, buffer and void', () => {
  for (const [returned, result] of [[true, true], [false, false], [1, true], [0, false],
    ['', false], ['x', true], [{}, true], [null, false], [undefined, false], [NaN, false],
    [0n, false]]) {
    assert.equal(returnedBy('bool', returned), result, String(returned));
  }
  const bytes = new Uint8Array(64);
  const pointer = of(bytes);
  for (const kind of ['pointer', 'function', 'buffer']) {
    for (const returned of [null, undefined, 5, 5n, {}, 'x', Symbol('s'), () => 1]) {
      assert.equal(returnedBy(kind, returned), null, `${kind} from ${String(returned)}`);
    }
    assert.equal(UnsafePointer.equals(returnedBy(kind, pointer), pointer), true);
  }
  for (const returned of [bytes, bytes.buffer, new DataView(bytes.buffer)]) {
    assert.equal(returnedBy('pointer', returned), null);
    assert.equal(value(returnedBy('buffer', returned)), value(pointer));
  }
  assert.equal(value(returnedBy('buffer', bytes.subarray(8))), value(pointer) + 8n);
  assert.equal(returnedBy('buffer', new Uint8Array(0)), null);
  assert.equal(returnedBy('void', 5), null);
});

test('callbacks\' results as structs', () => {
  const Four = { struct: ['u8', 'u8', 'u8', 'u8'] };
  const source = Uint8Array.of(1, 2, 3, 4, 5, 6);
  for (const returned of [source, source.buffer, source.subarray(0, 4), new DataView(source.buffer),
    new Uint16Array(source.buffer)]) {
    assert.deepEqual([...returnedBy(Four, returned)], [1, 2, 3, 4]);
  }
  assert.deepEqual([...returnedBy(Four, source.subarray(2))], [3, 4, 5, 6]);
  assert.deepEqual([...returnedBy(Four, source.subarray(0, 2))].slice(0, 2), [1, 2]);
  for (const returned of [undefined, null, 5, 5n, 'x', {}, [1, 2, 3, 4], of(source), () => 1]) {
    assert.throws(() => returnedBy(Four, returned), TypeError, String(typeof returned));
  }
});

test('what a callback throws surfaces, whatever its result is', () => {
  const boom = new RangeError('boom');
  for (const result of ['void', 'bool', ...Object.keys(stored), 'i64', 'u64', 'isize', 'usize',
    'pointer', 'buffer', 'function', { struct: ['u8'] }, { struct: ['f64', 'i64', 'f64'] }]) {
    const definition = { parameters: [], result };
    const callback = new UnsafeCallback(definition, () => { throw boom; });
    const f = new UnsafeFnPointer(callback.pointer, definition);
    for (let i = 0; i < 3; i += 1) assert.throws(() => f.call(), (error) => error === boom);
    callback.close();
  }
});

test('eleven mixed parameters', () => {
  const Small = { struct: ['u8', 'u16'] };
  const definition = {
    parameters: ['u8', 'f32', 'pointer', 'i64', 'bool', Small, 'f64', 'i16', 'buffer', 'usize',
      'function'],
    result: 'u64',
  };
  const bytes = new Uint8Array(16);
  const small = new Uint8Array(new Uint16Array([7, 777]).buffer);
  let seen;
  let self;
  const callback = new UnsafeCallback(definition, function (...args) {
    seen = args;
    self = this;
    return 2n ** 63n;
  });
  const f = new UnsafeFnPointer(callback.pointer, definition);
  const names = 'a, b, c, d, e, f, g, h, i, j, k';
  const run = site(names, `return p.call(${names});`, { p: f });
  const args = [255, 1.5, of(bytes), -(2n ** 63n), true, small, -0, -32768, bytes, max64, null];
  const check = () => {
    assert.equal(run(...args), 2n ** 63n);
    assert.equal(self, undefined);
    assert.equal(seen.length, 11);
    for (const i of [2, 8]) seen[i] = value(seen[i]);
    const address = value(of(bytes));
    assert.notEqual(seen[5], small, 'a copy');
    assert.deepEqual(seen, [255, 1.5, address, -(2n ** 63n), true, small, -0, -32768, address,
      max64, null]);
  };
  check();
  heat(run, ...args);
  check();
  callback.close();
});
