// bun:ffi. Pointers are Numbers; `i64_fast` exchanges 64-bit integers as Numbers where they fit.

import { CFunction, JSCallback, dlopen, ptr as pointerTo, read } from 'bun:ffi';

import { arrays, pointArrays, withTransient } from '../places.mjs';

const noStructs = 'has no structs';
const blocks = 'has no calls on other threads';

export const cannot = {
  errno: 'keeps no errno',
  out: 'has no out parameters',
  variadic: 'has no variadic functions',
  field_write: 'writes no memory: has DataView for it',
  strict_i32: 'has no such option; checks no range',
  structs_in: noStructs,
  struct_new: noStructs,
  struct_out: noStructs,
  nonblocking: blocks,
  nonblocking_100: blocks,
  foreign_callback: 'callbacks from other threads return nothing',
};

const types = { pointer: 'ptr', buffer: 'ptr', function: 'ptr', i53: 'i64_fast' };
const typeOf = (type) => (type.callback ? 'ptr' : types[type] ?? type);

function transient(compare) {
  const made = new JSCallback(compare, { args: ['i32', 'i32'], returns: 'i32' });
  return [made.ptr, () => made.close()];
}

export function open(path, definitions) {
  const library = dlopen(path, Object.fromEntries(
    Object.values(definitions).map(({ symbol, parameters, result }) =>
      [symbol, { args: parameters.map(typeOf), returns: typeOf(result) }]),
  ));
  const functions = {};
  for (const [key, { symbol, parameters: [first] }] of Object.entries(definitions)) {
    const f = library.symbols[symbol];
    functions[key] = first?.callback ? withTransient(f, transient) : f;
  }
  return { functions, library };
}

export const atPointer = (ptr, { parameters, result }) =>
  CFunction({ ptr, args: parameters.map(typeOf), returns: typeOf(result) });

// Kept, since their addresses are used.
const structs = pointArrays();
const steps = { field_read: 'x += read.f64(points[i & 15], 0);' };
export const step = (row) => steps[row.id] ?? row.step.replace('CALL', `f(${row.args})`);

export const values = () => ({
  ...arrays(), pointer: 0x1000, read, points: structs.map((bytes) => pointerTo(bytes)),
});

export const callback = (f) => new JSCallback(f, { args: ['i32'], returns: 'i32' }).ptr;
