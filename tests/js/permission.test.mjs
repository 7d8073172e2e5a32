// permission: what --allow-ffi and --deny-ffi let a script of `springboard run` do: paths, links,
// bare names and raw pointers. node_permission.test.mjs has Node's own permission model.

import assert from 'node:assert/strict';
import { cpSync, mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';

import { folder, script, springboard, told } from './command_support.mjs';
import { nativePath, packageFolder } from './support.mjs';

const calls = nativePath('calls');
const other = nativePath('structs');
const bare = 'libm.so.6';
// Where the loader finds that name.
const bareFile = script('maps.mjs', `
  import { readFileSync } from 'node:fs';
  Deno.dlopen('${bare}', {});
  const lines = readFileSync('/proc/self/maps', 'utf8').split('\\n');
  const line = lines.find((text) => text.includes('/libm.'));
  console.log(JSON.stringify(line.slice(line.indexOf('/'))));
`) && told(['run', '--allow-ffi', 'maps.mjs']);

const link = join(folder, 'link.so');
symlinkSync(calls, link);
symlinkSync('loop', join(folder, 'loop'));
mkdirSync(join(folder, 'inside'));
cpSync(calls, join(folder, 'inside', 'copy.so'));
symlinkSync('../inside', join(folder, 'inside', 'again'));

const REFUSED = 'Requires ffi access, run again with the --allow-ffi flag';
const refusedPath = (path) =>
  `NotCapable: Requires ffi access to "${path}", run again with the --allow-ffi flag`;

// Opens each argument and tells what came of it, then whether raw pointers are allowed.
script('open.mjs', `
  const outcome = (run) => {
    try {
      run();
      return 'allowed';
    } catch (error) {
      if (error.name === 'NotCapable' && !(error instanceof Deno.errors.NotCapable)) throw error;
      return error.name + ': ' + error.message;
    }
  };
  console.log(JSON.stringify([
    ...Deno.args.map((path) => outcome(() => Deno.dlopen(path, {}).close())),
    outcome(() => Deno.UnsafePointer.of(new Uint8Array(8))),
  ]));
`);

// Runs the script with `options`; `paths` says of each path whether it can be opened.
function check(options, paths, pointers) {
  const opened = Object.keys(paths);
  const outcomes = told(['run', ...options, 'open.mjs', ...opened]);
  const expected = opened.map((path) => (paths[path] ? 'allowed' : refusedPath(path)));
  assert.deepEqual(outcomes,
    [...expected, pointers ? 'allowed' : `NotCapable: ${REFUSED}`], options.join(' '));
}

test('nothing is allowed that no option allows', () => {
  check([], { [calls]: false, [bare]: false, '/no/such/file': false }, false);
});

test('--allow-ffi, -A and --allow-all allow everything', () => {
  for (const option of ['--allow-ffi', '-A', '--allow-all']) {
    check([option], { [calls]: true, [bare]: true, '': true }, true);
  }
});

test('paths allow files, folders and bare names, and no pointers', () => {
  check([`--allow-ffi=${calls}`], { [calls]: true, [link]: true, [other]: false, [bare]: false },
    false);
  check([`--allow-ffi=${calls},${other}`], { [calls]: true, [other]: true }, false);
  check([`--allow-ffi=${calls}`, `--allow-ffi=${other}`], { [calls]: true, [other]: true }, false);
  check(['--allow-ffi', `--allow-ffi=${calls}`], { [calls]: true, [other]: false }, false);
  check([`--allow-ffi=${link}`], { [link]: true, [calls]: true, [other]: false }, false);
  check(['--allow-ffi=/'], { [calls]: true, [bare]: false }, false);
  check([`--allow-ffi=${bare}`], { [bare]: true, [bareFile]: false }, false);
  check([`--allow-ffi=${relative(folder, calls)}`], { [calls]: true }, false);
  check(['--allow-ffi=inside'], {
    './inside/copy.so': true,
    [join(folder, 'inside', 'copy.so')]: true,
    './inside/again/copy.so': true,
    './inside/../link.so': false,
    [calls]: false,
    [bare]: false,
  }, false);
  check(['--allow-ffi=./inside/'], { './inside/copy.so': true, './link.so': false }, false);
  check(['--allow-ffi=inside/cop,loop'], { './inside/copy.so': false, './loop': false }, false);
});

test('--deny-ffi wins over what is allowed', () => {
  check(['--allow-ffi', '--deny-ffi'], { [calls]: false, [bare]: false }, false);
  check(['--deny-ffi', '-A'], { [calls]: false }, false);
  check([`--allow-ffi=${calls}`, '--deny-ffi'], { [calls]: false }, false);
  check(['--allow-ffi', `--deny-ffi=${other}`, '--deny-ffi'], { [calls]: false }, false);
  check(['--allow-ffi', `--deny-ffi=${calls}`],
    { [calls]: false, [link]: false, [other]: true }, true);
  check(['--allow-ffi', `--deny-ffi=${calls}`, `--deny-ffi=${other}`],
    { [calls]: false, [other]: false, './inside/copy.so': true }, true);
  check(['--allow-ffi', '--deny-ffi=inside'],
    { './inside/copy.so': false, './inside/again/copy.so': false, [calls]: true }, true);
  check([`--allow-ffi=${folder}`, '--deny-ffi=inside'],
    { './inside/copy.so': false, [calls]: false }, false);
  check(['--allow-ffi', '--deny-ffi=/'], { [calls]: false, [bare]: false }, true);
});

test('a denied library is reached by no bare name and by no name that the loader rewrites', () => {
  check(['--allow-ffi', `--deny-ffi=${bareFile}`],
    { [bareFile]: false, [realpathSync(bareFile)]: false, [bare]: false, [calls]: true }, true);
  check([`--allow-ffi=${bare}`, `--deny-ffi=${other}`], { [bare]: false }, false);
  const paths = { '$ORIGIN/copy.so': false, './inside/$ORIGIN/copy.so': false };
  check(['--allow-ffi=.'], paths, false);
  check(['--allow-ffi', `--deny-ffi=${other}`], paths, true);
});

test('a link that appears or is turned later does not open a way', () => {
  symlinkSync(calls, join(folder, 'turns.so'));
  script('turn.mjs', `
    import { symlinkSync, unlinkSync } from 'node:fs';
    const open = (path) => {
      try {
        Deno.dlopen(path, {}).close();
        return 'allowed';
      } catch (error) {
        return error.name;
      }
    };
    symlinkSync(${JSON.stringify(other)}, 'later.so');
    const outcomes = [open('./later.so'), open(${JSON.stringify(other)})];
    unlinkSync('later.so');
    symlinkSync(${JSON.stringify(calls)}, 'turned.so');
    unlinkSync('turns.so');
    symlinkSync(${JSON.stringify(other)}, 'turns.so');
    outcomes.push(open('./turned.so'), open('./turns.so'));
    unlinkSync('turned.so');
    unlinkSync('turns.so');
    symlinkSync(${JSON.stringify(calls)}, 'turns.so');
    process.chdir('/');
    console.log(JSON.stringify([...outcomes, open('./link.so'), open(${JSON.stringify(link)})]));
  `);
  // An allowed name that becomes a link to another library does not allow that one; a denied one
  // does deny it. Relative paths are the script's, rules are of the folder at start.
  assert.deepEqual(told(['run', '--allow-ffi=later.so,turns.so', 'turn.mjs']),
    ['NotCapable', 'NotCapable', 'allowed', 'NotCapable', 'NotCapable', 'allowed']);
  assert.deepEqual(told(['run', '--allow-ffi=/', '--deny-ffi=later.so,turns.so', 'turn.mjs']),
    ['NotCapable', 'NotCapable', 'NotCapable', 'NotCapable', 'Error', 'NotCapable']);
});

test('the empty path is the whole process: no list of paths allows it', () => {
  for (const options of [[], [`--allow-ffi=${calls}`], ['--allow-ffi=/'], ['--deny-ffi'],
    ['--allow-ffi', `--deny-ffi=${other}`]]) {
    assert.equal(told(['run', ...options, 'open.mjs', ''])[0], 'Error: Empty path is not allowed');
  }
});

// With a list of paths a script can still call, and so can have a pointer: to the first page, which
// nothing can read.
test('without permission no operation touches memory or runs what it was given', () => {
  script('operations.mjs', `
    const { UnsafeCallback, UnsafeFnPointer, UnsafePointer, UnsafePointerView } = Deno;
    const { symbols } = Deno.dlopen(Deno.args[0],
      { echo_usize: { parameters: ['usize'], result: 'pointer' } });
    const definition = { parameters: [], result: 'void' };
    const trap = { get parameters() { throw new Error('a getter ran'); }, result: 'void' };
    const bytes = new Uint8Array(8);
    const refused = {};
    const attempt = async (what, run) => {
      try {
        await run();
        refused[what] = 'allowed';
      } catch (error) {
        refused[what] = error instanceof Deno.errors.NotCapable ? error.message : String(error);
      }
    };
    for (const [name, pointer] of [['wild', symbols.echo_usize(16)], ['null', null], ['bad', 5]]) {
      const view = new UnsafePointerView(pointer);
      const call = new UnsafeFnPointer(pointer, definition);
      const operations = {
        value: () => UnsafePointer.value(pointer),
        offset: () => UnsafePointer.offset(pointer, 1),
        staticString: () => UnsafePointerView.getCString(pointer),
        staticBuffer: () => UnsafePointerView.getArrayBuffer(pointer, 8),
        staticCopy: () => UnsafePointerView.copyInto(pointer, bytes),
        getCString: () => view.getCString(),
        getArrayBuffer: () => view.getArrayBuffer(8),
        copyInto: () => view.copyInto(bytes),
        call: () => call.call(),
        nonblocking: () =>
          new UnsafeFnPointer(pointer, { ...definition, nonblocking: true }).call(),
        trap: () => new UnsafeFnPointer(pointer, trap).call(),
      };
      for (const type of ['Bool', 'Int8', 'Uint8', 'Int16', 'Uint16', 'Int32', 'Uint32', 'BigInt64',
        'BigUint64', 'Float32', 'Float64', 'Pointer']) {
        operations['get' + type] = () => view['get' + type]();
      }
      if (pointer !== null) operations.equals = () => UnsafePointer.equals(pointer, pointer);
      for (const [what, run] of Object.entries(operations)) await attempt(name + ' ' + what, run);
    }
    await attempt('create', () => UnsafePointer.create(16n));
    await attempt('of', () => UnsafePointer.of(bytes));
    await attempt('callback', () => new UnsafeCallback(definition, () => {}));
    await attempt('callback trap', () => new UnsafeCallback(trap, () => {}));
    await attempt('threadSafe', () => UnsafeCallback.threadSafe(definition, () => {}));
    const free = [UnsafePointer.equals(null, null),
      UnsafePointer.equals(symbols.echo_usize(16), null), symbols.echo_usize(0)];
    console.log(JSON.stringify([refused, free]));
  `);
  const [refused, free] = told(['run', `--allow-ffi=${calls}`, 'operations.mjs', calls]);
  assert.equal(Object.keys(refused).length, 3 * 23 + 2 + 5);
  for (const [what, message] of Object.entries(refused)) assert.equal(message, REFUSED, what);
  assert.deepEqual(free, [true, false, null]);
});

test('refused definitions are not read', () => {
  script('trap.mjs', `
    const trap = { get f() { throw new Error('a getter ran'); } };
    try {
      Deno.dlopen('/no/such/file', trap);
    } catch (error) {
      console.log(JSON.stringify(error.name));
    }`);
  assert.equal(told(['run', 'trap.mjs']), 'NotCapable');
});

test('the rules hold in every thread, and for the package that the script loads', () => {
  script('threads.cjs', `
    const { Worker, isMainThread, parentPort } = require('node:worker_threads');
    const ffi = require(${JSON.stringify(packageFolder)});
    const outcome = (run) => {
      try {
        run();
        return 'allowed';
      } catch (error) {
        return error.name;
      }
    };
    const outcomes = [
      outcome(() => ffi.dlopen(${JSON.stringify(calls)}, {}).close()),
      outcome(() => ffi.dlopen(${JSON.stringify(other)}, {}).close()),
      outcome(() => ffi.UnsafePointer.create(1n)),
    ];
    if (!isMainThread) parentPort.postMessage(outcomes);
    else new Worker(__filename).on('message', (theirs) =>
      console.log(JSON.stringify([outcomes, theirs])));
  `);
  const expected = ['allowed', 'NotCapable', 'NotCapable'];
  assert.deepEqual(told(['run', `--allow-ffi=${calls}`, 'threads.cjs']), [expected, expected]);
});

test('replaced globals change nothing', () => {
  script('patched.mjs', `
    const { call } = Function.prototype;
    const { includes, some } = Array.prototype;
    Array.prototype.includes = Array.prototype.some = Function.prototype.call = () => true;
    Map.prototype.has = Map.prototype.get = String.prototype.includes = () => true;
    Object.prototype.allow = true;
    process.execArgv.push('--allow-ffi');
    process.argv.splice(0, 99, 'run', '--allow-ffi');
    const names = [];
    for (const run of [() => Deno.dlopen(${JSON.stringify(calls)}, {}),
      () => Deno.UnsafePointer.create(1n)]) {
      try {
        run();
      } catch (error) {
        names.push(error.name);
      }
    }
    Object.assign(Array.prototype, { includes, some });
    Function.prototype.call = call;
    console.log(JSON.stringify(names));`);
  assert.deepEqual(told(['run', 'patched.mjs']), ['NotCapable', 'NotCapable']);
});

test('--v8-flags keep the rules', () => {
  const options = ['--allow-ffi', `--deny-ffi=${calls}`];
  check(['--v8-flags=--expose-gc', ...options], { [calls]: false, [other]: true }, true);
  check([`--allow-ffi=${calls}`, '--v8-flags=--expose-gc', '--'], { [calls]: true, [other]: false },
    false);
});

test('an uncaught NotCapable ends the script with exit code 1', () => {
  script('uncaught.mjs', `Deno.dlopen(${JSON.stringify(calls)}, {});`);
  const { status, stdout, stderr } = springboard(['run', 'uncaught.mjs']);
  assert.equal(status, 1);
  assert.equal(stdout, '');
  assert.match(stderr,
    /NotCapable: Requires ffi access to ".*", run again with the --allow-ffi flag/);
});

test('a name that is searched for needs leave itself, and for the file that is found', () => {
  const directory = join(realpathSync(folder), 'searched');
  mkdirSync(directory);
  const found = join(directory, 'libcarrot.so.3');
  cpSync(calls, found);
  // A later candidate that would be allowed stands in for no earlier one.
  cpSync(calls, join(directory, 'libcarrot.so.2'));
  const env = { ...process.env, LD_LIBRARY_PATH: directory };
  const opened = (...options) => told(['run', ...options, 'open.mjs', 'carrot'], { env })[0];
  assert.equal(opened(), refusedPath('carrot'));
  assert.equal(opened('--allow-ffi'), 'allowed');
  assert.equal(opened(`--allow-ffi=${directory}`), refusedPath('carrot'));
  for (const allowed of ['carrot', `carrot,${join(directory, 'libcarrot.so.2')}`]) {
    assert.equal(opened(`--allow-ffi=${allowed}`), refusedPath(found));
  }
  for (const allowed of [`carrot,${directory}`, `${found},carrot`]) {
    assert.equal(opened(`--allow-ffi=${allowed}`), 'allowed');
  }
  assert.equal(opened('--allow-ffi', `--deny-ffi=${found}`), refusedPath('carrot'));
});

test('the process itself is all of its libraries', () => {
  script('self.mjs', `
    let outcome = 'allowed';
    try {
      Deno.dlopen(null, {});
    } catch (error) {
      outcome = error.message;
    }
    console.log(JSON.stringify(outcome));`);
  assert.equal(told(['run', '--allow-ffi', 'self.mjs']), 'allowed');
  for (const options of [[], ['--deny-ffi'], [`--allow-ffi=${calls}`], ['--allow-ffi=/'],
    ['--allow-ffi', `--deny-ffi=${calls}`]]) {
    assert.match(told(['run', ...options, 'self.mjs']), /not allowed|Requires ffi access/);
  }
});
