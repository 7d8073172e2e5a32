// places: where the results of `./dev build` and of Bazel are, and the arrays that all adapters but
// koffi's and ffi-rs's pass for buffers and structs.

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const built = join(root, 'build', 'benchmarks');
export const callsLibrary = join(built, 'libcalls.so');
export const manyLibrary = join(built, 'libmany.so');

// What the benchmarks' own addon for this Node.js exports (floor.cc).
export function floorAddon() {
  const name = `floor-${process.platform}-${process.arch}-${process.versions.modules}.node`;
  return createRequire(import.meta.url)(join(built, name));
}

// A package of ../peers.
export function peer(name) {
  return createRequire(join(root, 'benchmarks', 'peers', 'package.json'))(name);
}

const pair = (x, y) => new Uint8Array(new Float64Array([x, y]).buffer);

// Small arrays as programs make them: `new Uint8Array(16)` lives on V8's heap.
function small(bytes) {
  const array = new Uint8Array(bytes.length);
  array.set(bytes);
  return array;
}

// `f` with its one parameter { callback } as a pointer: `make(function)` gives [pointer, close].
export const withTransient = (f, make) => (function_) => {
  const [pointer, close] = make(function_);
  try {
    return f(pointer);
  } finally {
    close();
  }
};

// The structs of the rows of fields: as typed arrays, whose bytes stay where they are.
export const pointArrays = () => Array.from({ length: 16 }, (_, i) => new Float64Array([i, 0]));

// Values for the names in rows.mjs. `a`, `b` and `out` are structs of two doubles.
export function arrays() {
  return {
    bytes: new Uint8Array(1024).fill(1),
    text: new TextEncoder().encode('four and twenty letters.\0'),
    a: small(pair(1, 2)),
    b: small(pair(3, 4)),
    out: new Uint8Array(16),
    compare: (x, y) => x - y,
    box: new Int32Array(1),
    shortText: 'hello world',
    longText: Array.from({ length: 200 }, (_, i) => i % 10).join(''),
  };
}
