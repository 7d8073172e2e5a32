// Constants of C text, in types: values of enums, lengths of arrays.
//
// A value is its decimal digits. Read are literals (decimal and hexadecimal), names of constants,
// their unions by |, 1 << n, and one more or less than a value. What is anything else is '?',
// which becomes `number`.

import type { Depth, Most } from './c_text_tokens.js';

/** What is not computed. */
type Unsaid = '?';

type Digit = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9';
interface Ups { 0: 1; 1: 2; 2: 3; 3: 4; 4: 5; 5: 6; 6: 7; 7: 8; 8: 9 }
interface Downs { 1: 0; 2: 1; 3: 2; 4: 3; 5: 4; 6: 5; 7: 6; 8: 7; 9: 8 }

/** Digits that begin with no 0 but '0' itself. */
type Trimmed<S extends string> = S extends `0${infer R}` ? R extends '' ? '0' : Trimmed<R> : S;

type Up<S extends string> =
  S extends '' ? '1'
  : S extends `${infer A}9` ? `${Up<A>}0`
  : S extends `${infer A}${keyof Ups}`
    ? S extends `${A}${infer D extends keyof Ups}` ? `${A}${Ups[D]}` : Unsaid
  : Unsaid;
type Down<S extends string> =
  S extends `${infer A}0` ? `${Down<A>}9`
  : S extends `${infer A}${keyof Downs}`
    ? S extends `${A}${infer D extends keyof Downs}` ? `${A}${Downs[D]}` : Unsaid
  : Unsaid;
type Negative<S extends string> =
  S extends '0' | Unsaid ? S : S extends `-${infer N}` ? N : `-${S}`;

/** One more, one less. */
type Next<S extends string> =
  S extends Unsaid ? S : S extends `-${infer N}` ? Negative<Trimmed<Down<N>>> : Up<S>;
type Previous<S extends string> =
  S extends Unsaid ? S
  : S extends `-${infer N}` ? `-${Up<N>}`
  : S extends '0' ? '-1' : Trimmed<Down<S>>;

type Reversed<S extends string, Done extends string = ''> =
  S extends `${infer C}${infer R}` ? Reversed<R, `${C}${Done}`> : Done;

interface Doubles {
  '0': ['0', '1', 0]; '1': ['2', '3', 0]; '2': ['4', '5', 0]; '3': ['6', '7', 0];
  '4': ['8', '9', 0]; '5': ['0', '1', 1]; '6': ['2', '3', 1]; '7': ['4', '5', 1];
  '8': ['6', '7', 1]; '9': ['8', '9', 1];
}
/** Twice a number, and one more if `Carry` is 1; its digits stand in reverse, here and there. */
type Doubled<S extends string, Carry extends 0 | 1, Done extends string = ''> =
  S extends `${infer D extends Digit}${infer R}`
    ? Doubled<R, Doubles[D][2], `${Done}${Doubles[D][Carry]}`>
    : Carry extends 1 ? `${Done}1` : Done;

interface Halves {
  '0': ['0', '5', 0]; '1': ['0', '5', 1]; '2': ['1', '6', 0]; '3': ['1', '6', 1];
  '4': ['2', '7', 0]; '5': ['2', '7', 1]; '6': ['3', '8', 0]; '7': ['3', '8', 1];
  '8': ['4', '9', 0]; '9': ['4', '9', 1];
}
/** Half of a number, and what is left. */
type Halved<S extends string, Carry extends 0 | 1 = 0, Done extends string = ''> =
  S extends `${infer D extends Digit}${infer R}`
    ? Halved<R, Halves[D][2], `${Done}${Halves[D][Carry]}`> : [Trimmed<Done>, Carry];

/** Bits from the highest on, and from the lowest on. */
type FromBits<Bits extends string, Done extends string = '0'> =
  Bits extends `${infer B extends '0' | '1'}${infer R}`
    ? FromBits<R, Doubled<Done, B extends '1' ? 1 : 0>> : Reversed<Done>;
type ToBits<S extends string, Done extends string = ''> =
  S extends '0' | '' ? Done
  : Halved<S> extends [infer Half extends string, infer Bit extends 0 | 1]
    ? ToBits<Half, `${Done}${Bit}`> : never;

type OrBits<A, B, Done extends string = ''> =
  A extends `${infer X}${infer P}`
    ? B extends `${infer Y}${infer Q}` ? OrBits<P, Q, `${Y extends '1' ? Y : X}${Done}`>
    : OrBits<P, '', `${X}${Done}`>
  : B extends `${infer Y}${infer Q}` ? OrBits<'', Q, `${Y}${Done}`>
  : Done;
type Or<A extends string, B extends string> =
  `${A} ${B}` extends `${string}${'-' | Unsaid}${string}` ? Unsaid
    : OrBits<ToBits<A>, ToBits<B>> extends infer Bits extends string ? FromBits<Bits> : never;

interface HexBits {
  '0': '0000'; '1': '0001'; '2': '0010'; '3': '0011'; '4': '0100'; '5': '0101'; '6': '0110';
  '7': '0111'; '8': '1000'; '9': '1001'; a: '1010'; b: '1011'; c: '1100'; d: '1101'; e: '1110';
  f: '1111';
}
type Hex<S extends string, Bits extends string = '', Steps extends 0[] = []> =
  Steps['length'] extends 17 ? Unsaid
  : S extends `${infer D extends keyof HexBits}${infer R}`
    ? Hex<R, `${Bits}${HexBits[D]}`, [...Steps, 0]>
  : S extends '' ? FromBits<Bits> : Unsaid;

type Decimal<S extends string, Done extends string = '', Steps extends 0[] = []> =
  Steps['length'] extends 21 ? Unsaid
  : S extends `${infer D extends Digit}${infer R}` ? Decimal<R, `${Done}${D}`, [...Steps, 0]>
  : S extends Suffix ? Done : Unsaid;
type Suffix = '' | 'u' | 'l' | 'll' | 'ul' | 'ull' | 'lu' | 'llu';
type Unsuffixed<S extends string> = S extends `${infer N}${'u' | 'l'}` ? N : S;

/** The value of a literal. */
type Literal<S extends string> =
  S extends `0x${infer Digits}` ? Hex<Unsuffixed<Unsuffixed<Unsuffixed<Digits>>>>
  : S extends `0${infer R}` ? R extends Suffix ? '0' : Unsaid
  : Decimal<S>;

/** The value of one word. Constants are [name, value]. */
type Word<S extends string, Constants> =
  S extends `${Digit}${string}` ? Literal<Lowercase<S>>
  : Extract<Constants, [S, unknown]> extends infer Found
    ? [Found] extends [never] ? Unsaid : Found extends [S, infer V extends string] ? V : Unsaid
  : never;

/** 1 << N, as C has it of an int, or of a longer one. */
type Shifted<N extends string, Longer, Bits extends string = '1', Count extends 0[] = []> =
  `${Count['length']}` extends N
    ? [N, Longer] extends ['31', false] ? '-2147483648' : FromBits<Bits>
  : Count['length'] extends 31 ? Unsaid : Shifted<N, Longer, `${Bits}0`, [...Count, 0]>;

/** Whether a 1 is no int. */
type IsLonger<S extends string> =
  [Inside<S>] extends [never]
    ? S extends `${'' | '0x' | '0X'}1${'u' | 'U' | 'l' | 'L'}${string}` ? true : false
    : IsLonger<Inside<S>>;

/** -A, where the value of `A` is `V`. An unsigned one stays above zero. */
type Minus<A extends string, V extends string> =
  A extends Decimal<A> ? Negative<V>
  : A extends `${Digit}${string}${'u' | 'U'}${string}` ? Unsaid
  : [Big<V>] extends [never] ? Negative<V> : Unsaid;

/** What parentheses hold that are all of an expression; without such, never. */
type Inside<S extends string> =
  S extends `(${infer D} ${infer R}`
    ? R extends `${infer E})${D} ` ? E extends `${string})${D} ${string}` ? never : E : never
    : never;

/** An operand of an operator. */
type Operand<S extends string, Constants> =
  [Inside<S>] extends [never]
    ? S extends `${infer W} `
      ? W extends `${string} ${string}` ? Unsaid : Word<W, Constants> : Unsaid
    : Value<Inside<S>, Constants>;

/** The value of an expression: each token is followed by a space. */
export type Value<S extends string, Constants> =
  [Inside<S>] extends [never]
    ? S extends `${infer A}| ${infer B}` ? Or<Value<A, Constants>, Value<B, Constants>>
    : S extends `${infer A}<< ${infer B}`
      ? Operand<A, Constants> extends '1' ? Shifted<Operand<B, Constants>, IsLonger<A>> : Unsaid
    : S extends `- ${infer A} ` ? Minus<A, Word<A, Constants>>
    : S extends `${infer A}+ 1 ` ? Next<Operand<A, Constants>>
    : S extends `${infer A}- 1 ` ? Previous<Operand<A, Constants>>
    : Operand<S, Constants>
  : Value<Inside<S>, Constants>;

/** The type of a value. */
export type NumberOf<V> = V extends `${infer N extends number}` ? N : number;

/**
 * [name, value] of each constant of an enum; without a name for what is not read. `Known` are those
 * that were declared before.
 */
export type Members<
  S extends string, D extends Depth, Known, Last extends string = '-1', Done = never,
  Steps extends string = '',
> = Steps extends Most ? ['', Unsaid]
  : S extends '' ? Done
  : S extends `${infer One},${D} ${infer Rest}`
    ? Member<One, Known | Done, Last> extends [infer Name, infer V extends string]
      ? Members<Rest, D, Known, V, Done | [Name, V], `${Steps}.`> : never
  : Done | Member<S, Known | Done, Last>;

type Member<S extends string, Known, Last extends string> =
  S extends `${infer Name} ${infer After}`
    ? After extends '' ? [Name, Next<Last>]
    : After extends `= ${infer E}` ? [Name, Value<E, Known>]
    : After extends `@${string}` ? [Name, Unsaid]
    : ['', Unsaid]
  : ['', Unsaid];

type Length<S extends string, Count extends 0[] = []> =
  S extends `${string}${infer R}` ? Length<R, [...Count, 0]> : Count['length'];
/** Those of some values that no int has: 2^31 and more. */
type Big<V> =
  V extends `-${string}` | Unsaid ? never
  : V extends string ? Length<ToBits<V>> extends 32 ? V : never : never;
type IsUnion<T, All = T> = T extends All ? [All] extends [T] ? false : true : never;

type Negatives<V> = Extract<V, `-${string}`>;

/** Whether values that are not computed may change what JavaScript has for an enum. */
type IsOpen<M extends [string, string], Packed> =
  Unsaid extends M[1]
    ? Packed extends true ? true
    : [Negatives<M[1]> | Big<M[1]>] extends [never] ? IsUnion<Extract<M, [string, Unsaid]>> : true
  : false;

/** The integer that an enum of [name, value] is; never if it is not known. As parse/enums.js. */
export type EnumType<M extends [string, string], Packed> =
  IsOpen<M, Packed> extends true ? never
  : [Negatives<M[1]>] extends [never]
    ? Packed extends true ? 'u8' | 'u16' | 'u32' : Unsaid extends M[1] ? 'i32' | 'u32' : 'u32'
  : [Big<M[1]>] extends [never] ? Packed extends true ? 'i8' | 'i16' | 'i32' : 'i32'
  : 'i64';
