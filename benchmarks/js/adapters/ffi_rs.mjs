// ffi-rs. Its functions take their arguments in an array; structs are JavaScript objects.

import { arrays, peer } from '../places.mjs';

const { DataType, FFITypeTag, createPointer, define, open: openLibrary } = peer('ffi-rs');

const laterOnly = 'calls back later, from the event loop, and takes no result';
const noPointers = 'calls symbols of libraries only';
const wholeStructs = 'reads and writes whole structs';

export const cannot = {
  out: 'has no out parameters',
  variadic: 'has no variadic functions',
  field_read: wholeStructs,
  field_write: wholeStructs,
  out_by_hand: 'copies arrays of integers',
  strict_i32: 'has no such option; checks no range',
  struct_out: 'always makes a new object',
  callback: laterOnly,
  qsort: laterOnly,
  foreign_callback: laterOnly,
  pointer_add_i32: noPointers,
  pointer_add_f64: noPointers,
  pointer_add_u64: noPointers,
};

const pair = { x: DataType.Double, y: DataType.Double, ffiTypeTag: FFITypeTag.StackStruct };
const types = {
  void: DataType.Void, bool: DataType.Boolean, i32: DataType.I32, u32: DataType.U32,
  u64: DataType.BigInt, usize: DataType.U64, i53: DataType.I64, f32: DataType.Float,
  f64: DataType.Double, pointer: DataType.External, buffer: DataType.U8Array,
  cstring: DataType.String,
};
const typeOf = (type) => types[type] ?? pair;

export function open(path, definitions) {
  openLibrary({ library: path, path });
  const functions = {};
  for (const [key, definition] of Object.entries(definitions)) {
    const { symbol, parameters, result, errno, nonblocking: runInNewThread } = definition;
    functions[key] = define({
      [symbol]: {
        library: path, retType: typeOf(result), paramsType: parameters.map(typeOf), runInNewThread,
        errno,
      },
    })[symbol];
  }
  return { functions };
}

// Its functions are called with one array.
export const takesArray = true;

// With errno the result is an object.
export const step = (row) =>
  row.step.replace('CALL', `f([${row.args}])${row.errno ? '.value' : ''}`);

export const values = () => ({
  ...arrays(),
  a: { x: 1, y: 2 },
  b: { x: 3, y: 4 },
  pointer: createPointer({ paramsType: [DataType.I32], paramsValue: [0] })[0],
});

export function callback() {
  throw new Error(laterOnly);
}
