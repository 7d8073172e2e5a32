// invalidation_cases: one optimised caller whose callback takes away, during the native call, what
// the caller's code relies on. For invalidation.test.mjs, which says in which isolates.
//
// A row of `rows` is a signature with arguments and the outcome; an event is the list of what its
// callback does; `runCase` heats a caller, arms the callback and looks at what the caller gets.

import assert from 'node:assert/strict';

import {
  UnsafeCallback, UnsafeFnPointer, UnsafePointer, assertTier, collect, fastBelowCallbacks, fastTier,
  isBadResource, nativePath, open, dlopen, site,
} from './support.mjs';

const Point = { struct: ['f64', 'f64'] };
const Words8 = { struct: Array(8).fill('i64') };
const point = Float64Array.of(1.5, -2.25);
const words = BigInt64Array.of(1n, -2n, 3n, -4n, 5n, -6n, 7n, 2n ** 62n);
const pointer = UnsafePointer.create(0x7000);
// On-heap arrays are moved by the ordinary function; then they are on the fast path, too.
const bytes = () => new Uint8Array(8).fill(1);
const onHeap = bytes();

// A value that assert can compare: pointers by address, arrays by their bytes.
function shown(value) {
  if (ArrayBuffer.isView(value)) {
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex');
  }
  const isPointer = typeof value === 'object' && value !== null && !(value instanceof Error);
  return isPointer ? UnsafePointer.value(value) : value;
}

const echo = (type, value, name = type) => ({
  symbol: `through_${name}`, parameters: [type], result: type, args: [value], expected: value,
});
export const rows = {
  void: { symbol: 'through_void', parameters: [], result: 'void', args: [], expected: undefined },
  bool: echo('bool', true),
  i8: echo('i8', -5),
  u8: echo('u8', 250),
  i16: echo('i16', -30000),
  u16: echo('u16', 65000),
  i32: echo('i32', -70000),
  u32: echo('u32', 4000000000),
  i64: echo('i64', -(2n ** 60n)),
  u64: echo('u64', 2n ** 63n + 1n),
  isize: echo('isize', -7n, 'i64'),
  usize: echo('usize', 2n ** 64n - 1n, 'u64'),
  'u64 as a Number': { ...echo('u64', 77), expected: 77n },
  i53: echo('i53', -(2 ** 53 - 1), 'i64'),
  u53: echo('u53', 2 ** 53 - 1, 'u64'),
  f32: echo('f32', 1.5),
  f64: echo('f64', 0.1),
  pointer: echo('pointer', pointer),
  function: echo('function', pointer, 'pointer'),
  buffer: echo('buffer', UnsafePointer.of(onHeap), 'pointer'),
  'struct in registers': echo(Point, point, 'point'),
  'struct in memory': echo(Words8, words, 'words8'),
  'struct into out': { ...echo(Point, point, 'point'), out: () => new Float64Array(2) },
  'struct in memory into out': {
    ...echo(Words8, words, 'words8'), out: () => new BigInt64Array(8),
  },
  'bytes of a buffer': {
    symbol: 'through_bytes', parameters: ['buffer', 'u32', 'u8'], result: 'u32',
    fresh: () => [bytes(), 8, 2], expected: 24,
  },
  'structs in': {
    symbol: 'through_structs', parameters: [Point, Words8], result: 'f64',
    args: [point, BigInt64Array.of(1n, 1n, 1n, 1n, 1n, 1n, 1n, 1n)], expected: 1.5 - 4.5 + 36,
  },
  mixed: {
    symbol: 'through_mixed', parameters: ['i32', 'buffer', Point, 'f64', 'i64'], result: 'i64',
    args: [-3, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), point, 10.75, 2n ** 40n],
    expected: -3n + 17n + 10n + 2n ** 40n,
  },
};
rows.buffer.args = [onHeap];

export const events = [
  ['write'], ['collect'], ['write', 'collect'], ['throw'], ['write', 'throw'], ['drop', 'collect'],
  ['close'], ['close', 'collect'], ['write', 'close', 'throw'], ['nest', 'write', 'collect'],
  ['write', 'drop', 'close', 'collect'], ['write', 'drop', 'close', 'collect', 'throw'],
];

const result = '[r, C.scale, o === null ? 0 : o.field]';
export const bodies = {
  plain: (call) => `const r = ${call}; return ${result};`,
  caught: (call) => `try { const r = ${call}; return ${result}; }
    catch (error) { return [error, C.scale]; }`,
};

export const optimisers = {
  turbofan: [(run) => { %OptimizeFunctionOnNextCall(run); }, (run) => %ActiveTierIsTurbofan(run)],
  maglev: [(run) => { %OptimizeMaglevOnNextCall(run); }, (run) => %ActiveTierIsMaglev(run)],
};

// support.mjs `heat` for either optimiser, with the calls that `train` makes. What follows a stub
// that declines is compiled once it has been seen, which is in optimised code.
function heatIn(optimiser, run, train) {
  const [optimise, isOptimised] = optimisers[optimiser];
  %PrepareFunctionForOptimization(run);
  for (let i = 0; i < 400; i += 1) train();
  for (let i = 0; i < 3 && !isOptimised(run); i += 1) {
    %PrepareFunctionForOptimization(run);
    train();
    optimise(run);
    train();
    train();
  }
  assert.ok(isOptimised(run), `${optimiser} has it`);
}

// Keeps the callback and counts calls; never closed, so that the native library and what it keeps
// outlast the case's own handle.
const native = open('callbacks', {
  keep: { parameters: ['function'], result: 'void' },
  made: { name: 'calls_made', parameters: [], result: 'u64' },
});

class Case {
  constructor(row, event, body, { optimiser, callable }) {
    Object.assign(this, { row, event, body, optimiser, callable });
    this.C = { scale: 1 };
    this.boom = new Error('boom');
    this.runs = 0;
    this.level = -1; // of nested calls: none while the callback is to do nothing
  }

  does(action) {
    return this.event.includes(action);
  }

  open() {
    const { symbol: name, parameters, result } = this.row;
    this.lib = dlopen(nativePath('callbacks'), {
      f: { name, parameters, result }, address: { name, type: 'pointer' },
    });
    const { f, address } = this.lib.symbols;
    this.h = this.callable === 'symbol' ? { f }
      : { f: new UnsafeFnPointer(address, { parameters, result }) };
  }

  makeCallback() {
    this.callback = new UnsafeCallback({ parameters: [], result: 'void' }, () => this.calledBack());
    native.symbols.keep(this.callback.pointer);
  }

  makeCaller() {
    const { args, fresh, out } = this.row;
    const count = (args ?? fresh()).length;
    const names =
      Array.from({ length: count }, (_, i) => `a${i}`).concat(out ? ['out'] : []).join(', ');
    const call = `h.f${this.callable === 'symbol' ? '' : '.call'}(${names})`;
    // The native function's holder is an argument: dropping the function leaves nothing behind.
    this.run = site(`h, o${names && ', '}${names}`, bodies[this.body](call), { C: this.C });
  }

  // One call, and what it must give whatever the callback did.
  call(o) {
    const args = this.row.args ?? this.row.fresh();
    const out = this.row.out?.();
    const got = this.run(this.h, o, ...args, ...(out ? [out] : []));
    if (out && !(got[0] instanceof Error)) assert.equal(got[0], out);
    return got;
  }

  check([value, scale], expectedScale, message) {
    const { expected, result } = this.row;
    const isVoid = result === 'void' && this.callable === 'pointer';
    assert.deepEqual(shown(value), isVoid ? null : shown(expected), message);
    assert.equal(scale, expectedScale, message);
  }

  calledBack() {
    if (this.level < 0) return;
    this.runs += 1;
    if (this.does('nest') && this.level < 3) {
      this.level += 1;
      this.check(this.call(null), 2, `level ${this.level}`);
      return;
    }
    this.level = -1;
    if (this.does('write')) this.C.scale = 2;
    if (this.does('close')) this.lib.close();
    if (this.does('drop')) this.lib = this.h = this.run = undefined;
    if (this.does('collect')) collect();
    if (this.does('throw')) throw this.boom;
  }

  armedCall() {
    this.level = 0;
    const scale = this.does('write') ? 2 : 1;
    if (!this.does('throw')) {
      this.check(this.call(null), scale, 'the call');
    } else if (this.body === 'plain') {
      assert.throws(() => this.call(null), (error) => error === this.boom);
    } else {
      assert.deepEqual(this.call(null), [this.boom, scale]);
    }
    assert.equal(this.runs, this.does('nest') ? 4 : 1, 'the callback ran');
  }

  afterwards() {
    // What a pointer points to is gone with its library; a symbol knows.
    if (this.does('close') && this.callable === 'symbol' && !this.does('drop')) {
      if (this.body === 'plain') assert.throws(() => this.call(null), isBadResource);
      else assert.ok(isBadResource(this.call(null)[0]));
    }
    if (this.does('close') || this.does('drop')) {
      this.open();
      this.makeCaller();
    }
    this.check(this.call(null), this.C.scale, 'afterwards');
  }

  // `before`: the callback exists when the caller becomes hot.
  play(before) {
    this.open();
    if (before) this.makeCallback();
    this.makeCaller();
    // The map of `o` is known to nobody but the caller's feedback and code.
    (() => {
      const o = new (class { field = 3; })();
      heatIn(this.optimiser, this.run, () => this.call(o));
      const fast = before ? fastBelowCallbacks : fastTier;
      if (this.optimiser === 'turbofan' && !this.row.fresh) {
        assertTier(native.symbols.made, () => this.call(o), { times: 1, fast });
      }
    })();
    if (!before) this.makeCallback();
    this.armedCall();
    this.afterwards();
    native.symbols.keep(null);
    this.callback.close();
    if (!this.does('close')) this.lib.close();
  }
}

export function runCase(row, event, body, options, before) {
  const name = `${event.join(', ')}; ${body}; ${options.optimiser}; ${options.callable}`;
  try {
    new Case(rows[row], event, body, options).play(before);
  } catch (error) {
    error.message = `${row}; ${name}${before ? '' : '; the callback came later'}: ${error.message}`;
    throw error;
  }
}
