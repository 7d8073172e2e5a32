// node:ffi, which is in Node.js 26 itself. Pointers are BigInts, and so are all 64-bit integers; a
// bool is a uint8. It checks the range of integers always.

import ffi from 'node:ffi';

import { arrays, callsLibrary, withTransient } from '../places.mjs';

const noStructs = 'has no structs';
const noPointers = 'calls symbols of libraries only';
const blocks = 'has no calls on other threads';

export const cannot = {
  errno: 'keeps no errno',
  out: 'has no out parameters',
  usize_number: '64-bit integers are BigInts only',
  i53: '64-bit integers are BigInts only',
  structs_in: noStructs,
  struct_new: noStructs,
  struct_out: noStructs,
  pointer_add_i32: noPointers,
  pointer_add_f64: noPointers,
  pointer_add_u64: noPointers,
  nonblocking: blocks,
  nonblocking_100: blocks,
  foreign_callback: blocks,
};

const types = {
  void: 'void', bool: 'bool', i32: 'int32', u32: 'uint32', u64: 'uint64', f32: 'float',
  f64: 'double', pointer: 'pointer', buffer: 'buffer', function: 'function',
};

const typeOf = (type) => (type.callback ? 'function' : types[type]);

export function open(path, definitions) {
  const signatures = Object.fromEntries(
    Object.values(definitions).map(({ symbol, parameters, result }) =>
      [symbol, { arguments: parameters.map(typeOf), return: types[result] }]),
  );
  const { functions: opened, lib } = ffi.dlopen(path, signatures);
  const functions = {};
  const transient = (compare) => {
    const pointer = lib.registerCallback(
      { arguments: ['int32', 'int32'], return: 'int32' }, compare);
    return [pointer, () => lib.unregisterCallback(pointer)];
  };
  for (const [key, { symbol, parameters: [first] }] of Object.entries(definitions)) {
    functions[key] = first?.callback ? withTransient(opened[symbol], transient) : opened[symbol];
  }
  return { functions, library: lib };
}

export const values = () => ({ ...arrays(), pointer: 0x1000n });

// Where its values differ from those of rows.mjs.
export const starts = { bool: ['1', '1'] };

let owner;
export function callback(f) {
  owner ??= new ffi.DynamicLibrary(callsLibrary);
  return owner.registerCallback({ arguments: ['int32'], return: 'int32' }, f);
}
