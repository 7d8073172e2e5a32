// What C text declares, in types: names with their types, which c_text_types.d.ts spells.
//
// A type is, in text, C's name of it ("unsigned long", "struct point", "const char", a typedef's
// name), or of one of the forms
//   { pointer: type }
//   { array: type, length: tokens of an expression }
//   { result: type, parameters: tokens, depth: how deep they stand }
// A struct without a name is "struct #" and what it has. What is not read is named '@', which is
// no type; so its declaration keeps its name.

import type { Members } from './c_text_constants.js';
import type { Deeper, Depth, Most, Tokens } from './c_text_tokens.js';

/** The name of what is not read. */
type Unread = '@';

/** Words that make a type together. */
type BasicWord =
  | 'void' | 'char' | 'short' | 'int' | 'long' | 'float' | 'double' | 'signed' | 'unsigned'
  | '_Bool' | '_Complex' | '__int128';

/** One name for the orders of words: no "int" but alone, "unsigned" first. */
type Basic<S extends string> =
  S extends `${infer One} `
    ? One extends `${string} ${string}` ? WithoutInt<` ${S}`>
    : One extends 'signed' ? 'int' : One extends 'unsigned' ? 'unsigned int' : One
  : Unread;
type WithoutInt<S extends string> =
  S extends `${infer A} int ${infer B}` ? WithoutInt<`${A} ${B}`>
  : S extends ` ${infer A}unsigned ${infer B}` ? Alone<`unsigned ${A}${B}`>
  : S extends ` ${infer A}signed ${infer B}`
    ? Alone<`${A}${B}` extends 'char ' ? 'signed char ' : `${A}${B}`>
  : S extends ` ${infer A}` ? Alone<A> : Unread;
type Alone<S extends string> =
  S extends '' ? 'int' : S extends 'unsigned ' ? 'unsigned int'
  : S extends `${infer A} ` ? A : Unread;

/** What a struct, union or enum is defined by. `id` is for what has no name in it. */
export type Body = [
  name: string, tokens: string, depth: Depth, attributes: string, id: string,
];

type Attributed<S extends string, Attributes extends string = ''> =
  S extends `@${infer A} ${infer R}` ? Attributed<R, `${Attributes}@${A} `> : [Attributes, S];

/** The bodies in a body. */
type Nested<S extends string, D extends Depth, Id extends string, Done extends Body[] = []> =
  S extends `${string}{${string}`
    ? S extends `${infer One};${D} ${infer R}`
      ? Nested<R, D, Id, [...Done, ...Specifier<One, D, Id>[2]]> : Done
  : Done;

type Defined<
  Name extends string, S extends string, E extends Depth, Id extends string,
  Attributes extends string, After extends string,
> = Attributed<After, Attributes> extends
  [infer A extends string, infer R extends string]
    ? Name extends `${string}#`
      ? [`${Name}${Id} ${A}${S}`, R, [...Nested<S, E, Id>, [`${Name}${Id} ${A}${S}`, S, E, A, Id]]]
    : [Name, R, [...Nested<S, E, Id>, [Name, S, E, A, Id]]]
  : never;

/** A tag that has been read, and what is behind it. */
type Tagged<
  Name extends string, S extends string, E extends Depth, Id extends string,
  Attributes extends string,
> = S extends `{${E} ${infer B}}${E} ${infer R}` ? Defined<Name, B, E, Id, Attributes, R>
  : S extends `: ${infer Type}{${E} ${infer B}}${E} ${infer R}`
    ? Defined<Name, B, E, Id, `${Attributes}:${Type}`, R>
  : [Name, S, []];

type Kind = 'struct' | 'union' | 'enum';

/** What follows the word "struct", "union" or "enum": [name, rest, bodies]. */
type Tag<
  K extends Kind, S extends string, D extends Depth, Id extends string, Attributes extends string,
> = S extends `${'{' | ':'}${string}` ? Tagged<`${K} #`, S, Deeper[D], Id, Attributes>
  : S extends `${infer Name} ${infer R}` ? Tagged<`${K} ${Name}`, R, Deeper[D], Id, Attributes>
  : [Unread, '', []];

/**
 * The type that a declaration begins with: [type, rest, bodies]. `D` says how deep the declaration
 * stands, `Id` tells structs without a name apart.
 */
export type Specifier<
  S extends string, D extends Depth, Id extends string,
  Words extends string = '', Const extends string = '', Bodies extends Body[] = [],
> = S extends `${infer W} ${infer R}`
  ? W extends 'const' ? Specifier<R, D, Id, Words, 'const ', Bodies>
  : W extends '""' ? Specifier<R, D, Id, Words, Const, Bodies>
  : W extends Kind
    ? Attributed<R> extends [infer A extends string, infer Rest extends string]
      ? Tag<W, Rest, D, Id, A> extends
        [infer Name extends string, infer After extends string, infer B extends Body[]]
        ? Named<After, D, Id, `${Words}${Name}`, Const, B> : never
      : never
  : W extends BasicWord ? Specifier<R, D, Id, `${Words}${W} `, Const, Bodies>
  : W extends `@${string}` ? Specifier<R, D, Id, `${Unread} ${Words}`, Const, Bodies>
  : Words extends '' | `${Unread} ` ? Named<R, D, Id, `${Words}${W}`, Const, Bodies>
  : [`${Const}${Basic<Words>}`, S, Bodies]
: [`${Const}${Basic<Words>}`, S, Bodies];

/** The same behind a name, where only "const" may follow. */
type Named<
  S extends string, D extends Depth, Id extends string, Name extends string,
  Const extends string, Bodies extends Body[],
> = S extends `const ${infer R}` ? Named<R, D, Id, Name, 'const ', Bodies>
  : [`${Const}${Name}`, S, Bodies];

/** The type of a name by what is behind it. */
type Suffixed<S extends string, T, D extends Depth> =
  S extends `[ ${infer N}] ${infer R}` ? { array: Suffixed<R, T, D>; length: N }
  : S extends `(${Deeper[D]} ${infer P})${Deeper[D]} ${infer R}`
    ? { result: Suffixed<R, T, D>; parameters: P; depth: Deeper[D] }
  : S extends '' ? T
  : Unread;

/** Whether parentheses without a name before them are a function's. Of one name nobody knows. */
type IsParameters<S extends string> =
  S extends `${'*' | '(' | '[' | '@'}${string}` ? false
  : S extends '' | '... ' ? true
  : S extends `${infer One} `
    ? One extends `${string} ${string}` | BasicWord ? true : boolean
  : boolean;

/** [name, type] of a declarator around `T`. It may have no name if it is a parameter's. */
export type Declarator<S extends string, T, D extends Depth, IsParameter = false> =
  S extends `* ${infer R}` ? Declarator<R, { pointer: T }, D, IsParameter>
  : S extends `const ${infer R}` ? Declarator<R, T, D, IsParameter>
  : S extends `@${string} ${infer R}` ? Declarator<R, Unread, D, IsParameter>
  : S extends `(${Deeper[D]} ${infer P})${Deeper[D]} ${infer R}`
    ? IsParameter extends true
      ? IsParameters<P> extends infer Is extends boolean
        ? boolean extends Is ? ['', Unread]
        : Is extends true ? ['', Suffixed<S, T, D>]
        : Declarator<P, Suffixed<R, T, D>, Deeper[D], IsParameter>
      : never
    : Declarator<P, Suffixed<R, T, D>, Deeper[D]>
  : S extends `[ ${string}` ? ['', Suffixed<S, T, D>]
  : S extends `${infer Name} ${infer R}`
    ? Name extends NoName ? ['', Unread]
    : R extends '' | `${'(' | '[' | '@'}${string}` ? [Name, Suffixed<R, T, D>]
    : ['', Unread]
  : ['', T];
/** Signs, and words that come earlier in C. */
type NoName =
  | ']' | ':' | '=' | '|' | '+' | '-' | '<<' | `)${string}` | BasicWord | Kind | 'typedef';

/** [name, type] of each declarator. */
type Declarators<S extends string, T, Done = never> =
  S extends `${infer One},0 ${infer R}` ? Declarators<R, T, Done | Declarator<One, T, 0>>
  : S extends '' ? Done
  // A struct in a list of parameters, and what it declares, are not read.
  : S extends `${string}{${string}` ? ['', Unread]
  : Done | Declarator<S, T, 0>;

/** Where a variable lies is its library's matter. */
type Unaligned<S extends string> =
  S extends `${infer A}@aligned:${infer N} ` ? N extends `${string} ${string}` ? S : A : S;

export type Pair = [name: string, what: unknown];

/** [name, body] of each struct and union. */
type Records<B> = B extends [infer Name extends `${'struct' | 'union'} ${string}`, ...unknown[]]
  ? [Name, B] : never;

/** [[name, [constants, attributes]] of each enum, all constants that there are then]. */
type Enums<Bodies extends Body[], Constants, Done = never> =
  Bodies extends [infer B, ...infer R extends Body[]]
    ? B extends [infer Name extends `enum ${string}`, infer S extends string,
      infer D extends Depth, infer A, unknown]
      ? Members<S, D, Constants> extends infer M
        ? Enums<R, Constants | M, Done | [Name, [M, A]]> : never
    : Enums<R, Constants, Done>
  : [Done, Constants];

/** [names, structs and unions, enums, all constants] of one declaration. */
type Declaration<S extends string, Id extends string, Constants> =
  Specifier<S, 0, Id> extends [infer T, infer R extends string, infer B extends Body[]]
    ? Enums<B, Constants> extends [infer E, infer C]
      ? [Declarators<Unaligned<R>, T>, Records<B[number]>, E, C] : never
    : never;

type Table<P extends Pair> = { [Q in P as Q[0]]: Q[1] };
/** Without those of a name to itself. */
type TypedefTable<P extends Pair> = { [Q in P as Q[1] extends Q[0] ? never : Q[0]]: Q[1] };

type All<
  S extends string, Typedefs extends Pair = never, Symbols extends Pair = never,
  R extends Pair = never, E extends Pair = never, Constants extends Pair = never,
  Steps extends string = '',
> = Steps extends Most ? never
  : S extends `${infer One};0 ${infer Rest}`
    ? One extends `typedef ${infer Named}`
      ? Declaration<Named, Steps, Constants> extends
        [infer N extends Pair, infer R1 extends Pair, infer E1 extends Pair, infer C extends Pair]
        ? All<Rest, Typedefs | N, Symbols, R | R1, E | E1, C, `${Steps}.`> : never
    : Declaration<One, Steps, Constants> extends
      [infer N extends Pair, infer R1 extends Pair, infer E1 extends Pair, infer C extends Pair]
      ? All<Rest, Typedefs, Symbols | N, R | R1, E | E1, C, `${Steps}.`> : never
  : '' extends (Typedefs | Symbols | Constants)[0] ? never
  : {
    typedefs: TypedefTable<Typedefs>; symbols: Table<Symbols>; records: Table<R>;
    enums: Table<E>; constants: Constants;
  };

/** All that a text declares; never if it is not read. */
export type Declarations<S extends string> =
  Tokens<S> extends infer T extends string ? All<T> : never;

/** What there is to know of a text. */
export interface Environment {
  typedefs: object;
  symbols: object;
  records: object;
  enums: object;
  constants: Pair;
}
