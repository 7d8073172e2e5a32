// parse_errors: texts that are no C, or more than parse() reads: what each error says, and where.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { springboard } from './support.mjs';

const { parse } = springboard;

describe('errors say where, and what was expected', () => {
  const wrong = [
    ['int f(int x', 1, 12, "expected ',' or ')' after 'x', got the end of the text"],
    ['int f(int x)\nint g(void);', 2, 1, "expected ';' after ')', got 'int'"],
    ['int 3x;', 1, 5, "expected a name after 'int', got '3x'"],
    ['struct s {\n  int a b;\n};', 2, 9, "expected ';' after 'a', got 'b'"],
    ['struct s { int a', 1, 17, "expected ';' after 'a', got the end of the text"],
    ['enum e { A, B C };', 1, 15, "expected a constant after 'B', got 'C'"],
    ['int f(int) }', 1, 12, "expected ';' after ')', got '}'"],
    ['int f(foo x);', 1, 7, "unknown type 'foo'"],
    ['int f(later x); typedef int later;', 1, 7, "unknown type 'later'"],
    ['unsigned double x;', 1, 1, "unknown type 'unsigned double'"],
    ['int f(void x);', 1, 7, "'void' is no type of a parameter"],
    ['struct s { struct s inside; };', 1, 21, "'struct s' is not complete: its fields are unknown"],
    ['int f(struct s);', 1, 5, "symbol 'f': 'struct s' is not complete: its fields are unknown"],
    ['struct s { void v; };', 1, 17, 'a field cannot be a void'],
    ['struct s { int a; }; struct s { int b; };', 1, 22, "'struct s' is declared twice"],
    ['int f(va_list);', 1, 5, "symbol 'f': 'va_list' is not supported"],
    ['struct s { int a; }; extern struct s v;', 1, 38, "symbol 'v': a variable that is a struct"],
    ['struct s { int n; char d[]; }; void f(struct s);', 1, 37,
      "symbol 'f': a struct that ends in an array without a length, by value"],
    ['struct s { char d[0]; int n; };', 1, 1,
      "'struct s': 'd', an array of no elements, is not its last field"],
    ['typedef float v __attribute__((vector_size(32)));', 1, 32,
      'a vector has 8 or 16 bytes to be supported'],
    ['struct s {};', 1, 1, "'struct s': it has no fields"],
    ['extern int names[3];', 1, 12, "symbol 'names': a variable that is an array"],
    ['int f(void) { return 1; }', 1, 13,
      'a function body is not supported, expected a declaration'],
    ['int x = 4;', 1, 5, 'an initializer is not supported'],
    ['int g(...);', 1, 6, "expected the parameters' types"],
    ['\n #define A 1', 2, 2, 'the preprocessor is not supported, expected declarations; ' +
      'springboard bindgen reads headers'],
    ['int f(int a[-1]);', 1, 13, 'an array has a length of -1'],
    ['enum { A = 1 / 0 };', 1, 12, 'a constant is divided by zero'],
    ['enum { A = NONE };', 1, 12, "unknown constant 'NONE'"],
    ['enum { A = 1, B = 1L << 40 };', 1, 15,
      "the value 1099511627776 of 'B' does not fit in 32 bits"],
    ['enum { A = 1 << 40 };', 1, 12, 'a constant of 32 bits is shifted by 40'],
    ['enum { A = 2147483647 + 1 };', 1, 12, 'the constant 2147483648 does not fit in 32 bits'],
    ['enum e : unsigned char { A = 256 };', 1, 1, 'the values of an enum do not fit in u8'],
    ['enum e : long { A };', 1, 10,
      'the type of an enum must be an integer type of 8 to 32 bits to be supported'],
    ['enum { A, A };', 1, 11, "'A' is declared twice"],
    ['enum e { A }; enum e { B };', 1, 15, "'enum e' is declared twice"],
    ['enum { A = };', 1, 12, "expected a constant after '=', got '}'"],
    ['enum { A = (1 };', 1, 13, "expected ')' after '1'"],
    ['enum { A = sizeof(int };', 1, 19, "expected ')' after 'int'"],
    ['enum { A = 1 2 };', 1, 14, "expected an operator after '1', got '2'"],
    ['enum { A = (char *)1 };', 1, 13, 'a constant is cast to what is no integer type'],
    ['enum { A = sizeof(struct s) };', 1, 19, "'struct s' is not complete"],
    ['enum { A = sizeof "ab" };', 1, 19, "expected a constant integer, got '\"ab\"'"],
    ['enum struct e { A = 1 };', 1, 1, "C++ is not supported, got an 'enum struct'"],
    ['struct s { int a, a; };', 1, 19, "the field 'a' is declared twice"],
    ['struct s { int a; struct { int a; }; };', 1, 19, "the field 'a' is declared twice"],
    ['struct s { struct s; int a; };', 1, 12, 'expected a name of the field'],
    ['struct s { struct t { int a; }; };', 1, 12, 'expected a name of the field'],
    ['struct s { int a = 3; };', 1, 20, 'an initializer is not supported'],
    ['struct s { int a : 33; };', 1, 20, 'a bit-field of 33 bits, its type has 32'],
    ['struct s { int a : -1; };', 1, 20, 'a bit-field has a width of -1'],
    ['struct s { int a : 0; };', 1, 20, "a bit-field of no bits has a name, 'a'"],
    ['struct s { int (*:t), b; };', 1, 20, "expected ',' or ';' after a number of bits, got ')'"],
    ['struct s { int *: 3; };', 1, 16, 'a bit-field needs an integer type'],
    ['struct s { int a : ; };', 1, 18, "expected a number of bits after ':'"],
    ['struct s { float a : 3; };', 1, 18, 'a bit-field needs an integer type'],
    ['struct s { char data[]; int n; };', 1, 17,
      'an array without a length must be the last field of a struct, and not the only one'],
    ['struct s { int n; int a[2][]; };', 1, 23, 'an array of arrays that have no length'],
    ['struct s { va_list list; };', 1, 1, "'struct s': 'va_list' is not supported"],
    ['int f(int); int f(double);', 1, 17, "'f' is declared twice, and not the same"],
    ['typedef int t; typedef long t;', 1, 29, "the type 't' is declared twice, and not the same"],
    ['int f(int, ..., int);', 1, 12, "'...' must be the last parameter"],
    ['struct s ~a[];', 1, 10, 'expected a name'],
    ['int f(int)[3];', 1, 5, 'a function cannot return an array'],
    ['_Complex int f(void);', 1, 1, "unknown type '_Complex int'"],
    ['const f(int);', 1, 1, "expected a declaration, got 'const f(int)'"],
    ['int f(void) [[noreturn];', 1, 13, "expected ']]': the attributes have no end"],
    ['enum { A = 1.5 };', 1, 12, "expected a constant integer, got '1.5'"],
    ['int f(int) __attribute__((cleanup(x)));', 1, 27, "attribute 'cleanup' is not supported here"],
    ['struct s { int a; } __attribute__((aligned(3)));', 1, 36, "'aligned' needs a power of two"],
    ['_Atomic int a;', 1, 1, "'_Atomic' is not supported"],
    ['/* no end', 1, 1, "expected '*/': the comment has no end"],
    ['class A {};', 1, 1, "C++ is not supported, got 'class'"],
    ['template <class T> T f();', 1, 1, "C++ is not supported, got 'template'"],
    ['int &f(int);', 1, 5, 'C++ is not supported, got a reference'],
    ['int f(int a = 3);', 1, 7, 'C++ is not supported, got a default argument'],
    ['std::string f();', 1, 4, "C++ is not supported, got '::'"],
  ];
  for (const [source, line, column, message] of wrong) {
    test(JSON.stringify(source), () => {
      assert.throws(() => parse(source), (error) => {
        assert.ok(error instanceof SyntaxError);
        assert.equal(error.message.split('\n')[0], `line ${line}, column ${column}: ${message}`);
        assert.deepEqual([error.line, error.column], [line, column]);
        return true;
      });
    });
  }

  test('the line itself, and a mark', () => {
    assert.throws(() => parse('int a;\nint 3x;\nint b;'),
      { name: 'SyntaxError', message: /\n {2}int 3x;\n {6}\^$/ });
  });

  test('what is no text', () => {
    for (const value of [undefined, null, 1, {}]) {
      assert.throws(() => parse(value), { name: 'TypeError',
        message: /^parse: expected C declarations in a string, got / });
    }
  });
});
