// deno_messages: the errors that programs written for Deno match, by class and the part of the
// message that they match. One row per error; what a permission, a nonblocking call or another
// thread has to do with is in the suites of those.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';

import {
  UnsafeCallback, UnsafeFnPointer, UnsafePointer, UnsafePointerView, dlopen, nativePath, open,
  springboard,
} from './support.mjs';

const { BadResource } = springboard.errors;
const nullary = { parameters: [], result: 'void' };
const i32 = { parameters: ['i32'], result: 'i32' };
const recursive = { struct: ['i8'] };
recursive.struct.push(recursive);
const kinds = ['u8', 'u16', 'u32', 'u64', 'usize', 'i8', 'i16', 'i32', 'i64', 'isize', 'f32', 'f64',
  'bool'];
const expected = { u: 'unsigned integer', i: 'integer', f: 'number', b: 'boolean' };
const echo = (kind, symbol = kind) =>
  ({ name: `echo_${symbol}`, parameters: [kind], result: kind });
const lib = open('calls', {
  ...Object.fromEntries(kinds.map((kind) => [kind, echo(kind)])),
  ...Object.fromEntries(['pointer', 'function', 'buffer']
    .map((kind) => [kind, echo(kind, 'pointer')])),
  add: { name: 'add_i32', parameters: ['i32', 'i32'], result: 'i32' },
  address: { name: 'nop', type: 'pointer' },
});
const structs = open('structs', {
  pair: { name: 'twist_byte1', parameters: [{ struct: ['u8'] }], result: { struct: ['u8'] } },
});
after(() => {
  lib.close();
  structs.close();
});
const { symbols } = lib;
const pointer = UnsafePointer.create(4096);
const bytes = new Uint8Array(64);
const view = new UnsafePointerView(UnsafePointer.of(bytes));
const none = new UnsafePointerView(null);

const load = (definition, name = 'nop') =>
  () => dlopen(nativePath('calls'), { [name]: definition });
const parameter = (type) => load({ parameters: [type], result: 'void' });
const result = (type) => load({ parameters: [], result: type });
const callback = (definition, f = () => {}) => () => new UnsafeCallback(definition, f);
const pointerTo = (definition, target = symbols.address) =>
  () => new UnsafeFnPointer(target, definition).call();
const closed = (thing) => {
  thing.close();
  return thing;
};

const rows = {
  dlopen: [
    [Error, 'Could not open library: /nonexistent.so', () => dlopen('/nonexistent.so', {})],
    [Error, 'Could not open library: file:///x.so', () => dlopen('file:///x.so', {})],
    [Error, 'Could not open library: 5', () => dlopen(5, {})],
    [Error, 'Could not open library: undefined', () => dlopen(undefined, {})],
    [Error, 'Could not open library: [object Object]', () => dlopen({}, {})],
    [Error, 'Could not open library: a,b', () => dlopen(['a', 'b'], {})],
    [Error, 'Could not open library', () => dlopen('a\0b', {})],
    [TypeError, 'Cannot convert a Symbol value to a string', () => dlopen(Symbol('s'), {})],
    [TypeError, 'Must be a file URL', () => dlopen(new URL('https://host/x.so'), {})],
    [TypeError, 'Host must be empty', () => dlopen(new URL('file://host/x.so'), {})],
    [Error, 'Failed to register symbol nope: Could not obtain symbol from the library: ',
      load(nullary, 'nope')],
    [Error, 'Failed to register symbol other: Could not obtain symbol from the library: ',
      load({ ...nullary, name: 'other' })],
    [Error, 'Failed to register symbol nope: Could not obtain symbol from the library: ',
      load({ type: 'u8' }, 'nope')],
    [TypeError, 'invalid type; expected: object, got: null', () => dlopen('', null)],
    [TypeError, 'invalid type; expected: object, got: undefined', () => dlopen('')],
    [TypeError, 'invalid type; expected: object, got: number', () => dlopen('', 5)],
    [TypeError, 'invalid type; expected: object, got: string', () => dlopen('', 'x')],
    // A bad definition is the first error, whatever the path.
    [TypeError, "unknown variant 'num'",
      () => dlopen('/nonexistent.so', { a: { parameters: ['num'], result: 'void' } })],
    // A missing symbol comes after it.
    [TypeError, "unknown variant 'num'", () => dlopen(nativePath('calls'),
      { nope: nullary, bad: { parameters: ['num'], result: 'void' } })],
    [TypeError, 'Must be a file URL', () => dlopen(new URL('data:,x'), null)],
    [BadResource, 'Bad resource ID', () => closed(open('calls', {})).close()],
    [BadResource, 'Bad resource ID', () => closed(open('calls', { add: { ...i32, name: 'add_i32',
      parameters: ['i32', 'i32'] } })).symbols.add(1, 2)],
  ],
  definitions: [
    [TypeError, 'invalid type: null, expected struct ForeignFunction', load(null)],
    [TypeError, 'invalid type: undefined, expected struct ForeignFunction', load(undefined)],
    [TypeError, "missing field 'parameters'", load({})],
    [TypeError, "missing field 'parameters'", load({ result: 'void' })],
    [TypeError, "missing field 'parameters'", load({ parameters: undefined, result: 'void' })],
    [TypeError, "missing field 'parameters'", load(() => {})],
    [TypeError, "missing field 'parameters'", load([])],
    [TypeError, "missing field 'result'", load({ parameters: [] })],
    [TypeError, "missing field 'parameters'", load({ type: { struct: ['i8'] } })],
    [TypeError, "unknown variant 'num', expected one of 'void', 'bool', 'u8'", parameter('num')],
    [TypeError, "unknown variant 'num', expected one of 'void', 'bool', 'u8'", result('num')],
    [TypeError, "unknown variant 'struct'", parameter('struct')],
    [TypeError, "unknown variant 'foo'", parameter({ foo: ['i8'] })],
    [TypeError, "unknown variant 'num'", load({ type: 'num' })],
    [TypeError, "Foreign symbol of type 'void' is not supported", load({ type: 'void' })],
    [TypeError, 'expected string or map', parameter(5)],
    [TypeError, 'expected string or map', parameter(null)],
    [TypeError, 'expected string or map', parameter(undefined)],
    [TypeError, 'expected string or map', parameter(['i32'])],
    [TypeError, 'expected string or map', parameter(() => {})],
    [TypeError, 'expected string or map', result(null)],
    [TypeError, 'expected string or map', load({ parameters: [,], result: 'void' })],
    [TypeError, 'invalid value: map, expected map with a single key', parameter({})],
    [TypeError, 'invalid value: map, expected map with a single key',
      parameter({ struct: ['i8'], x: 1 })],
    [TypeError, 'invalid value: map, expected map with a single key', parameter(new String('i32'))],
    [TypeError, 'Struct must have at least one field', parameter({ struct: [] })],
    [TypeError, 'Struct must have at least one field', result({ struct: [] })],
    [TypeError, 'Struct must have at least one field', parameter({ struct: [{ struct: [] }] })],
    [TypeError, 'Cannot get pointer size, unsupported type: void', result({ struct: ['void'] })],
    [TypeError, 'Cannot get pointer size, unsupported type: void', parameter({ struct: ['void'] })],
    [TypeError, "unknown variant 'num'", result({ struct: ['num'] })],
    [TypeError, 'recursion limit exceeded', parameter(recursive)],
    [TypeError, 'recursion limit exceeded', result(recursive)],
    // Deno takes it, and aborts when it is called.
    [TypeError, "unsupported type 'void'", parameter('void')],
    [TypeError, 'expected boolean', load({ ...nullary, optional: null })],
    [TypeError, 'expected boolean', load({ ...nullary, optional: 1 })],
    [TypeError, 'expected boolean', load({ ...nullary, nonblocking: 1 })],
    [TypeError, 'expected string', load({ ...nullary, name: 5 })],
    [TypeError, 'invalid type', load({ parameters: null, result: 'void' })],
    [TypeError, 'invalid type', load({ parameters: { length: 0 }, result: 'void' })],
    [TypeError, 'invalid type', load({ parameters: new Set(), result: 'void' })],
    [TypeError, 'invalid type', parameter({ struct: null })],
    [TypeError, 'invalid type', parameter({ struct: 'i8' })],
  ],
  arguments: [
    ...kinds.map((kind) => [TypeError,
      `Invalid FFI ${kind === 'bool' ? 'u8' : kind} type, expected ${expected[kind[0]]}`,
      () => symbols[kind]('5')]),
    [TypeError, 'Invalid FFI pointer type, expected null, or External', () => symbols.pointer(5)],
    [TypeError, 'Invalid FFI function type, expected null, or External', () => symbols.function()],
    [TypeError, 'Invalid FFI function type, expected null, or External',
      () => symbols.function({ pointer })],
    [TypeError, 'Invalid FFI buffer type, expected null, ArrayBuffer, or ArrayBufferView',
      () => symbols.buffer(pointer)],
    [TypeError, 'Invalid FFI struct type, expected ArrayBuffer, or ArrayBufferView',
      () => structs.symbols.pair(null)],
    [TypeError, 'Invalid FFI ArrayBuffer, expected data in buffer',
      () => structs.symbols.pair(new ArrayBuffer(0))],
    [TypeError, 'Invalid FFI ArrayBufferView, expected data in the buffer',
      () => structs.symbols.pair(new Uint8Array(0))],
    [TypeError, 'Invalid FFI i32 type, expected integer', () => symbols.add(1)],
    // The first that is wrong.
    [TypeError, 'parameter 0', () => symbols.add('x', 'y')],
    [TypeError, 'parameter 1', () => symbols.add(1, 'y')],
  ],
  UnsafePointer: [
    [TypeError, 'expected u64', () => UnsafePointer.create('1')],
    [TypeError, 'expected u64', () => UnsafePointer.create()],
    [TypeError, 'expected external', () => UnsafePointer.equals(pointer, 1)],
    [TypeError, 'expected external', () => UnsafePointer.equals(undefined, undefined)],
    [TypeError, "Cannot access pointer: expected 'ArrayBuffer', 'SharedArrayBuffer', " +
      "'ArrayBufferView' or 'UnsafeCallbackPrototype', received number", () => UnsafePointer.of(1)],
    [TypeError, 'received undefined', () => UnsafePointer.of()],
    [TypeError, 'Invalid pointer to offset, pointer is null', () => UnsafePointer.offset(null, 1)],
    [TypeError, 'expected f64', () => UnsafePointer.offset(pointer, 'x')],
    [TypeError, 'expected f64', () => UnsafePointer.offset(pointer)],
    [TypeError, 'expected f64', () => UnsafePointer.offset(null, 'x')],
    [TypeError, 'expected external', () => UnsafePointer.offset(1, 'x')],
    [TypeError, 'expected external', () => UnsafePointer.value(undefined)],
  ],
  UnsafePointerView: [
    ...Object.entries({
      getBool: 'bool', getUint8: 'u8', getInt8: 'i8', getUint16: 'u16', getInt16: 'i16',
      getUint32: 'u32', getInt32: 'i32', getBigUint64: 'u64', getBigInt64: 'i64',
      getFloat32: 'f32', getFloat64: 'f64', getPointer: 'pointer', getCString: 'CString',
      getArrayBuffer: 'ArrayBuffer',
    }).flatMap(([getter, name]) => [
      [TypeError, `Invalid ${name} pointer, pointer is null`, () => none[getter](1)],
      [TypeError, 'expected external', () => new UnsafePointerView(5)[getter](1)],
    ]),
    ...['getBool', 'getUint8', 'getFloat64', 'getPointer', 'getCString']
      .map((getter) => [TypeError, 'expected f64', () => view[getter]('x')]),
    [TypeError, 'expected f64', () => none.getUint8('x')],
    [RangeError, 'The number 1.5 cannot be converted to a BigInt because it is not an integer',
      () => view.getBigInt64(1.5)],
    [RangeError, 'The number NaN cannot be converted to a BigInt because it is not an integer',
      () => view.getBigUint64(NaN)],
    [RangeError, 'The number Infinity cannot be converted to a BigInt',
      () => view.getBigUint64(Infinity)],
    [TypeError, 'expected f64', () => view.getArrayBuffer()],
    [TypeError, 'expected f64', () => view.getArrayBuffer(4, 'x')],
    [RangeError, 'Invalid ArrayBuffer length', () => view.getArrayBuffer(2 ** 62)],
    [TypeError, 'Invalid ArrayBuffer pointer, pointer is null', () => none.copyInto(bytes)],
    [TypeError, 'ArrayBuffer', () => view.copyInto(5)],
    [TypeError, 'ArrayBuffer', () => view.copyInto()],
    [TypeError, 'Invalid CString pointer, pointer is null',
      () => UnsafePointerView.getCString(null)],
    [TypeError, 'expected external', () => UnsafePointerView.getCString()],
    [TypeError, 'Invalid ArrayBuffer pointer, pointer is null',
      () => UnsafePointerView.getArrayBuffer(null, 1)],
    [TypeError, 'Invalid ArrayBuffer pointer, pointer is null',
      () => UnsafePointerView.copyInto(null, bytes)],
  ],
  UnsafeFnPointer: [
    [TypeError, 'pointer is null', pointerTo(nullary, null)],
    [TypeError, 'expected external', pointerTo(nullary, 5)],
    [TypeError, 'expected external', () => new UnsafeFnPointer(undefined, nullary).call()],
    [TypeError, "missing field 'parameters'", pointerTo({})],
    [TypeError, "missing field 'result'", pointerTo({ parameters: [] })],
    [TypeError, "unknown variant 'num'", pointerTo({ parameters: ['num'], result: 'void' })],
    [TypeError, 'Struct must have at least one field',
      pointerTo({ parameters: [], result: { struct: [] } })],
    [TypeError, 'Cannot get pointer size: found recursive struct',
      pointerTo({ parameters: [], result: recursive })],
    [TypeError, 'Cannot get pointer size, unsupported type: num',
      pointerTo({ parameters: [], result: { struct: ['num'] } })],
  ],
  UnsafeCallback: [
    [TypeError, 'Cannot construct UnsafeCallback: cannot be nonblocking',
      callback({ ...nullary, nonblocking: true })],
    [TypeError, 'Cannot construct UnsafeCallback: cannot be nonblocking',
      callback({ ...nullary, nonblocking: true }, 5)],
    [TypeError, 'expected Function', callback(nullary, 5)],
    [TypeError, 'expected Function', callback(nullary, {})],
    [TypeError, "missing field 'parameters'", callback({})],
    [TypeError, "missing field 'result'", callback({ parameters: [] })],
    [TypeError, "unknown variant 'num'", callback({ parameters: ['num'], result: 'void' })],
    [TypeError, 'Struct must have at least one field', callback({ parameters: [], result:
      { struct: [] } })],
    [TypeError, 'recursion limit exceeded', callback({ parameters: [recursive], result: 'void' })],
    [TypeError, "unsupported type 'void'", callback({ parameters: ['void'], result: 'void' })],
    [BadResource, 'Bad resource ID', () => closed(callback(nullary)()).close()],
    [BadResource, 'Bad resource ID', () => closed(callback(nullary)()).ref()],
  ],
  'without new': [
    [TypeError, 'new', () => UnsafeCallback(nullary, () => {})],
    [TypeError, 'new', () => UnsafeFnPointer(symbols.address, nullary)],
    [TypeError, 'new', () => UnsafePointerView(pointer)],
    [TypeError, 'new', () => UnsafePointer()],
  ],
};

for (const [what, list] of Object.entries(rows)) {
  test(`${what}: ${list.length} errors`, () => {
    for (const [errorClass, part, run] of list) {
      assert.throws(run, (error) => {
        assert.equal(error.constructor, errorClass, `${error}, for ${part}`);
        assert.ok(error.message.includes(part), `'${error.message}' lacks '${part}'`);
        return true;
      }, part);
    }
    assert.equal(symbols.add(40, 2), 42);
  });
}

test('a string that is longer than V8 has them', () => {
  // 2 MiB of memory, mapped over and over behind each other.
  const libc = dlopen('', {
    memfd_create: { parameters: ['buffer', 'u32'], result: 'i32' },
    ftruncate: { parameters: ['i32', 'i64'], result: 'i32' },
    close: { parameters: ['i32'], result: 'i32' },
    mmap: { parameters: ['pointer', 'usize', 'i32', 'i32', 'i32', 'i64'], result: 'pointer' },
    munmap: { parameters: ['pointer', 'usize'], result: 'i32' },
    memset: { parameters: ['pointer', 'i32', 'usize'], result: 'pointer' },
  });
  const { memfd_create: create, ftruncate, close, mmap, munmap, memset } = libc.symbols;
  const [part, parts] = [2 ** 21, 257];
  const [readWrite, shared, fixed, privateAnonymous] = [3, 1, 0x10, 0x22];
  const size = part * (parts + 1);
  const file = create(new TextEncoder().encode('text\0'), 0);
  assert.equal(ftruncate(file, part), 0);
  // What follows the last part stays zero.
  const memory = mmap(null, size, readWrite, privateAnonymous, -1, 0);
  for (let i = 0; i < parts; i += 1) {
    mmap(UnsafePointer.offset(memory, i * part), part, readWrite, shared | fixed, file, 0);
  }
  memset(memory, 0x61, part);
  assert.throws(() => UnsafePointerView.getCString(memory), (error) => error instanceof TypeError &&
    error.message === 'Invalid CString pointer, string exceeds max length');
  assert.equal(UnsafePointerView.getCString(memory, part * parts - 4), 'aaaa');
  assert.equal(munmap(memory, size), 0);
  assert.equal(close(file), 0);
  libc.close();
});

test('BadResource is an Error of its own name', () => {
  const error = new BadResource('text');
  assert.ok(error instanceof Error);
  assert.equal(error.name, 'BadResource');
  assert.equal(String(error), 'BadResource: text');
  assert.equal(BadResource.name, 'BadResource');
});

test('the path of a URL that is a URL', () => {
  const again = dlopen(pathToFileURL(nativePath('calls')), { nop: nullary });
  assert.equal(again.symbols.nop(), undefined);
  again.close();
});
