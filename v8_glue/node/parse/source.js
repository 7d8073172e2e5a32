// source: C text made ready for the parser. Internal to the package.
//
// C's grammar needs to know which names are types. So the parser gets a text in which every type
// that is a name, or several words, is the one word `int`, and in which attributes, constant
// expressions and words that say nothing about a call are taken out. What was there is kept by
// position: pieces of the text know where in the source they come from.
'use strict';

const { CSyntaxError } = require('./error.js');
const {
  BASIC, CONST, CXX_WORDS, DROPPED, KEYWORDS, PARSERS_WORDS, REFUSED, TAGS, tokenize,
} = require('./tokens.js');

// Brackets in brackets. C guarantees 63 (C17 5.2.4.1); what reads them calls itself as deep.
const MOST_BRACKETS = 256;

class Normaliser {
  constructor(source, names, tokens) {
    this.source = source;
    this.names = names;
    this.tokens = tokens;
    this.next = 0;
    this.text = '';
    this.pieces = [];
    // Attributes, each where it was: { from, names, before }, `before` the piece it follows.
    this.attributes = [];
    // The tokens of widths of bit-fields, by the piece that they follow.
    this.widths = new Map();
    this.braces = [];
    this.depth = 0; // of parentheses
    this.brackets = 0;
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

  // [[nodiscard, gnu::packed]]: what comes before '::' is whose the attribute is.
  bracketAttributes(open) {
    const before = this.pieces.length - 1;
    const inside = [];
    for (this.next += 2; this.peek()?.text !== ']'; this.next += 1) {
      if (this.peek() === undefined) this.fail(open, "expected ']]': the attributes have no end");
      const [token, ...colons] = [0, 1, 2].map((distance) => this.peek(distance));
      if (token.kind === 'word' && colons.every((colon) => colon?.text === ':')) this.next += 3;
      if (this.peek() !== undefined) inside.push(this.peek());
    }
    this.next += 1;
    if (this.peek()?.text !== ']') this.fail(open, "expected ']]': the attributes have no end");
    this.next += 1;
    this.attributeList(inside, before);
  }

  // A list of names, each with arguments or without.
  attributeList(tokens, before) {
    for (let i = 0; i < tokens.length; i += 1) {
      if (tokens[i].kind !== 'word') continue;
      const list = [];
      const at = tokens[i];
      if (tokens[i + 1]?.text === '(') {
        let depth = 1;
        for (i += 2; i < tokens.length; i += 1) {
          if (tokens[i].text === '(') depth += 1;
          if (tokens[i].text === ')') depth -= 1;
          if (depth === 0) break;
          list.push(tokens[i]);
        }
      }
      const plain = at.text.replace(/^__(.*)__$/, '$1');
      this.attributes.push({ name: plain, arguments: list, from: at.from, before });
    }
  }

  attribute(token, name) {
    const before = this.pieces.length - 1;
    const inside = this.parenthesis();
    if (name === '__attribute__') {
      this.attributeList(inside.slice(1, -1), before); // the parentheses are doubled
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
      if (text === 'bool' && words.length > 0) break;
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
    // "typedef int bool;" is C that is older than <stdbool.h>.
    const isOwnBool = text === 'bool' && (this.names.has(text) || this.last?.type === true);
    if (BASIC.has(text) && !isOwnBool) return this.basicType();
    this.next += 1;
    if (DROPPED.has(text)) return undefined;
    if (CONST.has(text)) {
      // After a star it is the pointer's, and what comes is its name.
      const keyword = this.last?.text !== '*';
      return this.emit('const', token.from, token.to, { kind: 'word', keyword });
    }
    if (TAGS.has(text)) this.tag = text;
    else if (this.names.has(text) && !TAGS.has(this.last?.text) && this.isTypeHere()) {
      return this.emit('int', token.from, token.to, { name: text, type: true });
    }
    const keyword = TAGS.has(text) || ['typedef', 'extern', 'static'].includes(text);
    if (CXX_WORDS.has(text)) {
      const after = this.peek()?.text;
      if (!/^[,;)[=({}:]$/.test(after) && !this.last?.type) {
        this.fail(token, `C++ is not supported, got '${text}'`);
      }
      return this.name(token);
    }
    // The parser knows no '$' and letters of ASCII only.
    if (PARSERS_WORDS.has(text) || !/^\w+$/.test(text)) return this.name(token);
    return this.emit(text, token.from, token.to, { kind: 'word', keyword });
  }

  name(token) {
    return this.emit('_'.repeat(token.text.length), token.from, token.to, { kind: 'word' });
  }

  // How many parentheses are around a name only, "int (name)(void)", where C++ reads a parameter.
  isNameOnly() {
    if (!this.last?.type && this.last?.text !== '*') return 0;
    let count = 0;
    while (this.peek(count)?.text === '(') count += 1;
    const name = this.peek(count);
    // In a list of parameters "int (size_t)" is a function's type.
    const isType = this.depth > 0 && this.names.has(name?.text);
    if (name?.kind !== 'word' || isType || KEYWORDS.some((words) => words.has(name.text))) return 0;
    for (let i = 1; i <= count; i += 1) if (this.peek(count + i)?.text !== ')') return 0;
    return count;
  }

  // Takes tokens up to one that `end` matches outside of brackets. What they say is for
  // constants.js: the parser's grammar takes some constants of C for templates and destructors.
  expression(end) {
    const tokens = [];
    const open = [];
    for (; this.peek() !== undefined; this.next += 1) {
      const { text } = this.peek();
      if (open.length === 0 && end.test(text)) break;
      if (text === ';' && !open.includes('}')) break;
      if (/^[[({]$/.test(text)) open.push({ '[': ']', '(': ')', '{': '}' }[text]);
      else if (/^[\])}]$/.test(text) && open.pop() !== text) break;
      if (open.length + this.brackets > MOST_BRACKETS) this.failForBrackets(this.peek());
      tokens.push(this.peek());
    }
    return tokens;
  }

  failForBrackets(token) {
    this.fail(token, `brackets are nested more than ${MOST_BRACKETS} deep`);
  }

  // A constant expression is a 0 whose piece has the tokens.
  constant(tokens) {
    if (tokens.length === 0) return;
    this.emit('0', tokens[0].from, tokens.at(-1).to, { tokens });
  }

  // The length of an array, which "static", qualifiers, and "*" alone say nothing about.
  length(open) {
    this.next += 1;
    this.emit('[', open.from, open.to);
    const tokens = this.expression(/^\]$/);
    const isNothing = ({ text }) => text === 'static' || CONST.has(text) || DROPPED.has(text);
    while (tokens.length > 0 && isNothing(tokens[0])) tokens.shift();
    if (tokens.length !== 1 || tokens[0].text !== '*') this.constant(tokens);
  }

  // Whether a ':' begins the width of a bit-field, and not the type of an enum's values.
  isWidth() {
    if (!['struct', 'union'].includes(this.braces.at(-1))) return false;
    const isEnum = this.last?.text === 'enum' || this.pieces.at(-2)?.text === 'enum';
    return !isEnum || !this.startsType(this.peek(1));
  }

  startsType(token) {
    return token?.kind === 'word' &&
      [this.names, BASIC, CONST, TAGS].some((words) => words.has(token.text));
  }

  // Takes the width of a bit-field out. One without a name gets one, which its piece disowns.
  width(colon) {
    const { last } = this;
    const before = this.pieces.at(-2)?.text;
    const named = last.kind === 'word' && !last.keyword && !TAGS.has(before);
    if (!named) this.emit('_', colon.from, colon.to, { kind: 'word', unnamed: true });
    this.next += 1;
    const tokens = this.expression(/^[,;{}]$/);
    if (tokens.length === 0) this.fail(colon, "expected a number of bits after ':'");
    const end = this.peek();
    if (end !== undefined && !/^[,;]$/.test(end.text)) {
      this.fail(end, `expected ',' or ';' after a number of bits, got '${end.text}'`);
    }
    this.widths.set(this.pieces.length - 1, tokens);
  }

  sign(token) {
    const { text } = token;
    if (text === ':' && this.peek(1)?.text === ':') {
      this.fail(token, "C++ is not supported, got '::'");
    }
    if (text === '[' && this.peek(1)?.text === '[') return this.bracketAttributes(token);
    if (text === '[') return this.length(token);
    if (text === '=' && this.braces.at(-1) === 'enum') {
      this.next += 1;
      this.emit('=', token.from, token.to);
      return this.constant(this.expression(/^[,}]$/));
    }
    if (/^[({]$/.test(text)) {
      const names = text === '(' ? this.isNameOnly() : 0;
      if (names > 0) {
        this.next += names;
        this.word(this.peek());
        this.next += names;
        return undefined;
      }
      this.brackets += 1;
      if (this.brackets > MOST_BRACKETS) this.failForBrackets(token);
    } else if (/^[)}]$/.test(text)) {
      this.brackets -= 1;
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
    } else if (text === ':' && this.isWidth()) {
      return this.width(token);
    }
    this.next += 1;
    return this.emit(text, token.from, token.to);
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
function normalise(source, names, tokens = tokenize(source)) {
  return new Normaliser(source, names, tokens).run();
}

module.exports = { normalise };
