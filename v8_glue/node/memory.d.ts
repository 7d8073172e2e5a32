// Types of the functions for memory; index.d.ts exports them.

import type {
  BufferLike, ClosedByUsing, FromNativeType, NativeType, PointerObject, ToNativeType,
} from './index.js';
import type { NativePointer } from './references.js';

/** Memory that JavaScript owns: it goes with what refers to it, or by free(). */
export interface Memory extends ClosedByUsing {
  /** Its bytes. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Its address. The pointer object keeps the memory. */
  readonly pointer: PointerObject;
  readonly byteLength: number;
  /** Frees it at once. */
  free(): void;
}

/** Memory whose length is known, and checked. */
export type BoundedPlace = Memory | BufferLike;
/** Where memory is: pointers are trusted, everything else is checked. */
export type Place = PointerObject | NativePointer | BoundedPlace;

/** Zeroed memory of `size` bytes, or of the size of a type, `count` times. */
export function alloc(size: number | NativeType, count?: number): Memory;

/** The bytes of a place themselves, not a copy. */
export function view(place: BoundedPlace, length?: number): Uint8Array;
export function view(place: Place, length: number): Uint8Array;

/** The value of a type at a place, as a call would return it. */
export function read<const T extends NativeType>(
  place: Place, type: T, offset?: number | bigint,
): FromNativeType<T>;

/** Writes a value of a type to a place, converted as an argument is. */
export function write<const T extends NativeType>(
  place: Place, type: T, value: ToNativeType<NoInfer<T>>, offset?: number | bigint,
): void;

/** Copies bytes; the two places may overlap. */
export function copy(to: Place, from: Place, length: number): void;

/**
 * An ArrayBuffer of the memory itself. Once nothing can use its bytes any more, `free` is called
 * with the pointer, on this thread: a function, or the address of a native one.
 */
export function toArrayBuffer(
  pointer: PointerObject | NativePointer,
  length: number,
  free?: PointerObject | ((pointer: PointerObject) => void),
): ArrayBuffer;
