// The fastest legal way once the isolate has a callback: a fast function that returns nothing, for
// V8 cannot invalidate the caller of one that returns a value, and reading the result from a block
// of memory that a typed array shows.

import { floorAddon } from '../places.mjs';
import * as floorAdapter from './floor.mjs';

export { callback, gives, unchecked } from './floor.mjs';

const floor = floorAddon();
const views = {
  i32: new Int32Array(floor.block),
  u32: new Uint32Array(floor.block),
  i53: new Float64Array(floor.block),
  f64: new Float64Array(floor.block),
  u64: new BigUint64Array(floor.block),
  bool: new Uint8Array(floor.block),
};
const suffix = '_void';

export const cannot = {
  ...floorAdapter.cannot,
  pointer: 'a pointer object is allocated, by the ordinary function only',
  callback: 'the floor is no fast function',
};

const returnsValue = (row) => row.result in views;

export function step(row) {
  if (!returnsValue(row)) return floorAdapter.step(row);
  const result = row.result === 'bool' ? 'block[0] !== 0' : 'block[0]';
  const { args, step: text } = floorAdapter.withoutForms(row);
  return `f(${args}); ${text.replace('CALL', result)}`;
}

export function open(path, definitions) {
  const functions = {};
  for (const [key, definition] of Object.entries(definitions)) {
    functions[key] = returnsValue(definition)
      ? floor[floorAdapter.nameOf(key) + suffix]
      : floorAdapter.open(path, { [key]: definition }).functions[key];
  }
  return { functions };
}

export const values = (row) => ({ ...floorAdapter.values(), block: views[row.result] });
