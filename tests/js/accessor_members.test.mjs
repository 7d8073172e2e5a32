// Members of accessor classes: what is refused, what shares bytes, and what is as quick as a
// DataView.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  open, packageFolder, runNode, springboard, struct, typeError, union, UnsafePointer,
} from './support.mjs';

const Point = struct({ x: 'f64', y: 'f64' }, { name: 'Point' });
const Other = struct({ x: 'f64', y: 'f64' }, { name: 'Other' });
const Line = struct({ from: Point, to: Point, weight: 'i32' }, { name: 'Line' });

test('what hides its fields is no struct of zeros', () => {
  const line = Line.from({ from: { x: 1 } });
  for (const value of [new Other(), new Map([['x', 1]]), new Date(), [], new Set(),
    Promise.resolve(), 5, 'x', null, undefined, () => {}]) {
    assert.throws(() => Point.from(value),
      typeError('Invalid FFI Point type, expected an instance or an object of its fields'));
    assert.throws(() => { line.from = value; }, typeError("field 'from' of Line"));
  }
  assert.equal(line.from.x, 1);
  assert.deepEqual(Point.from({}).toJSON(), { x: 0, y: 0 });
  assert.equal(Point.from(Object.assign(Object.create(null), { y: 2 })).y, 2);
  using lib = open('accessors', { inner_twice: {
    parameters: [{ struct: { tag: 'i8', value: 'f64' }, name: 'Inner' }], result: Point,
  } });
  assert.throws(() => lib.symbols.inner_twice(new Other()),
    typeError("object of its fields: symbol 'inner_twice', parameter 0: got an instance of Other"));
});

test('from() of an instance copies it, with its flexible array', () => {
  const point = Point.from({ x: 1, y: 2 });
  const copy = Point.from(point);
  copy.x = 9;
  assert.deepEqual([point.x, copy.x, copy.y], [1, 9, 2]);
  const Packet = struct({ count: 'u32', values: { array: 'u16' } });
  const packet = Packet.from(Packet.from({ count: 2, values: [5, 6] }));
  assert.deepEqual(packet.values, new Uint16Array([5, 6]));
});

test('names that JavaScript would move are refused', () => {
  assert.throws(() => struct({ b: 'u8', 1: 'f64' }),
    typeError("the name of a field begins with a digit: field '1'"));
  assert.throws(() => struct({ a: 'u8' }, { name: 5 }), typeError('expected a name'));
});

test('structs that lead back to themselves are refused', () => {
  const node = { struct: { value: 'i32' } };
  node.struct.next = { array: node, length: 1 };
  assert.throws(() => struct({ node }), typeError('a recursive struct: field'));
  assert.throws(() => open('accessors', { inner_twice: { parameters: [node], result: 'void' } }),
    typeError("a recursive struct: symbol 'inner_twice', parameter 0"));
  delete node.struct.next;
  assert.equal(struct({ node }).size, 4);
  let deep = 'u8';
  for (let i = 0; i < 100; i += 1) deep = { struct: { deep } };
  assert.throws(() => struct({ deep }), typeError('nests more than 64 deep'));
});

test('an inner struct shares the bytes, wherever it begins', () => {
  const bytes = new Uint8Array(100);
  const lines = Line.arrayAt(bytes, 8, 2);
  lines.at(1).to.y = 4;
  assert.equal(new DataView(bytes.buffer).getFloat64(8 + 40 + 24, true), 4);
  const { to } = lines.at(1);
  assert.equal(to.byteOffset, 8 + 40 + 16);
  assert.equal(to.bytes.length, 16);
  assert.equal(to.bytes.byteOffset, to.byteOffset);
  lines.at(0).from = to;
  assert.equal(lines.at(0).from.y, 4);
  assert.deepEqual(lines.at(1).toJSON(), { from: { x: 0, y: 0 }, to: { x: 0, y: 4 }, weight: 0 });
});

test('an inner struct is an instance, and no accessor takes it for another place', () => {
  const Pair = struct({ x: 'f64', y: 'f64' }, { name: 'Pair' });
  const Holder = struct({ before: 'f64', pair: Pair });
  Pair.prototype.sum = function sum() { return this.x + this.y; };
  const holder = Holder.from({ before: 9, pair: { x: 1, y: 2 } });
  for (const pair of [holder.pair, Pair.arrayAt(holder.bytes, 8, 1).at(0)]) {
    assert.ok(pair instanceof Pair);
    assert.equal(pair.constructor, Pair);
    assert.equal(pair.sum(), 3);
    assert.deepEqual(Pair.from(pair).toJSON(), { x: 1, y: 2 });
    for (const name of ['x', 'y', 'bytes', 'byteOffset']) {
      const { get, set } = Object.getOwnPropertyDescriptor(Pair.prototype, name);
      assert.throws(() => get.call(pair), TypeError);
      if (set) assert.throws(() => set.call(pair, 7), TypeError);
    }
  }
  assert.deepEqual(holder.toJSON(), { before: 9, pair: { x: 1, y: 2 } });
});

test('i53 and u53 are exact, or an error that changes nothing', () => {
  const Safe = struct({ a: 'u32', signed: 'i53', unsigned: 'u53' }, { name: 'Safe' });
  const most = Number.MAX_SAFE_INTEGER;
  for (const value of [new Safe(), struct({ inner: Safe }).from({}).inner]) {
    const view = new DataView(value.buffer, value.byteOffset);
    const good = [0, -0, 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, 2 ** 52, most];
    for (const one of [...good, ...good.map((number) => -number)]) {
      value.signed = one;
      assert.equal(view.getBigInt64(8, true), BigInt(one));
      assert.equal(value.signed, one === 0 ? 0 : one);
      if (one < 0) continue;
      value.unsigned = one;
      assert.equal(view.getBigUint64(16, true), BigInt(one));
      assert.equal(value.unsigned, one === 0 ? 0 : one);
    }
    value.signed = -7;
    value.unsigned = 7;
    const refused = [[most + 1], [-most - 1], [0.5], [NaN], [Infinity], ['7', 'string'], [7n, '7n'],
      [null, 'null'], [undefined, 'undefined']];
    for (const [one, came = String(one)] of refused) {
      assert.throws(() => { value.signed = one; }, typeError('Invalid FFI i53 type, expected '
        + `integer from -${most} to ${most}: field 'signed' of Safe: got ${came}`));
    }
    for (const [one, came = String(one)] of [...refused, [-1]]) {
      assert.throws(() => { value.unsigned = one; }, typeError('Invalid FFI u53 type, expected '
        + `integer from 0 to ${most}: field 'unsigned' of Safe: got ${came}`));
    }
    assert.deepEqual(value.toJSON(), { a: 0, signed: -7, unsigned: 7 });
    for (const one of [2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n)]) {
      view.setBigInt64(8, one, true);
      view.setBigInt64(16, one, true);
      assert.throws(() => value.signed, (error) => error instanceof RangeError && error.message ===
        `Invalid FFI i53 type, expected integer from -${most} to ${most}: field 'signed': got ${
          one}`);
      assert.throws(() => value.unsigned, (error) => error instanceof RangeError
        && error.message.endsWith(`got ${BigInt.asUintN(64, one)}`));
    }
  }
});

test('f16 fields are rounded to nearest', () => {
  const value = struct({ half: 'f16' }).from({ half: 1 });
  for (const one of [0, -0, 1.5, 65504, 65519, 65520, 2 ** -24, 2 ** -25, 0.1, -1e300, NaN]) {
    value.half = one;
    assert.equal(value.half, Math.f16round(one));
  }
  assert.throws(() => { value.half = 1n; }, typeError('Invalid FFI f16 type, expected number'));
});

test('a struct without names is its bytes', () => {
  const Holder = struct({ a: 'u8', inner: { struct: ['u8', 'u16'] }, u: { union: ['u8', 'u32'] } });
  const holder = Holder.from({ inner: new Uint8Array([1, 2, 3, 4]) });
  assert.deepEqual(holder.inner, new Uint8Array([1, 2, 3, 4]));
  holder.inner[0] = 9;
  holder.u = new Uint32Array([7]);
  assert.deepEqual(holder.toJSON(), { a: 0, inner: [9, 2, 3, 4], u: [7, 0, 0, 0] });
  assert.throws(() => { holder.inner = new Uint8Array(3); }, typeError("field 'inner' of struct"));
});

test('bit-fields of every type and place', () => {
  const Color = { enum: { RED: 0, GREEN: 1, BLUE: 5 } };
  const types = { u8: 8, i8: 8, u16: 16, i16: 16, u32: 32, i32: 32, u64: 64, i64: 64, bool: 1,
    u53: 53, i53: 53 };
  for (const [type, most] of Object.entries(types)) {
    for (const width of [1, 2, 3, 7, 8, 9, 15, 16, 24, 25, 31, 32, 33, 40, 53, 63, 64]) {
      if (width > most) continue;
      for (let before = 0; before < 8; before += 1) {
        const fields = { b: { bits: type, width }, c: { bits: 'u8', width: 5 } };
        const Bits = before === 0 ? struct(fields, { packed: true })
          : struct({ a: { bits: 'u8', width: before }, ...fields }, { packed: true });
        const bits = new Bits();
        bits.bytes.fill(0xff);
        const isBig = type === 'u64' || type === 'i64';
        for (const one of [0n, 1n, (1n << BigInt(width)) - 1n, 0x5555555555555555n]) {
          const value = type === 'bool' ? one !== 0n : isBig ? one
            : Number(BigInt.asIntN(53, one));
          bits.b = value;
          const kept = type[0] === 'i' ? BigInt.asIntN(width, one) : BigInt.asUintN(width, one);
          assert.equal(bits.b, type === 'bool' ? value : isBig ? kept : Number(kept),
            `${type}:${width} from bit ${before}`);
          assert.equal(bits.c, 31);
          if (before > 0) assert.equal(bits.a, 2 ** before - 1);
        }
      }
    }
  }
  const Pen = struct({ color: { bits: Color, width: 3 }, on: { bits: 'bool', width: 1 } });
  const pen = Pen.from({ color: 'BLUE', on: true });
  assert.deepEqual(pen.toJSON(), { color: 5, on: true });
  assert.throws(() => { pen.color = 'PINK'; }, typeError("name or value of it: field 'color'"));
  assert.throws(() => struct({ a: { bits: 'i53', width: 54 } }), typeError('at most 53 bits'));
  assert.throws(() => struct({ a: { bits: { struct: { x: 'u8' } }, width: 3 } }), TypeError);
});

test('a value that is refused changes nothing', () => {
  const Mixed = struct({ z: { complex: 'f64' }, list: { array: 'u8', length: 3 }, point: Point });
  const mixed = Mixed.from({ z: [1, 2], list: [1, 2, 3], point: { x: 4 } });
  const before = mixed.toJSON();
  assert.throws(() => { mixed.z = [7, 'x']; }, typeError("field 'z'"));
  assert.throws(() => { mixed.list = [7, 8, 'x']; }, typeError("element 2: field 'list'"));
  assert.throws(() => { mixed.point = { x: 5, y: 'x' }; },
    typeError("field 'y' of Point: field 'point' of struct: got string"));
  const mine = new Error('mine');
  assert.throws(() => { mixed.point = { x: 5, get y() { throw mine; } }; }, mine);
  assert.deepEqual(mixed.toJSON(), before);
});

test('memory, branded pointers and shared buffers are places', () => {
  const { alloc } = springboard;
  using memory = alloc(Point, 2);
  assert.equal(memory.byteLength, 32);
  Point.at(memory, 16).x = 3;
  assert.equal(Point.at(memory.pointer, 16).x, 3);
  assert.equal(Point.arrayAt(memory, 0, 2).at(1).x, 3);
  assert.throws(() => Point.at(memory, 24), { name: 'RangeError', message: /out of bounds/ });
  const shared = new SharedArrayBuffer(16);
  Point.at(shared).y = 5;
  assert.equal(new Float64Array(shared)[1], 5);
  assert.throws(() => Point.at(new Point()), typeError('expected a buffer, a view, memory'));
  memory.free();
  assert.throws(() => Point.at(memory), typeError('the memory is freed'));
});

test('bytes that are gone are a TypeError', () => {
  const buffer = new ArrayBuffer(16, { maxByteLength: 32 });
  const point = Point.at(buffer);
  buffer.resize(8);
  assert.throws(() => point.y, TypeError);
  assert.throws(() => { point.x = 1; }, TypeError);
  assert.throws(() => point.bytes, TypeError);
});

test('an instance takes the result of a call', () => {
  const Inner = struct({ tag: 'i8', value: 'f64' });
  using lib = open('accessors', {
    inner_twice: { parameters: [Inner], result: Inner },
    tight_next: { parameters: [{ struct: ['u8', 'f64', 'u32'], packed: 1 }], result: 'void' },
  });
  const out = new Inner();
  const result = lib.symbols.inner_twice({ tag: 4, value: 1.5 }, out);
  assert.deepEqual(out.toJSON(), { tag: 8, value: 3 });
  result.tag = 1;
  assert.equal(out.tag, 1);
  const bytes = new Uint8Array(16);
  assert.equal(lib.symbols.inner_twice({ tag: 1 }, bytes).tag, 2);
  assert.equal(bytes[0], 2);
});

test('unions in calls, by class and in place', async () => {
  const Value = union({ i: 'i64', f: 'f64' }, { name: 'Value' });
  for (const type of [Value, { union: { i: 'i64', f: 'f64' } }]) {
    using lib = open('c_types', {
      number_of: { parameters: [type], result: 'f64' },
      echo_number: { parameters: [type], result: type },
      later: { name: 'echo_number', parameters: [type], result: type, nonblocking: true },
    });
    assert.equal(lib.symbols.number_of({ f: -2.5 }), -2.5);
    assert.equal(lib.symbols.echo_number({ i: 7n }).i, 7n);
    assert.equal((await lib.symbols.later({ f: 1 })).i, 0x3ff0000000000000n);
    assert.throws(() => lib.symbols.number_of({ g: 1 }), typeError("unknown field 'g'"));
  }
});

test('what scripts patch is not seen', () => {
  const { stderr, status } = runNode(`
    import { struct } from '${new URL('support.mjs', import.meta.url)}';
    const fail = () => { throw new Error('seen'); };
    for (const name of ['text', 'openBy', 'plain', 'isKept', 'bits', 'into', 'form', 'size']) {
      Object.defineProperty(Object.prototype, name, { get: fail, configurable: true });
    }
    for (const name of Object.getOwnPropertyNames(DataView.prototype)) {
      if (name !== 'constructor') Object.defineProperty(DataView.prototype, name, { get: fail });
    }
    Object.defineProperty(ArrayBuffer, Symbol.hasInstance, { value: fail });
    Array.prototype[Symbol.iterator] = fail;
    const Inner = struct({ h: 'f16', s: 'cstring', k: { enum: { A: 1 } } });
    const Outer = struct({ inner: Inner, b: { bits: 'i32', width: 3 },
      w: { bits: 'u64', width: 40 },
      list: { array: Inner, length: 2 }, raw: { struct: ['u8'] }, c: { complex: 'f32' } });
    const outer = Outer.from({ inner: { h: 1.5, k: 'A' }, b: -2, w: 9n, raw: new ArrayBuffer(1) });
    outer.list.at(1).k = 1;
    outer.inner = outer.list.at(1);
    if (outer.inner.k !== 1 || outer.b !== -2 || outer.w !== 9n) throw new Error('wrong');
    outer.bytes;
    JSON.stringify(Outer.from(outer).c);`);
  assert.equal(stderr, '');
  assert.equal(status, 0);
});

test('pointers of members', () => {
  const Node = struct({ next: 'pointer', value: 'i32' }, { name: 'Node' });
  const last = Node.from({ value: 2 });
  const first = Node.from({ next: UnsafePointer.of(last.bytes), value: 1 });
  assert.equal(Node.at(first.next).value, 2);
  assert.equal(last.next, null);
  assert.throws(() => { first.next = 5n; }, typeError("field 'next' of Node"));
  assert.throws(() => { first.next = {}; }, TypeError);
});

test('where raw pointers are denied, no address in a field is followed', () => {
  const { stdout, stderr } = runNode(`
    import { createRequire } from 'node:module';
    const require = createRequire('/');
    const load = require(${JSON.stringify(`${packageFolder}/load.js`)});
    load.restrict({ allow: ['/nothing'], deny: [] });
    const api = {};
    load.install(api);
    const outcome = (run) => {
      try {
        return run();
      } catch (error) {
        return error.name;
      }
    };
    const bytes = new BigUint64Array(6).fill(0x400000n);
    const Fields = api.struct({ text: 'cstring', wide: 'wcstring', other: { cstring: 'u16' },
      texts: { array: 'cstring', length: 1 }, pointer: 'pointer', number: 'u32' });
    const fields = Fields.at(bytes);
    console.log(JSON.stringify([
      outcome(() => fields.text), outcome(() => fields.wide), outcome(() => fields.other),
      outcome(() => fields.texts.at(0)), outcome(() => fields.pointer),
      outcome(() => fields.number), outcome(() => Fields.from({ number: 1 }).number),
    ]));`);
  assert.deepEqual(JSON.parse(stdout || 'null'), [...Array(5).fill('NotCapable'), 0x400000, 1],
    stderr);
});
