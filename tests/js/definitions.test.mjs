// definitions: objects that are no plain literals as definitions, and definitions that change while
// they are read: what counts is what was read, once, from own properties.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  UnsafeCallback, UnsafeFnPointer, counts, dlopen, nativePath, open, typeError,
} from './support.mjs';

const path = nativePath('calls');
const nullary = { parameters: [], result: 'void' };
const add = { name: 'add_i32', parameters: ['i32', 'i32'], result: 'i32' };

// What symbols.add(40, 2) gives when `definitions` are opened.
function addWith(definitions) {
  const lib = dlopen(path, definitions);
  try {
    return lib.symbols.add(40, 2);
  } finally {
    lib.close();
  }
}

test('own enumerable string keys are symbols, others are not', () => {
  const symbols = Object.create({ inherited: nullary }, {
    hidden: { value: 'no definition', enumerable: false },
    add: { value: add, enumerable: true },
    [Symbol('key')]: { value: 'no definition', enumerable: true },
  });
  const lib = dlopen(path, symbols);
  assert.deepEqual(Reflect.ownKeys(lib.symbols), ['add']);
  lib.close();
});

test('names that objects have already', () => {
  const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length', '', ' ',
    '\u00e9', '0', '4294967295', 'a.b'];
  const symbols = Object.create(null);
  for (const name of names) symbols[name] = add;
  const lib = dlopen(path, symbols);
  assert.deepEqual(new Set(Reflect.ownKeys(lib.symbols)), new Set(names));
  assert.equal(Object.getPrototypeOf(lib.symbols), Object.prototype);
  for (const name of names) {
    const { value } = Object.getOwnPropertyDescriptor(lib.symbols, name);
    assert.equal(value(40, 2), 42, name);
  }
  lib.close();
});

test('what a definition inherits does not count', () => {
  const inherits = (own, inherited) => Object.assign(Object.create(inherited), own);
  const refused = (definition, part) =>
    assert.throws(() => dlopen(path, { add: definition }), typeError(part));
  refused(Object.create(add), "missing field 'parameters'");
  refused(inherits({ parameters: [] }, { result: 'void' }), "missing field 'result'");
  refused({ parameters: [Object.create({ struct: ['i8'] })], result: 'void' },
    'expected map with a single key');
  assert.equal(addWith({ add: inherits(add,
    { type: 'i32', optional: 5, leaf: 5, strict: 5, nonblocking: 5 }) }), 42);
  assert.throws(() => new UnsafeFnPointer(null, Object.create(add)).call(), TypeError);
  assert.throws(() => new UnsafeCallback(Object.create(nullary), () => {}),
    typeError("missing field 'parameters'"));
});

test('properties of Object.prototype change nothing', () => {
  const polluted = { type: 'i32', name: 'nope', optional: 5, nonblocking: 5, leaf: 5, strict: 5,
    struct: ['i8'], parameters: 5, result: 5 };
  for (const [name, value] of Object.entries(polluted)) {
    Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true });
  }
  let sum;
  try {
    sum = addWith({ __proto__: null, add: { __proto__: Object.prototype, ...add } });
  } finally {
    for (const name of Object.keys(polluted)) delete Object.prototype[name];
  }
  assert.equal(sum, 42);
});

test('unknown properties, null where it is allowed', () => {
  assert.equal(addWith({ add: { ...add, more: 1, callback: true, [Symbol('s')]: 2 } }), 42);
  assert.equal(addWith({ add_i32: nullary, add: { ...add, nonblocking: null } }), 42);
  assert.equal(addWith({ add: { ...add, nonblocking: undefined, optional: undefined,
    type: undefined } }), 42);
  for (const name of [null, undefined]) {
    const lib = dlopen(path, { add_i32: { ...add, name } });
    assert.equal(lib.symbols.add_i32(40, 2), 42);
    lib.close();
  }
  assert.throws(() => dlopen(path, { add: { ...add, optional: null } }),
    typeError('expected boolean'));
});

test('optional symbols that are missing are null, whatever they would have been', () => {
  const Point = { struct: ['f64', 'f64'] };
  const lib = dlopen(path, {
    one: { ...nullary, optional: true },
    two: { ...nullary, optional: true, nonblocking: true },
    three: { parameters: [Point], result: Point, optional: true },
    four: { parameters: [Point], result: Point, optional: true, nonblocking: true },
    five: { type: 'u8', optional: true },
    six: { type: 'pointer', optional: true },
    seven: { ...nullary, name: 'not_there_either', optional: true },
  });
  for (const [name, value] of Object.entries(lib.symbols)) assert.equal(value, null, name);
  assert.equal(Object.keys(lib.symbols).length, 7);
  lib.close();
});

test('aliases: several keys of one symbol', () => {
  const lib = dlopen(path, {
    add, wide: { ...add, result: 'i64', parameters: ['i32', 'i32'] }, address: { name: 'add_i32',
      type: 'pointer' }, function: { name: 'add_i32', type: 'function' },
  });
  assert.equal(lib.symbols.add(40, 2), 42);
  assert.equal(typeof lib.symbols.wide(40, 2), 'bigint');
  assert.equal(new UnsafeFnPointer(lib.symbols.address, add).call(40, 2), 42);
  assert.equal(new UnsafeFnPointer(lib.symbols.function, add).call(40, 2), 42);
  lib.close();
});

test('frozen, proxied and class-made definitions', () => {
  const deepFrozen = Object.freeze({ add: Object.freeze({
    ...add, parameters: Object.freeze([...add.parameters]),
  }) });
  assert.equal(addWith(deepFrozen), 42);
  assert.equal(addWith(new Proxy({ add: new Proxy({ ...add }, {}) }, {})), 42);
  class Definition {
    name = 'add_i32';
    parameters = ['i32', 'i32'];
    result = 'i32';
  }
  assert.equal(addWith({ add: new Definition() }), 42);
  assert.equal(addWith(new (class { add = new Definition(); })()), 42);
  assert.equal(addWith({ add: { ...add, parameters: Array.from(add.parameters) } }), 42);
  class Types extends Array {}
  assert.equal(addWith({ add: { ...add, parameters: Types.from(add.parameters) } }), 42);
});

test('every property is read once', () => {
  const reads = [];
  const watched = (object, name) => new Proxy(object, {
    get(target, key) {
      reads.push(`${name}.${String(key)}`);
      return target[key];
    },
  });
  assert.equal(addWith(watched({ add: watched({ ...add }, 'add') }, 'symbols')), 42);
  assert.deepEqual(reads.filter((read, i) => reads.indexOf(read) !== i), []);
  assert.deepEqual(reads, ['symbols.add', 'add.name', 'add.parameters', 'add.result']);
});

test('definitions that change while they are read', () => {
  const parameters = ['i32', 'i32'];
  assert.equal(addWith({ add: { name: 'add_i32', parameters,
    get result() {
      parameters.length = 0;
      return 'i32';
    } } }), 42);
  const growing = [];
  Object.defineProperty(growing, 0, { enumerable: true, get() {
    growing.push('i32', 'i32', 'i32');
    return 'i32';
  } });
  growing.length = 2;
  assert.throws(() => dlopen(path, { add: { ...add, parameters: growing } }), TypeError);
  const shrinking = ['i32', 'i32'];
  Object.defineProperty(shrinking, 0, { configurable: true, get() {
    shrinking.length = 1;
    return 'i32';
  } });
  assert.throws(() => dlopen(path, { add: { ...add, parameters: shrinking } }),
    typeError('expected string or map'));
  const symbols = { get first() {
    delete symbols.add;
    return { ...nullary, name: 'nop' };
  }, add };
  assert.throws(() => dlopen(path, symbols), typeError('expected struct ForeignFunction'));
  const opened = { ...add };
  const lib = dlopen(path, { add: opened });
  Object.assign(opened, { parameters: [], result: 'void' });
  assert.equal(lib.symbols.add(40, 2), 42);
  lib.close();
});

test('a definition that opens and closes libraries while it is read', () => {
  const inner = () => addWith({ add });
  assert.equal(addWith({ add: { name: 'add_i32', get parameters() {
    inner();
    return ['i32', 'i32'];
  }, get result() {
    inner();
    return 'i32';
  } } }), 42);
});

test('what a getter or a trap throws is thrown, and nothing stays', () => {
  const boom = new Error('boom');
  const throws = () => { throw boom; };
  const { liveStubs } = counts();
  for (const property of ['name', 'parameters', 'result', 'type', 'optional', 'nonblocking', 'leaf',
    'strict']) {
    const definition = Object.defineProperty({ ...add }, property, { get: throws });
    assert.throws(() => dlopen(path, { nop: nullary, add: definition }), (e) => e === boom,
      property);
  }
  for (const trap of ['ownKeys', 'get', 'getOwnPropertyDescriptor']) {
    assert.throws(() => dlopen(path, new Proxy({ add }, { [trap]: throws })), (e) => e === boom);
  }
  const struct = Object.defineProperty({}, 'struct', { enumerable: true, get: throws });
  assert.throws(() => dlopen(path, { add: { parameters: [struct], result: 'void' } }),
    (e) => e === boom);
  assert.throws(() => new UnsafeCallback({ get parameters() { throw boom; } }, () => {}),
    (e) => e === boom);
  assert.throws(() => new UnsafeFnPointer(null, { get result() { throw boom; } }),
    (e) => e === boom);
  const { proxy, revoke } = Proxy.revocable({ add }, {});
  revoke();
  assert.throws(() => dlopen(path, proxy), TypeError);
  assert.equal(counts().liveStubs, liveStubs);
});

test('limits', () => {
  const huge = [];
  huge.length = 2 ** 32 - 1;
  const refused = (definition) => assert.throws(() => dlopen(path, { nop: definition }),
    TypeError);
  refused({ parameters: huge, result: 'void' });
  refused({ parameters: [{ struct: huge }], result: 'void' });
  refused({ parameters: [{ struct: Array(9000).fill('u64') }], result: 'void' });
  refused({ parameters: [], result: { struct: Array(9000).fill('u64') } });
  const shared = { struct: ['u8', 'u8'] };
  const lib = open('structs', { twice: { name: 'distance', optional: true,
    parameters: [{ struct: [shared, shared] }], result: shared } });
  lib.close();
});
