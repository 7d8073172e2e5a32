// Types as C has them, beside Deno's: C's own names, unions, arrays, bit-fields, numbers of other
// sizes. index.d.ts exports them. What the names mean depends on the platform; so it is on Linux.

import type { NativeStructType, NativeType } from './index.js';

/** C's names of types that are numbers in JavaScript, and numbers that Deno's types have not. */
export type NativeCNumberType =
  | 'char' | 'signed char' | 'unsigned char' | 'short' | 'unsigned short' | 'int' | 'unsigned int'
  | 'unsigned' | 'int8_t' | 'uint8_t' | 'int16_t' | 'uint16_t' | 'int32_t' | 'uint32_t'
  | 'wchar_t' | 'char16_t' | 'char32_t' | 'float' | 'double' | 'f16' | 'long double';
/** C's names of types that are bigints in JavaScript, and integers of 128 bits. */
export type NativeCBigIntType =
  | 'long' | 'unsigned long' | 'long long' | 'unsigned long long' | 'int64_t' | 'uint64_t'
  | 'size_t' | 'ssize_t' | 'ptrdiff_t' | 'intptr_t' | 'uintptr_t' | 'time_t' | 'off_t'
  | 'i128' | 'u128';
/** C's name of `bool`. */
export type NativeCBooleanType = '_Bool';

/** How a struct or union departs from its natural layout. */
export interface LayoutOptions {
  /** `#pragma pack(n)`; true: 1, as `__attribute__((packed))`. */
  readonly packed?: boolean | number;
  /** `__attribute__((aligned(n)))`, a power of two. */
  readonly align?: number;
}
/** A C union by value: the types of its members. */
export interface NativeUnionType extends LayoutOptions {
  readonly union: readonly NativeMemberType[];
}
/** Structs and unions, which are bytes in JavaScript. */
export type NativeAggregateType = NativeStructType | NativeUnionType;

/** An array that is a member; without a length the flexible one at the end. */
export interface NativeArrayType {
  readonly array: NativeType | NativeArrayType;
  readonly length?: number;
}
/** A bit-field. One of width 0 has no name in C and ends a run of bit-fields. */
export interface NativeBitsType {
  readonly bits: Extract<NativeType, string | { readonly enum: object }>;
  readonly width: number;
}
/** What a struct or union can have. */
export type NativeMemberType = NativeType | NativeArrayType | NativeBitsType;

/** C's `_Complex`: [re, im]. */
export interface NativeComplexType {
  readonly complex: 'f32' | 'f64' | 'float' | 'double' | 'long double';
}

/** The typed arrays of vectors' elements. */
interface VectorArrays {
  i8: Int8Array<ArrayBuffer>;
  u8: Uint8Array<ArrayBuffer>;
  i16: Int16Array<ArrayBuffer>;
  u16: Uint16Array<ArrayBuffer>;
  i32: Int32Array<ArrayBuffer>;
  u32: Uint32Array<ArrayBuffer>;
  i64: BigInt64Array<ArrayBuffer>;
  u64: BigUint64Array<ArrayBuffer>;
  f32: Float32Array<ArrayBuffer>;
  f64: Float64Array<ArrayBuffer>;
}
/** What JavaScript passes for a vector. */
interface PassedArrays {
  i8: Int8Array;
  u8: Uint8Array;
  i16: Int16Array;
  u16: Uint16Array;
  i32: Int32Array;
  u32: Uint32Array;
  i64: BigInt64Array;
  u64: BigUint64Array;
  f32: Float32Array;
  f64: Float64Array;
}
/** A vector of 8 or 16 bytes: a typed array of exactly as many elements. */
export interface NativeVectorType {
  readonly vector: keyof VectorArrays | 'f16' | NativeCNumberType | NativeCBigIntType;
  readonly length: number;
}
/** Float16Array and C's names: any typed array, as far as this file knows. */
type ArrayOf<T, Table> =
  T extends { readonly vector: infer E } ? (E extends keyof Table ? Table[E] : ArrayBufferView)
  : never;

/** Every one of these that stands alone and is no aggregate. */
export type NativeCType =
  | NativeCNumberType
  | NativeCBigIntType
  | NativeCBooleanType
  | NativeComplexType
  | NativeVectorType;

/** What JavaScript passes for one of these. */
export type PassedCType<T> =
  T extends NativeCNumberType ? number
  : T extends NativeCBigIntType ? number | bigint
  : T extends NativeCBooleanType ? boolean
  : T extends NativeComplexType ? readonly [re: number, im: number]
  : ArrayOf<T, PassedArrays>;

/** What JavaScript receives for one of these. */
export type ReceivedCType<T> =
  T extends NativeCNumberType ? number
  : T extends NativeCBigIntType ? bigint
  : T extends NativeCBooleanType ? boolean
  : T extends NativeComplexType ? [re: number, im: number]
  : ArrayOf<T, VectorArrays>;
