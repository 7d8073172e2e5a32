// dlopen_errors: every bad path and every bad definition is an error with its message; nothing
// stays half-registered, and the process goes on.

import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { pathToFileURL } from 'node:url';

import {
  UnsafeCallback, dlopen, counts, nativePath, open, typeError,
} from './support.mjs';

const calls = nativePath('calls');
const good = { add: { name: 'add_i32', parameters: ['i32', 'i32'], result: 'i32' } };
const nullary = { parameters: [], result: 'void' };

afterEach(() => {
  const lib = dlopen(calls, good);
  assert.equal(lib.symbols.add(40, 2), 42, 'healthy afterwards');
  lib.close();
});

function isError(part) {
  return (error) => {
    assert.ok(error instanceof Error && !(error instanceof TypeError), String(error));
    assert.ok(error.message.includes(part), `'${error.message}' lacks '${part}'`);
    return true;
  };
}

test('libraries that are not there or are no libraries', () => {
  const paths = ['/nonexistent.so', 'nonexistent.so', '/etc/passwd', '/tmp', 5, {},
    'file:///tmp/x.so', `file://${calls}`];
  for (const path of paths) {
    assert.throws(() => dlopen(path, good), isError('Could not open library'), String(path));
  }
  assert.throws(() => dlopen('/nonexistent.so', good), isError('/nonexistent.so'));
});

test('URLs', () => {
  const lib = dlopen(pathToFileURL(calls), good);
  assert.equal(lib.symbols.add(1, 2), 3);
  lib.close();
  assert.throws(() => dlopen(new URL('http://localhost/x.so'), good),
    typeError('Must be a file URL'));
  assert.throws(() => dlopen(new URL('data:,x'), good), typeError('Must be a file URL'));
  const at = (pathname) => ({ protocol: 'file:', hostname: '', pathname });
  for (const [pathname, path] of [
    ['/no%20such%2fé.so', '/no such/é.so'], ['/100%', '/100%'], ['/%4', '/%4'],
    ['/%zz%%41', '/%zz%A'], ['/%e2%82%ac', '/€'],
  ]) {
    assert.throws(() => dlopen(at(pathname), good), isError(`${path}: cannot open`), pathname);
  }
  assert.throws(() => dlopen(at('/%ff'), good), URIError);
});

test('missing symbols', () => {
  const missing = (symbols, name) => assert.throws(() => dlopen(calls, symbols),
    isError(`Failed to register symbol ${name}: Could not obtain symbol from the library`));
  missing({ nope: nullary }, 'nope');
  missing({ nope: { type: 'i32' } }, 'nope');
  for (const part of ['Failed to register symbol', 'nope']) {
    assert.throws(() => dlopen(calls, { nop: { ...nullary, name: 'nope' } }), isError(part));
  }
  missing({ ...good, nope: nullary }, 'nope');
  missing({ nope: { ...nullary, optional: false } }, 'nope');
  assert.throws(() => dlopen(calls, { nop: { ...nullary, name: 'a\0b' } }), /nop|a.b/);
});

test('optional symbols', () => {
  const lib = dlopen(calls, {
    ...good,
    nope: { ...nullary, optional: true },
    struct: { parameters: [], result: { struct: ['i32', 'i32'] }, optional: true },
    nop: { ...nullary, optional: true },
  });
  assert.equal(lib.symbols.nope, null);
  assert.equal(lib.symbols.struct, null);
  assert.equal(lib.symbols.nop(), undefined);
  lib.close();
});

const recursive = { struct: ['i8'] };
recursive.struct.push(recursive);
let deep = 'i8';
for (let i = 0; i < 10_000; i += 1) deep = { struct: [deep] };

// definition, a part of the TypeError's message
const definitions = [
  [null, 'invalid type; expected: object, got: null'],
  [undefined, 'invalid type; expected: object, got: undefined'],
  [5, 'invalid type; expected: object, got: number'],
  [{ nop: null }, 'invalid type: null, expected struct ForeignFunction'],
  [{ nop: undefined }, ''],
  [{ nop: 5 }, 'expected struct ForeignFunction'],
  [{ nop: 'void' }, 'expected struct ForeignFunction'],
  [{ nop: {} }, 'missing field'],
  [{ nop: { result: 'void' } }, "missing field 'parameters'"],
  [{ nop: { parameters: [] } }, "missing field 'result'"],
  [{ nop: { parameters: null, result: 'void' } }, 'invalid type: '],
  [{ nop: { parameters: 'i32', result: 'void' } }, 'invalid type'],
  [{ nop: { parameters: ['num'], result: 'void' } }, "unknown variant 'num', expected one of"],
  [{ nop: { parameters: [], result: 'num' } }, "unknown variant 'num', expected one of"],
  [{ nop: { parameters: ['I32'], result: 'void' } }, "unknown variant 'I32'"],
  [{ nop: { parameters: [''], result: 'void' } }, "unknown variant ''"],
  [{ nop: { parameters: [5], result: 'void' } }, 'expected '],
  [{ nop: { parameters: [null], result: 'void' } }, ''],
  [{ nop: { parameters: [,], result: 'void' } }, ''],
  [{ nop: { parameters: [{}], result: 'void' } }, 'expected '],
  [{ nop: { parameters: [{ struct: ['i8'], x: 1 }], result: 'void' } },
    'expected '],
  [{ nop: { parameters: [{ struct: [] }], result: 'void' } },
    'Struct must have at least one field'],
  [{ nop: { parameters: [], result: { struct: [] } } }, 'Struct must have at least one field'],
  [{ nop: { parameters: [{ struct: ['i8', { struct: [] }] }], result: 'void' } },
    'Struct must have at least one field'],
  [{ nop: { parameters: [{ struct: null }], result: 'void' } }, 'invalid type: '],
  [{ nop: { parameters: [{ struct: ['void'] }], result: 'void' } }, 'void'],
  [{ nop: { parameters: [], result: { struct: ['i8', 'void'] } } }, 'void'],
  [{ nop: { parameters: [{ struct: ['num'] }], result: 'void' } }, "unknown variant 'num'"],
  [{ nop: { parameters: ['struct'], result: 'void' } }, ''],
  [{ nop: { parameters: ['void'], result: 'void' } }, 'void'],
  [{ nop: { parameters: ['i32', 'void'], result: 'void' } }, 'void'],
  [{ nop: { parameters: [recursive], result: 'void' } }, ''],
  [{ nop: { parameters: [], result: recursive } }, ''],
  [{ nop: { parameters: [deep], result: 'void' } }, ''],
  [{ nop: { ...nullary, name: 5 } }, 'expected '],
  [{ nop: { ...nullary, optional: null } }, 'expected '],
  [{ nop: { type: 'num' } }, "unknown variant 'num'"],
  [{ nop: { type: 'void' } }, "Foreign symbol of type 'void' is not supported"],
  [{ nop: { type: { struct: ['i8'] } } }, "missing field 'parameters'"],
];

test('bad definitions', () => {
  const stubs = counts().liveStubs;
  for (const [definition, part] of definitions) {
    // A good symbol before the bad one must not stay behind.
    for (const symbols of definition?.nop === undefined ? [definition]
      : [definition, { ...good, ...definition }]) {
      assert.throws(() => dlopen(calls, symbols), (error) => {
        assert.ok(error instanceof TypeError, `${error} for ${part}`);
        const message = error.message.replaceAll('`', "'").replace('Number', 'number');
        assert.ok(message.includes(part), `'${message}' lacks '${part}'`);
        return true;
      });
    }
  }
  assert.equal(counts().liveStubs, stubs, 'no stub is left of a library that failed to load');
});

test('the error of a bad definition names the symbol', () => {
  assert.throws(() => dlopen(calls, { ...good, nop: { parameters: ['num'], result: 'void' } }),
    /nop/);
});

test('limits are errors', () => {
  const many = (count) => ({ nop: { parameters: Array(count).fill('i32'), result: 'void' } });
  const hundred = open('calls', many(100));
  assert.equal(hundred.symbols.nop(...Array(100).fill(1)), undefined);
  hundred.close();
  assert.throws(() => dlopen(calls, many(1_000_000)), Error);
  const wide = { struct: Array(100_000).fill('i64') };
  assert.throws(() => dlopen(calls, { nop: { parameters: [wide], result: 'void' } }), Error);
});

test('a struct of structs that is too large is noticed before all of it is read', () => {
  let reads = 0;
  const inner = { get struct() { reads += 1; return Array(1024).fill('u64'); } };
  const huge = { struct: Array(4096).fill(inner) };
  assert.throws(() => dlopen(calls, { nop: { parameters: [huge], result: 'void' } }),
    typeError('a struct is larger than 65536 bytes: symbol \'nop\', parameter 0'));
  assert.ok(reads < 10, `${reads} of 4096 members were read`);
});

test('throwing getters and proxies', () => {
  const boom = new Error('boom');
  const throwing = { get parameters() { throw boom; }, result: 'void' };
  assert.throws(() => dlopen(calls, { ...good, nop: throwing }), (error) => error === boom);
  const fields = new Proxy(['i32'], { get() { throw boom; } });
  assert.throws(() => dlopen(calls, { nop: { parameters: fields, result: 'void' } }), Error);
  const symbols = new Proxy({ nop: nullary }, { ownKeys() { throw boom; } });
  assert.throws(() => dlopen(calls, symbols), (error) => error === boom);
  assert.throws(() => dlopen({ toString() { throw boom; } }, good), (error) => error === boom);
});

test('bad callbacks', () => {
  const made = (...args) => () => new UnsafeCallback(...args);
  assert.throws(made({ ...nullary, nonblocking: true }, () => {}),
    typeError('Cannot construct UnsafeCallback: cannot be nonblocking'));
  for (const bad of [5, undefined, null, {}, 'x']) {
    assert.throws(made(nullary, bad), typeError('expected Function'));
  }
  for (const bad of [null, undefined, 5, 'x', {}, { parameters: [] }, { result: 'void' }]) {
    assert.throws(made(bad, () => {}), TypeError);
  }
  assert.throws(made({ parameters: ['num'], result: 'void' }, () => {}),
    typeError('unknown variant'));
  assert.throws(made({ parameters: ['void'], result: 'void' }, () => {}), TypeError);
  assert.throws(made({ parameters: [{ struct: [] }], result: 'void' }, () => {}),
    typeError('Struct must have at least one field'));
  assert.throws(() => UnsafeCallback(nullary, () => {}), TypeError);
});
