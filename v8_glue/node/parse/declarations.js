// declarations: the parser's tree -> what it declares, in the terms of types.js. Internal to the
// package.
//
// A Scope has the names of one text. Records and enums are made when they are first named and get
// their fields when these are read, so that a struct may point to itself.
'use strict';

const { attributesIn } = require('./attributes.js');
const { readEnum } = require('./enums.js');
const { ALIGNOF, evaluate } = require('./constants.js');
const { layoutOf, NoLayout } = require('./layout.js');
const { STANDARD } = require('./tokens.js');
const { readFields } = require('./fields.js');
const { childrenOf: children, isDeclarator, parseTree } = require('./tree.js');
const { FURTHER, SCALARS, bare, scalarOf } = require('./types.js');

const REFUSED = {
  __proto__: null,
  FunctionDefinition: 'a function body is not supported, expected a declaration',
  InitDeclarator: 'an initializer is not supported',
  ReferenceDeclarator: 'C++ is not supported, got a reference',
  AbstractReferenceDeclarator: 'C++ is not supported, got a reference',
  OptionalParameterDeclaration: 'C++ is not supported, got a default argument',
};

// Structs and arrays in structs and arrays: abi/type.h's kMaxNesting.
const MOST_NESTING = 64;

// What several words mean together, in any order (C17 6.7.2).
function basicType(words) {
  const count = (word) => words.filter((other) => other === word).length;
  const unsigned = words.includes('unsigned') ? 'unsigned ' : '';
  const complex = words.some((word) => /^_Complex$|^__complex__$/.test(word));
  const rest = words.filter((word) =>
    !/^_Complex$|^__complex__$|^unsigned$|^(__)?signed(__)?$|^int$/.test(word));
  const longs = count('long');
  const signs = words.filter((word) => /signed/.test(word)).length;
  const signless = (word) => !/^(char|short|long|__int128)$/.test(word);
  if (signs > 1 || (signs === 1 && rest.some(signless))) {
    return undefined;
  }
  let name;
  if (rest.length === 0) name = `${unsigned}int`;
  else if (rest.every((word) => word === 'long') && longs <= 2) name = unsigned + rest.join(' ');
  else if (rest.length === 2 && longs === 1 && rest.includes('double')) name = 'long double';
  else if (rest.length === 1) [name] = rest;
  else return undefined;
  if (name === '__int128_t') name = '__int128';
  if (name === '__uint128_t') name = 'unsigned __int128';
  if (name === '_Bool') name = 'bool';
  if (name === 'void') return { kind: 'void' };
  if (['char', 'short', '__int128'].includes(name)) {
    const signed = name === 'char' && words.some((word) => /signed/.test(word)) && unsigned === '';
    name = (signed ? 'signed ' : unsigned) + name;
  }
  if (complex) {
    // gcc's complex integers have no spelling.
    const of = rest.length === 0 && words.length === 1 ? 'double' : name;
    return /^(float|double|long double)$/.test(of)
      ? { kind: 'complex', of: { kind: 'scalar', name: of } } : undefined;
  }
  return { kind: 'scalar', name };
}

class Scope {
  constructor() {
    this.typedefs = new Map();
    this.records = new Map(); // "struct point" -> record
    this.enums = new Map();
    this.constants = new Map();
    this.functions = new Map();
    this.variables = new Map();
  }

  record(kind, tag) {
    const key = `${kind} ${tag}`;
    let record = this.records.get(key);
    if (record === undefined) {
      record = { tag, name: tag === undefined ? undefined : key, union: kind === 'union' };
      if (tag !== undefined) this.records.set(key, record);
    }
    return record;
  }

  enumeration(tag) {
    let found = this.enums.get(tag);
    if (found === undefined) {
      found = { tag, members: undefined, type: 'u32' };
      if (tag !== undefined) this.enums.set(tag, found);
    }
    return found;
  }
}

class Reader {
  constructor(tree, scope) {
    this.tree = tree;
    this.scope = scope;
    this.context = {
      constantOf: (name) => scope.constants.get(name),
      typeOf: (tokens) => this.typeOf(tokens),
      startsType: (token) => tree.normal.startsType(token),
      fail: (token, message) => tree.failAt(token.from, message),
    };
    this.attributes = attributesIn(tree, this);
  }

  // { size, align, integer } of a type in an expression; `integer`, { bits, unsigned }, of those
  // up to 64 bits.
  typeOf(tokens) {
    const tree = this.tree.types(tokens);
    const list = tree.top.firstChild.getChild('FunctionDeclarator')?.getChild('ParameterList');
    const nodes = list?.getChildren('ParameterDeclaration') ?? [];
    if (nodes.length !== 1) this.context.fail(tokens[0], 'expected one type in parentheses');
    const { type } = new Reader(tree, this.scope).declared(nodes[0]);
    const plain = bare(type);
    const name = plain.kind === 'enum' ? plain.enum.type : scalarOf(plain) ?? '';
    const [, sign, width] = /^([iu])(8|16|32|64|size)$/.exec(name) ?? [];
    const integer = sign && { bits: width === 'size' ? 64 : Number(width), unsigned: sign === 'u' };
    return {
      ...this.layout(tokens[0], plain),
      integer: name === 'bool' ? { bits: 1, unsigned: true } : integer,
    };
  }

  layout(token, type) {
    try {
      return layoutOf(type, scalarOf);
    } catch (error) {
      if (!(error instanceof NoLayout)) throw error;
      return this.context.fail(token, error.message);
    }
  }

  // The value of an expression of tokens.
  evaluate(tokens) {
    return evaluate(tokens, this.context);
  }

  integer(tokens) {
    const { value } = this.evaluate(tokens);
    if (!Number.isSafeInteger(Number(value))) {
      this.context.fail(tokens[0], `the constant ${value} is too large`);
    }
    return Number(value);
  }

  // What `aligned` says: a number, or for _Alignas a type.
  alignment(tokens) {
    return this.context.startsType(tokens[0]) ? this.typeOf(tokens).align : this.integer(tokens);
  }

  // The type that a declaration begins with.
  specifier(declaration) {
    let type;
    for (let node = declaration.firstChild; node !== null; node = node.nextSibling) {
      const made = this.specifierOf(node);
      if (made === undefined) continue;
      type = made;
      break;
    }
    if (type === undefined) this.tree.fail(declaration, 'expected a type');
    const { vector } = this.attributes.of(declaration);
    if (vector !== undefined) type = this.vector(declaration, type, vector);
    const isConst = type.const || declaration.getChild('const') !== null;
    return isConst ? { ...type, const: true } : type;
  }

  // gcc's vectors of numbers.
  vector(node, of, bytes) {
    const plain = bare(of);
    if (plain.kind !== 'scalar' || !/^[iuf](8|16|32|64|size)$/.test(scalarOf(plain))) {
      this.tree.fail(node, 'a vector has elements of numbers up to 64 bits');
    }
    return { kind: 'vector', of: plain, length: bytes / layoutOf(plain, scalarOf).size };
  }

  specifierOf(node) {
    switch (node.name) {
      case 'PrimitiveType': case 'SizedTypeSpecifier': return this.named(node);
      case 'StructSpecifier': case 'UnionSpecifier': return this.recordOf(node);
      case 'EnumSpecifier': return { kind: 'enum', enum: readEnum(this, node) };
      case 'TypeIdentifier':
        return this.tree.fail(node, `unknown type '${this.tree.textOf(node)}'`);
      case 'typedef': case 'const': case 'extern': case 'static': return undefined;
      case 'ScopedTypeIdentifier': case 'TemplateType': case 'ClassSpecifier': case 'auto':
      case 'Decltype': case 'Attribute':
        return this.tree.fail(node, `C++ is not supported, got '${this.tree.textOf(node)}'`);
      default:
        return this.tree.fail(node, `expected a type, got '${this.tree.textOf(node)}'`);
    }
  }

  named(node) {
    const piece = this.tree.normal.pieceAt(node.from);
    if (piece.words !== undefined) {
      const type = basicType(piece.words);
      if (type === undefined) this.tree.fail(node, `unknown type '${piece.words.join(' ')}'`);
      return piece.const ? { ...type, const: true } : type;
    }
    const { name } = piece;
    const type = this.scope.typedefs.get(name);
    if (type !== undefined) return { kind: 'typedef', name, type };
    if (name === 'FILE') return { kind: 'record', record: this.scope.record('struct', '_IO_FILE') };
    const scalar = FURTHER[name];
    if (scalar !== undefined) {
      return { kind: 'typedef', name, type: { kind: 'scalar', name: scalar } };
    }
    if (SCALARS[name] === undefined && !STANDARD.includes(name)) {
      this.tree.fail(node, `unknown type '${name}'`); // Its typedef comes later.
    }
    return { kind: 'scalar', name };
  }

  recordOf(node) {
    const name = node.getChild('TypeIdentifier');
    const tag = name === null ? undefined : this.tree.textOf(name);
    const kind = node.name === 'UnionSpecifier' ? 'union' : 'struct';
    const record = this.scope.record(kind, tag);
    const list = node.getChild('FieldDeclarationList');
    if (list !== null) readFields(this, record, node, list);
    return { kind: 'record', record };
  }

  // { name, type, node } of a declarator around `type`.
  declarator(node, type) {
    const list = node.name === 'InitDeclarator' ? node.getChild('ArgumentList') : null;
    if (list !== null) this.tree.fail(list, "expected the parameters' types");
    if (REFUSED[node.name] !== undefined) this.tree.fail(node, REFUSED[node.name]);
    const inner = children(node).find(isDeclarator);
    const within = (made) => (inner === undefined ? { type: made } : this.declarator(inner, made));
    switch (node.name) {
      case 'Identifier': case 'FieldIdentifier': case 'TypeIdentifier': {
        const { unnamed } = this.tree.normal.pieceAt(node.from);
        return { name: unnamed ? undefined : this.tree.textOf(node), type };
      }
      case 'PointerDeclarator': case 'AbstractPointerDeclarator': {
        const pointer = { kind: 'pointer', to: type };
        return within(node.getChild('const') === null ? pointer : { ...pointer, const: true });
      }
      case 'ParenthesizedDeclarator': case 'AbstractParenthesizedDeclarator':
        return within(type);
      case 'ArrayDeclarator': case 'AbstractArrayDeclarator': {
        return within(this.array(node, inner, type));
      }
      case 'FunctionDeclarator': case 'AbstractFunctionDeclarator':
        return within({ kind: 'function', result: type, ...this.parametersOf(node) });
      default:
        return this.tree.fail(node, `expected a name, got '${this.tree.textOf(node)}'`);
    }
  }

  array(node, inner, of) {
    const expression = node.getChildren('Expression').at(-1);
    const counted = expression !== undefined && expression.from !== inner?.from;
    const plain = bare(of);
    if (plain.kind === 'function') this.tree.fail(node, 'an array cannot have functions');
    if (plain.kind === 'void') this.tree.fail(node, "an array cannot have elements of 'void'");
    const array = { kind: 'array', of };
    const length = counted ? this.lengthOf(expression) : undefined;
    if (length !== undefined) array.length = length;
    this.checkNesting(node, array);
    return array;
  }

  // Structs and arrays in one another, also by names of types; what is read later recurses as deep.
  checkNesting(node, type) {
    const inside = bare(type.of ?? type);
    const levels = (inside.kind === 'array' ? inside.nesting : inside.record?.nesting) ?? 0;
    if (type.kind === 'array') type.nesting = levels + 1;
    if (levels >= MOST_NESTING) {
      this.tree.fail(node, `structs and arrays are nested more than ${MOST_NESTING} deep`);
    }
    return levels;
  }

  lengthOf(node) {
    const { tokens } = this.tree.normal.pieceAt(node.from);
    // C's arrays of a length that an argument says are parameters only, and addresses there.
    if (this.inParameters && !tokens.every((token) => this.isConstant(token))) return undefined;
    const length = this.integer(tokens);
    if (length < 0) this.tree.fail(node, `an array has a length of ${length}`);
    return length;
  }

  isConstant(token) {
    return token.kind !== 'word' || token.text === 'sizeof' || ALIGNOF.has(token.text) ||
      this.scope.constants.has(token.text) || this.context.startsType(token);
  }

  parametersOf(declarator) {
    const list = declarator.getChild('ParameterList');
    const outer = this.inParameters;
    this.inParameters = true;
    const parameters = [];
    for (const node of children(list)) {
      if (node.name !== 'ParameterDeclaration') {
        if (!/^[(),]$|^\.\.\.$/.test(node.name)) {
          this.tree.fail(node, REFUSED[node.name] ??
            `expected a parameter's type, got '${this.tree.textOf(node)}'`);
        }
        continue;
      }
      parameters.push({ ...this.declared(node), node });
    }
    this.inParameters = outer;
    this.checkEllipsis(list);
    const [only] = parameters;
    if (parameters.length === 1 && only.name === undefined && only.type.kind === 'void') {
      parameters.pop();
    }
    for (const { type, node } of parameters) {
      if (bare(type).kind === 'void') this.tree.fail(node, "'void' is no type of a parameter");
    }
    const last = this.tree.normal.pieces[this.tree.lastPieceOf(list) - 1];
    return { parameters: parameters.map(({ name, type }) => ({ name, type })),
      variadic: last.text === '...' };
  }

  checkEllipsis(list) {
    const { pieces } = this.tree.normal;
    const end = this.tree.lastPieceOf(list);
    let depth = 0;
    for (let i = this.tree.firstPieceOf(list); i < end - 1; i += 1) {
      if (pieces[i].text === '(') depth += 1;
      if (pieces[i].text === ')') depth -= 1;
      if (depth === 1 && pieces[i].text === '...') {
        this.tree.failAt(pieces[i].from, "'...' must be the last parameter");
      }
    }
  }

  // { name, type } of a node with one declarator, or none.
  declared(node) {
    const base = this.specifier(node);
    const declarator = children(node).find(isDeclarator);
    return declarator === undefined ? { type: base } : this.declarator(declarator, base);
  }
}

module.exports = { Reader, Scope };
