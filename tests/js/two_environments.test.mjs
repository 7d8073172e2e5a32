// two_environments: the API installed twice into one isolate, as when a script that runs under the
// command also loads the package. Native calls of one run callbacks of the other.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import test from 'node:test';

import { collect, heat, nativePath, packageFolder, site } from './support.mjs';

const { install } = createRequire(import.meta.url)(join(packageFolder, 'load.js'));

function freshApi() {
  const api = {};
  install(api);
  return api;
}

const plain = { call_back: { parameters: ['function', 'i32'], result: 'i32' } };

function caller(api) {
  const { symbols } = api.dlopen(nativePath('plain'), plain);
  const state = { scale: 1 };
  const run = site('pointer, x', 'const r = f(pointer, x); return [r, state.scale];',
    { f: symbols.call_back, state });
  return { run, state };
}

test('a callback of the other environment invalidates the hot caller', () => {
  const [one, other] = [freshApi(), freshApi()];
  const { run, state } = caller(one);
  let change = false;
  const callback = new other.UnsafeCallback({ parameters: ['i32'], result: 'i32' }, (x) => {
    if (change) {
      state.scale = 2;
      collect();
    }
    return x + 1;
  });
  heat(run, callback.pointer, 1);
  change = true;
  assert.deepEqual(run(callback.pointer, 5), [6, 2]);
  assert.deepEqual(run(callback.pointer, 6), [7, 2]);
  callback.close();
});

test('an environment that comes after the first callback knows of it', () => {
  const first = freshApi();
  let change = () => {};
  const callback = new first.UnsafeCallback({ parameters: ['i32'], result: 'i32' }, (x) => {
    change();
    return x * 2;
  });
  const { run, state } = caller(freshApi());
  heat(run, callback.pointer, 1);
  change = () => {
    state.scale = 3;
    collect();
  };
  assert.deepEqual(run(callback.pointer, 21), [42, 3]);
  callback.close();
});

test('what a callback of the other environment throws is rethrown by this call', () => {
  const [one, other] = [freshApi(), freshApi()];
  const { run } = caller(one);
  let thrown = null;
  const callback = new other.UnsafeCallback({ parameters: ['i32'], result: 'i32' }, (x) => {
    if (thrown !== null) throw thrown;
    return x;
  });
  heat(run, callback.pointer, 1);
  thrown = new Error('from the other one');
  assert.throws(() => run(callback.pointer, 1), thrown);
  thrown = null;
  assert.deepEqual(run(callback.pointer, 4), [4, 1]);
  callback.close();
});
