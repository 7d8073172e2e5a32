// c_text: what is inferred of C text beyond plain prototypes. run_c_text.mts shows that it is so.

import {
  alloc, dlopen, parse, read, struct, type Accessor, type BufferLike, type DynamicLibrary,
  type PointerValue,
} from 'springboard-ffi';
import { holds, type Same } from './same.mjs';

const { symbols } = dlopen('libexample.so', `
  // Comments don't count: int none(void);
  /* { */ extern "C" {
  typedef unsigned char byte; typedef const char *text; typedef byte *bytes;
  struct point { double x, y; };
  typedef struct { struct point from, to; byte tag[4]; unsigned open : 1; long big : 40; } line;
  typedef struct list list; // Only the library knows its fields.
  struct owned { int a; };
  union number { int i; float f; };
  enum color { RED, GREEN = 5, BLUE };
  typedef enum { OFF = -0x1, ON } state;
  typedef int (*compare)(const void *, const void *);
  typedef void visit(struct point at, enum color, const char *name, void *data);

  struct point middle(struct point, const line *); double length(line);
  list *make(text name); struct owned *give(void); void take(list *, struct owned *, line *);
  union number number_of(union number *);
  enum color paint(enum color, state); byte first(bytes), last(const byte list[4]);
  void sort(void *base, size_t count, size_t size, compare by); compare by_name(visit *);
  int print(const char *format, ...), (in_parentheses)(int (*)(int, ...));
  extern int count; extern const char *const version; line *current; enum color favourite;
  float _Complex turn(double _Complex); __int128 wide(unsigned long int);
  __attribute__((deprecated("use /* other */ f;"), nonnull(1))) int old(char *, int);
  int aligned_one __attribute__((aligned(16)));
  }
`);

type Point = Accessor<{ readonly x: 'f64'; readonly y: 'f64' }>;
type PointGiven = { readonly x?: number; readonly y?: number };
holds<Same<ReturnType<typeof symbols.length>, number>>();
const middle = symbols.middle({ x: 1 }, new Uint8Array(80));
holds<Same<typeof middle, Point>>();
symbols.middle(middle, null, new Float64Array(2));
symbols.length({ from: middle, to: { y: 1 }, tag: [1, 2], open: 1, big: 1n });
holds<Same<Parameters<typeof symbols.middle>[1], BufferLike | null>>();
holds<Same<Parameters<typeof symbols.make>, [name: string | null]>>();
holds<Same<ReturnType<typeof symbols.make>, PointerValue>>();
holds<Same<Parameters<typeof symbols.take>,
  [PointerValue, PointerValue, BufferLike | null]>>();
holds<Same<Parameters<typeof symbols.first>, [BufferLike | null]>>();
holds<Same<Parameters<typeof symbols.last>, [BufferLike | null]>>();
holds<Same<ReturnType<typeof symbols.last>, number>>();
holds<Same<Parameters<typeof symbols.paint>,
  [color: 'RED' | 'GREEN' | 'BLUE' | 0 | 5 | 6, state: 'OFF' | 'ON' | -1 | 0]>>();
holds<Same<ReturnType<typeof symbols.paint>, 0 | 5 | 6>>();
symbols.sort(null, 1, 8n, (a, b) => {
  holds<Same<typeof a, PointerValue>>();
  return a === b ? 0 : 1;
});
symbols.sort(null, 1, 8n, symbols.by_name((at, color, name) => {
  holds<Same<typeof at, Point>>();
  holds<Same<typeof color, 0 | 5 | 6>>();
  holds<Same<typeof name, PointerValue>>();
}));
holds<Same<typeof symbols.print, (format: string | null) => number>>();
holds<Same<typeof symbols.in_parentheses, (f: PointerValue) => number>>();
holds<Same<typeof symbols.count, number>>();
holds<Same<typeof symbols.version, PointerValue>>();
holds<Same<typeof symbols.current, PointerValue>>();
holds<Same<typeof symbols.favourite, number>>();
holds<Same<typeof symbols.aligned_one, number>>();
holds<Same<ReturnType<typeof symbols.turn>, [re: number, im: number]>>();
holds<Same<typeof symbols.wide, (n: number | bigint) => bigint>>();
holds<Same<typeof symbols.old, (to: BufferLike | null, count: number) => number>>();
holds<Same<ReturnType<typeof symbols.number_of>,
  Accessor<{ readonly i: 'i32'; readonly f: 'f32' }>>>();

// What parse() gives: definitions, types, and the values of enums.
const parsed = parse(`
  enum color { RED, GREEN = 1 << 3, BLUE, ALL = GREEN | 0xF0, LAST = ALL + 1, SIZE = sizeof(int) };
  typedef enum color shade; enum { ALONE = -2, NEXT };
  struct item { enum color color; char name[8 * 2], key[BLUE]; int kind : 3; } paint(shade);
  typedef struct item item, *items, row[2]; typedef void (*done)(items), log(const char *, ...);
  struct __attribute__((packed, aligned(4))) tight { short a; struct { int *b; } in; };
  enum level { LOW = -1, HIGH }; enum level level(void); extern enum level now;
`);
holds<Same<typeof parsed.constants, {
  readonly RED: 0; readonly GREEN: 8; readonly BLUE: 9; readonly ALL: 248; readonly LAST: 249;
  readonly SIZE: number; readonly ALONE: -2; readonly NEXT: -1; readonly LOW: -1; readonly HIGH: 0;
}>>();
holds<Same<keyof typeof parsed.enums, 'color' | 'shade' | 'level'>>();
holds<Same<typeof parsed.enums.level, { readonly LOW: -1; readonly HIGH: 0 }>>();
holds<Same<keyof typeof parsed.types,
  'item' | 'items' | 'row' | 'done' | 'tight' | 'shade'>>();
holds<Same<keyof typeof parsed.types.item.struct, 'color' | 'name' | 'key' | 'kind'>>();
holds<Same<typeof parsed.types.item.struct.key, { readonly array: 'i8'; readonly length: 9 }>>();
holds<Same<typeof parsed.types.item.struct.name,
  { readonly array: 'i8'; readonly length?: number }>>();
holds<Same<typeof parsed.types.item.struct.kind, { readonly bits: 'i32'; readonly width: 3 }>>();
holds<Same<typeof parsed.types.items, 'buffer'>>();
holds<Same<typeof parsed.types.done, {
  readonly callback: { readonly parameters: ['pointer']; readonly result: 'void' };
}>>();
holds<Same<typeof parsed.types.tight, {
  readonly struct: {
    readonly a: 'i16'; readonly in: { readonly struct: { readonly b: 'pointer' } };
  };
  readonly packed: true; readonly align: 4;
}>>();
holds<Same<typeof parsed.symbols.level, {
  readonly parameters: [];
  readonly result: { readonly enum: { readonly LOW: -1; readonly HIGH: 0 }; readonly type: 'i32' };
}>>();
holds<Same<typeof parsed.symbols.now, { readonly type: 'i32' }>>();

// Parsed types are types of memory and of classes.
const Item = struct(parsed.types.item.struct);
holds<Same<typeof Item.offsets.key, number>>();
const item = new Item();
holds<Same<typeof item.name, Int8Array>>();
holds<Same<typeof item.kind, number>>();
const { in: inner } = read(alloc(parsed.types.tight), parsed.types.tight);
holds<Same<typeof inner.b, PointerValue>>();

// What is not known is anything, and nothing else of the text is.
const mixed = parse(`
  typedef float four __attribute__((vector_size(16))); four add(four, four); int known(int);
  struct odd { int a, : 3, b; }; struct odd odd(void); int of_odd(struct odd *);
  enum open { A = 'a', B = 'b' }; void opened(enum open); __attribute__((ms_abi)) int ms(void);
  int again(const char *); int again(char *);
`);
holds<Same<typeof mixed.symbols.add, any>>();
holds<Same<(typeof mixed.symbols.known)['parameters'], ['i32']>>();
holds<Same<typeof mixed.symbols.odd, any>>();
holds<Same<(typeof mixed.symbols.of_odd)['parameters'], ['buffer']>>();
holds<Same<typeof mixed.types.odd, any>>();
holds<Same<typeof mixed.symbols.opened, any>>();
holds<Same<typeof mixed.enums.open, { readonly A: number; readonly B: number }>>();
holds<Same<typeof mixed.symbols.ms, any>>();
holds<Same<typeof mixed.symbols.again, any>>();
// Of these texts no name is known.
type Any = { [name: string]: any };
const local = dlopen('libexample.so', 'int f(int); void g(struct { int a; } *);');
holds<Same<typeof local.symbols, Any>>();
const preprocessed = dlopen('libexample.so', `
  #define N 1
  int f(int);
`);
holds<Same<typeof preprocessed.symbols, Any>>();
const unfinished = dlopen('libexample.so', 'int f(int); int g(int)');
holds<Same<typeof unfinished.symbols, Any>>();

// Long and deep ones: anything, and no error.
type Twice<S extends string> = `${S}${S}`;
type Times16<S extends string> = Twice<Twice<Twice<Twice<S>>>>;
type Times1024<S extends string> = Twice<Twice<Times16<Times16<S>>>>;
type Text<S extends string> = DynamicLibrary<S>['symbols'];
holds<Same<Text<Times1024<'int f(int); '>>, Any>>();
holds<Same<Text<`int ${Times1024<'a, '>}b;`>, Any>>();
holds<Same<Text<`${Times1024<'const '>}int f(int);`>, Any>>();
holds<Same<Text<`${Times1024<'/* */ '>}int f(int);`>, Any>>();
holds<Same<Text<`int ${Times1024<'*'>}f(int);`>, Any>>();
holds<Same<Text<`enum e { ${Times1024<'A, '>} }; int f(int);`>, Any>>();
holds<Same<Text<`int ${Times16<'('>}f${Times16<')'>}(int);`>, Any>>();
type Known = { readonly f: (x: number) => number };
holds<Same<Text<`${Times16<Times16<'/* */ '>>}int f(int);`>, Known>>();
holds<Same<Text<`${Times16<Times16<'        '>>}int f(int);`>, Known>>();
holds<Same<Text<`enum { A = ${Times1024<'1'>} }; int f(int);`>, Known>>();
holds<Same<Text<`struct s { ${Times1024<'int a; '>} }; int f(struct s); int g(int);`>['f'], any>>();
// Structs in one another as far as it goes.
type Nested<S extends string> = `struct { ${S} } in;`;
type Deep<S extends string> = Nested<Nested<Nested<Nested<S>>>>;
type Deepest = Text<`struct s { ${Deep<'int a;'>} }; int f(struct s);`>;
holds<Same<ReturnType<Deepest['f']>, number>>();
holds<Same<Text<`struct s { ${Deep<Deep<'int a;'>>} }; int f(struct s);`>, Any>>();

// What must not compile.
// @ts-expect-error: no such field
symbols.middle({ z: 1 }, null);
// @ts-expect-error: a struct, not its address
symbols.length(null);
// @ts-expect-error: no such value
symbols.paint(1, 'ON');
// @ts-expect-error: no such name
symbols.paint('PINK', 'ON');
// @ts-expect-error: an address, not the caller's bytes
symbols.take(new Uint8Array(8), null, null);
// @ts-expect-error: a callback's result
symbols.sort(null, 1, 8, () => 'less');
// @ts-expect-error: a callback's parameter
symbols.sort(null, 1, 8, (a: string) => a.length);
// @ts-expect-error: what follows the dots has no types here
symbols.print('%d', 1);
// @ts-expect-error: a variable
symbols.count();
// @ts-expect-error: in a comment
symbols.none;
// @ts-expect-error: no such constant
parsed.constants.PURPLE;
// @ts-expect-error: no such value
const nine: 9 = parsed.constants.GREEN;
// @ts-expect-error: only the library knows its fields
dlopen('libexample.so', 'struct s; void f(struct s *);').symbols.f(new Uint8Array(8));
export { nine };
