// fuzz: random signatures and values through the identity of a callback: what goes in through a
// symbol, out through a callback's parameters, must be what was sent, in cold and in optimised
// code. The seed is printed; SPRINGBOARD_FUZZ_SEED repeats a run.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { pick, random, seed } from './random.mjs';
import { UnsafeCallback, UnsafeFnPointer, UnsafePointer, heat, site } from './support.mjs';

const bits64 = () => (BigInt(random(2 ** 32 - 1)) << 32n) | BigInt(random(2 ** 32 - 1));

const scalars = {
  i8: () => random(256) - 128, u8: () => random(256), i16: () => random(65536) - 32768,
  u16: () => random(65536), i32: () => random(2 ** 32 - 1) | 0, u32: () => random(2 ** 32 - 1),
  i64: () => BigInt.asIntN(64, bits64()), u64: bits64, isize: () => BigInt.asIntN(64, bits64()),
  usize: bits64, f32: () => Math.fround(random(1 << 24) / 64 - 1000),
  f64: () => random(2 ** 31) / 1024 - 5000, bool: () => random(2) === 1,
  pointer: () => (random(4) === 0 ? null : UnsafePointer.create(bits64() | 1n)),
};
const kinds = Object.keys(scalars);

function randomType(depth = 0) {
  if (depth > 2 || random(5) !== 0) return pick(kinds);
  return { struct: Array.from({ length: 1 + random(5) }, () => randomType(depth + 1)) };
}
const sizes = {
  i8: 1, u8: 1, bool: 1, i16: 2, u16: 2, i32: 4, u32: 4, f32: 4,
};
function layout(type) {
  if (typeof type === 'string') return [sizes[type] ?? 8, sizes[type] ?? 8];
  let offset = 0;
  let alignment = 1;
  for (const field of type.struct) {
    const [size, align] = layout(field);
    offset = Math.ceil(offset / align) * align + size;
    alignment = Math.max(alignment, align);
  }
  return [Math.ceil(offset / alignment) * alignment, alignment];
}
// Which bytes of a struct belong to a field, and not to padding; bool bytes are made 0 or 1.
function meaningful(type, base = 0, out = []) {
  if (typeof type === 'string') {
    for (let i = 0; i < (sizes[type] ?? 8); i += 1) out.push([base + i, type]);
    return out;
  }
  let offset = base;
  for (const field of type.struct) {
    const [size, align] = layout(field);
    offset = Math.ceil(offset / align) * align;
    meaningful(field, offset, out);
    offset += size;
  }
  return out;
}
function randomValue(type) {
  if (typeof type === 'string') return scalars[type]();
  const bytes = new Uint8Array(layout(type)[0]);
  for (const [offset, kind] of meaningful(type)) bytes[offset] = random(kind === 'bool' ? 2 : 128);
  return bytes;
}
function comparable(type, value) {
  if (typeof type !== 'string') return meaningful(type).map(([offset]) => value[offset]);
  return type === 'pointer' ? UnsafePointer.value(value) : value;
}

test(`random signatures, seed ${seed}`, () => {
  for (let round = 0; round < 150; round += 1) {
    const parameters = Array.from({ length: random(15) }, () => randomType());
    const result = random(8) === 0 ? 'void' : randomType();
    const text = `seed ${seed}, round ${round}: ${JSON.stringify({ parameters, result })}`;
    let seen;
    let answer;
    const callback = new UnsafeCallback({ parameters, result }, (...args) => {
      seen = args;
      return answer;
    });
    const f = new UnsafeFnPointer(callback.pointer, { parameters, result });
    const names = parameters.map((_, i) => `a${i}`).join(', ');
    const run = site(names, `return f.call(${names});`, { f });
    const check = (args) => {
      answer = result === 'void' ? undefined : randomValue(result);
      const got = run(...args);
      parameters.forEach((type, i) => assert.deepEqual(comparable(type, seen[i]),
        comparable(type, args[i]), `${text}, parameter ${i}`));
      if (result !== 'void') {
        assert.deepEqual(comparable(result, got), comparable(result, answer), `${text}, result`);
      }
    };
    for (let i = 0; i < 3; i += 1) check(parameters.map(randomValue));
    if (round % 10 === 0) {
      heat(run, ...parameters.map(randomValue));
      for (let i = 0; i < 3; i += 1) check(parameters.map(randomValue));
    }
    callback.close();
  }
});
