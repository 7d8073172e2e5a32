// bindgen: what `springboard bindgen` writes for a header of every kind of declaration, its
// options, and its errors. headers.test.mjs has the real headers.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { Folder } from './support.mjs';

let folder;
before(() => {
  folder = new Folder();
});
after(() => folder.remove());

const HEADER = `
#include <stddef.h>
#include "inner.h"
/** A point.
 * In the plane. */
struct point {
  double x; /**< across */
  double y;
};
typedef struct {
  unsigned kind : 3, size : 5;
  union { int i; float f; };
  char name[8];
  struct point at;
} thing;
struct __attribute__((packed, aligned(2))) tight { char a; int b; };
struct odd { char a; int b __attribute__((aligned(16))); char c; };
struct gaps { int a : 3, : 7; unsigned b : 2; long : 40; };
#pragma pack(push, 2)
struct pressed { char a; int b; };
#pragma pack(pop)
struct growing { int n; char bytes[0]; };
struct nested { struct growing last; };
struct huge { char bytes[70000]; };
struct nothing {};
typedef struct handle handle;
enum color { RED, GREEN = 7, /** like the sky */ BLUE };
enum { UNNAMED = 5 };
typedef int (*visitor)(void *data, enum color color, const char *name);

/** Opens it. */
handle *handle_open(const char *name, enum color color);
void handle_visit(handle *of, visitor visit, void *data, int (*done)(int));
struct point *point_new(void);
void point_free(struct point *point);
double thing_area(const thing *of);
int handle_log(handle *to, const char *format, ...);
long double precise(long double);
int list(va_list arguments);
extern int handle_count;
extern const char handle_names[];
extern struct point handle_origin;
extern enum color handle_color;
static inline int local(void) { return 1; }
int renamed(void) __asm__("real_name");
int class(size_t delete);
typedef float four __attribute__((vector_size(16)));
four vector(four);
void handle_print(handle *to, int (*print)(const char *, ...));
/** \\brief Adds.
 * @param value what
 *   it adds */
int adds(int value);

typedef int bool;
bool truth(bool value);
int _low(void);
int __reserved(void);
#define point 3
#define color 4
#define visitor 5
#define handle_pointer 6
#define SMALL 5
#define SUM (SMALL + (1 << 4))
#define WRAPPED (~0U)
#define LARGE 0xffffffffffffffffULL
#define TEXT "one " "two\\n"
#define RATIO (-1.5e3f)
#define CAST ((unsigned char)300)
#define LESS -5
#define HEX_RATIO 0x1.8p1
#define UTF8 "\\xc3\\xb6\\u00e4ü"
#define WIDE L"wide"
#define POINTER ((void *)-1)
#define CALLED(x) x
#define EMPTY
`;

function header() {
  folder.write('inner.h', '#include <stdarg.h>\nint inner(int value);\n#define INNER 9\n');
  return folder.write('all.h', HEADER);
}

const has = (text, ...lines) => {
  for (const line of lines) assert.ok(text.includes(line), `no '${line}' in\n${text}`);
};

describe('a module', () => {
  let text;
  before(() => {
    text = folder.generate(header());
  });

  test('has accessor classes whose layout is checked', () => {
    has(text,
      '/**\n * A point.\n * In the plane.\n */\nexport const point = struct({\n',
      "  /** across */\n  x: 'f64',\n  y: 'f64',\n}, { name: 'point' });\n" +
        'checkLayout(point, 16, { x: 0, y: 8 });\n',
      "  kind: { bits: 'u32', width: 3 },\n  size: { bits: 'u32', width: 5 },\n" +
        "  unnamed2: { union: { i: 'i32', f: 'f32' } },\n  name: { array: 'i8', length: 8 },\n" +
        "  at: point,\n}, { name: 'thing' });\ncheckLayout(thing, 32, { name: 8, at: 16 });\n",
      "{ name: 'tight', packed: true, align: 2 });\ncheckLayout(tight, 6, { a: 0, b: 1 });\n",
      "  n: 'i32',\n  bytes: { array: 'i8' },\n}, { name: 'growing' });\n",
      "{ name: 'odd', align: 16 });\ncheckLayout(odd, 32, { a: 0, b: 16, c: 20 });\n",
      "  unnamed1: { bits: 'u8', width: 5 },\n", "{ name: 'gaps' });\ncheckLayout(gaps, 8, {});\n",
      "{ name: 'pressed', packed: 2 });\ncheckLayout(pressed, 6, { a: 0, b: 2 });\n");
  });

  test('has functions, with the names of their parameters', () => {
    has(text,
      "export type handle = PointerObject<'handle'>;\n",
      "  /** Opens it. */\n  handle_open: { parameters: [\n    'cstring', // name\n" +
        "    'u32' as NativeU32Enum<color>, // color\n  ], result: handle_pointer },\n",
      "  point_new: { parameters: [], result: point_pointer },\n",
      "  point_free: { parameters: [point_pointer], result: 'void' }, // point\n",
      "  thing_area: { parameters: ['buffer'], result: 'f64' }, // of\n",
      "handle_log: { parameters: [handle_pointer, 'cstring', '...'], result: 'i32' }",
      "  handle_count: { type: 'i32' },\n", "  handle_color: { type: 'u32' },\n",
      "  renamed: { name: 'real_name', parameters: [], result: 'i32' },\n",
      "  handle_print: { parameters: [handle_pointer, 'function'], result: 'void' }",
      '  /**\n   * @brief Adds.\n   *\n   * @param value what\n   * it adds\n   */\n  adds:',
      "  vector: { parameters: [{ vector: 'f32', length: 4 }], result: { vector: 'f32', length: 4",
      "  truth: { parameters: ['i32'], result: 'i32' }, // value\n",
      "  _low: { parameters: [], result: 'i32' },\n",
      "  class: { parameters: ['usize'], result: 'i32' }, // delete\n",
      "  inner: { parameters: ['i32'], result: 'i32' }, // value\n");
  });

  test('has the definitions of callbacks', () => {
    has(text,
      "export const visitor = { parameters: [\n  'pointer',\n  'u32' as NativeU32Enum<color>,\n" +
        "  'pointer',\n], result: 'i32' } as const;\n",
      "export const handle_visit_done = { parameters: ['i32'], result: 'i32' } as const;\n",
      '{ callback: visitor }', '{ callback: handle_visit_done }');
  });

  test('has enums and constants', () => {
    has(text,
      'export const color = {\n  RED: 0,\n  GREEN: 7,\n  /** like the sky */\n  BLUE: 8,\n' +
        '} as const;\n' +
        'export type color = (typeof color)[keyof typeof color];\n',
      'export const point_ = 3;\n', 'export const color_ = 4;\n', 'export const visitor_ = 5;\n',
      'export const handle_pointer_ = 6;\n', 'export const UNNAMED = 5;\n',
      'export const SMALL = 5;\n', 'export const SUM = 21;\n',
      'export const WRAPPED = 4294967295;\n', 'export const LARGE = 18446744073709551615n;\n',
      'export const TEXT = "one two\\n";\n', 'export const RATIO = -1500;\n',
      'export const LESS = -5;\n', 'export const HEX_RATIO = 3;\n',
      'export const UTF8 = "öäü";\n',
      'export const CAST = 44;\n', 'export const INNER = 9;\n');
    assert.ok(!/EMPTY|__reserved/.test(text));
  });

  test('ends with what was left out, and why', () => {
    const [, end] = text.split('// Left out:\n');
    has(end,
      '//   struct nested: a struct that ends in an array without a length, by value\n',
      '//   struct huge: ', '//   struct nothing: it has no fields\n',
      "//   list: 'va_list' is not supported\n",
      '//   callback handle_print_print: a variadic callback is not supported\n',
      '//   WIDE: a macro that is no constant: L"wide"\n',
      '//   handle_origin: a variable that is a struct\n',
      '//   handle_names: a variable that is an array\n',
      '//   local: a function of the header, which no library has\n',
      '//   CALLED: a macro with parameters\n',
      '//   POINTER: a macro that is no constant: ((void *)-1)\n');
    assert.equal(end.trimEnd().split('\n').length, 11);
  });
});

describe('options', () => {
  test('--only and --constants narrow it down, * stands for any characters', () => {
    const text = folder.generate(header(), '--only', 'point_*,thing_area', '--constants=S*,color');
    const [, definitions] = text.split('export const definitions');
    assert.deepEqual(definitions.match(/^ {2}\w+(?=: \{)/gm).map((name) => name.trim()),
      ['point_new', 'point_free', 'thing_area']);
    has(text, 'export const SMALL', 'export const SUM', 'export const color');
    // What thing_area takes the address of comes along, and what that has in it.
    has(text, 'export const thing = struct(', 'export const point = struct(');
    assert.ok(!/LARGE|tight|UNNAMED/.test(text));
  });

  test('--nonblocking, --keep, --bytes and --variadic', () => {
    const text = folder.generate(header(), '--only', 'handle_*', '--nonblocking', 'handle_open',
      '--keep', 'handle_visit', '--bytes', 'handle_log*',
      '--variadic', 'handle_log_pair=handle_log(const char *, double, handle *)');
    has(text,
      "handle_open_nonblocking: { name: 'handle_open', parameters: [", 'nonblocking: true }',
      '{ callback: visitor, keep: true }',
      "handle_log_pair: { name: 'handle_log', parameters: [",
      "'...',\n    'buffer',\n    'f64',\n    handle_pointer,\n");
  });

  test('--deno uses the global, --output writes a file, flags are passed on', () => {
    const own = folder.write('flags.h', '#ifdef ON\nint only_on(int *a);\n#endif\n');
    assert.equal(folder.generate(own, '--deno', '-o', 'flags.ts', '--', '-DON'), '');
    const text = folder.read('flags.ts');
    has(text, "only_on: { parameters: ['buffer'], result: 'i32' }", 'Deno.dlopen(');
    assert.ok(!text.includes('import'));
  });

  test('a module of --deno runs in springboard run, and its structs do', () => {
    folder.generate('time.h', '--deno', '-l', 'libc.so.6', '-o', 'times.ts', '--only', 'nanosleep');
    folder.write('times_main.ts', `
      import { symbols, timespec } from './times.ts';
      const time = timespec.from({ tv_sec: 0n, tv_nsec: 1000n });
      console.log(symbols.nanosleep(time.bytes, null), timespec.offsets.tv_nsec);
    `);
    const { stdout, stderr } = folder.springboard('run', '--allow-ffi', 'times_main.ts');
    assert.equal(stdout, '0 8\n', stderr);
  });

  test('--all-comments carries plain comments over', () => {
    const own = folder.write('plain.h', '/* Plain. */\nint plain(void);\n');
    assert.ok(!folder.generate(own).includes('Plain.'));
    has(folder.generate(own, '--all-comments'), '  /** Plain. */\n  plain:');
  });

  test('--library leaves out what the library lacks', () => {
    const own = folder.write('lib.h', 'double cbrt(double x);\nint no_such_function(void);\n');
    const text = folder.generate(own, '-l', 'libm.so.6');
    has(text, "export const library = dlopen('libm.so.6', definitions);\n",
      '//   no_such_function: libm.so.6 does not have it\n');
    assert.ok(!/^ {2}no_such_function:/m.test(text));
  });
});

test('a module compiles, and Node.js strips its types and runs it', () => {
  folder.generate('math.h', '-l', 'libm.so.6', '-o', 'maths.ts',
    '--only', 'hypot,ldexp,lround,fabs', '--constants', 'M_PI*,FP_*');
  assert.equal(folder.program('use_maths.mts', `
    import { FP_NAN, M_PI, symbols } from './maths.ts';
    const length: number = symbols.hypot(3, 4);
    const rounded: bigint = symbols.lround(2.6);
    console.log(length, rounded, symbols.ldexp(0.75, 4), symbols.fabs(-1),
      M_PI === Math.PI, FP_NAN);
  `), '5 3n 12 1 true 0\n');
  folder.compile('use_maths.mts');
});

describe('errors', () => {
  const fails = (status, message, ...args) => {
    const done = folder.bindgen(...args);
    assert.match(done.stderr, message);
    assert.equal(done.status, status);
    assert.equal(done.stdout, '');
  };

  test('of the command line', () => {
    fails(2, /bindgen takes one header, got 0/);
    fails(2, /bindgen takes one header, got 2/, 'a.h', 'b.h');
    fails(2, /Unknown option '--what'/, 'a.h', '--what');
    fails(1, /--variadic nothing: expected NAME=FUNCTION\(TYPE, \.\.\.\)/, header(),
      '--variadic', 'nothing');
    fails(1, /--variadic a: the header has no variadic function 'inner'/, header(),
      '--variadic', 'a=inner(int)');
    fails(1, /--variadic a: line 1, column 12: unknown type 'what'/, header(),
      '--variadic', 'a=handle_log(what)');
    fails(2, /-o .*no.such.*ENOENT/, header(), '-o', join('no', 'such', 'folder.ts'));
  });

  test('of the header, of clang and of the library', () => {
    fails(1, /none\.h: no such file, and clang finds no <none\.h>\. Flags .* after --/, 'none.h');
    fails(1, /clang cannot read the header:\n.*broken\.h:1:5: error: /,
      folder.write('broken.h', 'int 3x;\n'));
    fails(1, /no-clang is not on this machine, and bindgen needs clang: install it/,
      header(), '--clang', 'no-clang');
    fails(1, /modules are for x86_64 and aarch64 Linux, clang compiles for i\d86-/,
      header(), '--', '-m32');
    fails(1, /-l libnone\.so: .*libnone\.so/, header(), '-l', 'libnone.so');
  });
});
