// files: which files are the header's own, and the macros in them, out of clang's preprocessed
// text. Internal to `springboard bindgen`.
'use strict';

const { isUtf8 } = require('node:buffer');

// Flags of a line marker (gcc, "Preprocessor Output").
const SYSTEM_HEADER = '3';

// A header is the main header's own if clang does not call it the system's: if it was included by
// "name" from one that is. The C library's own headers keep their declarations in bits/.
function isOwn(file, flags, own) {
  if (file.startsWith('<')) return false;
  if (!flags.includes(SYSTEM_HEADER)) return true;
  return file.includes('/bits/') && own;
}

// { files: the header's own, macros: name -> { body, parameters } of those in them }.
function readPreprocessed(text, header) {
  const files = new Set([header]);
  const macros = new Map();
  const open = [];
  let file;
  for (const line of text.split('\n')) {
    const marker = /^# \d+ "((?:[^"\\]|\\.)*)"((?: \d)*)$/.exec(line);
    if (marker !== null) {
      const flags = marker[2].trim().split(' ');
      if (flags.includes('1')) open.push(file);
      if (flags.includes('2')) open.pop();
      file = marker[1].replace(/\\(.)/g, '$1');
      if (isOwn(file, flags, files.has(open.at(-1)))) files.add(file);
      continue;
    }
    if (!files.has(file)) continue;
    const define = /^#define (\w+)(\([^)]*\))?(?: (.*))?$/.exec(line);
    if (define !== null) {
      macros.set(define[1], { body: (define[3] ?? '').trim(), parameters: define[2] });
    }
    const undefine = /^#undef (\w+)/.exec(line);
    if (undefine !== null) macros.delete(undefine[1]);
  }
  return { files, macros };
}

const LITERAL = /^(?:u8)?"((?:[^"\\\n]|\\.)*)"/;
const ESCAPES = {
  __proto__: null, n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v',
};

// The text of a literal's inside; undefined if its bytes are no UTF-8.
function unescape(text) {
  const bytes = [];
  const whole = /\\(x[\da-fA-F]+|[0-7]{1,3}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|.)|[^\\]+/g;
  for (const [plain, escape] of text.matchAll(whole)) {
    if (escape === undefined) bytes.push(Buffer.from(plain));
    else if (/^x./.test(escape)) bytes.push(Buffer.of(parseInt(escape.slice(1), 16)));
    else if (/^[0-7]/.test(escape)) bytes.push(Buffer.of(parseInt(escape, 8)));
    else if (/^[uU]./.test(escape)) {
      bytes.push(Buffer.from(String.fromCodePoint(parseInt(escape.slice(1), 16))));
    } else bytes.push(Buffer.from(ESCAPES[escape] ?? escape));
  }
  const all = Buffer.concat(bytes);
  return isUtf8(all) ? all.toString() : undefined;
}

// The string that literals and names of strings make, one after the other; undefined if `body` is
// something else.
function stringOf(body, macros, depth = 0) {
  let rest = body.replace(/^\((.*)\)$/, '$1').trim();
  if (rest === '' || depth > 20) return undefined;
  let value = '';
  while (rest !== '') {
    const literal = LITERAL.exec(rest);
    const [name] = /^\w+/.exec(rest) ?? [];
    const part = literal !== null
      ? unescape(literal[1]) : name && stringOf(macros.get(name)?.body ?? '', macros, depth + 1);
    if (part === undefined) return undefined;
    value += part;
    rest = rest.slice((literal?.[0] ?? name).length).trim();
  }
  return value;
}

const FLOAT =
  /^([+-]?)\s*((?:\d+\.\d*|\.\d+|\d+(?=[eE]))(?:[eE][+-]?\d+)?)(?:[fFlLqQ]|[fF]\d+x?)?$/;

// Exact for up to 53 bits, which a double has.
const HEX_FLOAT = /^([+-]?)\s*0[xX]([\da-fA-F]*)\.?([\da-fA-F]*)[pP]([+-]?\d+)[fFlL]?$/;

// The number that a floating literal is; undefined if `body` is none.
function floatOf(body, macros, depth = 0) {
  const text = body.replace(/^\((.*)\)$/, '$1').trim();
  const [, sign, digits] = FLOAT.exec(text) ?? [];
  if (digits !== undefined) return Number(sign + digits);
  const [, minus, whole, part, power] = HEX_FLOAT.exec(text) ?? [];
  if (power !== undefined) {
    const value = parseInt(whole + part || '0', 16) * 2 ** (Number(power) - 4 * part.length);
    return minus === '-' ? -value : value;
  }
  if (depth > 20 || !/^\w+$/.test(text) || !macros.has(text)) return undefined;
  return floatOf(macros.get(text).body, macros, depth + 1);
}

// The compiler's and the C library's own names (C17 7.1.3), which are not even left out.
const isReserved = (name) => /^_[_A-Z]/.test(name);

// { constants: [[name, text of a JavaScript literal]], leftOut: [[name, why]] }. `integers` gives
// the values of those bodies that are constant integers, as Clang.integers.
function readMacros(macros, integers) {
  const constants = [];
  const leftOut = [];
  const names = [];
  for (const [name, { body, parameters }] of macros) {
    if (isReserved(name) || body === '') continue;
    if (parameters !== undefined) {
      leftOut.push([name, 'a macro with parameters']);
      continue;
    }
    names.push(name);
  }
  const values = integers(names);
  names.forEach((name, i) => {
    const { body } = macros.get(name);
    const value = values[i];
    const other = stringOf(body, macros) ?? floatOf(body, macros);
    if (value !== undefined) {
      constants.push([name, Number.isSafeInteger(Number(value)) ? `${value}` : `${value}n`]);
    } else if (other !== undefined) {
      constants.push([name, JSON.stringify(other)]);
    } else {
      leftOut.push([name, `a macro that is no constant: ${body}`]);
    }
  });
  return { constants, leftOut };
}

module.exports = { isReserved, readMacros, readPreprocessed };
