// moving_cases: native calls during which V8's objects move or go: what moving.test.mjs runs, here
// and in processes whose V8 collects in other ways. Each case takes how many rounds to make, and
// those of many rounds in how many of them to collect.

import assert from 'node:assert/strict';

import { UnsafeCallback, UnsafeFnPointer, UnsafePointer, heat, open, site } from './support.mjs';

const Point = { struct: ['f64', 'f64'] };
const Words8 = { struct: Array(8).fill('i64') };
const plain = { parameters: [], result: 'void' };
const definitions = {
  keep: { parameters: ['function'], result: 'void' },
  through_kept: { parameters: ['buffer', 'u32', 'u32'], result: 'u32' },
  through_bytes: { parameters: ['buffer', 'u32', 'u8'], result: 'u32' },
  through_point: { parameters: [Point], result: Point },
  through_words8: { parameters: [Words8], result: Words8 },
  through_u64: { parameters: ['u64'], result: 'u64' },
  through_pointer: { parameters: ['pointer'], result: 'pointer' },
};
const lib = open('callbacks', definitions);
const { keep } = lib.symbols;
const nothing = () => {};
let act = nothing;
const callback = new UnsafeCallback(plain, () => act());
keep(callback.pointer);

const scavenge = () => globalThis.gc({ type: 'minor' });
const compact = () => globalThis.gc();
let kept = [];
// Objects of every size around what moves, some of which stay: new ones go where old ones were.
function allocate() {
  for (let i = 0; i < 20; i += 1) {
    const bytes = new Uint8Array(8 + 8 * (i % 8)).fill(0xee);
    if (i % 5 === 0) kept.push(bytes, [bytes, `${i}`]);
  }
  if (kept.length > 500) kept = [];
}
// What callbacks do in round `i`: always allocate, sometimes collect.
const churn = (i, every = 1) => () => {
  allocate();
  if (i % every !== 0) return;
  scavenge();
  if (i % (8 * every) === 0) compact();
  allocate();
};

const hot = (parameters, name, ...warm) => {
  const run = site(parameters, `return f(${parameters});`, { f: lib.symbols[name] });
  for (let i = 0; i < 3; i += 1) run(...warm);
  return heat(run, ...warm);
};

// A bug that others shipped: an array of up to 64 bytes is part of V8's heap, the callee keeps its
// address, and a collection moves it. `rounds` fresh arrays, optimised.
function smallArrays(rounds, collections) {
  const run = hot('b, n, a', 'through_bytes', new Uint8Array(8), 8, 1);
  const every = Math.floor(rounds / collections);
  for (let i = 0; i < rounds; i += 1) {
    const length = 1 + i % 64;
    const bytes = new Uint8Array(length).fill(i);
    act = churn(i, every);
    const sum = run(bytes, length, 3);
    const expected = (i + 3) & 255;
    if (sum !== length * expected || bytes[0] !== expected || bytes[length - 1] !== expected) {
      assert.fail(`round ${i}: ${length} bytes, ${sum}, ${bytes}`);
    }
  }
  act = nothing;
}

// One array that stays the callee's for `rounds` callbacks, with many others before and after.
function oneArray(rounds, collections) {
  const every = Math.floor(rounds / collections);
  const call = hot('b, n, r', 'through_kept', new Uint8Array(8), 8, 1);
  for (const length of [1, 24, 64]) {
    const around = Array.from({ length: 50 }, () => new Uint8Array(length).fill(0x55));
    const bytes = new Uint8Array(length).fill(5);
    let round = 0;
    act = () => {
      round += 1;
      if (round % every === 0) churn(round, every)();
    };
    assert.equal(call(bytes, length, rounds), 0, 'bytes that were not what the callee had left');
    assert.deepEqual(bytes, new Uint8Array(length).fill(5 + rounds));
    for (const other of around) assert.ok(other.every((byte) => byte === 0x55));
  }
  act = nothing;
}

// Structs in, out as new arrays, and into arrays that move meanwhile; big integers and pointers,
// which are objects of V8's as well.
function values(rounds) {
  const point = hot('p', 'through_point', Float64Array.of(0, 0));
  const pointInto = hot('p, o', 'through_point', Float64Array.of(0, 0), new Float64Array(2));
  const words = hot('w, o', 'through_words8', new BigInt64Array(8), new BigInt64Array(8));
  const u64 = hot('x', 'through_u64', 1n);
  const pointer = hot('p', 'through_pointer', UnsafePointer.create(1));
  for (let i = 1; i <= rounds; i += 1) {
    act = churn(i);
    const given = Float64Array.of(i, -i);
    assert.deepEqual(new Float64Array(point(given).buffer), given);
    const out = new Float64Array(2);
    assert.equal(pointInto(given, out), out);
    assert.deepEqual(out, given);
    const eight = new BigInt64Array(8).fill(BigInt(i));
    assert.deepEqual(words(eight, new BigInt64Array(8)), eight);
    assert.equal(u64(2n ** 63n + BigInt(i)), 2n ** 63n + BigInt(i));
    assert.equal(UnsafePointer.value(pointer(UnsafePointer.create(i))), BigInt(i));
  }
  act = nothing;
}

// Calls below calls, each with handles of its own that must be found again when those below it are
// through: a buffer, a struct, an array that takes a result, a function pointer.
function nested(rounds, depth = 10) {
  const bytesCall = hot('b, n, a', 'through_bytes', new Uint8Array(8), 8, 1);
  const pointCall = hot('p, o', 'through_point', Float64Array.of(0, 0), new Float64Array(2));
  const address = open('callbacks', { through_words8: { type: 'pointer' } });
  const fp = new UnsafeFnPointer(address.symbols.through_words8,
    { parameters: [Words8], result: Words8 });
  const wordsCall = site('w', 'return fp.call(w);', { fp });
  heat(wordsCall, new BigInt64Array(8));
  function level(n, i) {
    const below = act;
    act = () => {
      churn(n, 3)();
      if (n < depth) level(n + 1, i);
      act = nothing;
      scavenge();
    };
    if (n % 3 === 0) {
      const bytes = new Uint8Array(16).fill(n);
      assert.equal(bytesCall(bytes, 16, i), 16 * ((n + i) & 255), `level ${n}`);
      assert.deepEqual(bytes, new Uint8Array(16).fill(n + i));
    } else if (n % 3 === 1) {
      const out = new Float64Array(2);
      assert.equal(pointCall(Float64Array.of(n, i), out), out);
      assert.deepEqual(out, Float64Array.of(n, i), `level ${n}`);
    } else {
      const eight = new BigInt64Array(8).fill(BigInt(n * 1000 + i));
      assert.deepEqual(new BigInt64Array(wordsCall(eight).buffer), eight, `level ${n}`);
    }
    act = below;
  }
  for (let i = 0; i < rounds; i += 1) level(1, i & 127);
  act = nothing;
  address.close();
}

// The library, the symbol, the callback object and the caller go while the call runs; what native
// code holds goes on working.
function dropped(rounds) {
  for (let i = 0; i < rounds; i += 1) {
    const { through_bytes: f } = open('callbacks', definitions).symbols;
    const h = { b: new Uint8Array(32).fill(i), f };
    const run = site('h', 'return h.f(h.b, 32, 1);');
    act = nothing;
    for (let j = 0; j < 3; j += 1) run(h);
    heat(run, h);
    const before = h.b[0];
    act = () => {
      h.f = undefined;
      h.b = undefined;
      churn(i, 2)();
      compact();
    };
    assert.equal(run(h), 32 * ((before + 1) & 255));
  }
  // A callback that nobody has any more.
  let runs = 0;
  (() => { keep(new UnsafeCallback(plain, () => { runs += 1; scavenge(); }).pointer); })();
  for (let i = 0; i < rounds; i += 1) {
    compact();
    lib.symbols.through_point(Float64Array.of(1, 2));
  }
  assert.equal(runs, rounds);
  keep(callback.pointer);
  act = nothing;
}

export const cases = { smallArrays, oneArray, values, nested, dropped };

// For the last case: afterwards native code has nothing to call.
export function end() {
  keep(null);
  callback.close();
  lib.close();
}
