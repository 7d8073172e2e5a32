// workers: threads of the soak, which do its work for a moment and end in every way there is.
//
// The main thread runs `runWorker`; this file is the worker's program, too.

import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';

import { endOf } from '../js/worker_support.mjs';
import { Work } from './work.mjs';

const endings = ['closes', 'leaves', 'exits', 'is terminated', 'is terminated in a callback'];
let started = 0;

// Gives how many workers ended, 1. Rejects with what the worker says went wrong.
export async function runWorker(counts, random) {
  const ending = endings[random(endings.length)];
  const data = { ending, counts, seed: random(2 ** 31), thread: started += 1 };
  const worker = new Worker(fileURLToPath(import.meta.url), { workerData: data });
  const failures = [];
  let working = () => {};
  const works = new Promise((resolve) => { working = resolve; });
  worker.on('message', (message) => {
    if (message === 'works') working();
    else failures.push(message);
  });
  const ended = endOf(worker);
  // A worker may have to go at any moment, that of its start included.
  if (ending.startsWith('is terminated')) {
    if (random(4) !== 0) await Promise.race([works, ended]);
    await delay(random(50));
    await worker.terminate();
  }
  const code = await ended;
  if (failures.length > 0) throw new Error(`a worker that ${ending}: ${failures.join('\n')}`);
  if (code !== 0 && !ending.startsWith('is terminated')) {
    throw new Error(`a worker that ${ending} ended with ${code}`);
  }
  return 1;
}

async function main({ ending, counts, seed, thread }) {
  const work = new Work({ counts, seed, thread });
  parentPort.postMessage('works');
  const isForever = ending === 'is terminated';
  for (let i = 0; isForever || i < 10 + work.random(20); i += 1) {
    await work.turn();
    for (const failure of work.failures.splice(0)) parentPort.postMessage(failure);
  }
  if (ending === 'exits') process.exit(0);
  await work.settle();
  for (const failure of work.failures) parentPort.postMessage(failure);
  const { callbacks, sites } = work.session;
  if (ending === 'is terminated in a callback') {
    work.session.action = () => { for (;;); };
    sites.call_i32.hot(callbacks.i32.pointer, 1);
  }
  if (ending === 'closes') work.close();
}

if (!isMainThread) await main(workerData);
