// thread_support: native threads that call back, for suites, their child processes and workers.

import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

import { UnsafePointer, open } from './support.mjs';

const library = {
  done: { parameters: ['pointer'], result: 'bool' },
  await_blocked: { parameters: ['pointer'], result: 'void' },
  start_i32: { parameters: ['function', 'i32'], result: 'pointer' },
  take_i32: { parameters: ['pointer'], result: 'i32' },
  start_callers: { parameters: ['function', 'i32'], result: 'i32' },
  stop_callers: { parameters: [], result: 'void' },
  callers: { parameters: [], result: 'i32' },
  answered: { parameters: [], result: 'i64' },
  call_and_wait: { parameters: ['function', 'i32'], result: 'i32' },
  waited: { parameters: [], result: 'pointer' },
};

export const openThreads = (more = {}) => open('threads', { ...library, ...more });
export const { symbols } = openThreads();
export const plain = { parameters: ['i32'], result: 'i32' };

// Waits for a job's thread while the event loop goes on, and gives what its callback returned.
export async function resultOf(job, take = symbols.take_i32) {
  assert.notEqual(job, null, 'a thread');
  while (!symbols.done(job)) await delay(1);
  return take(job);
}

// As a pointer travels to another worker.
export const addressOf = (callback) => UnsafePointer.value(callback.pointer);
const calls = open('callbacks', { call_i32: { parameters: ['function', 'i32'], result: 'i32' } });
export const callAddress =
  (address, value) => calls.symbols.call_i32(UnsafePointer.create(address), value);

// What every program of a child process or worker begins with.
export const prelude = `
  import { setTimeout as delay } from 'node:timers/promises';
  import { parentPort, workerData } from 'node:worker_threads';
  import { UnsafeCallback, UnsafePointer, collect, eventually, open }
    from '${new URL('support.mjs', import.meta.url)}';
  import { addressOf, callAddress, plain, resultOf, startWorker, symbols }
    from '${import.meta.url}';
  import { endOf, messageOf } from '${new URL('worker_support.mjs', import.meta.url)}';
`;

// A worker that runs the text of a module.
export const startWorker = (program, workerData) => new Worker(
  new URL(`data:text/javascript,${encodeURIComponent(prelude + program)}`), { workerData });
