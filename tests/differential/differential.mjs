// differential: whether calls come to the same in every tier of V8 (interpreted, baseline, Maglev,
// TurboFan, after deoptimisation), through UnsafeFnPointer and nonblocking, and to what an oracle
// of its own expects. See docs/differential.md.
//
//   node tests/differential/differential.mjs [--full] [--seed=N] [--part=NAME] [--only=VALUE]
//
// Without --full it runs a sample of the cases, the same each time. Prints what differs, a line
// `cases: ...`, and last `N passed, M failed`, which counts groups of cases.

import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

import { trainings } from './trainings.mjs';

// V8 chooses no tier by itself.
const flags = ['--allow-natives-syntax', '--expose-gc', '--no-use-osr',
  '--invocation-count-for-maglev=1000000', '--invocation-count-for-turbofan=1000000',
  '--invocation-count-for-early-optimization=1000000',
  '--baseline-batch-compilation-threshold=1000000000'];

const { values: options } = parseArgs({ options: {
  full: { type: 'boolean', default: false },
  seed: { type: 'string', default: '20261123' },
  part: { type: 'string' },
  only: { type: 'string' },
} });

// The longest first.
const shards = ['fresh', 'callback'].flatMap((state) => [
  ...trainings.toReversed().map((training) => ({ part: 'matrix', state, training })),
  { part: 'shapes', state },
  { part: 'results', state },
]).filter(({ part }) => options.part === undefined || part === options.part)
  .map((shard, i) => ({ ...shard, full: options.full,
    only: options.only, seed: Number(options.seed) + 7919 * i }));

// Runs one in a process of its own; one that crashes has failed.
function run(shard) {
  const child = spawn(process.execPath,
    [...flags, join(import.meta.dirname, 'shard.mjs'), JSON.stringify(shard)],
    { stdio: ['ignore', 'pipe', 'inherit'] });
  const { part, state, training = '' } = shard;
  const name = [part, state, training].join(' ').trim();
  let sum = { cases: 0, differences: 0, passed: 0, failed: 0 };
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith('{')) sum = JSON.parse(line);
    else console.log(`${name}: ${line}`);
  });
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      const ended = code === 0 && sum.cases > 0;
      if (!ended) console.log(`${name}: ended with ${signal ?? code}: ${JSON.stringify(shard)}`);
      if (options.full) console.log(`${name}: ${sum.cases} cases, ${sum.differences} differences`);
      resolve(ended ? sum : { ...sum, failed: sum.failed + 1 });
    });
  });
}

const total = { cases: 0, differences: 0, passed: 0, failed: 0 };
const waiting = shards[Symbol.iterator]();
await Promise.all(Array.from({ length: availableParallelism() }, async () => {
  for (const shard of waiting) {
    const sum = await run(shard);
    for (const key of Object.keys(total)) total[key] += sum[key];
  }
}));
console.log(`cases: ${total.cases}, differences: ${total.differences}, node ${process.version}`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
