// invalidation: optimised callers whose assumptions are broken during the native call.
//
// While the native function runs, its callback writes a field that the optimised caller has folded,
// drops or closes what the caller calls, collects, throws, calls the caller again. V8 then discards
// the caller's code below the native frames; the caller must go on with the right result and the
// new value.
//
// Before its first UnsafeCallback an isolate calls in another way than after it. So each group of
// cases runs in a Worker, whose first case makes the callback when its caller is hot; which event
// that is differs from group to group.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Worker, isMainThread, workerData } from 'node:worker_threads';

import { bodies, events, rows, runCase } from './invalidation_cases.mjs';
import { fastTier } from './support.mjs';
import { endOf } from './worker_support.mjs';

// Maglev makes no fast calls, and in the other tiers nobody does: there one group of each row is
// enough to see that the outcome is the same. `step`: of the cases, each or every other one.
const groups = Object.keys(rows).flatMap((row, index) => (fastTier ? [
  { row, optimiser: 'turbofan', callable: 'symbol', step: 1 },
  { row, optimiser: 'turbofan', callable: 'pointer', step: 2 },
  { row, optimiser: 'maglev', callable: index % 2 === 0 ? 'symbol' : 'pointer', step: 2 },
] : [{ row, optimiser: 'turbofan', callable: index % 2 === 0 ? 'symbol' : 'pointer', step: 2 }]));

function runGroup({ row, optimiser, callable, step, first }) {
  const cases = events.flatMap((event) => Object.keys(bodies).map((body) => [event, body]));
  for (let i = 0; i < cases.length; i += step) {
    // Every other event with one body, the rest with the other one.
    const at = (first + i) % cases.length;
    const [event, body] = cases[step === 1 ? at : at ^ (at >> 1 & 1)];
    runCase(row, event, body, { optimiser, callable }, i > 0);
  }
}

if (isMainThread) {
  for (const [index, group] of groups.entries()) {
    const { row, optimiser, callable } = group;
    test(`${row}, ${optimiser}, ${callable}`, async () => {
      // Prime to the number of cases.
      const workerData = { ...group, first: index * 7 };
      const worker = new Worker(fileURLToPath(import.meta.url), { workerData });
      assert.equal(await endOf(worker), 0);
    });
  }
} else {
  runGroup(workerData);
}
