// The floor: fast functions of V8's own kind, written by hand (floor.cc), called without a wrapper.

import { arrays, callsLibrary, floorAddon, pointArrays } from '../places.mjs';

const floor = floorAddon();
floor.load(callsLibrary);

const perProcess = 'it is the price of a call; this row is about libraries';

export const cannot = {
  open: perProcess, open_and_call: perProcess, memory: perProcess,
  qsort: 'the floor of callbacks is a loop of its own',
  cstring_found: 'fast functions of V8\'s give no strings',
};

// What the rows say must be refused is not.
export const unchecked = true;

// A struct result is written into an array by a function that returns nothing. Fields are read and
// written by DataViews.
const steps = {
  field_read: 'x += points[i & 15].getFloat64(0, true);',
  field_write: 'points[i & 15].setFloat64(8, i + 0.5, true);',
  struct_new: '{ const made = new Uint8Array(16); f(x, b, made); x = made; }',
  struct_out: 'f(a, b, out); x = out;',
};

export const gives = { field_write: 'points[9].getFloat64(8, true)' };

// An out parameter is an array.
const byHand = {
  out: { args: 'i, box', step: 'x = (x + CALL) | 0; x = (x + box[0]) | 0;' },
};
export const withoutForms = (row) => ({ ...row, ...byHand[row.id] });

export function step(row) {
  const { args, step: text } = withoutForms(row);
  return steps[row.id] ?? text.replace('CALL', `f(${args})`);
}

// Functions by row: `strict_i32` is the function of `add_i32`.
const shared = {
  errno: 'add_i32', out: 'out_by_hand', cstring_11: 'cstring', cstring_200: 'cstring',
  strict_i32: 'add_i32', struct_new: 'add_pairs', struct_out: 'add_pairs',
  pointer_add_i32: 'add_i32', pointer_add_f64: 'add_f64', pointer_add_u64: 'add_u64',
};
export const nameOf = (key) => shared[key] ?? key;

export function open(path, definitions) {
  const functions = {};
  for (const key of Object.keys(definitions)) functions[key] = floor[nameOf(key)];
  return { functions };
}

export const values = () => ({
  ...arrays(),
  pointer: floor.makePointer(),
  points: pointArrays().map(({ buffer }) => new DataView(buffer)),
});

// What stands for a callback is the function itself: the floor is a loop of v8::Function::Call.
export const callback = (f) => f;
