// Types that are more than a native type: what Springboard adds to Deno's. index.d.ts exports them.

import type { NativeCType, PassedCType, ReceivedCType } from './c_types.js';

export type * from './c_types.js';

/** An enumeration of C: JavaScript passes names or values, and receives values. */
export interface NativeEnumType {
  readonly enum: { readonly [name: string]: number };
  /** The integer that carries it; `u32` if not named. */
  readonly type?: 'u8' | 'i8' | 'u16' | 'i16' | 'u32' | 'i32';
}

/** Every form that a parameter, a result or a field can have. */
export type NativeForm = NativeEnumType | NativeCType;

/** What JavaScript passes for a form, and what a callback may return for one. */
export type PassedForm<T> =
  T extends NativeEnumType ? keyof T['enum'] | T['enum'][keyof T['enum']]
  : T extends NativeCType ? PassedCType<T>
  : never;

/** What JavaScript receives for a form. */
export type ReceivedForm<T> =
  T extends NativeEnumType ? T['enum'][keyof T['enum']]
  : T extends NativeCType ? ReceivedCType<T>
  : never;
