// cstring_parts: text results that are a part of an argument: of a string's copy, which the fast
// stub has on the stack, or of a buffer.

import assert from 'node:assert/strict';
import test from 'node:test';

import {
  UnsafeCallback, assertTier, collect, dlopen, heat, keepCold, open, site, typeError,
} from './support.mjs';

const LONGEST_ON_STACK = 255;
const { symbols } = open('cstrings', {
  string_calls: { parameters: [], result: 'u32' },
  string_find: { parameters: ['cstring', 'i32'], result: 'cstring' },
  leaf_find: { name: 'string_find', parameters: ['cstring', 'i32'], result: 'cstring', leaf: true },
  find_bytes: { name: 'string_find', parameters: ['buffer', 'i32'], result: 'cstring' },
  leaf_bytes: { name: 'string_find', parameters: ['buffer', 'i32'], result: 'cstring', leaf: true },
  string_after: { parameters: ['cstring', 'u32', 'function'], result: 'cstring', errno: true },
  bytes_after: {
    name: 'string_after', parameters: ['buffer', 'u32', 'function'], result: 'cstring',
  },
});

const utf8 = (text) => new TextEncoder().encode(text);
const ascii = (count) =>
  Array.from({ length: count }, (_, i) => String.fromCharCode(i % 127 + 1)).join('');

test('the fast stub gives a part of what it copied', () => {
  const made = symbols.string_calls;
  for (const f of [symbols.string_find, symbols.leaf_find]) {
    const call = site('x, y', 'return f(x, y);', { f });
    heat(call, 'hello world', 119);
    // So that V8 has seen what the stub declines.
    assert.equal(call(ascii(300), 119), ascii(300).slice(118));
    heat(call, 'hello world', 119);
    for (let at = 0; at < LONGEST_ON_STACK; at += 1) {
      const text = `${'-'.repeat(at)}w${'+'.repeat(LONGEST_ON_STACK - at - 1)}`;
      assert.equal(call(text, 119), text.slice(at));
      assertTier(made, () => assert.equal(call(text, 119), text.slice(at)), { times: 2 });
      assertTier(made, () => assert.equal(call(text, 0), ''), { times: 2 });
      assertTier(made, () => assert.equal(call(text, 120), null), { times: 2 });
    }
    assertTier(made, () => assert.equal(call('na\u00efve \u00ff', 32), ' \u00ff'));
  }
});

test('the fast stub gives a part of a buffer, which lives and stays until it is read', () => {
  const made = symbols.string_calls;
  for (const f of [symbols.find_bytes, symbols.leaf_bytes]) {
    const long = `${'-'.repeat(200)}world${'+'.repeat(100_000)}`;
    const call = site('x', 'return f(encode(x), 119);', {
      f, encode: (text) => new Uint8Array(utf8(`${text}\0`)),
    });
    heat(call, long);
    call('hello world');
    heat(call, long);
    assertTier(made, () => assert.equal(call(long), long.slice(200)));
    // In V8's heap, where it moves.
    const short = 'hello world';
    assertTier(made, () => assert.equal(call(short), 'world'), { fast: false });
    const unused = () => Array.from({ length: 100 }, () => new Uint8Array(100_000));
    for (let i = 0; i < 100; i += 1) {
      unused();
      assert.equal(call(long), long.slice(200));
      assert.equal(call(short), 'world');
    }
  }
});

test('a part of a buffer whose bytes a callback takes away', () => {
  const long = 'long '.repeat(200_000);
  let take = () => {};
  using meanwhile = new UnsafeCallback({ parameters: [], result: 'void' }, () => take());
  const scope = { after: symbols.bytes_after, to: meanwhile.pointer };
  const cold = keepCold(site('x', 'return after(x, 4, to);', scope));
  const hot = heat(site('x', 'return after(x, 4, to);', scope), utf8(`${long}\0`));
  for (const call of [cold, hot]) {
    for (let i = 0; i < 5; i += 1) {
      const bytes = utf8(`${long}\0`);
      take = () => {
        bytes.buffer.transfer(0);
        collect();
      };
      assert.ok(call(bytes) === long.slice(4));
      assert.equal(bytes.length, 0);
    }
  }
});

test('an out that is a part of a buffer which is transferred away meanwhile', async () => {
  using libc = dlopen('libc.so.6', { strtol: {
    parameters: ['buffer', { out: 'cstring' }, 'i32'], result: 'i64', nonblocking: true,
  } });
  const long = 'long '.repeat(200_000);
  const views = [(bytes) => bytes, ({ buffer }) => buffer, ({ buffer }) => new DataView(buffer)];
  for (const view of views) {
    const bytes = new Uint8Array(long.length + 2);
    bytes.set(utf8(`7${long}`));
    const given = libc.symbols.strtol(view(bytes), 10);
    bytes.buffer.transfer(0);
    collect();
    const [number, rest] = await given;
    assert.equal(number, 7n);
    assert.ok(rest === long);
  }
  const shared = new Uint8Array(new SharedArrayBuffer(4));
  shared.set(utf8('7ab'));
  assert.deepEqual(await libc.symbols.strtol(shared, 10), [7n, 'ab']);
  assert.deepEqual(await libc.symbols.strtol(utf8('8c\0'), 10), [8n, 'c']);
  await assert.rejects(async () => libc.symbols.strtol('7', 10),
    typeError("symbol 'strtol', parameter 0"));
});

test('a part of an argument, around calls that give parts of theirs', () => {
  const outer = site('x, at, f', 'return from(x, at, f);', { from: symbols.string_after });
  const inner = site('x', 'return find(x, 119);', { find: symbols.string_find });
  heat(inner, 'hello world');
  let seen = [];
  using meanwhile = new UnsafeCallback({ parameters: [], result: 'void' }, () => {
    seen.push(inner('hello world'));
  });
  heat(outer, 'the outer text', 4, meanwhile.pointer);
  seen = [];
  for (let i = 0; i < 100; i += 1) {
    assert.equal(outer('the outer text', 4, meanwhile.pointer), 'outer text');
  }
  assert.deepEqual(seen, Array(100).fill('world'));
  using throws = new UnsafeCallback({ parameters: [], result: 'void' }, () => {
    throw new RangeError('meanwhile');
  });
  assert.throws(() => outer('the outer text', 4, throws.pointer), RangeError);
  assert.equal(inner('hello world'), 'world');
});

test('a string that is a part of an argument', async () => {
  const find = { parameters: ['cstring', 'i32'], result: 'cstring' };
  const number = { name: 'strtol', parameters: ['cstring', { out: 'cstring' }, 'i32'],
    result: 'i64' };
  using libc = dlopen('libc.so.6', {
    strchr: find, leaf: { ...find, name: 'strchr', leaf: true },
    later: { ...find, name: 'strchr', nonblocking: true },
    bytes: { name: 'strchr', parameters: ['buffer', 'i32'], result: 'cstring', leaf: true },
    number, numberLater: { ...number, nonblocking: true },
    ofBytes: { ...number, parameters: ['buffer', { out: 'cstring' }, 'i32'], leaf: true },
    wide: { name: 'wcstol', parameters: ['wcstring', { out: 'wcstring' }, 'i32'], result: 'i64' },
  });
  const { strchr, leaf, later, bytes, number: parsed, numberLater, ofBytes, wide } = libc.symbols;
  const encode = (text) => new TextEncoder().encode(text);
  const calls = [
    site('x', 'return f(`${x}zab${x}`, 122);', { f: strchr }),
    site('x', 'return f(`${x}zab${x}`, 122);', { f: leaf }),
    site('x', 'return f(encode(`${x}zab${x}\0`), 122);', { f: bytes, encode }),
    site('x', 'return f(encode(`12zab${x}\0`), 10)[1];', { f: ofBytes, encode }),
    site('x', 'return f(`12zab${x}`, 10)[1];', { f: parsed }),
    site('x', 'return f(`12zab${x}`, 10)[1];', { f: wide }),
  ];
  for (const text of ['', '-', '\u00e9', 'x'.repeat(200), 'x'.repeat(600)]) {
    for (const call of calls) assert.equal(call(text), `zab${text}`);
    assert.equal(await later(`${text}zab`, 122), 'zab');
    assert.deepEqual(await numberLater(`12${text}`, 10), [12n, text]);
  }
  for (const call of calls) {
    heat(call, 'abc');
    for (const text of ['', '-', 'x'.repeat(200)]) assert.equal(call(text), `zab${text}`);
  }
  assert.equal(strchr('abc', 122), null);
  for (const value of [5, 'a\0', '\ud800']) {
    assert.throws(() => parsed(value, 10),
      typeError("Invalid FFI cstring type, expected "));
    assert.throws(() => parsed(value, 10), typeError("symbol 'number', parameter 0: got"));
    assert.deepEqual(parsed('7x', 10), [7n, 'x']);
  }
});
