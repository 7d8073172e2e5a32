// support: where the built package and the native test libraries are, and call sites whose
// optimisation a test controls.
//
// Every suite runs in three tiers, chosen by SPRINGBOARD_TIER (unset, `ordinary`, `public-api`),
// and expects the same outcomes in each. Only which way a call took differs: see `assertTier`.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
// Where ./dev build puts things; a build with other options is found by SPRINGBOARD_BUILD.
const buildFolder = join(root, process.env.SPRINGBOARD_BUILD ?? 'build');
export const packageFolder = join(buildFolder, 'springboard-ffi');
const nativeFolder =
  join(buildFolder, process.arch === 'x64' ? 'native' : `native-${process.arch}`);
export const nativePath = (name) => join(nativeFolder, `lib${name}.so`);

export const springboard = createRequire(import.meta.url)(packageFolder);
export const { dlopen, struct, union, UnsafeCallback, UnsafeFnPointer, UnsafePointer,
  UnsafePointerView } = springboard;
export const internals = springboard[Symbol.for('springboard.internals')];
// { ordinaryCalls, liveStubs, ... }: which way calls took, and what code is alive, up to now.
export const counts = () => internals.counts();
export const fastTier = internals.tier === 'fast';
// Whether calls may take the fast stub although a callback exists and they promised nothing.
export const fastBelowCallbacks =
  fastTier && Number(process.versions.v8.split('.')[0]) >= 14;

// Whether the addon has AddressSanitizer, which then owns the allocator and some signals.
export const sanitized = (process.env.LD_PRELOAD ?? '').includes('libasan');

// Code that a running suite was told to run in: what a child process must repeat.
export const vmFlags = ['--allow-natives-syntax', '--expose-gc'];

export function open(name, symbols) {
  return dlopen(nativePath(name), symbols);
}

export const isBadResource = (error) => error instanceof Error && error.name === 'BadResource';
export const isNotCapable = (error) => error instanceof Error && error.name === 'NotCapable';

// An assertion on a TypeError whose message contains `part`.
export function typeError(part) {
  return (error) => {
    assert.ok(error instanceof TypeError, `expected a TypeError, got ${error}`);
    assert.ok(error.message.includes(part), `'${error.message}' lacks '${part}'`);
    return true;
  };
}

let sites = 0;

// A new function with parameters and body given as text, closing over the names in `scope` as
// constants. V8 shares feedback between functions of identical text, so each gets a text of its
// own.
export function site(parameters, body, scope = {}) {
  sites += 1;
  const text = `const { ${Object.keys(scope).join(', ')} } = scope;
    return function site_${sites}(${parameters}) { ${body} /* ${sites} */ };`;
  return new Function('scope', text)(scope);
}


// Calls `run` until V8 has the feedback it inlines by, then has it optimised. `warm` are the
// arguments of the training calls.
export function heat(run, ...warm) {
  %PrepareFunctionForOptimization(run);
  for (let i = 0; i < 3000; i += 1) run(...warm);
  %PrepareFunctionForOptimization(run);
  run(...warm);
  %OptimizeFunctionOnNextCall(run);
  run(...warm);
  return run;
}

// A function that stays in the interpreter and baseline tiers.
export function keepCold(run) {
  %NeverOptimizeFunction(run);
  return run;
}

export const collect = globalThis.gc;

// Runs `run` `times` times and asserts that the native function was entered every time, and by
// which way: the fast stub in the fast tier, otherwise the ordinary function. `made` tells how
// often the native function was entered.
export function assertTier(made, run, { times = 100, fast = fastTier } = {}) {
  const nativeBefore = Number(made());
  const ordinaryBefore = counts().ordinaryCalls;
  for (let i = 0; i < times; i += 1) run();
  const ordinary = counts().ordinaryCalls - ordinaryBefore;
  const native = Number(made()) - nativeBefore;
  assert.equal(native, times, 'how often the native function was entered');
  assert.equal(ordinary, fast ? 0 : times, 'how often the ordinary function ran');
}

// Waits until `condition` holds, giving the event loop and the collector turns.
export async function eventually(condition, message) {
  for (let i = 0; i < 200; i += 1) {
    if (condition()) return;
    collect?.();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.fail(message);
}

// Runs `program` (the text of a module) in a Node.js of its own with the flags of the suites.
// Gives { status, signal, stdout, stderr }.
export function runNode(program, { flags = [], env = {}, cwd } = {}) {
  return spawnSync(process.execPath,
    [...vmFlags, ...flags, '--input-type=module', '--eval', program],
    { encoding: 'utf8', env: { ...process.env, ...env }, cwd, timeout: 60_000 });
}
