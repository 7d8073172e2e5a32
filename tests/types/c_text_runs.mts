// c_text_runs: C text whose types are checked as ever, and which check.py runs besides: what is
// inferred is so.

import assert from 'node:assert/strict';

import {
  dlopen, parse, type Accessor, type ParsedSource, type PointerValue,
} from 'springboard-ffi';

/** What is expected must have the type that is inferred, and be what parse() gives. */
function gives<const S extends string>(source: S, expected: ParsedSource<S>): void {
  assert.deepEqual(parse(source), expected);
}

gives('double hypot(double x, double y); struct point { double x, y; };', {
  symbols: { hypot: { parameters: ['f64', 'f64'], result: 'f64' } },
  types: { point: { struct: { x: 'f64', y: 'f64' } } },
  enums: {},
  constants: {},
});

// Words in any order, and what they leave out.
gives(`
  long unsigned int a(unsigned, signed char, char unsigned, int long long unsigned, const int long);
  short const b(int short, long double, signed, register volatile int c, __int128 unsigned);
  static inline _Bool d(uint8_t, pid_t, wchar_t), e(float _Complex), f(_Complex double);
  extern long g, *h; const struct s *i; FILE *j; wint_t k(const FILE *);
`, {
  symbols: {
    a: { parameters: ['u32', 'i8', 'u8', 'u64', 'i64'], result: 'u64' },
    b: { parameters: ['i16', 'long double', 'i32', 'i32', 'u128'], result: 'i16' },
    d: { parameters: ['u8', 'i32', 'i32'], result: 'bool' },
    e: { parameters: [{ complex: 'f32' }], result: 'bool' },
    f: { parameters: [{ complex: 'f64' }], result: 'bool' },
    k: { parameters: ['pointer'], result: 'u32' },
    g: { type: 'i64' }, h: { type: 'pointer' }, i: { type: 'pointer' }, j: { type: 'pointer' },
  },
  types: {}, enums: {}, constants: {},
});

// Pointers by what they point to, in each place.
gives(`
  typedef const char *text; typedef char letter; typedef const letter constant; typedef void *any;
  struct mine { char *a; text b; void (*c)(void); int *d[2], (*e)[3]; };
  struct its { int a; }; struct its *make(void); struct unseen;
  char *p(text, const letter *, constant *, letter *, wchar_t const *, const char16_t *);
  const void *q(const void *, void *, any, int **, const struct mine *, struct its *,
    struct unseen *);
  text r(char [4], int [2][3], struct mine [1], text []);
`, {
  symbols: {
    make: { parameters: [], result: 'pointer' },
    p: {
      parameters: ['cstring', 'cstring', 'cstring', 'buffer', 'wcstring', 'cstring16'],
      result: 'pointer',
    },
    q: {
      parameters: ['buffer', 'pointer', 'pointer', 'buffer', 'buffer', 'pointer', 'pointer'],
      result: 'pointer',
    },
    r: { parameters: ['buffer', 'buffer', 'buffer', 'buffer'], result: 'cstring' },
  },
  types: {
    mine: {
      struct: {
        a: 'pointer', b: 'pointer', c: 'function', d: { array: 'pointer', length: 2 }, e: 'pointer',
      },
    },
    its: { struct: { a: 'i32' } },
    text: 'cstring', letter: 'i8', constant: 'i8', any: 'pointer',
  },
  enums: {}, constants: {},
});

// Functions that are passed, given and named.
gives(`
  typedef int compare(const void *, const char *); typedef compare *compare_p;
  typedef int print(const char *, ...); struct s { int a; };
  void a(compare, compare *, compare_p, print *, int (*)(struct s, compare_p, int [2]));
  void (*b(int, void (*handler)(int)))(int); int (c)(void), (*d)(int); compare_p e(void);
  int f(const char *, ...);
`, {
  symbols: {
    a: {
      parameters: [
        { callback: { parameters: ['pointer', 'pointer'], result: 'i32' } },
        { callback: { parameters: ['pointer', 'pointer'], result: 'i32' } },
        { callback: { parameters: ['pointer', 'pointer'], result: 'i32' } },
        'function',
        {
          callback: {
            parameters: [{ struct: { a: 'i32' } }, 'function', 'pointer'], result: 'i32',
          },
        },
      ],
      result: 'void',
    },
    b: {
      parameters: ['i32', { callback: { parameters: ['i32'], result: 'void' } }],
      result: 'function',
    },
    c: { parameters: [], result: 'i32' },
    e: { parameters: [], result: 'function' },
    f: { parameters: ['cstring', '...'], result: 'i32' },
    d: { type: 'function' },
  },
  types: {
    s: { struct: { a: 'i32' } },
    compare: { parameters: ['pointer', 'pointer'], result: 'i32' },
    compare_p: { callback: { parameters: ['pointer', 'pointer'], result: 'i32' } },
  },
  enums: {}, constants: {},
});

// Fields: arrays, bits, none, structs in one another, and what attributes say.
gives(`
  enum { COUNT = 3 };
  struct all {
    unsigned a : COUNT, : 0, b : 2 + 1; long c[COUNT][0x2]; union { int d; float e; };
    struct inner { char f; } g[2]; struct inner *h; double i[];
  };
  union __attribute__((packed)) tight { short a; int b; };
  struct { int a; } __attribute__((aligned)) aligned(void);
  typedef struct [[nodiscard]] named { struct named *next; } __attribute__((__aligned__(32))) named;
`, {
  symbols: { aligned: { parameters: [], result: { struct: { a: 'i32' }, align: 16 } } },
  types: {
    all: {
      struct: {
        a: { bits: 'u32', width: 3 }, unnamed1: { bits: 'u32', width: 0 },
        b: { bits: 'u32', width: 3 }, c: { array: { array: 'i64', length: 2 }, length: 3 },
        unnamed4: { union: { d: 'i32', e: 'f32' } },
        g: { array: { struct: { f: 'i8' } }, length: 2 }, h: 'pointer', i: { array: 'f64' },
      },
    },
    inner: { struct: { f: 'i8' } },
    tight: { union: { a: 'i16', b: 'i32' }, packed: true },
    named: { struct: { next: 'pointer' }, align: 32 },
  },
  enums: {},
  constants: { COUNT: 3 },
});

// Enums: their values, and the integers that they are.
gives(`
  enum a { A0, A1 = 0x7FFFFFFF, A2, A3 = 1 << 4 | A0 | 3, A4 = (A3) - 1 }; enum b { B = -1, B1 };
  enum c { C = -1, C1 = 1u << 31, C2 = 1 << 31, C3 = -10, C4, C5 = -0x10 };
  enum __attribute__((packed)) d { D }; enum e : unsigned char { E = 'e', E1 }; enum none;
  enum f { F = sizeof(int), F1 = 100 }; typedef enum { G = 99, G1, G2 = 1000, G3 = G2 - 1 } g;
  enum a use(enum b, enum c, enum d, enum e, enum f, g, enum none *); extern enum d variable;
`, {
  symbols: {
    use: {
      parameters: [
        { enum: { B: -1, B1: 0 }, type: 'i32' }, 'i64', { enum: { D: 0 }, type: 'u8' },
        { enum: { E: 101, E1: 102 }, type: 'u8' }, { enum: { F: 4, F1: 100 }, type: 'u32' },
        { enum: { G: 99, G1: 100, G2: 1000, G3: 999 }, type: 'u32' }, 'buffer',
      ],
      result: {
        enum: { A0: 0, A1: 2147483647, A2: 2147483648, A3: 19, A4: 18 }, type: 'u32',
      },
    },
    variable: { type: 'u8' },
  },
  types: { g: { enum: { G: 99, G1: 100, G2: 1000, G3: 999 }, type: 'u32' } },
  enums: {
    a: { A0: 0, A1: 2147483647, A2: 2147483648, A3: 19, A4: 18 }, b: { B: -1, B1: 0 },
    c: { C: -1, C1: 2147483648, C2: -2147483648, C3: -10, C4: -9, C5: -16 }, d: { D: 0 },
    e: { E: 101, E1: 102 }, f: { F: 4, F1: 100 }, g: { G: 99, G1: 100, G2: 1000, G3: 999 },
  },
  constants: {
    A0: 0, A1: 2147483647, A2: 2147483648, A3: 19, A4: 18, B: -1, B1: 0,
    C: -1, C1: 2147483648, C2: -2147483648, C3: -10, C4: -9, C5: -16, D: 0, E: 101, E1: 102,
    F: 4, F1: 100, G: 99, G1: 100, G2: 1000, G3: 999,
  },
});

// What C has twice, and what it names alike.
gives(`
  typedef int number; typedef signed int number; int f(number), f(int x); struct tag { int tag; };
  typedef struct tag *maker(void); maker make; void use(struct tag *); enum unsaid;
  typedef struct tag tag; tag tag_of(tag tag, number number); typedef int bool;
`, {
  symbols: {
    f: { parameters: ['i32'], result: 'i32' },
    make: { parameters: [], result: 'pointer' }, use: { parameters: ['pointer'], result: 'void' },
    tag_of: { parameters: [{ struct: { tag: 'i32' } }, 'i32'], result: { struct: { tag: 'i32' } } },
  },
  types: {
    tag: { struct: { tag: 'i32' } }, number: 'i32', bool: 'i32',
    maker: { parameters: [], result: 'pointer' },
  },
  enums: {}, constants: {},
});

// What calls take and give.
const { symbols } = dlopen('libc.so.6', `
  typedef struct { int quot, rem; } div_t; /* <stdlib.h> */ div_t div(int number, int by);
  typedef int (*compare)(const int *, const int *); enum order { LESS = -1, SAME, MORE };
  void qsort(void *base, size_t count, size_t size, compare by); // sorts
  enum order abs(enum order); int snprintf(char *, size_t, const char *, ...);
  extern char **environ; char *getenv(const char *name);
`);
const quotient: Accessor<{ readonly quot: 'i32'; readonly rem: 'i32' }> = symbols.div(7, 2);
assert.deepEqual([quotient.quot, quotient.rem], [3, 1]);
const more: -1 | 0 | 1 = symbols.abs('LESS');
assert.equal(more, 1);
const text = new Uint8Array(8);
const length: number = symbols.snprintf(text, 8, 'text');
assert.equal(length, 4);
const environment: PointerValue = symbols.environ;
assert.notEqual(environment, null);
const variable: PointerValue = symbols.getenv('SPRINGBOARD_NO_SUCH_VARIABLE');
assert.equal(variable, null);
