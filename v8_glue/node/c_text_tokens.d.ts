// The tokens of C text, in types: what c_text_declarations.d.ts reads.
//
// The form is text in which one space follows each token, and brackets, ',' and ';' say how many
// brackets are open: "int f (1 int a ,1 int b )1 ;0 ". So a template finds the end of a bracket,
// and the next of its items, in one step. Comments, and words that change no call, are gone; what
// is in quotes is `""`, an attribute one word that begins with '@'.
//
// TypeScript ends the reading of a type after 1000 steps of a recursion, as an error. So each
// recursion here counts, and what goes on longer is not read: the text is never then.

/** How many steps a recursion takes at most: 900 dots. Longer text costs less than longer lists. */
export type Most = Ten<Ten<'.........'>>;
type Ten<S extends string> = `${S}${S}${S}${S}${S}${S}${S}${S}${S}${S}`;

/** How many brackets are open. Where there are 9 it stays so, and the text is not read. */
export interface Deeper { 0: 1; 1: 2; 2: 3; 3: 4; 4: 5; 5: 6; 6: 7; 7: 8; 8: 9; 9: 9 }
interface Shallower { 1: 0; 2: 1; 3: 2; 4: 3; 5: 4; 6: 5; 7: 6; 8: 7 }
export type Depth = keyof Deeper;

type Before<S extends string, Mark extends string> =
  S extends `${infer A}${Mark}${string}` ? A : S;
type Plain<S extends string> = Before<Before<S, '"'>, "'">;

/** The text with a space for each comment, and `""` for what is in quotes. */
type Uncommented<S extends string, Done extends string = '', Steps extends string = ''> =
  Steps extends Most ? never
  : Plain<S> extends `${infer A}/${string}` ? S extends `${A}/${infer B}`
    ? B extends `/${string}\n${infer R}` ? Uncommented<R, `${Done}${A} `, `${Steps}.`>
    : B extends `/${string}` ? `${Done}${A} `
    : B extends `*${string}*/${infer R}` ? Uncommented<R, `${Done}${A} `, `${Steps}.`>
    : Uncommented<B, `${Done}${A}/`, `${Steps}.`>
    : never
  : S extends `${Plain<S>}${infer Quote}${infer B}`
    ? B extends `${infer Quoted}${Quote}${infer R}`
      // Whether a quote behind a backslash is the last one is not looked at.
      ? Quoted extends `${string}\\` ? never
      : Uncommented<R, `${Done}${Plain<S>} "" `, `${Steps}.`>
    : never
  : `${Done}${S}`;

/** What no text has that is read; so stands for one that is too long. */
type TooLong = ' # ';

type Replace<
  S extends string, From extends string, To extends string,
  Done extends string = '', Steps extends string = '',
> = S extends `${infer A}${From}${infer B}`
  ? Steps extends Most ? TooLong : Replace<B, From, To, `${Done}${A}${To}`, `${Steps}.`>
  : `${Done}${S}`;

type Signs = ['(', ')', '{', '}', '[', ']', '*', ':', '=', '|', '<<', '+', '-'];

/** The text with spaces around each sign, and behind it. */
type Spaced<S extends string, Left extends string[] = Signs> =
  Left extends [infer Sign extends string, ...infer Rest extends string[]]
    ? Spaced<Replace<S, Sign, ` ${Sign} `>, Rest>
    : Replace<Replace<Replace<Replace<`${S} `, '    ', ' '>, '\n', ' '>, '\t', ' '>, '\r', ' '>;

type Dropped =
  | '' | 'extern' | 'static' | 'inline' | '__inline' | '__inline__' | 'volatile' | '__volatile'
  | '__volatile__' | 'restrict' | '__restrict' | '__restrict__' | '__extension__' | '_Noreturn'
  | 'register' | '__cdecl' | '__stdcall' | '_Nonnull' | '_Nullable' | '_Null_unspecified';

/** Words that others stand for; an attribute's gets a '@', which no name has. */
interface Spellings {
  __const: 'const'; __const__: 'const';
  __signed: 'signed'; __signed__: 'signed'; __complex__: '_Complex';
  __attribute__: '@attribute'; __attribute: '@attribute';
  asm: '@specifier'; __asm: '@specifier'; __asm__: '@specifier';
  _Alignas: '@specifier'; alignas: '@specifier';
}

/** [the words of a text, how many brackets are open behind them]; null if it is too long. */
type Words<S extends string, D extends Depth, Done extends string = '', Steps extends string = ''> =
  Steps extends Most ? null
  : S extends `${infer W} ${infer R}`
    ? W extends '#' ? null
    : W extends Dropped ? Words<R, D, Done, `${Steps}.`>
    // What is in `extern "C" { }` is as if it stood outside.
    : W extends '{' ? Done extends `${infer Outside}"" ` ? Words<R, D, Outside, `${Steps}.`>
      : Words<R, Deeper[D], `${Done}{${Deeper[D]} `, `${Steps}.`>
    : W extends '(' ? Words<R, Deeper[D], `${Done}(${Deeper[D]} `, `${Steps}.`>
    : W extends ')' | '}'
      ? D extends keyof Shallower ? Words<R, Shallower[D], `${Done}${W}${D} `, `${Steps}.`>
      : Words<R, D, Done, `${Steps}.`>
    : Words<R, D, `${Done}${W extends keyof Spellings ? Spellings[W] : W} `, `${Steps}.`>
  : [Done, D];

/** Attributes that change no call and no layout: parse/attributes.js has the same list. */
type Harmless =
  | 'access' | 'alloc_align' | 'alloc_size' | 'always_inline' | 'artificial' | 'assume_aligned'
  | 'cold' | 'const' | 'deprecated' | 'fallthrough' | 'format' | 'format_arg' | 'gnu_inline' | 'hot'
  | 'leaf' | 'malloc' | 'may_alias' | 'noinline' | 'nonnull' | 'noreturn' | 'nothrow'
  | 'maybe_unused' | 'nodiscard' | 'no_sanitize' | 'noipa' | 'nonstring'
  | 'null_terminated_string_arg' | 'optimize' | 'pure' | 'returns_nonnull' | 'returns_twice'
  | 'sentinel' | 'unavailable' | 'unused' | 'used' | 'visibility' | 'warn_unused_result' | 'weak';

/** One word for an attribute; none for a harmless one. */
type Attribute<S extends string> =
  S extends `__${infer Name}__ ${infer R}` ? Attribute<`${Name} ${R}`>
  : S extends '' | `${Harmless} ${string}` ? ''
  : S extends 'packed ' ? '@packed '
  : S extends 'aligned ' ? '@aligned:16 '
  : S extends `aligned (${Depth} ${infer N} )${Depth} `
    ? N extends `${string} ${string}` ? '@other ' : `@aligned:${N} `
  : '@other ';

type AttributeList<S extends string, D extends string, Done extends string = ''> =
  S extends `${infer One},${D} ${infer Rest}`
    ? AttributeList<Rest, D, `${Done}${Attribute<One>}`> : `${Done}${Attribute<S>}`;

type Attributes<S extends string, Done extends string = ''> =
  S extends `${infer A}@${infer Word} (${infer D} ${infer B}`
    ? Word extends 'attribute'
      ? B extends `(${infer E} ${infer R}`
        ? R extends `${infer List})${E} )${D} ${infer After}`
          ? Attributes<After, `${Done}${A}${AttributeList<List, E>}`> : never
        : never
    : B extends `${string})${D} ${infer After}` ? Attributes<After, `${Done}${A}@other `> : never
  : S extends `${infer A}[ [ ${infer List}] ] ${infer After}`
    ? Attributes<After, `${Done}${A}${List extends `${Harmless} ` ? '' : '@other '}`>
  : `${Done}${S}`;

/** Tokens up to a ';', as Words has them. */
type Items<S extends string, D extends Depth, Done extends string = '', Steps extends string = ''> =
  Steps extends Most ? null
  : S extends `${infer One},${infer Rest}`
    ? Words<Spaced<One>, D, Done> extends [infer W extends string, infer Open extends Depth]
      ? Items<Rest, Open, `${W},${Open} `, `${Steps}.`> : null
  : Words<Spaced<S>, D, Done>;

type Statements<
  S extends string, D extends Depth = 0, Done extends string = '', Steps extends string = '',
> = Steps extends Most ? never
  : S extends `${infer One};${infer Rest}`
    ? Items<One, D> extends [infer W extends string, infer Open extends Depth]
      ? Statements<Rest, Open, `${Done}${Attributes<W>};${Open} `, `${Steps}.`> : never
  : Items<S, D> extends ['', 0] ? Done : never;

/** What is left of a text that has more than declarations, or what is not read. */
type Unread = '#' | '\\' | '@';

/** The tokens of C text; never if it is not read. */
export type Tokens<S extends string> =
  Uncommented<S> extends infer T extends string
    ? T extends `${string}${Unread}${string}` ? never : Statements<T>
    : never;
