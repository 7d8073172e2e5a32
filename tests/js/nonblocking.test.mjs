// nonblocking: what a nonblocking call does with its arguments, results and errors: the same as a
// call that blocks, and buffers, libraries and functions stay as long as it runs.
//
// Native functions wait at gates (tests/native/nonblocking.c), so that the tests decide when calls
// end. Limits and the ends of processes and workers are in nonblocking_ends.test.mjs.

import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import {
  UnsafeCallback, UnsafeFnPointer, UnsafePointer, UnsafePointerView, collect, counts, dlopen,
  eventually, isBadResource, nativePath, open, typeError,
} from './support.mjs';

const Point = { struct: ['f64', 'f64'] };
const definitions = {
  pass_gate: { parameters: ['u32'], result: 'u32', nonblocking: true },
  sum_at_gate: { parameters: ['buffer', 'u32', 'u32'], result: 'u32', nonblocking: true },
  fill_at_gate: { parameters: ['buffer', 'u32', 'u8', 'u32'], result: 'void', nonblocking: true },
  swap_at_gate: { parameters: [Point, 'u32'], result: Point, nonblocking: true },
  blocked_signals: { parameters: [], result: 'u64', nonblocking: true },
  open_gate: { parameters: ['u32'], result: 'void' },
  entered: { parameters: [], result: 'u32' },
  wait_for_entered: { parameters: ['u32'], result: 'void' },
  bytes_allocated: { parameters: [], result: 'u64' },
  unload_told: { type: 'pointer' },
};
const lib = open('nonblocking', definitions);
const { symbols } = lib;
let gates = 0;
const newGate = () => gates++;
after(() => {
  // A call that a failed test left would keep the process.
  for (let gate = 0; gate < 64; gate += 1) symbols.open_gate(gate);
});

const isPointer = (value) =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === null;
const plain = (value) => (isPointer(value) ? { address: UnsafePointer.value(value) } : value);
// What came of a call, to be compared.
function outcome(call) {
  const failed = (error) => ({ class: error.constructor, text: error.message });
  try {
    const value = call();
    return value instanceof Promise
      ? value.then((settled) => ({ value: plain(settled) }), failed)
      : { value: plain(value) };
  } catch (error) {
    return failed(error);
  }
}

// Both ways to call what `definition` says, in libraries of the same strictness.
function bothWays(library, name, definition, options) {
  const [blocking, nonblocking] = [false, true].map((way) =>
    dlopen(nativePath(library), { f: { name, ...definition, nonblocking: way } }, options));
  return {
    async compare(...args) {
      const expected = outcome(() => blocking.symbols.f(...args));
      const promise = nonblocking.symbols.f(...args);
      assert.ok(promise instanceof Promise);
      assert.deepEqual(await outcome(() => promise), expected);
      return expected;
    },
    close() {
      blocking.close();
      nonblocking.close();
    },
  };
}

const odd = [undefined, null, true, '5', {}, [], () => {}, Symbol.iterator];
const integers = [0, 1, -1, 127, 128, -128, 255, 256, -129, 65535, 2 ** 31, -(2 ** 31), 2 ** 32,
  2 ** 53, 2 ** 64, 1e300, -0, 1.5, NaN, Infinity, -Infinity, 7n, -7n, 2n ** 63n, 2n ** 64n,
  ...odd];
const floats = [0, -0, 1.5, 0.1, 1e300, NaN, -Infinity, 7n, ...odd];
const pointers = [null, UnsafePointer.create(4096n), 4096, 4096n, new Uint8Array(1), ...odd];
const rows = [
  ...['i8', 'u8', 'i16', 'u16', 'i32', 'u32', 'i64', 'u64', 'isize', 'usize'].map((kind) =>
    [kind, `echo_${kind}`, integers]),
  ['i53', 'echo_i64', integers],
  ['u53', 'echo_u64', integers],
  ['f32', 'echo_f32', floats],
  ['f64', 'echo_f64', floats],
  ['bool', 'echo_bool', [true, false, 0, 1, ...odd]],
  ['pointer', 'echo_pointer', pointers],
  ['function', 'echo_pointer', pointers],
];
for (const strict of [false, true]) {
  for (const [kind, name, values] of rows) {
    test(`${kind}${strict ? ', strict' : ''}: outcomes as of calls that block`, async () => {
      const ways = bothWays('calls', name, { parameters: [kind], result: kind }, { strict });
      let good = 0;
      for (const value of values) {
        if ('value' in await ways.compare(value)) good += 1;
      }
      await ways.compare();
      assert.ok(good >= 2, 'values were accepted');
      ways.close();
    });
  }
}

test('results out of range of i53 and u53 reject', async () => {
  for (const [from, to] of [['i64', 'i53'], ['u64', 'u53']]) {
    const ways = bothWays('calls', `echo_${from}`, { parameters: [from], result: to });
    assert.equal((await ways.compare(2n ** 53n)).class, RangeError);
    assert.equal((await ways.compare(2n ** 53n - 1n)).value, 2 ** 53 - 1);
    ways.close();
  }
});

test('buffers of every kind, and what is none', async () => {
  const ways = bothWays('buffers', 'same', { parameters: ['buffer'], result: 'buffer' });
  const detached = new Uint8Array(8);
  structuredClone(detached, { transfer: [detached.buffer] });
  const buffer = new ArrayBuffer(64);
  const shared = new SharedArrayBuffer(16);
  const good = [null, buffer, shared, new Uint8Array(3), new Uint8Array(1000),
    new Float64Array(buffer, 8, 2), new DataView(buffer, 3, 1), new Uint8Array(shared, 4),
    new ArrayBuffer(0), new Uint8Array(0), detached, detached.buffer, Buffer.from('text')];
  for (const value of good) assert.ok('value' in await ways.compare(value));
  for (const value of [...odd.filter((value) => value !== null), 5, UnsafePointer.create(8n)]) {
    assert.equal((await ways.compare(value)).class, TypeError);
  }
  ways.close();
});

test('structs in and out', async () => {
  const bytes = (count) => Uint8Array.from({ length: count }, (_, i) => i * 7);
  const shapes = [
    ['byte1', ['u8'], 1], ['short3', ['u16', 'u16', 'u16'], 6], ['point', Point.struct, 16],
    ['bytes17', Array(17).fill('u8'), 17], ['words8', Array(8).fill('i64'), 64],
    ['mixed24', ['f64', 'i64', 'f32', 'i32'], 24],
  ];
  for (const [name, struct, size] of shapes) {
    const ways = bothWays('structs', `twist_${name}`, { parameters: [{ struct }],
      result: { struct } });
    const { value } = await ways.compare(bytes(size));
    assert.equal(value.length, size);
    assert.deepEqual(value.buffer.byteLength, size);
    await ways.compare(bytes(size + 5).subarray(5));
    await ways.compare(new DataView(bytes(size).buffer));
    for (const bad of [bytes(size - 1), new ArrayBuffer(0), ...odd]) {
      assert.equal((await ways.compare(bad)).class, TypeError);
    }
    for (const bad of [bytes(size - 1), null, 5, 'x']) {
      assert.equal((await ways.compare(bytes(size), bad)).class, TypeError);
    }
    const out = new Uint8Array(size + 3);
    assert.equal((await ways.compare(bytes(size), out)).value, out);
    assert.deepEqual(out.subarray(0, size), value);
    ways.close();
  }
});

test('parameters of many kinds, none, missing and superfluous ones', async () => {
  const many = bothWays('calls', 'weigh19', {
    parameters: ['i32', 'f64', 'buffer', 'f32', 'u8', 'i64', 'f64', 'u16', 'f32', 'i8', 'f64',
      'u64', 'f64', 'f64', 'i16', 'f32', 'bool', 'f64', 'buffer'],
    result: 'f64',
  });
  const args = [1, 2, Int32Array.of(3), 4, 5, 6n, 7, 8, 9, 10, 11, 12n, 13, 14, 15, 16, true, 18,
    Int32Array.of(19)];
  const sum = args.reduce((total, _, i) => total + (i === 16 ? 17 : (i + 1) ** 2), 0);
  assert.equal((await many.compare(...args)).value, sum);
  assert.equal((await many.compare(...args, 'more')).value, sum);
  assert.match((await many.compare(...args.slice(0, -1))).text, /parameter 18: got undefined/);
  many.close();
  const nop = open('calls', { nop: { parameters: [], result: 'void', nonblocking: true } });
  assert.equal(await nop.symbols.nop(), null, 'a void result');
  assert.equal(await nop.symbols.nop.call({}, 1, 2), null);
  nop.close();
});

test('properties, names, constructors', async () => {
  const mixed = open('calls', {
    a: { name: 'nop', parameters: [], result: 'void', nonblocking: true },
    b: { name: 'nop', parameters: [], result: 'void', nonblocking: false },
    c: { name: 'no such', parameters: [], result: 'void', nonblocking: true, optional: true },
    d: { name: 'add_i32', parameters: ['i32', 'i32'], result: 'i32', nonblocking: true },
  });
  const flags = (key) => {
    const { writable, enumerable, configurable } =
      Object.getOwnPropertyDescriptor(mixed.symbols, key);
    return [writable, enumerable, configurable];
  };
  assert.deepEqual(flags('a'), [false, true, false]);
  assert.deepEqual(flags('b'), [true, true, true]);
  assert.deepEqual(Object.keys(mixed.symbols), ['a', 'b', 'c', 'd']);
  assert.equal(mixed.symbols.c, null);
  assert.equal(mixed.symbols.d.name, '');
  assert.equal(mixed.symbols.d.length, 0);
  assert.throws(() => new mixed.symbols.d(1, 2), TypeError);
  mixed.close();
});

test('resizable and growable stores reject, structs of them are copied', async () => {
  const resizable = new ArrayBuffer(16, { maxByteLength: 32 });
  const growable = new SharedArrayBuffer(16, { maxByteLength: 32 });
  const gate = newGate();
  symbols.open_gate(gate);
  const views = [new Uint8Array(resizable), new DataView(growable, 1, 2)];
  for (const bad of [resizable, growable, ...views]) {
    await assert.rejects(symbols.sum_at_gate(bad, 2, gate), typeError('Resizable backing stores ' +
      "are not supported for nonblocking FFI calls: symbol 'sum_at_gate', parameter 0"));
  }
  const point = new Float64Array(resizable, 0, 2);
  point.set([1, 2]);
  assert.deepEqual([...new Float64Array((await symbols.swap_at_gate(point, gate)).buffer)], [2, 1]);
});

test('errors reject, later than the call and before what is asked for next', async () => {
  const order = [];
  const caught = symbols.pass_gate('x').catch(() => order.push('caught'));
  queueMicrotask(() => order.push('microtask'));
  order.push('returned');
  await caught;
  await null;
  assert.deepEqual(order, ['returned', 'caught', 'microtask']);
});

test('buffers stay where they are while the call runs', async () => {
  const gate = newGate();
  const read = (make) => {
    const bytes = make();
    const promise = symbols.sum_at_gate(bytes, bytes.byteLength, gate);
    return { bytes, promise };
  };
  const moved = read(() => new Uint8Array(5000).fill(1));
  structuredClone(moved.bytes, { transfer: [moved.bytes.buffer] });
  const promises = [moved.promise];
  for (let i = 0; i < 8; i += 1) {
    promises.push(read(() => new Uint8Array(20).fill(1)).promise);
    promises.push(read(() => new Uint8Array(5000).fill(2)).promise);
  }
  const kept = new Uint8Array(24);
  const filled = symbols.fill_at_gate(kept, 24, 9, gate);
  for (let i = 0; i < 5; i += 1) {
    collect();
    Array.from({ length: 50 }, () => new Uint8Array(5000).fill(77));
    await new Promise(setImmediate);
  }
  symbols.open_gate(gate);
  assert.deepEqual(await Promise.all(promises), [5000, ...Array(8).fill([20, 10000]).flat()]);
  await filled;
  assert.deepEqual(kept, new Uint8Array(24).fill(9));
});

test('an array for the result that goes away meanwhile rejects', async () => {
  const ways = [(out) => structuredClone(out, { transfer: [out] }), (out) => out.resize(15)];
  for (const lose of ways) {
    const gate = newGate();
    const out = new ArrayBuffer(16, { maxByteLength: 16 });
    const promise = symbols.swap_at_gate(Float64Array.of(1, 2), gate, out);
    lose(out);
    symbols.open_gate(gate);
    await assert.rejects(promise, typeError("the array for the result of symbol 'swap_at_gate' " +
      'was detached or shortened during the call'));
  }
  const gate = newGate();
  const out = new Float64Array(2);
  const promise = symbols.swap_at_gate(Float64Array.of(1, 2), gate, out);
  assert.deepEqual([...out], [0, 0]);
  symbols.open_gate(gate);
  assert.equal(await promise, out);
  assert.deepEqual([...out], [2, 1]);
});

test('calls end in any order', async () => {
  const list = [newGate(), newGate(), newGate(), newGate()];
  const ended = [];
  const promises = list.map((gate) => symbols.pass_gate(gate).then((value) => ended.push(value)));
  for (const i of [2, 0, 3, 1]) {
    symbols.open_gate(list[i]);
    await promises[i];
  }
  assert.deepEqual(ended, [list[2], list[0], list[3], list[1]]);
});

test('the function and the library may be forgotten meanwhile', async () => {
  const gate = newGate();
  let promise = open('nonblocking', definitions).symbols.swap_at_gate(Float64Array.of(3, 4), gate);
  for (let i = 0; i < 5; i += 1) {
    collect();
    await new Promise(setImmediate);
  }
  symbols.open_gate(gate);
  assert.deepEqual([...new Float64Array((await promise).buffer)], [4, 3]);
  promise = undefined;
  assert.equal(counts().pendingCalls, 0);
});

test('close() leaves a running call its library, and unloads it afterwards', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'springboard-'));
  const path = join(folder, 'copy.so');
  copyFileSync(nativePath('nonblocking'), path);
  const copy = dlopen(path, {
    ...definitions, tell_unload: { parameters: ['pointer'], result: 'void' },
  });
  const told = () => new UnsafePointerView(symbols.unload_told).getUint8();
  copy.symbols.tell_unload(symbols.unload_told);
  const { pass_gate: passGate, open_gate: openGate } = copy.symbols;
  const openCopy = new UnsafeFnPointer(dlopen(path, { open_gate: { type: 'pointer' } })
    .symbols.open_gate, definitions.open_gate);
  const promise = passGate(5);
  copy.close();
  await assert.rejects(passGate(5), isBadResource);
  await assert.rejects(passGate('x'), isBadResource);
  assert.throws(() => openGate(5), isBadResource);
  for (let i = 0; i < 5; i += 1) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assert.equal(told(), 0, 'still loaded');
  openCopy.call(5);
  assert.equal(await promise, 5);
  await eventually(() => told() === 1, 'the library was not unloaded');
  rmSync(folder, { recursive: true });
});

test('UnsafeFnPointer', async () => {
  const calls = open('calls', { add_i32: { type: 'pointer' }, nop: { type: 'pointer' } });
  const add = { parameters: ['i32', 'i32'], result: 'i32', nonblocking: true };
  const pointer = calls.symbols.add_i32;
  const fn = new UnsafeFnPointer(pointer, add);
  const promise = fn.call(40, 2);
  assert.ok(promise instanceof Promise);
  assert.equal(await promise, 42);
  await assert.rejects(fn.call('x', 2), typeError('Invalid FFI i32 type, expected integer'));
  await assert.rejects(fn.call(), typeError('Invalid FFI i32 type, expected integer'));
  const rejects = (bad, definition, part) =>
    assert.rejects(new UnsafeFnPointer(bad, definition).call(1, 2), typeError(part));
  await rejects(null, add, 'pointer is null');
  await rejects(5, add, 'expected external');
  await rejects(pointer, { ...add, result: 'num' }, 'unknown variant');
  await rejects(pointer, { nonblocking: true }, "missing field 'parameters'");
  await rejects(pointer, { ...add, nonblocking: 1 }, 'expected boolean');
  const nop = new UnsafeFnPointer(calls.symbols.nop, { ...add, parameters: [], result: 'void' });
  assert.equal(await nop.call(), null);
  calls.close();
});

test('the threads leave signals to Node.js, but not what they raise themselves', async () => {
  const blocked = Number(await symbols.blocked_signals());
  const blocks = (signal) => (blocked >> signal & 1) === 1;
  for (const signal of [1, 2, 10, 12, 14, 15, 17]) assert.ok(blocks(signal), `signal ${signal}`);
  for (const signal of [4, 5, 6, 7, 8, 11, 31]) assert.ok(!blocks(signal), `signal ${signal}`);
});

test('calls leave nothing behind', async () => {
  const gate = newGate();
  symbols.open_gate(gate);
  const point = Float64Array.of(1, 2);
  const round = async () => {
    for (let i = 0; i < 20; i += 1) {
      await Promise.all(Array.from({ length: 300 }, () => Promise.allSettled([
        symbols.sum_at_gate(new Uint8Array(500), 500, gate),
        symbols.swap_at_gate(point, gate),
        symbols.pass_gate('x'),
      ])));
    }
    collect();
    await new Promise(setImmediate);
    collect();
  };
  await round();
  const before = symbols.bytes_allocated();
  await round();
  assert.equal(counts().pendingCalls, 0);
  const grown = Number(symbols.bytes_allocated() - before);
  // One thing of 100 bytes for each call would be more.
  assert.ok(grown < 1_000_000, `${grown} bytes more than before`);
});

test('a callback is no nonblocking function', () => {
  assert.throws(() => new UnsafeCallback({ ...definitions.pass_gate }, () => 1),
    typeError('Cannot construct UnsafeCallback: cannot be nonblocking'));
});
