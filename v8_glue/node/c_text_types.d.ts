// The types of C text as definitions spell them: parse/types.js, in types. docs/bindgen.md has the
// table.
//
// `E` is the text's Environment. 'unknown' is what is not known here; a definition with it is
// unknown, too.

import type { Value } from './c_text_constants.js';
import type { Declarator, Environment, Specifier } from './c_text_declarations.js';
import type { ArrayOf, Enum, RecordOf } from './c_text_fields.js';
import type { Depth } from './c_text_tokens.js';

/** A type whose spelling is not told here. */
export type Unknown = 'unknown';

/** C's types and those of its headers, on Linux on x86-64. Elsewhere JavaScript's are the same. */
export interface Scalars {
  'bool': 'bool'; '_Bool': 'bool';
  'char': 'i8'; 'signed char': 'i8'; 'unsigned char': 'u8';
  'short': 'i16'; 'unsigned short': 'u16'; 'int': 'i32'; 'unsigned int': 'u32';
  'long': 'i64'; 'unsigned long': 'u64'; 'long long': 'i64'; 'unsigned long long': 'u64';
  '__int128': 'i128'; 'unsigned __int128': 'u128'; '__int128_t': 'i128'; '__uint128_t': 'u128';
  '_Float16': 'f16'; 'float': 'f32'; 'double': 'f64'; 'long double': 'long double';
  'size_t': 'usize'; 'ssize_t': 'isize'; 'ptrdiff_t': 'isize'; 'intptr_t': 'isize';
  'uintptr_t': 'usize'; 'intmax_t': 'i64'; 'uintmax_t': 'u64';
  'int8_t': 'i8'; 'uint8_t': 'u8'; 'int16_t': 'i16'; 'uint16_t': 'u16';
  'int32_t': 'i32'; 'uint32_t': 'u32'; 'int64_t': 'i64'; 'uint64_t': 'u64';
  'wchar_t': 'i32'; 'char16_t': 'u16'; 'char32_t': 'u32'; 'time_t': 'i64'; 'off_t': 'i64';
  'int_least8_t': 'i8'; 'int_least16_t': 'i16'; 'int_least32_t': 'i32'; 'int_least64_t': 'i64';
  'uint_least8_t': 'u8'; 'uint_least16_t': 'u16'; 'uint_least32_t': 'u32';
  'uint_least64_t': 'u64'; 'int_fast8_t': 'i8'; 'int_fast16_t': 'i64'; 'int_fast32_t': 'i64';
  'int_fast64_t': 'i64'; 'uint_fast8_t': 'u8'; 'uint_fast16_t': 'u64'; 'uint_fast32_t': 'u64';
  'uint_fast64_t': 'u64'; 'pid_t': 'i32'; 'uid_t': 'u32'; 'gid_t': 'u32'; 'id_t': 'u32';
  'mode_t': 'u32'; 'dev_t': 'u64'; 'ino_t': 'u64'; 'nlink_t': 'u64'; 'blksize_t': 'i64';
  'blkcnt_t': 'i64'; 'clock_t': 'i64'; 'clockid_t': 'i32'; 'suseconds_t': 'i64'; 'key_t': 'i32';
  'socklen_t': 'u32'; 'sa_family_t': 'u16'; 'in_port_t': 'u16'; 'in_addr_t': 'u32';
  'nfds_t': 'u64'; 'wint_t': 'u32';
}
interface Complex {
  'float _Complex': 'f32'; '_Complex float': 'f32';
  'double _Complex': 'f64'; '_Complex double': 'f64'; '_Complex': 'f64';
  'long double _Complex': 'long double'; '_Complex long double': 'long double';
}
interface Strings {
  'const char': 'cstring'; 'const wchar_t': 'wcstring';
  'const char16_t': 'cstring16'; 'const char32_t': 'cstring32';
}

/** Where a type stands; `received` is what a callback receives or returns. */
export type Place = 'parameter' | 'result' | 'member' | 'received' | 'variable';

/** A type without the names that typedefs gave it. */
export type Bare<T, E extends Environment> =
  T extends `const ${infer Name}`
    ? Name extends keyof E['typedefs'] ? Constant<Bare<E['typedefs'][Name], E>>
    : Name extends 'FILE' ? 'const struct _IO_FILE' : T
  : T extends keyof E['typedefs'] ? Bare<E['typedefs'][T], E>
  : T extends 'FILE' ? 'struct _IO_FILE'
  : T;
type Constant<T> = T extends string ? T extends `const ${string}` ? T : `const ${T}` : T;
type Unconst<T extends string> = T extends `const ${infer Name}` ? Name : T;

/** A function's type: of declarations.js. */
export interface Called {
  result: unknown;
  parameters: string;
  depth: Depth;
}
export type RecordName = `${'struct' | 'union'} ${string}`;

/** The structs whose addresses a function gives: they are the library's. */
type Given<Symbols, E extends Environment> = {
  [K in keyof Symbols]: Bare<Symbols[K], E> extends { result: infer R }
    ? Bare<R, E> extends { pointer: infer To } ? Bare<To, E> extends infer N extends string
      ? Unconst<N> : never : never : never;
}[keyof Symbols];

/** A pointer to `To`, which is bare. */
type Pointer<To, P extends Place, E extends Environment> =
  To extends Called
    ? P extends 'parameter' ? Callback<To, E> : 'function'
  : To extends 'void' ? 'pointer'
  : To extends 'const void' ? Data<P>
  : To extends keyof Strings ? P extends 'parameter' | 'result' ? Strings[To] : 'pointer'
  : To extends string
    ? Unconst<To> extends infer Name extends string
      ? Name extends RecordName
        ? Name extends Exclude<keyof E['records'], Given<E['symbols'], E>> ? Data<P> : 'pointer'
      : Name extends keyof Scalars | keyof Complex | `enum ${string}` ? Data<P> : Unknown
    : never
  : Data<P>;
type Data<P> = P extends 'parameter' ? 'buffer' : 'pointer';

/** A parameter that is an array or a function is a pointer. */
type Adjusted<T> = T extends { array: infer Of } ? { pointer: Of }
  : T extends Called ? { pointer: T } : T;

type Parameter<S extends string, D extends Depth, P extends Place, E extends Environment> =
  S extends '... ' ? '...'
  : Specifier<S, D, ''> extends [infer T, infer R extends string, []]
    ? Declarator<R, T, D, true> extends [unknown, infer Of] ? Spelled<Adjusted<Bare<Of, E>>, P, E>
    : Unknown
  : Unknown;

type Parameters<
  S extends string, D extends Depth, P extends Place, E extends Environment,
  Done extends unknown[] = [],
> = Done['length'] extends 255 ? [Unknown]
  : S extends '' | 'void ' ? Done
  : S extends `${infer One},${D} ${infer R}`
    ? Parameters<R, D, P, E, [...Done, Parameter<One, D, P, E>]>
    : [...Done, Parameter<S, D, P, E>];

/** { parameters, result } of a function. */
export type Signature<F extends Called, P extends Place, R extends Place, E extends Environment> =
  Checked<Parameters<F['parameters'], F['depth'], P, E>, Spelled<Bare<F['result'], E>, R, E>>;
type Checked<P extends unknown[], R> =
  Unknown extends P[number] | R ? Unknown : { readonly parameters: P; readonly result: R };

export type IsVariadic<F extends Called> = F['parameters'] extends `${string}... ` ? true : false;
/** { parameters, result } of a function that JavaScript writes. */
export type Received<F extends Called, E extends Environment> =
  Signature<F, 'received', Bare<F['result'], E> extends 'void' ? 'result' : 'received', E>;
type Callback<F extends Called, E extends Environment> =
  IsVariadic<F> extends true ? 'function'
  : Received<F, E> extends infer C ? C extends Unknown ? Unknown : { readonly callback: C }
  : never;

/** How a type that is bare is spelled in a place. */
export type Spelled<T, P extends Place, E extends Environment, L extends Depth = 0> =
  T extends string ? SpelledName<Unconst<T>, P, E, L>
  : T extends { pointer: infer To } ? Pointer<Bare<To, E>, P, E>
  : T extends { array: infer Of; length: infer N extends string }
    ? P extends 'member'
      ? ArrayOf<Spelled<Bare<Of, E>, P, E, L>, N extends '' ? N : Value<N, E['constants']>>
      : Unknown
  : Unknown;
type SpelledName<Name, P extends Place, E extends Environment, L extends Depth> =
  Name extends 'void' ? P extends 'result' ? Name : Unknown
  : Name extends RecordName ? P extends 'variable' ? Unknown : RecordOf<Name, E, L>
  : Name extends `enum ${string}` ? Enum<Name, P, E>
  : Name extends keyof Scalars ? Scalars[Name]
  : Name extends keyof Complex ? { readonly complex: Complex[Name] }
  : Unknown;
