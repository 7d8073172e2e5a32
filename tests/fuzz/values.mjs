// values: random types, and values of them that go in and out of native code unchanged.

import { pick, random } from '../js/random.mjs';
import { UnsafePointer } from '../js/support.mjs';

const bits64 = () => (BigInt(random(2 ** 32 - 1)) << 32n) | BigInt(random(2 ** 32 - 1));
const pointer = () => (random(4) === 0 ? null : UnsafePointer.create(bits64() | 1n));
const safe = () => random(2 ** 21) * 2 ** 32 + random(2 ** 32 - 1);

const scalars = {
  i8: () => random(256) - 128, u8: () => random(256), i16: () => random(65536) - 32768,
  u16: () => random(65536), i32: () => random(2 ** 32 - 1) | 0, u32: () => random(2 ** 32 - 1),
  i64: () => BigInt.asIntN(64, bits64()), u64: bits64, isize: () => BigInt.asIntN(64, bits64()),
  usize: bits64, i53: () => (random(2) === 0 ? safe() : -1 - safe()), u53: safe,
  f32: () => Math.fround(random(1 << 24) / 64 - 1000),
  f64: () => random(2 ** 31) / 1024 - 5000, bool: () => random(2) === 1, pointer,
  function: pointer,
};
const kinds = Object.keys(scalars);
export const isStruct = (type) => typeof type !== 'string';

// Members are no i53: their bytes come as they are.
export function randomType(depth = 0) {
  if (depth > 2 || random(5) !== 0) return pick(kinds);
  return { struct: Array.from({ length: 1 + random(5) }, () => randomType(depth + 1)) };
}

const sizes = {
  i8: 1, u8: 1, bool: 1, i16: 2, u16: 2, i32: 4, u32: 4, f32: 4,
};
export function layout(type) {
  if (typeof type === 'string') return [sizes[type] ?? 8, sizes[type] ?? 8];
  let offset = 0;
  let alignment = 1;
  for (const field of type.struct) {
    const [size, align] = layout(field);
    offset = Math.ceil(offset / align) * align + size;
    alignment = Math.max(alignment, align);
  }
  return [Math.ceil(offset / alignment) * alignment, alignment];
}

// Which bytes of a struct belong to a field, and not to padding; bool bytes are made 0 or 1.
function meaningful(type, base = 0, out = []) {
  if (typeof type === 'string') {
    for (let i = 0; i < (sizes[type] ?? 8); i += 1) out.push([base + i, type]);
    return out;
  }
  let offset = base;
  for (const field of type.struct) {
    const [size, align] = layout(field);
    offset = Math.ceil(offset / align) * align;
    meaningful(field, offset, out);
    offset += size;
  }
  return out;
}

export function randomValue(type) {
  if (typeof type === 'string') return scalars[type]();
  const bytes = new Uint8Array(layout(type)[0]);
  for (const [offset, kind] of meaningful(type)) bytes[offset] = random(kind === 'bool' ? 2 : 128);
  return bytes;
}

export function comparable(type, value) {
  if (typeof type !== 'string') return meaningful(type).map(([offset]) => value[offset]);
  return type === 'pointer' || type === 'function' ? UnsafePointer.value(value) : value;
}

// Whether two values of a type are one; -0 is 0 where integers travel.
export function isSame(type, a, b) {
  if (typeof type !== 'string') {
    return meaningful(type).every(([offset]) => a[offset] === b[offset]);
  }
  if (type === 'pointer' || type === 'function') return UnsafePointer.equals(a, b);
  return a === b || (Number.isNaN(a) && Number.isNaN(b));
}

// What a function returns when nothing was returned to it.
export function zero(type) {
  if (type === 'void') return undefined;
  if (isStruct(type)) return new Uint8Array(layout(type)[0]);
  if (type === 'bool') return false;
  if (type === 'pointer' || type === 'function') return null;
  return ['i64', 'u64', 'isize', 'usize'].includes(type) ? 0n : 0;
}
