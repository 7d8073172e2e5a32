// wild: values of every kind as arguments, and what a call must make of each (design.md, section
// 2): the value that arrives, or the class of the error. The rules are told here once more.

import { pick, random } from '../js/random.mjs';
import { UnsafeCallback, UnsafePointer } from '../js/support.mjs';
import { isStruct, layout, randomValue } from './values.mjs';

const detached = () => {
  const bytes = new Uint8Array(random(32));
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  return bytes;
};
const emptied = () => {
  const buffer = new ArrayBuffer(64, { maxByteLength: 128 });
  const view = new Uint8Array(buffer, 32);
  buffer.resize(random(2) === 0 ? 0 : 40);
  return view;
};

export const buffers = {
  onHeap: () => new Uint8Array(random(64)),
  offHeap: () => new Uint8Array(new ArrayBuffer(random(200))),
  part: () => new Uint8Array(new ArrayBuffer(256), random(128), random(128)),
  floats: () => new Float64Array(random(20)),
  view: () => new DataView(new ArrayBuffer(64), random(32)),
  whole: () => new ArrayBuffer(random(64)),
  shared: () => new SharedArrayBuffer(random(64)),
  ofShared: () => new Uint8Array(new SharedArrayBuffer(random(64))),
  resizable: () => new Uint8Array(new ArrayBuffer(random(32), { maxByteLength: 64 })),
  growable: () => new Uint8Array(new SharedArrayBuffer(random(32), { maxByteLength: 64 })),
  detached, emptied,
};
export const randomBuffer = () => buffers[pick(Object.keys(buffers))]();

const numbers = [0, -0, 1, -1, 1.5, -0.5, NaN, Infinity, -Infinity, 127, 128, 255, 256, -129,
  32768, 65536, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1, 2 ** 32, 2 ** 32 - 1, 2 ** 53 - 1,
  2 ** 53, -(2 ** 53), 2 ** 63, -(2 ** 63), 2 ** 64, 1e300, 5e-324];
const bigs = [0n, 1n, -1n, 2n ** 31n, 2n ** 63n - 1n, 2n ** 63n, -(2n ** 63n), 2n ** 64n - 1n,
  2n ** 64n, 2n ** 70n, -(2n ** 200n)];
const junk = [undefined, null, true, false, '', '1', 'text', Symbol('s'), {}, [], [1], () => 1,
  { valueOf: () => 1 }, { get length() { return 4; } }, new Proxy({}, {}),
  new Proxy(new Uint8Array(8), {}), new Date(0), /x/, new Map(), new Number(1), Object(1n),
  Object.create(Uint8Array.prototype), Object.create(null), globalThis, UnsafeCallback,
  { [Symbol.toPrimitive]() { throw new Error('toPrimitive was called'); } }];

export function wildValue() {
  switch (random(6)) {
    case 0:
    case 1: return pick(numbers);
    case 2: return pick(bigs);
    case 3: return randomBuffer();
    case 4: return random(3) === 0 ? UnsafePointer.create(random(2 ** 31)) : pick(junk);
    default: return randomValue(pick(['i32', 'u8', 'i64', 'f64', 'bool']));
  }
}

const bits = { i8: 8, u8: 8, i16: 16, u16: 16, i32: 32, u32: 32, i64: 64, u64: 64, isize: 64,
  usize: 64 };
const isSigned = (type) => type.startsWith('i');
const wrapped = (type, integer) =>
  (isSigned(type) ? BigInt.asIntN : BigInt.asUintN)(bits[type], integer);
const isPointer = (value) => value !== null && typeof value === 'object' &&
  Object.getPrototypeOf(value) === null && !Object.isExtensible(value);
// Not by instanceof, which looks at what a prototype says.
const byteLength = (value) => {
  if (ArrayBuffer.isView(value)) {
    try {
      return value.byteLength;
    } catch {
      return 0; // a DataView that is out of bounds
    }
  }
  for (const Kind of [ArrayBuffer, SharedArrayBuffer]) {
    try {
      return Object.getOwnPropertyDescriptor(Kind.prototype, 'byteLength').get.call(value);
    } catch {
      // of another kind
    }
  }
  return undefined;
};

const refused = (Kind = TypeError) => ({ error: Kind });
const taken = (value) => ({ value });
// It is taken, or is refused: what arrives is not told here.
const either = { either: true };

function integer(type, value, strict) {
  const is64 = bits[type] === 64;
  if (typeof value === 'bigint' && is64) {
    return strict && wrapped(type, value) !== value ? refused() : taken(wrapped(type, value));
  }
  if (typeof value !== 'number') return refused();
  if (strict) {
    const fits = Number.isInteger(value) && wrapped(type, BigInt(value)) === BigInt(value);
    if (!fits) return refused();
    return taken(is64 ? BigInt(value) : value + 0);
  }
  if (!is64) {
    const exact = wrapped(type, BigInt(value | 0));
    return taken(Number(exact));
  }
  if (Number.isNaN(value)) return taken(0n);
  return Math.abs(value) < 2 ** 63 ? taken(wrapped(type, BigInt(Math.trunc(value)))) : either;
}

// What becomes of `value` as an argument: { value } as it arrives, { error } or { either }.
export function outcomeOf(type, value, { strict = false } = {}) {
  if (isStruct(type)) {
    const length = byteLength(value);
    return length === undefined || length < layout(type)[0] ? refused() : either;
  }
  switch (type) {
    case 'bool': return typeof value === 'boolean' ? taken(value) : refused();
    case 'f32': return typeof value === 'number' ? taken(Math.fround(value)) : refused();
    case 'f64': return typeof value === 'number' ? taken(value) : refused();
    case 'pointer':
    case 'function':
      if (value === null) return taken(null);
      return isPointer(value) ? taken(value) : refused();
    case 'i53':
    case 'u53':
      if (typeof value !== 'number') return refused();
      return Number.isSafeInteger(value) && (type === 'i53' || value >= 0) ? taken(value + 0)
        : refused();
    case 'buffer': return value === null || byteLength(value) !== undefined ? either : refused();
    default: return integer(type, value, strict);
  }
}
