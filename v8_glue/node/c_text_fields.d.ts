// The structs, unions and enums of C text as definitions spell them: parse/fields.js and
// parse/enums.js, in types. c_text_types.d.ts has the other types.

import type { EnumType, NumberOf, Value } from './c_text_constants.js';
import type { Declarator, Environment, Pair, Specifier } from './c_text_declarations.js';
import type { Deeper, Depth, Most } from './c_text_tokens.js';
import type { Bare, Place, Scalars, Spelled, Unknown } from './c_text_types.js';

/** The values of constants. */
export type Values<M extends Pair> =
  [M] extends [infer All extends Pair] ? { readonly [P in All as P[0]]: NumberOf<P[1]> } : never;

type Integer<M extends [string, string], Attributes, E extends Environment> =
  Attributes extends `${string}:${infer Type}`
    ? Specifier<Type, 0, ''>[0] extends infer T ? Bare<T, E> extends infer B extends keyof Scalars
      ? Scalars[B] : never : never
  : Attributes extends '' ? EnumType<M, false>
  : Attributes extends '@packed ' ? EnumType<M, true>
  : never;
export type Enum<Name, P extends Place, E extends Environment> =
  Name extends keyof E['enums']
    ? E['enums'][Name] extends [infer M extends [string, string], infer A]
      ? EnumOf<M, Integer<M, A, E>, P> : never
    : 'u32';
type EnumOf<M extends Pair, Type, P extends Place> =
  [Type] extends [never] ? Unknown
  : [Type] extends ['i64'] ? 'i64'
  : P extends 'variable' ? Type
  : { readonly enum: Values<M>; readonly type: Type };

type Flat<T> = T extends infer All ? { [K in keyof All]: All[K] } : never;

/** What attributes say of a struct. */
type Options<A, E extends Environment> =
  A extends '' ? {}
  : A extends '@packed ' ? { readonly packed: true }
  : A extends `@packed @aligned:${infer N} ` | `@aligned:${infer N} @packed `
    ? Aligned<N, E> extends infer O ? O extends Unknown ? O : O & { readonly packed: true } : never
  : A extends `@aligned:${infer N} ` ? Aligned<N, E>
  : Unknown;
type Aligned<N extends string, E extends Environment> =
  N extends `${string} ${string}` ? Unknown
    : { readonly align: NumberOf<Value<`${N} `, E['constants']>> };

/** The definition of a struct or union. `L` says in how many others it is. */
export type RecordOf<Name, E extends Environment, L extends Depth = 0> =
  Name extends keyof E['records']
    ? E['records'][Name] extends
      [string, infer S extends string, infer D extends Depth, infer A, infer Id extends string]
      ? L extends 6 ? Unknown // Deeper ones take more steps than TypeScript allows.
      : Fields<S, D, Id, E, Deeper[L]> extends infer F extends Field[]
        ? Shape<Name, Named<F>, Options<A, E>> : never
      : Unknown
    : Unknown;
type Shape<Name, F, O> =
  F extends Unknown ? F : O extends Unknown ? O
  : Flat<(Name extends `union ${string}` ? { readonly union: F } : { readonly struct: F }) & O>;

type Field = [name: string, type: unknown];

/** Fields by name. Those without a name have one by their place. */
type Named<F extends Field[]> =
  Unknown extends F[number][1] ? Unknown
  : Extract<F[number][0], `unnamed${number}`> extends never
    ? ByName<Numbered<F>[number]> : Unknown;
type Numbered<F extends Field[]> = {
  [I in keyof F]: F[I][0] extends '' ? [`unnamed${I & string}`, F[I][1]] : F[I];
};
type ByName<P extends Pair> =
  [P] extends [infer All extends Pair] ? { readonly [Q in All as Q[0]]: Q[1] } : never;

type Fields<
  S extends string, D extends Depth, Id extends string, E extends Environment, L extends Depth,
  Done extends Field[] = [], Steps extends string = '',
> = Steps extends Most ? [['', Unknown]]
  : S extends `${infer One};${D} ${infer R}`
    ? Member<One, D, Id, E, L> extends infer M extends Field[]
      ? Fields<R, D, Id, E, L, [...Done, ...M], `${Steps}.`> : never
    : Done;

/** The fields of one declaration. */
type Member<
  S extends string, D extends Depth, Id extends string, E extends Environment, L extends Depth,
> = S extends '' ? []
  : Specifier<S, D, Id> extends [infer T extends string, infer R extends string, unknown]
    ? R extends '' ? T extends `${'struct' | 'union'} #${string}` ? [['', RecordOf<T, E, L>]]
      : T extends `enum ${string}` ? [] : [['', Unknown]]
    : MembersOf<R, T, D, E, L>
  : [['', Unknown]];
type MembersOf<
  S extends string, T, D extends Depth, E extends Environment, L extends Depth,
  Done extends Field[] = [],
> = Done['length'] extends 900 ? [['', Unknown]]
  : S extends `${infer One},${D} ${infer R}`
    ? MembersOf<R, T, D, E, L, [...Done, OneMember<One, T, D, E, L>]>
  : [...Done, OneMember<S, T, D, E, L>];
type OneMember<S extends string, T, D extends Depth, E extends Environment, L extends Depth> =
  // One of no bits ends a run; others without a name are filled with fields of other types.
  S extends `: ${infer W}`
    ? W extends '0 ' ? ['', Bits<Spelled<Bare<T, E>, 'member', E>, '0 ', E>] : ['', Unknown]
  : S extends `${infer A}: ${infer W}`
    ? Declarator<A, T, D> extends [infer Name extends string, infer Of]
      ? [Name, Bits<Spelled<Bare<Of, E>, 'member', E>, W, E>] : never
  : Declarator<S, T, D> extends [infer Name extends string, infer Of]
    ? [Name, Spelled<Bare<Of, E>, 'member', E, L>] : never;
type Bits<T, W extends string, E extends Environment> =
  T extends Unknown ? T
  : { readonly bits: T; readonly width: NumberOf<Value<W, E['constants']>> };

export type ArrayOf<T, N> =
  T extends Unknown ? T
  : N extends '' | '0' ? { readonly array: T }
  : N extends '?' ? { readonly array: T; readonly length?: number }
  : { readonly array: T; readonly length: NumberOf<N> };
