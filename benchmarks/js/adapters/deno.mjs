// Deno's own FFI.

import { arrays, withTransient } from '../places.mjs';

export const cannot = {
  errno: 'keeps no errno',
  out: 'has no out parameters',
  strict_i32: 'has no such option; optimised code wraps what unoptimised code refuses',
  i53: '64-bit results are always BigInt',
  struct_out: 'always makes a new array',
};

const typeOf = (type) => (type.callback ? 'function' : type);

function transient(compare) {
  const made = new Deno.UnsafeCallback({ parameters: ['i32', 'i32'], result: 'i32' }, compare);
  return [made.pointer, () => made.close()];
}

export function open(path, definitions) {
  const library = Deno.dlopen(path, Object.fromEntries(
    Object.entries(definitions).map(([key, { symbol, parameters, result, nonblocking }]) =>
      [key, { name: symbol, parameters: parameters.map(typeOf), result, nonblocking }]),
  ));
  const functions = { ...library.symbols };
  for (const [key, { parameters: [first] }] of Object.entries(definitions)) {
    if (first?.callback) functions[key] = withTransient(functions[key], transient);
  }
  return { functions, library };
}

export const atPointer = (pointer, { parameters, result }) =>
  new Deno.UnsafeFnPointer(pointer, { parameters, result });

export const step = (row) =>
  row.step.replace('CALL', `${row.byPointer ? 'f.call' : 'f'}(${row.args})`);

export const values = () => ({ ...arrays(), pointer: Deno.UnsafePointer.create(0x1000n) });

export function callback(f) {
  return new Deno.UnsafeCallback({ parameters: ['i32'], result: 'i32' }, f).pointer;
}

export const threadSafe = (f) =>
  Deno.UnsafeCallback.threadSafe({ parameters: ['i32'], result: 'i32' }, f).pointer;
