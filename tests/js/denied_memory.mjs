// denied_memory: scenarios of denied.test.mjs, each in a process of its own, with deny.c loaded
// before the C library: node denied_memory.mjs SCENARIO. It prints "done" if all was as it must be.

import assert from 'node:assert/strict';

import {
  ERRNO, KIND, allow, assertRefused, denied, denyAll, fillBlocks, openDenials, refuseEachRequest,
  state, turn,
} from './denied_support.mjs';
import {
  UnsafeCallback, UnsafeFnPointer, assertTier, counts, dlopen, fastBelowCallbacks, fastTier, heat,
  nativePath, open, site,
} from './support.mjs';

// What a file in memory, its size and two views of it take.
const LEAST = 4;

// A leaf function asks for nothing more when there is a callback.
const openAdd = () => open('calls', {
  add: { name: 'add_i32', parameters: ['i32', 'i32'], result: 'i32', leaf: true } });
// A signature of its own.
const wide = { name: 'nop', parameters: Array(20).fill('u8'), result: 'void' };
const nullary = { parameters: [], result: 'void' };
const unary = { parameters: ['i32'], result: 'i32' };

// Has every request of `operation` refused while blocks are full. What runs goes on.
async function refuseWhenFull(operation) {
  const running = openAdd();
  const full = fillBlocks();
  const refused = await refuseEachRequest(operation,
    () => assert.equal(running.symbols.add(40, 2), 42));
  for (const closable of full) closable.close();
  await turn();
  const lib = openAdd();
  assert.equal(lib.symbols.add(40, 2), 42);
  return refused;
}

const scenarios = {
  async 'fast stubs, when the signature is known'() {
    openDenials();
    open('calls', { wide });
    const refused = await refuseWhenFull(() => open('calls', { wide }));
    assert.ok(fastTier ? refused >= LEAST : refused === 0, String(refused));
  },

  async 'fast stubs of a thousand symbols of two signatures'() {
    openDenials();
    const many = Object.fromEntries(Array.from({ length: 1000 },
      (_, i) => [`f${i}`, i % 2 === 0 ? wide : { ...wide, parameters: ['u8'] }]));
    open('calls', { wide, other: many.f1 });
    const refused = await refuseWhenFull(() => open('calls', many));
    assert.ok(fastTier ? refused >= LEAST : refused === 0, String(refused));
  },

  async 'call stubs'() {
    openDenials();
    assert.ok(await refuseWhenFull(() => open('calls', { f: { ...wide, nonblocking: true } })) >=
      LEAST);
  },

  async 'callbacks'() {
    openDenials();
    assert.ok(await refuseWhenFull(() => new UnsafeCallback(unary, (x) => x)) >= LEAST);
  },

  async 'function pointers'() {
    openDenials();
    const { symbols } = open('calls', { nop: { type: 'pointer' } });
    const pointer = new UnsafeFnPointer(symbols.nop, wide);
    const later = new UnsafeFnPointer(symbols.nop, { ...wide, nonblocking: true });
    const full = fillBlocks();
    await turn();
    const before = state();
    denyAll();
    for (let i = 0; i < 3; i += 1) {
      assert.throws(() => pointer.call(...Array(20).fill(0)), (error) => {
        assertRefused(error, 'Permission denied');
        return true;
      });
      await assert.rejects(later.call(...Array(20).fill(0)), (error) => {
        assertRefused(error, 'Permission denied');
        return true;
      });
    }
    assert.ok(denied() > 0);
    allow();
    assert.deepEqual(state(), before);
    assert.equal(pointer.call(...Array(20).fill(0)), null);
    assert.equal(await later.call(...Array(20).fill(0)), null);
    assert.ok(full.length > 0);
  },

  // The stubs that a symbol gets when it is first called with callbacks about: without them the
  // ordinary function does the same.
  'stored results'() {
    openDenials();
    const { symbols } = open('calls', {
      add: { name: 'add_i32', parameters: ['i32', 'i32'], result: 'i32' },
      made: { name: 'calls_made', parameters: [], result: 'u32', leaf: true, optional: true } });
    fillBlocks();
    const call = site('a, b', 'return symbols.add(a, b);', { symbols });
    denyAll();
    const before = state();
    heat(call, 1, 2);
    let made = 0;
    const counted = () => {
      assert.equal(call(40, 2), 42);
      made += 1;
    };
    assertTier(() => made, counted, { fast: false });
    if (fastBelowCallbacks) assert.ok(denied() > 0);
    assert.deepEqual(state(), before);
    allow();
    counted();
    heat(call, 1, 2);
    assertTier(() => made, counted, { fast: fastBelowCallbacks });
  },

  // DENY_FIRST: nothing can be made, and then everything.
  async 'from the start'() {
    const before = state();
    const definitions = { nop: nullary, nop_again: { ...nullary, name: 'nop' } };
    let refused = 0;
    for (;; refused += 1) {
      try {
        dlopen(nativePath('calls'), definitions).close();
        break;
      } catch (error) {
        assertRefused(error, 'Permission denied');
      }
      assert.throws(() => new UnsafeCallback(unary, (x) => x), (error) => {
        assertRefused(error, 'Permission denied');
        return true;
      });
      assert.deepEqual(state(), before);
    }
    assert.equal(refused, 50);
    const callback = new UnsafeCallback(unary, (x) => x + 1);
    assert.equal(new UnsafeFnPointer(callback.pointer, unary).call(41), 42);
    await turn();
    assert.equal(openAdd().symbols.add(40, 2), 42);
  },

  // A system without memfd_create(): shared memory with a name, which is taken away at once.
  async 'other kinds of memory'() {
    openDenials();
    fillBlocks();
    await turn();
    const { files } = state();
    denyAll(KIND.anonymous);
    new UnsafeCallback(unary, (x) => x).close();
    assert.equal(denied(), 0, 'memory without a file is not asked for');
    fillBlocks();
    denyAll(KIND.memoryFile, ERRNO.ENOSYS);
    const callback = new UnsafeCallback(unary, (x) => x + 1);
    assert.equal(denied(), 1);
    assert.equal(new UnsafeFnPointer(callback.pointer, unary).call(41), 42);
    assert.equal(state().files, files);
    fillBlocks();
    denyAll(KIND.named, ERRNO.EACCES);
    assert.throws(() => new UnsafeCallback(unary, (x) => x), (error) => {
      assertRefused(error, 'Permission denied');
      return true;
    });
    allow();
    new UnsafeCallback(unary, (x) => x).close();
    assert.equal(state().files, files);
  },

  // As a security module may have it: files in memory are allowed, and so is memory that is
  // executable, but not both at once.
  'executable views of files'() {
    openDenials();
    fillBlocks();
    const before = state();
    denyAll(KIND.executable);
    for (let i = 0; i < 100; i += 1) {
      assert.throws(() => new UnsafeCallback(unary, (x) => x), (error) => {
        assertRefused(error, 'Permission denied');
        return true;
      });
    }
    assert.equal(denied(), 100);
    assert.deepEqual(state(), before);
    allow();
    new UnsafeCallback(unary, (x) => x).close();
    assert.ok(counts().liveStubs > 0);
  },
};

await scenarios[process.argv[2]]();
console.log('done');
