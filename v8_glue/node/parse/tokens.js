// tokens: C text -> its words, numbers, literals and signs; and the words that mean something.
// Internal to the package.
'use strict';

const { CSyntaxError } = require('./error.js');

const TOKEN = new RegExp([
  /(?<space>(?:[ \t\r\n\f\v]|\\\r?\n|\/\/[^\n]*|\/\*[^]*?\*\/)+)/,
  /(?<text>"(?:[^"\\\n]|\\[^])*"|(?:L|u8?|U)?'(?:[^'\\\n]|\\[^])*')/,
  /(?<word>[\p{ID_Start}_$][\p{ID_Continue}$]*)/,
  /(?<number>\.?\d(?:[eEpP][+-]|[\w.])*)/,
  /(?<sign>\.\.\.|<<|>>|&&|\|\||[<>=!]=|[^])/,
].map(({ source }) => source).join('|'), 'guy');

const BASIC = new Set(['void', 'char', 'short', 'int', 'long', 'float', 'double', 'signed',
  '__signed', '__signed__', 'unsigned', '_Bool', 'bool', '_Complex', '__complex__', '__int128',
  '__int128_t', '__uint128_t', '_Float16', '__float128', '_Float128', '__builtin_va_list']);

// Types of the standard headers, which a declaration may use without declaring them.
const STANDARD = ['size_t', 'ssize_t', 'ptrdiff_t', 'intptr_t', 'uintptr_t', 'intmax_t',
  'uintmax_t', 'int8_t', 'uint8_t', 'int16_t', 'uint16_t', 'int32_t', 'uint32_t', 'int64_t',
  'uint64_t', 'wchar_t', 'char16_t', 'char32_t', 'time_t', 'off_t', 'va_list', 'FILE'];

const DROPPED = new Set(['volatile', '__volatile', '__volatile__', 'restrict', '__restrict',
  '__restrict__', '__extension__', 'inline', '__inline', '__inline__', '_Noreturn', 'register',
  '__cdecl', '__stdcall', '_Nonnull', '_Nullable', '_Null_unspecified']);
const CONST = new Set(['const', '__const', '__const__']);
const TAGS = new Set(['struct', 'union', 'enum']);
const KEYWORDS = [BASIC, CONST, DROPPED, TAGS];
const REFUSED = new Set(['_Atomic', '_Thread_local', 'thread_local', '__thread', '_Static_assert',
  'static_assert', '_Generic', 'typeof', '__typeof__', '__typeof', '__auto_type', '__declspec',
  '_BitInt', '_Decimal32', '_Decimal64', '_Decimal128']);
// Names in C, keywords in C++, whose grammar the parser has.
const CXX_WORDS = new Set(['class', 'new', 'delete', 'template', 'this', 'private', 'protected',
  'public', 'namespace', 'operator', 'typename', 'virtual', 'using', 'friend', 'explicit', 'try',
  'catch', 'throw', 'mutable', 'true', 'false', 'nullptr', 'concept', 'requires', 'final',
  'override', 'import', 'export', 'module', 'decltype', 'noexcept', 'co_await', 'co_yield',
  'co_return', 'constexpr', 'consteval', 'constinit', 'auto']);
// Names like others, to which the parser gives a meaning.
const PARSERS_WORDS = new Set([...STANDARD, 'bool', 'charptr_t', 'char8_t', 'char64_t', 'TRUE',
  'FALSE', 'NULL', '_unaligned']);

function tokenize(source) {
  const tokens = [];
  TOKEN.lastIndex = 0;
  let lineStart = true;
  for (let match = TOKEN.exec(source); match !== null; match = TOKEN.exec(source)) {
    const { index: from, groups } = match;
    const kind = Object.keys(groups).find((name) => groups[name] !== undefined);
    const text = match[0];
    if (kind === 'space') {
      lineStart ||= text.includes('\n');
      continue;
    }
    if (text === '#' && lineStart) {
      throw new CSyntaxError(source, from,
          'the preprocessor is not supported, expected declarations; ' +
            'springboard bindgen reads headers');
    }
    if (kind === 'sign' && (text === '"' || text === "'")) {
      throw new CSyntaxError(source, from, `expected a closing ${text}`);
    }
    if (text === '/' && source[from + 1] === '*') {
      throw new CSyntaxError(source, from, "expected '*/': the comment has no end");
    }
    tokens.push({ kind, text, from, to: from + text.length });
    lineStart = false;
  }
  return tokens;
}

module.exports = {
  BASIC, CONST, CXX_WORDS, DROPPED, KEYWORDS, PARSERS_WORDS, REFUSED, STANDARD, TAGS, tokenize,
};
