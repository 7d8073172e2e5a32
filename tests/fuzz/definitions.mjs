// definitions: random definitions, most of them wrong somewhere.

import assert from 'node:assert/strict';

import { pick, random } from '../js/random.mjs';

const kinds = ['i8', 'u8', 'i16', 'u16', 'i32', 'u32', 'i64', 'u64', 'isize', 'usize', 'f32', 'f64',
  'i53', 'u53', 'bool', 'pointer', 'buffer', 'function'];
const loop = { struct: ['u8'] };
loop.struct.push(loop);
const junk = [undefined, null, 0, 5, 1n, '', 'num', 'I32', 'struct', true, Symbol('s'), {}, [],
  () => {}, new Uint8Array(4), new Map(), new Proxy({}, {}), { struct: [] }, { struct: 'i8' },
  { struct: {} },
  { struct: ['i8'], more: 1 }, { structs: ['i8'] }, loop, new String('i32'), Object.create(null),
  { get struct() { throw new RangeError('getter'); } }, new Date(0), NaN, 'void'];

function randomType(depth = 0) {
  if (random(60) === 0) return pick(junk);
  if (depth > 3 || random(4) !== 0) return pick(kinds);
  return { struct: Array.from({ length: 1 + random(4) }, () => randomType(depth + 1)) };
}

export function randomDefinition() {
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
export function errorOf(make) {
  try {
    make();
    return undefined;
  } catch (error) {
    assert.ok(error instanceof Error, String(error));
    assert.ok(error.message.length > 0);
    return error;
  }
}
