// The types of C text: what dlopen('libm.so.6', 'double hypot(double, double);') and parse() give.
//
// A text in a literal is read as parse() reads it: c_text_tokens.d.ts makes tokens of it,
// c_text_declarations.d.ts finds the names and their types, c_text_constants.d.ts what enums say,
// and c_text_types.d.ts and c_text_fields.d.ts spell types as definitions. A symbol whose type is
// not known here is anything, and so are all symbols of a text that is no literal, or that is not
// read: with the preprocessor, with a struct that stands in a list of parameters, or longer than
// TypeScript allows.

import type { Declarations, Environment, Pair } from './c_text_declarations.js';
import type { RecordOf, Values } from './c_text_fields.js';
import type {
  Bare, Called, IsVariadic, RecordName, Received, Signature, Spelled, Unknown,
} from './c_text_types.js';
import type {
  ForeignFunction, ForeignLibraryInterface, ForeignStatic, StaticForeignSymbol,
} from './index.js';

/** The environment of a text; never if it is not read. */
type Read<S> = S extends string ? string extends S ? never : Declarations<S> : never;

type IsUnion<T, All = T> = T extends All ? [All] extends [T] ? false : true : never;
/** What is not known is anything, and so is what is declared twice, and not the same. */
type Known<T> = Unknown extends T ? any : IsUnion<T> extends true ? any : T;

/** The definition of a function or a variable whose type is bare. */
type Definition<T, E extends Environment> =
  T extends Called ? Signature<T, 'parameter', 'result', E>
  : Spelled<T, 'variable', E> extends infer V
    ? [V] extends [Unknown] ? V : [V] extends [string] ? { readonly type: V } : Unknown
  : never;

type Definitions<E> = E extends Environment ? {
  readonly [K in keyof E['symbols']]: Known<Definition<Bare<E['symbols'][K], E>, E>>;
} : never;

/** The definitions of C text. */
export type CDefinitions<S> =
  [Read<S>] extends [never] ? ForeignLibraryInterface : Definitions<Read<S>>;

/** The symbols of C text. */
export type CSymbols<S> =
  [Read<S>] extends [never] ? { [name: string]: any } : Symbols<Definitions<Read<S>>>;
type Symbols<D> = {
  [K in keyof D]:
    0 extends 1 & D[K] ? any
    : D[K] extends ForeignFunction | ForeignStatic ? StaticForeignSymbol<D[K]> : any;
};

/** Of the names of structs, unions and enums, those that are theirs. */
type TagOf<Name, Kinds extends string> =
  Name extends `${Kinds} #${string}` ? never : Name extends `${Kinds} ${infer Tag}` ? Tag : never;

/** What a typedef names; what no definition can say is never. */
type NamedType<T, E extends Environment> =
  T extends 'void' | 'const void' ? never
  : T extends Called ? IsVariadic<T> extends true ? never : Known<Received<T, E>>
  : T extends RecordName | `const ${RecordName}`
    ? Unconst<T> extends keyof E['records'] ? Known<RecordOf<Unconst<T>, E>> : never
  : Known<Spelled<T, T extends { array: unknown } ? 'member' : 'parameter', E>>;
type Unconst<T extends string> = T extends `const ${infer Name}` ? Name : T;

type Types<E> = E extends Environment ? {
  readonly [K in TypeName<E>]: K extends keyof E['typedefs'] ? NamedType<Bare<K, E>, E>
    : Known<RecordOf<Extract<keyof E['records'], `${'struct' | 'union'} ${K}`>, E>>;
} : never;
type TypeName<E extends Environment> =
  | Exclude<TagOf<keyof E['records'], 'struct' | 'union'>, keyof E['typedefs']>
  | { [K in keyof E['typedefs']]: [NamedType<Bare<K, E>, E>] extends [never] ? never : K }[
    keyof E['typedefs']] & string;

/** What parse() says of types, by their names. */
export type CTypes<S> =
  [Read<S>] extends [never] ? { [name: string]: any } : Types<Read<S>>;

/** What an enum has by the name of a typedef or its own; never for what is none. */
type EnumOf<K, E extends Environment> =
  (K extends keyof E['typedefs'] ? Bare<K, E> : `enum ${K & string}`) extends
    infer Name extends string
    ? Unconst<Name> extends infer Plain extends keyof E['enums'] ? E['enums'][Plain] : never
    : never;
type Enums<E> = E extends Environment ? {
  readonly [K in TagOf<keyof E['enums'], 'enum'> | keyof E['typedefs']
    as [EnumOf<K, E>] extends [never] ? never : K]:
    EnumOf<K, E> extends [infer M extends Pair, unknown] ? Values<M> : never;
} : never;

/** The values of enums that have a name. */
export type CEnums<S> =
  [Read<S>] extends [never] ? { [name: string]: { [name: string]: number } } : Enums<Read<S>>;

/** The values of the names in all enums. */
export type CConstants<S> =
  [Read<S>] extends [never] ? { [name: string]: number } : Constants<Read<S>>;
type Constants<E> = E extends Environment ? Values<E['constants']> : never;
