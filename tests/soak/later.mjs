// later: work of the soak that ends some time after it was begun. Each kind is a function of a
// session and a random number generator whose promise tells how many calls were made, and rejects
// if one of them did something else than it should.

import assert from 'node:assert/strict';
import { copyFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { collect, dlopen, isBadResource, nativePath } from '../js/support.mjs';
import { callDefinitions, openCalls, openNonblocking } from './session.mjs';

// Buffers that change hands while native threads read them, and structs.
async function callNonblocking({ symbols }, random) {
  const calls = Array.from({ length: 1 + random(40) }, async () => {
    const value = random(256);
    const buffer = new Uint8Array(1 + random(2000)).fill(value);
    const { length } = buffer;
    const sum = symbols.sum_later(buffer, length);
    if (random(3) === 0) structuredClone(buffer.buffer, { transfer: [buffer.buffer] });
    assert.equal(await sum, value * length);
    const point = await symbols.point_later(Float64Array.of(value, 2));
    assert.deepEqual(new Float64Array(point.buffer), Float64Array.of(3, value * 2));
    await assert.rejects(symbols.sum_later('a string', 1), TypeError);
    return 3;
  });
  return (await Promise.all(calls)).reduce((sum, made) => sum + made);
}

// Callbacks by threads of the pool, and by a thread of the library's own; but that not in workers,
// because one that is terminated before it joins the thread leaves its stack mapped.
async function callFromThreads({ symbols, callbacks, thread }, random) {
  const inPool = Array.from({ length: random(10) }, async (_, i) => {
    assert.equal(await symbols.call_later(callbacks.i32.pointer, i), i + 1);
  });
  if (thread !== 0) {
    await Promise.all(inPool);
    return inPool.length;
  }
  const count = 1 + random(50);
  const job = symbols.start_row(callbacks.row.pointer, random(1000), count);
  assert.notEqual(job, null);
  while (!symbols.done(job)) await delay(1);
  assert.equal(symbols.take_i32(job), 0, 'wrong results of callbacks that a thread called');
  await Promise.all(inPool);
  return inPool.length + count;
}

// A library that is closed while a call of it is on its way.
async function closeMeanwhile() {
  const library = openNonblocking();
  const calls = Array.from({ length: 5 }, () => library.symbols.sleep_ms(1));
  library.close();
  assert.deepEqual(await Promise.all(calls), Array(5).fill(null));
  await assert.rejects(library.symbols.sleep_ms(0), isBadResource);
  return 6;
}

let copies = 0;

// A library comes, is called, and is closed, or dropped for the collector to find. What is closed
// is now and then a file of its own, that has to be unloaded; but not in workers, because one that
// is terminated before it closes leaves it loaded.
async function openAndLeave(session, random) {
  const ofItsOwn = session.thread === 0 && random(4) === 0;
  const name = `springboard-soak-${process.pid}-${session.thread}-${copies += 1}.so`;
  const file = join(tmpdir(), name);
  let library;
  if (ofItsOwn) {
    copyFileSync(nativePath('calls'), file);
    library = dlopen(file, callDefinitions);
    rmSync(file);
  } else {
    library = openCalls();
  }
  const { add_i32: add, echo_u8: echo, address } = library.symbols;
  assert.notEqual(address, null);
  for (let i = 0; i < 100; i += 1) assert.equal(add(echo(i), i), 2 * i);
  if (!ofItsOwn && random(2) === 0) return 200;
  await delay(random(3));
  library.close();
  assert.throws(() => add(1, 2), isBadResource);
  return 201;
}

async function collectAll(_, random) {
  if (random(2) === 0) {
    collect();
  } else {
    await collect({ type: 'major', execution: 'async' });
  }
  return 0;
}

export const kinds = {
  nonblocking: callNonblocking,
  threads: callFromThreads,
  'closed meanwhile': closeMeanwhile,
  libraries: openAndLeave,
  collections: collectAll,
};
