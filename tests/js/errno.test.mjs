// errno: what a native function left in it, kept before anything else can change it, and thrown.

import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { test } from 'node:test';

import {
  assertTier, collect, dlopen, fastBelowCallbacks, heat, nativePath, open, packageFolder, site,
  springboard, typeError, UnsafeCallback, UnsafeFnPointer, UnsafePointer,
} from './support.mjs';

const { SystemError } = springboard.errors;
const pair = ['i32', 'i32'];
const lib = open('out', {
  calls: { name: 'out_calls', parameters: [], result: 'u32' },
  fail: { name: 'fail_i32', parameters: pair, result: 'i32', errno: true },
  plain: { name: 'fail_i32', parameters: pair, result: 'i32' },
  traceless: { name: 'fail_i32', parameters: pair, result: 'i32', errno: true, cxx: true },
  fail_void: { parameters: ['i32'], result: 'void', errno: true },
  fail_buffer: { parameters: ['i32', 'buffer'], result: 'i32', errno: true },
  errno_on_entry: { parameters: [], result: 'i32', errno: true },
  later: { name: 'fail_i32', parameters: pair, result: 'i32', errno: true, nonblocking: true },
  open: { name: 'fail_i32', parameters: pair, result: 'i32', throws: 'errno' },
  laterOpen: { name: 'fail_i32', parameters: pair, result: 'i32', throws: 'errno',
    nonblocking: true },
  laterBoth: { name: 'fail_i32', parameters: pair, result: 'i32', throws: 'errno', errno: true,
    nonblocking: true },
  fail_i64: { parameters: ['i32', 'i64'], result: 'i64', throws: 'errno' },
  fail_i53: { name: 'fail_i64', parameters: ['i32', 'i64'], result: 'i53', throws: 'errno' },
  fail_i8: { parameters: pair, result: 'i8', throws: 'errno' },
  fail_pointer: { parameters: ['i32', 'i64'], result: 'pointer', throws: 'errno' },
  keep: { name: 'keep_errno', parameters: pair, result: 'i32', errno: true, nonblocking: true },
  around: { name: 'fail_around', parameters: ['i32', 'function'], result: 'i32', errno: true },
});
const { symbols } = lib;

const ENOENT = 2;

test('errno of the last call that asked for it', () => {
  assert.equal(symbols.fail(ENOENT, -1), -1);
  assert.equal(lib.errno, ENOENT);
  symbols.fail_void(13);
  assert.equal(lib.errno, 13);
  assert.equal(symbols.fail_buffer(7, new Uint8Array([5])), 5);
  assert.equal(lib.errno, 7);
  symbols.traceless(8, 1);
  assert.equal(lib.errno, 8);
  symbols.plain(9, 1);
  assert.equal(lib.errno, 8, 'a call that did not ask for it changes nothing');
});

test('errno is zero when the function is entered', () => {
  symbols.plain(5, 1);
  assert.equal(symbols.errno_on_entry(), 0);
  assert.equal(lib.errno, 0);
});

test('what happens between the call and the look changes nothing', () => {
  symbols.fail(4, -1);
  assert.throws(() => statSync('/there/is/no/such/file'));
  collect();
  assert.throws(() => dlopen('/there/is/no/library.so', {}));
  symbols.plain(3, -1);
  assert.equal(lib.errno, 4);
});

test('a call that was refused leaves errno as it was', () => {
  symbols.fail(6, 0);
  assert.throws(() => symbols.fail('x', 0), TypeError);
  assert.equal(lib.errno, 6);
});

test('optimised code keeps errno in the stub', () => {
  const run = site('number', 'return fail(number, -1) * 100 + lib.errno;',
    { fail: symbols.fail, lib });
  heat(run, 1);
  assert.equal(run(11), -89);
  let next = 0;
  assertTier(symbols.calls, () => {
    next = next % 100 + 1;
    assert.equal(run(next), next - 100);
  });
});

const bigs = { struct: Array(8).fill('i64') };
const point = { struct: ['f64', 'f64'] };
const pointOf = (x, y) => new Uint8Array(Float64Array.of(x, y).buffer);
const shapes = [
  ['calls', 'weigh12_i32', Array(12).fill('i32'), 'i32', [...Array(12).keys()]],
  ['calls', 'weigh10_f64', Array(10).fill('f64'), 'f64', [...Array(10).keys()]],
  ['calls', 'mixed6', ['i32', 'f64', 'u8', 'f32', 'i64', 'f64'], 'f64', [1, 2, 3, 4, 5, 6]],
  ['calls', 'less_f64', ['f64', 'f64'], 'bool', [1, 2]],
  ['calls', 'add_u64', ['u64', 'u64'], 'u64', [1n, 2n ** 63n]],
  ['structs', 'distance', [point, point], 'f64', [pointOf(0, 0), pointOf(3, 4)]],
  ['structs', 'midpoint', [point, point], point, [pointOf(0, 0), pointOf(3, 4)]],
  ['structs', 'twist_words8', [bigs], bigs, [Uint8Array.from({ length: 64 }, (_, i) => i)]],
];

test('keeping errno changes no result', () => {
  for (const [name, symbol, parameters, result, values] of shapes) {
    for (const rules of [{}, { strict: true }, { leaf: true }, { memory: 'strict' },
      { cxx: true }]) {
      using one = open(name, {
        plain: { name: symbol, parameters, result },
        told: { name: symbol, parameters, result, errno: true, ...rules },
      });
      const list = values.map((_, i) => `x[${i}]`).join();
      const run = site('', `return f(${list});`, { f: one.symbols.told, x: values });
      const expected = one.symbols.plain(...values);
      assert.deepEqual(run(), expected, symbol);
      heat(run);
      assert.deepEqual(run(), expected, `${symbol}, hot`);
    }
  }
});

test('throws in optimised code', () => {
  const run = site('number, result', 'return open(number, result);', { open: symbols.open });
  heat(run, 1, 5);
  assertTier(symbols.calls, () => assert.equal(run(2, 3), 3));
  assert.throws(() => run(ENOENT, -1), { code: 'ENOENT' });
});

test('a callback within the call has an errno of its own', () => {
  let inner;
  using callback = new UnsafeCallback({ parameters: [], result: 'void' }, () => {
    symbols.fail(21, 0);
    inner = lib.errno;
  });
  for (let i = 0; i < 3; i += 1) {
    assert.equal(symbols.around(22, callback.pointer), -1);
    assert.equal(lib.errno, 22);
    assert.equal(inner, 21);
  }
});

test('a promise tells errno of its own call', async () => {
  symbols.fail(1, 0);
  const outcomes = await Promise.all([symbols.later(5, 50), symbols.later(0, 3)]);
  assert.deepEqual(outcomes, [{ result: 50, errno: 5 }, { result: 3, errno: 0 }]);
  assert.equal(lib.errno, 1, 'the errno of this thread');
});

test('pool threads do not see errno of others', async () => {
  const outcomes = await Promise.all([33, 34].map((number) => symbols.keep(number, 100_000)));
  assert.deepEqual(outcomes, [{ result: -1, errno: 33 }, { result: -1, errno: 34 }]);
});

const systemError = (code, errno, syscall, message) => (error) => {
  assert.ok(error instanceof SystemError && error instanceof Error);
  assert.equal(error.name, 'SystemError');
  assert.deepEqual({ ...error }, { errno, code, syscall });
  assert.equal(error.message, message);
  return true;
};

test('-1 and null are thrown as Node throws them', () => {
  const isEnoent = systemError('ENOENT', -2, 'open', 'ENOENT: no such file or directory, open');
  assert.throws(() => symbols.open(ENOENT, -1), isEnoent);
  assert.equal(lib.errno, ENOENT);
  for (const fine of [0, 5, -2]) assert.equal(symbols.open(ENOENT, fine), fine);
  assert.throws(() => symbols.fail_i64(1, -1n),
    systemError('EPERM', -1, 'fail_i64', 'EPERM: operation not permitted, fail_i64'));
  assert.equal(symbols.fail_i64(1, -3n), -3n);
  assert.throws(() => symbols.fail_i53(1, -1), SystemError);
  assert.throws(() => symbols.fail_i8(1, 255), SystemError);
  assert.equal(symbols.fail_i8(1, 127), 127);
  const isEnomem = systemError('ENOMEM', -12, 'fail_pointer',
    'ENOMEM: cannot allocate memory, fail_pointer');
  assert.throws(() => symbols.fail_pointer(12, 0), isEnomem);
  assert.throws(() => symbols.fail_pointer(12, -1), isEnomem);
  assert.equal(UnsafePointer.value(symbols.fail_pointer(12, 16)), 16n);
});

test('strings that are null are thrown', async () => {
  const text = { fail_pointer: { parameters: ['i32', 'i64'], result: 'cstring', throws: 'errno' } };
  using one = open('out', text);
  const isEnomem = { name: 'SystemError', code: 'ENOMEM', syscall: 'fail_pointer' };
  assert.throws(() => one.symbols.fail_pointer(12, 0), isEnomem);
  const bytes = new TextEncoder().encode('words\0');
  const address = UnsafePointer.value(UnsafePointer.of(bytes));
  assert.equal(one.symbols.fail_pointer(12, address), 'words');
  using later = open('out', { fail_pointer: { ...text.fail_pointer, nonblocking: true } });
  await assert.rejects(later.symbols.fail_pointer(12, 0), isEnomem);
  // Of the process: there a sanitizer's free() comes before the C library's, as its malloc() does.
  using libc = dlopen(null, { getcwd: { parameters: ['pointer', 'usize'],
    result: { cstring: 'u8', free: 'free' }, throws: 'errno' } });
  assert.equal(libc.symbols.getcwd(null, 0), process.cwd());
  assert.throws(() => libc.symbols.getcwd(null, 1), { code: 'ERANGE' });
});

test('what frees a result changes nothing', () => {
  using all = dlopen(nativePath('keeping'), {
    thing_new: { parameters: ['i32'], result: { pointer: 'thing', free: 'thing_free' } },
  }, { errno: true });
  const made = all.symbols.thing_new(1);
  symbols.fail(19, 0);
  made.free();
  assert.equal(lib.errno, 19);
});

test('a number without a name is an error all the same', () => {
  assert.throws(() => symbols.open(3000, -1), { code: 'E3000', errno: -3000, syscall: 'open' });
  assert.throws(() => symbols.open(0, -1), { code: 'E0', errno: 0 });
});

test('throws with promises, with enums and with function pointers', async () => {
  assert.equal(await symbols.laterOpen(ENOENT, 4), 4);
  await assert.rejects(symbols.laterOpen(ENOENT, -1),
    systemError('ENOENT', -2, 'laterOpen', 'ENOENT: no such file or directory, laterOpen'));
  assert.deepEqual(await symbols.laterBoth(11, 4), { result: 4, errno: 11 });
  await assert.rejects(symbols.laterBoth(11, -1), { code: 'EAGAIN' });
  using other = open('out', { fail_i32: { parameters: pair, throws: 'errno',
    result: { enum: { BAD: -1, GOOD: 1 }, type: 'i32' } } });
  assert.equal(other.symbols.fail_i32(1, 1), 1);
  assert.throws(() => other.symbols.fail_i32(1, -1), { code: 'EPERM' });
  using callback = new UnsafeCallback({ parameters: [], result: 'i32' }, () => -1);
  const definition = { parameters: [], result: 'i32', throws: 'errno' };
  assert.throws(() => new UnsafeFnPointer(callback.pointer, definition).call(),
    { name: 'SystemError', syscall: 'UnsafeFnPointer' });
});

test('a worker has an errno of its own', async () => {
  const { Worker } = await import('node:worker_threads');
  symbols.fail(23, 0);
  const worker = new Worker(`
    const { parentPort, workerData } = require('node:worker_threads');
    const { dlopen } = require(workerData.packageFolder);
    const lib = dlopen(workerData.path, { fail: { name: 'fail_i32', parameters: ['i32', 'i32'],
      result: 'i32', errno: true } });
    const before = lib.errno;
    let good = 0;
    for (let i = 0; i < 10_000; i += 1) {
      lib.symbols.fail(i % 100, 0);
      if (lib.errno === i % 100) good += 1;
    }
    parentPort.postMessage([before, good]);`,
  { eval: true, workerData: { packageFolder, path: nativePath('out') } });
  const told = new Promise((resolve, reject) => worker.on('message', resolve).on('error', reject));
  const ended = new Promise((resolve) => worker.on('exit', resolve));
  let good = 0;
  for (let i = 0; i < 10_000; i += 1) {
    symbols.fail(100 + i % 20, 0);
    if (lib.errno === 100 + i % 20) good += 1;
  }
  symbols.fail(23, 0);
  assert.deepEqual(await told, [0, 10_000]);
  assert.equal(good, 10_000);
  assert.equal(lib.errno, 23);
  await ended;
});

test('errno through function pointers, hot too', () => {
  using statics = open('out', { fail_i32: { type: 'pointer' } });
  const pointer = new UnsafeFnPointer(statics.symbols.fail_i32,
    { parameters: pair, result: 'i32', errno: true });
  const run = site('number', 'pointer.call(number, 0); return lib.errno;', { pointer, lib });
  assert.equal(run(3), 3);
  heat(run, 1);
  let next = 0;
  // Callbacks exist by now, after which Node 24 has no fast calls.
  assertTier(symbols.calls, () => {
    next += 1;
    assert.equal(run(next), next);
  }, { fast: fastBelowCallbacks });
});

test('errno for a whole library', () => {
  using all = dlopen(nativePath('out'), {
    fail_i32: { parameters: pair, result: 'i32' },
    off: { name: 'fail_i32', parameters: pair, result: 'i32', errno: false },
  }, { errno: true });
  all.symbols.fail_i32(17, 0);
  assert.equal(all.errno, 17);
  all.symbols.off(18, 0);
  assert.equal(all.errno, 17);
  assert.equal(lib.errno, 17, 'it is of the thread, not of the library');
});

test('bad definitions are refused', () => {
  const define = (more) => () => open('out', { f: { name: 'fail_i32', parameters: pair,
    result: 'i32', ...more } });
  const message = "symbol 'f', result";
  for (const result of ['void', 'u32', 'u64', 'f64', 'bool', 'u53', { struct: ['i32'] }]) {
    assert.throws(define({ result, throws: 'errno' }), typeError(message));
  }
  assert.throws(define({ throws: true }),
    typeError("invalid type: boolean, expected 'errno': symbol 'f', field 'throws'"));
  assert.throws(define({ errno: 1 }), typeError("expected boolean: symbol 'f', field 'errno'"));
  for (const rule of [{ errno: true }, { throws: 'errno' }]) {
    assert.throws(() => new UnsafeCallback({ parameters: [], result: 'i32', ...rule }, () => 0),
      typeError('only native functions have errno'));
  }
});
