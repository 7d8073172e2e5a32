// fast_bytes: which buffers and structs the fast stubs take, proven by what does not reach the
// ordinary function, and that what they decline has the same outcome. No callback exists here until
// the last tests.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import {
  UnsafeCallback, assertTier, collect, counts, eventually, fastBelowCallbacks, fastTier, heat, open,
  site, typeError,
} from './support.mjs';

const Point = { struct: ['f64', 'f64'] };
const definitions = {
  sum_bytes: { parameters: ['buffer', 'u32'], result: 'u32' },
  sum_scaled: { parameters: ['buffer', 'u32', 'f64'], result: 'f64' },
  address_of: { parameters: ['buffer'], result: 'u64' },
  fill: { parameters: ['buffer', 'u8', 'usize'], result: 'void' },
  made: { name: 'calls_made', parameters: [], result: 'u64' },
};
const lib = open('buffers', definitions);
const leafLib = open('buffers', Object.fromEntries(Object.entries(definitions).map(
  ([name, definition]) => [name, { ...definition, leaf: true }])));
const structs = open('structs', {
  distance: { parameters: [Point, Point], result: 'f64' },
  midpoint: { parameters: [Point, Point], result: Point },
  made: { name: 'calls_made', parameters: [], result: 'u64' },
});
after(() => [lib, leafLib, structs].forEach((each) => each.close()));
const { made } = lib.symbols;

const offHeap = (size) => new Uint8Array(new ArrayBuffer(size)).fill(1);
const inlineBuffers = {
  'Uint8Array': offHeap(64),
  'part of a buffer': offHeap(96).subarray(16, 80),
  'Float64Array': new Float64Array(offHeap(64).buffer),
  'large array': new Uint8Array(4096).fill(1),
  'DataView': new DataView(offHeap(64).buffer),
  'ArrayBuffer': offHeap(64).buffer,
  'Buffer': Buffer.from(offHeap(64).buffer),
  'SharedArrayBuffer': (() => {
    const shared = new SharedArrayBuffer(64);
    new Uint8Array(shared).fill(1);
    return shared;
  })(),
  'shared array': new Uint8Array(new SharedArrayBuffer(64)).fill(1),
};

for (const [kind, buffer] of Object.entries(inlineBuffers)) {
  test(`${kind}: on the fast path, with and without floating point`, () => {
    const run = heat(site('b, n', 'return f(b, n);', { f: lib.symbols.sum_bytes }), buffer, 64);
    assertTier(made, () => assert.equal(run(buffer, 64), 64));
    const address = heat(site('b', 'return f(b);', { f: lib.symbols.address_of }), buffer);
    const mixed = heat(site('b, n, s', 'return f(b, n, s);', { f: lib.symbols.sum_scaled }),
      buffer, 0, 1);
    assertTier(made, () => assert.equal(mixed(buffer, 0, 0.5), 0));
    assert.equal(address(buffer), lib.symbols.address_of(buffer));
  });
}

test('null is on the fast path', () => {
  const run = heat(site('b', 'return f(b);', { f: lib.symbols.address_of }), null);
  assertTier(made, () => assert.equal(run(null), 0n));
});

// How often the ordinary function runs while `run` does.
function ordinaryCalls(run) {
  const before = counts().ordinaryCalls;
  run();
  return counts().ordinaryCalls - before;
}

test('an on-heap array is moved once; then it is on the fast path', () => {
  const run = site('b, n', 'return f(b, n);', { f: lib.symbols.sum_bytes });
  // What follows a stub that declines is compiled once it has been seen, and only optimised code
  // enters stubs.
  heat(run, offHeap(8), 8);
  run(Uint8Array.of(1), 1);
  heat(run, offHeap(8), 8);
  for (let round = 0; round < 20; round += 1) {
    const bytes = Uint8Array.of(1, 2, 3, 4);
    assert.equal(ordinaryCalls(() => assert.equal(run(bytes, 4), 10)), 1);
    assert.equal(ordinaryCalls(() => assert.equal(run(bytes, 4), 10)), fastTier ? 0 : 1);
  }
});

test('a leaf takes on-heap arrays where they are', () => {
  const read = heat(site('b, n', 'return f(b, n);', { f: leafLib.symbols.sum_bytes }),
    offHeap(8), 8);
  const write = heat(site('b, v, n', 'f(b, v, n);', { f: leafLib.symbols.fill }),
    offHeap(8), 1, 8n);
  for (let round = 0; round < 200; round += 1) {
    const bytes = new Uint8Array(16);
    const ordinary = ordinaryCalls(() => {
      write(bytes, round, 16n);
      assert.equal(read(bytes, 16), 16 * (round & 255));
    });
    assert.equal(ordinary, fastTier ? 0 : 2);
    assert.ok(bytes.every((byte) => byte === (round & 255)));
    if (round % 50 === 0) collect();
  }
});

test('what the stub declines has the outcome of the ordinary function', () => {
  const run = heat(site('b', 'return f(b);', { f: lib.symbols.address_of }), offHeap(64));
  const gone = new Uint8Array(new ArrayBuffer(64));
  structuredClone(gone.buffer, { transfer: [gone.buffer] });
  const tracking = new Uint8Array(new ArrayBuffer(64, { maxByteLength: 128 }));
  const resizableView = new DataView(tracking.buffer);
  for (const buffer of [gone, tracking, resizableView, new Uint8Array(0)]) {
    assert.equal(ordinaryCalls(() => run(buffer)), 1, Object.prototype.toString.call(buffer));
    assert.equal(run(buffer), lib.symbols.address_of(buffer));
  }
  for (const value of [undefined, true, 1, 1.5, 7n, 'text', {}, [], Symbol.iterator, () => {},
    Object.create(Uint8Array.prototype), new Proxy(offHeap(8), {}), new Map(), new Date()]) {
    const calls = Number(made());
    assert.throws(() => run(value), typeError('null, ArrayBuffer, or ArrayBufferView'));
    assert.equal(Number(made()), calls, 'the native function was not called');
  }
});

const point = (x, y) => new Float64Array([x, y]);
const pointKinds = {
  'on-heap array': (x, y) => point(x, y),
  'off-heap array': (x, y) => {
    const array = new Float64Array(new ArrayBuffer(64), 8, 2);
    array.set([x, y]);
    return array;
  },
  'longer array': (x, y) => new Float64Array([x, y, 9, 9]),
  'DataView': (x, y) => new DataView(Float64Array.of(x, y).buffer),
  'ArrayBuffer': (x, y) => Float64Array.of(x, y).buffer,
};
for (const [kind, make] of Object.entries(pointKinds)) {
  test(`structs from ${kind}: on the fast path`, () => {
    const a = make(1, 2);
    const b = make(4, 6);
    const run = heat(site('a, b', 'return f(a, b);', { f: structs.symbols.distance }), a, b);
    assertTier(structs.symbols.made, () => assert.equal(run(a, b), 5));
    // Nothing was moved or written to.
    assertTier(structs.symbols.made, () => assert.equal(run(make(0, 0), make(3, 4)), 5));
  });
}

test('a struct result is a new array, made on the fast path', () => {
  const a = point(1, 2);
  const run = heat(site('a, b', 'return f(a, b);', { f: structs.symbols.midpoint }), a, a);
  let last;
  assertTier(structs.symbols.made, () => {
    const result = run(a, point(3, 6));
    assert.notEqual(result, last);
    assert.deepEqual(new Float64Array(result.buffer), point(2, 4));
    last = result;
  });
});

test('once a callback exists', () => {
  const callback = new UnsafeCallback({ parameters: [], result: 'void' }, () => {});
  const a = point(1, 2);
  const read = heat(site('b, n', 'return f(b, n);', { f: lib.symbols.sum_bytes }), offHeap(8), 8);
  const leaf = heat(site('b, n', 'return f(b, n);', { f: leafLib.symbols.sum_bytes }),
    offHeap(8), 8);
  const length = heat(site('a, b', 'return f(a, b);', { f: structs.symbols.distance }), a, a);
  const middle = heat(site('a, b', 'return f(a, b);', { f: structs.symbols.midpoint }), a, a);
  const bytes = offHeap(8);
  const fast = fastBelowCallbacks;
  assertTier(made, () => assert.equal(read(bytes, 8), 8), { fast });
  assertTier(made, () => assert.equal(leaf(bytes, 8), 8));
  assertTier(structs.symbols.made, () => assert.equal(length(a, point(1, 2)), 0), { fast });
  assertTier(structs.symbols.made, () => assert.equal(middle(a, a).length, 16), { fast });
  callback.close();
});

// The callee writes its bytes after a callback that transferred them away and dropped them: without
// somebody who holds them they would be unmapped.
const LARGE = 1 << 20;
const writer = open('buffers', {
  write_after: { parameters: ['buffer', 'u32', 'u8', 'function'], result: 'void' },
  sum_after: { parameters: ['buffer', 'buffer', 'u32', 'function'], result: 'u32' },
});
after(() => writer.close());

function hotAfterCallbacks(f, ...warm) {
  const names = warm.map((_, i) => `a${i}`).join(', ');
  const run = site(names, `return f(${names});`, { f });
  for (let i = 0; i < 3; i += 1) run(...warm);
  return heat(run, ...warm);
}

test('a callback that transfers and drops the buffer of a hot call', () => {
  let spoil = () => {};
  const callback = new UnsafeCallback({ parameters: [], result: 'void' }, () => spoil());
  const write = hotAfterCallbacks(writer.symbols.write_after, offHeap(8), 8, 1, callback.pointer);
  for (const view of [(b) => b, (b) => new Uint8Array(b), (b) => new DataView(b)]) {
    for (let i = 0; i < 5; i += 1) {
      const buffer = new ArrayBuffer(LARGE);
      spoil = () => {
        buffer.transfer(0);
        collect();
      };
      write(view(buffer), LARGE, 7, callback.pointer);
      assert.equal(buffer.detached, true);
    }
  }
  callback.close();
});

test('several callbacks, calls below calls, and two buffers', () => {
  let spoil = () => {};
  const callback = new UnsafeCallback({ parameters: [], result: 'void' }, () => spoil());
  // Calls back twice, before it reads either buffer.
  const sum = hotAfterCallbacks(writer.symbols.sum_after, offHeap(8), offHeap(8), 8,
    callback.pointer);
  const filled = () => new Uint8Array(new ArrayBuffer(LARGE)).fill(1);
  for (let depth = 1; depth <= 3; depth += 1) {
    let level = 0;
    const spoilAll = () => {
      level += 1;
      const mine = level;
      const a = filled();
      const b = filled();
      let calls = 0;
      const outer = spoil;
      spoil = () => {
        calls += 1;
        if (calls === 1) {
          a.buffer.transfer(0);
          if (mine < depth) spoilAll();
        } else {
          b.buffer.transfer(0);
          collect();
        }
      };
      assert.equal(sum(a, b, LARGE, callback.pointer), 2 * LARGE);
      assert.equal(calls, 2);
      spoil = outer;
    };
    spoilAll();
  }
  callback.close();
});

test('what was held is let go of', async () => {
  let kept;
  const callback = new UnsafeCallback({ parameters: [], result: 'void' }, () => {});
  const write = hotAfterCallbacks(writer.symbols.write_after, offHeap(8), 8, 1, callback.pointer);
  const start = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < 64; i += 1) {
    kept = new Uint8Array(LARGE);
    write(kept, 8, 1, callback.pointer);
  }
  kept = undefined;
  await eventually(() => process.memoryUsage().arrayBuffers - start < 8 * LARGE,
    'the buffers of calls that have returned stay');
  callback.close();
});
