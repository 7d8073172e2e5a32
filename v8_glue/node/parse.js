// parse: C declarations -> the definitions that dlopen takes, and the types among them. What comes
// out is plain data, made anew each time; docs/bindgen.md says what C's types become.
//
// The parser, and everything in parse/, is loaded when the first text is parsed.
'use strict';

const typeName = (value) => (value === null ? 'null' : typeof value);

function parse(source) {
  if (typeof source !== 'string') {
    throw new TypeError(`parse: expected C declarations in a string, got ${typeName(source)}`);
  }
  const { definitionsOf } = require('./parse/definitions.js');
  const { read } = require('./parse/read.js');
  return definitionsOf(read(source));
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
