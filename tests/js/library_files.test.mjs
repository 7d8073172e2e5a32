// library_files: files that are no libraries, or are not whole. The loader ends the process for
// some and waits for ever for others: they are looked at before. Each is an Error that says what is
// wrong, leaves nothing open or mapped, and libraries open as before. In processes of their own,
// because that is what would end.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { nativePath, runNode } from './support.mjs';

const support = new URL('support.mjs', import.meta.url).href;
const folder = mkdtempSync(join(tmpdir(), 'springboard-files-'));
after(() => rmSync(folder, { recursive: true }));

const library = readFileSync(nativePath('calls'));

// Writes `bytes` to a file and returns its path.
function file(name, bytes) {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

// What comes of opening each path, in one process: the error's message, or 'opened'. `before` is
// run first.
function outcomesOf(paths, before = '') {
  const { status, signal, stdout, stderr } = runNode(`
    import { readFileSync, readdirSync } from 'node:fs';
    import { counts, dlopen, nativePath } from ${JSON.stringify(support)};
    const add = { add: { name: 'add_i32', parameters: ['i32', 'i32'], result: 'i32' } };
    const state = () => [counts().liveStubs, readdirSync('/proc/self/fd').length,
      readFileSync('/proc/self/maps', 'utf8').split('\\n')
        .filter((line) => line.includes(${JSON.stringify(folder)})).length].join();
    const healthy = dlopen(nativePath('calls'), add);
    state();
    ${before}
    for (const path of ${JSON.stringify(paths)}) {
      const before = state();
      let outcome = 'opened';
      try {
        dlopen(path, add).close();
        await new Promise(setImmediate);
      } catch (error) {
        outcome = error.constructor.name + ': ' + error.message;
      }
      if (state() !== before) outcome = 'left ' + state() + ', was ' + before + ': ' + outcome;
      if (healthy.symbols.add(40, 2) !== 42) outcome = 'unhealthy';
      console.log(JSON.stringify(outcome));
    }`);
  assert.equal(status, 0, `ended by ${signal}: ${stdout}${stderr}`);
  return stdout.trimEnd().split('\n').map((line) => JSON.parse(line));
}

// The program headers of `library`, an ELF file of 64 bits.
function segments() {
  const table = Number(library.readBigUInt64LE(32));
  return Array.from({ length: library.readUInt16LE(56) }, (_, i) => {
    const at = table + i * 56;
    return { at, load: library.readUInt32LE(at) === 1,
      offset: Number(library.readBigUInt64LE(at + 8)),
      end: Number(library.readBigUInt64LE(at + 8) + library.readBigUInt64LE(at + 32)) };
  });
}

test('a library that is truncated anywhere', () => {
  const all = segments();
  const whole = Math.max(...all.filter(({ load }) => load).map(({ end }) => end));
  const boundaries = [0, 4, 16, 64, ...all.flatMap(({ at, offset, end }) => [at, offset, end])];
  for (let page = 4096; page < library.length; page += 4096) boundaries.push(page);
  const lengths = [...new Set(boundaries.flatMap((b) => [b - 1, b, b + 1]))]
    .filter((length) => length >= 0 && length <= library.length);
  const outcomes = outcomesOf(
    lengths.map((length) => file(`${length}.so`, library.subarray(0, length))));
  lengths.forEach((length, i) => {
    if (length >= whole) {
      // Sections, which no loader needs, come last.
      assert.equal(outcomes[i], 'opened', `${length} bytes`);
    } else {
      assert.match(outcomes[i], length < 64 ? /^Error: Could not open library: .*file too short/
        : new RegExp(`^Error: Could not open library: .*truncated: it has ${length} bytes`));
    }
  });
  assert.ok(lengths.length > 40, `${lengths.length} lengths`);
});

test('a segment of zeroes alone may be anywhere', () => {
  // In place of the note about the stack (PT_GNU_STACK), which comes after the others.
  const note = segments().find(({ at }) => library.readUInt32LE(at) === 0x6474e551);
  const end = Math.max(...segments().map(({ at }) =>
    Number(library.readBigUInt64LE(at + 16) + library.readBigUInt64LE(at + 40))));
  const address = BigInt(Math.ceil(end / 4096) * 4096);
  const paths = [2n ** 20n, 2n ** 64n - 4096n].map((offset) => {
    const bytes = Buffer.from(library);
    bytes.writeUInt32LE(1, note.at);
    [offset, address, address, 0n, 4096n, 4096n].forEach((value, i) =>
      bytes.writeBigUInt64LE(value, note.at + 8 + 8 * i));
    return file(`zeroes-${offset}.so`, bytes);
  });
  assert.deepEqual(outcomesOf(paths), ['opened', 'opened']);
});

test('headers that promise more than any file holds', () => {
  const [first] = segments();
  const paths = [];
  for (const [field, value] of [[8, 2n ** 64n - 1n], [8, 2n ** 63n], [32, 2n ** 64n - 1n],
    [32, 2n ** 40n]]) {
    const bytes = Buffer.from(library);
    bytes.writeBigUInt64LE(value, first.at + field);
    paths.push(file(`field${field}-${value}.so`, bytes));
  }
  const far = Buffer.from(library);
  far.writeBigUInt64LE(2n ** 64n - 8n, 32);
  const many = Buffer.from(library);
  many.writeUInt16LE(65535, 56);
  paths.push(file('far.so', far), file('many.so', many));
  for (const outcome of outcomesOf(paths)) {
    assert.match(outcome, /^Error: Could not open library: .*truncated/);
  }
});

const changed = (offset, value) => {
  const bytes = Buffer.from(library);
  bytes[offset] = value;
  return bytes;
};

test('what is no library of this processor', () => {
  const machine = 18;
  const here = library.readUInt16LE(machine);
  const AARCH64 = 183;
  const other = here === AARCH64 ? [62, 'x86-64'] : [AARCH64, 'AArch64'];
  const loop = join(folder, 'loop');
  symlinkSync(loop, loop);
  const folderOfThatName = join(folder, 'folder.so');
  mkdirSync(folderOfThatName);
  const rows = [
    [file('other.so', changed(machine, other[0])), `for another processor (${other[1]}, this is`],
    [file('unknown.so', changed(machine, 2)), 'for another processor (ELF machine 2, this is'],
    [file('class.so', changed(4, 1)), 'wrong ELF class: ELFCLASS32'],
    [file('order.so', changed(5, 2)), 'not little-endian'],
    [file('type.so', changed(16, 4)), 'only ET_DYN and ET_EXEC can be loaded'],
    [file('magic.so', changed(0, 0)), 'invalid ELF header'],
    [file('empty.so', ''), 'file too short'],
    [file('text.so', 'this is no library\n'.repeat(100)), 'invalid ELF header'],
    [file('script.so', '/* GNU ld script */ INPUT ( /lib/libc.so.6 )\n'), 'file too short'],
    [file('zeros.so', Buffer.alloc(10_000)), 'invalid ELF header'],
    [folderOfThatName, 'Is a directory'],
    [folder, 'Is a directory'],
    [loop, 'Too many levels of symbolic links'],
    [join(folder, 'nothing.so'), 'No such file or directory'],
    [`${nativePath('calls')}/x`, 'Not a directory'],
    ['/dev/null', '/dev/null: not a regular file'],
    ['/dev/zero', '/dev/zero: not a regular file'],
    [process.execPath, 'cannot dynamically load'],
  ];
  const outcomes = outcomesOf(rows.map(([path]) => path));
  rows.forEach(([path, part], i) => {
    assert.ok(outcomes[i].startsWith('Error: Could not open library: ') &&
      outcomes[i].includes(part), `${path}: '${outcomes[i]}' lacks '${part}'`);
  });
});

test('a named pipe is not waited for', () => {
  const pipe = join(folder, 'pipe.so');
  execFileSync('mkfifo', [pipe]);
  const link = join(folder, 'link.so');
  symlinkSync(pipe, link);
  const outcomes = outcomesOf([pipe, link]);
  assert.deepEqual(outcomes, [pipe, link].map(
    (path) => `Error: Could not open library: ${path}: not a regular file`));
});

test('paths of any length', () => {
  const outcomes = outcomesOf(['x'.repeat(300), `/${'x'.repeat(300)}`, 'x'.repeat(4095),
    `/${'x/'.repeat(2047)}`, 'x'.repeat(4096), `/${'x'.repeat(5000)}`, 'x'.repeat(5000)]);
  for (const outcome of outcomes) assert.match(outcome, /^Error: Could not open library: /);
  for (const outcome of outcomes.slice(4)) {
    assert.match(outcome, /its path has \d+ bytes, and the system takes at most 4095$/);
  }
  // The loader would copy these to its stack.
  const { status, stdout } = runNode(`
    import { dlopen } from ${JSON.stringify(support)};
    for (const length of [2 ** 20, 2 ** 24]) {
      try {
        dlopen('x'.repeat(length), {});
      } catch (error) {
        console.log(error.message.includes(length + ' bytes'));
      }
    }`);
  assert.deepEqual([status, stdout], [0, 'true\ntrue\n']);
});

test('a file that may not be read', () => {
  const path = join(folder, 'secret.so');
  copyFileSync(nativePath('calls'), path);
  chmodSync(path, 0);
  chmodSync(folder, 0o755);
  // Nothing is forbidden to root.
  const [outcome] = outcomesOf([path], 'if (process.getuid() === 0) process.seteuid(65534);');
  assert.match(outcome, /^Error: Could not open library: .*Permission denied/);
});

const skip = process.arch !== 'x64' && 'the compiler at hand is for x86-64';
test('libraries that depend on what is not there', { skip }, () => {
  const build = (name, text, ...options) => {
    const source = file(`${name}.c`, text);
    const path = join(folder, `lib${name}.so`);
    execFileSync('gcc', ['-shared', '-fPIC', '-o', path, source, ...options]);
    return path;
  };
  build('gone', 'int gone(void) { return 1; }');
  const dependent = build('dependent', 'int gone(void); int use(void) { return gone(); }',
    `-L${folder}`, '-lgone');
  rmSync(join(folder, 'libgone.so'));
  const variable = build('variable', 'extern int nowhere; int* use(void) { return &nowhere; }');
  const constructor = build('constructor', `
    #include <dlfcn.h>
    static void* inner;
    __attribute__((constructor)) static void Begin(void) { inner = dlopen("/no.so", RTLD_NOW); }
    int failed(void) { return inner == 0; }`);
  const outcomes = outcomesOf([dependent, variable, constructor]);
  assert.match(outcomes[0], /libgone\.so: cannot open shared object file: No such file/);
  assert.match(outcomes[1], /undefined symbol: nowhere/);
  // It loads, but has no such symbol: not the error of what its constructor did.
  assert.match(outcomes[2], /^Error: Failed to register symbol add_i32: .*undefined symbol/);
});
