// command: `springboard run` as a user meets it: permissions, options, scripts of every kind, exit
// codes.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { after, test } from 'node:test';

import { nativePath, packageFolder } from './support.mjs';

const folder = mkdtempSync(join(tmpdir(), 'springboard-command-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const command = join(packageFolder, 'bin', 'springboard.js');
const calls = nativePath('calls');

function springboard(args, options = {}) {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [command, ...args],
    { encoding: 'utf8', cwd: folder, timeout: 60_000, ...options });
  return { status, signal, stdout, stderr };
}
function script(name, text) {
  writeFileSync(join(folder, name), text);
  return name;
}
function succeeds(args, stdout, options) {
  const result = springboard(args, options);
  assert.deepEqual(result, { status: 0, signal: null, stdout, stderr: '' });
}

const add = script('add.js', `
  const lib = Deno.dlopen(${JSON.stringify(calls)}, {
    add_i32: { parameters: ['i32', 'i32'], result: 'i32' },
  });
  console.log(lib.symbols.add_i32(5, 3));
  lib.close();
`);
// Prints what each operation gives or throws.
const operations = script('operations.mjs', `
  const paths = Deno.args;
  const tell = (what, run) => {
    try {
      run();
      console.log(what + ': allowed');
    } catch (error) {
      console.log(what + ': ' + error.name + ': ' + error.message +
        (error instanceof Deno.errors.NotCapable ? '' : ' (another class)'));
    }
  };
  for (const path of paths) tell('dlopen', () => Deno.dlopen(path, {}).close());
  tell('create', () => Deno.UnsafePointer.create(1n));
  tell('of', () => Deno.UnsafePointer.of(new Uint8Array(8)));
  tell('value', () => Deno.UnsafePointer.value(null));
  tell('offset', () => Deno.UnsafePointer.offset(null, 1));
  tell('equals', () => Deno.UnsafePointer.equals(null, null));
  tell('view', () => new Deno.UnsafePointerView(null).getInt8());
  tell('string', () => Deno.UnsafePointerView.getCString(null));
  tell('callback', () => new Deno.UnsafeCallback({ parameters: [], result: 'void' }, () => {}));
  tell('fn pointer',
    () => new Deno.UnsafeFnPointer(null, { parameters: [], result: 'void' }).call());
`);
const refused = (path) => `NotCapable: Requires ffi access${path ? ` to "${path}"` : ''}, ` +
  'run again with the --allow-ffi flag';
const pointersRefused = ['create', 'of', 'value', 'offset', 'view', 'string', 'callback',
  'fn pointer'];

test('the guide\'s first program', () => {
  succeeds(['run', '--allow-ffi', add], '8\n');
});

test('without --allow-ffi nothing native is allowed', () => {
  const { status, stdout, stderr } = springboard(['run', operations, calls]);
  assert.equal(status, 0, stderr);
  const lines = stdout.trim().split('\n');
  assert.equal(lines[0], `dlopen: ${refused(calls)}`);
  for (const what of pointersRefused) assert.ok(lines.includes(`${what}: ${refused()}`), stdout);
  assert.ok(lines.includes('equals: allowed'), stdout);
});

test('an uncaught NotCapable ends the script with exit code 1', () => {
  const { status, stdout, stderr } = springboard(['run', add]);
  assert.equal(status, 1);
  assert.equal(stdout, '');
  assert.match(stderr,
    /NotCapable: Requires ffi access to ".*", run again with the --allow-ffi flag/);
});

test('path lists', () => {
  const other = nativePath('structs');
  const link = join(folder, 'link.so');
  symlinkSync(calls, link);
  mkdirSync(join(folder, 'inside'));
  cpSync(calls, join(folder, 'inside', 'copy.so'));
  // allowed paths, opened path, whether it works
  const cases = [
    [calls, calls, true], [calls, other, false], [`${calls},${other}`, other, true],
    [link, link, true], [link, calls, true], [calls, link, true], [other, link, false],
    ['inside', './inside/copy.so', true], ['./inside/', join(folder, 'inside', 'copy.so'), true],
    ['inside', './inside/../link.so', false], ['inside', calls, false],
    [relative(folder, calls), calls, true], ['inside/cop', './inside/copy.so', false],
    ['libc.so.6', 'libc.so.6', true], ['/', calls, true], ['inside', 'libc.so.6', false],
  ];
  for (const [allowed, opened, works] of cases) {
    const { status, stdout, stderr } = springboard(['run', `--allow-ffi=${allowed}`, operations,
      opened]);
    assert.equal(status, 0, stderr);
    const lines = stdout.trim().split('\n');
    assert.equal(lines[0], works ? 'dlopen: allowed' : `dlopen: ${refused(opened)}`,
      `--allow-ffi=${allowed}, ${opened}`);
    for (const what of pointersRefused) assert.ok(lines.includes(`${what}: ${refused()}`), stdout);
  }
});

test('an empty path with a path list', () => {
  const { stdout } = springboard(['run', `--allow-ffi=${calls}`, operations, '']);
  assert.match(stdout, /^dlopen: .*(Empty path is not allowed|Requires ffi access)/);
});

test('Deno.args, Deno.build and process.argv', () => {
  const arch = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  script('args.mjs', 'console.log(JSON.stringify([Deno.args, Deno.build.os, Deno.build.arch]));');
  succeeds(['run', 'args.mjs', '--allow-ffi', '-x', 'two words', ''],
    `[["--allow-ffi","-x","two words",""],"linux","${arch}"]\n`);
  succeeds(['run', 'args.mjs'], `[[],"linux","${arch}"]\n`);
});

test('.js, .mjs, .cjs, .ts and .mts', () => {
  script('a.js', "console.log(typeof require, typeof Deno.dlopen);");
  script('a.cjs', "console.log(typeof require('node:fs'), typeof Deno.dlopen);");
  script('a.mjs', "import 'node:fs'; console.log(typeof Deno.dlopen, await 5);");
  const typed = `interface Named { name: string }
    const point = { struct: ['f64', 'f64'] } as const;
    const named: Named = { name: 'typed' };
    console.log(named.name, point.struct.length as number, typeof Deno.dlopen);`;
  script('a.ts', typed);
  script('a.mts', `${typed}\nexport {};`);
  succeeds(['run', 'a.cjs'], 'object function\n');
  succeeds(['run', 'a.mjs'], 'function 5\n');
  succeeds(['run', 'a.ts'], 'typed 2 function\n');
  succeeds(['run', 'a.mts'], 'typed 2 function\n');
  succeeds(['run', 'a.js'], 'function function\n');
});

test('top-level await and imports in a script without package.json', () => {
  script('part.ts', 'export const part: number = 41;');
  script('whole.ts',
    "import { part } from './part.ts'; console.log(await Promise.resolve(part + 1));");
  succeeds(['run', 'whole.ts'], '42\n');
});

test('scripts and libraries are found from the caller\'s folder', () => {
  cpSync(calls, join(folder, 'libnear.so'));
  script('near.ts', `const lib = Deno.dlopen('./libnear.so', {
    add_i32: { parameters: ['i32', 'i32'], result: 'i32' } } as const);
    console.log(lib.symbols.add_i32(40, 2));`);
  succeeds(['run', '--allow-ffi', 'near.ts'], '42\n');
  succeeds(['run', '--allow-ffi', './near.ts'], '42\n');
  succeeds(['run', '--allow-ffi', join(folder, 'near.ts')], '42\n');
  succeeds(['run', '--allow-ffi', join('..', basename(folder), 'near.ts')], '42\n');
  script('a file with spaces.mjs', 'console.log("found")');
  succeeds(['run', 'a file with spaces.mjs'], 'found\n');
});

test('the script\'s exit code, error and signals come through', () => {
  script('exit.js', 'process.exit(7);');
  script('throw.js', "throw new Error('out of the script');");
  script('syntax.js', 'const = 1;');
  assert.equal(springboard(['run', 'exit.js']).status, 7);
  const thrown = springboard(['run', 'throw.js']);
  assert.equal(thrown.status, 1);
  assert.match(thrown.stderr, /out of the script/);
  assert.equal(springboard(['run', 'syntax.js']).status, 1);
  assert.equal(springboard(['run', '--v8-flags=--expose-gc', 'exit.js']).status, 7);
});

test('--v8-flags', () => {
  script('flags.js',
    'gc(); console.log(typeof gc, %GetOptimizationStatus(() => {}) >= 0, Deno.args);');
  succeeds(['run', '--v8-flags=--expose-gc,--allow-natives-syntax', 'flags.js', 'a'],
    "function true [ 'a' ]\n");
  succeeds(['run', '--v8-flags=--expose-gc,--allow-natives-syntax', '--allow-ffi', add], '8\n');
});

test('--help and --version', () => {
  for (const flag of ['--help', '-h']) {
    const { status, stdout, stderr } = springboard([flag]);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /springboard run/);
    assert.match(stdout, /--allow-ffi/);
  }
  const { status, stdout } = springboard(['--version']);
  assert.equal(status, 0);
  assert.match(stdout, /^springboard \d+\.\d+\.\d+\S*\n$/);
});

test('what is no command line has exit code 2', () => {
  const cases = [[], ['walk'], ['--no-such-option'], ['run'], ['run', '--allow-ffi'],
    ['run', '--no-such-option', add], ['run', 'not_there.js'], ['run', '--allow-ffi', '.'],
    ['run', '--allow-ffi=', add]];
  for (const args of cases) {
    const { status, stdout, stderr } = springboard(args);
    assert.equal(status, 2, `springboard ${args.join(' ')}: ${stderr}`);
    assert.equal(stdout, '');
    assert.match(stderr, /springboard/);
  }
});

test('a script is not run when an option is wrong', () => {
  script('loud.js', "console.log('ran');");
  assert.equal(springboard(['run', '--alow-ffi', 'loud.js']).stdout, '');
});
