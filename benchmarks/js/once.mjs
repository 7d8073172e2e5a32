// once: measures in a fresh process what happens once, and prints it as JSON.
//
//   RUNTIME once.mjs ADAPTER ROW [COUNT]
//
// A row of threads.mjs is measured there; otherwise ROW is `first_calls` (nanoseconds per call of
// the first COUNT calls), `open` or `open_and_call` (milliseconds for COUNT symbols), or `memory`
// (bytes per symbol for COUNT symbols: resident; and in V8's heap, from malloc, and of code, where
// this process can know). COUNT is 1,000; 10,000 for memory. Their times are the processor time of
// the process, all threads: what other programs do does not count, and what the runtime does
// elsewhere does.

import { rows } from './rows.mjs';
import { callsLibrary, floorAddon, manyLibrary } from './places.mjs';
import * as threads from './threads.mjs';

const [name, rowId, count = rowId === 'memory' ? 10_000 : 1000] = process.argv.slice(2);
const adapter = await import(`./adapters/${name}.mjs`);
const inArray = adapter.takesArray ?? false;

function definitions() {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => {
    const symbol = `many_${String(i).padStart(4, '0')}`;
    return [symbol, { symbol, parameters: ['i32', 'i32'], result: 'i32' }];
  }));
}

// Nanoseconds.
function timed(action) {
  const before = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(before);
  return (user + system) * 1e3;
}

function firstCalls() {
  const row = rows.find(({ id }) => id === 'add_i32');
  const { symbol, parameters, result } = row;
  const { functions } = adapter.open(callsLibrary, { add_i32: { symbol, parameters, result } });
  const f = functions.add_i32;
  let x = 0;
  const took = timed(inArray
    ? () => { for (let i = 0; i < count; ++i) x = f([x, i]); }
    : () => { for (let i = 0; i < count; ++i) x = f(x, i); });
  if (x !== (count * (count - 1)) / 2) throw new Error(`the calls add up to ${x}`);
  return took / count;
}

function openMany(callEach) {
  const wanted = definitions();
  let sum = 0;
  const took = timed(() => {
    const { functions } = adapter.open(manyLibrary, wanted);
    if (!callEach) return;
    for (const key in functions) sum += inArray ? functions[key]([1, 2]) : functions[key](1, 2);
  });
  // Function number n adds its digits with a 1 before them.
  const expected = count * 10_003 + (count * (count - 1)) / 2;
  if (callEach && sum !== expected) throw new Error(`the calls add up to ${sum}`);
  return took / 1e6;
}

const collect = globalThis.Bun ? () => Bun.gc(true) : globalThis.gc;

function memoryNow(addon) {
  for (let i = 0; i < 5; i += 1) collect();
  const { rss, heapUsed } = process.memoryUsage();
  return {
    resident: rss, heap: heapUsed, malloc: addon?.mallocBytes(), code: adapter.codeBytes?.(),
  };
}

function memory() {
  const addon = globalThis.Bun || globalThis.Deno ? undefined : floorAddon();
  const wanted = definitions();
  // What the first library costs beside its symbols is not in the figure.
  const [first] = Object.entries(wanted);
  const warm = adapter.open(callsLibrary,
    { add: { ...first[1], symbol: 'bench_add_i32' } });
  const before = memoryNow(addon);
  const opened = adapter.open(manyLibrary, wanted);
  const after = memoryNow(addon);
  if (!warm || Object.keys(opened.functions).length !== Number(count)) throw new Error('not open');
  const bytes = {};
  for (const key of Object.keys(after)) {
    if (after[key] !== undefined) bytes[key] = (after[key] - before[key]) / count;
  }
  return bytes;
}

function measure() {
  if (adapter.cannot[rowId]) return { cannot: adapter.cannot[rowId] };
  if (rowId in threads) return threads[rowId](adapter);
  if (rowId === 'first_calls') return { value: firstCalls() };
  if (rowId === 'memory') {
    const bytes = memory();
    return { value: bytes.resident, bytes };
  }
  return { value: openMany(rowId === 'open_and_call') };
}

let result;
try {
  result = await measure();
} catch (error) {
  result = { error: String(error?.message || error) };
}
console.log(JSON.stringify(result));
process.exit(0);
