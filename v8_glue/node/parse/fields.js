// fields: the fields of a struct or union, for a Reader (declarations.js). Internal to the package.
//
// What C forbids is refused here, where the text is known: a definition has lost its lines.
'use strict';

const { childrenOf, isDeclarator } = require('./tree.js');
const { bare, scalarOf } = require('./types.js');

// Bits of what a bit-field may be declared as.
const BITS = {
  __proto__: null,
  bool: 1, i8: 8, u8: 8, i16: 16, u16: 16, i32: 32, u32: 32, i64: 64, u64: 64, isize: 64, usize: 64,
};

function checkComplete(reader, node, type) {
  let plain = bare(type);
  while (plain.kind === 'array') plain = bare(plain.of);
  if (plain.kind === 'record' && plain.record.fields === undefined) {
    reader.tree.fail(node,
        `'${plain.record.name ?? 'a struct'}' is not complete: its fields are unknown`);
  }
  if (plain.kind === 'void' || plain.kind === 'function') {
    reader.tree.fail(node, `a field cannot be a ${plain.kind}`);
  }
}

// Each array but the outermost has a length.
function checkLengths(reader, node, type) {
  const plain = bare(type);
  if (plain.kind !== 'array') return;
  for (let of = bare(plain.of); of.kind === 'array'; of = bare(of.of)) {
    if (of.length === undefined) reader.tree.fail(node, 'an array of arrays that have no length');
  }
}

function widthOf(reader, node, { name, type }, tokens) {
  const plain = bare(type);
  const most = BITS[plain.kind === 'enum' ? plain.enum.type
                                          : plain.kind === 'scalar' && scalarOf(plain)];
  if (most === undefined) reader.tree.fail(node, 'a bit-field needs an integer type');
  const width = reader.integer(tokens);
  const fail = (message) => reader.tree.failAt(tokens[0].from, message);
  if (width < 0) fail(`a bit-field has a width of ${width}`);
  if (width > most) fail(`a bit-field of ${width} bits, its type has ${most}`);
  if (width === 0 && name !== undefined) fail(`a bit-field of no bits has a name, '${name}'`);
  return width;
}

// The names of a declaration's fields, which those of structs without a name in them are, too.
function* namesOf({ name, type, width }) {
  if (name !== undefined) yield name;
  else if (width === undefined) for (const field of bare(type).record.fields) yield* namesOf(field);
}

function fieldsOf(reader, declaration, fields, taken) {
  const { tree } = reader;
  const base = reader.specifier(declaration);
  const own = reader.attributes.of(declaration);
  const add = (node, field) => {
    checkComplete(reader, node, field.type);
    checkLengths(reader, node, field.type);
    const tokens = tree.normal.widths.get(tree.lastPieceOf(node));
    const made = { ...field, ...own };
    if (tokens !== undefined) made.width = widthOf(reader, node, field, tokens);
    for (const name of namesOf(made)) {
      if (taken.has(name)) tree.fail(node, `the field '${name}' is declared twice`);
      taken.add(name);
    }
    fields.push({ field: made, node });
  };
  const extra = childrenOf(declaration).find(({ name }) =>
    /^(Number|\w*(Literal|Expression|List))$/.test(name));
  if (extra !== undefined) tree.fail(extra, 'an initializer is not supported');
  const declarators = childrenOf(declaration).filter(isDeclarator);
  if (declarators.length === 0) {
    // Only what has no tag is a part of the struct; with one, compilers disagree.
    if (base.kind === 'enum' && base.enum.members !== undefined) return;
    if (base.kind !== 'record' || base.record.tag !== undefined) {
      tree.fail(declaration, 'expected a name of the field');
    }
    add(declaration, { type: base });
  }
  for (const declarator of declarators) add(declarator, reader.declarator(declarator, base));
}

// A flexible array is the last of several fields of a struct (C17 6.7.2.1, 18).
function checkFlexible(reader, record, fields) {
  fields.forEach(({ field: { type }, node }, i) => {
    const plain = bare(type);
    if (plain.kind !== 'array' || plain.length !== undefined) return;
    if (!record.union && i > 0 && i + 1 === fields.length) return;
    reader.tree.fail(node,
        'an array without a length must be the last field of a struct, and not the only one');
  });
}

// Reads `list`, the fields that `node` gives `record`.
function readFields(reader, record, node, list) {
  const { tree } = reader;
  if (record.fields !== undefined || record.isOpen) {
    tree.fail(node, `'${record.name}' is declared twice`);
  }
  record.isOpen = true;
  const fields = [];
  const taken = new Set();
  for (const child of childrenOf(list)) {
    if (/^[{};]$/.test(child.name)) continue;
    if (child.name !== 'FieldDeclaration') {
      tree.fail(child, `expected a field, got '${tree.textOf(child)}'`);
    }
    fieldsOf(reader, child, fields, taken);
  }
  checkFlexible(reader, record, fields);
  const levels = fields.map(({ field, node: at }) => reader.checkNesting(at, field.type));
  record.nesting = 1 + Math.max(0, ...levels);
  record.fields = fields.map(({ field }) => field);
  record.node = node;
  Object.assign(record, reader.attributes.of(node));
}

module.exports = { readFields };
