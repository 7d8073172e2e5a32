// soak: `./dev soak`. Calls of every kind, on the main thread and in workers that come and go, for
// as long as it is told; then counts of them, and whether anything of them has stayed.
//
//   soak.mjs [--minutes N] [--seed N] [--json FILE]
//
// Exit code 1 after a wrong result, or if more is alive at the end than after warming up
// (figures.mjs says how much that may be). A crash ends the process, as crashes do.

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { UnsafeCallback, collect, open } from '../js/support.mjs';
import { excess, figures, settled } from './figures.mjs';
import { openLibraries } from './session.mjs';
import { Work, kindNames, newCounts } from './work.mjs';
import { runWorker } from './workers.mjs';

const MAX_WORKERS = 2;
const MAX_FAILURES_SHOWN = 20;
const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    json: { type: 'string' },
  },
});
const seconds = Number(options.minutes) * 60;
const seed = Number(options.seed);
if (!(seconds > 0) || !Number.isInteger(seed)) {
  console.error('soak: --minutes and --seed take positive numbers');
  process.exit(2);
}

const started = performance.now();
const elapsed = () => (performance.now() - started) / 1000;
const failures = [];
const sumOf = (counts) => counts.reduce((sum, count) => sum + Number(count), 0);
const mebibytes = (bytes) => (bytes / 2 ** 20).toFixed(0);

// One line, which replaces itself in a terminal.
let shown = -Infinity;
let callsShown = 0;
function showProgress(counts) {
  const interval = process.stdout.isTTY ? 1 : 10;
  const since = elapsed() - shown;
  if (since < interval) return;
  const calls = sumOf(counts);
  const { liveStubs, residentBytes } = figures();
  const rate = Number.isFinite(since) ? Math.max(0, calls - callsShown) / since : 0;
  const line = `${elapsed().toFixed(0)} s, ${rate.toFixed(0)} calls/s, ` +
    `${mebibytes(residentBytes)} MiB resident, ${liveStubs} stubs, ${failures.length} failures`;
  process.stdout.write(process.stdout.isTTY ? `\r\x1b[K${line}` : `${line}\n`);
  shown = elapsed();
  callsShown = calls;
}

// Everything at once until `until`, in seconds from the start; then all of it is closed.
// `onTurn` is called now and then.
async function soak(counts, workSeed, until, onTurn = () => {}) {
  const work = new Work({ counts, seed: workSeed, thread: 0 });
  let workers = 0;
  await work.all();
  while (elapsed() < until) {
    if (workers < MAX_WORKERS && work.random(10) === 0) {
      workers += 1;
      const random = (below) => work.random(below);
      work.begin('workers', runWorker(counts, random).finally(() => { workers -= 1; }));
    }
    await work.turn();
    failures.push(...work.failures.splice(0));
    showProgress(counts);
    onTurn();
  }
  await work.settle();
  failures.push(...work.failures);
  work.close();
}

// What stays by design, until it stays no longer: the code of the last 4,096 closed callbacks, and
// the first few hundred functions of a context, which V8 keeps. Gives the libraries, open: those
// that are dropped stay loaded once threads have called callbacks.
function fillWhatStays() {
  const definition = { parameters: [], result: 'void' };
  for (let i = 0; i < 4200; i += 1) new UnsafeCallback(definition, () => {}).close();
  const nops = Object.fromEntries(
    Array.from({ length: 1200 }, (_, i) => [`nop${i}`, { name: 'nop', ...definition }]));
  open('calls', nops).close();
  return openLibraries();
}

async function main() {
  console.log(`soak: Node.js ${process.versions.node}, ${options.minutes} minutes, seed ${seed}`);
  const libraries = fillWhatStays();
  const warmUp = Math.min(60, seconds / 4);
  await soak(newCounts(), seed + 1, warmUp);
  const before = await settled(() => true);

  const counts = newCounts();
  const resident = {};
  const begin = elapsed();
  await soak(counts, seed + 2, begin + seconds, () => {
    const share = 100 * (elapsed() - begin) / seconds;
    for (const percent of [10, 50]) {
      if (share < percent || resident[percent] !== undefined) continue;
      collect();
      resident[percent] = process.memoryUsage.rss();
    }
  });
  collect();
  resident[100] = process.memoryUsage.rss();
  const after = await settled((now) => excess(before, now).length === 0);
  report({ counts, resident, before, after });
  for (const library of Object.values(libraries)) library.close();
}

function report({ counts, resident, before, after }) {
  if (process.stdout.isTTY) process.stdout.write('\n');
  const leaks = excess(before, after);
  const calls = Object.fromEntries(kindNames.map((name, i) => [name, Number(counts[i])]));
  const rows = [
    ...Object.entries(calls).map(([name, count]) => [`calls: ${name}`, count]),
    ['calls', sumOf(counts)],
    ...Object.entries(resident)
      .map(([percent, bytes]) => [`resident at ${percent} %, MiB`, mebibytes(bytes)]),
    ...Object.keys(after).map((name) => [`alive: ${name}`, `${before[name]} -> ${after[name]}`]),
  ];
  for (const [name, value] of rows) console.log(`${name.padEnd(28)} ${value}`);
  if (options.json !== undefined) {
    const { version } = process;
    writeFileSync(options.json, `${JSON.stringify(
      { version, seconds, seed, calls, resident, before, after, leaks, failures }, null, 2)}\n`);
  }
  for (const failure of failures.slice(0, MAX_FAILURES_SHOWN)) console.log(`failure: ${failure}`);
  for (const leak of leaks) console.log(`stays: ${leak}`);
  console.log(`${sumOf(counts)} calls, ${failures.length} failures, ${leaks.length} leaks`);
  process.exitCode = failures.length + leaks.length === 0 ? 0 : 1;
}

await main();
