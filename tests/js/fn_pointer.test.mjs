// fn_pointer: calling a bare address with a definition.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import {
  UnsafeCallback, UnsafeFnPointer, UnsafePointer, collect, heat, open, site, typeError,
} from './support.mjs';

const names = ['add_i32', 'add_f64', 'nop', 'weigh12_i32', 'echo_pointer', 'less_f64'];
const lib = open('calls', Object.fromEntries(names.map((name) => [name, { type: 'pointer' }])));
const structs = open('structs', { midpoint: { type: 'pointer' } });
const { symbols } = lib;
after(() => {
  lib.close();
  structs.close();
});
const i32 = { parameters: ['i32', 'i32'], result: 'i32' };

test('scalars, cold and hot', () => {
  const add = new UnsafeFnPointer(symbols.add_i32, i32);
  assert.equal(add.call(40, 2), 42);
  const run = heat(site('a, b', 'return add.call(a, b);', { add }), 1, 2);
  assert.equal(run(40, 2), 42);
  assert.throws(() => run('x', 2), typeError('Invalid FFI i32 type, expected integer'));
  const sum = new UnsafeFnPointer(symbols.add_f64, { parameters: ['f64', 'f64'], result: 'f64' });
  assert.equal(sum.call(0.5, 0.25), 0.75);
  const less = new UnsafeFnPointer(symbols.less_f64,
    { parameters: ['f64', 'f64'], result: 'bool' });
  assert.equal(less.call(1, 2), true);
  const twelve = new UnsafeFnPointer(symbols.weigh12_i32,
    { parameters: Array(12).fill('i32'), result: 'i32' });
  assert.equal(twelve.call(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1), 78);
});

test('structs', () => {
  const Point = { struct: ['f64', 'f64'] };
  const midpoint = new UnsafeFnPointer(structs.symbols.midpoint,
    { parameters: [Point, Point], result: Point });
  const result = midpoint.call(new Float64Array([0, 0]), new Float64Array([2, 4]));
  assert.deepEqual([...new Float64Array(result.buffer)], [1, 2]);
  assert.throws(() => midpoint.call(new Float64Array(1), new Float64Array(2)), TypeError);
});

test('a void call gives null', () => {
  const nop = new UnsafeFnPointer(symbols.nop, { parameters: [], result: 'void' });
  assert.equal(nop.call(), null);
});

test('fields are those given', () => {
  const add = new UnsafeFnPointer(symbols.add_i32, i32);
  assert.equal(add.pointer, symbols.add_i32);
  assert.equal(add.definition, i32);
});

test('a callback\'s pointer is a function like any other', () => {
  const callback = new UnsafeCallback(i32, (a, b) => a * b);
  const times = new UnsafeFnPointer(callback.pointer, i32);
  assert.equal(times.call(6, 7), 42);
  callback.close();
});

test('bad pointers and definitions leave the process healthy', () => {
  for (const bad of [5, {}, 'x', undefined, 1n, new Uint8Array(8)]) {
    assert.throws(() => new UnsafeFnPointer(bad, i32).call(1, 2), typeError('expected external'));
  }
  assert.throws(() => new UnsafeFnPointer(null, i32).call(1, 2), TypeError);
  const bad = (definition, part) => assert.throws(
    () => new UnsafeFnPointer(symbols.add_i32, definition).call(1, 2), typeError(part));
  bad({}, 'missing field');
  bad({ parameters: [] }, 'missing field');
  bad({ parameters: ['int'], result: 'void' }, 'unknown variant');
  bad({ parameters: ['i32'], result: { struct: [] } }, 'Struct must have at least one field');
  bad({ parameters: [{ struct: [] }], result: 'void' }, 'Struct must have at least one field');
  bad({ parameters: ['void'], result: 'void' }, 'void');
  const loop = { struct: ['i32'] };
  loop.struct.push(loop);
  bad({ parameters: [loop], result: 'void' }, '');
  assert.throws(() => new UnsafeFnPointer(symbols.add_i32).call(1, 2), TypeError);
  assert.equal(new UnsafeFnPointer(symbols.add_i32, i32).call(40, 2), 42);
});

test('many, made and dropped', () => {
  for (let i = 0; i < 2000; i += 1) {
    assert.equal(new UnsafeFnPointer(symbols.add_i32, i32).call(i, 1), i + 1);
    if (i % 500 === 0) collect();
  }
});

test('echo of a pointer', () => {
  const echo = new UnsafeFnPointer(symbols.echo_pointer,
    { parameters: ['pointer'], result: 'pointer' });
  assert.equal(echo.call(null), null);
  assert.equal(UnsafePointer.value(echo.call(UnsafePointer.create(77))), 77n);
});
