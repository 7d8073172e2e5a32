// Springboard, as ./dev build laid it out. Its definitions are the rows' own.

import { createRequire } from 'node:module';
import { join } from 'node:path';

import { arrays, root } from '../places.mjs';

const require = createRequire(import.meta.url);
const api = require(join(root, 'build', 'springboard-ffi'));
const { UnsafeCallback, UnsafeFnPointer, UnsafePointer, dlopen, struct } = api;

export const cannot = {};

export function open(path, definitions) {
  const library = dlopen(path, Object.fromEntries(
    Object.entries(definitions).map(([key, { symbol, ...rest }]) =>
      [key, { name: symbol, ...rest }]),
  ));
  return { functions: library.symbols, library };
}

export const atPointer = (pointer, { symbol, ...definition }) =>
  new UnsafeFnPointer(pointer, definition);

export const step = (row) =>
  row.step.replace('CALL', `${row.byPointer ? 'f.call' : 'f'}(${row.args})`);

const Point = struct({ x: 'f64', y: 'f64' }, { name: 'Point' });

export const values = () => ({
  ...arrays(),
  pointer: UnsafePointer.create(0x1000n),
  points: Array.from({ length: 16 }, (_, i) => Point.from({ x: i })),
});

const incrementing = { parameters: ['i32'], result: 'i32' };

// Kept, as it must be while native code may call it.
let kept;
export function callback(f) {
  kept = new UnsafeCallback(incrementing, f);
  return kept.pointer;
}

export const threadSafe = (f) => UnsafeCallback.threadSafe(incrementing, f).pointer;

// Bytes of machine code that live stubs take.
export const codeBytes = () => api[Symbol.for('springboard.internals')].counts().codeBytesUsed;
