// cstring: JavaScript strings as C's, both ways; the fast stub copies short ones to the stack.

import assert from 'node:assert/strict';
import test from 'node:test';

import {
  UnsafeCallback, UnsafeFnPointer, UnsafePointer, assertTier, collect, counts, heat, open, site,
  typeError,
} from './support.mjs';

const LONGEST_ON_STACK = 255;
const { symbols } = open('cstrings', {
  string_calls: { parameters: [], result: 'u32' },
  string_length: { parameters: ['cstring'], result: 'i32' },
  later_length: {
    name: 'string_length', parameters: ['cstring'], result: 'i32', nonblocking: true,
  },
  leaf_length: { name: 'string_length', parameters: ['cstring'], result: 'i32', leaf: true },
  string_copy: { parameters: ['buffer', 'u32', 'cstring'], result: 'i32' },
  strings_equal: { parameters: ['cstring', { cstring: 'u8' }], result: 'i32' },
  string_lengths: {
    parameters: ['cstring', 'cstring', 'i32', 'cstring', 'f64', 'cstring', 'cstring', 'cstring',
      'cstring'],
    result: 'u64',
  },
  string16_length: { parameters: ['cstring16'], result: 'i32' },
  string16_at: { parameters: ['cstring16', 'u32'], result: 'u32' },
  string32_length: { parameters: ['cstring32'], result: 'i32' },
  wide_length: { name: 'string32_length', parameters: ['wcstring'], result: 'i32' },
  string32_at: { parameters: ['cstring32', 'u32'], result: 'u32' },
  string_keep: { parameters: ['buffer', 'u32'], result: 'void' },
  string_kept: { parameters: ['u32'], result: 'cstring' },
  kept_later: { name: 'string_kept', parameters: ['u32'], result: 'cstring', nonblocking: true },
  kept16: { name: 'string_kept', parameters: ['u32'], result: 'cstring16' },
  kept32: { name: 'string_kept', parameters: ['u32'], result: { cstring: 'u32' } },
  string_of: { parameters: ['cstring'], result: 'cstring' },
  string_double: { parameters: ['cstring'], result: { cstring: 'u8', free: 'string_give' } },
  double_later: {
    name: 'string_double', parameters: ['cstring'], result: { cstring: 'u8', free: 'string_give' },
    nonblocking: true,
  },
  string_nothing: { parameters: [], result: { cstring: 'u8', free: 'string_give' } },
  string16_made: { parameters: [], result: { cstring: 'u16', free: 'string_give' } },
  strings_alive: { parameters: [], result: 'i32' },
  string_through: { parameters: ['cstring', 'function'], result: 'i32' },
  string_variable: { type: 'cstring' },
});

const bytesOf = (text) => {
  const bytes = new Uint8Array(4096);
  const length = symbols.string_copy(bytes, 4096, text);
  assert.equal(bytes[length], 0);
  return bytes.slice(0, length);
};
const utf8 = (text) => new TextEncoder().encode(text);
const ascii = (count) =>
  Array.from({ length: count }, (_, i) => String.fromCharCode(i % 127 + 1)).join('');

test('text of every length and width arrives as UTF-8', () => {
  for (let count = 0; count < 600; count += 1) {
    assert.deepEqual(bytesOf(ascii(count)), utf8(ascii(count)));
  }
  for (const text of ['\u00e9', '\u00ff'.repeat(300), 'a\u0100', '\u07ff\u0800\uffff',
    '\u{10000}x\u{10ffff}', 'na\u00efve \u4e16\u754c \u{1f600}', `${'a'.repeat(400)}\u{1f600}`]) {
    assert.deepEqual(bytesOf(text), utf8(text));
  }
});

test('strings of several pieces', () => {
  const left = ascii(40);
  let rope = left;
  for (let i = 0; i < 10; i += 1) rope = rope + left;
  assert.deepEqual(bytesOf(rope), utf8(left.repeat(11)));
  assert.deepEqual(bytesOf(rope.slice(3, 90)), utf8(left.repeat(11).slice(3, 90)));
  assert.equal(symbols.string_length(String(123456789)), 9);
  assert.equal(symbols.strings_equal('abc', ['a', 'b', 'c'].join('')), 1);
});

test('null is a null pointer', () => {
  assert.equal(symbols.string_length(null), -1);
  assert.equal(symbols.strings_equal(null, null), 1);
  assert.equal(symbols.string16_length(null), -1);
  assert.equal(symbols.string32_length(null), -1);
});

const wrong = [
  [5, 'expected null, or string: symbol \'string_length\', parameter 0: got number'],
  [undefined, 'got undefined'],
  [{}, 'got'],
  [new String('x'), 'got'],
  [Symbol('x'), 'got symbol'],
  ['a\0b', 'expected well-formed text without zero characters: symbol \'string_length\', ' +
    'parameter 0: got a zero character at index 1'],
  ['\0', 'got a zero character at index 0'],
  [`${ascii(300)}\0`, 'got a zero character at index 300'],
  ['\u00e9\0', 'got a zero character at index 1'],
  ['x\ud800', 'got a lone surrogate at index 1'],
  ['\udc00x', 'got a lone surrogate at index 0'],
  ['\ud800\ud800\udc00', 'got a lone surrogate at index 0'],
];

test('what is no text is refused in every tier, without a call', () => {
  const call = site('x', 'return f(x);', { f: symbols.string_length });
  for (const [value, part] of wrong) assert.throws(() => call(value), typeError(part));
  heat(call, 'abc');
  const before = symbols.string_calls();
  for (const [value, part] of wrong) assert.throws(() => call(value), typeError(part));
  assert.equal(symbols.string_calls(), before);
  assert.equal(call('abc'), 3);
});

test('promises take and give text', async () => {
  const calls = Array.from({ length: 20 }, (_, i) => symbols.later_length('x'.repeat(i * 50)));
  assert.deepEqual(await Promise.all(calls), calls.map((_, i) => i * 50));
  for (const [value, part] of wrong) {
    await assert.rejects(symbols.later_length(value),
      typeError(part.replace('string_length', 'later_length')));
  }
  symbols.string_keep(utf8('kept'), 4);
  assert.equal(await symbols.kept_later(0), 'kept');
  assert.equal(await symbols.kept_later(1), null);
});

test('short text is copied by the fast stub, the rest by the ordinary function', () => {
  const call = site('x', 'return f(x);', { f: symbols.string_length });
  heat(call, 'hello world');
  const made = () => symbols.string_calls();
  assertTier(made, () => assert.equal(call('hello world'), 11));
  assertTier(made, () => assert.equal(call(''), 0));
  assertTier(made, () => assert.equal(call(null), -1));
  const longest = ascii(LONGEST_ON_STACK);
  assertTier(made, () => assert.equal(call(longest), LONGEST_ON_STACK));
  const longer = ascii(LONGEST_ON_STACK + 1);
  assertTier(made, () => assert.equal(call(longer), LONGEST_ON_STACK + 1), { fast: false });
  // Of one byte each, and not ASCII.
  assertTier(made, () => assert.equal(call('\u00e9'), 2));
  const wide = 'na\u00efve\u00ff'.repeat(20) + 'abc';
  // Put together by the first call.
  assert.equal(call(wide), 163);
  assertTier(made, () => assert.equal(call(wide), 163));
  assertTier(made, () => assert.equal(call(`${wide}d`), 164), { fast: false });
  assertTier(made, () => assert.equal(call('\u0100'), 2), { fast: false });
  // Put together by the first call, and the name of a property.
  const rope = 'x'.repeat(200);
  assert.equal(call(rope), 200);
  assertTier(made, () => assert.equal(call(rope), 200));
  const name = ['some', 'name', 'of', 'a', 'property'].join('-');
  ({ [name]: 1, 'some-name-of-a-property': 2 });
  assertTier(made, () => assert.equal(call(name), 23));
  const leaf = site('x', 'return f(x);', { f: symbols.leaf_length });
  heat(leaf, 'hello world');
  assertTier(made, () => assert.equal(leaf('hello world'), 11));
});

test('many strings at once', () => {
  const expected = (texts) => [...texts].reduce((all, text) => all * 3n + BigInt(text.length), 9n);
  const call = site('...x', 'return f(x[0], x[1], 4, x[2], 5, x[3], x[4], x[5], x[6]);',
    { f: symbols.string_lengths });
  const texts = [1, 255, 0, 16, 100, 7, 33].map(ascii);
  heat(call, ...texts);
  assert.equal(call(...texts), expected(texts));
  const long = [1, 255, 0, 16, 1000, 7, 33].map(ascii);
  assert.equal(call(...long), expected(long));
});

test('wide text', () => {
  const text = 'a\u00e9\u4e16\u{1f600}';
  assert.equal(symbols.string16_length(text), 5);
  assert.equal(symbols.string32_length(text), 4);
  assert.equal(symbols.wide_length(text), 4);
  assert.deepEqual([0, 1, 2, 3, 4, 5].map((i) => symbols.string16_at(text, i)),
    [0x61, 0xe9, 0x4e16, 0xd83d, 0xde00, 0]);
  assert.deepEqual([0, 1, 2, 3, 4].map((i) => symbols.string32_at(text, i)),
    [0x61, 0xe9, 0x4e16, 0x1f600, 0]);
  for (const name of ['string16_length', 'string32_length']) {
    assert.throws(() => symbols[name]('\ud800'), typeError('got a lone surrogate at index 0'));
    assert.throws(() => symbols[name]('a\0'), typeError('got a zero character at index 1'));
    assert.throws(() => symbols[name](1), typeError('expected null, or string'));
  }
});

test('results are text, or null', () => {
  const read = site('none', 'return f(none);', { f: symbols.string_kept });
  const check = () => {
    for (const text of ['', 'hello', 'na\u00efve \u4e16 \u{1f600}', 'x'.repeat(1000)]) {
      const bytes = utf8(text);
      symbols.string_keep(bytes, bytes.length);
      assert.equal(read(0), text);
    }
    assert.equal(read(1), null);
  };
  check();
  heat(read, 0);
  check();
  assertTier(() => symbols.string_calls(), () => read(0));
});

test('what is no UTF-8 reads as U+FFFD', () => {
  symbols.string_keep(new Uint8Array([0x61, 0xff, 0x62, 0xed, 0xa0, 0x80]), 6);
  assert.equal(symbols.string_kept(0),
    new TextDecoder().decode(new Uint8Array([0x61, 0xff, 0x62, 0xed, 0xa0, 0x80])));
  symbols.string_keep(new Uint16Array([0x61, 0xd800, 0x62]), 6);
  assert.equal(symbols.kept16(0), 'a\ud800b');
  symbols.string_keep(new Uint32Array([0x61, 0xd800, 0x1f600, 0x110000]), 16);
  assert.equal(symbols.kept32(0), 'a\ufffd\u{1f600}\ufffd');
  assert.equal(symbols.kept16(1), null);
  assert.equal(symbols.kept32(1), null);
});

test('a string in and a string out', () => {
  const call = site('x', 'return f(x);', { f: symbols.string_of });
  for (const text of ['abc', '\u00e9', ascii(300)]) assert.equal(call(text), text);
  heat(call, 'abc');
  assertTier(symbols.string_calls, () => assert.equal(call('abc'), 'abc'));
  for (const text of ['abc', '\u00e9', ascii(300)]) assert.equal(call(text), text);
});

test('results that are to be freed are freed', async () => {
  assert.equal(symbols.string_double('ab\u00e9'), 'ab\u00e9ab\u00e9');
  assert.equal(symbols.string_nothing(), null);
  assert.equal(symbols.string16_made(), 'hi');
  assert.equal(await symbols.double_later('xy'), 'xyxy');
  const call = site('x', 'return f(x);', { f: symbols.string_double });
  heat(call, 'ab');
  assert.equal(call('12'), '1212');
  assert.equal(symbols.strings_alive(), 0);
});

test('a bad `free` is refused', () => {
  const define = (cstring) => () => open('cstrings', {
    string_double: { parameters: ['cstring'], result: cstring },
  });
  assert.throws(define({ cstring: 'u8', free: 'string_missing' }), /string_missing/);
  assert.throws(define({ cstring: 'u8', free: 5 }), typeError("field 'free'"));
  assert.throws(define({ cstring: 'u9' }), typeError("expected 'u8', 'u16', 'u32' or 'wchar_t'"));
  assert.throws(define({ cstring: 'u8', frees: 'x' }), typeError("unknown field 'frees'"));
  assert.throws(() => open('cstrings', {
    string_length: { parameters: [{ cstring: 'u8', free: 'string_give' }], result: 'i32' },
  }), typeError("unsupported type 'cstring with free' of a parameter: symbol 'string_length', " +
    'parameter 0'));
  const pointer = UnsafePointer.create(4096);
  assert.throws(() => new UnsafeFnPointer(pointer,
    { parameters: [], result: { cstring: 'u8', free: 'string_give' } }).call(),
  typeError("'free' needs a library"));
});

test('callbacks receive text; the text of the call outlives what they do', () => {
  const seen = [];
  let collecting = true;
  using callback = new UnsafeCallback({ parameters: ['cstring'], result: 'void' }, (text) => {
    seen.push(text);
    if (collecting) collect();
    if (seen.length < 5) symbols.string_through(`${text}!`, callback.pointer);
  });
  for (const text of ['short', '\u00e9t\u00e9', ascii(500)]) {
    seen.length = 0;
    assert.equal(symbols.string_through(text, callback.pointer), utf8(text).length);
    assert.deepEqual(seen, Array.from({ length: 5 }, (_, i) => text + '!'.repeat(i)));
  }
  const call = site('x', 'return f(x, p);', { f: symbols.string_through, p: callback.pointer });
  seen.length = 5;
  collecting = false;
  heat(call, 'hot text');
  collecting = true;
  assert.equal(call('hot text'), 8);
  assert.throws(() => new UnsafeCallback({ parameters: [], result: 'cstring' }, () => 'x'),
    typeError("unsupported type 'cstring' of a callback's result"));
});

test('through a function pointer', () => {
  using library = open('cstrings', { string_length: { type: 'pointer' } });
  const pointer = library.symbols.string_length;
  const call = new UnsafeFnPointer(pointer, { parameters: ['cstring'], result: 'i32' });
  assert.equal(call.call('hello'), 5);
  assert.throws(() => call.call(1), typeError("symbol 'UnsafeFnPointer', parameter 0: got number"));
});

test('a variable', () => assert.equal(symbols.string_variable, 'a variable'));

test('nothing stays', () => {
  const before = counts().ownedObjects;
  for (let i = 0; i < 1000; i += 1) symbols.string_length('x'.repeat(1000));
  assert.equal(counts().ownedObjects, before);
});
