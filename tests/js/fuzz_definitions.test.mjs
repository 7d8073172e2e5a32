// fuzz_definitions: random definitions, most of them wrong somewhere. Each of them is an Error or
// works, dlopen, UnsafeCallback and UnsafeFnPointer agree on which, and nothing stays of the wrong
// ones. The seed is printed; SPRINGBOARD_FUZZ_SEED repeats a run.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { pick, random, seed } from './random.mjs';
import {
  UnsafeCallback, UnsafeFnPointer, counts, dlopen, nativePath, open,
} from './support.mjs';

const path = nativePath('calls');
const lib = open('calls', { add: { name: 'add_i32', parameters: ['i32', 'i32'], result: 'i32' },
  address: { name: 'nop', type: 'pointer' } });
after(() => lib.close());

const kinds = ['i8', 'u8', 'i16', 'u16', 'i32', 'u32', 'i64', 'u64', 'isize', 'usize', 'f32', 'f64',
  'i53', 'u53', 'bool', 'pointer', 'buffer', 'function'];
const loop = { struct: ['u8'] };
loop.struct.push(loop);
const junk = [undefined, null, 0, 5, 1n, '', 'int', 'I32', 'struct', true, Symbol('s'), {}, [],
  () => {}, new Uint8Array(4), new Map(), new Proxy({}, {}), { struct: [] }, { struct: 'i8' },
  { struct: {} },
  { struct: ['i8'], more: 1 }, { structs: ['i8'] }, loop, new String('i32'), Object.create(null),
  { get struct() { throw new RangeError('getter'); } }, new Date(0), NaN, 'void'];

function randomType(depth = 0) {
  if (random(60) === 0) return pick(junk);
  if (depth > 3 || random(4) !== 0) return pick(kinds);
  return { struct: Array.from({ length: 1 + random(4) }, () => randomType(depth + 1)) };
}

function randomDefinition() {
  if (random(40) === 0) return pick(junk);
  const definition = {
    parameters: Array.from({ length: random(6) }, () => randomType()),
    result: random(4) === 0 ? 'void' : randomType(),
  };
  if (random(12) === 0) definition.parameters = pick(junk);
  if (random(12) === 0) definition.result = pick(junk);
  if (random(20) === 0) delete definition[pick(['parameters', 'result'])];
  const flags = [true, false, null, 5, 'x', {}];
  if (random(10) === 0) definition[pick(['leaf', 'strict'])] = pick(flags);
  if (random(10) === 0) definition[pick(['more', 'callback', 'parameter'])] = pick(junk);
  return definition;
}

// What `make` throws, which is an Error; undefined if nothing.
function errorOf(make) {
  try {
    make();
    return undefined;
  } catch (error) {
    assert.ok(error instanceof Error, String(error));
    assert.ok(error.message.length > 0);
    return error;
  }
}

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
