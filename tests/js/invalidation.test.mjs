// invalidation: optimised callers whose assumptions are broken during the native call.
//
// While the native function runs, a callback writes a field that the optimised caller has folded,
// or a collection clears a map that its code holds weakly. V8 then discards the caller's code below
// the native frames; the caller must go on with the right result and the new value. Each case runs
// in a Worker, because before its first UnsafeCallback an isolate calls in another way than after
// it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Worker, isMainThread, workerData } from 'node:worker_threads';

import { UnsafeCallback, UnsafePointer, collect, heat, open, site } from './support.mjs';

const kinds = {
  void: [undefined], i8: [-5], i32: [-70000], u32: [4000000000], f32: [1.5],
  f64: [0.1], bool: [true],
  i64: [-(2n ** 60n)], u64: [2n ** 63n + 1n], pointer: [UnsafePointer.create(0x7000)],
};
const events = ['write', 'write and collect', 'collect', 'throw', 'write and throw'];
const bodies = {
  plain: 'const r = f(x); return [r, C.scale, o === null ? 0 : o.field];',
  caught: `try { const r = f(x); return [r, C.scale, o === null ? 0 : o.field]; }
    catch (error) { return [error, C.scale]; }`,
};

// One case: `before` says whether the callback exists when the caller becomes hot.
function runCase(kind, event, body, before) {
  const [value] = kinds[kind];
  const parameters = kind === 'void' ? [] : [kind];
  const lib = open('callbacks', {
    keep: { parameters: ['function'], result: 'void' },
    through: { name: `through_${kind}`, parameters, result: kind },
  });
  const C = { scale: 1 };
  const boom = new Error('boom');
  let armed = false;
  const make = () => {
    const callback = new UnsafeCallback({ parameters: [], result: 'void' }, () => {
      if (!armed) return;
      armed = false;
      if (event.includes('write')) C.scale = 2;
      if (event.includes('collect')) collect();
      if (event.includes('throw')) throw boom;
    });
    lib.symbols.keep(callback.pointer);
    return callback;
  };
  let callback = before ? make() : undefined;
  const run = site('x, o', bodies[body], { f: lib.symbols.through, C });
  // The map of `o` is known to nobody but the caller's feedback and code.
  (() => heat(run, value, new (class { field = 3; })()))();
  callback ??= make();
  armed = true;
  const expectedResult = kind === 'pointer' ? '0x7000' : value;
  const shown = (result) => (kind === 'pointer' && !(result instanceof Error)
    ? `0x${UnsafePointer.value(result).toString(16)}` : result);
  const scale = event.includes('write') ? 2 : 1;
  if (event.includes('throw') && body === 'plain') {
    assert.throws(() => run(value, null), (error) => error === boom);
  } else {
    const [result, seen] = run(value, null);
    assert.equal(shown(result), event.includes('throw') ? boom : expectedResult);
    assert.equal(seen, scale);
  }
  assert.equal(armed, false, 'the callback ran');
  const [again, seen] = run(value, null);
  assert.equal(shown(again), expectedResult, 'afterwards');
  assert.equal(seen, scale, 'afterwards');
  lib.symbols.keep(null);
  callback.close();
  lib.close();
}

if (isMainThread) {
  for (const kind of Object.keys(kinds)) {
    for (const before of [true, false]) {
      test(`${kind}, callback made ${before ? 'before' : 'after'} the caller was hot`, async () => {
        const worker = new Worker(fileURLToPath(import.meta.url), { workerData: { kind, before } });
        const [error] = await new Promise((resolve) => {
          worker.once('error', (thrown) => resolve([thrown]));
          worker.once('exit',
            (code) => resolve([code === 0 ? undefined : new Error(`exit ${code}`)]));
        });
        assert.equal(error, undefined, error?.stack);
      });
    }
  }
} else {
  // The first case is the one that may meet an isolate without a callback.
  const { kind, before } = workerData;
  for (const event of events) {
    for (const body of Object.keys(bodies)) runCase(kind, event, body, before);
  }
}
