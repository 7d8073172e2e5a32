// parse_malformed: whatever parse() is given, it gives definitions or a SyntaxError that says
// where, and soon: mutations of C from a seed, nesting beyond the limits, what doubles.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { springboard } from './support.mjs';

const { parse } = springboard;

const SOURCES = [
  'double hypot(double x, double y); struct point { double x, y; }; struct point f(int a[][3]);',
  'struct all { struct all *next; void (*run)(int); int a[2][3], *b; union { int i; float f; } u;' +
    ' unsigned low : 3, high : 4 + 1; long : 0; double tail[]; };',
  'enum color { RED, GREEN = sizeof(int) * 2, BLUE = ~(1 << 4) | \'a\', } mix(enum color);',
  'typedef const struct pair { int a; } *const pair_p, pair_t; int last(pair_p, pair_t);',
  'extern "C" { int one(void); }; __attribute__((ms_abi)) int two(int); int x(void) __asm__("y");',
  'struct __attribute__((packed)) s { char a; int b __attribute__((aligned(8))); };',
  'int (*signal(int, int (*handler)(int, const char *)))(int); int printf(const char *, ...);',
];
const TOKENS = ['int', 'char', 'unsigned', 'struct', 'union', 'enum', 'typedef', 'const', '(', ')',
  '[', ']', '{', '}', '*', ',', ';', ':', '=', '...', '"x"', '\'a\'', '1', '-1', 'sizeof', 'x', 's',
  '__attribute__((packed))', '__attribute__', '((', '/*', '*/', '//', '\n', '\\\n', '#', '\0', 'é',
  '\u{1F600}', '::', '&', '?', '<<', '%', '~', '_Alignas(8)', 'class', 'operator', '0x', '.', '->',
  '"', '\'', '\\', '__proto__', 'va_list', '[[', ']]', '_Complex', 'new', 'L\'a\'',
  '_Alignof(int)'];

// The generator of "Numerical Recipes": the same inputs on every machine.
function random(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 2 ** 32 * below);
  };
}

function mutate(text, below) {
  const at = below(text.length + 1);
  const to = at + below(12);
  const other = SOURCES[below(SOURCES.length)];
  switch (below(5)) {
    case 0: return text.slice(0, at) + text.slice(to);
    case 1: return `${text.slice(0, at)} ${TOKENS[below(TOKENS.length)]} ${text.slice(at)}`;
    case 2: return text.slice(0, at) + TOKENS[below(TOKENS.length)] + text.slice(to);
    case 3: return text.slice(0, to) + text.slice(at);
    default: return text.slice(0, at) + other.slice(below(other.length));
  }
}

// Parses `source`; whether it was C.
function isGood(source) {
  try {
    parse(source);
    return true;
  } catch (error) {
    const shown = `${JSON.stringify(source.slice(0, 300))}: ${error.stack}`;
    assert.ok(error instanceof SyntaxError, shown);
    const lines = source.split('\n');
    const { line, column, message } = error;
    assert.ok(line >= 1 && line <= lines.length, shown);
    assert.ok(column >= 1 && column <= lines[line - 1].length + 1, shown);
    assert.ok(message.startsWith(`line ${line}, column ${column}: `), shown);
    return false;
  }
}

test('mutations of C', () => {
  const below = random(1);
  let good = 0;
  for (let i = 0; i < 2000; i += 1) {
    let source = SOURCES[below(SOURCES.length)];
    for (let count = 1 + below(5); count > 0; count -= 1) source = mutate(source, below);
    if (isGood(source)) good += 1;
  }
  assert.ok(good > 20 && good < 1500, `${good} were C`);
});

describe('nesting has limits, which errors name', () => {
  const LIMITS = {
    brackets: /brackets are nested more than 256 deep/,
    tree: /this is nested more than 500 deep/,
    constant: /a constant is nested more than 256 deep/,
    types: /structs and arrays are nested more than 64 deep/,
  };
  const chain = (count, link) => Array.from({ length: count }, (_, i) => link(i)).join('');
  const deep = {
    'parentheses of a constant': [
      (n) => `enum { A = ${'('.repeat(n)}1${')'.repeat(n)} };`, 'brackets'],
    'signs': [(n) => `enum { A = ${'- '.repeat(n)}1 };`, 'constant'],
    'conditions': [(n) => `enum { A = ${'1 ? 1 : '.repeat(n)}1 };`, 'constant'],
    'stars': [(n) => `int ${'*'.repeat(n)}f(void);`, 'tree'],
    'functions': [(n) => `void f(${'void (*)('.repeat(n)}int${')'.repeat(n)});`, 'brackets'],
    'structs': [
      (n) => `struct s { ${'struct { '.repeat(n)}int a; ${'} b; '.repeat(n)} };`, 'brackets'],
    'sizes of arrays of sizes': [
      (n) => `enum { A = ${'sizeof(char['.repeat(n)}1${'])'.repeat(n)} };`, 'brackets'],
    'structs by their names': [(n) => `struct s0 { int a; };${
      chain(n, (i) => `struct s${i + 1} { struct s${i} a; };`)}`, 'types'],
    'arrays by their names': [(n) =>
      `typedef int t0;${chain(n, (i) => `typedef t${i} t${i + 1}[1];`)}`, 'types'],
  };
  for (const [name, [source, limit]] of Object.entries(deep)) {
    test(name, () => {
      assert.ok(isGood(source(20)));
      for (const count of [600, 5000]) assert.ok(!isGood(source(count)));
      assert.throws(() => parse(source(600)), LIMITS[limit]);
    });
  }

  test('unclosed brackets', () => {
    for (const text of ['int f(', 'struct s {', 'int a[', 'enum {', '[[', '"', '/*']) {
      assert.ok(!isGood(text.repeat(5000)));
    }
  });

  test('what doubles with each level is looked at once', () => {
    const { constants } = parse(`struct s0 { int a; };${
      chain(60, (i) => `struct s${i + 1} { struct s${i} a, b; };`)}
      enum { SIZE = sizeof(struct s60) >> 60 }; struct s60 *f(struct s60 *);`);
    assert.equal(constants.SIZE, 4);
  });
});
