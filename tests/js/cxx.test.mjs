// cxx: what a C++ exception becomes that leaves a function declared `{ cxx: true }`.
//
// The native library is there three times: compiled by gcc, by clang, and by gcc with a C++
// run-time library of its own that it shows nobody. What happens without `cxx` is in
// cxx_ends.test.mjs.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Worker } from 'node:worker_threads';

import {
  UnsafeCallback, UnsafeFnPointer, assertTier, counts, dlopen, eventually, heat, isBadResource,
  keepCold, nativePath, packageFolder, site,
} from './support.mjs';
import { endOf, messageOf } from './worker_support.mjs';

const builds = ['cxx', 'cxx_clang', 'cxx_static'];
const Pair = { struct: ['i64', 'i64'] };
const i32 = { parameters: ['i32'], result: 'i32' };
const state = { parameters: [], result: 'i32' };
const eighteen = Array.from({ length: 18 }, (_, i) => (i % 2 === 0 ? 'f64' : 'i64'));
const definitions = {
  live: state,
  left: state,
  uncaught: state,
  caught: state,
  divide: { parameters: ['f64', 'f64'], result: 'f64' },
  throw_standard: i32,
  throw_other: i32,
  throw_at_gate: { parameters: [], result: 'void', nonblocking: true },
  waits_at_gate: state,
  open_gate: { parameters: [], result: 'void' },
  throw_below: { parameters: ['i32'], result: 'i64' },
  throw_foreign: { parameters: [], result: 'void' },
  throw_calling: { parameters: ['function'], result: 'void' },
  throw_stubborn: { parameters: [], result: 'void' },
  pair_or_throw: { parameters: [Pair, 'bool'], result: Pair },
  call_then_throw: { parameters: ['function', 'i32', 'bool'], result: 'i32' },
  call_plainly: {
    name: 'call_then_throw', parameters: ['function', 'i32', 'bool'], result: 'i32', cxx: false,
  },
  sum_or_throw: { parameters: ['buffer', 'u32', 'bool'], result: 'u32' },
  throw_many: { parameters: eighteen, result: 'f64' },
  later_divide: { name: 'divide', parameters: ['f64', 'f64'], result: 'f64', nonblocking: true },
  later_standard: { name: 'throw_standard', ...i32, nonblocking: true },
  later_pair: { name: 'pair_or_throw', parameters: [Pair, 'bool'], result: Pair,
    nonblocking: true },
};
const libraries = Object.fromEntries(builds.map(
  (build) => [build, dlopen(nativePath(build), definitions, { cxx: true })]));
after(() => Object.values(libraries).forEach((library) => library.close()));

// A test of every build, after which it must be as if nothing had been thrown. A hidden run-time
// library goes on counting what was thrown, see docs/v8_glue.md.
function testAll(name, run) {
  for (const build of builds) {
    test(`${build}: ${name}`, async () => {
      const { symbols } = libraries[build];
      await run(symbols, build);
      assert.equal(symbols.live(), 0, 'exceptions that still exist');
      assert.equal(symbols.caught(), 0, 'whether one is being caught');
      if (build !== 'cxx_static') assert.equal(symbols.uncaught(), 0, 'std::uncaught_exceptions()');
    });
  }
}

// That `run` throws the Error for a C++ exception in the call of `symbol`.
function assertThrown(run, symbol, cxxType, what) {
  assert.throws(run, (error) => isThrown(error, symbol, cxxType, what));
}
function isThrown(error, symbol, cxxType, what) {
  assert.equal(Object.getPrototypeOf(error), Error.prototype, String(error));
  assert.equal(error.cxxType, cxxType);
  assert.equal(error.what, what);
  const said = what === null ? '' : `: ${what}`;
  assert.equal(error.message, `${symbol} threw ${cxxType}${said}`);
  assert.match(error.stack, /cxx\.test\.mjs|site_|Error: /);
  return true;
}

const standard = [
  ['std::domain_error', 'division by zero'],
  ['std::out_of_range', ''],
  ['std::bad_alloc', 'std::bad_alloc'],
  ['std::system_error', 'late: Connection timed out'],
  ['shop::Refused', 'refused'],
  ['shop::Deep3', 'deep'],
  ['shop::Diamond', 'virtual base'],
  ['shop::Box<std::array<int, 3ul> >', 'boxed'],
  ['shop::Saying', 'é😀 \uFFFD\uFFFD('],
  ['shop::Saying', 'x'.repeat(2 ** 20)],
  ['shop::Saying', null],
  ['shop::Deep3', 'of another thread'],
  ['std::_Nested_exception<shop::Refused>', 'outer'],
  ['shop::Refused', 'again'],
  ['std::exception', 'std::exception'],
];
const other = ['int', 'char const*',
  'std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >', 'shop::Plain',
  'shop::Hidden', 'shop::Ambiguous', 'shop::Nested', 'shop::Code', 'decltype(nullptr)',
  'std::domain_error*', '(anonymous namespace)::ThrowOther(int)::Local', 'int', 'double'];

testAll('standard exceptions, and classes derived from them in every way', (symbols) => {
  const before = symbols.left();
  for (const [which, [type, what]] of standard.entries()) {
    assertThrown(() => symbols.throw_standard(which), 'throw_standard', type, what);
  }
  assert.equal(symbols.left() - before, standard.length, 'frames cleaned up');
});

testAll('what is no std::exception', (symbols) => {
  const before = symbols.left();
  for (const [which, type] of other.entries()) {
    assertThrown(() => symbols.throw_other(which), 'throw_other', type, null);
  }
  assert.equal(symbols.left() - before, other.length, 'frames cleaned up');
});

testAll("another language's exception", (symbols) => {
  assert.throws(() => symbols.throw_foreign(), (error) => {
    assert.match(error.message, /^throw_foreign threw .*'TESTLANG'/);
    assert.equal(error.cxxType, null);
    assert.equal(error.what, null);
    return true;
  });
});

testAll('through many frames', (symbols) => {
  const before = symbols.left();
  assertThrown(() => symbols.throw_below(1000), 'throw_below', 'shop::Refused', 'bottom');
  assert.equal(symbols.left() - before, 1001);
});

testAll('arguments beyond the registers', (symbols) => {
  const values = eighteen.map((type, i) => (type === 'f64' ? i + 1 : BigInt(i + 1)));
  assertThrown(() => symbols.throw_many(...values), 'throw_many', 'shop::Refused', '171');
});

testAll('the property and the Error are plain', (symbols) => {
  let error;
  try {
    symbols.divide(1, 0);
  } catch (thrown) {
    error = thrown;
  }
  assert.deepEqual(Object.entries(error),
    [['cxxType', 'std::domain_error'], ['what', 'division by zero']]);
  assert.match(error.stack, /cxx\.test\.mjs/);
});

testAll('interpreted and optimised callers; results in between', (symbols) => {
  const body = 'try { return f(a, b); } catch (error) { return error; }';
  const run = site('a, b', body, { f: symbols.divide });
  const check = () => {
    assert.equal(run(1, 4), 0.25);
    assert.ok(isThrown(run(1, 0), 'divide', 'std::domain_error', 'division by zero'));
    assert.equal(run(1, -2), -0.5);
    assert.equal(run('1', 0).constructor, TypeError);
  };
  keepCold(check);
  check();
  heat(run, 1, 2);
  check();
  heat(run, 1, 0);
  check();
});

test('every call takes the ordinary way', () => {
  const { divide } = libraries.cxx.symbols;
  let made = 0;
  const run = heat(site('', 'return f(1, 2);', { f: divide }));
  assertTier(() => made, () => { made += 1; run(); }, { fast: false });
});

testAll('structs: what was to take the result is as before', (symbols) => {
  const pair = new BigInt64Array([1n, 2n]);
  const out = new BigInt64Array([7n, 8n]);
  const fails = () => symbols.pair_or_throw(pair, true, out);
  assertThrown(fails, 'pair_or_throw', 'shop::Refused', 'no pair');
  assert.deepEqual([...out, ...pair], [7n, 8n, 1n, 2n]);
  assert.equal(symbols.pair_or_throw(pair, false, out), out);
  assert.deepEqual([...out], [2n, 1n]);
});

testAll('buffers, on the heap of V8 and off it', (symbols) => {
  for (const length of [8, 4096]) {
    const bytes = new Uint8Array(length).fill(1);
    for (let i = 0; i < 3; i += 1) {
      assertThrown(() => symbols.sum_or_throw(bytes, length, true), 'sum_or_throw',
        'shop::Refused', String(length));
      assert.equal(symbols.sum_or_throw(bytes, length, false), length);
    }
  }
});

testAll('a function pointer', (symbols, build) => {
  const library = dlopen(nativePath(build), { divide: { type: 'pointer' } });
  const divide = new UnsafeFnPointer(library.symbols.divide, { ...definitions.divide, cxx: true });
  assert.equal(divide.call(1, 2), 0.5);
  assertThrown(() => divide.call(1, 0), 'UnsafeFnPointer', 'std::domain_error', 'division by zero');
  library.close();
});

testAll('nonblocking: the promise is rejected, and the threads go on', async (symbols) => {
  await assert.rejects(symbols.later_divide(1, 0),
    (error) => isThrown(error, 'later_divide', 'std::domain_error', 'division by zero'));
  assert.equal(await symbols.later_divide(1, 2), 0.5);
  const out = new BigInt64Array([7n, 8n]);
  await assert.rejects(symbols.later_pair(new BigInt64Array([1n, 2n]), true, out),
    (error) => isThrown(error, 'later_pair', 'shop::Refused', 'no pair'));
  assert.deepEqual([...out], [7n, 8n]);
  const settled = await Promise.allSettled(
    Array.from({ length: 200 }, (_, i) => symbols.later_standard(i % standard.length)));
  for (const [i, { reason }] of settled.entries()) {
    assert.ok(isThrown(reason, 'later_standard', ...standard[i % standard.length]));
  }
});

testAll('thrown after a callback', (symbols) => {
  const seen = [];
  const callback = new UnsafeCallback(i32, (value) => seen.push(value));
  const call = () => symbols.call_then_throw(callback.pointer, 5, true);
  assertThrown(call, 'call_then_throw', 'shop::Refused', 'after the callback');
  assert.deepEqual(seen, [5]);
  assert.equal(symbols.call_then_throw(callback.pointer, 6, false), 2);
  callback.close();
});

testAll('below a callback: caught at the inner call, whatever the outer one is', (symbols) => {
  for (const outer of [symbols.call_then_throw, symbols.call_plainly]) {
    const before = symbols.left();
    let inner;
    const caught = new UnsafeCallback(i32, (value) => {
      try {
        return symbols.throw_standard(value);
      } catch (error) {
        inner = error;
        return 17;
      }
    });
    assert.equal(outer(caught.pointer, 4, false), 17);
    assert.ok(isThrown(inner, 'throw_standard', 'shop::Refused', 'refused'));
    assert.equal(symbols.left() - before, 2, 'both frames ended, each in its way');
    const passed = new UnsafeCallback(i32, (value) => symbols.throw_standard(value));
    assertThrown(() => outer(passed.pointer, 5, false), 'throw_standard', 'shop::Deep3', 'deep');
    [caught, passed].forEach((callback) => callback.close());
  }
});

testAll('at every level of ten', (symbols) => {
  let depth = 0;
  const callback = new UnsafeCallback(i32, (value) => {
    depth += 1;
    const deeper = () => symbols.call_then_throw(callback.pointer, value - 1, true);
    if (value === 0) return 0;
    assertThrown(deeper, 'call_then_throw', 'shop::Refused', 'after the callback');
    return value;
  });
  assert.equal(symbols.call_then_throw(callback.pointer, 10, false), 10);
  assert.equal(depth, 11);
  callback.close();
});

testAll('the exception itself calls back, from what() and its destructor', (symbols) => {
  const seen = [];
  const callback = new UnsafeCallback({ parameters: ['i32'], result: 'void' }, (value) => {
    seen.push(value);
    // Another exception while the first is being caught.
    assertThrown(() => symbols.throw_standard(5), 'throw_standard', 'shop::Deep3', 'deep');
  });
  const call = () => symbols.throw_calling(callback.pointer);
  assertThrown(call, 'throw_calling', 'shop::Calling', 'calling');
  assert.deepEqual(seen, [1, 2]);
  callback.close();
});

testAll('the destructor throws another', (symbols) => {
  for (let i = 0; i < 3; i += 1) {
    assertThrown(() => symbols.throw_stubborn(), 'throw_stubborn', 'shop::Stubborn', null);
  }
});

test('the library can be closed by a callback, and afterwards', () => {
  const stubs = counts().liveStubs;
  const library = dlopen(nativePath('cxx'), definitions, { cxx: true });
  const callback = new UnsafeCallback(i32, () => { library.close(); return 1; });
  const { symbols } = library;
  const call = () => symbols.call_then_throw(callback.pointer, 0, true);
  assertThrown(call, 'call_then_throw', 'shop::Refused', 'after the callback');
  assert.throws(call, isBadResource);
  callback.close();
  return eventually(() => counts().liveStubs <= stubs + 1, 'the stubs are freed');
});

// Runs `text` in a worker, terminates it at its first message, and waits for its end.
async function terminateAtMessage(build, text) {
  const worker = new Worker(`
    const { UnsafeCallback, dlopen } = require(${JSON.stringify(packageFolder)});
    const { parentPort } = require('node:worker_threads');
    const { symbols } = dlopen(${JSON.stringify(nativePath(build))},
      ${JSON.stringify(definitions)}, { cxx: true });
    ${text}`, { eval: true });
  const [end, message] = [endOf(worker), messageOf(worker)];
  await message;
  await worker.terminate();
  await end;
}

testAll('its worker is terminated in the callback before', async (symbols, build) => {
  const before = symbols.left();
  await terminateAtMessage(build, `
    const callback = new UnsafeCallback({ parameters: ['i32'], result: 'i32' }, () => {
      parentPort.postMessage('');
      for (;;);
    });
    symbols.call_then_throw(callback.pointer, 0, true);`);
  assert.equal(symbols.left(), before + 1);
});

testAll('its worker has ended when a nonblocking call throws', async (symbols, build) => {
  const before = symbols.left();
  await terminateAtMessage(build, `
    symbols.throw_at_gate();
    while (!symbols.waits_at_gate());
    parentPort.postMessage('');`);
  assert.equal(symbols.left(), before);
  symbols.open_gate();
  await eventually(() => symbols.left() === before + 1 && symbols.live() === 0, 'it was thrown');
});

testAll('two thousand', (symbols) => {
  for (let i = 0; i < 2_000; i += 1) {
    const expected = standard[i % 9];
    try {
      symbols.throw_standard(i % 9);
      assert.fail('it returned');
    } catch (error) {
      if (error.cxxType !== expected[0] || error.what !== expected[1]) throw error;
    }
  }
});
