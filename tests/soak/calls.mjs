// calls: work of the soak that is done when it returns. Each kind is a function of a session and a
// random number generator that makes calls, compares what they do with what it works out itself,
// throws if that differs, and returns how many calls it made.

import assert from 'node:assert/strict';

import {
  UnsafeCallback, UnsafeFnPointer, UnsafePointer, UnsafePointerView, collect, isBadResource,
} from '../js/support.mjs';
import { openCallbacks } from './session.mjs';

const CALLS = 200;

const i32 = (random) => (random(2 ** 31) * 2 + random(2)) | 0;
const f64 = (random) => (random(2 ** 31) - 2 ** 30) / (1 + random(1000));
const u64 = (random) => BigInt(random(2 ** 31)) << BigInt(random(34));
const either = (random, pair) => (random(4) === 0 ? pair.cold : pair.hot);

// name -> random arguments, and what comes of them
const scalars = {
  add_i32: [(r) => [i32(r), i32(r)], (a, b) => (a + b) | 0],
  strict_add: [(r) => [i32(r), i32(r)], (a, b) => (a + b) | 0],
  leaf_add: [(r) => [f64(r), i32(r)], (a, b) => ((a | 0) + b) | 0],
  add_f64: [(r) => [f64(r), f64(r)], (a, b) => a + b],
  add_f32: [(r) => [f64(r), f64(r)], (a, b) => Math.fround(Math.fround(a) + Math.fround(b))],
  add_u64: [(r) => [u64(r), u64(r)], (a, b) => BigInt.asUintN(64, a + b)],
  add_i53: [(r) => [r(2 ** 31), -r(2 ** 31)], (a, b) => a + b],
  less_f64: [(r) => [f64(r), f64(r)], (a, b) => a < b],
  echo_u8: [(r) => [f64(r)], (a) => a & 255],
  echo_i16: [(r) => [i32(r)], (a) => a << 16 >> 16],
  echo_i64: [(r) => [r(2) ? u64(r) : -r(2 ** 31)], (a) => BigInt.asIntN(64, BigInt(a))],
  echo_bool: [(r) => [r(2) === 1], (a) => a],
  weigh12_i32: [(r) => Array.from({ length: 12 }, () => r(1000)),
    (...all) => all.reduce((sum, a, i) => sum + a * (i + 1), 0)],
  nop: [() => [], () => undefined],
};
const scalarNames = Object.keys(scalars);

function callScalars({ sites }, random) {
  const name = scalarNames[random(scalarNames.length)];
  const [make, expected] = scalars[name];
  const call = either(random, sites[name]);
  for (let i = 0; i < CALLS; i += 1) {
    const args = make(random);
    const got = call(...args);
    if (!Object.is(got, expected(...args))) {
      assert.fail(`${name}(${args}) gave ${String(got)} instead of ${String(expected(...args))}`);
    }
  }
  return CALLS;
}

function callPointers({ sites, symbols }, random) {
  const bytes = new Uint8Array(100 + random(100)).fill(7);
  const pointer = UnsafePointer.of(bytes);
  const call = either(random, sites.echo_pointer);
  for (let i = 0; i < CALLS; i += 1) {
    const moved = UnsafePointer.offset(pointer, i % 100);
    const got = call(moved);
    assert.equal(UnsafePointer.value(got), UnsafePointer.value(moved));
    assert.equal(new UnsafePointerView(got).getUint8(), 7);
  }
  assert.equal(symbols.echo_pointer(null), null);
  return CALLS + 1;
}

const buffers = [
  (n) => new Uint8Array(Math.min(n, 64)),
  (n) => new Uint8Array(n),
  (n) => new Uint8Array(n + 20).subarray(10, 10 + n),
  (n) => new DataView(new ArrayBuffer(n)),
  (n) => new ArrayBuffer(n),
  (n) => new SharedArrayBuffer(n),
  (n) => new Uint8Array(new ArrayBuffer(n, { maxByteLength: 2 * n })),
];

function callWithBuffers({ sites, symbols }, random) {
  const call = either(random, sites.sum_bytes);
  for (let i = 0; i < 50; i += 1) {
    const buffer = buffers[random(buffers.length)](1 + random(500));
    const value = random(256);
    symbols.fill(buffer, value, buffer.byteLength);
    assert.equal(call(buffer, buffer.byteLength), value * buffer.byteLength);
  }
  return 100;
}

function callWithStructs({ sites }, random) {
  for (let i = 0; i < 30; i += 1) {
    const point = Float64Array.of(f64(random), f64(random));
    const twisted = either(random, sites.twist_point)(point);
    assert.deepEqual(new Float64Array(twisted.buffer), Float64Array.of(point[1] + 1, point[0] * 2));
    const bytes = Uint8Array.from({ length: 17 }, () => random(256));
    assert.deepEqual(either(random, sites.twist_bytes17)(bytes),
      Uint8Array.from({ length: 17 }, (_, at) => bytes[16 - at] + at));
    const words = BigInt64Array.from({ length: 8 }, () => u64(random));
    assert.deepEqual(new BigInt64Array(either(random, sites.twist_words8)(words).buffer),
      BigInt64Array.from({ length: 8 }, (_, at) => words[7 - at] + BigInt(at)));
  }
  return 90;
}

// What callbacks do while the caller waits: collect, allocate, or call on.
function actions(session, random) {
  const deeper = (levels) => () => {
    session.action = levels === 0 ? () => {} : deeper(levels - 1);
    assert.equal(session.sites.call_i32.hot(session.callbacks.i32.pointer, levels), levels + 1);
  };
  return [
    () => {},
    () => {},
    () => { collect({ type: 'minor' }); },
    () => { Array.from({ length: 100 }, () => new Uint8Array(random(64))); },
    deeper(random(10)),
  ];
}

function callBack(session, random) {
  const { callbacks, sites, symbols } = session;
  const values = { i32: i32(random), u64: u64(random), f64: f64(random) };
  for (let i = 0; i < 40; i += 1) {
    const all = actions(session, random);
    session.action = all[random(all.length)];
    const kind = Object.keys(values)[random(3)];
    const got = either(random, sites[`via_${kind}`])(callbacks.nothing.pointer, values[kind]);
    assert.equal(got, values[kind], `via_${kind}`);
  }
  session.action = () => {};
  for (let i = 0; i < 100; i += 1) {
    assert.equal(either(random, sites.call_i32)(callbacks.i32.pointer, i), i + 1);
  }
  assert.equal(symbols.call_i64(callbacks.i64.pointer, 21n), 42n);
  const point = Float64Array.of(f64(random), f64(random));
  const same = symbols.call_point(callbacks.point.pointer, point);
  assert.deepEqual(new Float64Array(same.buffer), point);
  assert.equal(symbols.repeat(callbacks.i32.pointer, 100), 5050n);
  return 143 + 100;
}

// A callback of a moment: made, called in the thick of a callee, and closed.
function callFreshCallbacks({ symbols }, random) {
  const values = Int32Array.from({ length: 50 }, () => i32(random));
  const sorted = values.toSorted();
  let compared = 0;
  const compare = new UnsafeCallback({ parameters: ['pointer', 'pointer'], result: 'i32' },
    (a, b) => {
      compared += 1;
      const [x, y] = [a, b].map((each) => new UnsafePointerView(each).getInt32());
      return x < y ? -1 : Number(x > y);
    });
  symbols.sort_i32(values, values.length, compare.pointer);
  compare.close();
  assert.deepEqual(values, sorted);
  return compared + 1;
}

function throwThrough(session, random) {
  const { callbacks, sites } = session;
  const thrown = random(2) === 0 ? new Error('thrown by a callback') : Symbol('thrown');
  for (const [kind, value] of Object.entries({ i32: 1, f64: 1, pointer: null })) {
    session.action = () => { throw thrown; };
    try {
      either(random, sites[`via_${kind}`])(callbacks.nothing.pointer, value);
      assert.fail('nothing was thrown');
    } catch (error) {
      assert.equal(error, thrown);
    }
  }
  session.action = () => {};
  assert.equal(sites.via_i32.hot(callbacks.nothing.pointer, 42), 42);
  return 4;
}

const mistakes = [
  ({ sites }, r) => either(r, sites.add_i32)('1', 2),
  ({ sites }, r) => either(r, sites.add_f64)(1n, 2),
  ({ sites }, r) => either(r, sites.less_f64)(1),
  ({ sites }, r) => either(r, sites.strict_add)(2 ** 31, 0),
  ({ sites }, r) => either(r, sites.echo_pointer)({}),
  ({ sites }, r) => either(r, sites.sum_bytes)([1], 1),
  ({ sites }, r) => either(r, sites.twist_point)(new Uint8Array(15)),
  () => new UnsafePointerView(null).getInt32(),
];

function callWrongly(session, random) {
  for (const mistake of mistakes) assert.throws(() => mistake(session, random), TypeError);
  return mistakes.length;
}

// A callback gives the buffer away that the callee goes on writing to.
function transfer({ symbols }, random) {
  const value = 1 + random(255);
  const buffer = new ArrayBuffer(100 + random(1000));
  const length = buffer.byteLength;
  let taken;
  const callback = new UnsafeCallback({ parameters: [], result: 'void' }, () => {
    taken = structuredClone(buffer, { transfer: [buffer] });
    if (random(2) === 0) taken = undefined;
    collect({ type: 'minor' });
  });
  symbols.write_after(buffer, length, value, callback.pointer);
  callback.close();
  assert.equal(buffer.byteLength, 0);
  if (taken !== undefined) {
    assert.deepEqual(new Uint8Array(taken), new Uint8Array(length).fill(value));
  }
  return 1;
}

function callPointersToFunctions({ symbols }, random) {
  const definition = { parameters: ['i32', 'i32'], result: 'i32' };
  const pointer = new UnsafeFnPointer(symbols.address, definition);
  for (let i = 0; i < 50; i += 1) {
    const [a, b] = [i32(random), i32(random)];
    assert.equal(pointer.call(a, b), (a + b) | 0);
  }
  return 50;
}

// The library goes while one of its functions runs.
function closeBelow(session, random) {
  const library = openCallbacks();
  const { via_i32: via, via_point: viaPoint } = library.symbols;
  const callback = new UnsafeCallback({ parameters: [], result: 'void' }, () => {
    library.close();
    if (random(3) === 0) collect();
  });
  const x = i32(random);
  if (random(2) === 0) {
    assert.equal(via(callback.pointer, x), x);
  } else {
    const got = viaPoint(callback.pointer, Float64Array.of(x, 2));
    assert.deepEqual(new Float64Array(got.buffer), Float64Array.of(x, 2));
  }
  callback.close();
  assert.throws(() => via(null, 1), isBadResource);
  return 2;
}

export const kinds = {
  scalars: callScalars,
  pointers: callPointers,
  buffers: callWithBuffers,
  structs: callWithStructs,
  callbacks: callBack,
  'fresh callbacks': callFreshCallbacks,
  exceptions: throwThrough,
  mistakes: callWrongly,
  transfers: transfer,
  'function pointers': callPointersToFunctions,
  'closed below': closeBelow,
};
