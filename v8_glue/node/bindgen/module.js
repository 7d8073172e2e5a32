// module: a header -> the text of a TypeScript module. Internal to `springboard bindgen`.
'use strict';

const { basename } = require('node:path');

const { BindgenError, Clang } = require('./clang.js');
const { isReserved, readMacros, readPreprocessed } = require('./files.js');
const { Bindings, quote } = require('./spell.js');
const { Tree, findPacking, readLayouts } = require('./tree.js');
const { readTypes } = require('../parse/read.js');
const { bare } = require('../parse/types.js');

const CHECK_LAYOUT = `// The layouts that clang has, and this module was made for.
function checkLayout(
  type: { readonly size: number; readonly offsets: Readonly<Record<string, number>> },
  size: number, offsets: Readonly<Record<string, number>>,
): void {
  const moved = Object.keys(offsets).find((name) => type.offsets[name] !== offsets[name]);
  if (type.size === size && moved === undefined) return;
  throw new Error(\`the layout of a struct differs from the header's: \${moved ?? 'its size'}\`);
}
`;

// A predicate of names that "open,sqlite3_*" stands for; `otherwise` where nothing is said.
function matcher(patterns, otherwise) {
  const list = patterns.flatMap((pattern) => pattern.split(',')).filter((text) => text !== '');
  if (list.length === 0) return () => otherwise;
  const expressions = list.map((text) => new RegExp(`^${text.replace(/\*/g, '.*')}$`));
  return (name) => expressions.some((expression) => expression.test(name));
}

// "long=curl_easy_setopt(long)" -> what it says of a variadic function.
function readShape(text) {
  const [, name, symbol, types] = /^\s*(\w+)\s*=\s*(\w+)\s*\(([^]*)\)\s*$/.exec(text) ?? [];
  if (name === undefined) {
    throw new BindgenError(`--variadic ${text}: expected NAME=FUNCTION(TYPE, ...)`);
  }
  return { name, symbol, types };
}

function addFunctions(bindings, options, functions) {
  const only = matcher(options.only, true);
  const nonblocking = matcher(options.nonblocking, false);
  for (const declared of functions.values()) {
    const { name } = declared;
    if (declared.static) {
      bindings.leftOut.push([name, 'a function of the header, which no library has']);
      continue;
    }
    if (declared.type === undefined || !only(name)) continue;
    bindings.symbol(name, declared);
    if (nonblocking(name)) bindings.symbol(`${name}_nonblocking`, declared, { nonblocking: true });
  }
  for (const { name, symbol, types } of options.variadic.map(readShape)) {
    const declared = functions.get(symbol);
    if (declared?.type === undefined || !bare(declared.type).variadic) {
      throw new BindgenError(`--variadic ${name}: the header has no variadic function '${symbol}'`);
    }
    bindings.symbol(name, declared, {}, readTail(types, name, bindings.tree.scope));
  }
}

function readTail(types, name, scope) {
  try {
    return readTypes(types, scope);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new BindgenError(`--variadic ${name}: ${error.message.split('\n')[0]}`);
  }
}

// The functions, each once: a header may declare one again.
function ownFunctions(tree) {
  const functions = new Map();
  for (const declared of tree.own) {
    if (declared.kind === 'variable') declared.type = tree.type(declared.printed, declared.name);
    if (!['function', 'variable'].includes(declared.kind)) continue;
    if (isReserved(declared.name)) continue;
    const known = functions.get(declared.name);
    functions.set(declared.name, known?.comment ? known : declared);
  }
  return functions;
}

// What the header declares beside functions, all of it or, with --only, what functions use.
function addTypes(bindings, options) {
  const constants = matcher(options.constants, options.only.length === 0);
  for (const { kind, record, enum: found } of bindings.tree.own) {
    if (kind === 'enum' && bindings.nameOf(found) === undefined) {
      if (constants(Object.keys(found.members)[0])) bindings.writeUnnamedEnum(found);
    } else if (kind === 'enum') {
      const name = bindings.nameOf(found);
      if (options.only.length === 0 || constants(name)) bindings.writeEnum(found, name);
    } else if (kind === 'record' && options.only.length === 0 &&
               bindings.nameOf(record) !== undefined) {
      try {
        bindings.record(record);
      } catch {
        // It is in the list of what is left out.
      }
    }
  }
}

// Symbols that the library lacks would keep it from opening.
function dropMissing(bindings, library) {
  const { dlopen } = require('../index.js');
  const definitions = Object.fromEntries(bindings.functions.map(({ symbol }) =>
    [symbol, { parameters: [], result: 'void', optional: true }]));
  let opened;
  try {
    opened = dlopen(library, definitions);
  } catch (error) {
    throw new BindgenError(`-l ${library}: ${error.message}`);
  }
  bindings.functions = bindings.functions.filter(({ name, symbol }) => {
    if (opened.symbols[symbol] !== null) return true;
    bindings.leftOut.push([name, `${library} does not have it`]);
    return false;
  });
  opened.close();
}

function headOf(bindings, options) {
  if (options.deno) return '';
  const names = [...[...bindings.imports].sort(),
    ...[...bindings.typeImports].sort().map((name) => `type ${name}`)];
  return `import {\n${names.map((name) => `  ${name},\n`).join('')}} from 'springboard-ffi';\n`;
}

function libraryOf(bindings, options) {
  const functions = bindings.functions.map(({ text }) => text).join('');
  const dlopen = bindings.value('dlopen');
  const definitions = `export const definitions = {\n${functions}} as const;\n`;
  if (options.library === undefined) {
    return `${definitions}\n/** Opens the library at \`path\`. */\n` +
      `export function open(path: string) {\n  return ${dlopen}(path, definitions);\n}\n`;
  }
  return `${definitions}\n` +
    `export const library = ${dlopen}(${quote(options.library)}, definitions);\n` +
    'export const { symbols } = library;\n';
}

const leftOutText = (leftOut) => (leftOut.length === 0 ? '// Nothing was left out.\n'
  : `// Left out:\n${leftOut.map(([name, why]) =>
    `//   ${name}: ${why.replace(/\s+/g, ' ')}\n`).join('')}`);

// The module of `header`. Throws a BindgenError.
function makeModule(header, options) {
  const clang = new Clang(options.clang, options.flags);
  // The table of types is that of this package's systems.
  const target = clang.target();
  if (!/^(x86_64|aarch64)-.*linux/.test(target)) {
    throw new BindgenError(
        `modules are for x86_64 and aarch64 Linux, clang compiles for ${target}`);
  }
  const file = clang.find(header);
  const preprocessed = readPreprocessed(clang.preprocessed(file), file);
  const tree = new Tree(clang.syntaxTree(file, options.allComments), preprocessed.files);
  const layouts = readLayouts(clang.layouts(file), tree);
  findPacking(tree, layouts);
  const bindings = new Bindings(tree, layouts, {
    keeps: matcher(options.keep, false), bytes: matcher(options.bytes, false),
    types: options.deno ? 'Deno.' : '',
  });

  addTypes(bindings, options);
  addFunctions(bindings, options, ownFunctions(tree));
  if (options.library !== undefined) dropMissing(bindings, options.library);
  const macros = readMacros(preprocessed.macros, (names) => clang.integers(file, names));
  const wanted = matcher(options.constants, options.only.length === 0);
  for (const [name, text] of macros.constants) if (wanted(name)) bindings.constant(name, text);

  const library = libraryOf(bindings, options);
  // A macro that stands for the function of its name is no loss.
  const functions = new Set(bindings.functions.map(({ name }) => name));
  const leftOut = [...bindings.leftOut, ...tree.problems, ...macros.leftOut]
    .filter(([name]) => matcher(options.only, true)(name) && !functions.has(name));
  return [
    `// ${basename(file)}: bindings that \`springboard bindgen\` wrote. Do not edit.\n//\n` +
      `// Made from ${header === file ? file : `<${header}>`} with ${clang.version()},\n` +
      `// for ${target}.\n`,
    headOf(bindings, options),
    bindings.checksLayouts ? CHECK_LAYOUT : '',
    bindings.blocks.join(''),
    library,
    leftOutText(leftOut),
  ].filter((part) => part !== '').join('\n');
}

module.exports = { BindgenError, makeModule };
