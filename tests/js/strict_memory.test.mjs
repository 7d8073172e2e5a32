// strict_memory: `memory: 'strict'`: what could lose bytes during a call is refused, in every tier
// alike. No callback exists here; taken_bytes.test.mjs has what callbacks do to what is accepted.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import {
  UnsafeFnPointer, assertTier, dlopen, heat, keepCold, nativePath, site, typeError,
} from './support.mjs';

const strict = { memory: 'strict' };
const path = nativePath('buffers');
const addressDefinition = { name: 'address_of', parameters: ['buffer'], result: 'u64' };
const lib = dlopen(path, {
  strict_address: { ...addressDefinition, ...strict },
  leaf: { ...addressDefinition, ...strict, leaf: true },
  nonblocking: { ...addressDefinition, ...strict, nonblocking: true },
  address: addressDefinition,
  made: { name: 'calls_made', parameters: [], result: 'u64' },
  pointer: { name: 'address_of', type: 'pointer' },
});
const optioned = dlopen(path, {
  strict_address: addressDefinition,
  second: { name: 'sum_after', parameters: ['buffer', 'buffer', 'u32', 'function'], result: 'u32' },
}, strict);
after(() => [lib, optioned].forEach((each) => each.close()));
const { made, address } = lib.symbols;
const fnPointer = new UnsafeFnPointer(lib.symbols.pointer, { ...addressDefinition, ...strict });

// Every way to call, each by what it is called and what messages call it.
const ways = {
  cold: [keepCold(site('b', 'return f(b);', { f: lib.symbols.strict_address })), 'strict_address'],
  hot: [heat(site('b', 'return f(b);', { f: lib.symbols.strict_address }), new Uint8Array(100)),
    'strict_address'],
  leaf: [heat(site('b', 'return f(b);', { f: lib.symbols.leaf }), new Uint8Array(100)), 'leaf'],
  "the library's option":
    [heat(site('b', 'return f(b);', { f: optioned.symbols.strict_address }), new ArrayBuffer(100)),
      'strict_address'],
  'function pointer':
    [heat(site('b', 'return p.call(b);', { p: fnPointer }), new ArrayBuffer(100)),
      'UnsafeFnPointer'],
};

const resizable = () => new ArrayBuffer(64, { maxByteLength: 64 });
const refused = {
  'a resizable buffer': resizable,
  'one that may grow': () => new ArrayBuffer(8, { maxByteLength: 4096 }),
  'an empty one': () => new ArrayBuffer(0, { maxByteLength: 4096 }),
  'an array that tracks the length': () => new Uint8Array(resizable()),
  'an array of fixed length': () => new Float64Array(resizable(), 8, 2),
  'an empty array': () => new Uint8Array(resizable(), 8, 0),
  'an array out of bounds': () => {
    const buffer = new ArrayBuffer(64, { maxByteLength: 64 });
    const array = new Uint8Array(buffer, 32);
    buffer.resize(16);
    return array;
  },
  'a DataView that tracks the length': () => new DataView(resizable()),
  'a DataView of fixed length': () => new DataView(resizable(), 8, 8),
  'a Buffer': () => Buffer.from(resizable()),
};
const growable = () => new SharedArrayBuffer(64, { maxByteLength: 128 });
const detached = (buffer) => {
  structuredClone(buffer, { transfer: [buffer] });
  return buffer;
};
const accepted = {
  null: () => null,
  'a buffer': () => new ArrayBuffer(64),
  'an array': () => new Uint8Array(100),
  'an on-heap array': () => new Uint8Array(8),
  'part of a buffer': () => new Uint16Array(new ArrayBuffer(64), 8, 4),
  'a DataView': () => new DataView(new ArrayBuffer(64), 8),
  'a Buffer': () => Buffer.alloc(16),
  'a shared buffer': () => new SharedArrayBuffer(64),
  'a shared array': () => new Uint8Array(new SharedArrayBuffer(64)),
  'a growable shared buffer': growable,
  'an array over one, tracking': () => new Uint8Array(growable()),
  'an array over one, fixed': () => new Uint8Array(growable(), 8, 8),
  'a DataView over one': () => new DataView(growable(), 8),
  'WebAssembly memory': () => new WebAssembly.Memory({ initial: 1, maximum: 2 }).buffer,
  'a detached buffer': () => detached(new ArrayBuffer(64)),
  // There is nothing left that could be taken away.
  'a detached resizable buffer': () => detached(resizable()),
};
const reason = "expected bytes that stay during the call (memory: 'strict')";

for (const [kind, make] of Object.entries(refused)) {
  test(`refused: ${kind}`, async () => {
    const buffer = make();
    const before = Number(made());
    for (const [way, [run, name]] of Object.entries(ways)) {
      for (let i = 0; i < 3; i += 1) {
        assert.throws(() => run(buffer), typeError(reason), way);
        assert.throws(() => run(buffer),
          typeError(`symbol '${name}', parameter 0: got those of a resizable ArrayBuffer`), way);
      }
    }
    await assert.rejects(lib.symbols.nonblocking(buffer), typeError(reason));
    assert.equal(Number(made()), before, 'the native function was not called');
    assert.equal(typeof address(buffer), 'bigint', 'the usual rule takes it');
    // Refusing has changed nothing for what comes next.
    const good = new Uint8Array(100);
    for (const [run] of Object.values(ways)) assert.equal(run(good), address(good));
  });
}

for (const [kind, make] of Object.entries(accepted)) {
  test(`accepted: ${kind}`, () => {
    const buffer = make();
    for (const [way, [run]] of Object.entries(ways)) {
      // A leaf takes an on-heap array where it is.
      if (way !== 'leaf') assert.equal(run(buffer), address(buffer), way);
    }
    assert.equal(ways.leaf[0](buffer), address(buffer));
  });
}

test('which parameter it is', () => {
  const { second } = optioned.symbols;
  const good = new Uint8Array(8);
  assert.throws(() => second(good, new DataView(resizable()), 8, null),
    typeError("symbol 'second', parameter 1: got those of a resizable"));
  assert.throws(() => second(resizable(), 5, 8, null), typeError('parameter 0'));
  assert.throws(() => second(5, resizable(), 8, null),
    typeError("expected null, ArrayBuffer, or ArrayBufferView: symbol 'second', parameter 0"));
});

test('structs are copied, and may come from any buffer', () => {
  const Point = { struct: ['f64', 'f64'] };
  const structs = dlopen(nativePath('structs'), {
    midpoint: { parameters: [Point, Point], result: Point },
  }, strict);
  const run = heat(site('a, b, o', 'return f(a, b, o);', { f: structs.symbols.midpoint }),
    new Float64Array(2), new Float64Array(2), new Float64Array(2));
  const a = new Float64Array(new ArrayBuffer(16, { maxByteLength: 32 }));
  a.set([2, 4]);
  for (const out of [new Float64Array(2), new Float64Array(resizable())]) {
    assert.deepEqual([...run(a.buffer, a, out).subarray(0, 2)], [2, 4]);
  }
  structs.close();
});

test('views are on the fast path', () => {
  const bytes = new Uint8Array(new ArrayBuffer(64));
  for (const f of [lib.symbols.strict_address, optioned.symbols.strict_address]) {
    for (const view of [bytes, new DataView(bytes.buffer), null]) {
      const run = heat(site('b', 'return f(b);', { f }), view);
      assertTier(made, () => run(view));
    }
    const run = heat(site('b', 'return f(b);', { f }), bytes);
    assertTier(made, () => run(bytes.buffer), { fast: false });
  }
});

test('what `memory` may be', () => {
  for (const memory of ['lax', 'Strict', true, 1, {}]) {
    for (const open of [() => dlopen(path, { f: { ...addressDefinition, memory } }),
      () => dlopen(path, { f: addressDefinition }, { memory })]) {
      assert.throws(open, (error) => error instanceof TypeError &&
        /expected 'strict': (symbol 'f'|options), field 'memory'/.test(error.message));
    }
  }
  for (const memory of [null, undefined]) {
    const usual = dlopen(path, { f: { ...addressDefinition, memory } });
    assert.equal(usual.symbols.f(resizable()) > 0n, true);
    usual.close();
  }
});
