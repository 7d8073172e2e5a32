// The types of C text: what dlopen('libm.so.6', 'double hypot(double, double);') gives.
//
// Plain prototypes are read: of C's numbers, pointers, strings and FILE. Where the text has
// anything else (structs, typedefs, attributes, comments, functions as parameters), or is no
// literal, its symbols are anything. A type that is not known makes its function anything.

import type { ForeignFunction, ForeignLibraryInterface, StaticForeignSymbol } from './index.js';

/** What makes a text more than plain prototypes. */
type Special = '{' | '[' | '#' | '"' | '//' | '/*' | '((' | '(*' | ')(' | 'typedef' | '__' | ',,';

/** Never for a text that takes more steps than TypeScript allows. */
type Replace<
  S extends string, From extends string, To extends string, Steps extends 0[] = [],
> = S extends `${infer A}${From}${infer B}`
  ? Steps['length'] extends 900 ? never : Replace<`${A}${To}${B}`, From, To, [...Steps, 0]>
  : S;

/** One space between words, and none around stars, commas and parentheses. */
type Tidy<S extends string> =
  Replace<Replace<Replace<Replace<Replace<S, '\n', ' '>, '\t', ' '>, '  ', ' '>, ' *', '*'>,
    '* ', '*'>;

type Trim<S extends string> =
  S extends ` ${infer R}` ? Trim<R> : S extends `${infer R} ` ? Trim<R> : S;

/** Without words that change no type; `const` is left for strings. */
type Plain<S extends string> =
  S extends `${'extern' | 'static' | 'inline' | 'volatile' | 'register'} ${infer R}`
    ? Plain<Trim<R>> : S;

/** Types that are one word or several. */
interface Scalars {
  'bool': 'bool'; '_Bool': 'bool';
  'char': 'i8'; 'signed char': 'i8'; 'unsigned char': 'u8';
  'short': 'i16'; 'short int': 'i16'; 'unsigned short': 'u16'; 'unsigned short int': 'u16';
  'int': 'i32'; 'signed': 'i32'; 'signed int': 'i32'; 'unsigned': 'u32'; 'unsigned int': 'u32';
  'long': 'i64'; 'long int': 'i64'; 'unsigned long': 'u64'; 'unsigned long int': 'u64';
  'long long': 'i64'; 'unsigned long long': 'u64';
  'float': 'f32'; 'double': 'f64';
  'size_t': 'usize'; 'ssize_t': 'isize'; 'ptrdiff_t': 'isize'; 'intptr_t': 'isize';
  'uintptr_t': 'usize'; 'intmax_t': 'i64'; 'uintmax_t': 'u64';
  'int8_t': 'i8'; 'uint8_t': 'u8'; 'int16_t': 'i16'; 'uint16_t': 'u16';
  'int32_t': 'i32'; 'uint32_t': 'u32'; 'int64_t': 'i64'; 'uint64_t': 'u64';
  'wchar_t': 'i32'; 'char16_t': 'u16'; 'char32_t': 'u32'; 'time_t': 'i64'; 'off_t': 'i64';
}

interface Strings {
  char: 'cstring'; wchar_t: 'wcstring'; char16_t: 'cstring16'; char32_t: 'cstring32';
}

/** A type whose definition is not told here. */
type Unknown = 'unknown';

/** A pointer to `To`; `More` stands behind the first star. docs/bindgen.md has the table. */
type Pointer<To extends string, More extends string, Place> =
  More extends `${string}*${string}` ? Data<Place>
  : To extends `${'' | 'const '}${'FILE' | `${'struct' | 'union'} ${string}`}` | 'void' ? 'pointer'
  : To extends 'const void' | 'void const' ? Data<Place>
  : To extends `const ${infer C extends keyof Strings}` ? Strings[C]
  : To extends `${infer C extends keyof Strings} const` ? Strings[C]
  : To extends keyof Scalars | `const ${keyof Scalars}` ? Data<Place>
  : Unknown;
type Data<Place> = Place extends 'result' ? 'pointer' : 'buffer';

type Scalar<S extends string> =
  S extends `const ${infer R}` ? Scalar<R> : S extends keyof Scalars ? Scalars[S] : Unknown;

/** The text without its last word. */
type Unnamed<S extends string, Before extends string = ''> =
  S extends `${infer A} ${infer B}` ? Unnamed<B, Before extends '' ? A : `${Before} ${A}`> : Before;

type Parameter<S extends string> =
  S extends '...' ? Unknown
  : S extends `${infer To}*${infer More}` ? Pointer<Plain<Trim<To>>, More, 'parameter'>
  : Scalar<Plain<S>> extends Unknown ? Scalar<Plain<Unnamed<S>>> : Scalar<Plain<S>>;

type Parameters<S extends string, Done extends string[] = []> =
  Done['length'] extends 100 ? [Unknown] // More steps than TypeScript allows may follow.
  : Trim<S> extends 'void' | '' ? Done
  : S extends `${infer One},${infer Rest}` ? Parameters<Rest, [...Done, Parameter<Trim<One>>]>
  : [...Done, Parameter<Trim<S>>];

type Definition<Result extends string, P extends string> =
  Unknown extends Result | Parameters<P>[number] ? Unknown
    : { readonly parameters: Parameters<P>; readonly result: Result };

/** The last word, which is the name, and what is before it. */
type Named<S extends string, Before extends string = ''> =
  S extends `${infer A} ${infer B}` ? Named<B, Before extends '' ? A : `${Before} ${A}`>
    : [Before, S];

type Result<S extends string> = Plain<S> extends 'void' ? 'void' : Scalar<Plain<S>>;

/** { name: definition } of "double hypot(double x, double y)". */
type Prototype<S extends string> =
  S extends `${infer Head}(${infer P})`
    ? Trim<Head> extends `${infer To}*${infer Stars}`
      ? Replace<Stars, '*', ''> extends infer Name extends string
        ? { [K in Name]: Definition<Pointer<Plain<Trim<To>>, Stars, 'result'>, P> } : never
    : Named<Trim<Head>> extends [infer R extends string, infer Name extends string]
      ? { [K in Name]: Definition<Result<R>, P> } : never
  : never;

type Prototypes<S extends string, Done = {}, Steps extends 0[] = []> =
  Steps['length'] extends 400 ? never
  : S extends `${infer One};${infer Rest}`
    ? Trim<One> extends '' ? Prototypes<Rest, Done, [...Steps, 0]>
      : [Prototype<Trim<One>>] extends [never] ? never
      : Prototypes<Rest, Done & Prototype<Trim<One>>, [...Steps, 0]>
  : Trim<S> extends '' ? Done : never;

type Anything = { [name: string]: any };

type Called<T> = {
  [K in keyof T]: T[K] extends ForeignFunction ? StaticForeignSymbol<T[K]> : any;
};

type Read<S> =
  S extends string
    ? string extends S ? never
      : S extends `${string}${Special}${string}` ? never
      : Prototypes<Tidy<S>>
    : never;

/** The symbols of C text. */
export type CSymbols<S> = [Read<S>] extends [never] ? Anything : Called<Read<S>>;

/** The definitions of C text. */
export type CDefinitions<S> = [Read<S>] extends [never] ? ForeignLibraryInterface : {
  [K in keyof Read<S>]: Read<S>[K] extends ForeignFunction ? Read<S>[K] : any;
};
