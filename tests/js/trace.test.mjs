// trace: what is printed of traced calls and callbacks, and that tracing changes nothing else.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';

import { command, folder, script } from './command_support.mjs';
import { dlopen, nativePath, packageFolder, runNode } from './support.mjs';

const library = nativePath('crash');
const program = (body) => `
  import { createRequire } from 'node:module';
  const { dlopen, UnsafeCallback, UnsafeFnPointer, UnsafePointer } =
    createRequire('/')(${JSON.stringify(packageFolder)});
  const crash = (symbols, options) => dlopen(${JSON.stringify(library)}, symbols, options).symbols;
  ${body}`;

// The lines that `body` prints on standard error, without thread numbers and addresses.
function lines(body, options) {
  const { status, stderr } = runNode(program(body), options);
  assert.equal(status, 0, stderr);
  return stderr.trimEnd().split('\n').map((line) => {
    assert.match(line, /^springboard\[\d+\] /, stderr);
    return line.replace(/^springboard\[\d+\] /, '').replaceAll(/0x[0-9a-f]+/g, '0x');
  });
}

describe('a traced call', () => {
  it('is printed at entry and at return, and others are not', () => {
    assert.deepEqual(lines(`
      const lib = crash({
        fine: { parameters: ['i32'], result: 'i32', trace: true },
        fine_f64: { parameters: ['f64'], result: 'f64' } });
      lib.fine(41);
      lib.fine_f64(3);
      lib.fine(-1);`),
    ['-> fine(i32 41): i32', '<- fine: i32 42', '-> fine(i32 -1): i32', '<- fine: i32 0']);
  });

  it('is said in dlopen\'s options, by the variable, or in a definition against both', () => {
    const expected = ['-> fine_f64(f64 0.5): f64', '<- fine_f64: f64 0.25'];
    const body = (options) => `
      const lib = crash({
        fine: { parameters: ['i32'], result: 'i32', trace: false },
        fine_f64: { parameters: ['f64'], result: 'f64' } }${options});
      lib.fine(41);
      lib.fine_f64(0.5);`;
    assert.deepEqual(lines(body(', { trace: true }')), expected);
    assert.deepEqual(lines(body(''), { env: { SPRINGBOARD_TRACE_FFI: '1' } }), expected);
    const { stderr } = runNode(program(body('')), { env: { SPRINGBOARD_TRACE_FFI: '0' } });
    assert.equal(stderr, '');
  });

  it('shows every type of argument', () => {
    const types = ['i8', 'u8', 'i16', 'u16', 'i32', 'u32', 'i64', 'u64', 'isize', 'usize', 'i53',
      'u53', 'f32', 'f64', 'bool', 'pointer', 'function', 'buffer', 'buffer'];
    const values = '-1, 255, -300, 65535, -5, 4294967295, -6n, 18446744073709551615n, -7, 8, -9, ' +
      '10, 0.1, 1e300, true, null, UnsafePointer.create(16), null, new Float32Array(3)';
    const shown = ['i8 -1', 'u8 255', 'i16 -300', 'u16 65535', 'i32 -5', 'u32 4294967295', 'i64 -6',
      'u64 18446744073709551615', 'isize -7', 'usize 8', 'i53 -9', 'u53 10', 'f32 0.1',
      'f64 1e+300', 'bool true', 'pointer null', 'function 0x', 'buffer null',
      'buffer 0x (Float32Array of 12 bytes)'];
    assert.deepEqual(lines(`
      const lib = crash({ nothing: {
        name: 'fine', parameters: ${JSON.stringify(types)}, result: 'void', trace: true } });
      lib.nothing(${values});`),
    [`-> nothing(${shown.join(', ')}): void`, '<- nothing: void']);
  });

  it('shows buffers of every kind with their length', () => {
    const kinds = ['Uint8Array', 'Uint8ClampedArray', 'Int8Array', 'Uint16Array', 'Int16Array',
      'Uint32Array', 'Int32Array', 'Float32Array', 'Float64Array', 'BigInt64Array',
      'BigUint64Array', 'ArrayBuffer', 'SharedArrayBuffer'];
    const made = kinds.map((kind) => `new ${kind}(8)`);
    const found = lines(`
      const lib = crash({
        f: { name: 'fine', parameters: ['buffer'], result: 'void', trace: true } });
      for (const b of [${made}, new DataView(new ArrayBuffer(9), 2)]) lib.f(b);`)
      .filter((line) => line.startsWith('->'));
    const bytes = (kind) => 8 * (globalThis[kind].BYTES_PER_ELEMENT ?? 1);
    assert.deepEqual(found,
      [...kinds.map((kind) => `${kind} of ${bytes(kind)} bytes`), 'DataView of 7 bytes']
        .map((text) => `-> f(buffer 0x (${text})): void`));
  });

  it('shows structs by their fields', () => {
    assert.deepEqual(lines(`
      const point = { struct: ['i32', { struct: ['u8', 'f64'] }, 'pointer'] };
      const lib = crash({ f: { name: 'fine', parameters: [point], result: 'void', trace: true },
        g: { name: 'fine', parameters: [{ struct: Array(100).fill('u8') }], result: 'void',
          trace: true } });
      const bytes = new DataView(new ArrayBuffer(32));
      bytes.setInt32(0, -3, true);
      bytes.setUint8(8, 4);
      bytes.setFloat64(16, 1.5, true);
      lib.f(bytes);
      lib.g(new Uint8Array(100));`).slice(0, 3),
    ['-> f(struct {-3, {4, 1.5}, null}): void', '<- f: void',
      `-> g(struct {${'0, '.repeat(64)}...}): void`]);
  });

  it('is told by the thread that runs it when it is nonblocking', () => {
    const { stderr } = runNode(program(`
      const lib = crash({ fine: { parameters: ['i32'], result: 'i32', trace: true,
        nonblocking: true } });
      console.error(process.pid);
      console.error('result', await lib.fine(1));`));
    const [pid, entry, exit, result] = stderr.trimEnd().split('\n');
    const [, thread] = /^springboard\[(\d+)\] -> fine\(i32 1\): i32$/.exec(entry);
    assert.notEqual(thread, pid);
    assert.equal(exit, `springboard[${thread}] <- fine: i32 2`);
    assert.equal(result, 'result 2');
  });

  it('is shown for function pointers', () => {
    assert.deepEqual(lines(`
      const callback = new UnsafeCallback({ parameters: [], result: 'i32' }, () => 3);
      const definition = { parameters: [], result: 'i32', trace: true };
      new UnsafeFnPointer(callback.pointer, definition).call();`),
    ['-> UnsafeFnPointer(): i32', '<- UnsafeFnPointer: i32 3']);
  });
});

describe('a traced callback', () => {
  const start = `
    const lib = crash({ call: { parameters: ['function', 'i32'], result: 'i32', trace: true } });
    const callback = (f) => new UnsafeCallback(
      { parameters: ['i32'], result: 'i32', trace: true }, f).pointer;`;

  it('is printed inside the call that it belongs to', () => {
    assert.deepEqual(lines(`${start}
      const inner = callback(function inner(x) { return x * 2; });
      const outer = callback(function outer(x) { return lib.call(inner, x + 1); });
      lib.call(outer, 4);`),
    ['-> call(function 0x, i32 4): i32',
      '  => UnsafeCallback outer(i32 4): i32',
      '    -> call(function 0x, i32 5): i32',
      '      => UnsafeCallback inner(i32 5): i32',
      '      <= UnsafeCallback inner: i32 10',
      '    <- call: i32 11',
      '  <= UnsafeCallback outer: i32 11',
      '<- call: i32 12']);
  });

  it('shows what it throws, and runs nothing of the exception\'s', () => {
    assert.deepEqual(lines(`${start}
      const odd = { toString() { console.error('toString ran'); return ''; } };
      for (const e of [new RangeError('too far'), odd]) {
        try { lib.call(callback(function f() { throw e; }), 4); } catch (caught) {
          if (caught !== e) throw caught;
        }
      }`),
    ['-> call(function 0x, i32 4): i32',
      '  => UnsafeCallback f(i32 4): i32',
      '  <= UnsafeCallback f: threw RangeError: too far',
      '<- call: i32 1, and throws what a callback threw',
      '-> call(function 0x, i32 4): i32',
      '  => UnsafeCallback f(i32 4): i32',
      '  <= UnsafeCallback f: threw [object Object]',
      '<- call: i32 1, and throws what a callback threw']);
  });
});

describe('control characters', () => {
  it('are shown, and none is written but the line\'s end', () => {
    assert.deepEqual(lines(`
      const lib = crash({
        'a\\nb\\x1b[31m': { name: 'fine', parameters: ['i32'], result: 'i32', trace: true },
        call: { parameters: ['function', 'i32'], result: 'i32', trace: true } });
      lib['a\\nb\\x1b[31m'](1);
      const callback = new UnsafeCallback({ parameters: ['i32'], result: 'i32' }, () => {
        throw new Error('one\\r\\ntwo\\x7f \u00e9');
      });
      try { lib.call(callback.pointer, 1); } catch {}
    `, { env: { SPRINGBOARD_TRACE_FFI: '1' } }),
    ['-> a\\nb\\x1b[31m(i32 1): i32', '<- a\\nb\\x1b[31m: i32 2',
      '-> call(function 0x, i32 1): i32', '  => UnsafeCallback (i32 1): i32',
      '  <= UnsafeCallback : threw Error: one\\x0d\\ntwo\\x7f \u00e9',
      '<- call: i32 1, and throws what a callback threw']);
  });
});

describe('a crash in a traced call', () => {
  it('is reported with the symbol and its arguments, and those around it', () => {
    const { signal, stderr } = runNode(program(`
      const lib = crash({
        read_at: { parameters: ['pointer'], result: 'i32' },
        call: { parameters: ['function', 'i32'], result: 'i32' } }, { trace: true });
      const callback = new UnsafeCallback({ parameters: ['i32'], result: 'i32', trace: true },
        function f() { return lib.read_at(UnsafePointer.create(0x40)); });
      lib.call(callback.pointer, 3);`), { env: { SPRINGBOARD_CRASH_REPORT: '1' } });
    assert.equal(signal, 'SIGSEGV', stderr);
    assert.match(stderr, new RegExp('  traced call: read_at\\(pointer 0x40\\): i32\n' +
      '  called from: UnsafeCallback f\\(i32 3\\): i32\n' +
      '  called from: call\\(function 0x[0-9a-f]+, i32 3\\): i32\n'));
    assert.match(stderr, /^springboard\[\d+\] {5}-> read_at\(pointer 0x40\): i32$/m);
  });

  it('is reported so on a pool thread', () => {
    const { signal, stderr } = runNode(program(`
      const lib = crash({ read_at: { parameters: ['pointer'], result: 'i32', nonblocking: true } },
        { trace: true });
      await lib.read_at(UnsafePointer.create(0x40));`), { env: { SPRINGBOARD_CRASH_REPORT: '1' } });
    assert.equal(signal, 'SIGSEGV', stderr);
    assert.match(stderr, /  traced call: read_at\(pointer 0x40\): i32\n/);
  });
});

describe('tracing', () => {
  it('refuses what is no boolean', () => {
    for (const trace of [1, 'yes', {}]) {
      const definition = { parameters: ['i32'], result: 'i32' };
      assert.throws(() => dlopen(library, { fine: { ...definition, trace } }), TypeError);
      assert.throws(() => dlopen(library, { fine: definition }, { trace }), TypeError);
    }
  });

  it('of a whole script is an option of the command', () => {
    const file = script('trace.mjs', `
      const lib = Deno.dlopen(${JSON.stringify(library)}, {
        fine: { parameters: ['i32'], result: 'i32' } });
      console.log(lib.symbols.fine(1));`);
    const run = (...options) => spawnSync(process.execPath,
      [command, 'run', '--allow-ffi', ...options, file],
      { encoding: 'utf8', cwd: folder, timeout: 60_000 });
    const traced = run('--trace-ffi');
    assert.equal(traced.stdout, '2\n');
    assert.match(traced.stderr,
      /^springboard\[\d+\] -> fine\(i32 1\): i32\nspringboard\[\d+\] <- fine: i32 2\n$/);
    const plain = run();
    assert.deepEqual([plain.stdout, plain.stderr], ['2\n', '']);
    assert.match(run('--trace-ffi=1').stderr, /--trace-ffi takes no value/);
  });
});
