// source: C text made ready for the parser. Internal to the package.
//
// C's grammar needs to know which names are types. So the parser gets a text in which every type
// that is a name, or several words, is the one word `int`, and in which attributes, bit-fields'
// widths and words that say nothing about a call are taken out. What was there is kept by position:
// pieces of the text know where in the source they come from.
'use strict';

const { CSyntaxError } = require('./error.js');

const TOKEN = new RegExp([
  /(?<space>(?:[ \t\r\n\f\v]|\\\r?\n|\/\/[^\n]*|\/\*[^]*?\*\/)+)/,
  /(?<text>"(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*')/,
  /(?<word>[A-Za-z_$][\w$]*)/,
  /(?<number>\.?\d(?:[eEpP][+-]|[\w.])*)/,
  /(?<sign>\.\.\.|<<|>>|&&|\|\||[<>=!]=|[^])/,
].map(({ source }) => source).join('|'), 'gy');

const BASIC = new Set(['void', 'char', 'short', 'int', 'long', 'float', 'double', 'signed',
  '__signed', '__signed__', 'unsigned', '_Bool', 'bool', '_Complex', '__complex__', '__int128',
  '__int128_t', '__uint128_t', '_Float16', '__float128', '_Float128', '__builtin_va_list']);

// Types of the standard headers, which a declaration may use without declaring them.
const STANDARD = ['size_t', 'ssize_t', 'ptrdiff_t', 'intptr_t', 'uintptr_t', 'intmax_t',
  'uintmax_t', 'int8_t', 'uint8_t', 'int16_t', 'uint16_t', 'int32_t', 'uint32_t', 'int64_t',
  'uint64_t', 'wchar_t', 'char16_t', 'char32_t', 'time_t', 'off_t', 'va_list', 'FILE'];

const DROPPED = new Set(['volatile', '__volatile', '__volatile__', 'restrict', '__restrict',
  '__restrict__', '__extension__', 'inline', '__inline', '__inline__', '_Noreturn', 'register']);
const CONST = new Set(['const', '__const', '__const__']);
const TAGS = new Set(['struct', 'union', 'enum']);
const REFUSED = new Set(['_Atomic', '_Thread_local', '__thread', '_Static_assert', '_Generic',
  'typeof', '__typeof__', '__auto_type']);
// Names in C, keywords in C++, whose grammar the parser has.
const CXX_WORDS = new Set(['class', 'new', 'delete', 'template', 'this', 'private', 'protected',
  'public', 'namespace', 'operator', 'typename', 'virtual', 'using', 'friend', 'explicit', 'try',
  'catch', 'throw', 'mutable', 'true', 'false', 'nullptr', 'concept', 'requires', 'final',
  'override', 'import', 'export', 'module', 'decltype', 'noexcept', 'co_await', 'co_yield']);

function tokenize(source) {
  const tokens = [];
  TOKEN.lastIndex = 0;
  let lineStart = true;
  for (let match = TOKEN.exec(source); match !== null; match = TOKEN.exec(source)) {
    const { index: from, groups } = match;
    const kind = Object.keys(groups).find((name) => groups[name] !== undefined);
    const text = match[0];
    if (kind === 'space') {
      lineStart ||= text.includes('\n');
      continue;
    }
    if (text === '#' && lineStart) {
      throw new CSyntaxError(source, from,
          'the preprocessor is not supported, expected declarations; ' +
            'springboard bindgen reads headers');
    }
    if (kind === 'sign' && (text === '"' || text === "'")) {
      throw new CSyntaxError(source, from, `expected a closing ${text}`);
    }
    if (text === '/' && source[from + 1] === '*') {
      throw new CSyntaxError(source, from, "expected '*/': the comment has no end");
    }
    tokens.push({ kind, text, from, to: from + text.length });
    lineStart = false;
  }
  return tokens;
}

class Normaliser {
  constructor(source, names) {
    this.source = source;
    this.names = names;
    this.tokens = tokenize(source);
    this.next = 0;
    this.text = '';
    this.pieces = [];
    // Attributes, each where it was: { from, names, before }, `before` the piece it follows.
    this.attributes = [];
    // Widths of bit-fields, by the piece that they follow.
    this.widths = new Map();
    this.braces = [];
    this.depth = 0; // of parentheses
    this.tag = undefined;
  }

  peek(distance = 0) {
    return this.tokens[this.next + distance];
  }

  get last() {
    return this.pieces[this.pieces.length - 1];
  }

  emit(text, from, to, extra) {
    this.text += ' ';
    this.pieces.push({ out: this.text.length, text, from, to, ...extra });
    this.text += text;
  }

  fail(token, message) {
    throw new CSyntaxError(this.source, token.from, message);
  }

  // Skips a parenthesis and what it holds; returns its tokens.
  parenthesis() {
    const open = this.peek();
    if (open?.text !== '(') {
      this.fail(open ?? this.tokens[this.next - 1], "expected '('");
    }
    const inside = [];
    let depth = 0;
    for (; this.next < this.tokens.length; this.next += 1) {
      const token = this.peek();
      if (token.text === '(') depth += 1;
      if (token.text === ')') depth -= 1;
      if (depth === 0) {
        this.next += 1;
        return inside.slice(1);
      }
      inside.push(token);
    }
    return this.fail(open, "expected ')': the parenthesis has no end");
  }

  attribute(token, name) {
    const before = this.pieces.length - 1;
    const inside = this.parenthesis();
    if (name === '__attribute__') {
      // Doubled parentheses: a list of names, each with arguments or without.
      for (let i = 1; i < inside.length; i += 1) {
        if (inside[i].kind !== 'word') continue;
        const list = [];
        const at = inside[i];
        if (inside[i + 1]?.text === '(') {
          for (i += 2; i < inside.length && inside[i].text !== ')'; i += 1) list.push(inside[i]);
        }
        const plain = at.text.replace(/^__(.*)__$/, '$1');
        this.attributes.push({ name: plain, arguments: list, from: at.from, before });
      }
    } else {
      this.attributes.push({ name, arguments: inside, from: token.from, before });
    }
  }

  // Several words that are one type: "unsigned long int".
  basicType() {
    const first = this.peek();
    const words = [];
    let isConst = false;
    let end = first;
    let taken = 0;
    for (let i = 0; this.peek(i)?.kind === 'word'; i += 1) {
      const { text } = this.peek(i);
      if (BASIC.has(text)) {
        words.push(text);
        end = this.peek(i);
        taken = i + 1;
      } else if (!CONST.has(text) && !DROPPED.has(text)) {
        break;
      }
    }
    for (let i = 0; i < taken; i += 1) isConst ||= CONST.has(this.peek(i).text);
    this.next += taken;
    this.emit('int', first.from, end.to, { words, const: isConst, type: true });
  }

  // Whether a name that is a type is one here, or declares something of the same name.
  isTypeHere() {
    const before = this.last;
    if (before === undefined) return true;
    // "int a, b" goes on with names, "int f(int, b)" with types.
    if (before.text === ',') return this.depth > 0;
    return !before.type && !/^[*})]$/.test(before.text) &&
      (before.kind !== 'word' || before.keyword === true);
  }

  word(token) {
    const { text } = token;
    if (text === '__attribute__' || text === '__attribute') {
      this.next += 1;
      return this.attribute(token, '__attribute__');
    }
    if (text === '_Alignas' || text === 'alignas' || /^(__)?asm(__)?$/.test(text)) {
      this.next += 1;
      return this.attribute(token, text.includes('asm') ? 'asm' : 'aligned');
    }
    if (REFUSED.has(text)) this.fail(token, `'${text}' is not supported`);
    if (BASIC.has(text)) return this.basicType();
    this.next += 1;
    if (DROPPED.has(text)) return undefined;
    if (CONST.has(text)) {
      // After a star it is the pointer's, and what comes is its name.
      const keyword = this.last?.text !== '*';
      return this.emit('const', token.from, token.to, { kind: 'word', keyword });
    }
    if (this.last?.text === '[' && text === 'static') return undefined;
    if (TAGS.has(text)) this.tag = text;
    else if (this.names.has(text) && !TAGS.has(this.last?.text) && this.isTypeHere()) {
      return this.emit('int', token.from, token.to, { name: text, type: true });
    }
    const keyword = TAGS.has(text) || ['typedef', 'extern', 'static', 'sizeof'].includes(text);
    if (CXX_WORDS.has(text)) {
      const after = this.peek()?.text;
      if (!/^[,;)[=({}]$/.test(after) && !this.last?.type) {
        this.fail(token, `C++ is not supported, got '${text}'`);
      }
      return this.emit('_'.repeat(text.length), token.from, token.to, { kind: 'word' });
    }
    return this.emit(text, token.from, token.to, { kind: 'word', keyword });
  }

  sign(token) {
    const { text } = token;
    if (text === ':' && this.peek(1)?.text === ':') {
      this.fail(token, "C++ is not supported, got '::'");
    }
    if (text === '{') {
      this.braces.push(this.tag);
      this.tag = undefined;
    } else if (text === '}') {
      this.braces.pop();
      this.tag = undefined;
    } else if (text === ';') {
      this.tag = undefined;
    } else if (text === '(') {
      this.depth += 1;
    } else if (text === ')') {
      this.depth -= 1;
    } else if (text === ':' && ['struct', 'union'].includes(this.braces.at(-1)) &&
        /^[,;]$/.test(this.peek(2)?.text) && ['number', 'word'].includes(this.peek(1).kind)) {
      this.widths.set(this.pieces.length - 1, this.peek(1));
      this.next += 2;
      return;
    }
    this.next += 1;
    this.emit(text, token.from, token.to);
  }

  run() {
    while (this.next < this.tokens.length) {
      const token = this.peek();
      if (token.kind === 'word') {
        this.word(token);
      } else if (token.kind === 'sign') {
        this.sign(token);
      } else {
        this.next += 1;
        this.emit(token.text, token.from, token.to);
      }
    }
    return this;
  }

  // The piece at, or before, a position of the text.
  indexAt(position) {
    let low = 0;
    let high = this.pieces.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.pieces[middle].out <= position) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  pieceAt(position) {
    return this.pieces[this.indexAt(position)];
  }
}

// The text for the parser, with what was taken out. `names` are the types that are names.
function normalise(source, names) {
  return new Normaliser(source, names).run();
}

module.exports = { normalise, STANDARD };
