// C's strings. forms.d.ts puts them among the forms; index.d.ts exports them.

/** The names of C's strings: of 8, 16 and 32 bits per character, and of `wchar_t`. */
export type NativeStringName = 'cstring' | 'cstring16' | 'cstring32' | 'wcstring';

/** The same, by the width of a character. */
export interface NativeStringUnits {
  readonly cstring: 'u8' | 'u16' | 'u32' | 'wchar_t';
  /** The symbol of the same library that frees a result once it is read. */
  readonly free?: string;
}

/** A C string: JavaScript passes and receives a string, or null for NULL. */
export type NativeStringType = NativeStringName | NativeStringUnits;
