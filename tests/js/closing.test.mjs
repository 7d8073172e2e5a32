// closing: libraries and callbacks that are closed, and environments that end, while native calls
// of theirs are under way: from callbacks at any depth, from other threads, from the loop.

import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import vm from 'node:vm';

import {
  UnsafeCallback, UnsafePointer, collect, dlopen, eventually, heat, isBadResource, keepCold,
  nativePath, open, runNode, site,
} from './support.mjs';
import { plain, prelude, startWorker } from './thread_support.mjs';
import { endOf, messageOf } from './worker_support.mjs';

const folder = mkdtempSync(join(tmpdir(), 'springboard-closing-'));
after(() => rmSync(folder, { recursive: true }));

// A library that nothing else has open: whether it is mapped can be seen.
let copies = 0;
function ownCopy(name) {
  const path = join(folder, `${copies += 1}.so`);
  copyFileSync(nativePath(name), path);
  return { path, mapped: () => readFileSync('/proc/self/maps', 'utf8').includes(path) };
}

const kinds = {
  void: [], i8: ['i8', -5], u32: ['u32', 4000000000], i64: ['i64', -(2n ** 60n)],
  f32: ['f32', 1.5], f64: ['f64', 0.1], bool: ['bool', true],
  pointer: ['pointer', UnsafePointer.create(0x7000)],
};

for (const [kind, values] of Object.entries(kinds)) {
  test(`a library is closed by a callback under its own call: ${kind}`, async () => {
    for (const hot of [false, true]) {
      const copy = ownCopy('callbacks');
      const { symbols, close } = (() => {
        const lib = dlopen(copy.path, {
          keep: { parameters: ['function'], result: 'void' },
          through: { name: `through_${kind}`, parameters: values.slice(0, 1), result: kind },
        });
        return { symbols: lib.symbols, close: () => lib.close() };
      })();
      const run = site('x', 'return f(x);', { f: symbols.through });
      let levels = 0;
      let ends = false;
      const callback = new UnsafeCallback({ parameters: [], result: 'void' }, () => {
        if (levels > 0) {
          levels -= 1;
          run(values[1]);
        } else if (ends) {
          ends = false;
          close();
          collect();
          assert.throws(() => run(values[1]), isBadResource);
          assert.throws(close, isBadResource);
          assert.ok(copy.mapped(), 'the native function is still running');
        }
      });
      symbols.keep(callback.pointer);
      if (hot) heat(run, values[1]);
      else keepCold(run);
      levels = 5;
      ends = true;
      const result = run(values[1]);
      if (kind === 'pointer') assert.ok(UnsafePointer.equals(result, values[1]));
      else assert.equal(result, values[1]);
      assert.throws(() => run(values[1]), isBadResource);
      await eventually(() => !copy.mapped(), 'it stays mapped');
      callback.close();
    }
  });
}

test('a library is closed by the callback of its own nonblocking call', async () => {
  const copy = ownCopy('callbacks');
  const lib = dlopen(copy.path, { call: { name: 'call_i32', parameters: ['function', 'i32'],
    result: 'i32', nonblocking: true } });
  const { call } = lib.symbols;
  const callback = new UnsafeCallback(plain, (x) => {
    if (x === 1) {
      lib.close();
      collect();
    }
    return x * 2;
  });
  const others = [2, 3, 4].map((x) => call(callback.pointer, x));
  assert.deepEqual(await Promise.all([call(callback.pointer, 1), ...others]), [2, 4, 6, 8]);
  await assert.rejects(call(callback.pointer, 5), isBadResource);
  await eventually(() => !copy.mapped(), 'it stays mapped');
  callback.close();
});

test('a library is closed by the callback of another one, whose thread waits', () => {
  const pool = open('callbacks', { call: { name: 'call_i32', parameters: ['function', 'i32'],
    result: 'i32', nonblocking: true } });
  const hot = open('calls', {
    add: { name: 'add_i32', parameters: ['i32', 'i32'], result: 'i32' },
  });
  const run = heat(site('a, b', 'return f(a, b);', { f: hot.symbols.add }), 1, 2);
  const callback = new UnsafeCallback(plain, () => {
    assert.equal(run(1, 2), 3);
    hot.close();
    assert.throws(() => run(1, 2), isBadResource);
    return 1;
  });
  return pool.symbols.call(callback.pointer, 0).then((result) => {
    assert.equal(result, 1);
    assert.throws(() => run(1, 2), isBadResource);
    callback.close();
    pool.close();
  });
});

test('a library that a worker closes stays for the others', async () => {
  const copy = ownCopy('calls');
  const definition = { add: { name: 'add_i32', parameters: ['i32', 'i32'], result: 'i32' } };
  const lib = dlopen(copy.path, definition);
  const run = heat(site('a, b', 'return f(a, b);', { f: lib.symbols.add }), 1, 2);
  const workers = [1, 2, 3].map(() => startWorker(`
    import { dlopen, heat, site } from '${new URL('support.mjs', import.meta.url)}';
    for (let i = 0; i < 20; i += 1) {
      const lib = dlopen(workerData.path, workerData.definition);
      const run = heat(site('a, b', 'return f(a, b);', { f: lib.symbols.add }), 1, 2);
      lib.close();
      try { run(1, 2); throw new Error('it can be called'); } catch (error) {
        if (error.name !== 'BadResource') throw error;
      }
    }`, { path: copy.path, definition }));
  const ends = Promise.all(workers.map(endOf));
  let done = false;
  ends.finally(() => { done = true; });
  while (!done) {
    for (let i = 0; i < 1000; i += 1) assert.equal(run(i, 1), i + 1);
    await new Promise(setImmediate);
  }
  assert.deepEqual(await ends, [0, 0, 0]);
  lib.close();
  assert.throws(() => run(1, 2), isBadResource);
  await eventually(() => !copy.mapped(), 'it stays mapped');
});

// --- Callbacks

const ends = open('ends', {
  count_nonzero: { parameters: ['function', 'i32'], result: 'i32' },
});
const calls = open('callbacks', { call_i32: { parameters: ['function', 'i32'], result: 'i32' } });

test('a callback is closed at the bottom of calls of itself', async () => {
  for (const hot of [false, true]) {
    const run = site('c, x', 'return f(c, x);', { f: calls.symbols.call_i32 });
    let closes = false;
    const callback = new UnsafeCallback(plain, (x) => {
      if (x > 0) return run(callback.pointer, x - 1) + 1;
      if (closes) {
        callback.close();
        collect();
        assert.throws(() => callback.ref(), isBadResource);
      }
      return 100;
    });
    if (hot) heat(run, callback.pointer, 1);
    closes = true;
    assert.equal(run(callback.pointer, 8), 108);
  }
});

test('native code goes on calling a callback that closed itself: zero, and one report', () => {
  const { status, stdout, stderr } = runNode(`${prelude}
    const { symbols: { count_nonzero: count } } = open('ends', {
      count_nonzero: { parameters: ['function', 'i32'], result: 'i32' } });
    let ran = 0;
    const callback = new UnsafeCallback(plain, function third(i) {
      ran += 1;
      if (i === 2) callback.close();
      return 1;
    });
    console.log(count(callback.pointer, 1000), ran);
    console.log(callAddress(UnsafePointer.value(callback.pointer), 1));
    const late = new UnsafeCallback(plain, function late() {
      return { valueOf() { late_.close(); return 5; } };
    });
    const late_ = late;
    console.log(callAddress(addressOf(late), 1), callAddress(addressOf(late), 1));`);
  assert.deepEqual([status, stdout], [0, '3 3\n0\n5 0\n'], stderr);
  const reports = stderr.trim().split('\n');
  assert.equal(reports.length, 2, stderr);
  assert.match(reports[0], /UnsafeCallback third\(i32\)i32 was called after it was closed/);
  assert.match(reports[1], /UnsafeCallback late\(i32\)i32 was called after it was closed/);
});

test('a callback throws after it has closed itself and the library', () => {
  const lib = open('callbacks', { call_i32: { parameters: ['function', 'i32'], result: 'i32' } });
  const run = site('c, x', 'return f(c, x);', { f: lib.symbols.call_i32 });
  let boom;
  const callback = new UnsafeCallback(plain, (x) => {
    if (boom === undefined) return x;
    callback.close();
    lib.close();
    throw boom;
  });
  heat(run, callback.pointer, 1);
  boom = new Error('boom');
  assert.throws(() => run(callback.pointer, 1), (error) => error === boom);
  assert.throws(() => run(callback.pointer, 1), isBadResource);
  assert.equal(ends.symbols.count_nonzero(null, 0), 0);
});

// --- Contexts

test('functions and callbacks of contexts that have been collected', async () => {
  const made = [];
  for (let i = 0; i < 50; i += 1) {
    const context = vm.createContext({ UnsafeCallback, add: calls.symbols.call_i32 });
    const { callback, call } = vm.runInContext(`({
      callback: new UnsafeCallback({ parameters: ['i32'], result: 'i32' }, (x) => {
        if (x < 0) throw new RangeError('negative');
        return x + 1;
      }),
      call: (c, x) => add(c, x),
    })`, context);
    heat(call, callback.pointer, 1);
    made.push(callback.pointer, callback);
    if (i % 2 === 0) call(callback.pointer, 1);
  }
  for (let i = 0; i < 5; i += 1) {
    collect();
    await new Promise(setImmediate);
  }
  for (let i = 0; i < made.length; i += 2) {
    assert.equal(calls.symbols.call_i32(made[i], i), i + 1);
    assert.throws(() => calls.symbols.call_i32(made[i], -1),
      (error) => error.name === 'RangeError' && !(error instanceof RangeError));
    made[i + 1].close();
  }
});

// --- Environments and processes

// With everything open that there is, and in use.
const everything = `
  import { createRequire } from 'node:module';
  import { heat, packageFolder, site } from '${new URL('support.mjs', import.meta.url)}';
  const { install } = createRequire(packageFolder + '/')('./load.js');
  const other = {};
  install(other);
  const libs = Array.from({ length: 4 }, () => open('callbacks', {
    call: { name: 'call_i32', parameters: ['function', 'i32'], result: 'i32' },
    pool: { name: 'call_i32', parameters: ['function', 'i32'], result: 'i32', nonblocking: true },
  }));
  let leaving;
  const leave = () => { const now = leaving; leaving = undefined; now?.(); };
  const callback = UnsafeCallback.threadSafe(plain, (x) => {
    if (x > 0 && x < 9) return libs[x % 4].symbols.call(callback.pointer, x - 1);
    if (x === 0) leave();
    return x;
  });
  globalThis.kept = [libs, callback, new other.UnsafeCallback(plain, (x) => x)];
  libs[3].close();
  libs[3] = libs[2];
  symbols.start_callers(callback.pointer, 3);
  const again = () => libs[0].symbols.pool(callback.pointer, 9).then(again);
  for (let i = 0; i < 8; i += 1) again();
  const run = heat(site('c, x', 'return f(c, x);', { f: libs[1].symbols.call }),
    callback.pointer, 10);
  await delay(2);
`;
const endings = {
  'in a callback, process.exit': ['leaving = () => process.exit(5); run(callback.pointer, 8);', 5],
  'in a callback, an exception': [
    "leaving = () => { throw new Error('left'); }; run(callback.pointer, 8);", 1],
  'in the callback of a thread, process.exit': [
    'leaving = () => process.exit(5); again = () => {};'
      + 'libs[0].symbols.pool(callback.pointer, 8);', 5],
  'an exception in a microtask': ["Promise.reject(new Error('left'));", 1],
  'after callbacks were closed': ['callback.close(); globalThis.kept[2].close();', undefined],
};
for (const [name, [how, status]] of Object.entries(endings)) {
  const program = everything.replace('const again', 'let again') + how;

  test(`the end of a process with everything in use: ${name}`, () => {
    const ending = status === undefined ? `${how} process.exit(5);` : how;
    const child = runNode(prelude + program.replace(how, ending));
    assert.deepEqual([child.status, child.signal], [status ?? 5, null], child.stderr);
    assert.doesNotMatch(child.stderr, /FATAL|Assertion|Check failed/i);
  });

  test(`the end of a worker with everything in use: ${name}`, () => {
    // A process of its own: its threads go on calling when the worker has ended.
    const ending = status === undefined ? `${how} process.exit(5);` : how;
    const child = runNode(`${prelude}
      for (let i = 0; i < 3; i += 1) {
        const worker = startWorker(${JSON.stringify(program.replace(how, ending))});
        const code = await new Promise((resolve) => {
          worker.on('error', (error) => { if (error.message !== 'left') throw error; });
          worker.once('exit', resolve);
        });
        console.log(code);
      }
      symbols.stop_callers();
      await eventually(() => symbols.callers() === 0, 'threads are stuck');`);
    assert.deepEqual([child.status, child.signal], [0, null], child.stderr);
    assert.equal(child.stdout, `${status ?? 5}\n`.repeat(3), child.stderr);
  });
}

test("a script's own emit('exit') ends nothing", async () => {
  const { status, stdout, stderr } = runNode(`${prelude}
    const callback = UnsafeCallback.threadSafe(plain, (x) => x + 1);
    process.emit('exit', 0);
    console.log(await resultOf(symbols.start_i32(callback.pointer, 41)));
    callback.close();`);
  assert.deepEqual([status, stdout, stderr], [0, '42\n', '']);
});
