// oracle: what a call must come to, by the table of section 2 of the design ("One rule for
// conversions") and what docs and README say of i53, strict and empty buffers. It knows nothing of
// how the product does it.
//
//   expected(form, value) -> { error, start } | { bits, result } | { seen, result } |
//                            { address, seen }

import { types } from 'node:util';

import { UnsafePointer } from '../js/support.mjs';
import { bytesOf, isBytes, placeOf } from './bytes.mjs';
import { structs } from './forms.mjs';

const width = { i8: 8, u8: 8, i16: 16, u16: 16, i32: 32, u32: 32 };
const wide = { i64: true, isize: true, u64: false, usize: false };
const safe = { i53: -(2 ** 53) + 1, u53: 0 };

const typeError = (type, expected) =>
  ({ error: 'TypeError', start: `Invalid FFI ${type} type, expected ${expected}: ` });
const isSigned = (type) => type[0] === 'i';
const wrapped = (signed, bits, integer) =>
  (signed ? BigInt.asIntN(bits, integer) : BigInt.asUintN(bits, integer));
const whole = (number) => (Number.isFinite(number) ? BigInt(Math.trunc(number)) : 0n);

// What a BigInt stands for as 64 bits, and as the result of the type.
const sixtyFour = (type, integer) => {
  const value = wrapped(isSigned(type), 64, integer);
  return { bits: BigInt.asUintN(64, value), result: type.endsWith('53') ? Number(value) : value };
};
const narrow = (type, integer) => {
  const value = wrapped(isSigned(type), width[type], integer);
  return { bits: BigInt.asUintN(64, value), result: Number(value) };
};

function inRange(value, lowest, highest) {
  if (typeof value === 'number' && !Number.isInteger(value)) return false;
  return BigInt(value) >= lowest && BigInt(value) <= highest;
}

function strictInteger(type, value) {
  const bits = width[type] ?? (type in safe ? 53 : 64);
  const highest = isSigned(type) && bits < 53 || bits === 64 && isSigned(type)
    ? 2n ** BigInt(bits - 1) - 1n : 2n ** BigInt(bits) - 1n;
  const lowest = type in safe ? BigInt(safe[type]) : isSigned(type) ? -highest - 1n : 0n;
  const isInteger = typeof value === 'number' || (type in wide && typeof value === 'bigint');
  if (!isInteger || !inRange(value, lowest, highest)) {
    return typeError(type, `integer from ${lowest} to ${highest}`);
  }
  return type in width ? narrow(type, BigInt(value)) : sixtyFour(type, BigInt(value));
}

function integer(type, value) {
  const refused = typeError(type, isSigned(type) ? 'integer' : 'unsigned integer');
  if (type in width) return typeof value === 'number' ? narrow(type, whole(value)) : refused;
  if (typeof value === 'bigint') return sixtyFour(type, value);
  if (typeof value !== 'number') return refused;
  // Saturated to the range of i64, which u64 sees the bits of.
  if (value >= 2 ** 63) return sixtyFour(type, 2n ** 63n - 1n);
  return sixtyFour(type, value < -(2 ** 63) ? -(2n ** 63n) : whole(value));
}

function floating(type, value) {
  if (typeof value !== 'number') return typeError(type, 'number');
  const seen = type === 'f32' ? new Float32Array([value]) : new Float64Array([value]);
  const Bits = type === 'f32' ? Uint32Array : BigUint64Array;
  return { bits: BigInt(new Bits(seen.buffer)[0]), result: seen[0] };
}

function buffer(value) {
  if (value === null) return { bits: 0n, result: null };
  if (!isBytes(value)) return typeError('buffer', 'null, ArrayBuffer, or ArrayBufferView');
  // What is left of views that lost their bytes has no address to speak of.
  return { address: true, seen: bytesOf(value, 48) };
}

// Where native code must find the bytes of `value`: of an empty buffer, nowhere.
export function addressOf(value) {
  const place = placeOf(value);
  const base = place.buffer === 0 || place.buffer.byteLength === 0 ? null
    : UnsafePointer.of(place.buffer);
  return base === null ? 0n : UnsafePointer.value(base) + BigInt(place.byteOffset);
}

function struct(type, value) {
  const { size } = structs[type];
  if (!isBytes(value)) return typeError('struct', 'ArrayBuffer, or ArrayBufferView');
  const seen = bytesOf(value, size);
  if (seen.length === 0) {
    const kind = ArrayBuffer.isView(value) ? 'ArrayBufferView, expected data in the buffer'
      : 'ArrayBuffer, expected data in buffer';
    return { error: 'TypeError', start: `Invalid FFI ${kind}: ` };
  }
  if (seen.length < size) return typeError('struct', `at least ${size} bytes`);
  return { seen, result: seen };
}

export function expected({ type, strict }, value) {
  if (type in structs) return struct(type, value);
  switch (type) {
    case 'bool':
      return typeof value === 'boolean' ? { bits: BigInt(value), result: value }
        : typeError('u8', 'boolean');
    case 'f32':
    case 'f64':
      return floating(type, value);
    case 'pointer':
    case 'function':
      return value === null || types.isExternal(value)
        ? { bits: UnsafePointer.value(value), result: value }
        : typeError(type, 'null, or External');
    case 'buffer':
      return buffer(value);
    default:
      return strict || type in safe ? strictInteger(type, value) : integer(type, value);
  }
}
