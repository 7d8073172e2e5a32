// gc: libraries, symbols, callbacks and buffers that are dropped, collected and used meanwhile.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  UnsafeCallback, UnsafeFnPointer, collect, eventually, heat, counts, isBadResource, open, site,
} from './support.mjs';

const add = { add: { name: 'add_i32', parameters: ['i32', 'i32'], result: 'i32' } };

test('collections between and during hot calls', () => {
  const lib = open('calls', { ...add, mixed6: {
    parameters: ['i32', 'f64', 'u8', 'f32', 'i64', 'f64'], result: 'f64' } });
  const run = heat(site('a, b', 'return add(a, b);', lib.symbols), 1, 2);
  const mixed = heat(site('a, b, c, d, e, g', 'return mixed6(a, b, c, d, e, g);', lib.symbols),
    1, 2, 3, 4, 5n, 6);
  for (let i = 0; i < 200; i += 1) {
    assert.equal(run(i, 1), i + 1);
    assert.equal(mixed(1, 2, 3, 4, 5n, 6), 91);
    if (i % 20 === 0) collect();
  }
  lib.close();
});

test('a symbol outlives the library object', async () => {
  let run = site('a, b', 'return add(a, b);', open('calls', add).symbols);
  heat(run, 1, 2);
  for (let i = 0; i < 20; i += 1) {
    collect();
    assert.equal(run(i, 1), i + 1);
    await new Promise(setImmediate);
  }
  run = undefined;
});

test('only the function is kept', async () => {
  const f = (() => open('calls', add).symbols.add)();
  for (let i = 0; i < 20; i += 1) {
    collect();
    await new Promise(setImmediate);
    assert.equal(f(i, 1), i + 1);
  }
});

test('stubs of closed and dropped libraries are freed', async () => {
  const before = counts().liveStubs;
  const churn = (count) => {
    for (let i = 0; i < count; i += 1) {
      const lib = open('calls', {
        ...add, echo_u64: { parameters: ['u64'], result: 'u64' },
        nop: { parameters: [], result: 'void' },
      });
      const run = site('a, b', 'return add(a, b);', lib.symbols);
      if (i % 50 === 0) heat(run, 1, 2);
      assert.equal(run(i, 1), i + 1);
      lib.close();
      if (i % 50 === 0) assert.throws(() => run(1, 2), isBadResource);
    }
  };
  churn(2000);
  // V8 keeps the first few hundred instantiated templates alive for as long as their context lives.
  await eventually(() => counts().liveStubs - before < 3000, 'stubs of closed libraries stay');
});

test('callbacks made and closed many times', () => {
  const lib = open('callbacks', {
    call_i32: { parameters: ['function', 'i32'], result: 'i32' },
  });
  for (let i = 0; i < 2000; i += 1) {
    const callback = new UnsafeCallback({ parameters: ['i32'], result: 'i32' }, (x) => x + i);
    assert.equal(lib.symbols.call_i32(callback.pointer, 1), i + 1);
    if (i % 400 === 0) collect();
    callback.close();
  }
  lib.close();
});

test('a callback stays until it is closed, whoever forgets it', async () => {
  const lib = open('callbacks', {
    keep_later: { parameters: ['function'], result: 'void' },
    call_later: { parameters: ['i32'], result: 'i32' },
  });
  (() => {
    const callback = new UnsafeCallback({ parameters: ['i32'], result: 'i32' }, (x) => x * 2);
    lib.symbols.keep_later(callback.pointer);
  })();
  for (let i = 0; i < 10; i += 1) {
    collect();
    await new Promise(setImmediate);
    assert.equal(lib.symbols.call_later(i), i * 2);
  }
  lib.close();
});

test('the caller itself is dropped and collected during its call', () => {
  const lib = open('callbacks', {
    via_i32: { parameters: ['function', 'i32'], result: 'i32' },
  });
  let run;
  let drop = false;
  const callback = new UnsafeCallback({ parameters: [], result: 'void' }, () => {
    if (!drop) return;
    run = undefined;
    collect();
    for (let i = 0; i < 20; i += 1) site('x', 'return x + 1;')(i);
    collect();
  });
  for (let i = 0; i < 20; i += 1) {
    drop = false;
    run = heat(site('c, x', 'const r = f(c, x); return r + 1;', { f: lib.symbols.via_i32 }),
      callback.pointer, 1);
    drop = true;
    assert.equal(run(callback.pointer, i), i + 1);
  }
  callback.close();
  lib.close();
});

test('the symbol is dropped and collected during its call', () => {
  const callback = new UnsafeCallback({ parameters: [], result: 'void' }, () => {
    if (!holder.drop) return;
    holder.f = undefined;
    for (let i = 0; i < 5; i += 1) collect();
  });
  const holder = { drop: false, f: undefined };
  for (let i = 0; i < 10; i += 1) {
    holder.drop = false;
    holder.f = open('callbacks', {
      via_i32: { parameters: ['function', 'i32'], result: 'i32' },
    }).symbols.via_i32;
    const run = heat(site('h, c, x', 'return h.f(c, x) + 1;'), holder, callback.pointer, 1);
    holder.drop = true;
    assert.equal(run(holder, callback.pointer, 41), 42);
  }
  callback.close();
});

test('function pointers are freed with their objects', async () => {
  const lib = open('calls', { add_i32: { type: 'pointer' } });
  const before = counts().liveStubs;
  for (let i = 0; i < 1000; i += 1) {
    const f = new UnsafeFnPointer(lib.symbols.add_i32,
      { parameters: ['i32', 'i32'], result: 'i32' });
    assert.equal(f.call(i, 1), i + 1);
  }
  await eventually(() => counts().liveStubs - before < 1500, 'function pointers stay');
  lib.close();
});
