// Forms: types that convert in JavaScript around a call of their core type (v8_glue/forms.js).

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { open, typeError, UnsafeCallback, UnsafeFnPointer } from './support.mjs';

const color = { enum: { RED: 0, GREEN: 1, BLUE: 7 }, type: 'u32' };
const other = { enum: { LOW: -3, HIGH: 3 }, type: 'i8' };

const lib = open('calls', {
  echo_u32: { parameters: [color], result: color },
  echo_i8: { parameters: [other], result: other },
  later: { name: 'echo_u32', parameters: [color], result: color, nonblocking: true },
});

test('an enum takes names and values, and gives values', () => {
  assert.equal(lib.symbols.echo_u32('BLUE'), 7);
  assert.equal(lib.symbols.echo_u32(1), 1);
  assert.equal(lib.symbols.echo_i8('LOW'), -3);
  assert.equal(lib.symbols.echo_i8(3), 3);
});

test('what is no value of an enum is refused', async () => {
  for (const [value, got] of [[2, 'number'], ['PINK', 'string'], ['toString', 'string'],
    [undefined, 'undefined'], [null, 'null'], [1n, 'bigint'], [1.5, 'number'], ['7', 'string']]) {
    const message = `Invalid FFI enum type, expected a name or value of it: symbol 'echo_u32', ` +
      `parameter 0: got ${got}`;
    assert.throws(() => lib.symbols.echo_u32(value), typeError(message));
    await assert.rejects(lib.symbols.later(value), typeError("symbol 'later', parameter 0"));
  }
});

test('an enum in promises, callbacks and function pointers', async () => {
  assert.equal(await lib.symbols.later('GREEN'), 1);
  const seen = [];
  using callback = new UnsafeCallback({ parameters: [color], result: color }, (value) => {
    seen.push(value);
    return value === 7 ? 'RED' : 'BLUE';
  });
  const call = new UnsafeFnPointer(callback.pointer, { parameters: [color], result: color });
  assert.equal(call.call('BLUE'), 0);
  assert.equal(call.call('RED'), 7);
  assert.deepEqual(seen, [7, 0]);
  using wrong = new UnsafeCallback({ parameters: [], result: color }, () => 3);
  const calls = new UnsafeFnPointer(wrong.pointer, { parameters: [], result: 'u32' });
  assert.throws(() => calls.call(),
    typeError("expected a name or value of it: symbol 'UnsafeCallback', result: got number"));
});

test('a bad enum is refused where it is defined', () => {
  const define = (type) => () => open('calls', { echo_u32: { parameters: [type], result: 'u32' } });
  for (const [type, part] of [
    [{ enum: null }, 'invalid type: null, expected an object of names and numbers'],
    [{ enum: { A: 'x' } }, "invalid value of 'A': string, expected an integer"],
    [{ enum: { A: 1 }, type: 'f64' }, 'expected an integer of 8 to 64 bits'],
    [{ enum: { A: 1 }, type: { enum: { B: 1 } } }, 'expected an integer of 8 to 64 bits'],
    [{ enum: { A: 1 }, type: 'nothing' }, "unknown variant 'nothing'"],
    [{ enum: { A: 256 }, type: 'u8' }, "invalid value of 'A': 256, expected an integer from 0 to"],
    [{ enum: { A: -1 }, type: 'unsigned' }, "invalid value of 'A': -1"],
    [{ enum: { A: 2 ** 31 }, type: 'int' }, "invalid value of 'A': 2147483648"],
    [{ enum: { A: 2 ** 53 }, type: 'i64' }, "invalid value of 'A': number, expected an integer"],
    [{ enum: { A: 1 }, size: 2 }, "unknown field 'size'"],
  ]) {
    assert.throws(define(type), typeError(part));
    assert.throws(define(type), typeError("symbol 'echo_u32', parameter 0"));
  }
});

test('an enum without a type has the one that C chooses, and types have C\'s names', () => {
  const echo = (type, name) => {
    const { symbols } = open('calls', { [name]: { parameters: [type], result: type } });
    return symbols[name];
  };
  assert.equal(echo({ enum: { LOW: -1, HIGH: 1 } }, 'echo_i32')('LOW'), -1);
  assert.equal(echo({ enum: { ALL: 0xffffffff } }, 'echo_u32')('ALL'), 0xffffffff);
  assert.equal(echo({ enum: { A: -1, B: 0xffffffff } }, 'echo_i64')('B'), 0xffffffff);
  assert.equal(echo({ enum: { A: -1, B: 0xffffffff } }, 'echo_i64')('A'), -1);
  assert.equal(echo({ enum: { FAR: 2 ** 40 } }, 'echo_u64')('FAR'), 2 ** 40);
  assert.equal(echo({ enum: { LOW: -1 }, type: 'int' }, 'echo_i32')('LOW'), -1);
  assert.equal(echo({ enum: { A: 3 }, type: 'unsigned char' }, 'echo_u8')('A'), 3);
  assert.equal(echo({ enum: { A: -3 }, type: 'long' }, 'echo_i64')('A'), -3);
});

test('a struct has fields of an enum as of its type', () => {
  using structs = open('calls', {
    echo_u32: { parameters: [{ struct: [color] }], result: { struct: [color] } },
  });
  assert.deepEqual(structs.symbols.echo_u32(new Uint32Array([7])), new Uint8Array([7, 0, 0, 0]));
});

test('the forms that definitions are given without asking cannot be spelled', () => {
  const names = { promoted: ['u8', 'i16', 'f32', 'bool'], text: ['cstring', 'buffer'] };
  for (const [form, types] of Object.entries(names)) {
    for (const type of types) {
      const message = `unknown variant '${form}'`;
      for (const parameters of [[{ [form]: type }], ['...', { [form]: type }],
        [{ out: { [form]: type } }], [{ struct: [{ [form]: type }] }],
        [{ callback: { parameters: [{ [form]: type }], result: 'void' } }]]) {
        assert.throws(() => {
          const { symbols } = open('calls', { echo_u32: { parameters, result: 'u32' } });
          // The definition of a callback is read when there is one.
          symbols.echo_u32(() => {});
        }, typeError(message), `${form} ${type}`);
      }
      assert.throws(() => new UnsafeCallback({ parameters: [], result: { [form]: type } }, () => 0),
        typeError(message));
    }
  }
});
