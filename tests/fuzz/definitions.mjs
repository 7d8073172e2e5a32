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

// Types that are more than a native type, and those that C has beyond Deno's; some are wrong.
function randomForm(depth = 0) {
  if (random(25) === 0) return pick(junk);
  const inner = () => (depth < 3 ? randomForm(depth + 1) : pick(kinds));
  return pick([
    () => pick(kinds),
    () => pick(['cstring', 'cstring16', 'cstring32', 'wcstring', 'int', 'unsigned long', 'wchar_t',
      'time_t', 'i128', 'u128', 'f16', 'long double', 'ssize_t', 'long int', '...']),
    () => ({ enum: pick([{ RED: 0, GREEN: 1 }, {}, { A: 1.5 }, { A: 'x' }, null]),
      type: pick([undefined, 'u8', 'i64', 'f64', 'pointer']) }),
    () => ({ complex: pick(['f32', 'f64', 'long double', 'i32']) }),
    () => ({ vector: pick(['f32', 'i8', 'i64', 'pointer']), length: pick([1, 2, 4, 8, 16, '4']) }),
    () => ({ union: Array.from({ length: random(4) }, inner), packed: pick([undefined, true, 4]) }),
    () => ({ struct: Array.from({ length: random(4) }, inner), align: pick([undefined, 16, 3]) }),
    () => ({ struct: Object.fromEntries(
      Array.from({ length: random(4) }, (_, i) => [`field${i}`, inner()])) }),
    () => ({ struct: ['u8', { array: inner(), length: pick([1, 3, 0, -1, undefined]) },
      { bits: pick(['u32', 'u8', 'f32']), width: pick([0, 1, 8, 33]) }] }),
    () => ({ out: inner() }),
    () => ({ inout: inner() }),
    () => ({ callback: random(3) === 0 ? pick(junk) : { parameters: [inner()], result: inner() },
      keep: pick([undefined, true, 5]) }),
    () => ({ pointer: pick(['thing', '', 5]), free: pick([undefined, 'nop', 'no_such_symbol']) }),
    () => ({ userdata: pick([true, false, 'x']) }),
    () => ({ cstring: pick(['u8', 'u16', 'i32']), free: pick([undefined, 'nop', 5]) }),
  ])();
}

export function randomFormDefinition() {
  const definition = {
    parameters: Array.from({ length: random(5) }, () => randomForm()),
    result: random(3) === 0 ? 'void' : randomForm(),
  };
  const rules = { errno: [true, false, 1], throws: ['errno', 'x', null],
    abi: ['sysv', 'win64', 'x'], strict: [true], nonblocking: [true], leaf: [true],
    cxx: [true], trace: [false], version: ['X_1', 5] };
  const rule = pick(Object.keys(rules));
  if (random(3) === 0) definition[rule] = pick(rules[rule]);
  return definition;
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
