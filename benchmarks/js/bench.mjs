// bench: calls from optimised JavaScript, against hand-written V8 fast functions in the same
// process.
//
//   node bench.mjs [--smoke] [--floor ADDON]
//
// Two functions are compared in alternating rounds: one round times both, one directly after the
// other, and gives one ratio; reported are the medians over all rounds. So a machine that becomes
// slower meanwhile slows both. Every loop has a source text of its own, since V8 shares feedback
// between equal ones, and each call depends on the one before it where the row has a result.
//
// Springboard calls differently before and after an isolate's first UnsafeCallback, and for symbols
// that promise to be leaves, so each row is measured in three phases. --smoke only sees that all of
// it runs. Results also go to build/benchmarks/js.json.

import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const require = createRequire(import.meta.url);
const { values: options } = parseArgs({
  options: { smoke: { type: 'boolean' }, floor: { type: 'string' } },
});
const addon = `floor-${process.platform}-${process.arch}-${process.versions.modules}.node`;
const floor = require(resolve(options.floor ?? join(root, 'bazel-bin', 'benchmarks', 'js', addon)));
const { UnsafeCallback, UnsafePointer, dlopen } = require(join(root, 'build', 'springboard-ffi'));

const library = join(root, 'build', 'native', 'libplain.so');
const ROUNDS = options.smoke ? 2 : 25;
const CALLS = options.smoke ? 20_000 : 2_000_000;

const pointer = UnsafePointer.create(0x1000n);
// name, definition, the loop's body, its start value
const rows = [
  ['nop', { parameters: [], result: 'void' }, 'f();', 0],
  ['add_i32', { parameters: ['i32', 'i32'], result: 'i32' }, 'x = f(x, i);', 0],
  ['add_f64', { parameters: ['f64', 'f64'], result: 'f64' }, 'x = f(x, 1.5);', 0.5],
  ['add_u64', { parameters: ['u64', 'u64'], result: 'u64' }, 'x = f(x, 3n);', 2n ** 60n],
  ['same_pointer', { parameters: ['pointer'], result: 'pointer' }, 'x = f(x);', pointer],
];

let loops = 0;
function loop(f, body) {
  loops += 1;
  return new Function('f', `return function loop_${loops}(n, x) {
    for (let i = 0; i < n; ++i) { ${body} }
    return x;
  }`)(f);
}

const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];

function nanoseconds(run, start) {
  const before = process.hrtime.bigint();
  run(CALLS, start);
  return Number(process.hrtime.bigint() - before) / CALLS;
}

// Compares `ours` with the floor's function; both warm up by the loop itself.
function compare(name, body, start, ours) {
  const runFloor = loop(floor[name], body);
  const runOurs = loop(ours, body);
  for (let i = 0; i < 5; i += 1) {
    nanoseconds(runFloor, start);
    nanoseconds(runOurs, start);
  }
  const rounds = Array.from({ length: ROUNDS }, (_, i) => {
    // Who goes first alternates too.
    const first = i % 2 === 0 ? runFloor : runOurs;
    const one = nanoseconds(first, start);
    const two = nanoseconds(first === runFloor ? runOurs : runFloor, start);
    return first === runFloor ? { floor: one, ours: two } : { floor: two, ours: one };
  });
  return {
    floor: median(rounds.map((round) => round.floor)),
    ours: median(rounds.map((round) => round.ours)),
    ratio: median(rounds.map((round) => round.ours / round.floor)),
  };
}

const results = [];
function measure(phase, extra) {
  const definitions = Object.fromEntries(rows.map(([name, definition]) => [name,
    { ...definition, ...extra }]));
  const lib = dlopen(library, definitions);
  for (const [name, , body, start] of rows) {
    results.push({ phase, name, ...compare(name, body, start, lib.symbols[name]) });
  }
  lib.close();
}

measure('no callback');
const callback = new UnsafeCallback({ parameters: ['i32'], result: 'i32' }, (x) => x);
measure('a callback exists');
measure('leaf', { leaf: true });
callback.close();

const digits = (value) => value.toFixed(2).padStart(9);
console.log(`Node.js ${process.versions.node}, V8 ${process.versions.v8}; medians of ${ROUNDS} ` +
  `alternating rounds of ${CALLS} calls, ns per call, loop included`);
console.log(`${'phase'.padEnd(20)}${'call'.padEnd(16)}    floor     ours    ratio`);
for (const { phase, name, floor: least, ours, ratio } of results) {
  const figures = [least, ours, ratio].map(digits).join('');
  console.log(`${phase.padEnd(20)}${name.padEnd(16)}${figures}`);
}
const output = join(root, 'build', 'benchmarks', 'js.json');
mkdirSync(dirname(output), { recursive: true });
const { node, v8 } = process.versions;
const report = { node, v8, smoke: !!options.smoke, results };
writeFileSync(output, `${JSON.stringify(report, null, 2)}\n`);
console.log(`written to ${output.slice(root.length + 1)}`);
