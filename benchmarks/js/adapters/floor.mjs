// The floor: fast functions of V8's own kind, written by hand (floor.cc), called without a wrapper.

import { arrays, callsLibrary, floorAddon } from '../places.mjs';

const floor = floorAddon();
floor.load(callsLibrary);

const perProcess = 'it is the price of a call; this row is about libraries';

export const cannot = {
  open: perProcess, open_and_call: perProcess, memory: perProcess,
  qsort: 'the floor of callbacks is a loop of its own',
};

// What the rows say must be refused is not.
export const unchecked = true;

// A struct result is written into an array by a function that returns nothing.
const steps = {
  out: 'x += f(i, box); x += box[0];',
  struct_new: '{ const made = new Uint8Array(16); f(x, b, made); x = made; }',
  struct_out: 'f(a, b, out); x = out;',
};

export const step = (row) => steps[row.id] ?? row.step.replace('CALL', `f(${row.args})`);

// Functions by row: `strict_i32` is the function of `add_i32`.
const shared = {
  errno: 'add_i32', out: 'out_by_hand',
  strict_i32: 'add_i32', struct_new: 'add_pairs', struct_out: 'add_pairs',
  pointer_add_i32: 'add_i32', pointer_add_f64: 'add_f64', pointer_add_u64: 'add_u64',
};
export const nameOf = (key) => shared[key] ?? key;

export function open(path, definitions) {
  const functions = {};
  for (const key of Object.keys(definitions)) functions[key] = floor[nameOf(key)];
  return { functions };
}

export const values = () => ({ ...arrays(), pointer: floor.makePointer() });

// What stands for a callback is the function itself: the floor is a loop of v8::Function::Call.
export const callback = (f) => f;
