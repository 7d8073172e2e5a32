// JavaScript objects behind C's `void *user_data`: { userdata: true }.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { collect, eventually, heat, open, springboard, typeError } from './support.mjs';

const { release } = springboard;
const visitor = { parameters: [{ userdata: true }, 'i32'], result: 'i32' };
const { symbols: lib } = open('keeping', {
  visit: { parameters: [{ callback: visitor }, { userdata: true }, 'i32'], result: 'i32' },
  set_userdata: { parameters: [{ userdata: true, keep: true }], result: 'void' },
  forget_userdata: { name: 'set_userdata', parameters: [{ userdata: true }], result: 'void' },
  get_userdata: { parameters: [], result: { userdata: true } },
  set_number: { name: 'set_userdata', parameters: ['u64'], result: 'void' },
  get_number: { name: 'get_userdata', parameters: [], result: 'u64' },
  visit_kept: { parameters: [{ callback: visitor }, 'i32'], result: 'i32' },
  same: { parameters: [{ userdata: true }], result: { userdata: true } },
});

test('userdata comes back as the object it was', () => {
  const object = { name: 'x' };
  const seen = [];
  const visit = (data, value) => {
    seen.push(data);
    return value + 1;
  };
  assert.equal(lib.visit(visit, object, 1), 2);
  assert.equal(lib.visit(visit, visit, 2), 3);
  assert.equal(lib.visit(visit, null, 3), 4);
  assert.deepEqual(seen, [object, visit, null]);
  assert.equal(lib.same(object), object);
  assert.equal(heat(() => lib.same(object))(), object);
  for (const value of [undefined, 1, 'x', Symbol('s'), true, 1n]) {
    assert.throws(() => lib.same(value),
      typeError("Invalid FFI userdata type, expected an object or null: symbol 'same', " +
        'parameter 0'));
  }
});

test('nested calls share a handle, which lives until the last has ended', () => {
  const object = {};
  let depth = 0;
  const visit = (data) => {
    assert.equal(data, object);
    depth += 1;
    if (depth < 4) lib.visit(visit, data, 0);
    assert.equal(lib.same(data), object);
    return depth;
  };
  assert.equal(lib.visit(visit, object, 0), 4);
});

test('a handle of an object that is no more is an error', () => {
  const object = {};
  lib.forget_userdata(object);
  const old = lib.get_number();
  const message = typeError(
    'Invalid FFI userdata pointer, expected null or one of an object that native code may still ' +
    "have: symbol 'get_userdata', result: got 0x");
  assert.throws(() => lib.get_userdata(), message);
  assert.throws(() => lib.visit_kept(() => 0, 1),
    typeError("symbol 'UnsafeCallback', parameter 0: got 0x"));
  // Its place is given to others, and the old handle is not theirs.
  for (let i = 0; i < 10; i += 1) {
    lib.set_userdata(object);
    assert.notEqual(lib.get_number(), old);
    lib.set_number(old);
    assert.throws(() => lib.get_userdata(), message);
    assert.equal(release(object), true);
  }
  for (const number of [1n, 0xdeadbeefn, 2n ** 64n - 1n, old + 1n, old ^ (1n << 63n), 22n << 48n]) {
    lib.set_number(number);
    assert.throws(() => lib.get_userdata(), message);
  }
  lib.set_number(0n);
  assert.equal(lib.get_userdata(), null);
});

test('kept userdata lives until it is released', async () => {
  let object = { answer: 42 };
  const ref = new WeakRef(object);
  lib.set_userdata(object);
  lib.set_userdata(object);
  object = undefined;
  collect();
  await new Promise(setImmediate);
  assert.equal(lib.get_userdata().answer, 42);
  lib.visit_kept((data) => data.answer, 0);
  assert.equal(release(lib.get_userdata()), true);
  assert.throws(() => lib.get_userdata(), typeError('userdata pointer'));
  await eventually(() => {
    collect();
    return ref.deref() === undefined;
  }, 'released userdata is never collected');
});
