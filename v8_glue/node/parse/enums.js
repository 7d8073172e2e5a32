// enums: the values of an enum and the type that holds them, for a Reader (declarations.js).
// Internal to the package.
'use strict';

const { int, typed } = require('./constants.js');
const { bare, scalarOf } = require('./types.js');

const MOST = 2n ** 32n;
const LEAST = -(2n ** 31n);

// The type of an enum that says it (C23 6.7.2.2).
function givenType(reader, node) {
  const type = bare(reader.named(node));
  const name = type.kind === 'scalar' ? scalarOf(type) : undefined;
  if (/^[iu](8|16|32)$/.test(name)) return name;
  return reader.tree.fail(node,
      'the type of an enum must be an integer type of 8 to 32 bits to be supported');
}

// The first of `names` that holds an enum's values.
function typeFor(reader, node, values, names) {
  const holds = (name) => {
    const type = { bits: Number(name.slice(1)), unsigned: name[0] === 'u' };
    return values.every((value) => typed(value, type).value === value);
  };
  return names.find(holds) ??
    reader.tree.fail(node, `the values of an enum do not fit in ${names.at(-1)}`);
}

// The enum that a specifier names, or declares with its values.
function readEnum(reader, node) {
  const { scope, tree } = reader;
  const name = node.getChild('TypeIdentifier');
  const found = scope.enumeration(name === null ? undefined : tree.textOf(name));
  const list = node.getChild('EnumeratorList');
  const given = node.getChild('PrimitiveType');
  if (given !== null) found.type = givenType(reader, given);
  if (list === null) return found;
  if (found.members !== undefined) tree.fail(node, `'enum ${found.tag}' is declared twice`);
  const members = new Map();
  let next = 0n;
  for (const child of list.getChildren('Enumerator')) {
    const identifier = child.getChild('Identifier');
    const key = tree.textOf(identifier);
    const { tokens } = tree.normal.pieceAt(child.lastChild.from);
    if (identifier.nextSibling !== null && tokens === undefined) {
      tree.fail(node, "C++ is not supported, got an 'enum struct'");
    }
    const value = tokens === undefined ? next : reader.evaluate(tokens).value;
    if (scope.constants.has(key)) tree.fail(child, `'${key}' is declared twice`);
    if (value < LEAST || value >= MOST) {
      tree.fail(child, `the value ${value} of '${key}' does not fit in 32 bits`);
    }
    members.set(key, Number(value));
    const small = int(value);
    scope.constants.set(key, typed(value, small).value === value
      ? small : { value, bits: 32, unsigned: true });
    next = value + 1n;
  }
  found.members = Object.fromEntries(members);
  // What gcc and clang take: 32 bits if these do, or where it is packed the smallest.
  const sign = [...members.values()].some((value) => value < 0) ? 'i' : 'u';
  const packed = reader.attributes.of(node).packed === true;
  found.type = typeFor(reader, node, [...members.values()].map(BigInt), given !== null
    ? [found.type] : [...(packed ? [`${sign}8`, `${sign}16`] : []), `${sign}32`, 'i64']);
  return found;
}

module.exports = { readEnum };
