// fuzz_definitions: random definitions, most of them wrong somewhere. Each of them is an Error or
// works, dlopen, UnsafeCallback and UnsafeFnPointer agree on which, and nothing stays of the wrong
// ones. The same of forms, and of C declarations. The seed is printed; SPRINGBOARD_FUZZ_SEED
// repeats a run.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { checkDeclarations, randomDeclarations } from '../fuzz/declarations.mjs';
import { errorOf, randomDefinition, randomFormDefinition } from '../fuzz/definitions.mjs';
import { reseed, seed } from './random.mjs';
import {
  UnsafeCallback, UnsafeFnPointer, counts, dlopen, eventually, nativePath, open,
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

// The messages name the symbol, as the definition or as the library has it.
const refused =
  /^TypeError: .*symbol 'nop'|^(Type)?Error: Failed to register symbol n\w+: |^RangeError: getter$/;

test(`random forms, seed ${seed}`, async () => {
  let good = 0;
  const { liveStubs } = counts();
  for (let round = 0; round < 1500; round += 1) {
    reseed(seed + round);
    const definition = randomFormDefinition();
    const where = `seed ${seed}, round ${round}`;
    let opened;
    const error = errorOf(() => { opened = dlopen(path, { nop: definition }); });
    if (error === undefined) {
      good += 1;
      // Wrong arguments for every form: nothing is called.
      const { nop } = opened.symbols;
      const takes = (type) => type !== '...' && type?.out === undefined;
      if (definition.parameters.some(takes)) {
        // A nonblocking function's error rejects its promise.
        const wrong = await (async () => nop(...Array(8).fill(Symbol('never right'))))().then(
          () => undefined, (reason) => reason);
        assert.ok(wrong instanceof TypeError, `${where}: ${wrong?.stack}`);
        assert.ok(wrong.message.includes("symbol 'nop'"), `${where}: ${wrong}`);
      }
      opened.close();
    } else {
      assert.match(`${error}`, refused, where);
    }
  }
  await eventually(() => counts().liveStubs <= liveStubs, `seed ${seed}: stubs are left`);
  assert.ok(good > 100 && good < 1400, `${good} of 1500 were right`);
});

test(`random C declarations, seed ${seed}`, () => {
  let good = 0;
  for (let round = 0; round < 300; round += 1) {
    reseed(seed + round);
    if (checkDeclarations(randomDeclarations(), path)) good += 1;
  }
  assert.ok(good > 50 && good < 250, `${good} of 300 were right`);
});
