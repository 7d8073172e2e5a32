// bytes: every kind of view and buffer, as values (values.mjs), and where their bytes are.

import { types } from 'node:util';
import { runInNewContext } from 'node:vm';

const getter = (prototype, name) => {
  const { get } = Object.getOwnPropertyDescriptor(prototype, name);
  return (object) => Reflect.apply(get, object, []);
};
const TypedArrayPrototype = Object.getPrototypeOf(Uint8Array.prototype);
const getters = Object.fromEntries(['buffer', 'byteOffset', 'byteLength'].map((name) => [name, {
  ofArray: getter(TypedArrayPrototype, name), ofView: getter(DataView.prototype, name) }]));
const { slice } = TypedArrayPrototype;

export const isBytes = (value) => ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value);

// A property of a view, whatever properties of its own it has.
function read(view, name) {
  const { ofArray, ofView } = getters[name];
  try {
    return (types.isDataView(view) ? ofView : ofArray)(view);
  } catch {
    return 0;  // a DataView that is out of bounds or detached
  }
}

export const lengthOf = (value) =>
  (ArrayBuffer.isView(value) ? read(value, 'byteLength') : value.byteLength);

// Where the bytes of a buffer or view are. It takes those of an array out of V8's heap.
export function placeOf(value) {
  if (!ArrayBuffer.isView(value)) return { buffer: value, byteOffset: 0 };
  return { buffer: read(value, 'buffer'), byteOffset: read(value, 'byteOffset') };
}

// A copy of at most `most` bytes. Leaves those of an array where they are.
export function bytesOf(value, most) {
  const length = Math.min(lengthOf(value), most);
  if (length === 0) return new Uint8Array(0);
  const isPlain = types.isTypedArray(value) && Object.getPrototypeOf(value) !== null;
  const { buffer, byteOffset } = placeOf(isPlain ? Reflect.apply(slice, value, []) : value);
  return new Uint8Array(buffer, byteOffset, length).slice();
}

function filled(buffer) {
  const bytes = new Uint8Array(buffer);
  for (let i = 0; i < Math.min(bytes.length, 256); i += 1) bytes[i] = i * 7 + 3;
  return buffer;
}
const made = (size) => filled(new ArrayBuffer(size));
const shared = (size) => filled(new SharedArrayBuffer(size));
const resizable = (size, max = 256) => filled(new ArrayBuffer(size, { maxByteLength: max }));
const growable = (size) => filled(new SharedArrayBuffer(size, { maxByteLength: 256 }));
function detached(value) {
  const buffer = value.buffer ?? value;
  structuredClone(buffer, { transfer: [buffer] });
  return value;
}
// `view` of a resizable buffer of 64 bytes, which is then made `size` long.
function resized(view, size) {
  view.buffer.resize(size);
  return view;
}
// A typed array whose bytes are in V8's heap: nobody has asked for its buffer.
function onHeap(Class, length) {
  const array = new Class(length);
  const big = array[0] === 0n;
  for (let i = 0; i < length; i += 1) array[i] = big ? BigInt(i + 1) : i + 1;
  return array;
}

const classes = [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array,
  Uint32Array, Float32Array, Float64Array, BigInt64Array, BigUint64Array,
  ...(typeof Float16Array === 'undefined' ? [] : [Float16Array])];
// Each reserves gigabytes of addresses: one is enough.
const memory = new WebAssembly.Memory({ initial: 1 }).buffer;
const sharedMemory = new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true }).buffer;
class Derived extends Uint8Array {}

// `heap`: the bytes are in V8's heap before the first call. `resizable`: their number can change.
// `stale`: a view whose buffer has no bytes any more, or never had.
// `fixed`: of a view, its length cannot change all the same. `lost`: there are none left, and no
// rule says what address that is.
const value = (name, make, known = {}) => ({ name, make, bytes: true, ...known });

export const byteValues = [
  ...classes.flatMap((Class) => [
    value(`${Class.name} on heap`, () => onHeap(Class, 48 / Class.BYTES_PER_ELEMENT),
      { heap: true }),
    value(`${Class.name} off heap`, () => new Class(made(128))),
  ]),
  value('Uint8Array of 64 on heap', () => onHeap(Uint8Array, 64), { heap: true }),
  value('Uint8Array of 65', () => onHeap(Uint8Array, 65)),
  value('Uint8Array of 1 on heap', () => onHeap(Uint8Array, 1), { heap: true }),
  value('view in the middle', () => new Uint8Array(made(128), 33, 40)),
  value('float view in the middle', () => new Float64Array(made(128), 40, 4)),
  value('DataView', () => new DataView(made(64))),
  value('DataView in the middle', () => new DataView(made(128), 5, 44)),
  value('ArrayBuffer', () => made(64)),
  value('Buffer from the pool', () => Buffer.from('0123456789abcdef0123456789abcdef')),
  value('Buffer', () => Buffer.alloc(40, 9), { heap: true }),
  value('derived class', () => new Derived(made(64))),
  value('without a prototype', () => Object.setPrototypeOf(new Uint8Array(made(64)), null)),
  value('with own properties', () => Object.defineProperties(new Uint8Array(made(64)), {
    byteLength: { value: 0 }, length: { value: 1 }, buffer: { value: null }, more: { value: 1 },
  })),
  value('of another realm', () => new (runInNewContext('Uint8Array'))(made(64))),
  value('buffer of another realm', () => filled(runInNewContext('new ArrayBuffer(64)'))),
  value('WebAssembly memory', () => filled(memory)),
  value('shared WebAssembly memory', () => filled(sharedMemory)),
  value('SharedArrayBuffer', () => shared(64)),
  value('view of a SharedArrayBuffer', () => new Uint8Array(shared(64), 8)),
  value('DataView of a SharedArrayBuffer', () => new DataView(shared(64), 3)),
  value('detached ArrayBuffer', () => detached(made(64))),
  value('view of a detached buffer', () => detached(new Uint8Array(made(64), 8)), { stale: true }),
  value('view on heap, then detached', () => detached(onHeap(Uint8Array, 32)), { stale: true }),
  value('DataView of a detached buffer', () => detached(new DataView(made(64), 8)),
    { stale: true }),
  value('empty typed array', () => new Uint8Array(0), { stale: true }),
  value('empty ArrayBuffer', () => new ArrayBuffer(0)),
  value('empty SharedArrayBuffer', () => new SharedArrayBuffer(0)),
  value('DataView of an empty buffer', () => new DataView(new ArrayBuffer(0)), { stale: true }),
  value('empty view at the end', () => new Uint8Array(made(64), 64)),
  value('empty view in the middle', () => new Uint8Array(made(64), 16, 0)),
  value('empty sub-array', () => onHeap(Uint8Array, 16).subarray(4, 4)),
  value('empty DataView at the end', () => new DataView(made(64), 64)),
  value('empty Float64Array at the end', () => new Float64Array(made(64), 64)),
  value('resizable ArrayBuffer', () => resizable(64), { resizable: true }),
  value('resizable ArrayBuffer of 0', () => resizable(0), { resizable: true, lost: true }),
  value('view of a resizable buffer', () => new Uint8Array(resizable(64), 8, 40),
    { resizable: true }),
  value('view that tracks its length', () => new Uint8Array(resizable(64), 8), { resizable: true }),
  value('view that tracks, grown', () => resized(new Uint16Array(resizable(64), 8), 128),
    { resizable: true }),
  value('view that tracks, shrunk to empty', () => resized(new Uint8Array(resizable(64), 8), 8),
    { resizable: true }),
  value('view out of bounds', () => resized(new Uint8Array(resizable(64), 8, 40), 40),
    { resizable: true, lost: true }),
  value('view out of bounds and back', () => resized(
    resized(new Uint8Array(resizable(64), 8, 40), 40), 64), { resizable: true }),
  value('view that tracks, out of bounds', () => resized(new Uint8Array(resizable(64), 8), 4),
    { resizable: true, lost: true }),
  value('DataView of a resizable buffer', () => new DataView(resizable(64), 8, 40),
    { resizable: true }),
  value('DataView that tracks', () => new DataView(resizable(64), 8), { resizable: true }),
  value('DataView out of bounds', () => resized(new DataView(resizable(64), 8, 40), 40),
    { resizable: true, lost: true }),
  value('growable SharedArrayBuffer', () => growable(64), { resizable: true, growable: true }),
  value('view of a growable SharedArrayBuffer', () => new Uint8Array(growable(64), 8, 40),
    { resizable: true, fixed: true }),
  value('view that tracks a growable one', () => new Uint8Array(growable(64), 8),
    { resizable: true }),
  // For the structs of 4, 16 and 24 bytes: exactly, one more and one less.
  ...[3, 4, 5, 15, 16, 17, 23, 24, 25].flatMap((size) => [
    value(`${size} bytes on heap`, () => onHeap(Uint8Array, size), { heap: true }),
    value(`${size} bytes`, () => made(size)),
    value(`${size} bytes at an odd place`, () => new Uint8Array(made(128), 127 - size, size)),
    value(`${size} bytes that track`, () => new Uint8Array(resizable(size + 1), 1),
      { resizable: true }),
  ]),
];
