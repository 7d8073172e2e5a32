// Variadic functions: "..." in a definition, and lib.variadic().

import assert from 'node:assert/strict';
import test from 'node:test';

import {
  UnsafeCallback, UnsafeFnPointer, assertTier, dlopen, heat, nativePath, open, site, typeError,
} from './support.mjs';

const fixed = ['buffer', 'u32', 'cstring'];
const library = open('variadic', {
  variadic_calls: { parameters: [], result: 'u32' },
  variadic_sum: { parameters: ['i32', '...', 'i32', 'i32'], result: 'i32' },
  sum_none: { name: 'variadic_sum', parameters: ['i32', '...'], result: 'i32' },
  sum_many: {
    name: 'variadic_sum', parameters: ['i32', '...', ...Array(20).fill('i32')], result: 'i32',
  },
  sum_later: {
    name: 'variadic_sum', parameters: ['i32', '...', 'i32'], result: 'i32', nonblocking: true,
  },
  narrow: {
    name: 'variadic_text', result: 'i32',
    parameters: [...fixed, '...', 'u8', 'i8', 'u16', 'i16', 'bool', 'f32', 'f64'],
  },
  strict: {
    name: 'variadic_text', result: 'i32', strict: true, parameters: [...fixed, '...', 'u8', 'i16'],
  },
  structs: {
    name: 'variadic_text', result: 'i32',
    parameters: [...fixed, '...', { struct: ['f64', 'f64'] },
      { struct: ['i64', 'i64', 'i64', 'i64', 'i64'] }, 'f64'],
  },
});
const { symbols } = library;

function textOf(call, kinds, ...values) {
  const bytes = new Uint8Array(1000);
  const length = call(bytes, 1000, kinds, ...values);
  return new TextDecoder().decode(bytes.subarray(0, length)).trim();
}

test('shapes of one function, cold and hot', () => {
  const call = site('a, b', 'return f(2, a, b);', { f: symbols.variadic_sum });
  assert.equal(call(3, 4), 7);
  heat(call, 1, 2);
  assertTier(() => symbols.variadic_calls(), () => assert.equal(call(3, 4), 7));
  assert.equal(symbols.sum_none(0), 0);
  const numbers = Array.from({ length: 20 }, (_, i) => i * i);
  assert.equal(symbols.sum_many(20, ...numbers), 2470);
  const many = site('...x', `return f(20${numbers.map((_, i) => `, x[${i}]`).join('')});`,
    { f: symbols.sum_many });
  heat(many, ...numbers);
  assert.equal(many(...numbers), 2470);
});

test('in promises and through function pointers', async () => {
  assert.equal(await symbols.sum_later(1, 42), 42);
  using statics = open('variadic', { variadic_sum: { type: 'pointer' } });
  const pointer = new UnsafeFnPointer(statics.symbols.variadic_sum,
    { parameters: ['i32', '...', 'i32', 'i32'], result: 'i32' });
  assert.equal(pointer.call(2, 5, 6), 11);
});

test('what C widens is converted by its own rule first', () => {
  const call = site('...x', 'return f(...x);', { f: symbols.narrow });
  const check = () => assert.equal(
    textOf(call, 'iiiiidd', 300, 200, 70000, 40000, true, 0.1, 0.1),
    '44 -56 4464 -25536 1 0.10000000149011612 0.10000000000000001');
  check();
  heat((...x) => call(...x), new Uint8Array(1000), 1000, 'i', 1, 2, 3, 4, true, 5, 6);
  check();
  const hot = heat((bytes) => symbols.narrow(bytes, 99, 'iiiiidd', 1, 2, 3, 4, true, 5, 6),
    new Uint8Array(99));
  const bytes = new Uint8Array(99);
  assertTier(() => symbols.variadic_calls(), () => hot(bytes));
  for (const [index, value, part] of [
    [3, 'x', "Invalid FFI u8 type, expected unsigned integer: symbol 'narrow', parameter 3: got"],
    [4, 1n, "Invalid FFI i8 type, expected integer: symbol 'narrow', parameter 4"],
    [7, 1, "Invalid FFI u8 type, expected boolean: symbol 'narrow', parameter 7"],
    [8, true, "Invalid FFI f32 type, expected number: symbol 'narrow', parameter 8"],
  ]) {
    const values = [new Uint8Array(9), 9, 'i', 1, 2, 3, 4, true, 5, 6];
    values[index] = value;
    assert.throws(() => call(...values), typeError(part));
  }
  assert.equal(textOf(symbols.strict, 'ii', 255, -32768), '255 -32768');
  assert.throws(() => symbols.strict(new Uint8Array(9), 9, '', 256, 0),
    typeError('expected integer from 0 to 255'));
});

test('structs by value', () => {
  assert.equal(textOf(symbols.structs, 'tqd', new Float64Array([1.5, 2]),
    new BigInt64Array([1n, 2n, 3n, 4n, 5n]), 7), '{1.5 2} {1 5} 7');
});

test('a function that takes types and values', () => {
  const print = library.variadic('variadic_text', fixed, 'i32');
  assert.equal(print.name, 'variadic_text');
  assert.equal(textOf(print, ''), '');
  for (let i = 0; i < 3; i += 1) {
    assert.equal(textOf(print, 'ildsp', 'i32', -1, 'i64', 5n, 'f64', 0.5, 'cstring', 'text',
      'pointer', null), '-1 5 0.5 text null');
    assert.equal(textOf(print, 'su', 'cstring', null, 'u8', 300), '(none) 44');
  }
  const pair = { struct: ['f64', 'f64'] };
  assert.equal(textOf(print, 'tt', pair, new Float64Array([1, 2]), pair, new Float64Array([3, 4])),
    '{1 2} {3 4}');
  assert.throws(() => print(new Uint8Array(9), 9, '', 'i32'),
    typeError("symbol 'variadic_text', argument 3: got a type without a value"));
  assert.throws(() => print(new Uint8Array(9), 9, '', 5, 'i32'),
    typeError("symbol 'variadic_text', argument 3: got number"));
  assert.throws(() => print(new Uint8Array(9), 9, '', 'nothing', 5),
    typeError("unknown variant 'nothing'"));
  assert.throws(() => print(new Uint8Array(9), 9, '', 'i32', 'x'),
    typeError("symbol 'variadic_text', parameter 3: got string"));
});

test('types of what is given back stand alone', () => {
  using libc = dlopen('libc.so.6', {});
  const scan = libc.variadic('sscanf', ['cstring', 'cstring'], 'i32');
  const out = { out: 'i32' };
  for (let i = 0; i < 3; i += 1) {
    assert.deepEqual(scan('12 word 34', '%d %*s %d', out, { out: 'i64' }), [2, 12, 34n]);
    assert.deepEqual(scan('7 -8', '%d %d', { inout: 'i32' }, 1, out), [2, 7, -8]);
    assert.equal(scan('text', 'text'), 0);
  }
  const one = libc.variadic('sscanf', ['cstring', 'cstring', out], 'i32');
  assert.deepEqual(one('5', '%d'), [1, 5]);
  assert.deepEqual(one('5 6', '%d %d', out), [2, 5, 6]);
  assert.throws(() => one('5 6', '%d %d', out, undefined),
    typeError("symbol 'sscanf', argument 3: got undefined"));
});

test('lists of types are told apart', () => {
  const sum = library.variadic('variadic_sum', ['i32'], 'i32');
  const one = { struct: ['i32'] };
  assert.equal(sum(1, one, new Int32Array([4])), 4);
  assert.equal(sum(2, 'i32', 1, 'i32', 2), 3);
  for (const type of ['i32,i32', ...Array(30).keys(), '3:i32', '#1,']) {
    assert.throws(() => sum(2, `${type}`, new Int32Array(2)), typeError('unknown variant'));
  }
});

test('rules of the function and of its library', async () => {
  using strict = dlopen(nativePath('variadic'), {}, { strict: true, errno: true });
  const sum = strict.variadic('variadic_sum', ['i32'], 'i32');
  assert.throws(() => sum(1, 'i32', 1.5), typeError("symbol 'variadic_sum', parameter 1"));
  const wrapping = strict.variadic('variadic_sum', ['i32'], 'i32', { strict: false });
  assert.equal(wrapping(1, 'i32', 1.5), 1);
  using libc = dlopen('libc.so.6', {});
  const openFile = libc.variadic('open', ['cstring', 'i32'], 'i32', { throws: 'errno' });
  assert.throws(() => openFile('/there/is/nothing', 0),
    { name: 'SystemError', code: 'ENOENT', syscall: 'open' });
  const later = library.variadic('variadic_sum', ['i32'], 'i32', { nonblocking: true });
  assert.equal(await later(2, 'i32', 20, 'i32', 22), 42);
  await assert.rejects(later(1, 'i32'), typeError('a type without a value'));
  await assert.rejects(later(1, 'none', 4), typeError("unknown variant 'none'"));
  for (const [rules, part] of [[{ optional: true }, "unknown field 'optional'"],
    [{ type: 'i32' }, "unknown field 'type'"], [{ parameters: [] }, "unknown field 'parameters'"],
    [5, 'invalid type: number, expected an object'], [{ strict: 1 }, 'expected boolean']]) {
    const make = () => library.variadic('variadic_sum', ['i32'], 'i32', rules);
    assert.throws(make, typeError(part));
    assert.throws(make, typeError("symbol 'variadic_sum'"));
  }
});

test('parameters are read once', () => {
  const parameters = ['i32'];
  const sum = library.variadic('variadic_sum', parameters, 'i32');
  parameters[0] = 'f64';
  parameters.push('pointer');
  assert.equal(sum(1, 'i32', 8), 8);
});

test('more shapes than are kept', () => {
  const print = library.variadic('variadic_text', fixed, 'i32');
  const types = ['i32', 'u32', 'i64', 'f64'];
  const kinds = 'iuld';
  for (let n = 0; n < 400; n += 1) {
    const digits = [n % 4, (n >> 2) % 4, (n >> 4) % 4, (n >> 6) % 4, (n >> 8) % 4];
    assert.equal(
      textOf(print, digits.map((d) => kinds[d]).join(''), ...digits.flatMap((d) => [types[d], d])),
      digits.join(' '));
  }
});

test('bad definitions', () => {
  const define = (parameters, result = 'i32') => () =>
    open('variadic', { variadic_sum: { parameters, result } });
  assert.throws(define(['i32', '...', '...']),
    typeError("'...' stands twice among the parameters: symbol 'variadic_sum', parameter 1"));
  assert.throws(define(['i32', '...', { enum: { A: 1 }, type: 'u8' }]),
    typeError("as C widens 'u8': symbol 'variadic_sum', parameter 1"));
  assert.throws(define([], '...'), typeError("unknown variant '...'"));
  for (const promoted of ['i32', 5, undefined]) {
    assert.throws(define([{ promoted }]), typeError("symbol 'variadic_sum', parameter 0"));
  }
  assert.throws(() => new UnsafeCallback({ parameters: ['i32', '...'], result: 'void' }, () => {}),
    typeError('it cannot be variadic'));
  assert.throws(() => library.variadic('variadic_none', [], 'i32'), /variadic_none/);
  assert.throws(() => library.variadic('variadic_sum', 'i32', 'i32'),
    typeError('expected an array of parameters'));
  assert.throws(() => library.variadic('variadic_sum', ['i32'], 'what'),
    typeError("unknown variant 'what'"));
});

test('of a closed library', () => {
  const closed = dlopen(nativePath('variadic'), {});
  const sum = closed.variadic('variadic_sum', ['i32'], 'i32');
  assert.equal(sum(1, 'i32', 4), 4);
  closed.close();
  assert.throws(() => sum(1, 'i32', 4), { name: 'BadResource' });
  assert.throws(() => sum(1, 'i64', 4), { name: 'BadResource' });
  assert.throws(() => closed.variadic('variadic_sum', ['i32'], 'i32'), { name: 'BadResource' });
});
