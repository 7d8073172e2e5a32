// workers: every worker_threads environment has a Springboard of its own.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';

import { UnsafeCallback, heat, nativePath, open, packageFolder, site } from './support.mjs';
import { endOf, messageOf } from './worker_support.mjs';

function work(rounds) {
  const calls = open('calls', {
    add: { name: 'add_i32', parameters: ['i32', 'i32'], result: 'i32' },
  });
  const callbacks = open('callbacks', {
    call_i32: { parameters: ['function', 'i32'], result: 'i32' },
  });
  const { add } = calls.symbols;
  const run = heat(site('a, b', 'return add(a, b);', { add }), 1, 2);
  const callback = new UnsafeCallback({ parameters: ['i32'], result: 'i32' }, (x) => run(x, 1));
  let sum = 0;
  for (let i = 0; i < rounds; i += 1) {
    sum += run(i, 1) + callbacks.symbols.call_i32(callback.pointer, i);
  }
  callback.close();
  callbacks.close();
  calls.close();
  return sum;
}
const expected = (rounds) => rounds * (rounds + 1);

function start(task) {
  return new Worker(fileURLToPath(import.meta.url), { workerData: task });
}

if (isMainThread) {
  test('load, call, call back, one after the other', async () => {
    for (let i = 0; i < 5; i += 1) {
      const worker = start('work');
      // Before its message comes: a busy process may get both events at once.
      const end = endOf(worker);
      assert.equal(await messageOf(worker), expected(2000));
      assert.equal(await end, 0);
    }
    assert.equal(work(2000), expected(2000));
  });

  test('at the same time', async () => {
    const workers = Array.from({ length: 4 }, () => start('work'));
    const results = workers.map(messageOf);
    const ends = workers.map(endOf);
    assert.equal(work(2000), expected(2000));
    assert.deepEqual(await Promise.all(results), Array(4).fill(expected(2000)));
    assert.deepEqual(await Promise.all(ends), [0, 0, 0, 0]);
  });

  test('terminated in the middle of hot calls', async () => {
    for (let i = 0; i < 5; i += 1) {
      const worker = start('forever');
      const end = endOf(worker);
      await messageOf(worker);
      await new Promise((resolve) => setTimeout(resolve, 5 * i));
      await worker.terminate();
      assert.equal(await end, 1);
    }
    assert.equal(work(100), expected(100));
  });

  // Springboard runs some JavaScript of its own, and asks Node, without passing on what is thrown.
  // A worker is told to end only once.
  for (const task of ['loading', 'opening', 'asking']) {
    test(`terminated in what exceptions do not leave: ${task}`, async () => {
      const flag = new Int32Array(new SharedArrayBuffer(4));
      const worker = start({ task, flag });
      const end = endOf(worker);
      // A worker that fails instead ends the test.
      while (flag[0] === 0) {
        const ended = await Promise.race([end, new Promise((resolve) => setTimeout(resolve, 5))]);
        assert.equal(ended, undefined);
      }
      worker.terminate();
      assert.equal(await Promise.race([end, new Promise((resolve) => {
        setTimeout(resolve, 10_000, 'goes on').unref();
      })]), 1);
    });
  }

  test('a worker that leaves everything open', async () => {
    const worker = start('leave open');
    const end = endOf(worker);
    assert.equal(await messageOf(worker), 42);
    assert.equal(await end, 0);
    assert.equal(work(100), expected(100));
  });
} else if (workerData.task !== undefined) {
  const { task, flag } = workerData;
  const bytes = globalThis.Uint8Array;
  // What is read of Uint8Array is there; whoever makes one goes no further.
  function Endless() {
    for (flag[0] = 1;;);
  }
  Endless.prototype = bytes.prototype;
  if (task === 'loading') globalThis.Uint8Array = Endless;
  let asked = false;
  if (task === 'asking') process.permission = { has: () => !asked || new Endless() };
  // A copy for this worker, which has loaded the other already.
  const require = createRequire(import.meta.url);
  delete require.cache[require.resolve(packageFolder)];
  delete require.cache[require.resolve(`${packageFolder}/load.js`)];
  const { dlopen } = require(packageFolder);
  globalThis.Uint8Array = task === 'opening' ? Endless : bytes;
  asked = true;
  dlopen(nativePath('structs'), {
    calls_made: { parameters: [], result: { struct: ['i32', 'i32'] } },
  });
  new Endless();
} else if (workerData === 'work') {
  parentPort.postMessage(work(2000));
} else if (workerData === 'forever') {
  const lib = open('callbacks', { call_i32: { parameters: ['function', 'i32'], result: 'i32' } });
  const callback = new UnsafeCallback({ parameters: ['i32'], result: 'i32' }, (x) => x + 1);
  parentPort.postMessage('started');
  for (let i = 0; ; i = lib.symbols.call_i32(callback.pointer, i) & 0xffff);
} else {
  const lib = open('callbacks', { call_i32: { parameters: ['function', 'i32'], result: 'i32' } });
  globalThis.callback = new UnsafeCallback({ parameters: ['i32'], result: 'i32' }, (x) => x + 1);
  parentPort.postMessage(lib.symbols.call_i32(globalThis.callback.pointer, 41));
}
