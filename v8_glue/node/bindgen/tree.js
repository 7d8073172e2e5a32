// tree: clang's syntax tree -> a Scope (parse/declarations.js) with what a header declares, and
// where each thing is declared. Internal to `springboard bindgen`.
//
// clang prints types as C; they are read by the parser of parse/. It prints a file and a line only
// where they differ from those that it printed last, so the tree is walked whole, in its order.
'use strict';

const { readTypes } = require('../parse/read.js');
const { Scope } = require('../parse/declarations.js');
const { computeLayout } = require('../parse/layout.js');
const { SCALARS, isSame, scalarOf } = require('../parse/types.js');

// Structs without a tag are named by their place, which is how clang prints them.
const UNNAMED = new RegExp([
  /(struct|union|enum) (?:[\w:]+::)?\((?:unnamed|anonymous)(?: struct| union| enum)?/,
  / at (.*?):(\d+):(\d+)\)/,
].map(({ source }) => source).join(''), 'g');

const LARGEST_ALIGNMENT = 16; // of `aligned` without a number

// What va_list is on x86-64 (AMD64 psABI 3.5.7), and as a parameter.
const VA_LIST = /struct __va_list_tag(?: ?\*|\[1\])/g;

// Typedefs, read when they are used: clang has checked that the names are there.
class Typedefs extends Map {
  constructor(scope) {
    super();
    this.scope = scope;
  }

  get(name) {
    const found = super.get(name);
    if (typeof found?.text !== 'string') return found;
    const [type] = readTypes(found.text, this.scope);
    this.set(name, type);
    return type;
  }
}

function textOfComment(node) {
  const lines = [];
  const walk = ({ kind, text, name, param, inner = [] }) => {
    if (kind === 'TextComment') lines.push(text);
    else if (/^(Inline|Block)CommandComment$/.test(kind)) lines.push(`@${name}`);
    else if (kind === 'ParamCommandComment') lines.push(`@param ${param}`);
    else if (/^Verbatim(Block)?LineComment$/.test(kind)) lines.push(text);
    inner.forEach(walk);
    if (kind === 'ParagraphComment') lines.push('');
  };
  walk(node);
  return lines.map((line) => (line ?? '').trim()).join('\n').replace(/\n{2,}/g, '\n\n')
    .replace(/^(@\w+(?: \w+)?)\n+(?=\S)/gm, '$1 ').trim();
}

class Tree {
  constructor(top, ownFiles) {
    this.ownFiles = ownFiles;
    this.files = [];
    this.file = undefined;
    this.line = undefined;
    this.scope = new Scope();
    this.scope.typedefs = new Typedefs(this.scope);
    // What the header itself declares: { kind, name, comment, ... }, in its order.
    this.own = [];
    this.problems = []; // [name, why]
    this.comments = new Map(); // record, enum -> { own, members: name -> text }
    this.records = [];
    this.unnamed = new Map(); // a node's id -> "struct unnamed_..."
    this.pressed = [];
    this.declare(top);
    for (const finish of this.records) finish();
  }

  locate(place) {
    if (typeof place !== 'object' || place === null) return;
    for (const [key, value] of Object.entries(place)) {
      if (key === 'file') this.file = value;
      else if (key === 'line') this.line = value;
      else if (key !== 'includedFrom') this.locate(value);
    }
  }

  // Walks a declaration: gives each its place, then takes it.
  declare(node) {
    for (const [key, value] of Object.entries(node)) {
      if (key === 'loc') {
        this.locate(value);
        node.file = this.file;
        node.at = `${this.file}:${this.line}:${value.col ?? value.expansionLoc?.col}`;
      } else if (key === 'range') {
        this.locate(value);
      } else if (key === 'inner') {
        value.forEach((child) => this.declare(child));
      }
    }
    TAKE[node.kind]?.(this, node);
  }

  // A name for a place in a file, the same each time.
  placeName(file, line, column) {
    let index = this.files.indexOf(file);
    if (index === -1) index = this.files.push(file) - 1;
    return `unnamed_${index}_${line}_${column}`;
  }

  tagOf(node) {
    if (node.name !== undefined) return node.name;
    const [, file, line, column] = /^(.*):(\d+):(\d+)$/.exec(node.at);
    const tag = this.placeName(file, line, column);
    this.unnamed.set(node.id, `${node.tagUsed ?? 'enum'} ${tag}`);
    return tag;
  }

  typeText({ qualType }) {
    return qualType.replace(VA_LIST, 'va_list').replace(UNNAMED, (_, kind, file, line, column) =>
      `${kind} ${this.placeName(file, line, column)}`);
  }

  // The type that clang printed, or undefined, noted with its reason.
  type(printed, name) {
    try {
      return readTypes(this.typeText(printed), this.scope)[0];
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      const why = error.message.split('\n')[0].replace(/^line \d+, column \d+: /, '');
      this.problems.push([name, `'${printed.qualType}': ${why}`]);
      return undefined;
    }
  }

  isOwn(node) {
    return this.ownFiles.has(node.file) && node.isImplicit !== true;
  }
}

// The value of a constant expression among a node's children, which a conversion may surround.
function constantIn({ inner = [] }) {
  for (const child of inner) {
    if (child.kind === 'ConstantExpr') return BigInt(child.value);
    if (child.kind === 'ImplicitCastExpr') return constantIn(child);
  }
  return undefined;
}

// What `aligned` attributes ask for; the value is an expression that clang has printed.
function alignmentOf({ inner = [] }) {
  const values = inner.filter(({ kind }) => kind === 'AlignedAttr')
    .map((attribute) => Number(constantIn(attribute) ?? LARGEST_ALIGNMENT));
  return values.length === 0 ? undefined : Math.max(...values);
}

const commentOf = (node) => {
  const comment = node.inner?.find(({ kind }) => kind === 'FullComment');
  return comment === undefined ? '' : textOfComment(comment);
};

function takeRecord(tree, node) {
  const kind = node.tagUsed;
  const record = tree.scope.record(kind, tree.tagOf(node));
  if (node.name === undefined) record.name = undefined;
  if (node.completeDefinition !== true) return;
  const inner = node.inner ?? [];
  const attribute = (name) => inner.find((child) => child.kind === name);
  record.at = node.at;
  if (attribute('PackedAttr')) record.packed = true;
  else if (attribute('MaxFieldAlignmentAttr')) tree.pressed.push(record);
  const align = alignmentOf(node);
  if (align !== undefined) record.align = align;
  const members = new Map();
  tree.comments.set(record, { own: commentOf(node), members });
  if (tree.isOwn(node)) tree.own.push({ kind: 'record', record });
  const fieldNodes = inner.filter((child) => child.kind === 'FieldDecl');
  record.fields = [];
  tree.records.push(() => {
    for (const field of fieldNodes) {
      const type = tree.type(field.type, `${record.name ?? kind}.${field.name ?? ''}`);
      if (type === undefined) {
        record.broken = `its field '${field.name}' is not supported`;
        continue;
      }
      const made = { name: field.name, type };
      if (field.isBitfield) {
        made.width = Number(constantIn(field));
      }
      const align = alignmentOf(field);
      if (align !== undefined) made.align = align;
      if (field.inner?.some((child) => child.kind === 'PackedAttr')) made.packed = true;
      members.set(field.name, commentOf(field));
      record.fields.push(made);
    }
  });
}

function takeEnum(tree, node) {
  const found = tree.scope.enumeration(tree.tagOf(node));
  if (node.name === undefined) found.unnamed = true;
  const members = new Map();
  const values = {};
  let next = 0n;
  let least = 0n;
  for (const child of node.inner ?? []) {
    if (child.kind !== 'EnumConstantDecl') continue;
    const number = constantIn(child) ?? next;
    next = number + 1n;
    if (number < least) least = number;
    values[child.name] = number;
    members.set(child.name, commentOf(child));
  }
  if (members.size === 0) return;
  found.members = values;
  const wide = Object.values(values).some((value) => value > 0xffffffffn || value < -0x80000000n);
  found.type = (least < 0n ? 'i' : 'u') + (wide ? '64' : '32');
  tree.comments.set(found, { own: commentOf(node), members });
  if (tree.isOwn(node)) tree.own.push({ kind: 'enum', enum: found });
}

const TAKE = {
  __proto__: null,
  RecordDecl: takeRecord,
  EnumDecl: takeEnum,
  TypedefDecl(tree, node) {
    if (/va_list$/.test(node.name)) return;
    // A header may mean something else by one of them: typedef int bool.
    if (SCALARS[node.name] !== undefined) {
      const type = tree.type(node.type, node.name);
      if (type === undefined || isSame(type, { kind: 'scalar', name: node.name })) return;
    }
    // clang calls a struct without a tag by the name that a typedef gives it.
    const owned = tree.unnamed.get(node.inner?.[0]?.ownedTagDecl?.id);
    const text = owned === undefined ? tree.typeText(node.type)
                                     : node.type.qualType.replace(/\w+ \w+/, owned);
    tree.scope.typedefs.set(node.name, { text });
    const [, kind, tag] = /^(struct|union|enum) (\w+)$/.exec(text) ?? [];
    if (kind === 'enum') tree.scope.enumeration(tag).alias ??= node.name;
    else if (kind !== undefined) tree.scope.record(kind, tag).alias ??= node.name;
  },
  FunctionDecl(tree, node) {
    if (!tree.isOwn(node)) return;
    const body = node.inner?.some(({ kind }) => kind === 'CompoundStmt');
    const names = (node.inner ?? []).filter(({ kind }) => kind === 'ParmVarDecl');
    tree.own.push({ kind: 'function', name: node.name, printed: node.type, comment: commentOf(node),
      parameters: names.map(({ name }) => name), symbol: node.mangledName,
      static: node.storageClass === 'static' || (node.inline && body) });
  },
  VarDecl(tree, node) {
    if (!tree.isOwn(node) || node.storageClass !== 'extern') return;
    tree.own.push({
      kind: 'variable', name: node.name, printed: node.type, comment: commentOf(node),
    });
  },
};

const LAYOUT = new RegExp([
  /^Type: (.*)\n\nLayout: <ASTRecordLayout\n\s*Size:(\d+)/,
  /[^]*?Alignment:(\d+)[^]*?FieldOffsets: \[([^\]]*)\]/,
].map(({ source }) => source).join(''), 'gm');

// What clang does not print: the number of the #pragma pack that a record is under. It is the
// largest that gives clang's layout; of records in records the inner ones come first.
function findPacking(tree, layouts) {
  for (const record of tree.pressed) {
    const clang = layouts.get(`${record.union ? 'union' : 'struct'} ${record.tag}`);
    if (clang === undefined || record.broken) continue;
    record.packed = [16, 8, 4, 2, 1].find((packed) => {
      const { size, align, bits } = computeLayout({ ...record, packed }, scalarOf);
      return size === clang.size && align === clang.align && String(bits) === String(clang.bits);
    });
  }
}

// What clang says of records: tag text -> { size, align, bits }, in bytes and bits.
function readLayouts(text, tree) {
  const layouts = new Map();
  for (const [, type, size, align, offsets] of text.matchAll(LAYOUT)) {
    layouts.set(tree.typeText({ qualType: type }), {
      size: size / 8, align: align / 8,
      bits: offsets === '' ? [] : offsets.split(', ').map(Number),
    });
  }
  return layouts;
}

module.exports = { Tree, constantIn, findPacking, readLayouts };
