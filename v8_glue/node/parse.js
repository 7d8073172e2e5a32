// parse: C declarations -> the definitions that dlopen takes, and the types among them. What comes
// out is plain data, made anew each time; docs/bindgen.md says what C's types become.
//
// The parser, and everything in parse/, is loaded when the first text is parsed.
'use strict';

const typeName = (value) => (value === null ? 'null' : typeof value);

// The struct or union of a record, made once.
function spellRecord(record, speller, made) {
  let found = made.get(record);
  if (found === undefined) {
    found = { [record.union ? 'union' : 'struct']: speller.fields(record) };
    if (record.packed) found.packed = true;
    if (record.align !== undefined) found.align = record.align;
    made.set(record, found);
  }
  return found;
}

function spellEnum(enumeration) {
  const { members, type } = enumeration;
  // An enum that is only named is C's int (gcc, clang).
  return members === undefined ? 'u32' : { enum: members, type };
}

// The structs that some function gives by address: they are the library's.
function recordsOwned(scope, bare) {
  const owned = new Set();
  for (const { type } of scope.functions.values()) {
    const result = bare(type.result);
    const to = result.kind === 'pointer' ? bare(result.to) : result;
    if (result.kind === 'pointer' && to.kind === 'record') owned.add(to.record);
  }
  return owned;
}

function typesOf(scope, spell) {
  const types = {};
  for (const record of scope.records.values()) {
    if (record.fields !== undefined) types[record.tag] = spell({ kind: 'record', record });
  }
  for (const [name, type] of scope.typedefs) {
    const spelled = spell(type);
    if (spelled !== undefined) types[name] = spelled;
  }
  return types;
}

function enumsOf(scope, bare) {
  const enums = {};
  for (const [tag, { members }] of scope.enums) if (members !== undefined) enums[tag] = members;
  for (const [name, type] of scope.typedefs) {
    const { enum: found } = bare(type);
    if (found?.members !== undefined) enums[name] = found.members;
  }
  return enums;
}

function parse(source) {
  if (typeof source !== 'string') {
    throw new TypeError(`parse: expected C declarations in a string, got ${typeName(source)}`);
  }
  const { read } = require('./parse/read.js');
  const { Speller, Unspellable, bare } = require('./parse/types.js');
  const { scope, tree } = read(source);
  const made = new Map();
  const speller = new Speller(recordsOwned(scope, bare), {
    record: (record) => spellRecord(record, speller, made),
    enumeration: spellEnum,
    callback: (type) => ({ callback: speller.callbackSignature(type) }),
  });

  const symbols = {};
  const spelled = (declared, spell) => {
    try {
      const { abi, symbol } = declared;
      symbols[declared.name] = { ...(symbol && { name: symbol }), ...spell(declared.type),
        ...(abi && { abi }) };
    } catch (error) {
      if (!(error instanceof Unspellable)) throw error;
      tree.fail(declared.node, `symbol '${declared.name}': ${error.message}`);
    }
  };
  for (const declared of scope.functions.values()) {
    spelled(declared, (type) => speller.signature(type));
  }
  for (const declared of scope.variables.values()) {
    spelled(declared, (type) => ({ type: speller.variable(type) }));
  }
  const types = typesOf(scope, (type) => {
    const plain = bare(type);
    if (plain.kind === 'void' || (plain.kind === 'record' && plain.record.fields === undefined)) {
      return undefined;
    }
    try {
      return plain.kind === 'function' ? speller.callbackSignature(plain)
                                       : speller.parameterOrMember(type);
    } catch (error) {
      if (error instanceof Unspellable) return undefined;
      throw error;
    }
  });
  const constants = {};
  for (const [name, value] of scope.constants) constants[name] = Number(value);
  return { symbols, types, enums: enumsOf(scope, bare), constants };
}

// One word declares nothing: dlopen refuses it, as it does whatever is no object.
const mayDeclare = (symbols) => typeof symbols === 'string' && /\W/.test(symbols);

// dlopen that takes C declarations, too.
function dlopenWith(dlopen) {
  return {
    dlopen(path, symbols, options = undefined) {
      return dlopen(path, mayDeclare(symbols) ? parse(symbols).symbols : symbols, options);
    },
  }.dlopen;
}

module.exports = { parse, dlopenWith };
