// types: every type, every value that it accepts and every kind of value that it does not, with the
// same outcome in cold code, in optimised code, after deoptimisation and through UnsafeFnPointer.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import {
  UnsafeFnPointer, UnsafePointer, heat, counts, keepCold, open, site, typeError,
} from './support.mjs';

const kinds = ['i8', 'u8', 'i16', 'u16', 'i32', 'u32', 'i64', 'u64', 'isize', 'usize', 'f32', 'f64',
  'bool'];
const definition = (kind) => ({ parameters: [kind], result: kind });
const lib = open('calls', {
  ...Object.fromEntries(kinds.map((kind) => [kind, { name: `echo_${kind}`, ...definition(kind) }])),
  pointer: { name: 'echo_pointer', ...definition('pointer') },
  function: { name: 'echo_pointer', ...definition('function') },
  buffer: { name: 'echo_pointer', ...definition('buffer') },
  nop: { parameters: [], result: 'void' },
});
const addresses = open('calls', Object.fromEntries([...kinds, 'pointer'].map(
  (kind) => [kind, { name: `echo_${kind}`, type: 'pointer' }])));
const structs = open('structs', {
  byte1: { name: 'twist_byte1', parameters: [{ struct: ['u8'] }], result: { struct: ['u8'] } },
});
after(() => {
  lib.close();
  addresses.close();
  structs.close();
});

const max64 = 2n ** 64n - 1n;
const big = (value) => BigInt.asIntN(64, value);
const ubig = (value) => BigInt.asUintN(64, value);

// Numbers around every boundary that a conversion could get wrong.
const numbers = [0, -0, 1, -1, 1.5, -1.5, 0.5, -0.5, 0.9999999999999999, NaN, Infinity, -Infinity,
  5e-324, 1e300, -1e300];
for (const bits of [7, 8, 15, 16, 31, 32, 52, 53, 63, 64]) {
  for (const near of [-1, -0.5, 0, 0.5, 1]) {
    numbers.push(2 ** bits + near, -(2 ** bits) + near);
  }
}
const bigints = [0n, 1n, -1n];
for (const bits of [8n, 31n, 32n, 53n, 62n, 63n, 64n, 65n, 128n]) {
  for (const near of [-1n, 0n, 1n]) bigints.push(2n ** bits + near, -(2n ** bits) + near);
}

// What JavaScript itself says about each conversion.
const stored = {
  i8: new Int8Array(1), u8: new Uint8Array(1), i16: new Int16Array(1), u16: new Uint16Array(1),
  i32: new Int32Array(1), u32: new Uint32Array(1), f32: new Float32Array(1),
  f64: new Float64Array(1),
};
function asStored(kind, value) {
  stored[kind][0] = value;
  return stored[kind][0];
}
// A Number as a 64-bit integer: the fraction is dropped, NaN is 0, what is too large for int64
// becomes its greatest value, and a negative number keeps its bits when the type is unsigned.
function asInteger64(kind, value) {
  let integer;
  if (Number.isNaN(value)) integer = 0n;
  else if (value >= 2 ** 63) integer = 2n ** 63n - 1n;
  else if (value <= -(2 ** 63)) integer = -(2n ** 63n);
  else integer = BigInt(Math.trunc(value));
  return kind === 'u64' || kind === 'usize' ? ubig(integer) : big(integer);
}

const accepted = {};
for (const kind of Object.keys(stored)) {
  accepted[kind] = numbers.map((value) => [value, asStored(kind, value)]);
}
for (const kind of ['i64', 'isize', 'u64', 'usize']) {
  const wrap = kind === 'u64' || kind === 'usize' ? ubig : big;
  accepted[kind] = [
    ...numbers.map((value) => [value, asInteger64(kind, value)]),
    ...bigints.map((value) => [value, wrap(value)]),
  ];
}
accepted.bool = [[true, true], [false, false]];

const expectedWord = {
  i8: 'integer', i16: 'integer', i32: 'integer', i64: 'integer', isize: 'integer',
  u8: 'unsigned integer', u16: 'unsigned integer', u32: 'unsigned integer',
  u64: 'unsigned integer', usize: 'unsigned integer',
  f32: 'number', f64: 'number', bool: 'boolean',
  pointer: 'null, or External', function: 'null, or External',
  buffer: 'null, ArrayBuffer, or ArrayBufferView',
};
const pointer = UnsafePointer.create(0x1000n);
const others = {
  undefined: [undefined], null: [null], boolean: [true, false], number: [0, 1, 1.5, NaN],
  bigint: [0n, 1n, -1n, 2n ** 64n], string: ['', '1', 'one'], symbol: [Symbol('s')],
  object: [{}, [], [1], { valueOf: () => 1 }, new Number(1), new Boolean(true), Object(1n),
    new Date(0)],
  function: [() => 1, class {}], pointer: [pointer],
  bytes: [new Uint8Array(8), new ArrayBuffer(8), new SharedArrayBuffer(8)],
};
const takes = (kind) => {
  if (kind === 'bool') return ['boolean'];
  if (/64|size/.test(kind)) return ['number', 'bigint'];
  if (kind in stored) return ['number'];
  if (kind === 'buffer') return ['null', 'bytes'];
  return ['null', 'pointer'];
};
const rejected = (kind) => Object.entries(others)
  .filter(([name]) => !takes(kind).includes(name)).flatMap(([, values]) => values);

const show = (value) => {
  if (Object.is(value, -0)) return '-0';
  if (typeof value === 'bigint') return `${value}n`;
  if (value === null || typeof value !== 'object') return String(value);
  return Object.prototype.toString.call(value);
};
// f64 keeps -0; integers have none. NaN equals itself.
const same = (actual, expected, message) => assert.ok(Object.is(actual, expected),
  `${message}: ${show(actual)} instead of ${show(expected)}`);

const warm = { bool: true, pointer: null, function: null, buffer: null };
const warmValue = (kind) => (kind in warm ? warm[kind] : 1);
const callSite = (f) => site('value', 'return f(value);', { f });

// The ways to make one call: each gives a fresh function of one argument.
const ways = {
  cold: (kind) => keepCold(callSite(lib.symbols[kind])),
  optimised: (kind) => heat(callSite(lib.symbols[kind]), warmValue(kind)),
  // Trained with what it will refuse, then optimised with that knowledge.
  'optimised after errors': (kind) => {
    const run = callSite(lib.symbols[kind]);
    for (const value of rejected(kind)) assert.throws(() => run(value), TypeError);
    return heat(run, warmValue(kind));
  },
  'fn pointer': (kind) => {
    const address = addresses.symbols[kind in stored || kind in accepted ? kind : 'pointer'];
    const f = new UnsafeFnPointer(address, definition(kind));
    return (value) => f.call(value);
  },
};

for (const [way, make] of Object.entries(ways)) {
  for (const kind of Object.keys(accepted)) {
    test(`${kind} accepts, ${way}`, () => {
      const run = make(kind);
      for (const [value, expected] of accepted[kind]) {
        same(run(value), expected, `${kind} of ${show(value)}, ${way}`);
      }
    });
  }
  for (const kind of Object.keys(expectedWord)) {
    test(`${kind} rejects, ${way}`, () => {
      const run = make(kind);
      const part = `Invalid FFI ${kind} type, expected ${expectedWord[kind]}`;
      for (const value of rejected(kind)) {
        // Twice: the first may deoptimise the call site, the second then meets another tier.
        const check = kind === 'bool' ? typeError('expected boolean') : typeError(part);
        assert.throws(() => run(value), check, `${show(value)} ${way}`);
        assert.throws(() => run(value), check, `${show(value)} ${way}, again`);
        run(warmValue(kind));
      }
      assert.throws(() => run(), TypeError, 'a missing argument is undefined');
    });
  }
}

test('each value is right when optimised code meets it first', () => {
  for (const kind of Object.keys(accepted)) {
    for (const [value, expected] of accepted[kind].slice(0, 16)) {
      const run = heat(callSite(lib.symbols[kind]), warmValue(kind));
      same(run(value), expected, `${kind} of ${show(value)}`);
    }
  }
});

// What TurboFan knows of these without looking at the value: it would pass 1 or 0 (v8-notes).
const oddballs = {
  'f(true)': ['', 'return f(true);', [[]]],
  'f(false)': ['', 'return f(false);', [[]]],
  'f(undefined)': ['', 'return f(undefined);', [[]]],
  'f(null)': ['', 'return f(null);', [[]]],
  'f()': ['', 'return f();', [[]]],
  'f(x > 1)': ['x', 'return f(x > 1);', [[1], [2]]],
  'f(!x)': ['x', 'return f(!x);', [[1], [0]]],
  'f(holey[x])': ['x', 'const holey = [1, , 3]; return f(holey[x]);', [[1]], [0]],
  'f(c ? 1 : null)': ['c', 'return f(c ? 1 : null);', [[false]], [true]],
  'f(c ? 1 : undefined)': ['c', 'return f(c ? 1 : undefined);', [[false]], [true]],
  'f(c ? 1 : true)': ['c', 'return f(c ? 1 : true);', [[false]], [true]],
  'f(c ? "1" : x > 1)': ['c, x', 'return f(c ? "1" : x > 1);', [[true, 1], [false, 2]]],
};
for (const [text, [parameters, body, calls, training]] of Object.entries(oddballs)) {
  test(`statically known: ${text}`, () => {
    for (const kind of Object.keys(expectedWord)) {
      const f = lib.symbols[kind];
      const guarded = `try { ${body} } catch (error) { return String(error); }`;
      const cold = keepCold(site(parameters, guarded, { f }));
      for (const args of calls) {
        const expected = cold(...args);
        assert.ok(typeof expected !== 'string' || expected.startsWith('TypeError: '), expected);
        const hot = heat(site(parameters, guarded, { f }), ...(training ?? args));
        assert.deepEqual(hot(...args), expected, `${kind} ${text}`);
        heat(hot, ...args);
        assert.deepEqual(hot(...args), expected, `${kind} ${text}, trained`);
      }
    }
  });
}

test('bool in never truthiness, out a boolean', () => {
  const run = heat(callSite(lib.symbols.bool), true);
  for (const value of [1, 0, 'true', '', {}, null, undefined]) {
    assert.throws(() => run(value), typeError('expected boolean'));
  }
  assert.equal(run(true), true);
  assert.equal(run(false), false);
});

test('an error names the symbol, the parameter and what came', () => {
  assert.throws(() => lib.symbols.i32('text'), (error) => {
    assert.match(error.message, /i32/);
    assert.match(error.message, /0|first/);
    assert.match(error.message, /string|'text'|"text"/);
    return true;
  });
});

test('pointers and buffers accept', () => {
  const address = (value) => UnsafePointer.value(value);
  for (const kind of ['pointer', 'function']) {
    for (const run of [ways.cold(kind), ways.optimised(kind), ways['fn pointer'](kind)]) {
      assert.equal(run(null), null);
      assert.equal(address(run(pointer)), 0x1000n);
      assert.equal(address(run(UnsafePointer.create(max64))), max64);
    }
  }
  const bytes = new Uint8Array(100);
  for (const run of [ways.cold('buffer'), ways.optimised('buffer'), ways['fn pointer']('buffer')]) {
    assert.equal(run(null), null);
    for (const value of [bytes, bytes.buffer, new DataView(bytes.buffer)]) {
      assert.equal(address(run(value)), address(UnsafePointer.of(bytes)));
    }
    const shared = new SharedArrayBuffer(8);
    assert.equal(address(run(shared)), address(UnsafePointer.of(shared)));
  }
});

test('structs reject what is no buffer', () => {
  const cold = keepCold(callSite(structs.symbols.byte1));
  const hot = heat(callSite(structs.symbols.byte1), new Uint8Array([1]));
  for (const run of [cold, hot]) {
    for (const value of [undefined, null, 1, 1n, 'x', {}, [], true, pointer, () => 1]) {
      assert.throws(() => run(value), typeError('expected ArrayBuffer, or ArrayBufferView'));
    }
    assert.deepEqual(run(new Uint8Array([7])), new Uint8Array([8]));
  }
});

test('no test went round the addon', () => {
  lib.symbols.nop();
  assert.ok(counts().ordinaryCalls > 0);
});
