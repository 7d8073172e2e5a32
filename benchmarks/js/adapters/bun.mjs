// bun:ffi. Pointers are Numbers; `i64_fast` exchanges 64-bit integers as Numbers where they fit.

import { CFunction, JSCallback, dlopen } from 'bun:ffi';

import { arrays, withTransient } from '../places.mjs';

const noStructs = 'has no structs';
const blocks = 'has no calls on other threads';

export const cannot = {
  errno: 'keeps no errno',
  out: 'has no out parameters',
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

export const values = () => ({ ...arrays(), pointer: 0x1000 });

export const callback = (f) => new JSCallback(f, { args: ['i32'], returns: 'i32' }).ptr;
