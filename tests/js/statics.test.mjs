// statics: variables of a library, read once when it is loaded.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { UnsafePointerView, open, typeError } from './support.mjs';

const table = {
  i8: -8, u8: 200, i16: -1600, u16: 60000, i32: -320000, u32: 4000000000,
  i64: -(2n ** 63n), u64: 2n ** 64n - 1n, isize: -64n, usize: 64n, f32: 1.5, f64: -2.25,
};

test('every scalar type', () => {
  const symbols = Object.fromEntries(Object.keys(table).map((kind) => [`static_${kind}`,
    { type: kind }]));
  const lib = open('statics', {
    ...symbols, static_true: { type: 'bool' }, static_false: { type: 'bool' },
  });
  for (const [kind, value] of Object.entries(table)) {
    assert.equal(lib.symbols[`static_${kind}`], value, kind);
  }
  assert.equal(lib.symbols.static_true, true);
  assert.equal(lib.symbols.static_false, false);
  assert.deepEqual(Object.getOwnPropertyDescriptor(lib.symbols, 'static_i8'),
    { value: -8, writable: false, enumerable: true, configurable: false });
  lib.close();
});

test('pointer, buffer and function give the address', () => {
  for (const type of ['pointer', 'buffer', 'function']) {
    const lib = open('statics', { static_text: { type }, static_array: { type } });
    assert.equal(UnsafePointerView.getCString(lib.symbols.static_array), 'bytes', type);
    const text = new UnsafePointerView(lib.symbols.static_text).getPointer();
    assert.equal(UnsafePointerView.getCString(text), 'a static text', type);
    lib.close();
  }
});

test('structs through a pointer', () => {
  const lib = open('statics', { static_struct: { type: 'pointer' } });
  const view = new UnsafePointerView(lib.symbols.static_struct);
  assert.equal(view.getInt32(), 7);
  assert.equal(view.getFloat64(8), 8.5);
  lib.close();
});

test('read once', () => {
  const definition = { static_i32: { type: 'i32' } };
  const lib = open('statics', {
    ...definition, set_static_i32: { parameters: ['i32'], result: 'void' },
    address: { name: 'static_i32', type: 'pointer' },
  });
  lib.symbols.set_static_i32(99);
  assert.equal(lib.symbols.static_i32, -320000);
  assert.equal(new UnsafePointerView(lib.symbols.address).getInt32(), 99);
  const again = open('statics', definition);
  assert.equal(again.symbols.static_i32, 99);
  lib.symbols.set_static_i32(-320000);
  again.close();
  lib.close();
});

test('a string type wins over a function, name and optional work', () => {
  const lib = open('statics', {
    number: { name: 'static_u8', type: 'u8', parameters: [], result: 'void' },
    absent: { type: 'u8', optional: true },
    gone: { name: 'not_there', type: 'pointer', optional: true },
  });
  assert.equal(lib.symbols.number, 200);
  assert.equal(lib.symbols.absent, null);
  assert.equal(lib.symbols.gone, null);
  lib.close();
});

test('what cannot be read', () => {
  const bad = (type, part) => assert.throws(() => open('statics', { static_i8: { type } }),
    typeError(part));
  bad('void', "Foreign symbol of type 'void' is not supported");
  bad('num', 'unknown variant');
  bad({ struct: ['i8'] }, 'missing field');
  assert.throws(() => open('statics', { not_there: { type: 'i8' } }),
    /Failed to register symbol not_there/);
});
