// two_copies: the package loaded from two files in one thread, as when two dependencies bring one
// each. A callback of either may run below a hot call of the other, which must have been told.
//
// Each case runs in a Worker: only an isolate's first callback tells anybody.

import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Worker, isMainThread, workerData } from 'node:worker_threads';

import { collect, fastBelowCallbacks, heat, nativePath, packageFolder, site } from './support.mjs';
import { endOf } from './worker_support.mjs';

const values = { i32: 5, i64: 5n, f64: 0.5, bool: true, void: undefined };

// `caller` and `calledBack` are two copies. `early`: the second is loaded when the first one's
// caller is hot.
function runCase({ type, copies, early }) {
  const require = createRequire(import.meta.url);
  const caller = require(copies[0]);
  let calledBack = early ? require(copies[1]) : undefined;
  const parameters = type === 'void' ? [] : [type];
  const lib = caller.dlopen(nativePath('callbacks'), {
    keep: { parameters: ['function'], result: 'void' },
    through: { name: `through_${type}`, parameters, result: type },
  });
  const C = { scale: 1 };
  const run = site('x', 'const r = f(x); return [r, C.scale];', { f: lib.symbols.through, C });
  heat(run, values[type]);
  calledBack ??= require(copies[1]);
  assert.notEqual(calledBack, caller);
  const callback = new calledBack.UnsafeCallback({ parameters: [], result: 'void' }, () => {
    C.scale += 1;
    collect();
  });
  lib.symbols.keep(callback.pointer);
  for (let round = 2; round < 5; round += 1) {
    assert.deepEqual(run(values[type]), [values[type], round]);
  }
  lib.symbols.keep(null);
  callback.close();
  for (let i = 0; i < 3; i += 1) heat(run, values[type]);
  const ordinaryCalls = () =>
    caller[Symbol.for('springboard.internals')].counts().ordinaryCalls;
  const before = ordinaryCalls();
  run(values[type]);
  assert.equal(ordinaryCalls() - before, fastBelowCallbacks ? 0 : 1);
  // A symbol of either that comes later knows, too.
  const opened = [caller, calledBack].map((copy) => copy.dlopen(nativePath('callbacks'), {
    keep: { parameters: ['function'], result: 'void' },
    through: { name: `through_${type}`, parameters, result: type },
  }));
  for (const [index, { symbols }] of opened.entries()) {
    const scaled = { scale: 1 };
    const late = site('x', 'const r = f(x); return [r, scaled.scale];',
      { f: symbols.through, scaled });
    heat(late, values[type]);
    const other = [calledBack, caller][index];
    const writes = new other.UnsafeCallback({ parameters: [], result: 'void' }, () => {
      scaled.scale = 7;
      collect();
    });
    symbols.keep(writes.pointer);
    assert.deepEqual(late(values[type]), [values[type], 7]);
    symbols.keep(null);
    writes.close();
    opened[index].close();
  }
  lib.close();
}

if (isMainThread) {
  const copy = mkdtempSync(join(tmpdir(), 'springboard-'));
  cpSync(packageFolder, copy, { recursive: true });
  after(() => rmSync(copy, { recursive: true }));
  for (const [index, type] of Object.keys(values).entries()) {
    for (const copies of [[packageFolder, copy], [copy, packageFolder]]) {
      const early = (copies[0] === copy) === (index % 2 === 0);
      const order = `${copies[0] === copy ? 'the copy' : 'the package'} calls, ` +
        `the other one is ${early ? 'there' : 'loaded later'}`;
      test(`${type}: ${order}`, async () => {
        const workerData = { type, copies, early };
        const worker = new Worker(fileURLToPath(import.meta.url), { workerData });
        assert.equal(await endOf(worker), 0);
      });
    }
  }
} else {
  runCase(workerData);
}
