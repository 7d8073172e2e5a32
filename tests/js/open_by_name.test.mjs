// open_by_name: dlopen() of the process itself, by a library's bare name, with flags, and of
// versions of symbols.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { dlopen, nativePath, packageFolder, typeError } from './support.mjs';

const folder = mkdtempSync(join(tmpdir(), 'open_by_name-'));
after(() => rmSync(folder, { recursive: true }));

const add = { add_i32: { parameters: ['i32', 'i32'], result: 'i32' } };
const getpid = { getpid: { parameters: [], result: 'i32' } };

// What `text` prints in a process whose loader looks into `directories`, too.
function run(directories, text) {
  const file = join(folder, 'script.cjs');
  writeFileSync(file,
    `const { dlopen } = require(${JSON.stringify(packageFolder)});
     const add = ${JSON.stringify(add)};
     ${text}`);
  const ran = spawnSync(process.execPath, [file], {
    encoding: 'utf8',
    env: { ...process.env, LD_LIBRARY_PATH: directories.join(':') },
  });
  assert.equal(ran.status, 0, ran.stderr);
  return ran.stdout.trim();
}

// A directory with `files`: names of copies of libcalls, or [name, contents].
function directory(name, files) {
  const path = join(folder, name);
  mkdirSync(path);
  for (const file of files) {
    if (typeof file === 'string') copyFileSync(nativePath('calls'), join(path, file));
    else writeFileSync(join(path, file[0]), file[1]);
  }
  return path;
}

const MAPPED = `
  const maps = require('node:fs').readFileSync('/proc/self/maps', 'utf8');
  const path = maps.split('\\n').find((line) => line.includes('libcarrot')).split('/').pop();
  console.log(path, lib.symbols.add_i32(40, 2));`;

test('null is the process itself', () => {
  const lib = dlopen(null, getpid);
  assert.equal(lib.symbols.getpid(), process.pid);
  lib.close();
  assert.throws(() => lib.symbols.getpid());
  assert.throws(() => dlopen(null, { no_such_symbol: getpid.getpid }),
    /Failed to register symbol no_such_symbol/);
});

test('a bare name finds libNAME.so, then the newest version', () => {
  const open = "const lib = dlopen('carrot', add);";
  const versions = ['libcarrot.so.2', 'libcarrot.so.10', 'libcarrot.so.10.4', 'libcarrot.so.9.9'];
  const some = directory('some', [...versions, 'libcarrot.so.x', 'libcarrot.so.11.']);
  assert.equal(run([some], open + MAPPED), 'libcarrot.so.10 42');
  const plain = directory('plain', ['libcarrot.so']);
  assert.equal(run([some, plain], open + MAPPED), 'libcarrot.so 42');
  // What does not load is passed over.
  const script = directory('linker', [['libcarrot.so', 'INPUT(-lcarrot)\n']]);
  assert.equal(run([script, some], open + MAPPED), 'libcarrot.so.10 42');
  // What the loader finds as it stands is not searched for.
  const exact = directory('exact', [['libcarrot.so', 'bad'], 'carrot']);
  assert.equal(run([exact], `${open} console.log(lib.symbols.add_i32(1, 2))`), '3');
});

test('a name that nothing is found for says where it looked', () => {
  assert.throws(() => dlopen('no such carrot', add), (error) => {
    assert.match(error.message, /^Could not open library: no such carrot: cannot open/);
    assert.match(error.message,
      /looked for libno such carrot\.so and libno such carrot\.so\.N in \/.*\/usr\/lib( |$)/);
    return true;
  });
  const bad = directory('bad', [['libcarrot.so', 'bad']]);
  const told = run([bad],
    "try { dlopen('carrot', add); } catch (error) { console.log(error.message); }");
  assert.ok(told.includes(`${bad}/libcarrot.so: `), told);
  assert.ok(told.includes(`in ${bad} `), told);
  // Names of files and paths are the loader's alone.
  for (const path of ['nowhere.so', './nowhere', '/nowhere', 'nowhere.so.1']) {
    assert.throws(() => dlopen(path, add), (error) => !error.message.includes('looked for'), path);
  }
});

test('flags', () => {
  const calls = nativePath('calls');
  for (const flags of [[], ['lazy'], ['now'], ['global', 'now'], ['nodelete'], null, undefined]) {
    using lib = dlopen(calls, add, { flags });
    assert.equal(lib.symbols.add_i32(1, 2), 3);
  }
  for (const [flags, message] of [
    [['local'], "unknown flag 'local', expected one of 'now', 'lazy', 'global', 'nodelete'"],
    [['now', 'lazy'], "a library is opened either 'lazy' or 'now'"],
    [[1], 'expected the name of a flag'],
    ['now', 'expected an array of flags'],
    [{ now: true }, 'expected an array of flags'],
  ]) {
    assert.throws(() => dlopen(calls, add, { flags }), typeError(message));
    assert.throws(() => dlopen(calls, add, { flags }), typeError("options, field 'flags'"));
  }
});

test('global and nodelete do what the loader says of them', () => {
  const path = JSON.stringify(nativePath('calls'));
  const seen = `let seen = true;
    try { dlopen(null, add); } catch { seen = false; }`;
  // A library that is closed is unmapped by a task of the event loop.
  const told = `const mapped = () =>
      require('node:fs').readFileSync('/proc/self/maps', 'utf8').includes('libcalls');
    const tell = (turns) => (mapped() && turns > 0
      ? setTimeout(tell, 10, turns - 1) : console.log(mapped()));
    tell(30);`;
  assert.equal(run([], `const lib = dlopen(${path}, add); ${seen} console.log(seen);`), 'false');
  assert.equal(run([], `const lib = dlopen(${path}, add, { flags: ['global'] }); ${seen}
    console.log(seen);`), 'true');
  for (const [flags, mapped] of [['[]', 'false'], ["['nodelete']", 'true']]) {
    assert.equal(run([], `dlopen(${path}, add, { flags: ${flags} }).close(); ${told}`), mapped);
  }
});

test('versions of symbols', () => {
  const version = process.arch === 'x64' ? 'GLIBC_2.2.5' : 'GLIBC_2.17';
  const lib = dlopen('libc.so.6', {
    getpid: { ...getpid.getpid, version },
    gone: { ...getpid.getpid, name: 'getpid', version: 'GLIBC_9.9', optional: true },
    environ: { type: 'pointer', version },
  });
  assert.equal(lib.symbols.getpid(), process.pid);
  assert.equal(lib.symbols.gone, null);
  assert.notEqual(lib.symbols.environ, null);
  lib.close();
  assert.throws(() => dlopen('libc.so.6', { getpid: { ...getpid.getpid, version: 'GLIBC_9.9' } }),
    /Failed to register symbol getpid: .*getpid.*GLIBC_9\.9/);
  for (const bad of [5, '', 'a\0b', true]) {
    assert.throws(() => dlopen('libc.so.6', { getpid: { ...getpid.getpid, version: bad } }),
      typeError("expected a symbol version: symbol 'getpid', field 'version'"));
  }
});
