// Classes whose instances are C structs and unions in a buffer. index.d.ts exports this.

import type {
  BufferLike, ForeignFunction, FromNativeType, LayoutOptions, NativeType,
  StaticForeignSymbolReturnType, ToNativeType,
} from './index.js';
import type { Place } from './memory.js';
import type { PassedParameters } from './out.js';

/** An array that is a field; without a length the flexible one at the end. */
export interface FieldArray {
  readonly array: FieldType;
  readonly length?: number;
}
/** A bit-field. */
export interface FieldBits {
  readonly bits: Extract<NativeType, string | { readonly enum: object }>;
  readonly width: number;
}
/** What a field can have. */
export type FieldType = NativeType | FieldArray | FieldBits;
/** The fields of a struct or union, in order. */
export interface Fields {
  readonly [name: string]: FieldType;
}

/** A struct with named fields; its class is made when it is first used. */
export interface NamedStruct extends ClassOptions {
  readonly struct: Fields;
}
/** A union with named members. */
export interface NamedUnion extends ClassOptions {
  readonly union: Fields;
}
/** How a class departs from a struct's natural layout, and its name in messages. */
export interface ClassOptions extends LayoutOptions {
  readonly name?: string;
}

/** The typed arrays of numbers. */
interface NumberArrays {
  i8: Int8Array; int8_t: Int8Array; char: Int8Array; 'signed char': Int8Array;
  u8: Uint8Array; uint8_t: Uint8Array; 'unsigned char': Uint8Array;
  i16: Int16Array; int16_t: Int16Array; short: Int16Array;
  u16: Uint16Array; uint16_t: Uint16Array; 'unsigned short': Uint16Array;
  i32: Int32Array; int32_t: Int32Array; int: Int32Array;
  u32: Uint32Array; uint32_t: Uint32Array; unsigned: Uint32Array; 'unsigned int': Uint32Array;
  f32: Float32Array; float: Float32Array;
  f64: Float64Array; double: Float64Array;
  i64: BigInt64Array; u64: BigUint64Array; isize: BigInt64Array; usize: BigUint64Array;
}

/** Elements in a row: of an array of structs, of pointers, or of what is not aligned. */
export interface Elements<out T> extends Iterable<T> {
  readonly length: number;
  at(index: number): T;
  set(index: number, value: unknown): void;
  /** The memory itself, which can be passed as a buffer. */
  readonly bytes: Uint8Array;
  toJSON(): unknown[];
}

/** What reading a field gives. Numbers in arrays are a typed array where they are aligned. */
export type FieldValue<T> =
  T extends AccessorClass<infer F> ? Accessor<F>
  : T extends { readonly struct: infer F extends Fields } ? Accessor<F>
  : T extends { readonly union: infer F extends Fields } ? Accessor<F>
  : T extends AnyAccessorClass ? object
  : T extends { readonly array: infer E } ?
    E extends keyof NumberArrays ? NumberArrays[E] : Elements<FieldValue<E>>
  : T extends { readonly bits: infer B extends NativeType } ? FromNativeType<B>
  : T extends NativeType ? FromNativeType<T>
  : never;

/** What from() takes for a field. */
export type FieldGiven<T> =
  T extends AccessorClass<infer F> ? FieldsGiven<F> | Accessor<F>
  : T extends { readonly struct: infer F extends Fields } ? FieldsGiven<F> | Accessor<F>
  : T extends { readonly union: infer F extends Fields } ? FieldsGiven<F> | Accessor<F>
  : T extends AnyAccessorClass ? object
  : T extends { readonly array: infer E } ? ArrayLike<FieldGiven<E>> | Elements<FieldValue<E>>
  : T extends { readonly bits: infer B extends NativeType } ? ToNativeType<B>
  : T extends NativeType ? ToNativeType<T>
  : never;
/** What from() takes: what is missing is zero. */
export type FieldsGiven<F extends Fields> =
  string extends keyof F ? object : { readonly [K in keyof F]?: FieldGiven<F[K]> };

/** What an instance has beside its fields, which hide properties of the same name. */
interface InstanceParts {
  readonly buffer: ArrayBufferLike;
  readonly byteOffset: number;
  /** The bytes themselves, for `buffer` parameters. */
  readonly bytes: Uint8Array;
  toJSON(): object;
}
/** An instance: its fields are read and written in the buffer. */
export type Accessor<F extends Fields> =
  string extends keyof F ? object
  : { -readonly [K in keyof F]: FieldValue<F[K]> } & Omit<InstanceParts, keyof F>;

/** The class of a struct or union; a type of definitions, too. */
export interface AccessorClass<in out F extends Fields = Fields> {
  /** Zeroed, in memory of its own; with so many elements of a flexible array. */
  new (count?: number): Accessor<F>;
  readonly size: number;
  readonly align: number;
  /** Where the fields are; of a bit-field its first byte. */
  readonly offsets: { readonly [K in keyof F]: number };
  /** Over bytes that are there, without a copy. */
  at(target: Place, offset?: number, count?: number): Accessor<F>;
  /** With these fields; of an instance, a copy. */
  from(fields: FieldsGiven<F> | Accessor<F>): Accessor<F>;
  array(length: number): Elements<Accessor<F>>;
  arrayAt(target: Place, offset: number, length: number): Elements<Accessor<F>>;
}

/** A class for `struct { ... }`. */
export function struct<const F extends Fields>(
  fields: F, options?: ClassOptions): AccessorClass<F>;
/** A class for `union { ... }`. */
export function union<const F extends Fields>(fields: F, options?: ClassOptions): AccessorClass<F>;

/** Any of these classes. */
export interface AnyAccessorClass {
  readonly size: number;
  readonly align: number;
  readonly offsets: { readonly [name: string]: number };
  at(target: Place, offset?: number, count?: number): object;
}
/** Every type that is such a class, or describes one. */
export type NativeAccessorType = AnyAccessorClass | NamedStruct | NamedUnion;
/** What JavaScript passes for one: an instance, an object of its fields, or the bytes. */
export type PassedAccessor<T> = FieldGiven<T> | BufferLike;
/** What JavaScript receives for one. */
export type ReceivedAccessor<T> = FieldValue<T>;

/** Of an accessor class: `out` may be bytes or an instance. */
export type AccessorFunction<T extends ForeignFunction> = (
  ...args: [...args: PassedParameters<T['parameters']>, out?: BufferLike | FieldValue<T['result']>]
) => StaticForeignSymbolReturnType<T>;
/** Whether a function is one. */
export type IsAccessorOfTuple<T extends ForeignFunction> =
  number extends T['parameters']['length'] ? false
  : T['result'] extends NativeAccessorType ? true
  : false;

// Without it, everything above would be exported.
export {};
