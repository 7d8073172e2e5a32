// stack_overflow: JavaScript and native code that call each other until the stack ends. Each time
// it is a RangeError, which can be caught at any depth, and afterwards everything works.
//
// Every case runs on the main thread, in workers with stacks of several sizes, and in processes
// with other limits of V8's.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Worker, isMainThread, workerData } from 'node:worker_threads';

import {
  UnsafeCallback, UnsafeFnPointer, UnsafePointer, UnsafePointerView, counts, fastBelowCallbacks,
  heat, keepCold, open, root, runNode, site,
} from './support.mjs';
import { endOf } from './worker_support.mjs';

const Half = { struct: Array(4096).fill('i64') };
const Big = { struct: [Half, Half] };
const Middle = { struct: Array(1024).fill('i64') };
const Point = { struct: ['f64', 'f64'] };
const bytes = new Uint8Array(65536);
const pointer = UnsafePointer.create(0x7000);

// name: [library, symbol, result, parameters after the callback, arguments, callback's parameters]
const one = (type, value, symbol) =>
  ['callbacks', symbol ?? `call_${type}`, type, [type], [value], [type]];
const inFrame = (size) => ['ends', 'call_in_frame', 'i32', ['i32', 'u32'], [7, size], ['i32']];
const cases = {
  void: ['callbacks', 'call_void', 'void', [], [], []],
  i32: one('i32', -7), u8: one('u8', 7), i64: one('i64', 7n), f64: one('f64', 0.5),
  f32: one('f32', 1.5), bool: one('bool', true), pointer: one('pointer', pointer),
  point: one(Point, bytes.subarray(0, 16), 'call_point'),
  'a frame of 1 KiB': inFrame(1 << 10),
  'a frame of 20 KiB': inFrame(20 << 10),
  'a frame of 60 KiB': inFrame(60 << 10),
  'a frame of 100 KiB': inFrame(100 << 10),
  '8 KiB by value': ['ends', 'call_with_middle', 'i64', ['i64', Middle],
    [7n, bytes.subarray(0, 8192)], ['i64']],
  '64 KiB in and out': ['ends', 'call_big', Big, [Big], [bytes], [Big]],
  'four times 64 KiB': ['ends', 'call_with_bigs', 'i64', ['i64', Big, Big, Big, Big],
    [7n, bytes, bytes, bytes, bytes], ['i64']],
  '255 parameters': ['ends', 'call_many', 'i64', ['i64'], [7n], Array(255).fill('i64')],
};
// Only where the stack has megabytes below V8's limit: the rest is the native function's affair.
const onlyMain = { 'a frame of 400 KiB': inFrame(400 << 10) };

const isOverflow = (error) => error instanceof RangeError &&
  error.message.startsWith('Maximum call stack size exceeded');

// A function that calls native code, which calls it, `limit.depth` times at most.
function recursion([library, symbol, result, parameters, args, callbackParameters], hot) {
  const lib = open(library, {
    [symbol]: { parameters: ['function', ...parameters], result },
  });
  const state = { depth: 0, limit: 1, caughtAt: -1, caught: undefined };
  let back;
  const callback = new UnsafeCallback({ parameters: callbackParameters, result }, (value) => {
    const depth = ++state.depth;
    if (depth >= state.limit) return value;
    if (depth !== state.caughtAt) return back();
    try {
      back();
    } catch (error) {
      state.caught = error;
    }
    return value;
  });
  const names = args.map((_, i) => `a${i}`);
  const run = site(['c', ...names].join(), `return f(${['c', ...names].join()});`,
    { f: lib.symbols[symbol] });
  back = () => run(callback.pointer, ...args);
  if (hot) {
    heat(run, callback.pointer, ...args);
  } else {
    keepCold(run);
  }
  const enter = (limit, caughtAt = -1) => {
    Object.assign(state, { depth: 0, limit, caughtAt, caught: undefined });
    return back();
  };
  return { enter, state, close() { callback.close(); lib.close(); } };
}

function overflows(definition, hot) {
  const { enter, state, close } = recursion(definition, hot);
  const expected = enter(1);
  for (let round = 0; round < 3; round += 1) {
    assert.throws(() => enter(Infinity), isOverflow);
    const { depth } = state;
    assert.ok(depth >= 1, 'nothing was called');
    assert.deepEqual(enter(1), expected, 'afterwards');
    if (depth < 4) continue;
    assert.deepEqual(enter(Infinity, depth >> 1), expected, 'caught half way');
    assert.ok(isOverflow(state.caught));
    assert.deepEqual(enter(2), expected, 'after that');
  }
  close();
}

// --- Everything that the API does, at every distance from the end of the stack

let nested = 'u8';
for (let i = 0; i < 60; i += 1) nested = { struct: [nested, 'u8'] };

function operations() {
  const i32 = { parameters: ['function', 'i32'], result: 'i32' };
  const { symbols } = open('callbacks', {
    call_i32: i32, pool: { name: 'call_i32', ...i32, nonblocking: true },
  });
  const echo = new UnsafeCallback({ parameters: ['i32'], result: 'i32' }, (x) => x);
  const thrower = new UnsafeCallback({ parameters: ['i32'], result: 'i32' },
    () => { throw new Error('thrown'); });
  const memory = new Uint8Array(16);
  return {
    dlopen() {
      const lib = open('callbacks', {
        deep: { name: 'call_void', parameters: ['function', { struct: [nested, 'f64'] }],
          result: nested },
        wide: { name: 'call_void', parameters: Array(255).fill('i32'), result: 'void' },
      });
      lib.close();
      lib.symbols.wide();
    },
    missing: () => open('callbacks', { none: { parameters: [], result: 'void' } }),
    wrong: () => open('callbacks', { x: { parameters: [{ struct: [nested, 'u9'] }] } }),
    callback() {
      const made = UnsafeCallback.threadSafe({ parameters: [nested], result: nested }, () => 1);
      made.close();
    },
    function: () => new UnsafeFnPointer(echo.pointer, { parameters: ['i32'], result: 'i32' })
      .call(1),
    call: () => assert.ok(symbols.call_i32(echo.pointer, 2) === 2),
    convert: () => symbols.call_i32(1, 2),
    thrown: () => symbols.call_i32(thrower.pointer, 2),
    pool: () => symbols.pool(echo.pointer, 2),
    memory() {
      const view = new UnsafePointerView(UnsafePointer.of(memory));
      view.getBigInt64();
      view.copyInto(new Uint8Array(view.getArrayBuffer(8)));
      UnsafePointer.create(UnsafePointer.value(UnsafePointer.offset(view.pointer, 1)));
    },
  };
}

function runOperations() {
  for (const [name, operation] of Object.entries(operations())) {
    let frames = 0;
    let tried = 0;
    let done = 0;
    const outcome = () => {
      try {
        operation();
      } catch (error) {
        return error.message;
      }
      return 'done';
    };
    const expected = outcome();
    // Frames of the interpreter are of about 100 bytes: each of the last 64, then some further off.
    const step = keepCold((n) => {
      try {
        step(n + 1);
      } catch {
        // Here is where the stack ends.
      }
      frames += 1;
      if (frames > 64 && (frames % 32 !== 0 || frames > 2500)) return;
      tried += 1;
      const got = outcome();
      if (got === expected) done += 1;
      else assert.ok(got.startsWith('Maximum call stack size exceeded'), `${name}: ${got}`);
    });
    step(0);
    assert.ok(tried > 64 && done > 0, `${name}: ${done} of ${tried} went as they should`);
    assert.equal(outcome(), expected, `${name} afterwards`);
  }
}

function runAll(chosen) {
  for (const [name, definition] of Object.entries(chosen)) {
    for (const hot of [false, true]) {
      try {
        overflows(definition, hot);
      } catch (error) {
        throw new Error(`${name}, ${hot ? 'optimised' : 'interpreted'}: ${error.message}`,
          { cause: error });
      }
    }
  }
}

function testMainThread() {
  for (const [name, definition] of Object.entries({ ...cases, ...onlyMain })) {
    for (const hot of [false, true]) {
      test(`${name}, ${hot ? 'optimised' : 'interpreted'}`, () => overflows(definition, hot));
    }
  }

  test('optimised callers enter the fast stub, unless they copy much', () => {
    for (const [name, ordinary] of [['i32', 0], ['f64', 0], ['8 KiB by value', 0],
      ['64 KiB in and out', 4], ['255 parameters', 0]]) {
      const { enter, close } = recursion(cases[name], true);
      const before = counts().ordinaryCalls;
      enter(4);
      const expected = fastBelowCallbacks ? ordinary : 4;
      assert.equal(counts().ordinaryCalls - before, expected, name);
      close();
    }
  });

  test('everything else that the API does, near the end', runOperations);

  test('what finds no room names it', () => {
    const { enter, close } = recursion(cases['a frame of 100 KiB'], false);
    assert.throws(() => enter(Infinity), { name: 'RangeError', message:
      /^Maximum call stack size exceeded: no room for UnsafeCallback \(i32\)i32$/ });
    close();
  });
}

function testWorkers() {
  // MiB; Node keeps 192 KiB of them for native code.
  for (const stackSizeMb of [4, 1, 0.5]) {
    test(`a worker with a stack of ${stackSizeMb} MiB`, async () => {
      const worker = new Worker(fileURLToPath(import.meta.url),
        { workerData: 'run', resourceLimits: { stackSizeMb } });
      assert.equal(await endOf(worker), 0);
    });
  }

  test('a struct too many for the end of a worker names the symbol', async () => {
    const worker = new Worker(fileURLToPath(import.meta.url), { workerData: 'structs' });
    assert.equal(await endOf(worker), 0);
  });
}

function testProcesses() {
  const program = `
    import { runCases } from '${root}/tests/js/stack_overflow.test.mjs';
    runCases();
    console.log('ended');`;
  // KiB. The last is more than there is: V8 does not notice where the stack ends.
  for (const size of [300, 3000, 7500, 100000]) {
    test(`--stack-size=${size}`, () => {
      const { status, signal, stdout, stderr } = runNode(program,
        { flags: [`--stack-size=${size}`], env: { STACK_OVERFLOW_CASES: '1' } });
      assert.deepEqual([status, signal, stdout], [0, null, 'ended\n'], stderr);
    });
  }
}

// For processes of testProcesses().
export function runCases() {
  const { i32, point, 'a frame of 20 KiB': frame, '64 KiB in and out': big } = cases;
  runAll({ i32, point, frame, big });
}

if (process.env.STACK_OVERFLOW_CASES === undefined) {
  if (isMainThread) {
    testMainThread();
    testWorkers();
    testProcesses();
  } else if (workerData === 'run') {
    runAll(cases);
    runOperations();
  } else {
    const { enter, close } = recursion(cases['four times 64 KiB'], true);
    const messages = new Set();
    const step = keepCold(() => {
      try {
        step();
      } catch {
        // Here is where the stack ends.
      }
      try {
        enter(1);
      } catch (error) {
        assert.ok(isOverflow(error));
        messages.add(error.message.split(': ')[1]);
      }
    });
    step();
    assert.ok(messages.has("symbol 'call_with_bigs' takes 262144 bytes of it"));
    enter(1);
    close();
  }
}
