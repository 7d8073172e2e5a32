// declarations: the parser's tree -> what it declares, in the terms of types.js. Internal to the
// package.
//
// A Scope has the names of one text. Records and enums are made when they are first named and get
// their fields when these are read, so that a struct may point to itself.
'use strict';

const { attach } = require('./attributes.js');
const { evaluate } = require('./constants.js');
const { layoutOf, NoLayout } = require('./layout.js');
const { STANDARD } = require('./source.js');
const { childrenOf: children, parseTree } = require('./tree.js');
const { SCALARS, bare, scalarOf } = require('./types.js');

const REFUSED = {
  __proto__: null,
  FunctionDefinition: 'a function body is not supported, expected a declaration',
  InitDeclarator: 'an initializer is not supported',
  ReferenceDeclarator: 'C++ is not supported, got a reference',
  AbstractReferenceDeclarator: 'C++ is not supported, got a reference',
  OptionalParameterDeclaration: 'C++ is not supported, got a default argument',
};

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
    return { kind: 'complex', of: { kind: 'scalar', name: rest.length ? name : 'double' } };
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
      textOf: (node) => tree.textOf(node),
      constantOf: (name) => scope.constants.get(name),
      sizeOf: (node) => BigInt(this.sizeOf(node)),
      fail: (node, message) => tree.fail(node, message),
    };
    attach(tree);
  }

  sizeOf(node) {
    const described = node.getChild('TypeDescriptor');
    if (described === null) this.tree.fail(node, 'sizeof needs a type here');
    const { type } = this.declared(described);
    try {
      return layoutOf(bare(type), scalarOf).size;
    } catch (error) {
      if (!(error instanceof NoLayout)) throw error;
      return this.tree.fail(node, `sizeof: ${error.message}`);
    }
  }

  integer(node) {
    const value = Number(evaluate(node, this.context));
    if (!Number.isSafeInteger(value)) this.tree.fail(node, `the constant ${value} is too large`);
    return value;
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
    const isConst = type.const || declaration.getChild('const') !== null;
    return isConst ? { ...type, const: true } : type;
  }

  specifierOf(node) {
    switch (node.name) {
      case 'PrimitiveType': case 'SizedTypeSpecifier': return this.named(node);
      case 'StructSpecifier': case 'UnionSpecifier': return this.recordOf(node);
      case 'EnumSpecifier': return this.enumOf(node);
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
    if (list !== null) {
      if (record.fields !== undefined) this.tree.fail(node, `'${record.name}' is declared twice`);
      const fields = [];
      for (const child of children(list)) {
        if (/^[{};]$/.test(child.name)) continue;
        if (child.name !== 'FieldDeclaration') {
          this.tree.fail(child, `expected a field, got '${this.tree.textOf(child)}'`);
        }
        this.fieldsOf(child, fields);
      }
      record.fields = fields;
      Object.assign(record, this.tree.attributesOf(node));
    }
    return { kind: 'record', record };
  }

  fieldsOf(declaration, fields) {
    const base = this.specifier(declaration);
    const own = this.tree.attributesOf(declaration);
    const clause = declaration.getChild('BitfieldClause');
    const widthAfter = (node) => {
      const token = this.tree.normal.widths.get(this.tree.lastPieceOf(node));
      if (token === undefined) return clause && this.integer(clause.lastChild);
      return this.widthOf(token, node);
    };
    const add = (node, field) => {
      this.checkComplete(node, field.type);
      const width = widthAfter(node);
      if (width !== null) field.width = width;
      fields.push({ ...field, ...own });
    };
    const declarators = children(declaration).filter(isDeclarator);
    if (declarators.length === 0) {
      const unnamed = this.tree.normal.widths.has(this.tree.lastPieceOf(declaration) - 1);
      if (unnamed || clause !== null) add(declaration.getChild('Type'), { type: base });
      else if (base.kind === 'record') fields.push({ type: base, ...own });
      else this.tree.fail(declaration, 'expected a name of the field');
    }
    for (const declarator of declarators) add(declarator, this.declarator(declarator, base));
  }

  checkComplete(node, type) {
    let plain = bare(type);
    while (plain.kind === 'array') plain = bare(plain.of);
    if (plain.kind === 'record' && plain.record.fields === undefined) {
      this.tree.fail(node, `'${plain.record.name}' is not complete: its fields are unknown`);
    }
    if (plain.kind === 'void' || plain.kind === 'function') {
      this.tree.fail(node, `a field cannot be a ${plain.kind}`);
    }
  }

  widthOf(token, node) {
    const value = token.kind === 'number' ? require('./constants.js').integerOf(token.text)
                                          : this.scope.constants.get(token.text);
    if (value === undefined) this.tree.fail(node, `unknown width '${token.text}' of a bit-field`);
    return Number(value);
  }

  enumOf(node) {
    const name = node.getChild('TypeIdentifier');
    const found = this.scope.enumeration(name === null ? undefined : this.tree.textOf(name));
    const list = node.getChild('EnumeratorList');
    if (list !== null) {
      found.members = {};
      let value = -1;
      let least = 0;
      for (const child of list.getChildren('Enumerator')) {
        const key = this.tree.textOf(child.getChild('Identifier'));
        const expression = child.getChild('Identifier').nextSibling;
        value = expression === null ? value + 1 : this.integer(child.lastChild);
        if (value < -(2 ** 31) || value >= 2 ** 32) {
          this.tree.fail(child, `the value ${value} of '${key}' does not fit in 32 bits`);
        }
        least = Math.min(least, value);
        found.members[key] = value;
        this.scope.constants.set(key, BigInt(value));
      }
      found.type = least < 0 ? 'i32' : 'u32';
    }
    return { kind: 'enum', enum: found };
  }

  // { name, type, node } of a declarator around `type`.
  declarator(node, type) {
    const list = node.name === 'InitDeclarator' ? node.getChild('ArgumentList') : null;
    if (list !== null) this.tree.fail(list, "expected the parameters' types");
    if (REFUSED[node.name] !== undefined) this.tree.fail(node, REFUSED[node.name]);
    const inner = children(node).find(isDeclarator);
    const within = (made) => (inner === undefined ? { type: made } : this.declarator(inner, made));
    switch (node.name) {
      case 'Identifier': case 'FieldIdentifier': case 'TypeIdentifier':
        return { name: this.tree.textOf(node), type };
      case 'PointerDeclarator': case 'AbstractPointerDeclarator': {
        const pointer = { kind: 'pointer', to: type };
        return within(node.getChild('const') === null ? pointer : { ...pointer, const: true });
      }
      case 'ParenthesizedDeclarator': case 'AbstractParenthesizedDeclarator':
        return within(type);
      case 'ArrayDeclarator': case 'AbstractArrayDeclarator': {
        const length = node.getChildren('Expression').at(-1);
        const counted = length !== undefined && length.from !== inner?.from;
        return within({
          kind: 'array', of: type, ...(counted ? { length: this.lengthOf(length) } : {}),
        });
      }
      case 'FunctionDeclarator': case 'AbstractFunctionDeclarator':
        return within({ kind: 'function', result: type, ...this.parametersOf(node) });
      default:
        return this.tree.fail(node, `expected a name, got '${this.tree.textOf(node)}'`);
    }
  }

  lengthOf(node) {
    const length = this.integer(node);
    if (length < 0) this.tree.fail(node, `an array has a length of ${length}`);
    return length;
  }

  parametersOf(declarator) {
    const list = declarator.getChild('ParameterList');
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

  // { name, type } of a node with one declarator, or none.
  declared(node) {
    const base = this.specifier(node);
    const declarator = children(node).find(isDeclarator);
    return declarator === undefined ? { type: base } : this.declarator(declarator, base);
  }
}

// A type's own name is a TypeIdentifier, too: then it is the first thing that names a type.
const isDeclarator = (node) =>
  /Declarator$|^Identifier$|^FieldIdentifier$/.test(node.name) ||
  (node.name === 'TypeIdentifier' && /^(Type|Pointer|Array|Function|Paren)/.test(node.parent.name));

module.exports = { Reader, Scope, children, isDeclarator, parseTree };
