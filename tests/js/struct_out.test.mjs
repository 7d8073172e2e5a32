// struct_out: a struct result written into an array that the caller gives as one argument more.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import {
  UnsafeCallback, UnsafeFnPointer, assertTier, collect, fastBelowCallbacks, heat, keepCold, open,
  site, typeError,
} from './support.mjs';

const Point = { struct: ['f64', 'f64'] };
const Words8 = { struct: Array(8).fill('i64') };
const lib = open('structs', {
  midpoint: { parameters: [Point, Point], result: Point },
  twist_words8: { parameters: [Words8], result: Words8 },
  fill_words8: { parameters: Array(8).fill('i64'), result: Words8 },
  point_after: { parameters: ['function', Point], result: Point },
  words8_after: { parameters: ['function', Words8], result: Words8 },
  made: { name: 'calls_made', parameters: [], result: 'u64' },
});
after(() => lib.close());
const { midpoint, made } = lib.symbols;
const a = Float64Array.of(1, 2);
const b = Float64Array.of(3, 6);
const sites = () => ({
  cold: keepCold(site('a, b, o', 'return f(a, b, o);', { f: midpoint })),
  hot: heat(site('a, b, o', 'return f(a, b, o);', { f: midpoint }), a, b, new Uint8Array(16)),
});

const outs = {
  'on-heap array': () => new Uint8Array(16),
  'off-heap array': () => new Uint8Array(new ArrayBuffer(16)),
  'Float64Array': () => new Float64Array(2),
  'part of a buffer': () => new Uint8Array(new ArrayBuffer(64), 24, 16),
  'longer array': () => new Uint8Array(40),
  'DataView': () => new DataView(new ArrayBuffer(32), 8),
  'ArrayBuffer': () => new ArrayBuffer(16),
  'SharedArrayBuffer': () => new SharedArrayBuffer(16),
  'resizable': () => new Uint8Array(new ArrayBuffer(16, { maxByteLength: 32 })),
};
const floats = (out) => {
  const view = ArrayBuffer.isView(out) ? new DataView(out.buffer, out.byteOffset) :
    new DataView(out);
  return [view.getFloat64(0, true), view.getFloat64(8, true)];
};

for (const [kind, make] of Object.entries(outs)) {
  test(`into ${kind}`, () => {
    for (const [way, run] of Object.entries(sites())) {
      const out = make();
      assert.equal(run(a, b, out), out, way);
      assert.deepEqual(floats(out), [2, 4], way);
      if (out.byteLength > 16 && ArrayBuffer.isView(out)) {
        const rest = new Uint8Array(out.buffer, out.byteOffset + 16);
        assert.ok(rest.every((byte) => byte === 0), 'nothing is written behind it');
      }
    }
  });
}

test('the fast stub writes it', () => {
  const { hot } = sites();
  for (const out of [new Uint8Array(16), new Float64Array(new ArrayBuffer(16))]) {
    assertTier(made, () => assert.equal(hot(a, b, out), out));
  }
});

test('a result in memory, and one that is its own argument', () => {
  const words = BigInt64Array.of(1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n);
  const twist = heat(site('w, o', 'return f(w, o);', { f: lib.symbols.twist_words8 }),
    words, new Uint8Array(64));
  const expected = BigInt64Array.of(8n, 8n, 8n, 8n, 8n, 8n, 8n, 8n);
  const out = new BigInt64Array(8);
  assert.equal(twist(words, out), out);
  assert.deepEqual(out, expected);
  assert.equal(twist(words, words), words);
  assert.deepEqual(words, expected);
  const fill = heat(site('o', 'return f(1n, 2n, 3n, 4n, 5n, 6n, 7, 8, o);',
    { f: lib.symbols.fill_words8 }), out);
  assert.deepEqual(fill(out), BigInt64Array.of(1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n));
});

test('undefined asks for a new array, and length is the arity', () => {
  for (const run of Object.values(sites())) {
    const made1 = run(a, b, undefined);
    assert.equal(Object.getPrototypeOf(made1), Uint8Array.prototype);
    assert.deepEqual(floats(made1), [2, 4]);
  }
  assert.equal(midpoint.length, 2);
  assert.equal(lib.symbols.fill_words8.length, 8);
});

test('what cannot take it', () => {
  const detached = new Uint8Array(16);
  structuredClone(detached.buffer, { transfer: [detached.buffer] });
  const bad = [null, 1, 'text', {}, [], true, new Uint8Array(15), new ArrayBuffer(0), detached,
    new DataView(new ArrayBuffer(20), 8)];
  for (const [way, run] of Object.entries(sites())) {
    for (const out of bad) {
      const calls = Number(made());
      assert.throws(() => run(a, b, out), typeError("symbol 'midpoint', result"), way);
      assert.equal(Number(made()), calls, 'the native function was not called');
    }
    assert.throws(() => run(a, 1, new Uint8Array(16)), typeError('parameter 1'));
  }
});

test('through a function pointer', () => {
  const address = open('structs', { midpoint: { type: 'pointer' } });
  const pointer = new UnsafeFnPointer(address.symbols.midpoint,
    { parameters: [Point, Point], result: Point });
  const out = new Uint8Array(16);
  assert.equal(pointer.call(a, b, out), out);
  assert.deepEqual(floats(out), [2, 4]);
  address.close();
});

// The callee calls back before it returns its struct. From here on callbacks exist.
for (const [name, type, size] of [['point_after', Point, 16], ['words8_after', Words8, 64]]) {
  const symbol = () => lib.symbols[name];
  const argument = new Float64Array(size / 8).map((_, i) => i + 0.5);

  test(`${name}: the array moves while the callee runs`, () => {
    const callback = new UnsafeCallback({ parameters: [], result: 'void' }, () => {
      for (let i = 0; i < 100; i += 1) new Uint8Array(64).fill(i);
      collect();
    });
    const quiet = new UnsafeCallback({ parameters: [], result: 'void' }, () => {});
    const run = heat(site('c, s, o', 'return f(c, s, o);', { f: symbol() }), quiet.pointer,
      argument, new Float64Array(size / 8));
    for (let round = 0; round < 10; round += 1) {
      const out = new Float64Array(size / 8);
      assert.equal(run(callback.pointer, argument, out), out);
      assert.deepEqual(out, argument);
    }
    callback.close();
    quiet.close();
  });

  test(`${name}: the array is detached or shortened while the callee runs`, () => {
    let spoil = () => {};
    const callback = new UnsafeCallback({ parameters: [], result: 'void' }, () => spoil());
    const run = heat(site('c, s, o', 'return f(c, s, o);', { f: symbol() }), callback.pointer,
      argument, new Uint8Array(new ArrayBuffer(size)));
    const resizable = () => new ArrayBuffer(size, { maxByteLength: 4096 });
    for (const make of [() => new ArrayBuffer(size), resizable]) {
      for (const view of [(buffer) => new Uint8Array(buffer), (buffer) => buffer,
        (buffer) => new DataView(buffer)]) {
        for (const call of [run, symbol()]) {
          const buffer = make();
          spoil = () => {
            if (buffer.resizable) buffer.resize(1);
            else buffer.transfer(0);
            collect();
          };
          assert.throws(() => call(callback.pointer, argument, view(buffer)),
            typeError(`symbol '${name}' was detached or shortened during the call`));
        }
        spoil = () => {};
        assert.deepEqual(
          new Float64Array(run(callback.pointer, argument, new Uint8Array(size)).buffer), argument);
      }
    }
    callback.close();
  });

  test(`${name}: an exception of the callback comes first`, () => {
    const callback = new UnsafeCallback({ parameters: [], result: 'void' }, () => {
      throw new Error('from the callback');
    });
    const run = heat(site('c, s, o', 'try { return f(c, s, o); } catch (e) { return e.message; }',
      { f: symbol() }), callback.pointer, argument, new Uint8Array(size));
    assert.equal(run(callback.pointer, argument, new Uint8Array(size)), 'from the callback');
    callback.close();
  });

  test(`${name}: also before the array that it detached`, () => {
    let out;
    let spoil = () => {};
    const callback = new UnsafeCallback({ parameters: [], result: 'void' }, () => spoil());
    const run = heat(site('c, s, o', 'return f(c, s, o);', { f: symbol() }), callback.pointer,
      argument, new Uint8Array(size));
    for (let round = 0; round < 4; round += 1) {
      out = new Uint8Array(size);
      spoil = () => {
        out.buffer.transfer(0);
        throw new Error(`round ${round}`);
      };
      assert.throws(() => run(callback.pointer, argument, out), { message: `round ${round}` });
      spoil = () => {};
      assert.deepEqual(run(callback.pointer, argument, new Float64Array(size / 8)), argument);
    }
    callback.close();
  });
}

test('still the fast stub, with callbacks', () => {
  const { hot } = sites();
  const out = new Uint8Array(16);
  assertTier(made, () => assert.equal(hot(a, b, out), out), { fast: fastBelowCallbacks });
});
