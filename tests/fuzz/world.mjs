// world: what one round of the fuzzer has open, and the operations that are done on it by chance,
// inside callbacks too. A round makes its world, and closes what is left of it.

import assert from 'node:assert/strict';

import { pick, random } from '../js/random.mjs';
import {
  UnsafeCallback, UnsafeFnPointer, UnsafePointer, UnsafePointerView, dlopen, nativePath, open,
} from '../js/support.mjs';
import { checkDeclarations, randomDeclarations } from './declarations.mjs';
import { errorOf, randomDefinition, randomFormDefinition } from './definitions.mjs';
import { DEPTH, Library, Pair } from './pairs.mjs';
import { randomBuffer, wildValue } from './wild.mjs';

const STEPS = 25;
const MOST = 5;
const path = nativePath('calls');
const addresses = open('buffers', { address_of: { parameters: ['buffer'], result: 'u64' } });

const statics = {
  i8: -8, u8: 200, i16: -1600, u16: 60000, i32: -320000, u32: 4000000000, i64: -(2n ** 63n),
  u64: 2n ** 64n - 1n, isize: -64n, usize: 64n, f32: 1.5, f64: -2.25,
};
const getters = ['getUint8', 'getInt8', 'getUint16', 'getInt16', 'getUint32', 'getInt32',
  'getBigUint64', 'getBigInt64', 'getFloat32', 'getFloat64'];

const isDocumented = (error) => error instanceof TypeError || error instanceof RangeError ||
  error.message === 'toPrimitive was called';

export class World {
  constructor() {
    this.calls = 0;
    this.depth = 0;
    this.pairs = [];
    this.libraries = [];
  }

  async round() {
    for (let step = 0; step < STEPS; step += 1) {
      const library = random(12) === 0 && this.library();
      if (library) await library.later();
      else this.step();
    }
    this.pairs.forEach((pair) => pair.close());
    this.libraries.forEach((library) => library.close());
  }

  // One of what is open; one is opened where there are too few.
  pair() {
    this.pairs = this.pairs.filter((pair) => pair.isOpen);
    if (this.pairs.length < 2 || (this.pairs.length < MOST && random(5) === 0)) {
      this.pairs.push(new Pair(this));
    }
    return pick(this.pairs);
  }

  // Closed ones stay for a while: their calls are BadResource.
  library() {
    if (this.libraries.length === 0 || (this.libraries.length < MOST && random(5) === 0)) {
      this.libraries.push(new Library(this));
    }
    return pick(this.libraries);
  }

  step() {
    switch (random(21)) {
      case 0: return this.pair().heated();
      case 1: return this.pair().throws();
      case 2: return this.pair().answers();
      case 3: return this.pair().out();
      case 4: return this.pair().closesItself();
      case 5: return this.pair().close();
      case 6: return this.reenter();
      case 7:
      case 8: return this.library().wild();
      case 9: return this.library().heated();
      case 10: return this.library().several();
      case 11: return random(3) === 0 ? this.library().close() : this.collect();
      case 12: return this.buffer();
      case 13: return this.define();
      case 14: return this.view();
      case 15: return random(3) === 0 ? this.static() : this.junk();
      case 16: return this.pair().several();
      case 17: return this.declare();
      default: return this.pair().wild();
    }
  }

  // Another operation while a native call runs.
  reenter() {
    const pair = this.pair();
    const args = pair.values();
    pair.expect();
    const { answer } = pair;
    pair.inside = () => {
      pair.checkArguments(args);
      for (let i = random(4); i >= 0; i -= 1) this.nested();
      pair.expect(answer);
    };
    pair.checkResult(pair.run(...args), answer);
    this.calls += 1;
  }

  collect() {
    if (random(8) === 0) globalThis.gc();
    else globalThis.gc({ type: 'minor' });
  }

  // The address that native code gets is the one that UnsafePointer.of() tells, or null.
  buffer() {
    const bytes = random(8) === 0 ? null : randomBuffer();
    const address = addresses.symbols.address_of(bytes);
    this.calls += 1;
    const length = bytes === null || ArrayBuffer.isView(bytes) && isGone(bytes) ? 0
      : bytes.byteLength;
    if (length > 0) assert.equal(address, UnsafePointer.value(UnsafePointer.of(bytes)));
    if (bytes === null) assert.equal(address, 0n);
  }

  // Everything that takes a definition agrees on whether it is one.
  define() {
    const definition = this.watched(randomDefinition());
    const ofLibrary = errorOf(() => dlopen(path, { nop: definition }).close());
    const ofCallback = errorOf(() => new UnsafeCallback(definition, () => {}).close());
    assert.equal(ofLibrary?.constructor, ofCallback?.constructor, `${ofLibrary}, ${ofCallback}`);
    errorOf(() => new UnsafeFnPointer(UnsafePointer.create(8), definition));
  }

  // Forms, and C text: an error or a library. Too slow to be as frequent as the rest.
  declare() {
    if (random(4) !== 0) return;
    errorOf(() => dlopen(path, { nop: this.watched(randomFormDefinition()) }).close());
    if (random(4) === 0) checkDeclarations(randomDeclarations(), path);
  }

  // The definition, whose reading sometimes does something else first.
  watched(definition) {
    if (random(3) !== 0 || typeof definition !== 'object' || definition === null) return definition;
    return new Proxy(definition, {
      get: (target, key) => {
        if (random(4) === 0) this.nested();
        return target[key];
      },
    });
  }

  nested() {
    if (this.depth === DEPTH) return;
    this.depth += 1;
    try {
      this.step();
    } finally {
      this.depth -= 1;
    }
  }

  view() {
    const bytes = Uint8Array.from({ length: 32 }, () => random(256));
    const data = new DataView(bytes.buffer);
    const view = new UnsafePointerView(UnsafePointer.of(bytes));
    for (let i = 0; i < 10; i += 1) {
      const offset = random(24);
      const getter = pick(getters);
      assert.ok(Object.is(view[getter](offset), data[getter](offset, true)), `${getter} ${offset}`);
      this.calls += 1;
    }
    const length = random(32);
    assert.deepEqual(new Uint8Array(view.getArrayBuffer(length)), bytes.slice(0, length));
    const copy = new Uint8Array(length);
    view.copyInto(copy);
    assert.deepEqual(copy, bytes.slice(0, length));
  }

  static() {
    const types = Array.from({ length: 4 }, () => pick(Object.keys(statics)));
    const lib = open('statics', Object.fromEntries(types.map((type) => [`static_${type}`,
      { type }])));
    for (const type of types) assert.equal(lib.symbols[`static_${type}`], statics[type]);
    lib.close();
  }

  // Functions of the API that are given anything: a value, or an error that is documented.
  junk() {
    const calls = [
      () => UnsafePointer.create(wildValue()), () => UnsafePointer.value(wildValue()),
      () => UnsafePointer.of(wildValue()), () => UnsafePointer.equals(wildValue(), wildValue()),
      () => UnsafePointer.offset(wildValue(), wildValue()),
      () => new UnsafeCallback(wildValue(), wildValue()), () => dlopen(path, wildValue()),
      () => dlopen(path, { nop: { parameters: [], result: 'void' } }, wildValue()).close(),
      () => new UnsafeFnPointer(wildValue(), wildValue()),
      () => this.pair().f.call.call(wildValue()),
      () => this.pair().callback.ref.call(wildValue()),
      () => UnsafePointerView.getCString(wildNonPointer()),
      () => UnsafePointerView.copyInto(wildNonPointer(), wildValue()),
    ];
    try {
      pick(calls)();
    } catch (error) {
      assert.ok(isDocumented(error), error?.stack ?? String(error));
    }
    this.calls += 1;
  }
}

// Reading where a wild pointer points crashes, as it should.
function wildNonPointer() {
  const value = wildValue();
  return value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === null
    ? null : value;
}

// A DataView out of bounds throws when it is asked.
function isGone(view) {
  try {
    return view.byteLength === 0;
  } catch {
    return true;
  }
}
