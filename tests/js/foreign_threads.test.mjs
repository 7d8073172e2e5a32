// foreign_threads: callbacks that native threads call, which wait until the isolate's thread has
// run them.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { UnsafeCallback, UnsafePointer, UnsafePointerView, collect } from './support.mjs';
import { addressOf, callAddress, openThreads, plain, resultOf } from './thread_support.mjs';

const Point = { struct: ['f64', 'f64'] };
const kinds = {
  i8: [-128, 127], u8: [255], i16: [-32768], u16: [65535], i32: [-(2 ** 31), 2 ** 31 - 1],
  u32: [2 ** 32 - 1], i64: [-(2n ** 63n), 2n ** 63n - 1n], u64: [2n ** 64n - 1n],
  f32: [1.5, -0, NaN], f64: [0.1, -Infinity], bool: [true, false],
  pointer: [null, UnsafePointer.create(0x1234)],
  point: [new Uint8Array(new Float64Array([1.5, -2.5]).buffer)],
};
const typeOf = (name) => (name === 'point' ? Point : name);
const lib = openThreads({
  ...Object.fromEntries(Object.keys(kinds).flatMap((name) => [
    [`start_${name}`, { parameters: ['function', typeOf(name)], result: 'pointer' }],
    [`take_${name}`, { parameters: ['pointer'], result: typeOf(name) }]])),
  start_eleven: { parameters: ['function'], result: 'pointer' },
  start_row: { parameters: ['function', 'i32', 'i32'], result: 'pointer' },
  start_seen: { parameters: ['function'], result: 'pointer' },
});
const { symbols } = lib;
after(() => lib.close());

const result = (job, name) => resultOf(job, symbols[`take_${name}`]);

async function withCallback(definition, callback, use) {
  const made = UnsafeCallback.threadSafe(definition, callback);
  try {
    return await use(made.pointer, made);
  } finally {
    made.close();
  }
}

for (const [name, values] of Object.entries(kinds)) {
  test(`${name} in and out`, async () => {
    const seen = [];
    const definition = { parameters: [typeOf(name)], result: typeOf(name) };
    const comparable = (value) => (name === 'pointer' ? UnsafePointer.value(value) : value);
    await withCallback(definition, (value) => { seen.push(value); return value; },
      async (function_) => {
        for (const value of values) {
          const returned = await result(symbols[`start_${name}`](function_, value), name);
          assert.deepEqual(comparable(returned), comparable(value));
        }
      });
    assert.deepEqual(seen.map(comparable), values.map(comparable));
  });
}

test('eleven parameters of all classes', async () => {
  const definition = {
    parameters: ['i8', 'u16', 'i32', 'u64', 'f32', 'f64', 'bool', 'pointer', Point, 'i64', 'f64'],
    result: 'f64',
  };
  let seen;
  await withCallback(definition, (...args) => { seen = args; return 0.25; }, async (function_) => {
    assert.equal(await result(symbols.start_eleven(function_), 'f64'), 0.25);
  });
  seen[7] = UnsafePointer.value(seen[7]);
  seen[8] = [...new Float64Array(seen[8].buffer)];
  assert.deepEqual(seen, [-1, 2, -3, 4n, 5.5, 6.5, true, 0x1234n, [7.5, 8.5], -9n, 10.5]);
});

test('many threads at once, with collections', async () => {
  let calls = 0;
  const callback = (thread, i) => {
    calls += 1;
    if (calls % 500 === 0) collect();
    return thread * 10000 + i;
  };
  await withCallback({ parameters: ['i32', 'i32'], result: 'i32' }, callback, async (function_) => {
    const jobs = Array.from({ length: 16 }, (_, n) => symbols.start_row(function_, n, 100));
    for (const job of jobs) assert.equal(await result(job, 'i32'), 0, 'wrong results');
  });
  assert.equal(calls, 1600);
});

test('calls are run in the order in which they came', async () => {
  const seen = [];
  await withCallback(plain, (value) => { seen.push(value); return value; }, async (function_) => {
    // Each thread waits in its call before the next one starts; the loop does not turn meanwhile.
    const jobs = [];
    for (let i = 1; i <= 8; i += 1) {
      jobs.push(symbols.start_i32(function_, i));
      symbols.await_blocked(jobs.at(-1));
    }
    assert.deepEqual(seen, []);
    for (const [i, job] of jobs.entries()) assert.equal(await result(job, 'i32'), i + 1);
  });
  assert.deepEqual(seen, [1, 2, 3, 4, 5, 6, 7, 8]);
});

test('microtasks run before the caller goes on', async () => {
  await withCallback({ parameters: ['pointer'], result: 'void' }, (target) => {
    const number = new Int32Array(UnsafePointerView.getArrayBuffer(target, 4));
    number[0] = 1;
    (async () => {
      for (let i = 0; i < 10; i += 1) await undefined;
      number[0] = 42;
    })();
  }, async (function_) => {
    assert.equal(await result(symbols.start_seen(function_), 'i32'), 42);
  });
});

test('a callback that makes native calls, which call back', async () => {
  const inner = new UnsafeCallback(plain, (value) => value * 2);
  await withCallback(plain, (value) => callAddress(addressOf(inner), value) + 1,
    async (function_) => {
      assert.equal(await result(symbols.start_i32(function_, 20), 'i32'), 41);
    });
  inner.close();
});
