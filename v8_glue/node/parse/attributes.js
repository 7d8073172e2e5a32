// attributes: what __attribute__, _Alignas and asm labels belong to, and what they mean. Internal
// to the package.
'use strict';

// Attributes that say nothing about how a function is called or a struct is laid out.
const HARMLESS = new Set(['access', 'alloc_align', 'alloc_size', 'always_inline', 'artificial',
  'assume_aligned', 'cold', 'const', 'deprecated', 'fallthrough', 'format', 'format_arg',
  'gnu_inline', 'hot', 'leaf', 'malloc', 'may_alias', 'noinline', 'nonnull', 'noreturn', 'nothrow',
  'maybe_unused', 'nodiscard', 'no_sanitize', 'noipa', 'nonstring', 'null_terminated_string_arg',
  'optimize', 'pure', 'returns_nonnull', 'returns_twice', 'sentinel',
  'unavailable', 'unused', 'used', 'visibility', 'warn_unused_result', 'weak']);

const LARGEST_ALIGNMENT = 16; // of `aligned` without a number (gcc, "Common Variable Attributes")

const SPECIFIERS = ['StructSpecifier', 'UnionSpecifier', 'EnumSpecifier'];
const DECLARATIONS = ['FieldDeclaration', 'Declaration', 'TypeDefinition', 'ParameterDeclaration',
  'Enumerator'];

const VECTOR_OWNERS = ['TypeDefinition', 'FieldDeclaration', 'ParameterDeclaration', 'Declaration'];

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
  const leads = piece === undefined || /^[;{}(,]$/.test(piece.text);
  if (leads && pieces[before + 1] === undefined) return null;
  return ancestor(nodeAt(leads ? before + 1 : before), DECLARATIONS);
}

// The alignment that `aligned` asks for; a function, because what it may name is read first.
function alignmentOf(attribute, reader, refuse) {
  const { arguments: tokens } = attribute;
  if (tokens.length === 0) return LARGEST_ALIGNMENT;
  const value = reader.alignment(tokens);
  if (!(value > 0) || !Number.isInteger(Math.log2(value))) {
    refuse("'aligned' needs a power of two");
  }
  return value;
}

// What an attribute adds to what it is about.
function meaningOf(attribute, owner, reader, refuse) {
  const isRecord = /^(Struct|Union)Specifier$/.test(owner.name);
  const isField = owner.name === 'FieldDeclaration';
  const { name } = attribute;
  if (HARMLESS.has(name)) return {};
  if (name === 'packed' && (isRecord || isField)) return { packed: true };
  if (name === 'packed' && owner.name === 'EnumSpecifier') return { packed: true };
  if (name === 'aligned' && (isRecord || isField)) {
    return { align: alignmentOf(attribute, reader, refuse) };
  }
  // Where a variable lies is its library's matter.
  if (name === 'aligned' && owner.name === 'Declaration') return {};
  if (name === 'vector_size' && VECTOR_OWNERS.includes(owner.name)) {
    const bytes = attribute.arguments.length === 0 ? 0 : reader.integer(attribute.arguments);
    if (bytes !== 8 && bytes !== 16) refuse('a vector has 8 or 16 bytes to be supported');
    return { vector: bytes };
  }
  if (owner.name === 'Declaration') {
    if (name === 'ms_abi') return { abi: 'win64' };
    if (name === 'sysv_abi') return { abi: 'sysv' };
    if (name === 'asm') {
      return { symbol: attribute.arguments.map(({ text }) => text.slice(1, -1)).join('') };
    }
  }
  return refuse(`attribute '${name}' is not supported here`);
}

// What attributes say of a declaration or a struct: a function of its node.
function attributesIn(tree, reader) {
  const byNode = new Map();
  const keyOf = (node) => `${node.name} ${node.from}`;
  for (const attribute of tree.normal.attributes) {
    const owner = ownerOf(tree, attribute);
    const refuse = (message) => tree.failAt(attribute.from, message);
    if (owner === null) refuse(`attribute '${attribute.name}' belongs to nothing`);
    const known = byNode.get(keyOf(owner)) ?? [];
    byNode.set(keyOf(owner), [...known, () => meaningOf(attribute, owner, reader, refuse)]);
  }
  return {
    of: (node) => {
      const meanings = (byNode.get(keyOf(node)) ?? []).map((meaning) => meaning());
      const align = Math.max(...meanings.map((meaning) => meaning.align ?? 0));
      return Object.assign({}, ...meanings, align > 0 && { align });
    },
    // Throws for those that nobody has asked for: they are not supported where they stand.
    check: () => byNode.forEach((meanings) => meanings.forEach((meaning) => meaning())),
  };
}

module.exports = { attributesIn };
