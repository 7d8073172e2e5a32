// command: `springboard run` as a user meets it: options, scripts of every kind, exit codes.
// permission.test.mjs and deno_global.test.mjs have what a script may do and finds.

import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';

import { folder, script, springboard, succeeds } from './command_support.mjs';
import { nativePath } from './support.mjs';

const calls = nativePath('calls');

const add = script('add.js', `
  const lib = Deno.dlopen(${JSON.stringify(calls)}, {
    add_i32: { parameters: ['i32', 'i32'], result: 'i32' },
  });
  console.log(lib.symbols.add_i32(5, 3));
  lib.close();
`);

test('the guide\'s first program', () => {
  succeeds(['run', '--allow-ffi', add], '8\n');
});

test('an uncaught NotCapable ends the script with exit code 1', () => {
  const { status, stdout, stderr } = springboard(['run', add]);
  assert.equal(status, 1);
  assert.equal(stdout, '');
  assert.match(stderr,
    /NotCapable: Requires ffi access to ".*", run again with the --allow-ffi flag/);
});

test('Deno.args and process.argv', () => {
  script('args.mjs',
    'console.log(JSON.stringify([Deno.args, process.argv.slice(2), import.meta.main]));');
  const args = '["--allow-ffi","-x","two words",""]';
  succeeds(['run', 'args.mjs', '--allow-ffi', '-x', 'two words', ''], `[${args},${args},true]\n`);
  succeeds(['run', 'args.mjs'], '[[],[],true]\n');
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
    ['run', '--allow-ffi=', add], ['run', '--deny-ffi=', add], ['run', '--deny-ffi'],
    ['run', '--allow-all=x', add], ['run', '-A', '--allow-ffi=x', add]];
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
