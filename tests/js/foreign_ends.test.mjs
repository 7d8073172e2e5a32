// foreign_ends: threads that call back while things end: the callback, its worker, the process; and
// threads that wait too long. In processes of their own, for what they report.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { runNode } from './support.mjs';
import { prelude } from './thread_support.mjs';

// Gives the lines of standard output and the reports on standard error. The process has to end by
// itself with `status`.
function run(program, { status = 0, ...options } = {}) {
  const child = runNode(prelude + program, options);
  assert.deepEqual([child.status, child.signal], [status, null], child.stderr + child.stdout);
  const reports = child.stderr.split('\n').filter((line) => line.startsWith('springboard: '));
  return { lines: child.stdout.trim().split('\n'), reports };
}

test('an exception is reported, and the caller gets zero', () => {
  const { lines, reports } = run(`
    const callback = UnsafeCallback.threadSafe(plain, function broken() { throw Error('boom'); });
    console.log(await resultOf(symbols.start_i32(callback.pointer, 1)));
    callback.close();
    const bad = UnsafeCallback.threadSafe(plain, () => Symbol('no number'));
    console.log(await resultOf(symbols.start_i32(bad.pointer, 1)));
    bad.close();`);
  assert.deepEqual(lines, ['0', '0']);
  assert.equal(reports.length, 2);
  assert.match(reports[0], /UnsafeCallback broken\(i32\)i32 threw .*: Error: boom$/);
  assert.match(reports[1], /TypeError/);
});

test('closing lets callers go with zero and one report', () => {
  const { lines, reports } = run(`
    let runs = 0;
    const callback = UnsafeCallback.threadSafe(plain, (x) => { runs += 1; return x; });
    const other = UnsafeCallback.threadSafe(plain, (x) => x + 1);
    const jobs = [1, 2, 3].map((x) => symbols.start_i32(callback.pointer, x));
    jobs.push(symbols.start_i32(other.pointer, 4));
    for (const job of jobs) symbols.await_blocked(job);
    callback.close();
    const results = [];
    for (const job of jobs) results.push(await resultOf(job));
    console.log(...results, runs, await resultOf(symbols.start_i32(callback.pointer, 1)));
    other.close();`);
  assert.deepEqual(lines, ['0 0 0 5 0 0']);
  assert.equal(reports.length, 1, reports.join());
  assert.match(reports[0], /was called after it was closed/);
});

test('closing in its own call, while others wait', () => {
  const { lines } = run(`
    const callback = UnsafeCallback.threadSafe(plain, (x) => { callback.close(); return x; });
    const jobs = [1, 2].map((x) => symbols.start_i32(callback.pointer, x));
    for (const job of jobs) symbols.await_blocked(job);
    const results = [];
    for (const job of jobs) results.push(await resultOf(job));
    console.log(...results.sort());`);
  assert.match(lines[0], /^0 [12]$/);
});

test('only a reference keeps the process for threads', () => {
  const referenced = run(`
    const callback = UnsafeCallback.threadSafe(plain, (x) => {
      console.log('ran', x);
      callback.unref();
      return 0;
    });
    symbols.start_i32(callback.pointer, 7);`);
  assert.deepEqual(referenced.lines, ['ran 7']);
  const unreferenced = run(`
    globalThis.callback = new UnsafeCallback(plain, (x) => x);
    symbols.start_callers(callback.pointer, 2);`);
  assert.ok(unreferenced.reports.length <= 1, unreferenced.reports.join());
});

const endings = {
  'the end of the loop': '',
  'process.exit': 'setTimeout(() => process.exit(), 5);',
  'process.exit in a callback': 'leave = true; callback.ref();',
  'an exception nobody catches': "setTimeout(() => { throw new Error('uncaught'); }, 5);",
};
for (const [name, how] of Object.entries(endings)) {
  test(`${name}, while threads call`, () => {
    for (let round = 0; round < 3; round += 1) {
      const { reports } = run(`
        let leave = false;
        globalThis.callback = new UnsafeCallback(plain, (x) => {
          if (leave && symbols.answered() > 20n) process.exit(0);
          return x;
        });
        globalThis.kept = callback;
        symbols.start_callers(callback.pointer, 4);
        await delay(${round});
        ${how}`, { status: name.startsWith('an exception') ? 1 : 0 });
      assert.ok(reports.length <= 1, reports.join());
    }
  });
}

test('a worker that ends, while threads call and wait', () => {
  const { lines, reports } = run(`
    for (let round = 0; round < 10; round += 1) {
      const worker = startWorker(\`
        const callback = UnsafeCallback.threadSafe(plain, (x) => {
          if (workerData.stuck) for (;;);
          return x;
        });
        symbols.start_callers(callback.pointer, 3);
        parentPort.postMessage('started');\`, { stuck: round % 3 === 2 });
      await messageOf(worker);
      await delay(round);
      await worker.terminate();
      symbols.stop_callers();
      await eventually(() => symbols.callers() === 0, 'threads are stuck');
    }
    console.log('healthy');`);
  assert.deepEqual(lines, ['healthy']);
  assert.ok(reports.length >= 1 && reports.length <= 10, reports.join('\n'));
  assert.match(reports[0], /was called after its environment had ended; the call returned zero/);
});

test('a call after the worker has gone', () => {
  const { lines, reports } = run(`
    const worker = startWorker(\`
      globalThis.callback = new UnsafeCallback(plain, (x) => x);
      parentPort.postMessage(addressOf(callback));\`);
    const end = endOf(worker);
    const address = await messageOf(worker);
    await end;
    for (let i = 0; i < 2; i += 1) {
      console.log(await resultOf(symbols.start_i32(UnsafePointer.create(address), 1)));
    }`);
  assert.deepEqual(lines, ['0', '0']);
  assert.equal(reports.length, 1);
  assert.match(reports[0], /its environment had ended/);
});

test('workers call the callbacks of another worker and of the main thread', () => {
  const { lines, reports } = run(`
    const callback = UnsafeCallback.threadSafe(plain, (x) => x + 1000);
    const target = startWorker(\`
      const callback = UnsafeCallback.threadSafe(plain, (x) => x + 100);
      parentPort.postMessage(addressOf(callback));
      parentPort.once('message', () => callback.close());\`);
    const address = await messageOf(target);
    const workers = Array.from({ length: 3 }, () => startWorker(\`
      let sum = 0;
      for (let i = 0; i < 500; i += 1) {
        sum += callAddress(workerData.address, i) + callAddress(workerData.main, i) - 1100;
      }
      parentPort.postMessage(sum);\`, { address, main: addressOf(callback) }));
    for (const sum of await Promise.all(workers.map(messageOf))) console.log(sum);
    target.postMessage('close');
    callback.close();`);
  assert.deepEqual(lines, Array(3).fill(String(500 * 499)));
  assert.deepEqual(reports, []);
});

test('the process ends while workers wait for it', () => {
  for (const how of ['worker.unref();', 'process.exit();', 'await worker.terminate();']) {
    const { lines } = run(`
      globalThis.callback = new UnsafeCallback(plain, (x) => x);
      const worker = startWorker(\`
        parentPort.postMessage('started');
        for (;;) callAddress(workerData, 1);\`, addressOf(callback));
      await messageOf(worker);
      console.log('started');
      ${how}`);
    assert.deepEqual(lines, ['started'], how);
  }
});

const hurry = { env: { SPRINGBOARD_WARN_AFTER_MS: '30' } };

test('a caller that waits for a thread that waits for it is reported, and served later', () => {
  const { lines, reports } = run(`
    const callback = UnsafeCallback.threadSafe(plain, function answer(x) { return x + 1; });
    for (let i = 0; i < 2; i += 1) {
      console.log(symbols.call_and_wait(callback.pointer, 400));
      console.log(await resultOf(symbols.waited()));
    }
    callback.close();`, hurry);
  assert.deepEqual(lines, ['0', '42', '0', '42']);
  assert.equal(reports.length, 1, reports.join());
  assert.match(reports[0], /UnsafeCallback answer\(i32\)i32 .* 30 ms.*'call_and_wait'/);
});

test('a caller that waits for JavaScript or for another callback is reported', () => {
  const { lines, reports } = run(`
    const busy = () => { for (const end = Date.now() + 700; Date.now() < end;); };
    const first = UnsafeCallback.threadSafe(plain, function first(x) { return x; });
    let job = symbols.start_i32(first.pointer, 1);
    busy();
    console.log(await resultOf(job));
    const slow = UnsafeCallback.threadSafe(plain, function slow(x) { busy(); return x; });
    const second = UnsafeCallback.threadSafe(plain, function second(x) { return x; });
    const jobs = [slow, second].map(({ pointer }) => {
      const started = symbols.start_i32(pointer, 2);
      symbols.await_blocked(started);
      return started;
    });
    for (const one of jobs) console.log(await resultOf(one));
    for (const callback of [first, slow, second]) callback.close();`,
  { env: { SPRINGBOARD_WARN_AFTER_MS: '300' } });
  assert.deepEqual(lines, ['1', '2', '2']);
  const of = (name) => reports.filter((one) => one.includes(`UnsafeCallback ${name}(i32)i32 was`));
  // What else a busy machine keeps waiting is reported, too, but once.
  for (const name of ['first', 'second']) assert.equal(of(name).length, 1, reports.join());
  assert.ok(of('slow').length <= 1, reports.join());
  assert.match(of('first')[0], / event loop: it runs JavaScript/);
  assert.match(of('second')[0], / runs UnsafeCallback slow\(i32\)i32/);
});

test('a warning time that makes no sense', () => {
  const { stderr } = runNode(prelude, { env: { SPRINGBOARD_WARN_AFTER_MS: 'soon' } });
  assert.match(stderr, /SPRINGBOARD_WARN_AFTER_MS is 'soon', expected a positive integer/);
});
