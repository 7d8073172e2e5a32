// tree: C text -> the parser's tree, or an error that says where and what was expected. Internal to
// the package.
//
// The parser is Lezer's for C++ (npm: @lezer/cpp, @lezer/lr), which is JavaScript and needs no
// start. It is loaded when something is parsed for the first time. It never fails: what it cannot
// read is an error node, and the first of them is the error.
'use strict';

const { CSyntaxError } = require('./error.js');
const { normalise } = require('./source.js');
const { STANDARD } = require('./tokens.js');
const { FURTHER } = require('./types.js');

// What stands where the parser gave up, by the node it was in.
const EXPECTED = {
  __proto__: null,
  Declaration: "';'",
  TypeDefinition: "a name and ';'",
  FieldDeclaration: "';'",
  FieldDeclarationList: "a field or '}'",
  EnumeratorList: "',' or '}'",
  Enumerator: 'a constant',
  ParameterList: "',' or ')'",
  ParameterDeclaration: "',' or ')'",
  ArrayDeclarator: "']'",
  AbstractArrayDeclarator: "']'",
  ArgumentList: "a parameter's type",
  StructSpecifier: "a name or '{'",
  UnionSpecifier: "a name or '{'",
  EnumSpecifier: "a name or '{'",
  BitfieldClause: 'a number of bits',
};

function expectedIn(parent, before) {
  if (parent === 'FunctionDefinition' && before !== ')') return 'a name';
  return EXPECTED[parent] ?? (before === ')' ? "';'" : 'a declaration');
}

// Nodes in nodes, as for the brackets of source.js; a chain like 1 + 1 + 1 nests, too.
const MOST_LEVELS = 500;

const isEnd = (node, program) => node.to === program.to && node.from === node.to;

class Tree {
  // `tokens` are those of the source, if they are known.
  constructor(source, names, tokens = undefined) {
    const { parser } = require('@lezer/cpp');
    this.source = source;
    this.names = names;
    this.normal = normalise(source, names, tokens);
    this.top = parser.parse(this.normal.text).topNode;
  }

  // A tree of some of the source's tokens as the parameters of a function: types.
  types(tokens) {
    const { from } = tokens[0];
    const words = (text) => text.split(' ').map((word) =>
      ({ kind: /\w/.test(word) ? 'word' : 'sign', text: word, from, to: from }));
    const tree = new Tree(this.source, this.names,
        [...words('void types ('), ...tokens, ...words(') ;')]);
    tree.checkLevels();
    tree.check();
    return tree;
  }

  // What the source has where a node is.
  textOf(node) {
    const first = this.normal.pieceAt(node.from);
    const last = this.normal.pieceAt(Math.max(node.from, node.to - 1));
    return this.source.slice(first.from, last.to);
  }

  firstPieceOf(node) {
    return this.normal.indexAt(node.from);
  }

  lastPieceOf(node) {
    return this.normal.indexAt(Math.max(node.from, node.to - 1));
  }

  fail(node, message) {
    return this.failAt(this.normal.pieceAt(node.from)?.from ?? 0, message);
  }

  failAt(offset, message) {
    throw new CSyntaxError(this.source, offset, message);
  }

  // Throws if a node is too deep: whatever reads nodes calls itself as deep.
  checkLevels() {
    let level = 0;
    this.top.cursor().iterate(({ node }) => {
      level += 1;
      if (level > MOST_LEVELS) this.fail(node, `this is nested more than ${MOST_LEVELS} deep`);
    }, () => { level -= 1; });
  }

  // Throws for the first thing that the parser could not read.
  check() {
    let error;
    this.top.cursor().iterate(({ type, node }) => {
      if (type.isError && error === undefined) error = node;
      return error === undefined;
    });
    if (error === undefined) return;
    const { pieces } = this.normal;
    let at = this.normal.indexAt(error.from);
    // An error without text lies between two pieces.
    if (pieces[at].out < error.from && error.from === error.to) at += 1;
    const got = pieces[at];
    const before = pieces[at - 1];
    const expected = expectedIn(error.parent?.name, before?.text);
    const where = before === undefined ? '' : ` after '${this.slice(before)}'`;
    if (got === undefined || isEnd(error, this.top)) {
      throw new CSyntaxError(this.source, before?.to ?? 0,
          `expected ${expected}${where}, got the end of the text`);
    }
    if (expected === `'${this.slice(got)}'`) { // The grammar is C++'s, where calls may stand.
      let whole = error;
      while (whole.parent?.parent) whole = whole.parent;
      this.fail(whole, `expected a declaration, got '${this.textOf(whole)}'`);
    }
    throw new CSyntaxError(this.source, got.from,
        `expected ${expected}${where}, got '${this.slice(got)}'`);
  }

  slice({ from, to }) {
    return this.source.slice(from, to);
  }
}

// What may stand before a typedef's type.
const KEYWORDS = /^(typedef|const)$/;

function childrenOf(node) {
  const list = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) list.push(child);
  return list;
}

// The name that a declarator declares.
function nameIn(node) {
  if (/Identifier$/.test(node.name)) return node;
  const inner = childrenOf(node).find(({ name }) => /Declarator$|Identifier$/.test(name));
  return inner && nameIn(inner);
}

// The tree of `source`. `known` are names of types from elsewhere.
//
// The names that the text itself declares are found first: where a name is a type, C reads on in
// another way.
function parseTree(source, known = []) {
  const names = new Set([...STANDARD, ...Object.keys(FURTHER), ...known]);
  for (;;) {
    const tree = new Tree(source, names);
    tree.checkLevels();
    const size = names.size;
    tree.top.cursor().iterate(({ name, node }) => {
      if (name !== 'TypeDefinition') return;
      const [, ...declarators] = childrenOf(node).filter(({ name: kind }) => !KEYWORDS.test(kind));
      for (const child of declarators) {
        const declared = /Declarator$|^TypeIdentifier$/.test(child.name) && nameIn(child);
        if (declared) names.add(tree.textOf(declared));
      }
    });
    if (names.size === size) {
      tree.check();
      return tree;
    }
  }
}

// A type's own name is a TypeIdentifier, too: then it is the first thing that names a type.
const isDeclarator = (node) =>
  /Declarator$|^Identifier$|^FieldIdentifier$/.test(node.name) ||
  (node.name === 'TypeIdentifier' && /^(Type|Pointer|Array|Function|Paren)/.test(node.parent.name));

module.exports = { childrenOf, isDeclarator, parseTree };
