// Deno's own FFI.

import { arrays, pointArrays, withTransient } from '../places.mjs';

export const cannot = {
  errno: 'keeps no errno',
  out: 'has no out parameters',
  variadic: 'has no variadic functions',
  field_write: 'writes no memory: has DataView for it',
  strict_i32: 'has no such option; optimised code wraps what unoptimised code refuses',
  i53: '64-bit results are always BigInt',
  struct_out: 'always makes a new array',
};

const types = { cstring: 'buffer' };
const typeOf = (type) => (type.callback ? 'function' : types[type] ?? type);

function transient(compare) {
  const made = new Deno.UnsafeCallback({ parameters: ['i32', 'i32'], result: 'i32' }, compare);
  return [made.pointer, () => made.close()];
}

export function open(path, definitions) {
  const library = Deno.dlopen(path, Object.fromEntries(
    Object.entries(definitions).map(([key, { symbol, parameters, result, nonblocking }]) =>
      [key, {
        name: symbol, parameters: parameters.map(typeOf), nonblocking,
        result: result === 'cstring' ? 'pointer' : result,
      }]),
  ));
  const functions = { ...library.symbols };
  for (const [key, { parameters: [first] }] of Object.entries(definitions)) {
    if (first?.callback) functions[key] = withTransient(functions[key], transient);
  }
  return { functions, library };
}

export const atPointer = (pointer, { parameters, result }) =>
  new Deno.UnsafeFnPointer(pointer, { parameters, result });

// A string is encoded for each call.
const encoder = new TextEncoder();
const cString = (text) => encoder.encode(`${text}\0`);
const steps = {
  cstring_11: 'x += f(cString(shortText));',
  cstring_200: 'x += f(cString(longText));',
  cstring_found: 'x += getCString(f(cString(shortText), 119)).length;',
  field_read: 'x += points[i & 15].getFloat64(0);',
};
export const step = (row) =>
  steps[row.id] ?? row.step.replace('CALL', `${row.byPointer ? 'f.call' : 'f'}(${row.args})`);

// Kept, since their addresses are used.
const structs = pointArrays();

export const values = () => ({
  ...arrays(),
  cString,
  getCString: Deno.UnsafePointerView.getCString,
  pointer: Deno.UnsafePointer.create(0x1000n),
  points: structs.map((bytes) => new Deno.UnsafePointerView(Deno.UnsafePointer.of(bytes))),
});

export function callback(f) {
  return new Deno.UnsafeCallback({ parameters: ['i32'], result: 'i32' }, f).pointer;
}

export const threadSafe = (f) =>
  Deno.UnsafeCallback.threadSafe({ parameters: ['i32'], result: 'i32' }, f).pointer;
