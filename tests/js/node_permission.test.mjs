// node_permission: Node's own permission model (`node --permission`) rules over the package and the
// command, in the main thread and in workers, also when a permission is dropped on the way.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';

import { folder, script, told } from './command_support.mjs';
import { nativePath, packageFolder, runNode } from './support.mjs';

const calls = nativePath('calls');
const PERMISSION = ['--permission', '--allow-fs-read=*', '--allow-addons', '--no-warnings'];
// Node.js 24 has no permission for native calls: that for addons counts.
const knowsFfi = process.allowedNodeEnvironmentFlags.has('--allow-ffi');
const ALLOWED = knowsFfi ? [...PERMISSION, '--allow-ffi'] : PERMISSION;
const scope = knowsFfi ? 'ffi' : 'addon';

// The text of a function that tells what `ffi` may do: open a library, use a pointer.
const outcomes = `
  function outcomes(ffi) {
    return [() => ffi.dlopen(${JSON.stringify(calls)}, {}).close(),
      () => ffi.UnsafePointer.create(1n)].map((run) => {
      try {
        run();
        return 'allowed';
      } catch (error) {
        return error instanceof ffi.errors.NotCapable ? error.message : String(error);
      }
    });
  }`;
const allowed = ['allowed', 'allowed'];
const refused = [`Requires ffi access to "${calls}", run again with the --allow-ffi flag`,
  'Requires ffi access, run again with the --allow-ffi flag'];

// What a Node.js with `flags` tells that runs `text` after `ffi` has been loaded.
function inNode(flags, text) {
  const { status, stdout, stderr } = runNode(`
    import { createRequire } from 'node:module';
    const ffi = createRequire(${JSON.stringify(`${folder}/`)})(${JSON.stringify(packageFolder)});
    ${outcomes}
    ${text}`, { flags });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

const TELL = 'console.log(JSON.stringify(outcomes(ffi)));';

test('where the model is on, its answer counts', () => {
  assert.deepEqual(inNode(ALLOWED, TELL), allowed);
  assert.deepEqual(inNode(PERMISSION, TELL), knowsFfi ? refused : allowed);
});

test('where the model only reports, nothing is refused', () => {
  // On Node.js 24 that mode refuses addons all the same.
  assert.deepEqual(inNode(['--permission-audit', ...(knowsFfi ? [] : ['--allow-addons'])], TELL),
    allowed);
});

test('a permission that is dropped is gone, for this thread', () => {
  const [before, after] = inNode(ALLOWED, `
    const { symbols } = ffi.dlopen(${JSON.stringify(calls)},
      { add_i32: { parameters: ['i32', 'i32'], result: 'i32' } });
    const before = outcomes(ffi);
    process.permission.drop('${scope}');
    console.log(JSON.stringify([before, [...outcomes(ffi), symbols.add_i32(20, 22)]]));`);
  assert.deepEqual(before, allowed);
  assert.deepEqual(after, [...refused, 42]);
});

test('a script that replaces what was asked changes nothing', () => {
  assert.deepEqual(inNode(ALLOWED, `
    process.permission.drop('${scope}');
    process.permission.has = () => true;
    const { apply, call } = Function.prototype;
    Function.prototype.call = Function.prototype.apply = () => true;
    const told = outcomes(ffi);
    Object.assign(Function.prototype, { apply, call });
    console.log(JSON.stringify(told));`), refused);
});

test('workers have what the process has', () => {
  script('worker.cjs', `${outcomes}
    const ffi = require(${JSON.stringify(packageFolder)});
    require('node:worker_threads').parentPort.postMessage(outcomes(ffi));`);
  const inWorker = (flags) => inNode([...flags, '--allow-worker'], `
    import { Worker } from 'node:worker_threads';
    new Worker(${JSON.stringify(join(folder, 'worker.cjs'))})
      .on('message', (told) => console.log(JSON.stringify(told)));`);
  assert.deepEqual(inWorker(ALLOWED), allowed);
  assert.deepEqual(inWorker(PERMISSION), knowsFfi ? refused : allowed);
});

test('under the command both rules hold', () => {
  script('both.mjs', `${outcomes} console.log(JSON.stringify(outcomes(Deno)));`);
  const both = (flags, options) => told(['run', ...options, 'both.mjs'], { flags });
  assert.deepEqual(both(ALLOWED, ['--allow-ffi']), allowed);
  assert.deepEqual(both(ALLOWED, []), refused);
  assert.deepEqual(both(ALLOWED, [`--allow-ffi=${calls}`]), ['allowed', refused[1]]);
  assert.deepEqual(both(PERMISSION, ['--allow-ffi']), knowsFfi ? refused : allowed);
});

test('a file that Node refuses to read is NotCapable', () => {
  script('read.mjs', `
    try {
      Deno.readFileSync('/etc/passwd');
    } catch (error) {
      console.log(JSON.stringify([error instanceof Deno.errors.NotCapable, error.message]));
    }`);
  const flags = ['--permission', `--allow-fs-read=${packageFolder}`, `--allow-fs-read=${folder}`,
    '--allow-addons', '--no-warnings'];
  assert.deepEqual(told(['run', 'read.mjs'], { flags }), [true,
    'Requires read access to "/etc/passwd", run again with the --allow-fs-read flag']);
});

test('the process itself, and names that are searched for', () => {
  const text = `console.log(JSON.stringify([null, 'z', 'there is no such library'].map((name) => {
    try {
      ffi.dlopen(name, {}).close();
      return 'allowed';
    } catch (error) {
      return error.name;
    }
  })));`;
  const open = ['allowed', 'allowed', 'Error'];
  assert.deepEqual(inNode(ALLOWED, text), open);
  assert.deepEqual(inNode(PERMISSION, text),
    knowsFfi ? ['Error', 'NotCapable', 'NotCapable'] : open);
});
