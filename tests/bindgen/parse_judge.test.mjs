// parse_judge: gcc is the judge of what parse() makes of random C: sizes, alignments and places of
// structs, how they travel by value, and the values of constant expressions.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, test } from 'node:test';

import { Folder, springboard } from './support.mjs';

const { dlopen, parse, struct, union } = springboard;

const STRUCTS = 250;
const EXPRESSIONS = 600;

let folder;
before(() => {
  folder = new Folder();
});
after(() => folder.remove());

// The generator of "Numerical Recipes": the same inputs on every machine.
let state = 1;
function below(count) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor(state / 2 ** 32 * count);
}
const pick = (list) => list[below(list.length)];
const repeat = (count, make) => Array.from({ length: count }, make);

const INTEGERS = { 'char': 8, 'unsigned char': 8, 'short': 16, 'unsigned': 32, 'int': 32,
  'long': 64, 'size_t': 64, '_Bool': 1, 'enum e': 32, 'uint16_t': 16 };
const SCALARS = [...Object.keys(INTEGERS), 'float', 'double', 'void *', 'long double', '__int128',
  'float _Complex', 'struct own *', '_Float16', 'wchar_t'];
const RECORD = ['packed', 'aligned(8)', 'packed, aligned(4)', 'aligned(16)', 'aligned'];
const FIELD = [...RECORD, 'aligned(2)', 'aligned(1)', 'packed, aligned(2)'];
const HEAD = '#include <stddef.h>\n#include <stdint.h>\n#include <stdio.h>\n#include <string.h>\n';
const DECLARED = 'enum e { E0 = 3, E1 = 9 }; struct own { int a; };\n';

const attribute = (chance, list) => (below(chance) === 0 ? ` __attribute__((${pick(list)}))` : '');

// A struct or union with random fields; `style` says which have bit-fields or attributes.
class Sample {
  constructor(index) {
    this.tag = `s${index}`;
    this.style = pick(['plain', 'bits', 'attributes']);
    this.places = []; // of fields that have one, from the outermost struct
    this.count = 0;
    this.kind = below(5) === 0 ? 'union' : 'struct';
    this.text = `${this.kind} ${this.tag} {${this.fields('', 0)} }${attribute(5, RECORD)};`;
  }

  name() {
    this.count += 1;
    return `f${this.count}`;
  }

  fields(path, depth) {
    return repeat(1 + below(depth === 0 ? 5 : 3), () => ` ${this.field(path, depth)}`).join('');
  }

  field(path, depth) {
    const kind = below(12);
    const name = this.name();
    if (kind > 9 && this.style === 'bits') return this.bits();
    if (kind > 7 && depth < 3) {
      const shown = below(3) === 0 ? '' : name;
      const fields = this.fields(shown === '' ? path : `${path}${shown}.`, depth + 1);
      return `${pick(['struct', 'union'])} {${fields} }${attribute(5, RECORD)} ${shown};`;
    }
    this.places.push(path + name);
    const own = depth === 0 && this.style === 'attributes' ? attribute(3, FIELD) : '';
    const lengths = kind > 5 ? pick(['[1]', '[3]', '[2][3]']) : '';
    return `${pick(SCALARS)} ${name}${lengths}${own};`;
  }

  bits() {
    const type = pick(Object.keys(INTEGERS));
    const parts = repeat(1 + below(3), () => (below(6) === 0 && this.kind === 'struct'
      ? `: ${below(INTEGERS[type] + 1)}` : `${this.name()} : ${1 + below(INTEGERS[type])}`));
    return `${type} ${parts.join(', ')};`;
  }

  get type() {
    return `${this.kind} ${this.tag}`;
  }

  get echo() {
    return `${this.type} echo_${this.tag}(${this.type} a, int first, ${this.type} b)`;
  }

  // C that prints what gcc makes of it.
  get report() {
    const places = this.places.map((place) => `offsetof(${this.type}, ${place})`);
    return `void print_${this.tag}(void) { size_t all[] = { sizeof(${this.type}), _Alignof(${
      this.type}), ${places.join(', ')} }; for (size_t i = 0; i < sizeof all / sizeof *all; i++) ` +
      'printf("%zu ", all[i]); puts(""); }';
  }
}

function gcc(name, text, ...flags) {
  const out = `${folder.path}/${name}`;
  execFileSync('gcc', ['-w', '-O1', '-o', out, folder.write(`${name}.c`, text), ...flags],
      { stdio: ['ignore', 'pipe', 'ignore'] });
  return out;
}

test('structs and unions', () => {
  const samples = repeat(STRUCTS, (_, i) => new Sample(i));
  const library = gcc('structs.so', HEAD + DECLARED + samples.map((sample) =>
    `${sample.text}\n${sample.report}\n${sample.echo} { ${sample.type} r; ` +
    'memcpy(&r, first ? &a : &b, sizeof r); return r; }\n').join(''), '-shared', '-fPIC');
  const program = gcc('layouts', `${samples.map(({ tag }) => `void print_${tag}(void);`).join('\n')}
    int main(void) { ${samples.map(({ tag }) => `print_${tag}();`).join(' ')} }`, library);
  const lines = execFileSync(program, { encoding: 'utf8' }).trim().split('\n');
  let left = 0;
  samples.forEach((sample, i) => {
    const [size, align, ...places] = lines[i].trim().split(' ').map(Number);
    let parsed;
    let made;
    try {
      parsed = parse(`${DECLARED}${sample.text} ${sample.echo};
        enum { SIZE = sizeof(${sample.type}), ALIGN = _Alignof(${sample.type}) };`);
      const { [sample.kind]: fields, ...options } = parsed.types[sample.tag];
      made = (sample.kind === 'union' ? union : struct)(fields, options);
    } catch (error) {
      // What is said to be unsupported.
      assert.match(error.message, /of single fields beside bit-fields|has no bytes/, sample.text);
      left += 1;
      return;
    }
    const { constants, symbols } = parsed;
    assert.deepEqual([constants.SIZE, constants.ALIGN], [size, align], sample.text);
    assert.equal(made.size, size, sample.text);
    sample.places.forEach((place, at) => {
      if (made.offsets[place] !== undefined) {
        assert.equal(made.offsets[place], places[at], `${place} of ${sample.text}`);
      }
    });
    const bytes = [1, 101].map((first) =>
      Uint8Array.from({ length: size }, (_, at) => first + at % 99));
    using opened = dlopen(library, symbols);
    const [call] = Object.values(opened.symbols);
    for (const first of [1, 0]) {
      const { bytes: got } = call(bytes[0], first, bytes[1]);
      for (const at of places) assert.equal(got[at], bytes[1 - first][at], `${at}: ${sample.text}`);
    }
  });
  assert.ok(left < STRUCTS / 10, `${left} were not supported`);
});

const LEAVES = ['0', '1', '7', '31', '0x7fffffff', '0xffffffff', '0x80000000', '2147483648', '1u',
  '0u', '5UL', '1L', '0xffffffffffffffff', '\'a\'', '\'\\xff\'', '\'\\n\'', 'L\'x\'', 'sizeof(int)',
  '_Alignof(double)', '017', '0b101', 'E0', 'E1', '~E0', '~0u', '-1', 'sizeof(char[E0])'];
const TYPES = ['int', 'unsigned', 'char', 'unsigned char', 'short', 'long', 'unsigned long',
  '_Bool', 'uint8_t', 'enum e'];
const OPERATORS = ['+', '-', '*', '/', '%', '&', '|', '^', '&&', '||', '==', '!=', '<', '>', '<=',
  '>='];

// A divisor or a count of bits is never zero or too large: C has no value for that.
function expression(depth) {
  const inner = () => expression(depth - 1);
  if (depth <= 0) return pick(LEAVES);
  switch (below(8)) {
    case 0: return `(${inner()})`;
    case 1: return `${pick(['-', '~', '!', '+'])} ${inner()}`;
    case 2: return `${inner()} ? ${inner()} : ${inner()}`;
    case 3: return `(${pick(TYPES)})(${inner()})`;
    case 4: return `(${inner()}) ${pick(['<<', '>>'])} ${pick(['0', '1', '8', '31'])}`;
    default: {
      const operator = pick(OPERATORS);
      return `(${inner()}) ${operator} ${/[/%]/.test(operator) ? '7' : `(${inner()})`}`;
    }
  }
}

test('constant expressions', () => {
  const known = [];
  for (let i = 0; known.length < EXPRESSIONS; i += 1) {
    assert.ok(i < 2 * EXPRESSIONS);
    const text = expression(4);
    const values = `LOW = (int)(${text}), HIGH = (int)((${text}) >> 31 >> 1), ` +
      `SIZE = sizeof(${text})`;
    try {
      known.push({ text, values, constants: parse(`${DECLARED} enum { ${values} };`).constants });
    } catch (error) {
      assert.match(error.message, /the constant -?\d+ does not fit in (32|64) bits/, text);
    }
  }
  const program = gcc('constants', `${HEAD}${DECLARED}int main(void) {\n${known.map(({ values }) =>
    `{ enum { ${values} }; printf("%d %d %d\\n", LOW, HIGH, SIZE); }`).join('\n')}\n}`);
  const lines = execFileSync(program, { encoding: 'utf8' }).trim().split('\n');
  known.forEach(({ text, constants: { LOW, HIGH, SIZE } }, i) => {
    assert.equal(`${LOW} ${HIGH} ${SIZE}`, lines[i], text);
  });
});
