// scale: large libraries, many libraries, and that nothing of them stays.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { collect, counts, eventually, fastTier, nativePath, dlopen, open } from './support.mjs';

const COUNT = 1000;
const add = { name: 'add_i32', parameters: ['i32', 'i32'], result: 'i32' };
const many = (definition) => Object.fromEntries(
  Array.from({ length: COUNT }, (_, i) => [`f${i}`, definition]));

test('a thousand symbols keep fast properties, whatever order they are called in', () => {
  const lib = open('calls', many(add));
  const names = Object.keys(lib.symbols);
  assert.equal(names.length, COUNT);
  assert.equal(%HasFastProperties(lib.symbols), true);
  for (const name of names) assert.equal(lib.symbols[name](20, 22), 42);
  assert.equal(%HasFastProperties(lib.symbols), true);
  lib.close();
});

test('properties stay fast beside ones that cannot be written', () => {
  const constants = {
    value: { name: 'nop', type: 'pointer' }, later: { ...add, nonblocking: true },
  };
  for (const definitions of [{ ...many(add), ...constants }, { ...constants, ...many(add) }]) {
    const lib = open('calls', definitions);
    assert.equal(%HasFastProperties(lib.symbols), true);
    for (const name of ['value', 'later']) {
      const { writable, enumerable, configurable } =
        Object.getOwnPropertyDescriptor(lib.symbols, name);
      assert.deepEqual([writable, enumerable, configurable], [false, true, false]);
    }
    assert.deepEqual(Object.keys(lib.symbols), Object.keys(definitions));
    lib.close();
  }
});

test('symbols of one signature share everything but their stub', () => {
  open('calls', many(add)).close();
  const before = counts();
  const lib = open('calls', many(add));
  const after = counts();
  assert.equal(after.templates, before.templates);
  assert.equal(after.callStubs, before.callStubs);
  assert.equal(after.liveStubs - before.liveStubs, fastTier ? COUNT : 0);
  lib.close();
});

test('all missing symbols are named at once, and nothing stays open', () => {
  const before = counts().liveStubs;
  const definitions = { add_i32: add, missing_one: { parameters: [], result: 'void' },
    missing_two: { type: 'i32' }, alias: { name: 'missing_three', parameters: [], result: 'i32' },
    absent: { parameters: [], result: 'void', optional: true } };
  assert.throws(() => dlopen(nativePath('calls'), definitions), (error) => {
    for (const name of ['missing_one', 'missing_two', 'missing_three']) {
      const part = `Failed to register symbol ${name}: Could not obtain symbol`;
      assert.ok(error.message.includes(part), error.message);
    }
    return !error.message.includes('absent');
  });
  assert.equal(counts().liveStubs, before);
});

// A library that is opened and closed again and again. Only what is alive is counted; V8 keeps the
// first few hundred functions of a context, but not their stubs once the library is closed.
const THOUSANDS = fastTier ? 100 : 10;
test(`opened and closed ${THOUSANDS},000 times, memory stays flat`, async () => {
  const definitions = { add, echo: { name: 'echo_u64', parameters: ['u64'], result: 'u64' } };
  const round = async () => {
    for (let i = 0; i < 1000; i += 1) {
      const lib = open('calls', definitions);
      assert.equal(lib.symbols.add(i, 1), i + 1);
      lib.close();
    }
    await new Promise(setImmediate);
  };
  await round();
  const start = counts();
  for (let i = 1; i < THOUSANDS; i += 1) {
    await round();
    const now = counts();
    assert.equal(now.liveStubs, start.liveStubs, `after ${i + 1} thousand`);
    assert.ok(now.codeBytesMapped <= start.codeBytesMapped, `after ${i + 1} thousand`);
  }
});

test('functions that are dropped without close give their stubs back', async () => {
  const before = counts().liveStubs;
  for (let i = 0; i < 20; i += 1) open('calls', many(add));
  if (fastTier) assert.ok(counts().liveStubs > before);
  collect();
  // What a context's cache of functions keeps alive stays.
  await eventually(() => counts().liveStubs - before < 2 * COUNT, 'stubs stay');
});
