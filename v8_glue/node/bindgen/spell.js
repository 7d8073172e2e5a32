// spell: what clang read -> the parts of a module of bindings, as text. Internal to `springboard
// bindgen`.
//
// Types are spelled by parse/types.js, like those of parse(). Here they get names: structs are
// accessor classes, opaque structs and functions' types are known to TypeScript.
'use strict';

const { layoutOf } = require('../parse/layout.js');
const { Speller, Unspellable, bare, recordsGiven, scalarOf } = require('../parse/types.js');

// Text that stands for itself in a definition; `value` is what it is in the module.
class Code {
  constructor(text, value) {
    this.text = text;
    this.value = value;
  }
}

// A part of a definition as the module has it.
function valueOf(part) {
  if (part instanceof Code) return part.value;
  if (typeof part !== 'object') return part;
  return Object.fromEntries(Object.entries(part).map(([name, value]) => [name, valueOf(value)]));
}

// Names that a module of bindings, or JavaScript, has already.
const TAKEN = new Set(['arguments', 'await', 'break', 'case', 'catch', 'checkLayout', 'class',
  'const', 'continue', 'debugger', 'definitions', 'delete', 'dlopen', 'Deno', 'else', 'enum',
  'eval',
  'export', 'extends', 'false', 'finally', 'function', 'if', 'implements', 'import', 'in',
  'instanceof', 'interface', 'let', 'library', 'new', 'null', 'open', 'package', 'private',
  'protected', 'public', 'return', 'static', 'struct', 'super', 'switch', 'symbols', 'this',
  'throw', 'true', 'try', 'typeof', 'undefined', 'union', 'var', 'void', 'while', 'with', 'yield']);

const identifier = (name) => (TAKEN.has(name) ? `${name}_` : name);

const quote = (text) => `'${text}'`;
const key = (name) => (name === '__proto__' ? "['__proto__']" : name);

// A definition, or a part of it, as text.
function textOf(value) {
  if (value instanceof Code) return value.text;
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return `[${value.map(textOf).join(', ')}]`;
  if (typeof value !== 'object') return `${value}`;
  const entries = Object.entries(value).map(([name, part]) => `${key(name)}: ${textOf(part)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

const WIDTH = 100;

// `before`, the items and `after` on one line, or on several where that is too long. `notes` are
// comments on items.
function listText(indent, before, items, after, notes = []) {
  const named = notes.filter((note) => note !== undefined).join(', ');
  const line = `${indent}${before}${items.join(', ')}${after}${named && ` // ${named}`}\n`;
  if (line.length <= WIDTH) return line;
  const lines = items.map((item, i) => `${indent}  ${item},${notes[i] ? ` // ${notes[i]}` : ''}\n`);
  return `${indent}${before.trimEnd()}\n${lines.join('')}${indent}${after.trimStart()}\n`;
}

function comment(text, indent = '') {
  if (!text) return '';
  const lines = text.replaceAll('*/', '*\\/').split('\n').map((line) => line.trimEnd());
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  const inside = lines.map((line) => `${indent} *${line && ` ${line}`}\n`).join('');
  return `${indent}/**\n${inside}${indent} */\n`;
}

class Bindings {
  // `tree`: tree.js's; `layouts`: readLayouts' result; `options`: { keeps: a predicate of names of
  // symbols whose callbacks live on after the call, bytes: one of those whose `const char *` are
  // bytes, types: a prefix for names of types }.
  constructor(tree, layouts, options) {
    this.tree = tree;
    this.layouts = layouts;
    this.options = options;
    this.blocks = []; // the module's text before the functions, in an order that it can run in
    this.functions = [];
    this.leftOut = [];
    this.imports = new Set(); // names of values
    this.typeImports = new Set();
    this.names = new Map(); // record, enum, or name of a callback -> its name, or why it has none
    this.taken = new Set(); // the values that the module declares
    const functions = tree.own.filter(({ kind }) => kind === 'function');
    for (const declared of functions) declared.type = tree.type(declared.printed, declared.name);
    this.speller = new Speller(recordsGiven(functions), {
      record: (record) => this.record(record),
      enumeration: (enumeration, place) => this.enumeration(enumeration, place),
      callback: (type) => this.callback(type),
      opaque: (record, place) => this.opaque(record, place),
      pointee: (record) => this.pointee(record),
      isBytes: () => this.options.bytes(this.current),
    });
  }

  // A name for a value of the module: C's macros may have the name of a struct.
  claim(name) {
    let free = identifier(name);
    while (this.taken.has(free)) free += '_';
    this.taken.add(free);
    return free;
  }

  type(name) {
    this.typeImports.add(name);
    return this.options.types + name;
  }

  value(name) {
    this.imports.add(name);
    return this.options.types + name;
  }

  nameOf(own) {
    return own.alias ?? (/^unnamed_\d/.test(own.tag) ? undefined : own.tag);
  }

  opaque(record, place) {
    const name = this.nameOf(record);
    if (name === undefined || place === 'member') return undefined;
    const typeName = identifier(name);
    const known = `type ${typeName}`;
    if (!this.names.has(known)) {
      const pointer = this.claim(`${typeName}_pointer`);
      this.names.set(known, pointer);
      this.blocks.push(
        `export type ${typeName} = ${this.type('PointerObject')}<${quote(name)}>;\n`,
        `const ${pointer} = 'pointer' as ${
          this.type('NativeTypedPointer')}<${typeName}>;\n`);
    }
    return new Code(this.names.get(known));
  }

  // A struct or union: the name of its class, which is written first if it is not there yet.
  record(record) {
    const shown = this.nameOf(record);
    if (shown === undefined) return this.unnamed(record);
    if (!this.names.has(record)) {
      try {
        // Claimed when it is sure, so that what is left out takes no name.
        const code = new Code(undefined);
        this.names.set(record, code);
        code.value = this.writeRecord(record, shown, code);
      } catch (error) {
        if (!(error instanceof Unspellable)) throw error;
        this.names.set(record, error);
        this.leftOut.push([`${record.union ? 'union' : 'struct'} ${shown}`, error.message]);
      }
    }
    const found = this.names.get(record);
    if (found instanceof Code) return found;
    throw new Unspellable(`'${shown}' is left out`);
  }

  // A struct that a function takes the address of has its class in the module.
  pointee(record) {
    if (record.fields === undefined || this.nameOf(record) === undefined) return;
    try {
      this.record(record);
    } catch (error) {
      if (!(error instanceof Unspellable)) throw error; // The list says it.
    }
  }

  unnamed(record) {
    const { fields, ...options } = this.shapeOf(record);
    const layout = this.checkedLayout(record, 'a struct without a name');
    this.accessorClass(record, fields, options, layout);
    return { [record.union ? 'union' : 'struct']: fields, ...options };
  }

  shapeOf(record) {
    if (record.broken) throw new Unspellable(record.broken);
    return this.speller.shape(record);
  }

  // The layout that clang and we agree on.
  checkedLayout(record, shown) {
    const layout = layoutOf({ kind: 'record', record }, scalarOf);
    const kind = record.union ? 'union' : 'struct';
    const clang = this.layouts.get(`${kind} ${record.tag}`);
    const agree = clang !== undefined && clang.size === layout.size &&
      clang.align === layout.align && String(clang.bits) === String(layout.bits);
    if (!agree) throw new Unspellable(`the layout of '${shown}' is not clang's`);
    return layout;
  }

  // The class that the module will have, which must be made, and as large as clang says.
  accessorClass(record, fields, shape, { size, bits }) {
    const api = require('../index.js');
    let made;
    try {
      made = (record.union ? api.union : api.struct)(valueOf(fields), shape);
    } catch (error) {
      throw new Unspellable(error.message);
    }
    const moved = record.fields.find(({ name, width }, i) =>
      name !== undefined && width === undefined && made.offsets[name] !== bits[i] / 8);
    if (made.size === size && moved === undefined) return made;
    throw new Unspellable(`its class has not clang's layout: ${moved?.name ?? 'the size'}`);
  }

  writeRecord(record, shown, code) {
    const { fields, ...shape } = this.shapeOf(record);
    const layout = this.checkedLayout(record, shown);
    const made = this.accessorClass(record, fields, shape, layout);
    const { own, members } = this.tree.comments.get(record);
    const lines = Object.entries(fields).map(([name, type]) =>
      `${comment(members.get(name), '  ')}  ${key(name)}: ${textOf(type)},\n`);
    const make = this.value(record.union ? 'union' : 'struct');
    const options = textOf({ name: shown, ...shape });
    const offsets = record.fields.flatMap(({ name, width }, i) =>
      (name === undefined || width !== undefined ? [] : [`${key(name)}: ${layout.bits[i] / 8}`]));
    code.text = this.claim(shown);
    const name = code.text;
    this.blocks.push(
      `${comment(own)}export const ${name} = ${make}({\n${lines.join('')}}, ${options});\n`,
      offsets.length === 0 ? `checkLayout(${name}, ${layout.size}, {});\n`
        : listText('', `checkLayout(${name}, ${layout.size}, { `, offsets, ' });'));
    this.checksLayouts = true;
    return made;
  }

  enumeration(enumeration, place) {
    const plain = enumeration.members === undefined ? 'u32' : enumeration.type;
    const shown = this.nameOf(enumeration);
    if (enumeration.members === undefined || shown === undefined) return plain;
    const name = this.writeEnum(enumeration, shown);
    const typed = { u32: 'NativeU32Enum', i32: 'NativeI32Enum' }[plain];
    if (typed === undefined || place === 'member') return plain;
    return new Code(`'${plain}' as ${this.type(typed)}<${name}>`);
  }

  writeEnum(enumeration, shown) {
    if (this.names.has(enumeration)) return this.names.get(enumeration);
    const name = this.claim(shown);
    this.names.set(enumeration, name);
    const { own, members } = this.tree.comments.get(enumeration);
    const lines = Object.entries(enumeration.members).map(([member, value]) =>
      `${comment(members.get(member), '  ')}  ${key(member)}: ${numberText(value)},\n`);
    this.blocks.push(`${comment(own)}export const ${name} = {\n${lines.join('')}} as const;\n` +
      `export type ${name} = (typeof ${name})[keyof typeof ${name}];\n`);
    return name;
  }

  // Enumerators without an enum's name are constants.
  writeUnnamedEnum(enumeration) {
    for (const [name, value] of Object.entries(enumeration.members)) {
      this.constant(name, numberText(value));
    }
  }

  constant(name, text) {
    if (this.names.has(`constant ${name}`)) return;
    this.names.set(`constant ${name}`, name);
    this.blocks.push(`export const ${this.claim(name)} = ${text};\n`);
  }

  // A function's type: the definition that an UnsafeCallback of it has. What no JavaScript function
  // can be may still be the address of a native one.
  callback(type) {
    const name = type.alias ?? this.place;
    let definition;
    try {
      definition = this.speller.callbackSignature(type);
    } catch (error) {
      if (!(error instanceof Unspellable)) throw error;
      if (!this.names.has(`no callback ${name}`)) {
        this.names.set(`no callback ${name}`, name);
        this.leftOut.push([`callback ${name}`, error.message]);
      }
      return 'function';
    }
    if (!this.names.has(`callback ${name}`)) {
      const free = this.claim(name);
      this.names.set(`callback ${name}`, free);
      const { parameters, result } = definition;
      this.blocks.push(listText('', `export const ${free} = { parameters: [`,
        parameters.map(textOf), `], result: ${textOf(result)} } as const;`));
    }
    const code = new Code(this.names.get(`callback ${name}`));
    return { callback: code, ...(this.options.keeps(this.current) && { keep: true }) };
  }

  // A function, as the parts of its definition; undefined if it is left out. `tail` are types after
  // "...".
  signature(declared, tail) {
    const type = bare(declared.type);
    const parameters = type.parameters.map((parameter, i) => {
      this.place = `${declared.name}_${declared.parameters[i] ?? i}`;
      return this.speller.parameter(parameter.type);
    });
    if (type.variadic) {
      parameters.push('...');
      (tail ?? []).forEach((added, i) => {
        this.place = `${declared.name}_variadic_${i}`;
        parameters.push(this.speller.parameter(added));
      });
    }
    return { parameters, result: this.speller.spell(type.result, 'result') };
  }

  // Adds a symbol called `name`; `more` are further parts of the definition.
  symbol(name, declared, more = {}, tail = undefined) {
    this.current = name;
    try {
      const symbol = declared.symbol?.replace(/^\x01/, '') ?? declared.name;
      const signature = declared.kind === 'variable'
        ? { type: this.speller.variable(declared.type) } : this.signature(declared, tail);
      const { parameters, ...rest } = signature;
      const first = symbol === name ? '' : `name: ${quote(symbol)}, `;
      const last = textOf({ ...rest, ...more }).slice(2);
      const line = parameters === undefined ? `  ${key(name)}: { ${first}${last},\n`
        : listText('  ', `${key(name)}: { ${first}parameters: [`, parameters.map(textOf),
          `], ${last},`, declared.parameters?.map((text) => text?.replace(/^__/, '')));
      this.functions.push({ name, symbol, text: comment(declared.comment, '  ') + line });
    } catch (error) {
      if (!(error instanceof Unspellable)) throw error;
      this.leftOut.push([name, error.message]);
    }
  }
}

const numberText = (value) =>
  (Number.isSafeInteger(Number(value)) ? `${value}` : `${value}n`);

module.exports = { Bindings, identifier, quote };
