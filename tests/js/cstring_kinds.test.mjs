// cstring: every way in which V8 keeps a string, at every place where a string can stand, and
// calls within calls.

import assert from 'node:assert/strict';
import test from 'node:test';
import v8 from 'node:v8';
import vm from 'node:vm';

import { generator } from './random.mjs';
import {
  UnsafeCallback, UnsafePointer, collect, heat, open, runNode, site, springboard, struct, typeError,
} from './support.mjs';

const definitions = {
  string_length: { parameters: ['cstring'], result: 'i32' },
  string_copy: { parameters: ['buffer', 'u32', 'cstring'], result: 'i32' },
  string_through: { parameters: ['cstring', 'function'], result: 'i32' },
  string_of: { parameters: ['cstring'], result: 'cstring' },
  string_keep: { parameters: ['buffer', 'u32'], result: 'void' },
  kept_wide: { name: 'string_kept', parameters: ['u32'], result: { cstring: 'wchar_t' } },
  wide_length: {
    name: process.platform === 'win32' ? 'string16_length' : 'string32_length',
    parameters: [{ cstring: 'wchar_t' }], result: 'i32',
  },
};
const { symbols } = open('cstrings', definitions);

v8.setFlagsFromString('--expose-externalize-string');
const externalize = vm.runInNewContext('externalizeString');

const encoder = new TextEncoder();
const alphabets = ['abcXYZ012~ \x7f\x01', 'abc\u00e9\u00ff\u0080', 'ab\u0100\u4e16', 'a\u{1f600}b'];
const sizes = [0, 1, 2, 3, 7, 8, 9, 12, 13, 14, 15, 16, 17, 31, 32, 33, 100, 119, 120, 121, 127,
  128, 247, 248, 249, 254, 255, 256, 257, 264, 265, 300, 1000];

// The texts, each in the ways in which V8 keeps one.
function kindsOf(texts) {
  const all = texts.map((text) => {
    const half = text.length >> 1;
    const property = text.slice(0, half) + text.slice(half);
    ({ [property]: 1 });
    return {
      'in one piece': text,
      'two pieces': text.slice(0, half) + text.slice(half),
      'a part of another': `zz${text}yy`.slice(2, 2 + text.length),
      'of a part of wide text': `\u0100${text}`.slice(1),
      'a property\'s name': property,
      external: text.split('').join(''),
    };
  });
  // Young and short strings cannot be external.
  collect();
  collect();
  for (const { external } of all) if (external.length > 100) externalize(external);
  return all;
}

test('strings of every kind, size and alphabet', () => {
  const random = generator(11);
  const copy = site('b, n, x', 'return f(b, n, x);', { f: symbols.string_copy });
  const bytes = new Uint8Array(4096);
  const texts = [];
  for (const alphabet of alphabets.map((one) => [...one])) {
    for (const size of sizes) {
      texts.push(Array.from({ length: size }, () => alphabet[random(alphabet.length)]).join(''));
    }
  }
  const check = () => {
    for (const kinds of kindsOf(texts)) {
      const expected = encoder.encode(kinds.external);
      for (const [kind, text] of Object.entries(kinds)) {
        bytes.fill(0xcc, 0, expected.length + 2);
        assert.equal(copy(bytes, 4096, text), expected.length, `${kind} of ${text.length}`);
        assert.equal(Buffer.compare(bytes.subarray(0, expected.length), expected), 0,
          `${kind}: ${text}`);
        assert.equal(bytes[expected.length], 0);
      }
    }
  };
  check();
  heat(copy, bytes, 4096, 'hello world');
  check();
});

test('a zero or a lone surrogate at every place is refused, in every kind of string', () => {
  const call = site('x', 'return f(x);', { f: symbols.string_length });
  const rows = [];
  for (const size of [1, 8, 9, 40, 255, 256, 700]) {
    for (const index of new Set([0, size >> 1, size - 1])) {
      for (const [bad, what] of [['\0', 'a zero character'], ['\ud801', 'a lone surrogate'],
        ['\udc01', 'a lone surrogate']]) {
        for (const fill of ['x', '\u00e9', '\u4e16']) {
          rows.push({ text: fill.repeat(index) + bad + fill.repeat(size - index - 1),
            message: `symbol 'string_length', parameter 0: got ${what} at index ${index}` });
        }
      }
    }
  }
  const check = () => {
    kindsOf(rows.map(({ text }) => text)).forEach((kinds, i) => {
      for (const text of Object.values(kinds)) {
        assert.throws(() => call(text), typeError(rows[i].message));
      }
    });
  };
  check();
  heat(call, 'abc');
  check();
});

test('calls within calls leave each other\'s text alone, on the stack and off it', () => {
  const texts = ['short', 'x'.repeat(255), 'y'.repeat(256), '\u00e9'.repeat(700), 'z'.repeat(1900)];
  let depth = 0;
  let call;
  let collecting = true;
  using callback = new UnsafeCallback({ parameters: ['cstring'], result: 'void' }, (seen) => {
    const own = texts[depth % texts.length];
    assert.equal(seen, own);
    depth += 1;
    if (depth < 12) {
      const next = texts[depth % texts.length];
      assert.equal(call(next), encoder.encode(next).length);
    } else if (collecting) {
      collect();
    }
    depth -= 1;
    assert.equal(seen, own);
  });
  call = site('x', 'return f(x, p);', { f: symbols.string_through, p: callback.pointer });
  const run = () => {
    for (let i = 0; i < texts.length; i += 1) {
      depth = i;
      assert.equal(call(texts[i]), encoder.encode(texts[i]).length);
    }
  };
  run();
  depth = 15;
  collecting = false;
  heat(call, texts[0]);
  collecting = true;
  run();
});

test('callbacks on other threads get text', async () => {
  using library = open('cstrings', { string_through: { parameters: ['cstring', {
    callback: { parameters: ['cstring'], result: 'void' } }], result: 'i32', nonblocking: true } });
  for (const text of ['', 'short', 'na\u00efve', 'x'.repeat(1000)]) {
    let seen;
    const length = await library.symbols.string_through(text, (given) => { seen = given; });
    assert.equal(seen, text);
    assert.equal(length, encoder.encode(text).length);
  }
});

test('wchar_t is the platform\'s', () => {
  assert.equal(symbols.wide_length('a\u{1f600}'), process.platform === 'win32' ? 3 : 2);
  symbols.string_keep(new Uint32Array([0x61, 0x1f600, 0]), 12);
  assert.equal(symbols.kept_wide(0), 'a\u{1f600}');
});

test('fields are read; what is written there is a pointer', () => {
  const Texts = struct({ a: 'cstring', b: 'cstring16', c: { cstring: 'u32' },
    list: { array: 'cstring', length: 2 } }, { name: 'Texts' });
  const texts = new Texts();
  assert.deepEqual(texts.toJSON(), { a: null, b: null, c: null, list: [null, null] });
  const bytes = [encoder.encode('na\u00efve\0'), new Uint16Array([0x4e16, 0]),
    new Uint32Array([0x1f600, 0])];
  texts.a = UnsafePointer.of(bytes[0]);
  texts.b = UnsafePointer.of(bytes[1]);
  texts.c = UnsafePointer.of(bytes[2]);
  texts.list.set(1, UnsafePointer.of(bytes[0]));
  assert.deepEqual(texts.toJSON(),
    { a: 'na\u00efve', b: '\u4e16', c: '\u{1f600}', list: [null, 'na\u00efve'] });
  texts.a = null;
  assert.equal(texts.a, null);
  assert.throws(() => { texts.a = 'x'; }, typeError("field 'a' of Texts: got string"));
  assert.throws(() => struct({ a: { cstring: 'u8', free: 'free' } }),
    typeError("unsupported type 'cstring with free' of a field: field 'a'"));
});

test('memory and out parameters', () => {
  const { alloc, read, write } = springboard;
  const bytes = encoder.encode('text\0');
  const slot = new BigUint64Array([UnsafePointer.value(UnsafePointer.of(bytes))].map(BigInt));
  assert.equal(read(slot, 'cstring'), 'text');
  assert.equal(alloc('cstring', 3).byteLength, 24);
  assert.throws(() => write(slot, 'cstring', 'x'), typeError("unsupported type 'cstring'"));
  assert.throws(() => open('cstrings', {
    string_length: { parameters: [{ inout: 'cstring' }], result: 'i32' },
  }), typeError("unsupported type 'cstring' of an 'inout' parameter"));
});

test('with every option of a symbol', () => {
  for (const option of ['cxx', 'errno', 'strict', 'leaf']) {
    using library = open('cstrings', { string_of:
      { parameters: ['cstring'], result: 'cstring', [option]: true } });
    const call = site('x', 'return f(x);', { f: library.symbols.string_of });
    for (let i = 0; i < 2; i += 1) {
      for (const text of ['', 'abc', '\u00e9', 'x'.repeat(600)]) assert.equal(call(text), text);
      assert.throws(() => call('\0'), typeError('a zero character at index 0'));
      heat(call, 'abc');
    }
  }
});

test('a library that is closed before a promise is settled frees nothing any more', async () => {
  const library = open('cstrings', { string_double: { parameters: ['cstring'], nonblocking: true,
    result: { cstring: 'u8', free: 'string_give' } } });
  const promise = library.symbols.string_double('ab');
  library.close();
  assert.equal(await promise, 'abab');
});

test('nothing moves while it is read', () => {
  for (const flag of ['--stress-compaction', '--gc-interval=300']) {
    const { stderr, status } = runNode(`
      import { open, site, heat } from '${new URL('support.mjs', import.meta.url)}';
      const { symbols } = open('cstrings', ${JSON.stringify(definitions)});
      const call = site('x', 'return f(x);', { f: symbols.string_of });
      heat(call, 'abc');
      for (let i = 0; i < 400; i += 1) {
        const text = String.fromCharCode(97 + i % 26).repeat(i) + (i % 3 === 0 ? '\\u00e9' : 'z');
        if (call(text) !== text) throw new Error(text);
      }`, { flags: [flag] });
    assert.equal(stderr, '', flag);
    assert.equal(status, 0, flag);
  }
});
