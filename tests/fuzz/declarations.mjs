// declarations: random C declarations, and texts that are nearly such.

import assert from 'node:assert/strict';

import { pick, random } from '../js/random.mjs';
import { dlopen, springboard } from '../js/support.mjs';

const scalars = ['char', 'signed char', 'unsigned char', 'short', 'int', 'unsigned', 'long',
  'unsigned long long', 'float', 'double', 'long double', '_Bool', 'bool', 'size_t', 'int32_t',
  'uint64_t', 'wchar_t', 'time_t', '__int128', 'float _Complex', '_Float16'];
const bitFields = ['int', 'unsigned', 'unsigned char', 'long', '_Bool'];
const attributes = ['packed', 'aligned(16)', 'aligned', '__aligned__(8)', 'packed, aligned(2)',
  'nonnull', 'deprecated("old")', 'no_such_attribute'];
const lengths = ['1', '2', '4', '2 * 3', '', '0', '-1', '1 << 40'];
const mostDepth = 3;

const many = (most, make) => Array.from({ length: random(most + 1) }, make);
const list = (most, make) => many(most, make).join(', ');
let names = 0;
const name = () => `n${names++}`;

function type(depth) {
  switch (depth < mostDepth ? random(12) : random(7)) {
    case 0: return `const ${pick(scalars)} *`;
    case 1: return `struct known${random(3)}`;
    case 2: return `enum color${random(2)}`;
    case 7: return record(depth + 1);
    case 8: return `enum { ${list(3, () => `${name()} ${constant()}`)} }`;
    case 9: return `const volatile ${type(depth + 1)}`;
    default: return pick(scalars);
  }
}

const constant = () => pick(['', '= 1', '= -1', '= 1 << 3', '= sizeof(int) + 2', '= 0x7fffffff',
  "= 'a'", '= (3 * 4) % 5', '= 1 ? 2 : 3', '= 1 / 0', '= 99999999999999999999']);

// Something of a type, called `inside`.
function declarator(inside, depth) {
  switch (depth < mostDepth ? random(10) : 9) {
    case 0: return `*${declarator(inside, depth + 1)}`;
    case 1: return `* const ${declarator(inside, depth + 1)}`;
    case 2: return declarator(`${inside}[${pick(lengths)}]`, depth + 1);
    case 3: return `(*${inside})(${parameters(depth + 1)})`;
    case 4: return `(${declarator(inside, depth + 1)})`;
    default: return inside;
  }
}

const declared = (depth) => `${type(depth)} ${declarator(name(), depth)}`;

function parameters(depth) {
  if (random(6) === 0) return pick(['', 'void', 'void, int', '...']);
  return list(4, () => declared(depth)) + pick(['', '', '', ', ...']);
}

function record(depth) {
  const field = () => (random(4) === 0
    ? `${pick(bitFields)} ${pick(['', name()])} : ${pick(['0', '1', '3', '7', '8', '40', '-1'])};`
    : `${declared(depth)};`);
  const attribute = random(4) === 0 ? `__attribute__((${pick(attributes)}))` : '';
  return `${pick(['struct', 'union'])} ${attribute} ${pick(['', name()])} { ${
    many(5, field).join(' ')} }`;
}

const declaration = () => pick([
  () => `${type(0)} ${name()}(${parameters(0)});`,
  () => `typedef ${declared(0)};`,
  () => `extern ${declared(0)};`,
  () => `${record(0)};`,
  () => `enum ${pick(['', name()])} { ${list(4, () => `${name()} ${constant()}`)} };`,
])();

const prelude = `struct known0 { int a; }; struct known1 { double x, y; char c[3]; };
enum color0 { RED, GREEN = 5 };
`;
const junk = ['(', ')', '{', '}', '[', ']', ';', ',', '*', '...', '"', "'", '/*', '//', '\\', '#',
  '\0', '\u2028', '\ud800', 'é', 'struct', 'typedef', 'sizeof', '__attribute__((', '<', '=', ':'];

// One character or word more, less, or another.
function damaged(text) {
  const at = random(text.length + 1);
  const left = text.slice(0, at);
  switch (random(4)) {
    case 0: return left + pick(junk) + text.slice(at);
    case 1: return left + text.slice(at + 1 + random(8));
    case 2: return left;
    default: return left + text.slice(random(text.length + 1));
  }
}

// Several declarations, most of them right.
export function randomDeclarations() {
  let text = prelude + many(4, declaration).join('\n');
  while (random(3) === 0) text = damaged(text);
  return text;
}

// Parses `text`, which is data or a SyntaxError that points into it; what is data is taken or
// refused by dlopen() as any other definitions are. Gives whether it was parsed.
export function checkDeclarations(text, path) {
  let parsed;
  try {
    parsed = springboard.parse(text);
  } catch (error) {
    assert.ok(error instanceof SyntaxError, `${error.stack}, for ${text}`);
    const lines = text.split(/\r\n|[\n\r]/);
    const { line, column } = error;
    assert.ok(Number.isInteger(line) && line >= 1 && line <= lines.length,
      `line ${line}: ${error}, for ${text}`);
    assert.ok(Number.isInteger(column) && column >= 1 && column <= lines[line - 1].length + 1,
      `column ${column}: ${error}, for ${text}`);
    return false;
  }
  assert.deepEqual(Object.keys(parsed), ['symbols', 'types', 'enums', 'constants']);
  for (const symbol of Object.values(parsed.symbols)) symbol.optional = true;
  try {
    dlopen(path, parsed.symbols).close();
  } catch (error) {
    assert.ok(error instanceof TypeError && /symbol 'n\d+'/.test(error.message),
      `${error.stack}, for ${text}`);
  }
  return true;
}
