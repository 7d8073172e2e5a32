// patched_globals: a script that replaces what the language offers, or defines accessors on
// Object.prototype, changes nothing about calls that are unrelated to what it did.

import assert from 'node:assert/strict';
import test from 'node:test';

import {
  UnsafeCallback, UnsafeFnPointer, UnsafePointer, dlopen, isBadResource, nativePath, springboard,
} from './support.mjs';

const { alloc, copy, read, view, write } = springboard;
const path = nativePath('plain');
const keepingPath = nativePath('keeping');
const outPath = nativePath('out');
const variadicPath = nativePath('variadic');
const increment = { parameters: ['i32'], result: 'i32' };
const definitions = {
  add_i32: { parameters: ['i32', 'i32'], result: 'i32' },
  call_back: { parameters: ['function', 'i32'], result: 'i32' },
  add_enum: {
    name: 'add_i32', parameters: [{ enum: { ONE: 1, TWO: 2 }, type: 'i32' }, 'i32'], result: 'i32',
  },
  call_function: { name: 'call_back', parameters: [{ callback: increment }, 'i32'], result: 'i32' },
};
const { defineProperty, getOwnPropertyDescriptor } = Object;
const RealError = Error;

function refuse() {
  throw new RealError('a patched function ran');
}

// What `use` returns or throws while the properties named in `places` are not what they were.
function whilePatched(places, property, use) {
  const originals = [];
  for (let i = 0; i < places.length; i += 1) {
    originals[i] = getOwnPropertyDescriptor(places[i][0], places[i][1]);
  }
  try {
    for (let i = 0; i < places.length; i += 1) {
      defineProperty(places[i][0], places[i][1], property);
    }
    return use();
  } finally {
    for (let i = 0; i < places.length; i += 1) {
      if (originals[i] === undefined) delete places[i][0][places[i][1]];
      else defineProperty(places[i][0], places[i][1], originals[i]);
    }
  }
}

const things = {
  make: {
    name: 'thing_new', parameters: ['i32'], result: { pointer: 'thing', free: 'thing_free' },
  },
  value: { name: 'thing_value', parameters: [{ pointer: 'thing' }], result: 'i32' },
  same: { parameters: [{ userdata: true }], result: { userdata: true } },
};

function exerciseMemory() {
  const library = dlopen(keepingPath, things);
  const { make, value, same } = library.symbols;
  const thing = make(3);
  const memory = alloc('i32', 2);
  write(memory, 'i32', value(thing), 4);
  copy(memory, view(memory.bytes, 8), 4);
  thing.free();
  const sum = read(memory, 'i32', 4) + (same(memory) === memory ? 1 : 0);
  memory.free();
  library.close();
  return sum;
}

const outs = {
  put: { name: 'put_i32', parameters: ['i32', { out: 'i32' }], result: 'i32', errno: true },
  swap: { name: 'swap_pointer', parameters: [{ inout: { userdata: true } }, { out: 'pointer' }],
    result: 'void' },
  fail: { name: 'fail_i32', parameters: ['i32', 'i32'], result: 'i32', throws: 'errno' },
};

function exerciseOuts() {
  const library = dlopen(outPath, outs);
  const { put, swap, fail } = library.symbols;
  const aligned = alloc({ struct: ['u8'], align: 64 });
  let told = `${put(5)[1]} ${swap(library)[0]}`;
  try {
    fail(2, -1);
  } catch (error) {
    told += ` ${error.code} ${library.errno}`;
  }
  aligned.free();
  library.close();
  return told;
}

function exerciseVariadic() {
  const library = dlopen(variadicPath, {}, { flags: ['now'] });
  const sum = library.variadic('variadic_sum', ['i32'], 'i32', { strict: true });
  const total = sum(2, 'i32', 20, 'u8', 22) + sum(1, 'i16', -2);
  library.close();
  return total;
}

function exercise() {
  const library = dlopen(path, definitions);
  const url = { protocol: 'file:', hostname: '', pathname: path };
  const { add_i32: add, call_back: callBack } = library.symbols;
  const callback = new UnsafeCallback({ parameters: ['i32'], result: 'i32' }, (x) => x + 1);
  const pointer = new UnsafeFnPointer(callback.pointer, { parameters: ['i32'], result: 'i32' });
  const results = {
    add: add(1, 2),
    form: library.symbols.add_enum('TWO', 40),
    back: callBack(callback.pointer, 4),
    called: library.symbols.call_function((x) => x + 2, 4),
    memory: exerciseMemory(),
    outs: exerciseOuts(),
    variadic: exerciseVariadic(),
    pointer: pointer.call(8),
    of: UnsafePointer.of(new Uint8Array(8)) !== null,
    url: dlopen(url, definitions).symbols.add_i32(20, 3),
  };
  callback.ref();
  callback.close();
  library.close();
  try {
    add(1, 2);
  } catch (error) {
    results.closed = error;
  }
  return results;
}

function check(results) {
  const { closed, ...values } = results;
  assert.deepEqual(values, {
    add: 3, form: 42, back: 5, pointer: 9, of: true, url: 23, called: 6, memory: 4,
    outs: '5 null ENOENT 2', variadic: 40,
  });
  assert.ok(isBadResource(closed), String(closed));
}

test('replaced functions', () => {
  const places = [
    [Array.prototype, Symbol.iterator], [Array.prototype, 'push'], [Function.prototype, 'call'],
    [Function.prototype, 'apply'], [Function.prototype, 'bind'], [Reflect, 'apply'],
    [WeakMap.prototype, 'set'], [WeakMap.prototype, 'get'], [Map.prototype, 'get'],
    [Map.prototype, 'set'], [FinalizationRegistry.prototype, 'register'],
    [globalThis, 'FinalizationRegistry'], [globalThis, 'Number'],
    [String.prototype, 'replace'], [RegExp.prototype, 'exec'],
    [RegExp.prototype, Symbol.replace], [globalThis, 'decodeURIComponent'], [globalThis, 'String'],
    [globalThis, 'Error'], [globalThis, 'TypeError'], [globalThis, 'WeakMap'],
    [globalThis, 'Object'], [globalThis, 'BigInt'],
  ];
  check(whilePatched(places, { value: refuse, configurable: true, writable: true }, exercise));
});

test('setters on Object.prototype', () => {
  const places = [
    'symbols', 'handle', 'direct', 'pointer', 'add_i32', 'length', '0', '1', 'core', 'member',
    'pass', 'receive', 'taken', 'before', 'out', 'type', 'ONE', 'parameters', 'result', 'strict',
    'key', 'types', 'declare', 'cleanup', 'size', 'align', 'errno', 'code',
  ]
    .map((name) => [Object.prototype, name]);
  check(whilePatched(places, { set: refuse, get() {}, configurable: true }, exercise));
});
