// nonblocking_ends: the limits of the pool, and processes and workers that end while nonblocking
// calls wait, run or have just ended.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';

import { nativePath, open, root, runNode } from './support.mjs';
import { endOf, messageOf } from './worker_support.mjs';

const Point = { struct: ['f64', 'f64'] };
const definitions = {
  pass_gate: { parameters: ['u32'], result: 'u32', nonblocking: true },
  open_gate: { parameters: ['u32'], result: 'void' },
  open_gate_later: { name: 'open_gate', parameters: ['u32'], result: 'void', nonblocking: true },
  wait_for_entered: { parameters: ['u32'], result: 'void' },
  entered: { parameters: [], result: 'u32' },
  most_running: { parameters: [], result: 'u32' },
  sum_at_gate: { parameters: ['buffer', 'u32', 'u32'], result: 'u32', nonblocking: true },
  swap_at_gate: { parameters: [Point, 'u32'], result: Point, nonblocking: true },
  sleep_ms: { parameters: ['u32'], result: 'void', nonblocking: true },
  block_forever: { parameters: [], result: 'void', nonblocking: true },
};
// What the programs of child processes begin with.
const preamble = `
  import { counts, dlopen, open } from '${root}/tests/js/support.mjs';
  const lib = open('nonblocking', ${JSON.stringify(definitions)});
  const { symbols } = lib;`;

// Runs a program that ends well and says nothing on standard error.
function run(program, { env = {}, status = 0 } = {}) {
  const result = runNode(preamble + program, { env });
  assert.equal(result.stderr, '');
  assert.deepEqual([result.status, result.signal], [status, null]);
  return result.stdout;
}

// Holds at most `limit` calls at a time while more than it are asked for.
const crowd = `
  const ended = [];
  const calls = Array.from({ length: 200 }, (_, i) => symbols.pass_gate(i % 64).then((gate) => {
    ended.push(i);
    return gate;
  }));
  symbols.wait_for_entered(2);
  console.log(counts().pendingCalls);
  for (let i = 0; i < 64; i += 1) symbols.open_gate(i);
  const values = await Promise.all(calls);
  console.log(values.every((gate, i) => gate === i % 64), new Set(ended).size);
  console.log(symbols.entered(), symbols.most_running(), counts().pendingCalls);`;

const worker = (task) => new Worker(fileURLToPath(import.meta.url), { workerData: task });

function testLimits() {
  for (const [threads, calls] of [[2, 1024], [64, 2], [2, 2]]) {
    test(`200 calls, ${threads} threads, ${calls} of them in the pool`, () => {
      const env = { SPRINGBOARD_POOL_THREADS: `${threads}`, SPRINGBOARD_POOL_CALLS: `${calls}` };
      const lines = run(crowd, { env }).trim().split('\n');
      assert.deepEqual(lines.slice(0, 2), ['200', 'true 200']);
      assert.deepEqual(lines[2].split(' ').map(Number), [200, 2, 0]);
    });
  }

  test('promises are settled in the order in which the calls end', () => {
    // One thread is kept at the gate; the other one takes the calls one after the other.
    const output = run(`
      const order = [];
      const calls = [symbols.pass_gate(0), symbols.open_gate_later(1), symbols.open_gate_later(2),
        symbols.open_gate_later(3), symbols.open_gate_later(0)];
      calls.forEach((call, i) => call.then(() => order.push(i)).then(() => order.push(i)));
      await Promise.all(calls);
      await null;
      const firsts = order.filter((i, at) => order.indexOf(i) === at && i >= 1 && i <= 3);
      console.log(firsts.join(), order.indexOf(0) > order.indexOf(3), order.length);`,
    { env: { SPRINGBOARD_POOL_THREADS: '2' } });
    assert.equal(output, '1,2,3 true 10\n');
  });

  test('one thread runs calls in their order', () => {
    const output = run(`
      const order = [];
      await Promise.all(Array.from({ length: 50 }, (_, i) =>
        symbols.sleep_ms(i % 3 === 0 ? 1 : 0).then(() => order.push(i))));
      console.log(order.every((value, i) => value === i));`,
    { env: { SPRINGBOARD_POOL_THREADS: '1', SPRINGBOARD_POOL_CALLS: '7' } });
    assert.equal(output, 'true\n');
  });

  for (const name of ['SPRINGBOARD_POOL_THREADS', 'SPRINGBOARD_POOL_CALLS']) {
    test(`${name} is a positive integer`, () => {
      for (const bad of ['0', '-1', 'x', '3x', ' 3', '1.5', '99999999999999999999999']) {
        const { status, stderr } = runNode(preamble, { env: { [name]: bad } });
        assert.notEqual(status, 0);
        const message = `Error: ${name} is '${bad}', expected a positive integer`;
        assert.ok(stderr.includes(message), stderr);
      }
      run('', { env: { [name]: '' } });
    });
  }

  const preload = nativePath('no_threads');
  const skip = !(existsSync(preload) && process.arch === 'x64') && 'qemu passes no LD_PRELOAD on';
  test('a call for which there is no thread rejects', { skip }, () => {
    const output = run(`
      const { refuse_threads: refuse } = dlopen(${JSON.stringify(preload)},
        { refuse_threads: { parameters: ['bool'], result: 'void' } }).symbols;
      refuse(true);
      const failures = await Promise.allSettled([symbols.sleep_ms(0), symbols.sleep_ms(0)]);
      for (const { reason } of failures) console.log(reason.name, reason.message);
      console.log(counts().pendingCalls);
      refuse(false);
      console.log(await symbols.sleep_ms(0));
      refuse(true);
      console.log(await Promise.all([symbols.sleep_ms(1), symbols.sleep_ms(0)]));`,
    { env: { LD_PRELOAD: `${process.env.LD_PRELOAD ?? ''} ${preload}` } });
    const line = "Error Nonblocking FFI call failed: there is no thread for it: symbol 'sleep_ms'";
    assert.equal(output, `${line}\n${line}\n0\nnull\n[ null, null ]\n`);
  });
}

function testProcesses() {
  test('a process goes on until its calls are settled', () => {
    assert.equal(run(`
      symbols.sleep_ms(30).then(() => symbols.sleep_ms(1)).then(() => console.log('settled'));`),
    'settled\n');
    assert.equal(run(`
      let last;
      symbols.sleep_ms(30).then(() => { last = 'settled'; });
      process.on('exit', () => console.log(last));
      lib.close();`), 'settled\n');
  });

  // Calls that wait, run and end meanwhile, with buffers and without.
  const busy = `
    const gate = 63;
    for (let i = 0; i < 40; i += 1) {
      symbols.block_forever();
      symbols.sum_at_gate(new Uint8Array(100), 100, gate);
      symbols.sum_at_gate(Buffer.from('a buffer of a pool that belongs to the process'), 4, gate);
    }`;
  const ways = {
    'process.exit() at once': 'process.exit(7);',
    'process.exit() from a timer': 'setTimeout(() => process.exit(7), 5);',
    'process.exit() with calls that end':
      'symbols.wait_for_entered(2); symbols.open_gate(gate); process.exit(7);',
    'process.exit() by what a call has settled':
      'symbols.sleep_ms(1).then(() => process.exit(7)); symbols.open_gate(gate);',
    'an exception that nobody catches':
      "process.on('uncaughtException', () => process.exit(7)); throw new Error('for the test');",
    'calls from the handler of exit': `
      process.on('exit', () => { symbols.sleep_ms(1); symbols.open_gate(gate); });
      process.exit(7);`,
  };
  for (const [name, way] of Object.entries(ways)) {
    test(`a process ends with calls in flight: ${name}`, () => {
      // Some calls have to wait: once for a thread, once before they get into the pool.
      run(busy + way, { env: { SPRINGBOARD_POOL_THREADS: '100' }, status: 7 });
      const env = { SPRINGBOARD_POOL_THREADS: '100', SPRINGBOARD_POOL_CALLS: '50' };
      run(busy + way, { env, status: 7 });
    });
  }

  test('a process whose main thread ends by itself, with calls from the handler of exit', () => {
    for (let i = 0; i < 3; i += 1) {
      run(`process.on('exit', () => {
        for (let i = 0; i < 20; i += 1) symbols.sum_at_gate(new Uint8Array(5000), 5000, 1);
        symbols.block_forever();
        symbols.wait_for_entered(5);
        symbols.open_gate(1);
      });`);
    }
  });
}

function testWorkers() {
  test('a worker goes on until its calls are settled', async () => {
    const made = worker('sleep');
    const end = endOf(made);
    assert.equal(await messageOf(made), 'settled');
    assert.equal(await end, 0);
  });

  test('workers that are terminated with calls in flight', async () => {
    const rounds = async (first) => {
      for (let i = first; i < ROUNDS; i += 2) {
        const idles = i % 3 === 0;
        const made = worker(idles ? 'busy, then idle' : 'busy');
        const end = endOf(made);
        await messageOf(made);
        await made.terminate();
        // One that idles may have ended by itself.
        assert.ok([1, idles ? 0 : 1].includes(await end));
      }
    };
    await Promise.all([rounds(0), rounds(1)]);
    assert.equal(await open('nonblocking', definitions).symbols.sleep_ms(0), null);
  });

  test('a call that never returns does not hold up the end of its worker', async () => {
    const made = worker('forever');
    const end = endOf(made);
    await messageOf(made);
    await made.terminate();
    assert.equal(await end, 1);
  });

  test('a worker that is terminated where an array for a result has a `then` without end',
    async () => {
      const made = worker('endless then');
      const end = endOf(made);
      await messageOf(made);
      await made.terminate();
      assert.equal(await end, 1);
    });

  test('a worker that exits by itself with calls in flight', async () => {
    const made = worker('exit');
    assert.equal(await endOf(made), 3);
  });
}

// Enough to meet every state of a call; the tests are run often.
const ROUNDS = 30;

const tasks = {
  sleep({ sleep_ms: sleep }) {
    sleep(20).then(() => sleep(1)).then(() => parentPort.postMessage('settled'));
  },
  busy(symbols) {
    const again = () => symbols.sum_at_gate(new Uint8Array(200), 200, 9).then(again);
    symbols.open_gate(9);
    for (let i = 0; i < 40; i += 1) again();
    for (let i = 0; i < 40; i += 1) symbols.sleep_ms(i % 4);
    setTimeout(() => parentPort.postMessage('started'), Math.random() * 4);
  },
  'busy, then idle'(symbols) {
    symbols.open_gate(9);
    for (let i = 0; i < 100; i += 1) symbols.sum_at_gate(new Uint8Array(2000), 2000, 9);
    parentPort.postMessage('started');
  },
  forever(symbols) {
    symbols.block_forever();
    symbols.sum_at_gate(new Uint8Array(2000), 2000, 62);
    symbols.wait_for_entered(1);
    parentPort.postMessage('started');
  },
  'endless then'(symbols) {
    const endless = {
      get() {
        parentPort.postMessage('started');
        while (true);
      },
    };
    symbols.open_gate(9);
    for (let i = 0; i < 5; i += 1) {
      const out = Object.defineProperty(new Uint8Array(16), 'then', endless);
      symbols.swap_at_gate(new Uint8Array(16), 9, out);
    }
    // Time for several to end, so that they are settled by one task.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
  },
  exit(symbols) {
    symbols.block_forever();
    for (let i = 0; i < 100; i += 1) symbols.sleep_ms(i % 4);
    setTimeout(() => process.exit(3), 2);
  },
};

if (isMainThread) {
  testLimits();
  testProcesses();
  testWorkers();
} else {
  tasks[workerData](open('nonblocking', definitions).symbols);
}
