// constants: constant expressions of C: values of enums, lengths of arrays, widths of bit-fields.
// Internal to the package.
//
// Values are BigInts without a width: what is meant to overflow is refused where it is used.
'use strict';

const ESCAPES = { n: 10, t: 9, r: 13, 0: 0, a: 7, b: 8, f: 12, v: 11, '\\': 92, "'": 39, '"': 34 };

const flag = (value) => (value ? 1n : 0n);
const BINARY = {
  __proto__: null,
  '+': (a, b) => a + b, '-': (a, b) => a - b, '*': (a, b) => a * b,
  '/': (a, b) => a / b, '%': (a, b) => a % b, '<<': (a, b) => a << b, '>>': (a, b) => a >> b,
  '&': (a, b) => a & b, '|': (a, b) => a | b, '^': (a, b) => a ^ b,
  '&&': (a, b) => flag(a && b), '||': (a, b) => flag(a || b),
  '==': (a, b) => flag(a === b), '!=': (a, b) => flag(a !== b),
  '<': (a, b) => flag(a < b), '>': (a, b) => flag(a > b),
  '<=': (a, b) => flag(a <= b), '>=': (a, b) => flag(a >= b),
};
const UNARY = {
  __proto__: null, '-': (a) => -a, '+': (a) => a, '~': (a) => ~a, '!': (a) => flag(a === 0n),
};
// Shifts by more than a C integer has bits.
const MOST_BITS = 128n;

// The value of an integer literal; undefined if `text` is none.
function integerOf(text) {
  const [, digits] = /^(.*?)[uUlL]*$/.exec(text.replaceAll("'", ''));
  if (/^0[xX][\da-fA-F]+$|^0[bB][01]+$|^0$|^[1-9]\d*$/.test(digits)) return BigInt(digits);
  return /^0[0-7]+$/.test(digits) ? BigInt(`0o${digits.slice(1)}`) : undefined;
}

function characterOf(text) {
  const inside = text.slice(1, -1);
  if (inside.length === 1) return BigInt(inside.charCodeAt(0));
  if (/^\\x[\da-fA-F]{1,2}$/.test(inside)) return BigInt(`0x${inside.slice(2)}`);
  if (/^\\[0-7]{1,3}$/.test(inside)) return BigInt(`0o${inside.slice(1)}`);
  const escape = inside.length === 2 && inside[0] === '\\' ? ESCAPES[inside[1]] : undefined;
  return escape === undefined ? undefined : BigInt(escape);
}

function binary(node, context) {
  const left = evaluate(node.firstChild, context);
  const right = evaluate(node.lastChild, context);
  const operator = context.textOf(node.firstChild.nextSibling);
  const compute = BINARY[operator];
  if (compute === undefined) context.fail(node, `'${operator}' in a constant is not supported`);
  if ((operator === '/' || operator === '%') && right === 0n) {
    context.fail(node, 'a constant is divided by zero');
  }
  if ((operator === '<<' || operator === '>>') && (right < 0n || right >= MOST_BITS)) {
    context.fail(node, `a constant is shifted by ${right} bits`);
  }
  return compute(left, right);
}

const VALUES = {
  __proto__: null,
  Number: (node, context) => integerOf(context.textOf(node)),
  CharLiteral: (node, context) => characterOf(context.textOf(node)),
  Identifier: (node, context) => {
    const name = context.textOf(node);
    return context.constantOf(name) ?? context.fail(node, `unknown constant '${name}'`);
  },
  ParenthesizedExpression: (node, context) => evaluate(node.firstChild.nextSibling, context),
  UnaryExpression: (node, context) =>
    UNARY[context.textOf(node.firstChild)]?.(evaluate(node.lastChild, context)),
  BinaryExpression: binary,
  ConditionalExpression: (node, context) => {
    const [condition, yes, no] = node.getChildren('Expression');
    return evaluate(evaluate(condition, context) === 0n ? no : yes, context);
  },
  SizeofExpression: (node, context) => context.sizeOf(node),
};

// The value of an expression. `context` has textOf(node), constantOf(name), sizeOf(node) and
// fail(node, message), which throws.
function evaluate(node, context) {
  return VALUES[node.name]?.(node, context) ??
    context.fail(node, `expected a constant integer, got '${context.textOf(node)}'`);
}

module.exports = { evaluate, integerOf, characterOf };
