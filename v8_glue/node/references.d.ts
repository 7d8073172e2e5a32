// Types of what native code is given to keep and gives back: functions, objects, and pointers to
// one kind of thing. forms.d.ts puts them among the forms; index.d.ts exports them.

import type {
  ClosedByUsing, PointerObject, PointerValue, UnsafeCallback, UnsafeCallbackDefinition,
  UnsafeCallbackFunction,
} from './index.js';

/** A C function pointer: JavaScript passes a function, which lives for the call. */
export interface NativeCallbackType {
  readonly callback: UnsafeCallbackDefinition;
  /** The function lives until release(). */
  readonly keep?: boolean;
}

declare const carried: unique symbol;

/**
 * C's `void *user_data`: JavaScript passes an object, and receives the same one. What it is can be
 * said: `{ userdata: true } as NativeUserdataType<Listener>`.
 */
export interface NativeUserdataType<T extends object = object> {
  readonly userdata: true;
  /** The object lives until release(). */
  readonly keep?: boolean;
  /** Exists in types only. */
  readonly [carried]?: T;
}
type Carried<T> = T extends { readonly [carried]?: infer U extends object } ? U : object;

/** A pointer to one kind of thing: JavaScript passes and receives objects of that brand. */
export interface NativeBrandedType {
  /** The brand; `sqlite3` for an `sqlite3 *`. */
  readonly pointer: string;
  /** The symbol of the same library that frees what a result points to. */
  readonly free?: string;
}

declare const brand: unique symbol;

/** A pointer to one kind of thing, as a native function gave it. */
export interface NativePointer<Brand extends string = string> extends ClosedByUsing {
  readonly [brand]: Brand;
  /** The address. Throws once the pointer is freed. */
  readonly pointer: PointerObject;
  /** Frees what it points to, after the calls that use it; throws where no `free` is defined. */
  free(): void;
}

/** What JavaScript passes for these forms. */
export type PassedReference<T> =
  T extends NativeCallbackType ?
    | UnsafeCallbackFunction<T['callback']['parameters'], T['callback']['result']>
    | UnsafeCallback<any> | PointerValue
  : T extends NativeUserdataType ? Carried<T> | null
  : T extends NativeBrandedType ? NativePointer<T['pointer']> | null
  : never;

/** What JavaScript receives for these forms. */
export type ReceivedReference<T> =
  T extends NativeCallbackType ? PointerValue
  : T extends NativeUserdataType ? Carried<T> | null
  : T extends NativeBrandedType ? NativePointer<T['pointer']> | null
  : never;

/**
 * Native code has no more use for a function or an object that was passed with `keep`. False if it
 * was not kept.
 */
export function release(value: object): boolean;

// Without it, everything above would be exported.
export {};
