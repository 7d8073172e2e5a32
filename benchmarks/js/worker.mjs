// worker: measures rows in one runtime, on request.
//
//   RUNTIME worker.mjs ADAPTER[,ADAPTER...] PHASE
//
// The driver (../driver) keeps workers of all runtimes alive and asks them in turn for one batch of
// calls, so that whatever slows the machine slows them all. Requests and answers are JSON, one a
// line, on standard input and output:
//
//   { rows: true }                        -> { rows: [...] }
//   { prepare: ROW, milliseconds }        -> { ADAPTER: {} | { cannot } | { error }, ... }
//   { time: ADAPTER }                     -> { nanoseconds } of one call, in one batch
//   { alternate: [ADAPTER, ...], rounds } -> { rounds: [[nanoseconds, ...], ...] }
//
// PHASE is `none`, `callback` (one exists in the isolate from the start) or `leaf` (the same, and
// symbols promise to be leaves). Every loop has a source text of its own, since V8 shares feedback
// between equal ones, and each row has several loops in each adapter, which take turns: where V8
// puts a piece of code can make it a third slower, whatever is in it. `milliseconds` is how long a
// batch should take; a warm-up takes 30 times as long.

import { createInterface } from 'node:readline';

import { rows } from './rows.mjs';
import { callsLibrary } from './places.mjs';

const [adapterNames, phase] = process.argv.slice(2);
const adapters = {};
for (const name of adapterNames.split(',')) adapters[name] = await import(`./adapters/${name}.mjs`);

// The one callback of this process, by adapter.
const callbacks = {};
const increment = (x) => x + 1;
if (phase !== 'none') {
  for (const [name, adapter] of Object.entries(adapters)) {
    if (!adapter.cannot.callback) callbacks[name] = adapter.callback(increment);
  }
}

// Nanoseconds of this thread's processor time, read through the runtime's own foreign functions:
// the same clock everywhere, which stands still while other programs run.
const [owner] = Object.values(adapters);
const clock = owner.open(callsLibrary, {
  clock: { symbol: 'bench_clock', parameters: [], result: 'f64' },
}).functions.clock;
const now = owner.takesArray ? () => clock([]) : () => clock();

const LOOPS_PER_ROW = 3;

let loops = 0;

// The loop over one row's call: run(n) makes n calls and returns `gives`, the last x.
export function makeLoop(body, start, environment, gives = 'x') {
  loops += 1;
  const constants = Object.keys(environment).map((key) => `const ${key} = environment.${key};`);
  return new Function('environment', `${constants.join(' ')}
    return function loop_${loops}(n) {
      let x = ${start};
      for (let i = 0; i < n; ++i) { ${body} }
      return ${gives};
    }`)(environment);
}

function nanoseconds(loop, calls) {
  const before = now();
  loop(calls);
  return now() - before;
}

function show(x) {
  if (x instanceof Uint8Array) return new Float64Array(x.slice().buffer).join();
  if (typeof x === 'object' && x !== null && 'x' in x) return `${x.x},${x.y}`;
  return String(x);
}

function refuses(row, environment) {
  try {
    makeLoop(`f(${row.refuses});`, '0', environment)(1);
    return false;
  } catch {
    return true;
  }
}

// Runs until the loop has had time to be optimised, and finds how many calls a batch takes.
function warmUp(loop, milliseconds) {
  const end = now() + milliseconds * 30e6;
  let calls = 10;
  let took = 0;
  do {
    took = nanoseconds(loop, calls);
    if (took < milliseconds * 0.5e6) calls *= 2;
  } while (now() < end);
  return Math.max(1, Math.round((calls * milliseconds * 1e6) / Math.max(took, 1)));
}

// A row's function in an adapter. The floor calls by address anyway.
function openRow(adapter, row) {
  const { symbol, parameters, result, strict, errno } = row;
  if (symbol === undefined) return {};
  const definition = {
    symbol, parameters, result, ...(strict && { strict }), ...(errno && { errno }),
    ...(phase === 'leaf' && { leaf: true }),
  };
  const key = row.id;
  if (!row.byPointer || !adapter.atPointer) {
    const { functions, library } = adapter.open(callsLibrary, { [key]: definition });
    return { f: functions[key], library };
  }
  const { functions, library } = adapter.open(callsLibrary, {
    [key]: { symbol: `${symbol}_pointer`, parameters: [], result: 'pointer' },
  });
  return { f: adapter.atPointer(functions[key](), definition), library };
}

const prepared = {};

function prepare(name, row, milliseconds) {
  delete prepared[name];
  const adapter = adapters[name];
  const reason = adapter.cannot[row.id];
  if (reason) return { cannot: reason };
  if (row.needsCallback && phase === 'none') return { cannot: 'needs a callback' };
  if (row.needsCallback && phase === 'leaf') return { cannot: 'is no leaf: it calls back' };
  const { f, library } = openRow(adapter, row);
  const environment = { ...adapter.values(row), f, callback: callbacks[name] };
  const [start, after] = adapter.starts?.[row.id] ?? [row.start, row.after];
  const gives = adapter.gives?.[row.id] ?? row.gives;
  const body = adapter.step?.(row) ?? row.step.replace('CALL', `f(${row.args})`);
  const made = Array.from(
    { length: LOOPS_PER_ROW }, () => makeLoop(body, start, environment, gives));
  const ten = made[0](10);
  if (after !== undefined && show(ten) !== after) {
    throw new Error(`ten calls give ${show(ten)}, not ${after}`);
  }
  if (row.out && ten !== environment.out) throw new Error('the result is not `out`');
  if (row.refuses && !adapter.unchecked && !refuses(row, environment)) {
    throw new Error(`${row.refuses} is not refused`);
  }
  const warm = made.map((loop) => ({ loop, calls: warmUp(loop, milliseconds) }));
  prepared[name] = { warm, turns: 0, per: row.per ?? 1, library };
  return {};
}

function attempt(action) {
  try {
    return action();
  } catch (error) {
    return { error: String(error?.message || error || 'an error without a message') };
  }
}

function time(name) {
  const { warm, turns, per } = prepared[name];
  const { loop, calls } = warm[turns % warm.length];
  prepared[name].turns += 1;
  return nanoseconds(loop, calls) / calls / per;
}

// Who goes first alternates too.
function alternate(names, rounds) {
  return Array.from({ length: rounds }, (_, round) => {
    const order = round % 2 === 0 ? names : names.toReversed();
    const times = Object.fromEntries(order.map((name) => [name, time(name)]));
    return names.map((name) => times[name]);
  });
}

function answer(request) {
  if (request.rows) return { rows };
  if (request.prepare) {
    const row = rows.find(({ id }) => id === request.prepare);
    return Object.fromEntries(Object.keys(adapters).map((name) =>
      [name, attempt(() => prepare(name, row, request.milliseconds))]));
  }
  if (request.time) return { nanoseconds: time(request.time) };
  return { rounds: alternate(request.alternate, request.rounds) };
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(attempt(() => answer(JSON.parse(line)))));
}
process.exit(0);
