// worker_storm: a hundred workers, a few at a time, that open libraries, call hot, call back, have
// pool threads call back, and end in every way. Nothing of them may stay.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';

import {
  UnsafeCallback, collect, counts, eventually, fastTier, heat, open, sanitized, site,
} from './support.mjs';
import { openThreads, plain, resultOf } from './thread_support.mjs';
import { endOf, messageOf } from './worker_support.mjs';

const endings = ['closes everything', 'leaves everything', 'exits', 'is terminated at work',
  'is terminated in a callback'];

// --- What a worker does

function openAll() {
  const calls = open('calls', {
    add: { name: 'add_i32', parameters: ['i32', 'i32'], result: 'i32' },
    echo: { name: 'echo_u64', parameters: ['u64'], result: 'u64' },
  });
  const callbacks = open('callbacks', {
    call: { name: 'call_i32', parameters: ['function', 'i32'], result: 'i32' },
    pool: { name: 'call_i32', parameters: ['function', 'i32'], result: 'i32', nonblocking: true },
  });
  return { calls, callbacks, threads: openThreads() };
}

async function work({ calls, callbacks, threads }, callback) {
  const { add, echo } = calls.symbols;
  const run = heat(site('a, b', 'return add(a, b) + Number(echo(b));', { add, echo }), 1, 2);
  let sum = 0;
  for (let i = 0; i < 2000; i += 1) {
    sum += run(i, 1) - callbacks.symbols.call(callback.pointer, i);
  }
  assert.equal(sum, 2000);
  const own = threads.symbols.start_i32(callback.pointer, 6);
  const results = await Promise.all(
    Array.from({ length: 24 }, (_, i) => callbacks.symbols.pool(callback.pointer, i)));
  assert.deepEqual(results, Array.from({ length: 24 }, (_, i) => i + 1));
  assert.equal(await resultOf(own), 7);
}

async function workerMain({ ending }) {
  const opened = openAll();
  let stuck = false;
  const callback = UnsafeCallback.threadSafe(plain, (x) => { while (stuck); return x + 1; });
  await work(opened, callback);
  parentPort.postMessage('worked');
  if (ending === 'is terminated at work') for (;;) await work(opened, callback);
  if (ending === 'is terminated in a callback') {
    stuck = true;
    for (let i = 0; i < 8; i += 1) opened.callbacks.symbols.pool(callback.pointer, i);
    return;
  }
  if (ending === 'exits') process.exit(0);
  if (ending === 'leaves everything') return void callback.unref();
  callback.close();
  for (const library of Object.values(opened)) library.close();
}

// --- What the main thread does

async function runWorker(index) {
  const ending = endings[index % endings.length];
  const worker = new Worker(fileURLToPath(import.meta.url), { workerData: { ending } });
  const ended = endOf(worker);
  await messageOf(worker);
  if (!ending.startsWith('is terminated')) return assert.equal(await ended, 0, ending);
  await delay(index % 7);
  await worker.terminate();
}

async function runWorkers(count, atATime) {
  let next = 0;
  await Promise.all(Array.from({ length: atATime }, async () => {
    while (next < count) await runWorker(next++);
  }));
}

const inUse = () => {
  const { liveStubs, codeBytesMapped } = counts();
  return {
    liveStubs,
    codeBytesMapped,
    files: readdirSync('/proc/self/fd').length,
    mappings: readFileSync('/proc/self/maps', 'utf8').split('\n').length,
    residentMiB: Math.round(process.memoryUsage.rss() / 2 ** 20),
  };
};

// Threads' stacks, the allocator's arenas and V8's pages come and go; a leak of one mapping or of
// 4 MiB for each worker is more. AddressSanitizer has mappings of its own for each thread that was.
const ours = { liveStubs: 0, codeBytesMapped: 0, files: 2 };
const slack = sanitized ? ours : { ...ours, mappings: 60, residentMiB: 250 };

if (isMainThread) {
  const count = fastTier ? 100 : 25;
  test(`${count} workers come and go`, async (t) => {
    if (!fastTier) t.diagnostic('25 workers: the hundred run in the fast tier, for the time');
    // The process keeps the code of the last few thousand closed callbacks: from here on as many
    // go as come.
    for (let i = 0; i < 4200; i += 1) new UnsafeCallback(plain, (x) => x).close();
    await runWorkers(15, 5);
    const before = inUse();
    await runWorkers(count, 5);
    let grown;
    await eventually(() => {
      collect();
      const now = inUse();
      grown = Object.keys(slack).filter((name) => now[name] > before[name] + slack[name])
        .map((name) => `${name}: ${before[name]}, then ${now[name]}`);
      return grown.length === 0;
    }, 'something stays').catch(() => assert.fail(`what stays: ${grown.join('; ')}`));
    t.diagnostic(JSON.stringify([before, inUse()]));
  });
} else {
  await workerMain(workerData);
}
