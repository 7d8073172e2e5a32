// denied_memory: scenarios of denied.test.mjs, each in a process of its own, with deny.c loaded
// before the C library: node denied_memory.mjs SCENARIO. It prints "done" if all was as it must be.

import assert from 'node:assert/strict';

import {
  ERRNO, KIND, allow, assertRefused, denied, denyAll, fillBlocks, openDenials, refuseEachRequest,
  state, turn,
} from './denied_support.mjs';
import {
  UnsafeCallback, UnsafeFnPointer, counts, fastBelowCallbacks, fastTier, heat, open, site,
} from './support.mjs';

const ADD = { name: 'add_i32', parameters: ['i32', 'i32'], result: 'i32', leaf: true };
const openAdd = () => open('calls', { add: ADD });
const POINT = { struct: ['f64', 'f64'] };
const openPoints = () => open('structs', { distance: { parameters: [POINT], result: 'f64',
  optional: true } });
const unary = { parameters: ['i32'], result: 'i32' };

function assertHealthy() {
  const lib = openAdd();
  assert.equal(lib.symbols.add(40, 2), 42);
  lib.close();
}

// Before anything has been made: nothing can be, and then everything.
async function fromTheStart() {
  openDenials();
  for (const library of fillBlocks()) library.close();
}

const scenarios = {
  // Every request that each way of making code sends, when the blocks that there are are full.
  async 'every request'() {
    openDenials();
    const hot = openAdd();
    const full = fillBlocks();
    const works = () => assert.equal(hot.symbols.add(40, 2), 42);
    const least = 4; // a file, its size, two views
    let made = 0;
    // A signature that is new: its call stub, and its fast stub in the fast tier.
    const fresh = () => open('calls', { f: { name: 'nop', parameters: Array(20 + made).fill('u8'),
      result: 'void' } });
    assert.ok(await refuseEachRequest(fresh, works) >= least);
    for (const library of full.splice(0)) library.close();
    await turn();

    full.push(...fillBlocks());
    made += 1;
    const nonblocking = () => open('calls', { f: { name: 'nop', nonblocking: true,
      parameters: Array(30).fill('i8'), result: 'void' } });
    assert.ok(await refuseEachRequest(nonblocking, works) >= least);
    for (const library of full.splice(0)) library.close();
    await turn();

    full.push(...fillBlocks());
    const callback = () => new UnsafeCallback(unary, (x) => x + 1);
    assert.ok(await refuseEachRequest(callback, works) >= least);
    for (const library of full.splice(0)) library.close();
    works();
    assertHealthy();
  },
};

await scenarios[process.argv[2]]();
console.log('done');
