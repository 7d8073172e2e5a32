// cxx_ends: C++ exceptions that nobody takes end the process, with a message that names the library
// and the function; never do they pass through V8's frames or another native call's.
//
// Each test runs processes of its own. What `{ cxx: true }` makes of exceptions is in cxx.test.mjs.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { fastTier, nativePath, root, runNode } from './support.mjs';

const prologue = `
  import { Worker } from 'node:worker_threads';
  import { UnsafeCallback, UnsafeFnPointer, counts, dlopen, heat, nativePath, site }
    from 'file://${root}/tests/js/support.mjs';
  const i32 = { parameters: ['i32'], result: 'i32' };
  const nothing = { parameters: [], result: 'void' };
  const open = (build, rules) => dlopen(nativePath(build), {
    left: { parameters: [], result: 'i32' },
    divide: { parameters: ['f64', 'f64'], result: 'f64' },
    later_divide: { name: 'divide', parameters: ['f64', 'f64'], result: 'f64', nonblocking: true },
    later_end: { name: 'end_thread', ...nothing, nonblocking: true },
    throw_standard: i32,
    throw_other: i32,
    throw_in_noexcept: nothing,
    call_terminate: nothing,
    throw_on_own_thread: nothing,
    set_own_handler: nothing,
    call_then_throw: { parameters: ['function', 'i32', 'bool'], result: 'i32' },
    catch_around: { parameters: ['function', 'i32'], result: 'i32' },
  }, rules);
`;

function runChild(program) {
  const { signal, status, stdout, stderr } = runNode(prologue + program);
  return { signal, status, stdout, stderr, all: `${signal} ${status}\n${stdout}${stderr}` };
}

// That the process was ended by `throw`, with a report for each of `parts` and nothing else said.
function assertEnded(program, ...parts) {
  const child = runChild(`${program}; console.log('went on');`);
  assert.equal(child.signal, 'SIGABRT', child.all);
  assert.equal(child.stdout, '', child.all);
  for (const part of parts) assert.ok(child.stderr.includes(part), `${part} in ${child.all}`);
  assert.equal(child.stderr.split('springboard: ').length, parts.length === 0 ? 1 : 2, child.all);
  return child;
}

const advice = '{ cxx: true }';
const threw = (symbol, build = 'cxx') =>
  `a C++ exception ends the process: '${symbol}' of ${nativePath(build)} threw `;

test('an ordinary call, in every build of the library', () => {
  for (const build of ['cxx', 'cxx_clang', 'cxx_static']) {
    assertEnded(`open('${build}').symbols.divide(1, 0)`,
      `${threw('divide', build)}std::domain_error: division by zero\n`,
      `in ${nativePath(build)}+0x`, advice,
      "terminate called after throwing an instance of 'std::domain_error'");
  }
});

test('what is no std::exception; a definition against its library', () => {
  assertEnded(`
    const library = dlopen(nativePath('cxx'), { f: { ...i32, name: 'throw_other', cxx: false } },
      { cxx: true });
    library.symbols.f(3)`, `${threw('throw_other')}shop::Plain\n`, advice);
});

test('an optimised call', { skip: !fastTier && 'there are no fast stubs in this tier' }, () => {
  const program = (build) => `
    const run = heat(site('a, b', 'return f(a, b);', { f: open('${build}').symbols.divide }), 1, 2);
    const before = counts().ordinaryCalls;
    run(1, 2);
    if (counts().ordinaryCalls !== before) throw new Error('the stub was not entered');
    try { run(1, 0); } catch {}`;
  assertEnded(program('cxx_clang'), `${threw('divide', 'cxx_clang')}std::domain_error: `, advice,
    "near 'divide'");
  // gcc moves what throws out of the function: the loader knows no name for it.
  assertEnded(program('cxx'), ` of ${nativePath('cxx')} threw std::domain_error: `, advice);
});

test('a nonblocking call, and one in a worker', () => {
  assertEnded("await open('cxx').symbols.later_divide(1, 0).catch(() => {})",
    `${threw('divide')}std::domain_error`, advice);
  assertEnded(`
    const text = ${JSON.stringify(prologue)} + "open('cxx').symbols.divide(1, 0)";
    const worker = new Worker(new URL('data:text/javascript,' + encodeURIComponent(text)));
    await new Promise((resolve) => worker.once('exit', resolve))`,
  `${threw('divide')}std::domain_error`, advice);
});

test('the handler stays when the only worker that opened a library has ended', () => {
  const { stdout, stderr } = runNode(`
    import { readFileSync } from 'node:fs';
    import { Worker } from 'node:worker_threads';
    const text = ${JSON.stringify(prologue)} + "open('cxx').symbols.divide(1, 2);";
    const worker = new Worker(new URL('data:text/javascript,' + encodeURIComponent(text)));
    await new Promise((resolve) => worker.once('exit', resolve));
    console.log(/springboard-linux.*node/.test(readFileSync('/proc/self/maps', 'latin1')));`);
  assert.equal(stdout, 'true\n', stderr);
});

test('below a callback: neither the outer call nor its native frames get it', () => {
  const inner = `const plain = open('cxx');
    const callback = new UnsafeCallback(i32, (value) => {
      try { return plain.symbols.throw_standard(value); } catch { return -2; }
    });`;
  const outer = (call) => `${inner} open('cxx', { cxx: true }).symbols.${call}`;
  assertEnded(outer('call_then_throw(callback.pointer, 4, false)'),
    `${threw('throw_standard')}shop::Refused: refused`, advice);
  assertEnded(outer('catch_around(callback.pointer, 4)'),
    `${threw('throw_standard')}shop::Refused: refused`, advice);
});

test('std::terminate() is told from an exception', () => {
  for (const rules of ['{}', '{ cxx: true }']) {
    const { stderr } = assertEnded(`open('cxx', ${rules}).symbols.call_terminate()`,
      "std::terminate() ends the process, called by 'call_terminate' of ");
    assert.ok(!stderr.includes(advice), stderr);
  }
  const { stderr } = assertEnded("open('cxx').symbols.throw_in_noexcept()",
    "std::terminate() ends the process, called by 'throw_in_noexcept' of ", 'std::domain_error');
  assert.ok(!stderr.includes(advice), stderr);
});

test("a thread of the library's own, and its own handler", () => {
  const { stderr } = assertEnded("open('cxx', { cxx: true }).symbols.throw_on_own_thread()");
  assert.match(stderr, /^terminate called after throwing an instance of 'std::domain_error'/);
  assertEnded("const { symbols } = open('cxx'); symbols.set_own_handler(); symbols.divide(1, 0)",
    `${threw('divide')}std::domain_error`, "the library's own handler");
});

test('the end of a thread is no exception', () => {
  const child = runChild(`
    const { symbols } = open('cxx', { cxx: true });
    symbols.later_end().then(() => console.log('returned'), (error) => console.log(error));
    while (symbols.left() === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 50));
    console.log('left', symbols.left());
    process.exit(0)`);
  assert.equal(child.status, 0, child.all);
  assert.equal(child.stdout, 'left 1\n', child.all);
});

test('of two exceptions the first is thrown, and the other reported', () => {
  const child = runChild(`
    const { symbols } = open('cxx', { cxx: true });
    const callback = new UnsafeCallback(i32, () => { throw new RangeError('from JavaScript'); });
    try {
      symbols.call_then_throw(callback.pointer, 4, true);
    } catch (error) {
      console.log(String(error), symbols.left());
    }
    console.log(symbols.divide(1, 4))`);
  assert.equal(child.status, 0, child.all);
  assert.equal(child.stdout, 'RangeError: from JavaScript 1\n0.25\n', child.all);
  assert.match(child.stderr, /already pending: Error: call_then_throw threw shop::Refused: after/);
});
