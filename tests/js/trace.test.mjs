// trace: what is printed of calls that are traced. Each program runs in a Node.js of its own, whose
// standard error is the trace; addresses and thread numbers are made alike before comparing.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { folder, script, springboard } from './command_support.mjs';
import { nativePath, packageFolder, runNode, vmFlags } from './support.mjs';

// The lines of a trace, the threads numbered in the order in which they appear.
function lines(stderr) {
  const threads = [];
  return stderr.trimEnd().split('\n').map((line) => {
    const found = /^ffi (\d+) /.exec(line);
    if (found === null) return line;
    if (!threads.includes(found[1])) threads.push(found[1]);
    return line.replace(found[0], `${threads.indexOf(found[1])} `)
      .replace(/0x[0-9a-f]{6,}/g, 'ADDRESS');
  });
}

const prelude = `
  import { createRequire } from 'node:module';
  const { dlopen, UnsafeCallback, UnsafeFnPointer, UnsafePointer } =
    createRequire('/')(${JSON.stringify(packageFolder)});
  const native = (name) => ${JSON.stringify(nativePath('NAME'))}.replace('NAME', name);
`;

function traceOf(program, { trace = '', status = 0 } = {}) {
  const done = runNode(prelude + program, { env: { SPRINGBOARD_TRACE_FFI: trace } });
  assert.equal(done.status, status, done.stderr);
  return { lines: lines(done.stderr), stdout: done.stdout };
}

test('arguments and results by their types', () => {
  const { lines: traced, stdout } = traceOf(`
    const echo = (type) => ({ name: 'echo_' + type, parameters: [type], result: type });
    const { symbols } = dlopen(native('calls'), {
      add_i32: { parameters: ['i32', 'i32'], result: 'i32' },
      nop: { parameters: [], result: 'void' },
      echo_u64: echo('u64'), echo_f64: echo('f64'), echo_bool: echo('bool'), echo_i8: echo('i8'),
      echo_pointer: echo('pointer'),
    }, { trace: true });
    console.log(symbols.add_i32(2, -3), symbols.nop(), symbols.echo_u64(2n ** 64n - 1n),
      symbols.echo_f64(0.1), symbols.echo_bool(true), symbols.echo_i8(255),
      symbols.echo_pointer(null), UnsafePointer.value(symbols.echo_pointer(
        UnsafePointer.create(4096n))));`);
  assert.equal(stdout, '-1 undefined 18446744073709551615n 0.1 true -1 null 4096n\n');
  assert.deepEqual(traced, [
    '0 -> add_i32(i32 2, i32 -3) i32', '0 <- add_i32 = -1',
    '0 -> nop() void', '0 <- nop',
    '0 -> echo_u64(u64 18446744073709551615) u64', '0 <- echo_u64 = 18446744073709551615',
    '0 -> echo_f64(f64 0.1) f64', '0 <- echo_f64 = 0.1',
    '0 -> echo_bool(bool true) bool', '0 <- echo_bool = true',
    '0 -> echo_i8(i8 -1) i8', '0 <- echo_i8 = -1',
    '0 -> echo_pointer(pointer null) pointer', '0 <- echo_pointer = null',
    '0 -> echo_pointer(pointer 0x1000) pointer', '0 <- echo_pointer = 0x1000',
  ]);
});

test('buffers by kind and length, structs by field', () => {
  const { lines: traced } = traceOf(`
    const pair = { struct: ['i32', { struct: ['f64', 'bool'] }] };
    const echo = new UnsafeCallback({ parameters: [pair], result: pair }, (bytes) => bytes);
    const through = new UnsafeFnPointer(echo.pointer,
      { parameters: [pair], result: pair, trace: true });
    const bytes = new DataView(new ArrayBuffer(24));
    bytes.setInt32(0, -7, true);
    bytes.setFloat64(8, 1.5, true);
    bytes.setUint8(16, 1);
    through.call(bytes);
    const { symbols } = dlopen(native('buffers'), {
      sum: { name: 'sum_bytes', parameters: ['buffer', 'u32'], result: 'u32', trace: true } });
    symbols.sum(new Uint8Array([1, 2, 3]), 3);
    symbols.sum(null, 0);
    symbols.sum(new SharedArrayBuffer(8), 0);
    echo.close();`);
  assert.deepEqual(traced, [
    '0 -> UnsafeFnPointer(struct {-7, {1.5, true}}) struct',
    '0 <- UnsafeFnPointer = {-7, {1.5, true}}',
    '0 -> sum(buffer Uint8Array(3) at ADDRESS, u32 3) u32', '0 <- sum = 6',
    '0 -> sum(buffer null, u32 0) u32', '0 <- sum = 0',
    '0 -> sum(buffer SharedArrayBuffer(8) at ADDRESS, u32 0) u32', '0 <- sum = 0',
  ]);
});

test('calls below callbacks are indented; what callbacks throw is said', () => {
  const { lines: traced, stdout } = traceOf(`
    const { symbols } = dlopen(native('callbacks'), {
      call_i32: { parameters: ['function', 'i32'], result: 'i32' } });
    let depth = 0;
    const callback = new UnsafeCallback({ parameters: ['i32'], result: 'i32' }, function down(x) {
      if (x === 0) throw new RangeError('enough');
      return symbols.call_i32(callback.pointer, x - 1);
    });
    try {
      symbols.call_i32(callback.pointer, 1);
    } catch (error) {
      console.log(error.message);
    }
    callback.close();`, { trace: '1' });
  assert.equal(stdout, 'enough\n');
  assert.deepEqual(traced, [
    '0 -> call_i32(function ADDRESS, i32 1) i32',
    '0   => UnsafeCallback down(i32 1) i32',
    '0     -> call_i32(function ADDRESS, i32 0) i32',
    '0       => UnsafeCallback down(i32 0) i32',
    '0       <= UnsafeCallback down threw: Uncaught RangeError: enough',
    '0     <- call_i32 = 0',
    '0   <= UnsafeCallback down threw: Uncaught RangeError: enough',
    '0 <- call_i32 = 0',
  ]);
});

test('nonblocking calls, from the thread that runs them; C++ exceptions', () => {
  const { lines: traced, stdout } = traceOf(`
    const { symbols } = dlopen(native('calls'), {
      add_i32: { parameters: ['i32', 'i32'], result: 'i32', nonblocking: true },
      nop: { parameters: [], result: 'void', trace: false } });
    console.log(await symbols.add_i32(2, 3));
    symbols.nop();
    const cxx = dlopen(native('cxx'), {
      divide: { parameters: ['f64', 'f64'], result: 'f64', cxx: true } });
    try {
      cxx.symbols.divide(1, 0);
    } catch (error) {
      console.log(error.message);
    }`, { trace: '1' });
  assert.deepEqual(traced.slice(0, 2), ['0 -> add_i32(i32 2, i32 3) i32', '0 <- add_i32 = 5']);
  const [, message] = stdout.split('\n');
  assert.deepEqual(traced.slice(2),
    ['1 -> divide(f64 1, f64 0) f64', `1 <- ${message}`]);
});

test('the line of a call stands before the call is over', () => {
  const { signal, stderr } = runNode(`${prelude}
    dlopen('libc.so.6', { abort: { parameters: [], result: 'void', trace: true } })
      .symbols.abort();`);
  assert.equal(signal, 'SIGABRT');
  assert.equal(lines(stderr)[0], '0 -> abort() void');
});

test('a definition wins over its library, and that over the process', () => {
  const { lines: traced } = traceOf(`
    const nop = { name: 'nop', parameters: [], result: 'void' };
    const all = { a: nop, b: { ...nop, trace: true }, c: { ...nop, trace: false } };
    for (const options of [undefined, { trace: false }, { trace: true }]) {
      const { symbols } = dlopen(native('calls'), all, options);
      for (const call of Object.values(symbols)) call();
    }`, { trace: '1' });
  assert.deepEqual(traced.filter((line) => line.includes('->')).map((line) => line.slice(5, 6)),
    ['a', 'b', 'b', 'a', 'b']);
});

test('--trace-ffi traces workers, too', () => {
  script('trace.mjs', `
    import { Worker, isMainThread } from 'node:worker_threads';
    import { createRequire } from 'node:module';
    const { dlopen } = createRequire(import.meta.url)(${JSON.stringify(packageFolder)});
    const library = dlopen(${JSON.stringify(nativePath('calls'))}, {
      add_i32: { parameters: ['i32', 'i32'], result: 'i32' } });
    library.symbols.add_i32(1, 2);
    library.close();
    if (isMainThread) new Worker(new URL(import.meta.url));`);
  const { status, stderr } = springboard(['run', '-A', '--trace-ffi', 'trace.mjs'],
    { cwd: folder, flags: vmFlags });
  assert.equal(status, 0, stderr);
  assert.deepEqual(lines(stderr), [
    '0 -> add_i32(i32 1, i32 2) i32', '0 <- add_i32 = 3',
    '1 -> add_i32(i32 1, i32 2) i32', '1 <- add_i32 = 3']);
});

test('SPRINGBOARD_TRACE_FFI is 0 or 1, and trace a boolean', () => {
  const { stderr } = runNode(prelude, { env: { SPRINGBOARD_TRACE_FFI: 'yes' } });
  assert.match(stderr, /SPRINGBOARD_TRACE_FFI is 'yes', expected 0 or 1/);
  const { stdout } = traceOf(`
    try {
      dlopen(native('calls'), { nop: { parameters: [], result: 'void', trace: 1 } });
    } catch (error) {
      console.log(error.message);
    }`);
  assert.equal(stdout, "invalid type: number, expected boolean: symbol 'nop', field 'trace'\n");
});
