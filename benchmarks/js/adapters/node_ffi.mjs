// node:ffi, which is in Node.js 26 itself. Pointers are BigInts, and so are all 64-bit integers; a
// bool is a uint8. It checks the range of integers always.

import ffi from 'node:ffi';

import { arrays, callsLibrary, pointArrays, withTransient } from '../places.mjs';

const noStructs = 'has no structs';
const noPointers = 'calls symbols of libraries only';
const blocks = 'has no calls on other threads';

export const cannot = {
  errno: 'keeps no errno',
  out: 'has no out parameters',
  variadic: 'has no variadic functions',
  cstring_found: 'gives the pointer, to a string that is gone by then',
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
  cstring: 'string',
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

// Kept, since their addresses are used.
const structs = pointArrays();
const { getFloat64, setFloat64 } = ffi;
const steps = {
  field_read: 'x += getFloat64(points[i & 15], 0);',
  field_write: 'setFloat64(points[i & 15], 8, i + 0.5);',
};
export const step = (row) => steps[row.id] ?? row.step.replace('CALL', `f(${row.args})`);
export const gives = { field_write: 'getFloat64(points[9], 8)' };

export const values = () => ({
  ...arrays(),
  pointer: 0x1000n,
  getFloat64,
  setFloat64,
  points: structs.map((bytes) => ffi.getRawPointer(bytes)),
});

// Where its values differ from those of rows.mjs.
export const starts = { bool: ['1', '1'] };

let owner;
export function callback(f) {
  owner ??= new ffi.DynamicLibrary(callsLibrary);
  return owner.registerCallback({ arguments: ['int32'], return: 'int32' }, f);
}
