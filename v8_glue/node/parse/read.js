// read: C text -> a Scope with everything that it declares. Internal to the package.
'use strict';

const { Reader, Scope } = require('./declarations.js');
const { childrenOf: children, isDeclarator, parseTree } = require('./tree.js');
const { bare, isSame } = require('./types.js');

const NOT_C = new Set(['NamespaceDefinition', 'TemplateDeclaration', 'ClassSpecifier',
  'UsingDeclaration', 'AliasDeclaration', 'ConceptDefinition', 'TemplateInstantiation',
  'ExportDeclaration', 'ImportDeclaration', 'ModuleDeclaration']);

function typedefsOf(node, reader, scope) {
  const base = reader.specifier(node);
  for (const child of children(node).filter(isDeclarator)) {
    const { name, type } = reader.declarator(child, base);
    if (name === undefined) reader.tree.fail(child, 'expected a name');
    const known = scope.typedefs.get(name);
    if (known !== undefined && !isSame(known, type)) {
      reader.tree.fail(child, `the type '${name}' is declared twice, and not the same`);
    }
    scope.typedefs.set(name, type);
    // The struct's, or enum's, own name where it has none.
    const plain = bare(type);
    const own = plain.record ?? plain.enum;
    if (own !== undefined && own.tag === undefined) own.alias ??= name;
    if (plain.record !== undefined) plain.record.name ??= name;
  }
}

function checkResult(reader, node, { result }) {
  const { kind } = bare(result);
  if (kind === 'array') reader.tree.fail(node, 'a function cannot return an array');
  if (kind === 'function') reader.tree.fail(node, 'a function cannot return a function');
}

function declarationOf(node, reader, scope) {
  const base = reader.specifier(node);
  const attributes = reader.attributes.of(node);
  for (const child of children(node).filter(isDeclarator)) {
    const { name, type } = reader.declarator(child, base);
    if (name === undefined) reader.tree.fail(child, 'expected a name');
    const plain = bare(type);
    const isFunction = plain.kind === 'function';
    if (isFunction) checkResult(reader, child, plain);
    const known = scope.functions.get(name) ?? scope.variables.get(name);
    if (known !== undefined && !isSame(known.type, plain)) {
      reader.tree.fail(child, `'${name}' is declared twice, and not the same`);
    }
    (isFunction ? scope.functions : scope.variables)
      .set(name, { ...known, name, type: plain, node: child, ...attributes });
  }
}

function readItem(node, reader, scope) {
  const { tree } = reader;
  switch (node.name) {
    case 'TypeDefinition': return typedefsOf(node, reader, scope);
    case 'Declaration': return declarationOf(node, reader, scope);
    case 'StructSpecifier': case 'UnionSpecifier': case 'EnumSpecifier':
      return void reader.specifierOf(node);
    case 'LinkageSpecification':
      for (const child of children(node.getChild('CompoundStatement') ?? node)) {
        if (!/^([{};]|extern|String)$/.test(child.name)) readItem(child, reader, scope);
      }
      return undefined;
    case 'FunctionDefinition':
      return tree.fail(node.getChild('CompoundStatement') ?? node,
          'a function body is not supported, expected a declaration');
    case 'ExpressionStatement':
      if (tree.textOf(node) === ';') return undefined;
    // falls through
    default:
      if (NOT_C.has(node.name)) {
        tree.fail(node, `C++ is not supported, got '${tree.textOf(node).split(/\s/)[0]}'`);
      }
      // `name name2(...)`, or a call: the first name is no type.
      return tree.fail(node, `expected a declaration, got '${tree.textOf(node)}'`);
  }
}

// Reads `source`; `scope` may have names already. Throws a SyntaxError.
function read(source, scope = new Scope()) {
  const tree = parseTree(source, scope.typedefs.keys());
  const reader = new Reader(tree, scope);
  for (const node of children(tree.top)) {
    if (node.name !== ';') readItem(node, reader, scope);
  }
  reader.attributes.check();
  return { scope, tree };
}

// The types of a list of parameters, like "int (*)(void *), long", by the names of `scope`.
function readTypes(text, scope) {
  const tree = parseTree(`void types(${text});`, scope.typedefs.keys());
  const reader = new Reader(tree, scope);
  const [declaration] = children(tree.top);
  const list = declaration.getChild('FunctionDeclarator')?.getChild('ParameterList');
  if (!list) tree.fail(declaration, `expected types, got '${text}'`);
  const types = list.getChildren('ParameterDeclaration').map((node) => reader.declared(node).type);
  reader.attributes.check();
  return types;
}

module.exports = { read, readTypes };
