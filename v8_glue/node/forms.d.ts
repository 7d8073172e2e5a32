// Types that are more than a native type: what Springboard adds to Deno's. index.d.ts exports them.

import type { NativeAccessorType, PassedAccessor, ReceivedAccessor } from './accessors.js';
import type {
  NativeCBigIntType, NativeCNumberType, NativeCType, PassedCType, ReceivedCType,
} from './c_types.js';
import type {
  NativeBrandedType, NativeCallbackType, NativeUserdataType, PassedReference, ReceivedReference,
} from './references.js';
import type { NativeStringType } from './strings.js';

export type * from './c_types.js';
export type * from './strings.js';

/** The integers that an enumeration may be. */
export type NativeEnumInteger =
  | 'u8' | 'i8' | 'u16' | 'i16' | 'u32' | 'i32' | 'u64' | 'i64' | 'usize' | 'isize'
  | Exclude<NativeCNumberType, 'float' | 'double' | 'f16' | 'long double'>
  | Exclude<NativeCBigIntType, 'i128' | 'u128'>;

/** An enumeration of C: JavaScript passes names or values, and receives values. */
export interface NativeEnumType {
  readonly enum: { readonly [name: string]: number };
  /** The integer that carries it; if not named, the one of 32 or 64 bits that C chooses. */
  readonly type?: NativeEnumInteger;
}

/** Every form that a parameter, a result or a field can have. Of parameters only, see out.d.ts. */
export type NativeForm =
  | NativeEnumType | NativeCType | NativeStringType | NativeAccessorType
  | NativeCallbackType | NativeUserdataType | NativeBrandedType;

/** What JavaScript passes for a form, and what a callback may return for one. */
export type PassedForm<T> =
  T extends NativeEnumType ? keyof T['enum'] | T['enum'][keyof T['enum']]
  : T extends NativeCType ? PassedCType<T>
  : T extends NativeStringType ? string | null
  : T extends NativeAccessorType ? PassedAccessor<T>
  : PassedReference<T>;

/** What JavaScript receives for a form. */
export type ReceivedForm<T> =
  T extends NativeEnumType ? T['enum'][keyof T['enum']]
  : T extends NativeCType ? ReceivedCType<T>
  : T extends NativeStringType ? string | null
  : T extends NativeAccessorType ? ReceivedAccessor<T>
  : ReceivedReference<T>;
