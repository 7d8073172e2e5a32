// definitions: a Scope -> what parse() gives. Internal to the package.
//
// Objects are made of entries, because C may name anything `__proto__`.
'use strict';

const { Speller, Unspellable, bare, recordsGiven } = require('./types.js');

const { fromEntries } = Object;

// The struct or union of a record, made once.
function spellRecord(record, speller, made) {
  let found = made.get(record);
  if (found === undefined) {
    const { fields, ...options } = speller.shape(record);
    found = { [record.union ? 'union' : 'struct']: fields, ...options };
    made.set(record, found);
  }
  return found;
}

function spellEnum({ members, type }) {
  // One that is only named is what gcc and clang give one without negative values; one of 64 bits
  // would be BigInts.
  return members === undefined || type === 'i64' ? type : { enum: members, type };
}

// What no JavaScript function can be passed for may still be the address of a native one.
function spellCallback(type, speller) {
  try {
    return { callback: speller.callbackSignature(type) };
  } catch (error) {
    if (!(error instanceof Unspellable)) throw error;
    return 'function';
  }
}

class Definitions {
  constructor({ scope, tree }) {
    this.scope = scope;
    this.tree = tree;
    this.made = new Map();
    this.speller = new Speller(recordsGiven(scope.functions.values()), {
      record: (record) => spellRecord(record, this.speller, this.made),
      enumeration: spellEnum,
      callback: (type) => spellCallback(type, this.speller),
    });
  }

  // What `spell` makes; what it cannot say is an error at `node`.
  spelled(node, what, spell) {
    try {
      return spell();
    } catch (error) {
      if (!(error instanceof Unspellable)) throw error;
      return this.tree.fail(node, `${what}: ${error.message}`);
    }
  }

  symbols() {
    const { functions, variables } = this.scope;
    const definitionOf = ({ name, type, node, symbol, abi }) => [name, {
      ...(symbol && { name: symbol }),
      ...this.spelled(node, `symbol '${name}'`, () => (type.kind === 'function'
        ? this.speller.signature(type) : { type: this.speller.variable(type) })),
      ...(abi && { abi }),
    }];
    return fromEntries([...functions.values(), ...variables.values()].map(definitionOf));
  }

  // A name for a type stands for a parameter's, where both can be.
  namedType(type) {
    const plain = bare(type);
    switch (plain.kind) {
      case 'void': return undefined;
      case 'function': return this.speller.callbackSignature(plain);
      case 'array': return this.speller.spell(type, 'member');
      case 'record': return plain.record.fields && this.record(plain.record);
      default: return this.speller.spell(type, 'parameter');
    }
  }

  record(record) {
    return this.spelled(record.node, `'${record.name ?? 'a struct without a name'}'`,
        () => spellRecord(record, this.speller, this.made));
  }

  // Types by name. What a typedef names and no definition can say is left out.
  types() {
    const types = new Map();
    for (const record of this.scope.records.values()) {
      if (record.fields !== undefined) types.set(record.tag, this.record(record));
    }
    for (const [name, type] of this.scope.typedefs) {
      try {
        const spelled = this.namedType(type);
        if (spelled !== undefined) types.set(name, spelled);
      } catch (error) {
        if (!(error instanceof Unspellable)) throw error;
      }
    }
    return fromEntries(types);
  }

  enums() {
    const tagged = [...this.scope.enums.values()].map((found) => [found.tag, found]);
    const named = [...this.scope.typedefs].map(([name, type]) => [name, bare(type).enum]);
    return fromEntries([...tagged, ...named].filter(([, found]) => found?.members !== undefined)
      .map(([name, { members }]) => [name, members]));
  }

  constants() {
    return fromEntries([...this.scope.constants].map(([name, { value }]) => [name, Number(value)]));
  }
}

function definitionsOf(read) {
  const definitions = new Definitions(read);
  return {
    symbols: definitions.symbols(), types: definitions.types(), enums: definitions.enums(),
    constants: definitions.constants(),
  };
}

module.exports = { definitionsOf };
