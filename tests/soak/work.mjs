// work: does the kinds of the soak in random order, on the main thread and in workers alike.
//
// What has been done is counted in shared memory, so that a worker that is terminated has counted,
// too. One Work for each thread; the memory is everybody's.

import { kinds as calls } from './calls.mjs';
import { kinds as later } from './later.mjs';
import { openSession } from './session.mjs';
import { generator } from '../js/random.mjs';

// How often a kind is done, if not once: some take a thousand times as long as others.
const WEIGHTS = { scalars: 40, buffers: 15, structs: 10, callbacks: 10, pointers: 10, mistakes: 3 };
const chosen = Object.keys({ ...calls, ...later })
  .flatMap((name) => Array(WEIGHTS[name] ?? 1).fill(name));
// How much may be under way at a time.
const MAX_LATER = 8;

export const kindNames = [...Object.keys(calls), ...Object.keys(later), 'workers'];
export const newCounts = () =>
  new BigInt64Array(new SharedArrayBuffer(8 * kindNames.length));
const add = (counts, kind, made) =>
  Atomics.add(counts, kindNames.indexOf(kind), BigInt(made));

export class Work {
  #counts;
  #random;
  #session;
  #under = new Set();
  failures = [];

  // `thread` tells the threads of a process apart.
  constructor({ counts, seed, thread }) {
    this.#counts = counts;
    this.#random = generator(seed);
    this.#session = Object.assign(openSession(), { thread });
  }

  get session() {
    return this.#session;
  }

  // An integer from 0 up to, but not, `below`.
  random(below) {
    return this.#random(below);
  }

  // Does one kind, or begins it. Failures are kept.
  do(kind) {
    if (kind in calls) {
      try {
        add(this.#counts, kind, calls[kind](this.#session, this.#random));
      } catch (error) {
        this.#fail(kind, error);
      }
    } else {
      this.begin(kind, later[kind](this.#session, this.#random));
    }
  }

  // `calls` is a promise of how many were made.
  begin(kind, calls) {
    const done = calls.then((made) => add(this.#counts, kind, made), (error) => {
      this.#fail(kind, error);
    }).finally(() => this.#under.delete(done));
    this.#under.add(done);
  }

  // Does a few kinds, and lets the event loop turn.
  async turn() {
    for (let i = 0; i < 10; i += 1) {
      const kind = chosen[this.#random(chosen.length)];
      if (kind in calls || this.#under.size < MAX_LATER) this.do(kind);
    }
    await new Promise(setImmediate);
  }

  // Every kind once.
  async all() {
    for (const kind of kindNames) {
      if (kind !== 'workers') this.do(kind);
    }
    await this.settle();
  }

  // Waits for what is under way.
  async settle() {
    while (this.#under.size > 0) await Promise.all(this.#under);
  }

  close() {
    this.#session.close();
    this.#session = undefined;
  }

  #fail(kind, error) {
    this.failures.push(`${kind}: ${error instanceof Error ? error.stack : String(error)}`);
  }
}
