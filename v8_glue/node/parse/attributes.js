// attributes: what __attribute__, _Alignas and asm labels belong to, and what they mean. Internal
// to the package.
'use strict';

const { integerOf } = require('./constants.js');

// Attributes that say nothing about how a function is called or a struct is laid out.
const HARMLESS = new Set(['access', 'alloc_align', 'alloc_size', 'always_inline', 'artificial',
  'assume_aligned', 'cold', 'const', 'deprecated', 'fallthrough', 'format', 'format_arg',
  'gnu_inline', 'hot', 'leaf', 'malloc', 'may_alias', 'noinline', 'nonnull', 'noreturn', 'nothrow',
  'null_terminated_string_arg', 'pure', 'returns_nonnull', 'returns_twice', 'sentinel',
  'unavailable', 'unused', 'used', 'visibility', 'warn_unused_result', 'weak']);

const LARGEST_ALIGNMENT = 16; // of `aligned` without a number (gcc, "Common Variable Attributes")

const SPECIFIERS = ['StructSpecifier', 'UnionSpecifier', 'EnumSpecifier'];
const DECLARATIONS = ['FieldDeclaration', 'Declaration', 'TypeDefinition', 'ParameterDeclaration',
  'Enumerator'];

function ancestor(node, names) {
  let found = node;
  while (found !== null && !names.includes(found.name)) found = found.parent;
  return found;
}

// The node that an attribute is about.
function ownerOf(tree, { before }) {
  const { pieces } = tree.normal;
  const piece = pieces[before];
  const nodeAt = (index) => tree.top.resolveInner(pieces[index].out, 1);
  if (piece !== undefined && /^(struct|union|enum|\})$/.test(piece.text)) {
    const specifier = ancestor(nodeAt(before), SPECIFIERS);
    if (specifier !== null) return specifier;
  }
  // At the start of a declaration it is about that one.
  const leads = piece === undefined || /^[;{}]$/.test(piece.text);
  if (leads && pieces[before + 1] === undefined) return null;
  return ancestor(nodeAt(leads ? before + 1 : before), DECLARATIONS);
}

function alignmentOf(attribute, refuse) {
  if (attribute.arguments.length === 0) return LARGEST_ALIGNMENT;
  const [token, further] = attribute.arguments;
  const value = further === undefined ? Number(integerOf(token.text)) : NaN;
  if (!(value > 0) || !Number.isInteger(Math.log2(value))) {
    refuse("'aligned' needs a power of two");
  }
  return value;
}

// What an attribute adds to what it is about.
function meaningOf(attribute, owner, refuse) {
  const isRecord = /^(Struct|Union)Specifier$/.test(owner.name);
  const isField = owner.name === 'FieldDeclaration';
  const { name } = attribute;
  if (HARMLESS.has(name)) return {};
  if (name === 'packed' && (isRecord || isField)) return { packed: true };
  if (name === 'aligned' && (isRecord || isField)) return { align: alignmentOf(attribute, refuse) };
  if (owner.name === 'Declaration') {
    if (name === 'ms_abi') return { abi: 'win64' };
    if (name === 'sysv_abi') return { abi: 'sysv' };
    if (name === 'asm') {
      return { symbol: attribute.arguments.map(({ text }) => text.slice(1, -1)).join('') };
    }
  }
  return refuse(`attribute '${name}' is not supported here`);
}

// Gives a tree attributesOf(node): what attributes say of a declaration or a struct.
function attach(tree) {
  const byPiece = new Map();
  const keyOf = (node) => `${node.name} ${node.from}`;
  for (const attribute of tree.normal.attributes) {
    const owner = ownerOf(tree, attribute);
    const refuse = (message) => tree.failAt(attribute.from, message);
    if (owner === null) refuse(`attribute '${attribute.name}' belongs to nothing`);
    const meaning = meaningOf(attribute, owner, refuse);
    const key = keyOf(owner);
    byPiece.set(key, { ...byPiece.get(key), ...meaning });
  }
  tree.attributesOf = (node) => byPiece.get(keyOf(node)) ?? {};
}

module.exports = { attach };
