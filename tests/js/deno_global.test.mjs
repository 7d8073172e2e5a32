// deno_global: what `springboard run` gives a script beside the FFI, as docs/deno_global.md has it.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { folder, script, springboard, succeeds, told } from './command_support.mjs';
import { root } from './support.mjs';

// The text of functions that every script here begins with.
const TELL = `
  const outcome = (run) => {
    try {
      return run();
    } catch (error) {
      const known = error instanceof (Deno.errors[error.name] ?? globalThis[error.name]);
      return [known && error.name, error.message, error.code];
    }
  };
  const tell = (value) => console.log(JSON.stringify(value));
`;

function toldBy(name, text, options) {
  return told(['run', '--allow-ffi', script(name, TELL + text)], options);
}

test('what exists is what is documented', () => {
  const documented = readFileSync(join(root, 'docs', 'deno_global.md'), 'utf8');
  const [properties, classes] = toldBy('all.mjs',
    'tell([Object.getOwnPropertyNames(Deno), Object.keys(Deno.errors)]);');
  assert.deepEqual(properties.sort(), ['UnsafeCallback', 'UnsafeFnPointer', 'UnsafePointer',
    'UnsafePointerView', 'args', 'build', 'dlopen', 'env', 'errors', 'exit', 'exitCode', 'pid',
    'readFileSync', 'readTextFileSync', 'struct', 'union']);
  for (const name of [...properties, ...classes]) {
    assert.match(documented, new RegExp(`\`(readonly )?${name}\\b`), name);
  }
  // Deno 2 has 25; the other is SystemError.
  assert.equal(classes.length, 26);
});

test('the global cannot be assigned, as in Deno', () => {
  const result = toldBy('global.mjs', `
    const { value, ...rest } = Object.getOwnPropertyDescriptor(globalThis, 'Deno');
    tell([rest, outcome(() => { Deno = 5; })]);`);
  assert.deepEqual(result[0], { writable: false, enumerable: true, configurable: true });
  assert.equal(result[1][0], 'TypeError');
});

test('Deno.build, Deno.args and Deno.pid', () => {
  const arch = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  const [build, frozen, args, pid] = toldBy('build.mjs',
    'tell([Deno.build, Object.isFrozen(Deno.build), Deno.args, Deno.pid === process.pid]);');
  assert.deepEqual(build,
    { target: `${arch}-unknown-linux-gnu`, arch, os: 'linux', vendor: 'unknown', env: 'gnu' });
  assert.deepEqual([frozen, args, pid], [true, [], true]);
});

test('Deno.errors has classes of its own', () => {
  const results = toldBy('errors.mjs', `
    tell(Object.entries(Deno.errors).map(([name, errorClass]) => {
      const error = new errorClass('why', { cause: 5 });
      return [name, errorClass.name, error.name, String(error), error instanceof Error,
        Object.getPrototypeOf(errorClass) === Error, error.cause, new errorClass().message];
    }));`);
  for (const [name, ...rest] of results) {
    assert.deepEqual(rest, [name, name, `${name}: why`, true, true, 5, '']);
  }
});

test('Deno.env is the environment of the process', () => {
  const results = toldBy('env.mjs', `
    const { env } = Deno;
    const kept = env.toObject();
    env.set('MADE_HERE', 5);
    const { symbols } = Deno.dlopen('', { getenv: { parameters: ['buffer'], result: 'pointer' } });
    const native = (name) => Deno.UnsafePointerView.getCString(
      symbols.getenv(new TextEncoder().encode(name + '\\0')));
    const made = [env.get('MADE_HERE'), native('MADE_HERE'), process.env.MADE_HERE];
    env.set('EMPTY', '');
    const emptied = [env.get('EMPTY'), env.has('EMPTY')];
    env.delete('MADE_HERE');
    env.delete('NEVER_MADE');
    tell({
      given: [env.get('GIVEN'), kept.GIVEN, env.has('GIVEN'), 'MADE_HERE' in kept],
      made,
      emptied,
      deleted: [env.has('MADE_HERE'), env.get('MADE_HERE') === undefined],
      inherited: [env.has('toString'), env.get('toString') === undefined],
      empty: [outcome(() => env.get('')), outcome(() => env.set('', 'x')),
        outcome(() => env.has('')), outcome(() => env.delete(''))],
      equals: [outcome(() => env.get('a=b')), outcome(() => env.set('a=b', 'x')),
        outcome(() => env.has('a=b')), outcome(() => env.delete('a=b'))],
      zero: [outcome(() => env.get('a\\0'))[0], outcome(() => env.set('a', 'x\\0'))[0]],
      symbol: outcome(() => env.set('a', Symbol()))[0],
    });`, { env: { ...process.env, GIVEN: 'by the test' } });
  const empty = ['TypeError', 'Key is an empty string.', null];
  const equals = ['TypeError', 'Key contains invalid characters: "a=b"', null];
  assert.deepEqual(results, {
    given: ['by the test', 'by the test', true, false],
    made: ['5', '5', '5'],
    emptied: ['', true],
    deleted: [false, true],
    inherited: [false, true],
    empty: [empty, empty, empty, empty],
    equals: [equals, equals, equals, equals],
    zero: ['TypeError', 'TypeError'],
    symbol: 'TypeError',
  });
});

test('readFileSync and readTextFileSync', () => {
  writeFileSync(join(folder, 'a file.txt'), Buffer.from([0xef, 0xbb, 0xbf, 0x68, 0x69, 0xff]));
  writeFileSync(join(folder, 'empty.txt'), '');
  const url = pathToFileURL(join(folder, 'a file.txt')).href;
  const results = toldBy('read.mjs', `
    const bytes = Deno.readFileSync('a file.txt');
    const proc = Deno.readFileSync('/proc/self/stat');
    tell({
      bytes: [Object.prototype.toString.call(bytes), bytes.constructor === Uint8Array, [...bytes],
        bytes.buffer.byteLength, proc.length > 0 && proc.buffer.byteLength === proc.length],
      text: [Deno.readTextFileSync('a file.txt'), Deno.readTextFileSync('empty.txt')],
      url: [Deno.readFileSync(new URL('${url}')).length,
        Deno.readTextFileSync(new URL('${url}')).length],
      string: outcome(() => Deno.readTextFileSync('${url}'))[0],
      number: outcome(() => Deno.readFileSync(0))[0],
    });`);
  assert.deepEqual(results, {
    bytes: ['[object Uint8Array]', true, [0xef, 0xbb, 0xbf, 0x68, 0x69, 0xff], 6, true],
    text: ['\ufeffhi\ufffd', ''],
    url: [6, 4],
    string: 'NotFound',
    number: 'NotFound',
  });
});

test('what cannot be read', () => {
  mkdirSync(join(folder, 'folder'));
  writeFileSync(join(folder, 'plain.txt'), 'x');
  symlinkSync('loop', join(folder, 'loop'));
  const read = toldBy('unreadable.mjs', `
    const paths = ['none', 'folder', 'plain.txt/x', 'loop', '', 'x'.repeat(300), '/proc/self/mem',
      'a\\0b', new URL('http://host/x'), new URL('file://host/x'), new URL('file:///no%20file')];
    tell([Deno.readFileSync, Deno.readTextFileSync].map((read) =>
      paths.map((path) => outcome(() => String(read(path))))));`);
  for (const outcomes of read) {
    assert.deepEqual(outcomes[0],
      ['NotFound', "No such file or directory (os error 2): readfile 'none'", 'ENOENT']);
    assert.deepEqual(outcomes[1],
      ['IsADirectory', "Is a directory (os error 21): readfile 'folder'", 'EISDIR']);
    assert.deepEqual(outcomes[2],
      ['NotADirectory', "Not a directory (os error 20): readfile 'plain.txt/x'", 'ENOTDIR']);
    assert.deepEqual(outcomes[3],
      ['FilesystemLoop', "Too many levels of symbolic links (os error 40): readfile 'loop'",
        'ELOOP']);
    assert.deepEqual(outcomes[4],
      ['NotFound', "No such file or directory (os error 2): readfile ''", 'ENOENT']);
    assert.deepEqual([outcomes[5][0], outcomes[5][2]], ['Error', 'ENAMETOOLONG']);
    assert.match(outcomes[5][1], /\(os error 36\): readfile 'x{300}'$/);
    assert.deepEqual([outcomes[6][0], outcomes[6][2]], ['Error', 'EIO']);
    assert.equal(outcomes[7][0], 'TypeError');
    assert.deepEqual(outcomes[8], ['TypeError', 'Must be a file URL', null]);
    assert.deepEqual(outcomes[9], ['TypeError', 'Host must be empty', null]);
    assert.deepEqual(outcomes[10],
      ['NotFound', "No such file or directory (os error 2): readfile '/no file'", 'ENOENT']);
  }
});

test('a file without permission to read', () => {
  writeFileSync(join(folder, 'secret.txt'), 'x', { mode: 0o000 });
  // The superuser may read everything.
  assert.deepEqual(toldBy('secret.mjs', `
    if (process.getuid() === 0) process.setuid(65534);
    tell(outcome(() => Deno.readFileSync('secret.txt')));`),
  ['PermissionDenied', "Permission denied (os error 13): readfile 'secret.txt'", 'EACCES']);
});

test('Deno.exit and Deno.exitCode', () => {
  const endsWith = (text) => springboard(['run', script('exit.mjs', text)]).status;
  assert.equal(endsWith('Deno.exit();'), 0);
  assert.equal(endsWith('Deno.exit(7); console.log(1);'), 7);
  assert.equal(endsWith('Deno.exitCode = 4; Deno.exit();'), 4);
  assert.equal(endsWith('Deno.exitCode = 4; Deno.exit(5);'), 5);
  assert.equal(endsWith('Deno.exitCode = 300;'), 44);
  assert.deepEqual(toldBy('codes.mjs', `
    const before = Deno.exitCode;
    const wrong = ['6', null, 5n, true, {}, 1.5, NaN].map((code) =>
      [outcome(() => Deno.exit(code))[0], outcome(() => { Deno.exitCode = code; })[0]]);
    tell([before, Deno.exitCode, wrong]);`),
  [0, 0, [...Array(5).fill(['TypeError', 'TypeError']),
    ...Array(2).fill(['RangeError', 'RangeError'])]]);
});

test('functions that a script replaces change nothing', () => {
  succeeds(['run', script('patched.mjs', `
    process.exit = () => console.log('the script exits');
    process.env = { HOME: 'elsewhere' };
    String.prototype.includes = () => true;
    Buffer.prototype.toString = () => 'no text';
    globalThis.Uint8Array = globalThis.TypeError = undefined;
    console.log(Deno.env.get('HOME') === 'elsewhere',
      Deno.readTextFileSync('patched.mjs').length > 10,
      Deno.readFileSync('patched.mjs').length > 0);
    Deno.exit();`)], 'false true true\n');
});
