// fuzz_definitions: random definitions, most of them wrong somewhere. Each of them is an Error or
// works, dlopen, UnsafeCallback and UnsafeFnPointer agree on which, and nothing stays of the wrong
// ones. The seed is printed; SPRINGBOARD_FUZZ_SEED repeats a run.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { errorOf, randomDefinition } from '../fuzz/definitions.mjs';
import { seed } from './random.mjs';
import {
  UnsafeCallback, UnsafeFnPointer, counts, dlopen, nativePath, open,
} from './support.mjs';

const path = nativePath('calls');
const lib = open('calls', { add: { name: 'add_i32', parameters: ['i32', 'i32'], result: 'i32' },
  address: { name: 'nop', type: 'pointer' } });
after(() => lib.close());

test(`random definitions, seed ${seed}`, () => {
  let good = 0;
  for (let round = 0; round < 3000; round += 1) {
    const definition = randomDefinition();
    const where = `seed ${seed}, round ${round}`;
    const { liveStubs } = counts();
    const ofLibrary = errorOf(() => dlopen(path, { nop: definition }).close());
    const ofCallback = errorOf(() => new UnsafeCallback(definition, () => {}).close());
    const ofPointer = errorOf(() => {
      const { call } = new UnsafeFnPointer(lib.symbols.address, definition);
      // Wrong arguments: nothing is called with a signature that is not the function's.
      if (definition?.parameters?.length > 0) call(Symbol('never right'));
    });
    assert.equal(ofLibrary === undefined, ofCallback === undefined,
      `${where}: ${ofLibrary}, ${ofCallback}`);
    if (ofLibrary === undefined) {
      good += 1;
      assert.ok(ofPointer === undefined || /^Invalid FFI /.test(ofPointer.message),
        `${where}: ${ofPointer}`);
    } else {
      assert.equal(ofLibrary.constructor, ofCallback.constructor, where);
      assert.equal(counts().liveStubs, liveStubs, `${where}: stubs are left`);
      if (definition?.parameters?.length > 0) assert.notEqual(ofPointer, undefined, where);
    }
  }
  assert.ok(good > 500 && good < 2900, `${good} of 3000 were right`);
  assert.equal(lib.symbols.add(40, 2), 42);
});
