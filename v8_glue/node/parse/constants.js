// constants: constant expressions of C: values of enums, lengths of arrays, widths of bit-fields.
// Internal to the package.
//
// A value is { value: BigInt, bits: 32 or 64, unsigned, size? }, as C's int, long and their
// unsigned kinds are on this package's systems: ~0u is 4294967295 and -1 < 0u is false. `size` is
// what sizeof says of something shorter than int.
'use strict';

const { SCALARS } = require('./types.js');

const ALIGNOF = new Set(['_Alignof', 'alignof', '__alignof', '__alignof__']);

const ESCAPES = {
  __proto__: null,
  n: 10, t: 9, r: 13, a: 7, b: 8, f: 12, v: 11, e: 27, '\\': 92, "'": 39, '"': 34, '?': 63,
};

const flag = (value) => (value ? 1n : 0n);
const ARITHMETIC = {
  __proto__: null,
  '+': (a, b) => a + b, '-': (a, b) => a - b, '*': (a, b) => a * b,
  '/': (a, b) => a / b, '%': (a, b) => a % b,
  '&': (a, b) => a & b, '|': (a, b) => a | b, '^': (a, b) => a ^ b,
};
const COMPARISONS = {
  __proto__: null,
  '==': (a, b) => flag(a === b), '!=': (a, b) => flag(a !== b),
  '<': (a, b) => flag(a < b), '>': (a, b) => flag(a > b),
  '<=': (a, b) => flag(a <= b), '>=': (a, b) => flag(a >= b),
};
const UNARY = { __proto__: null, '-': (a) => -a, '+': (a) => a, '~': (a) => ~a };

const int = (value) => ({ value, bits: 32, unsigned: false });
const wrap = (value, { bits, unsigned }) =>
  (unsigned ? BigInt.asUintN(bits, value) : BigInt.asIntN(bits, value));
const typed = (value, { bits, unsigned }) =>
  ({ value: wrap(value, { bits, unsigned }), bits, unsigned });

// C's usual arithmetic conversions (C17 6.3.1.8) of operands that are int at least.
function commonType(a, b) {
  const bits = Math.max(a.bits, b.bits);
  return { bits, unsigned: [a, b].some((side) => side.bits === bits && side.unsigned) };
}

// The value of `value` as the first of int, unsigned, long and unsigned long that holds it and is
// among those that a literal's form allows (C17 6.4.4.1); undefined if none does.
function literal(value, { unsigned, long, decimal }) {
  for (const bits of long ? [64] : [32, 64]) {
    for (const kind of [false, true]) {
      if (kind ? decimal && !unsigned : unsigned) continue;
      const type = { bits, unsigned: kind };
      if (wrap(value, type) === value) return { value, ...type };
    }
  }
  return undefined;
}

// The value of an integer literal; undefined if `text` is none.
function integerOf(text) {
  const [, digits, suffix] = /^(.*?)([uU]?[lL]{0,2}|[lL]{1,2}[uU])$/.exec(text.replaceAll("'", ''));
  const form = { unsigned: /u/i.test(suffix), long: /l/i.test(suffix) };
  if (/^0[xX][\da-fA-F]+$|^0[bB][01]+$|^0$/.test(digits)) return literal(BigInt(digits), form);
  if (/^0[0-7]+$/.test(digits)) return literal(BigInt(`0o${digits.slice(1)}`), form);
  return /^[1-9]\d*$/.test(digits) ? literal(BigInt(digits), { ...form, decimal: true })
                                   : undefined;
}

function characterOf(text) {
  const [, prefix, inside] = /^(\w*)'([^]*)'$/.exec(text) ?? [];
  if (inside === undefined) return undefined; // a string
  const narrow = (code) => (prefix === '' && SCALARS.char === 'i8' ? BigInt.asIntN(8, code) : code);
  if (/^\\x[\da-fA-F]{1,2}$/.test(inside)) return int(narrow(BigInt(`0x${inside.slice(2)}`)));
  if (/^\\[0-7]{1,3}$/.test(inside)) return int(narrow(BigInt(`0o${inside.slice(1)}`)));
  if (inside[0] === '\\') {
    const escape = inside.length === 2 ? ESCAPES[inside[1]] : undefined;
    return escape && int(BigInt(escape));
  }
  const code = inside.codePointAt(0);
  const one = inside === String.fromCodePoint(code ?? 0);
  return one && (code < 128 || prefix !== '') ? int(BigInt(code)) : undefined;
}

const PRECEDENCE = {
  __proto__: null,
  '||': 1, '&&': 2, '|': 3, '^': 4, '&': 5, '==': 6, '!=': 6, '<': 7, '>': 7, '<=': 7, '>=': 7,
  '<<': 8, '>>': 8, '+': 9, '-': 9, '*': 10, '/': 10, '%': 10,
};

// Operators in operators; each calls the functions below again.
const MOST_OPERATORS = 256;

// Reads and computes an expression (C17 6.6), token by token.
class Expression {
  // `context` has constantOf(name), typeOf(tokens) -> { size, align, integer: { bits, unsigned } or
  // undefined }, startsType(token) and fail(token, message), which throws.
  constructor(tokens, context) {
    this.tokens = tokens;
    this.context = context;
    this.next = 0;
    this.depth = 0;
    this.idle = 0; // in how many operands that C does not evaluate
  }

  fail(token, message) {
    return this.context.fail(token, message);
  }

  peek(distance = 0) {
    return this.tokens[this.next + distance];
  }

  take(text) {
    if (this.peek()?.text !== text) return false;
    this.next += 1;
    return true;
  }

  expect(text) {
    if (this.take(text)) return;
    const before = this.tokens[this.next - 1];
    const got = this.peek();
    this.fail(got ?? before, got === undefined
      ? `expected '${text}' after '${before.text}'`
      : `expected '${text}' after '${before.text}', got '${got.text}'`);
  }

  run() {
    const value = this.conditional();
    const rest = this.peek();
    if (rest !== undefined) {
      this.fail(rest, `expected an operator after '${this.tokens[this.next - 1].text}', got '${
        rest.text}'`);
    }
    return value;
  }

  // What C would not evaluate may divide by zero; its type counts.
  idly(isIdle, read) {
    this.idle += isIdle ? 1 : 0;
    const value = read();
    this.idle -= isIdle ? 1 : 0;
    return value;
  }

  enter() {
    this.depth += 1;
    if (this.depth > MOST_OPERATORS) {
      this.fail(this.peek() ?? this.tokens.at(-1),
          `a constant is nested more than ${MOST_OPERATORS} deep`);
    }
  }

  conditional() {
    this.enter();
    const condition = this.binary(1);
    let value = condition;
    if (this.take('?')) {
      const holds = condition.value !== 0n;
      const yes = this.idly(!holds, () => this.conditional());
      this.expect(':');
      const no = this.idly(holds, () => this.conditional());
      value = typed((holds ? yes : no).value, commonType(yes, no));
    }
    this.depth -= 1;
    return value;
  }

  // Operators that bind at least as strong as `least`.
  binary(least) {
    const start = this.peek();
    let left = this.unary();
    for (;;) {
      const operator = this.peek()?.text;
      const precedence = PRECEDENCE[operator];
      if (precedence === undefined || precedence < least) return left;
      this.next += 1;
      const decided = (operator === '&&' && left.value === 0n) ||
        (operator === '||' && left.value !== 0n);
      const right = this.idly(decided, () => this.binary(precedence + 1));
      left = this.compute(operator, left, right, start);
    }
  }

  compute(operator, left, right, start) {
    if (operator === '&&') return int(flag(left.value !== 0n && right.value !== 0n));
    if (operator === '||') return int(flag(left.value !== 0n || right.value !== 0n));
    if (operator === '<<' || operator === '>>') return this.shift(operator, left, right, start);
    const type = commonType(left, right);
    const [a, b] = [wrap(left.value, type), wrap(right.value, type)];
    if (COMPARISONS[operator] !== undefined) return int(COMPARISONS[operator](a, b));
    if ((operator === '/' || operator === '%') && b === 0n) {
      if (this.idle === 0) this.fail(start, 'a constant is divided by zero');
      return typed(0n, type);
    }
    const value = ARITHMETIC[operator](a, b);
    if (!type.unsigned && wrap(value, type) !== value && this.idle === 0) {
      this.fail(start, `the constant ${value} does not fit in ${type.bits} bits`);
    }
    return typed(value, type);
  }

  shift(operator, left, right, start) {
    if ((right.value < 0n || right.value >= left.bits) && this.idle === 0) {
      this.fail(start, `a constant of ${left.bits} bits is shifted by ${right.value}`);
    }
    const by = BigInt.asUintN(6, right.value);
    return typed(operator === '<<' ? left.value << by : left.value >> by, left);
  }

  unary() {
    this.enter();
    const value = this.operand();
    this.depth -= 1;
    return value;
  }

  operand() {
    const token = this.peek();
    if (token === undefined) {
      this.fail(this.tokens.at(-1), `expected a constant after '${this.tokens.at(-1).text}'`);
    }
    this.next += 1;
    const { kind, text } = token;
    if (UNARY[text] !== undefined) {
      const operand = this.unary();
      return typed(UNARY[text](operand.value), operand);
    }
    if (text === '!') return int(flag(this.unary().value === 0n));
    if (text === '(') return this.parenthesis();
    if (text === 'sizeof' || ALIGNOF.has(text)) return this.sizeOf(token);
    const value = kind === 'number' ? integerOf(text) : kind === 'text' ? characterOf(text)
      : kind === 'word' ? this.context.constantOf(text) : undefined;
    if (value !== undefined) return value;
    return this.fail(token, kind === 'word' ? `unknown constant '${text}'`
                                            : `expected a constant integer, got '${text}'`);
  }

  // What follows a '(': a type for a cast, or an expression.
  parenthesis() {
    if (this.context.startsType(this.peek())) return this.cast();
    const value = this.conditional();
    this.expect(')');
    return value;
  }

  // The tokens of a type up to the ')' that ends it.
  type() {
    const from = this.next;
    for (let depth = 0; this.peek() !== undefined; this.next += 1) {
      const { text } = this.peek();
      if (text === '(') depth += 1;
      if (text === ')' && depth === 0) break;
      if (text === ')') depth -= 1;
    }
    const tokens = this.tokens.slice(from, this.next);
    this.expect(')');
    return { ...this.context.typeOf(tokens), token: tokens[0] };
  }

  // To an integer's type; what is shorter than int is int again.
  cast() {
    const { integer, token } = this.type();
    if (integer === undefined) this.fail(token, 'a constant is cast to what is no integer type');
    const { value } = this.unary();
    const wrapped = integer.bits === 1 ? flag(value !== 0n) : wrap(value, integer);
    return integer.bits < 32 ? { ...int(wrapped), size: Math.ceil(integer.bits / 8) }
                             : { value: wrapped, ...integer };
  }

  sizeOf(token) {
    let size;
    if (this.peek()?.text === '(' && this.context.startsType(this.peek(1))) {
      this.next += 1;
      const type = this.type();
      size = token.text === 'sizeof' ? type.size : type.align;
    } else {
      if (token.text !== 'sizeof') this.fail(token, `${token.text} needs a type in parentheses`);
      const operand = this.idly(true, () => this.unary());
      size = operand.size ?? operand.bits / 8;
    }
    return { value: BigInt(size), bits: 64, unsigned: true };
  }
}

const evaluate = (tokens, context) => new Expression(tokens, context).run();

module.exports = { ALIGNOF, evaluate, int, typed };
