// dropped: libraries and callbacks that end by `using`, and those that nobody closes.

import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { UnsafeCallback, isBadResource, nativePath, open, runNode } from './support.mjs';
import { plain, prelude } from './thread_support.mjs';

const add = { add: { name: 'add_i32', parameters: ['i32', 'i32'], result: 'i32' } };

// Node.js 24 has the syntax behind a flag.
const flags = Number(process.versions.v8.split('.')[0]) >= 14
  ? [] : ['--js-explicit-resource-management'];
function run(program) {
  const child = runNode(prelude + program, { flags });
  assert.equal(child.status, 0, child.stderr);
  const reports = child.stderr.split('\n').filter((line) => line.startsWith('springboard: '));
  return { lines: child.stdout.trim().split('\n'), reports };
}

test('using closes a library and a callback', () => {
  const { lines } = run(`
    let sum;
    let address;
    {
      using lib = open('calls', ${JSON.stringify(add)});
      using callback = new UnsafeCallback(plain, (x) => lib.symbols.add(x, 1));
      sum = lib.symbols.add;
      address = addressOf(callback);
      console.log(callAddress(address, 41));
    }
    try { sum(1, 2); } catch (error) { console.log(error.name); }
    console.log(callAddress(address, 41));
    try {
      using callback = new UnsafeCallback(plain, (x) => x);
      callback.close();
    } catch (error) { console.log(error.name); }`);
  assert.deepEqual(lines, ['42', 'BadResource', '0', 'BadResource']);
});

test('Symbol.dispose is close', () => {
  const lib = open('calls', add);
  lib[Symbol.dispose]();
  assert.throws(() => lib.close(), isBadResource);
  const callback = new UnsafeCallback(plain, (x) => x);
  callback[Symbol.dispose]();
  assert.throws(() => callback.close(), isBadResource);
});

test('the first library and the first callback that are dropped are reported', () => {
  const { lines, reports } = run(`
    let kept;
    let runs = 0;
    (() => {
      // V8 keeps the first few hundred functions of a context: enough come before those looked at.
      const many = Array.from({ length: 1000 },
        (_, i) => ['f' + i, { name: 'add_i32', parameters: ['i32', 'i32'], result: 'i32' }]);
      for (let i = 0; i < 4; i += 1) open('calls', Object.fromEntries(many));
      const first = new UnsafeCallback(plain, function dropped(x) { runs += 1; return x + 1; });
      kept = addressOf(first);
      new UnsafeCallback(plain, (x) => x);
    })();
    // Reports are written to this process's standard error, so only time tells that all are there.
    for (let i = 0; i < 20; i += 1) { collect(); await delay(5); }
    console.log(callAddress(kept, 41), runs);`);
  assert.deepEqual(lines, ['42 1']);
  assert.equal(reports.length, 2, reports.join('\n'));
  const [callback, library] = reports.sort();
  assert.match(callback, /UnsafeCallback dropped\(i32\)i32 was collected without close\(\)/);
  assert.match(library, /the library '.*libcalls.so' was collected without close\(\)/);
  for (const report of reports) assert.match(report, /Others .* are not reported$/);
});

test('a library that is dropped stays loaded when threads have called', (t) => {
  // The library of the support may stay for other reasons.
  const folder = mkdtempSync(join(tmpdir(), 'springboard-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const copy = join(folder, 'threads.so');
  copyFileSync(nativePath('threads'), copy);
  const { lines, reports } = run(`
    import { dlopen } from '${new URL('support.mjs', import.meta.url)}';
    let runs = 0;
    const callback = UnsafeCallback.threadSafe(plain, (x) => { runs += 1; return x; });
    const start = { parameters: ['function', 'i32'], result: 'i32' };
    (() => {
      const many = Array.from({ length: 1000 },
        (_, i) => ['f' + i, { name: 'start_callers', ...start }]);
      for (let i = 0; i < 4; i += 1) dlopen('${copy}', Object.fromEntries(many));
      dlopen('${copy}', { start_callers: start }).symbols.start_callers(callback.pointer, 3);
    })();
    await eventually(() => runs > 0, 'a call');
    for (let i = 0; i < 20; i += 1) { collect(); await delay(5); }
    const before = runs;
    await eventually(() => runs > before, 'a call after the collection');
    console.log('called');
    process.exit();`);
  assert.deepEqual(lines, ['called']);
  const [dropped] = reports.filter((report) => report.includes('collected'));
  assert.match(dropped, /threads.so' .* stays loaded, because threads .* have called callbacks/);
});

test('what is closed, referenced, in use or left at the end is not reported', () => {
  const { lines, reports } = run(`
    const definition = ${JSON.stringify(add)};
    const left = open('calls', definition);
    globalThis.left = [left, new UnsafeCallback(plain, (x) => x)];
    const { add } = (() => open('calls', definition).symbols)();
    const referenced = (() => {
      open('calls', definition).close();
      new UnsafeCallback(plain, (x) => x).close();
      return new WeakRef(UnsafeCallback.threadSafe(plain, (x) => x));
    })();
    for (let i = 0; i < 10; i += 1) { collect(); await delay(2); }
    console.log(add(20, 22), referenced.deref().unref());`);
  assert.deepEqual(lines, ['42 0']);
  assert.deepEqual(reports, []);
});

test('counts of references', () => {
  const callback = new UnsafeCallback(plain, (x) => x);
  assert.deepEqual([callback.unref(), callback.ref(), callback.ref()], [0, 1, 2]);
  assert.deepEqual([callback.unref(), callback.unref(), callback.unref()], [1, 0, 0]);
  assert.equal(callback.ref(), 1);
  callback.close();
  assert.equal(callback.unref(), 0);
  assert.throws(() => callback.ref(), isBadResource);
  const safe = UnsafeCallback.threadSafe(plain, (x) => x);
  assert.equal(safe.ref(), 2);
  safe.close();
  assert.throws(() => safe.close(), isBadResource);
});
