// koffi. Structs are JavaScript objects; 64-bit results are Numbers where they fit.

import { promisify } from 'node:util';

import { arrays, peer, pointArrays } from '../places.mjs';

const koffi = peer('koffi');
const pair = koffi.struct({ x: 'double', y: 'double' });

export const cannot = {
  errno: 'reads errno later, when it may be another',
  strict_i32: 'has no such option; checks no range',
  struct_out: 'always makes a new object',
};

const types = {
  void: 'void', bool: 'bool', i32: 'int32', u32: 'uint32', u64: 'uint64', usize: 'size_t',
  i53: 'int64', f32: 'float', f64: 'double', pointer: 'void *', buffer: 'void *',
  function: 'void *', cstring: 'str', '...': '...',
};
const compareType = koffi.pointer(koffi.proto('int32', ['int32', 'int32']));
function typeOf(type) {
  if (type.callback) return compareType;
  return type.out ? koffi.out(koffi.pointer(types[type.out])) : types[type] ?? pair;
}

// An out parameter is an array that takes the value; variadic arguments come with their types.
const steps = {
  out: '{ const box = [null]; x = (x + f(i, box)) | 0; x = (x + box[0]) | 0; }',
  variadic: "x = f(i, 'int32', 3, 'double', x);",
  field_read: 'x += koffi.decode.double(points[i & 15]);',
  field_write: "koffi.encode(points[i & 15], 8, 'double', i + 0.5);",
};
export const step = (row) => steps[row.id] ?? row.step.replace('CALL', `f(${row.args})`);
export const gives = { field_write: "koffi.decode(points[9], 8, 'double')" };

export function open(path, definitions) {
  const library = koffi.load(path);
  const functions = {};
  for (const [key, definition] of Object.entries(definitions)) {
    const { symbol, parameters, result, nonblocking } = definition;
    const last = parameters.indexOf('...') + 1 || parameters.length;
    const f = library.func(symbol, typeOf(result), parameters.slice(0, last).map(typeOf));
    functions[key] = nonblocking ? promisify(f.async) : f;
  }
  return { functions, library };
}

export const atPointer = (pointer, { parameters, result }) =>
  koffi.decode(pointer, koffi.proto(typeOf(result), parameters.map(typeOf)));

// Kept, since their addresses are used.
const structs = pointArrays();

export const values = () => ({
  ...arrays(), a: { x: 1, y: 2 }, b: { x: 3, y: 4 }, pointer: 0x1000n, koffi,
  points: structs.map((bytes) => koffi.address(bytes)),
});

const callbackType = koffi.pointer(koffi.proto('int32', ['int32']));
export const callback = (f) => koffi.register(f, callbackType);
export const threadSafe = callback;
