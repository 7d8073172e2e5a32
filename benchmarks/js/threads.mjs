// threads: measures calls that run on other threads than JavaScript's, and callbacks from them.
//
// Every export is named like a row (rows.mjs), takes the runtime's adapter and promises { value },
// nanoseconds of one call or call back. Used once per process (once.mjs). The clock is the wall's,
// since what is measured are two threads and the way between them; the figure is the median of
// batches, after some that are not counted.

import { callsLibrary } from './places.mjs';

const BATCHES = 11;
const UNCOUNTED = 3;
const CALLS = 200;

// The median of what one of `things` takes in a batch.
async function perThing(things, batch) {
  const times = [];
  for (let i = -UNCOUNTED; i < BATCHES; ++i) {
    const before = performance.now();
    await batch();
    if (i >= 0) times.push(performance.now() - before);
  }
  return { value: (times.sort((a, b) => a - b)[BATCHES >> 1] * 1e6) / things };
}

function openNonblocking(adapter, symbol, parameters) {
  const definition = { symbol, parameters, result: 'i32', nonblocking: true };
  const f = adapter.open(callsLibrary, { [symbol]: definition }).functions[symbol];
  return adapter.takesArray ? (...values) => f(values) : f;
}

function expect(actual, expected) {
  if (actual !== expected) throw new Error(`the calls give ${actual}, not ${expected}`);
}

export function nonblocking(adapter) {
  const add = openNonblocking(adapter, 'bench_add_i32', ['i32', 'i32']);
  return perThing(CALLS, async () => {
    let x = 0;
    for (let i = 0; i < CALLS; ++i) x = await add(x, 1);
    expect(x, CALLS);
  });
}

export function nonblocking_100(adapter) {
  const add = openNonblocking(adapter, 'bench_add_i32', ['i32', 'i32']);
  return perThing(CALLS, async () => {
    for (let i = 0; i < CALLS; i += 100) {
      const sums = await Promise.all(Array.from({ length: 100 }, (_, k) => add(k, 1)));
      expect(sums.reduce((a, b) => a + b), 5050);
    }
  });
}

export function foreign_callback(adapter) {
  const callBack = openNonblocking(adapter, 'bench_call_back_from_thread', ['function', 'i32']);
  const callback = adapter.threadSafe((x) => x + 1);
  return perThing(CALLS, async () => expect(await callBack(callback, CALLS), CALLS));
}
