// Memory: alloc, view, read, write, copy and toArrayBuffer.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  collect, eventually, nativePath, open, packageFolder, runNode, sanitized, springboard, typeError,
  UnsafePointer, UnsafePointerView,
} from './support.mjs';

const { alloc, copy, read, toArrayBuffer, view, write } = springboard;
const { symbols: lib } = open('keeping', {
  blocks_freed: { parameters: [], result: 'i32' },
  block_new: { parameters: ['u32'], result: 'pointer' },
  block_free: { parameters: ['pointer'], result: 'void' },
  block_free_at: { name: 'block_free', type: 'pointer' },
  block_sum_slowly: { parameters: ['buffer', 'i32', 'i32'], result: 'i32', nonblocking: true },
  sum_at: { name: 'block_sum_slowly', parameters: ['pointer', 'i32', 'i32'], result: 'i32' },
});
const rangeError = (message) => ({ name: 'RangeError', message });

test('alloc gives zeroed memory of a size, or of a number of values of a type', () => {
  for (const [memory, size] of [[alloc(10), 10], [alloc('i32'), 4], [alloc('f64', 5), 40],
    [alloc({ struct: ['u8', 'u64'] }, 3), 48], [alloc(0), 0], [alloc('u8', 0), 0],
    [alloc({ enum: { A: 1 }, type: 'u16' }, 2), 4], [alloc(3, 7), 21]]) {
    assert.equal(memory.byteLength, size);
    assert.deepEqual(memory.bytes, new Uint8Array(size));
    assert.ok(UnsafePointer.value(memory.pointer) !== 0n);
    assert.equal(UnsafePointer.value(memory.pointer) % 8n, 0n);
  }
  const memory = alloc(4);
  memory.bytes.set([1, 2, 3, 4]);
  assert.equal(lib.sum_at(memory.pointer, 4, 0), 10);
  assert.equal(new UnsafePointerView(memory.pointer).getUint32(), 0x04030201);
});

test('memory of a type is aligned for it', () => {
  for (const align of [32, 64, 4096]) {
    const type = { struct: ['u8'], align };
    for (const count of [0, 1, 3]) {
      const memory = alloc(type, count);
      assert.equal(UnsafePointer.value(memory.pointer) % BigInt(align), 0n);
      assert.deepEqual(memory.bytes, new Uint8Array(align * count));
      if (count === 0) continue;
      assert.ok(UnsafePointer.equals(UnsafePointer.of(memory.bytes), memory.pointer));
      write(memory, type, new Uint8Array(align).fill(5), align * (count - 1));
      assert.equal(read(memory.pointer, type, align * (count - 1))[align - 1], 5);
      assert.throws(() => read(memory.pointer, 'u8', align * count), { name: 'RangeError' });
      memory.free();
      assert.throws(() => memory.pointer, typeError('the memory is freed'));
    }
  }
});

test('sizes that are none', () => {
  for (const size of [-1, 1.5, NaN, Infinity, 2 ** 53]) {
    assert.throws(() => alloc(size),
      rangeError(`invalid size: ${size}, expected an integer that is not negative`));
    assert.throws(() => alloc('i32', size),
      rangeError(`invalid count: ${size}, expected an integer that is not negative`));
  }
  assert.throws(() => alloc('i32', '4'), typeError('invalid count: string, expected a number'));
  assert.throws(() => alloc('i33'), typeError("unknown variant 'i33'"));
  assert.throws(() => alloc('void'), typeError('only a result can be void: type of memory'));
  assert.throws(() => alloc(undefined), typeError('invalid type: undefined'));
  assert.throws(() => alloc(2 ** 40, 2 ** 20), { name: 'RangeError' });
  assert.throws(() => new (alloc(1).constructor)(), typeError('Illegal constructor'));
});

test('more than there is', {
  skip: sanitized && 'AddressSanitizer ends a process that asks for so much',
}, () => {
  assert.throws(() => alloc(2 ** 52), { name: 'RangeError' });
});

test('free and using', () => {
  const memory = alloc(8);
  const { bytes } = memory;
  memory.free();
  memory.free();
  assert.equal(bytes.length, 0);
  assert.equal(memory.byteLength, 0);
  for (const use of [() => memory.bytes, () => memory.pointer, () => read(memory, 'u8'),
    () => write(memory, 'u8', 1), () => view(memory), () => copy(memory, alloc(1), 0)]) {
    assert.throws(use, typeError('the memory is freed'));
  }
  let inner;
  {
    using memory = alloc(8);
    inner = memory.bytes;
    assert.equal(inner.length, 8);
  }
  assert.equal(inner.length, 0);
});

test('whoever transfers the bytes takes the memory', () => {
  const memory = alloc(8);
  const { buffer } = memory.bytes;
  const moved = structuredClone(buffer, { transfer: [buffer] });
  assert.equal(memory.byteLength, 0);
  for (const use of [() => memory.bytes, () => memory.pointer, () => read(memory, 'u8')]) {
    assert.throws(use, typeError('the memory is freed'));
  }
  memory.free();
  assert.equal(moved.byteLength, 8);
});

test('a pointer keeps its memory', async () => {
  const pointer = (() => {
    const memory = alloc(1 << 20);
    memory.bytes.fill(7);
    return memory.pointer;
  })();
  for (let i = 0; i < 5; i += 1) {
    collect();
    await new Promise(setImmediate);
  }
  assert.equal(read(pointer, 'u8', (1 << 20) - 1), 7);
});

const samples = {
  bool: [true, false], u8: [0, 255], i8: [-128, 127], u16: [65535], i16: [-32768],
  u32: [4294967295], i32: [-2147483648], u64: [2n ** 64n - 1n], i64: [-(2n ** 63n)],
  usize: [7n], isize: [-7n], i53: [Number.MIN_SAFE_INTEGER], u53: [Number.MAX_SAFE_INTEGER],
  f32: [1.5, -Infinity], f64: [Math.PI, NaN], pointer: [null], function: [null],
};

test('read gives what write was given, at any offset', () => {
  const memory = alloc(64);
  for (const [type, values] of Object.entries(samples)) {
    for (const value of values) {
      for (const [place, offset] of [[memory, 0], [memory, 3], [memory.pointer, 5],
        [memory.bytes, 56], [memory.bytes.subarray(8), 1], [memory.bytes.buffer, 9]]) {
        memory.bytes.fill(0xaa);
        write(place, type, value, offset);
        assert.deepEqual(read(place, type, offset), value, type);
      }
      // Nothing beside the value is written.
      const { byteLength } = alloc(type);
      memory.bytes.fill(0xaa);
      write(memory, type, value, 16);
      assert.equal(memory.bytes.filter((byte) => byte === 0xaa).length >= 64 - byteLength, true);
      assert.deepEqual([...memory.bytes.subarray(0, 16)], Array(16).fill(0xaa));
      assert.deepEqual([...memory.bytes.subarray(16 + byteLength)],
        Array(48 - byteLength).fill(0xaa));
    }
  }
});

test('values are converted as arguments and results are', () => {
  const memory = alloc(32);
  write(memory, 'u8', 300);
  assert.equal(read(memory, 'u8'), 44);
  write(memory, 'i64', 5.9);
  assert.equal(read(memory, 'i64'), 5n);
  write(memory, 'pointer', memory.pointer, 8);
  assert.ok(UnsafePointer.equals(read(memory, 'pointer', 8), memory.pointer));
  write(memory, 'buffer', memory.bytes, 8);
  assert.ok(UnsafePointer.equals(read(memory, 'buffer', 8), memory.pointer));
  const pair = { struct: ['u8', 'u32'] };
  write(memory, pair, new Uint8Array([1, 0, 0, 0, 2, 0, 0, 0, 9]), 16);
  assert.deepEqual(read(memory, pair, 16), new Uint8Array([1, 0, 0, 0, 2, 0, 0, 0]));
  assert.equal(memory.bytes[24], 0);
  const color = { enum: { RED: 1, BLUE: 2 } };
  write(memory, color, 'BLUE');
  assert.equal(read(memory, color), 2);
  for (const [type, value, part] of [
    ['u8', 'x', "Invalid FFI u8 type, expected unsigned integer: symbol 'write': got string"],
    ['bool', 1, 'expected boolean'], ['f64', 1n, 'expected number'],
    ['pointer', undefined, 'expected null, or External'], ['u53', -1, 'expected integer from 0'],
    [pair, new Uint8Array(4), 'expected at least 8 bytes'],
    [color, 'PINK', 'expected a name or value of it: write: got string'],
    ['i33', 0, "unknown variant 'i33'"], [{ callback: { parameters: [], result: 'void' } },
      () => {}, "write cannot take a 'callback'"],
    [{ userdata: true }, {}, "write cannot take a 'userdata'"],
  ]) {
    const before = memory.bytes.slice();
    assert.throws(() => write(memory, type, value), typeError(part));
    assert.deepEqual(memory.bytes, before);
  }
  write(memory, 'u64', 2n ** 60n);
  assert.throws(() => read(memory, 'u53'), { name: 'RangeError' });
});

test('bounds are checked where the length is known', () => {
  const memory = alloc(16);
  for (const place of [memory, memory.bytes, memory.bytes.buffer, new DataView(new ArrayBuffer(16)),
    new SharedArrayBuffer(16), new Uint32Array(4)]) {
    assert.equal(read(place, 'u32', 12), 0);
    for (const offset of [13, 16, -1, -4, 2 ** 40, 2 ** 62]) {
      assert.throws(() => read(place, 'u32', offset), rangeError(`read of 4 bytes at offset ${
        BigInt(offset)} is out of bounds: the memory has 16 bytes`));
      assert.throws(() => write(place, 'u32', 1, offset), rangeError(`write of 4 bytes at offset ${
        BigInt(offset)} is out of bounds: the memory has 16 bytes`));
    }
    assert.throws(() => view(place, 17),
      rangeError('view of 17 bytes at offset 0 is out of bounds: the memory has 16 bytes'));
    assert.throws(() => copy(place, new Uint8Array(32), 17),
      rangeError('copy of 17 bytes at offset 0 is out of bounds: the memory has 16 bytes'));
    assert.throws(() => copy(new Uint8Array(32), place, 17), { name: 'RangeError' });
  }
});

test("the pointer object of alloc's memory stands for all of it", async () => {
  const memory = alloc(16);
  const { pointer } = memory;
  const wide = alloc(32);
  for (const use of [() => read(pointer, 'u32', 13), () => write(pointer, 'u32', 1, -1),
    () => view(pointer, 17), () => copy(pointer, wide, 17), () => copy(wide, pointer, 17)]) {
    assert.throws(use, { name: 'RangeError' });
  }
  // Another object of the same address is a pointer like others.
  assert.equal(read(UnsafePointer.offset(pointer, 4), 'u32', -4), 0);
  const seen = (() => {
    const kept = alloc(1 << 20);
    kept.bytes.fill(7);
    return view(kept.pointer, 1 << 20);
  })();
  for (let i = 0; i < 5; i += 1) {
    collect();
    await new Promise(setImmediate);
  }
  assert.equal(seen[(1 << 20) - 1], 7, 'a view keeps the memory');
  memory.free();
  assert.throws(() => read(pointer, 'u8'),
    rangeError('read of 1 bytes at offset 0 is out of bounds: the memory has 0 bytes'));
});

test('what is no place', () => {
  for (const use of [(place) => read(place, 'u8'), (place) => write(place, 'u8', 1),
    (place) => view(place, 1), (place) => copy(place, alloc(1), 1),
    (place) => copy(alloc(1), place, 1), (place) => toArrayBuffer(place, 1, () => {})]) {
    assert.throws(() => use(null), typeError('pointer is null'));
    for (const value of [undefined, 1, 'x', {}, 1n, () => {}]) {
      assert.throws(() => use(value), typeError('expected a pointer, memory or a buffer: got '));
    }
  }
  assert.throws(() => read(alloc(4), 'u8', 'x'),
    typeError('Invalid offset of read, expected a number: got string'));
  assert.throws(() => toArrayBuffer(new Uint8Array(4), 4, () => {}),
    typeError('toArrayBuffer expects a pointer: got a buffer'));
});

test('a view is the memory itself', () => {
  const memory = alloc(8);
  const seen = view(memory.pointer, 4);
  assert.ok(seen instanceof Uint8Array);
  seen[1] = 5;
  assert.equal(memory.bytes[1], 5);
  assert.equal(view(memory).length, 8);
  assert.equal(view(memory, 3).length, 3);
  const words = new Uint16Array(memory.bytes.buffer, 2, 2);
  view(words)[0] = 9;
  assert.equal(memory.bytes[2], 9);
  const shared = new SharedArrayBuffer(4);
  view(shared)[0] = 1;
  assert.equal(new Uint8Array(shared)[0], 1);
  assert.throws(() => view(memory.pointer), typeError('a view of a pointer needs a length'));
  for (const length of [-1, 0.5, NaN]) {
    assert.throws(() => view(memory.pointer, length), { name: 'RangeError' });
  }
  assert.throws(() => view(memory.pointer, '4'), typeError('invalid length: string'));
});

test('copy, also where the two overlap', () => {
  const from = alloc(8);
  const to = alloc(8);
  from.bytes.set([1, 2, 3, 4, 5, 6, 7, 8]);
  copy(to, from, 8);
  assert.deepEqual(to.bytes, from.bytes);
  copy(to.pointer, new Uint8Array([9, 9]), 2);
  assert.deepEqual([...to.bytes.subarray(0, 3)], [9, 9, 3]);
  copy(from.bytes.subarray(1), from, 7);
  assert.deepEqual([...from.bytes], [1, 1, 2, 3, 4, 5, 6, 7]);
  copy(to, from, 0);
  assert.throws(() => copy(to, from), typeError('invalid length: undefined'));
  assert.throws(() => copy(to, from, -1), { name: 'RangeError' });
});

test('toArrayBuffer calls a function once its bytes cannot be used', async () => {
  const pointers = [lib.block_new(100), lib.block_new(100)];
  const freed = [];
  const before = lib.blocks_freed();
  (() => {
    const buffer = toArrayBuffer(pointers[0], 100, (pointer) => {
      freed.push(pointer);
      lib.block_free(pointer);
    });
    assert.deepEqual(new Uint8Array(buffer)[99], 99);
    const native = toArrayBuffer(pointers[1], 100, lib.block_free_at);
    assert.equal(new Uint8Array(native)[7], 7);
    // A second buffer of the same memory is nobody's.
    assert.equal(new Uint8Array(toArrayBuffer(pointers[1], 100))[8], 8);
  })();
  assert.equal(lib.blocks_freed(), before);
  await eventually(() => lib.blocks_freed() === before + 2, 'memory of buffers is not freed');
  assert.equal(freed.length, 1);
  assert.ok(UnsafePointer.equals(freed[0], pointers[0]));
});

test('a buffer that is transferred or in use keeps its memory', async () => {
  const before = lib.blocks_freed();
  let moved = structuredClone(...(() => {
    const buffer = toArrayBuffer(lib.block_new(50), 50, lib.block_free_at);
    return [buffer, { transfer: [buffer] }];
  })());
  const sum = (() => lib.block_sum_slowly(
    toArrayBuffer(lib.block_new(50), 50, lib.block_free_at), 50, 30))();
  for (let i = 0; i < 4; i += 1) {
    collect();
    await new Promise(setImmediate);
  }
  assert.equal(await sum, 1225);
  assert.equal(new Uint8Array(moved)[49], 49);
  await eventually(() => lib.blocks_freed() === before + 1, 'what a call used is not freed');
  moved = undefined;
  await eventually(() => lib.blocks_freed() === before + 2, 'what was moved is not freed');
});

test('no length, and what is no function', async () => {
  const before = lib.blocks_freed();
  (() => {
    assert.equal(toArrayBuffer(lib.block_new(0), 0, lib.block_free_at).byteLength, 0);
  })();
  await eventually(() => lib.blocks_freed() === before + 1, 'an empty buffer is not freed');
  const memory = alloc(4);
  assert.throws(() => toArrayBuffer(null, 4), typeError('pointer is null'));
  for (const free of [null, 1, {}, 'free']) {
    assert.throws(() => toArrayBuffer(memory.pointer, 4, free), { name: 'TypeError' });
  }
  for (const length of [-1, 1.5, 2 ** 53]) {
    assert.throws(() => toArrayBuffer(memory.pointer, length, () => {}), { name: 'RangeError' });
  }
});

test('what the function throws is reported, and nothing is called at the end', () => {
  const { stdout, stderr, status } = runNode(`
    import { createRequire } from 'node:module';
    const { alloc, toArrayBuffer } = createRequire('/')(${JSON.stringify(packageFolder)});
    const memory = alloc(8);
    toArrayBuffer(memory.pointer, 8, () => { throw new Error('will not free'); });
    globalThis.kept = toArrayBuffer(memory.pointer, 8, () => console.log('at the end'));
    for (let i = 0; i < 50; i += 1) {
      gc();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    console.log('end');`);
  assert.equal(stdout, 'end\n', stderr);
  assert.equal(status, 0);
  assert.match(stderr, /frees the memory of an ArrayBuffer threw: Error: will not free/);
});

test('types are read once, and names of Object.prototype are no types', () => {
  let reads = 0;
  const type = { get enum() {
    reads += 1;
    return { A: 1 };
  } };
  const memory = alloc(4);
  write(memory, type, 'A');
  const after = reads;
  assert.equal(read(memory, type), 1);
  assert.equal(reads, after);
  assert.throws(() => read(memory, 'toString'), typeError("unknown variant 'toString'"));
  assert.throws(() => read(memory, '__proto__'), typeError("unknown variant '__proto__'"));
});

test('where raw pointers are denied', () => {
  const { stdout, stderr } = runNode(`
    import { createRequire } from 'node:module';
    const require = createRequire('/');
    const load = require(${JSON.stringify(`${packageFolder}/load.js`)});
    const path = ${JSON.stringify(nativePath('keeping'))};
    load.restrict({ allow: [path], deny: [] });
    const api = {};
    load.install(api);
    const bytes = new Uint8Array(8);
    const { symbols } = api.dlopen(path, {
      call_now: { parameters: [{ callback: { parameters: ['i32'], result: 'i32' } }, 'i32'],
        result: 'i32' },
      same: { parameters: [{ userdata: true }], result: { userdata: true } },
      thing_new: { parameters: ['i32'], result: { pointer: 'thing', free: 'thing_free' } },
      thing_value: { parameters: [{ pointer: 'thing' }], result: 'i32' },
    });
    const outcomes = [() => api.alloc(1), () => api.view(bytes), () => api.read(bytes, 'u8'),
      () => api.write(bytes, 'u8', 1), () => api.copy(bytes, bytes, 1),
      () => api.toArrayBuffer(null, 1, () => {}), () => api.toArrayBuffer(null, 1),
      () => symbols.call_now((x) => x, 1), () => symbols.call_now(null, 1),
      () => symbols.same(bytes) === bytes, () => symbols.thing_value(symbols.thing_new(4)),
    ].map((run) => {
      try {
        return run();
      } catch (error) {
        return error.name;
      }
    });
    console.log(JSON.stringify(outcomes));`);
  assert.deepEqual(JSON.parse(stdout || 'null'),
    [...Array(8).fill('NotCapable'), -1, true, 4], stderr);
});
