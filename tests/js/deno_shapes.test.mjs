// deno_shapes: what a program can see of the API's objects beside what they do: their properties
// and the order of those, classes and subclasses, names and lengths of functions.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import {
  UnsafeCallback, UnsafeFnPointer, UnsafePointer, UnsafePointerView, dlopen, nativePath, open,
  springboard,
} from './support.mjs';

const nullary = { parameters: [], result: 'void' };
const i32 = { parameters: ['i32', 'i32'], result: 'i32' };
const add = { name: 'add_i32', ...i32 };
const lib = open('calls', { add, address: { name: 'add_i32', type: 'pointer' } });
after(() => lib.close());
const { symbols } = lib;
const bytes = Uint8Array.from({ length: 16 }, (_, i) => i + 1);

const describe = (object, key) => {
  const { value, ...flags } = Object.getOwnPropertyDescriptor(object, key);
  return { ...flags, type: value === null ? 'null' : typeof value };
};
const open_ = { writable: true, enumerable: true, configurable: true };
const constant = { writable: false, enumerable: true, configurable: false };

test('the properties of symbols', () => {
  const statics = open('statics', {
    zebra: { name: 'static_u8', type: 'u8' },
    missing: { ...nullary, optional: true },
    gone: { type: 'u8', optional: true },
    set: { name: 'set_static_i32', parameters: ['i32'], result: 'void' },
    text: { name: 'static_text', type: 'pointer' },
    7: { name: 'static_i8', type: 'i8' },
  });
  assert.deepEqual(Reflect.ownKeys(statics.symbols),
    ['7', 'zebra', 'missing', 'gone', 'set', 'text']);
  assert.deepEqual(describe(statics.symbols, 'zebra'), { ...constant, type: 'number' });
  assert.deepEqual(describe(statics.symbols, 'gone'), { ...constant, type: 'null' });
  assert.deepEqual(describe(statics.symbols, 'text'), { ...constant, type: 'object' });
  assert.deepEqual(describe(statics.symbols, 'set'), { ...open_, type: 'function' });
  assert.deepEqual(describe(statics.symbols, 'missing'), { ...open_, type: 'null' });
  assert.throws(() => { statics.symbols.zebra = 1; }, TypeError);
  statics.symbols.set = 5;
  assert.equal(statics.symbols.set, 5);
  assert.equal(Object.getPrototypeOf(statics.symbols), Object.prototype);
  assert.equal(Object.isExtensible(statics.symbols), true);
  statics.close();
});

test('a symbol is a plain function', () => {
  assert.deepEqual(Reflect.ownKeys(symbols.add).sort(), ['length', 'name']);
  assert.deepEqual(Object.getOwnPropertyDescriptor(symbols.add, 'name'),
    { value: '', writable: false, enumerable: false, configurable: true });
  assert.equal(symbols.add.length, 0);
  assert.equal(Object.getPrototypeOf(symbols.add), Function.prototype);
  assert.throws(() => new symbols.add(1, 2), TypeError);
  assert.equal(Reflect.apply(symbols.add, { a: 1 }, [1, 2]), 3);
  assert.equal(symbols.add.bind(null, 5)(6), 11);
  const pair = { struct: ['f64', 'f64'] };
  const structs = open('structs', { midpoint: { parameters: [pair, pair], result: pair } });
  assert.equal(structs.symbols.midpoint.length, 2);
  assert.equal(structs.symbols.midpoint.name, '');
  structs.close();
});

test('a library', () => {
  assert.deepEqual(Reflect.ownKeys(lib), ['symbols']);
  assert.deepEqual(describe(lib, 'symbols'), { ...open_, type: 'object' });
  assert.equal(lib.constructor.name, 'DynamicLibrary');
  const own = open('calls', { add });
  const { close } = own;
  assert.throws(() => close(), TypeError);
  assert.equal(own.symbols.add(1, 2), 3);
  own.symbols = 5;
  assert.equal(own.close(), undefined);
});

test('dlopen', () => {
  assert.equal(dlopen.name, 'dlopen');
  assert.equal(dlopen.length, 2);
  for (const none of [{}, [], () => {}]) {
    const empty = dlopen(nativePath('calls'), none);
    assert.deepEqual(Reflect.ownKeys(empty.symbols), []);
    empty.close();
  }
});

// Each class: its own names, its prototype's in order, an instance's in order.
const instances = {
  UnsafePointer: [['create', 'equals', 'of', 'offset', 'value'], [], () => new UnsafePointer(), []],
  UnsafePointerView: [['getCString', 'getArrayBuffer', 'copyInto'],
    ['getBool', 'getUint8', 'getInt8', 'getUint16', 'getInt16', 'getUint32', 'getInt32',
      'getBigUint64', 'getBigInt64', 'getFloat32', 'getFloat64', 'getPointer', 'getCString',
      'getArrayBuffer', 'copyInto'],
    () => new UnsafePointerView(symbols.address), ['pointer']],
  UnsafeFnPointer: [[], ['call'], () => new UnsafeFnPointer(symbols.address, i32),
    ['pointer', 'definition']],
  UnsafeCallback: [['threadSafe'], ['ref', 'unref', 'close'],
    () => new UnsafeCallback(nullary, () => {}), ['definition', 'callback', 'pointer']],
};
for (const [name, [statics, methods, make, fields]] of Object.entries(instances)) {
  test(`the class ${name}`, () => {
    const class_ = springboard[name];
    const strings = (object) => Reflect.ownKeys(object).filter((key) => typeof key === 'string');
    assert.equal(class_.name, name);
    assert.deepEqual(strings(class_), ['length', 'name', 'prototype', ...statics]);
    assert.deepEqual(strings(class_.prototype), ['constructor', ...methods]);
    for (const method of statics) {
      assert.deepEqual(describe(class_, method), { ...open_, enumerable: false, type: 'function' });
    }
    const made = make();
    assert.ok(made instanceof class_);
    assert.deepEqual(Reflect.ownKeys(made), fields);
    for (const field of fields) {
      const { type, ...flags } = describe(made, field);
      assert.deepEqual(flags, open_, `${name}.${field}`);
    }
    assert.equal(class_.prototype[Symbol.toStringTag], undefined);
    assert.throws(() => class_(), TypeError);
    made.close?.();
  });
}

test('how many arguments functions say they take', () => {
  const lengths = (object) => Object.fromEntries(Object.getOwnPropertyNames(object)
    .filter((key) => !['constructor', 'prototype', 'length', 'name'].includes(key))
    .map((key) => [key, object[key].length]));
  assert.deepEqual(lengths(UnsafePointer), { create: 1, equals: 2, of: 1, offset: 2, value: 1 });
  assert.deepEqual(lengths(UnsafePointerView), { getCString: 1, getArrayBuffer: 2, copyInto: 2 });
  const { getArrayBuffer, copyInto, ...getters } = lengths(UnsafePointerView.prototype);
  assert.deepEqual([getArrayBuffer, copyInto], [1, 1]);
  assert.ok(Object.values(getters).every((length) => length === 0));
  assert.deepEqual(lengths(UnsafeFnPointer.prototype), { call: 0 });
  assert.deepEqual(lengths(UnsafeCallback), { threadSafe: 2 });
  assert.deepEqual(lengths(UnsafeCallback.prototype), { ref: 0, unref: 0, close: 0 });
});

test('pointer objects have no properties and take none', () => {
  const pointer = UnsafePointer.create(4096);
  assert.equal(typeof pointer, 'object');
  assert.deepEqual(Reflect.ownKeys(pointer), []);
  assert.equal(Object.getPrototypeOf(pointer), null);
  for (const is of [Object.isFrozen, Object.isSealed]) assert.equal(is(pointer), true);
  assert.throws(() => { pointer.x = 1; }, TypeError);
  assert.throws(() => Object.setPrototypeOf(pointer, {}), TypeError);
  assert.throws(() => String(pointer), TypeError);
  assert.equal(Object.prototype.toString.call(pointer), '[object Object]');
  assert.equal(JSON.stringify(pointer), '{}');
  assert.equal(new WeakMap([[pointer, 'a key']]).get(pointer), 'a key');
  assert.notEqual(symbols.address, UnsafePointer.create(UnsafePointer.value(symbols.address)));
});

test('subclasses', () => {
  class View extends UnsafePointerView {
    getUint8(offset) { return super.getUint8(offset) + 100; }
  }
  const view = new View(UnsafePointer.of(bytes));
  assert.ok(view instanceof UnsafePointerView);
  assert.equal(view.getUint8(1), 102);
  assert.equal(View.getCString, UnsafePointerView.getCString);
  class Callback extends UnsafeCallback {
    closed = false;
    close() {
      this.closed = true;
      super.close();
    }
  }
  const callback = new Callback({ parameters: ['i32', 'i32'], result: 'i32' }, (a, b) => a * b);
  assert.ok(callback instanceof UnsafeCallback);
  assert.equal(UnsafePointer.equals(UnsafePointer.of(callback), callback.pointer), true);
  assert.equal(new UnsafeFnPointer(callback.pointer, i32).call(6, 7), 42);
  callback.close();
  assert.equal(callback.closed, true);
  const safe = Callback.threadSafe(nullary, () => {});
  assert.ok(safe instanceof UnsafeCallback);
  assert.equal(safe.unref(), 0);
  safe.close();
});

test('methods work on what has the fields, or throw', () => {
  const { getUint8 } = UnsafePointerView.prototype;
  assert.throws(() => getUint8(), TypeError);
  assert.equal(getUint8.call({ pointer: UnsafePointer.of(bytes) }, 2), 3);
  const { close, ref, unref } = UnsafeCallback.prototype;
  for (const method of [close, ref, unref]) {
    for (const stranger of [undefined, {}, Object.create(UnsafeCallback.prototype)]) {
      assert.throws(() => method.call(stranger), TypeError);
    }
  }
  const forged = Object.create(UnsafeCallback.prototype);
  assert.throws(() => UnsafePointer.of(forged), TypeError);
  assert.throws(() => UnsafePointer.value(forged), TypeError);
});

test('what a callback is called by does not change with its fields', () => {
  const callback = new UnsafeCallback(i32, (a, b) => a - b);
  const address = UnsafePointer.value(callback);
  callback.callback = () => 0;
  callback.definition = nullary;
  assert.equal(new UnsafeFnPointer(callback.pointer, i32).call(5, 3), 2);
  callback.pointer = null;
  assert.equal(UnsafePointer.value(callback), address);
  assert.equal(UnsafePointer.value(UnsafePointer.of(callback)), address);
  callback.close();
  assert.equal(UnsafePointer.value(callback), address);
});

test('errors', () => {
  const { BadResource, NotCapable } = springboard.errors;
  for (const class_ of [BadResource, NotCapable]) {
    assert.equal(Object.getPrototypeOf(class_), Error);
    assert.equal(new class_('text').name, class_.name);
    assert.deepEqual(Object.keys(new class_('text')), []);
  }
});
