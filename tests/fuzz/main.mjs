// The JavaScript fuzzer: rounds of random operations, each from the seed and its own number, so
// that one round can be repeated without those before it.
//
//   node --allow-natives-syntax --expose-gc tests/fuzz/main.mjs --seed=1 --seconds=60
//     [--calls=N] [--round=R] [--progress=FILE]
//
// FILE always holds, as JSON, the round that runs and the calls made so far. Exit code 1, and the
// seed and the round, after a failure. `./dev fuzz` is how it is run.

import { openSync, writeSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { reseed } from '../js/random.mjs';
import { World } from './world.mjs';

const PROGRESS_BYTES = 64;

const { values: options } = parseArgs({
  options: Object.fromEntries(['seed', 'seconds', 'calls', 'round', 'progress'].map(
    (name) => [name, { type: 'string' }])),
});
const seed = Number(options.seed ?? 1);
const end = performance.now() + 1000 * Number(options.seconds ?? Infinity);
const mostCalls = Number(options.calls ?? Infinity);
const progress = options.progress === undefined ? undefined : openSync(options.progress, 'w');

let calls = 0;
function note(round) {
  if (progress === undefined) return;
  writeSync(progress, JSON.stringify({ round, calls }).padEnd(PROGRESS_BYTES), 0);
}

async function run(round) {
  note(round);
  reseed(seed * 1_000_003 + round);
  const world = new World();
  try {
    await world.round();
  } catch (error) {
    console.error(`seed ${seed}, round ${round}: ${error?.stack ?? String(error)}`);
    process.exit(1);
  }
  calls += world.calls;
  note(round);
}

if (options.round !== undefined) {
  await run(Number(options.round));
} else {
  for (let round = 0; calls < mostCalls && performance.now() < end; round += 1) await run(round);
}
console.log(`${calls} calls, seed ${seed}`);
