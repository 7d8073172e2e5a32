// results: every result type with boundary values coming back in every tier, as all 64 bits of the
// register that a callee leaves: what lies above a narrow result means nothing.

import { UnsafeFnPointer, UnsafePointer, counts, dlopen, fastTier } from '../js/support.mjs';
import { structs } from './forms.mjs';
import { addressOf, library, record } from './native.mjs';
import { deoptimise, enterTier, keepIn, siteOf, tierOf, train, v8Version } from './tiers.mjs';

const SHARE = 0.35;

const edges = [0n, 1n, 0x7en, ...[7n, 8n, 15n, 16n, 31n, 32n, 53n, 63n].flatMap((bits) => {
  const power = 2n ** bits;
  return [power - 1n, power, power + 1n, -power - 1n, -power, -power + 1n];
}), 2n ** 64n - 1n].map((bits) => BigInt.asUintN(64, bits));
// Above a narrow result: nothing, everything, something.
const noises = [0n, 0xffff_ffff_ffff_ffffn, 0xdead_beef_cafe_5a5an];
const doubles = [0, -0, 1, -1, 0.1, NaN, Infinity, -Infinity, 5e-324, 1.7976931348623157e308,
  2 ** 31, -(2 ** 31), 2 ** 32, 2 ** 53, 1e-40, 16777217, 3.4028234663852886e38];

const widths = { bool: 8, i8: 8, u8: 8, i16: 16, u16: 16, i32: 32, u32: 32 };
const mask = (bits) => 2n ** BigInt(bits) - 1n;
const noisy = (width) => edges.map((edge) => edge & mask(width)).flatMap(
  (low) => noises.map((noise) => (noise & ~mask(width)) | low));
const bitsOf = (number, Float, Bits) => BigInt(new Bits(new Float([number]).buffer)[0]);

// The register's bits for each result type: as they are, or with noise above.
function registers(type) {
  if (type in widths) return [...new Set(noisy(widths[type]))];
  if (type === 'f64') return doubles.map((each) => bitsOf(each, Float64Array, BigUint64Array));
  if (type === 'f32') {
    return doubles.flatMap((each) => noises.map((noise) =>
      (noise & ~mask(32)) | bitsOf(each, Float32Array, Uint32Array)));
  }
  return edges;
}

// What the bits must come to, as a text.
function wanted(type, bits) {
  const signed = (width) => BigInt.asIntN(width, bits);
  const whole = { i53: signed(64), u53: bits }[type];
  if (whole !== undefined) {
    const fits = whole <= 2n ** 53n - 1n && whole >= -(2n ** 53n) + 1n;
    return fits ? `number ${whole}` : 'RangeError';
  }
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, bits, true);
  switch (type) {
    case 'bool': return `boolean ${(bits & 0xffn) !== 0n}`;
    case 'i8': case 'i16': case 'i32': return `number ${signed(widths[type])}`;
    case 'u8': case 'u16': case 'u32': return `number ${bits & mask(widths[type])}`;
    case 'i64': case 'isize': return `bigint ${signed(64)}`;
    case 'u64': case 'usize': return `bigint ${bits}`;
    case 'f32': return number(view.getFloat32(0, true));
    case 'f64': return number(view.getFloat64(0, true));
    case 'void': return 'undefined';
    default: return bits === 0n ? 'null' : `pointer ${bits}`;
  }
}
const number = (value) => `number ${Object.is(value, -0) ? '-0' : value}`;

function shown(type, value) {
  if (value === null || value === undefined) return String(value);
  if (['pointer', 'function', 'buffer'].includes(type)) {
    return `pointer ${UnsafePointer.value(value)}`;
  }
  return typeof value === 'number' ? number(value) : `${typeof value} ${value}`;
}

const types = ['void', ...Object.keys(widths), 'i64', 'u64', 'isize', 'usize', 'i53', 'u53', 'f32',
  'f64', 'pointer', 'function', 'buffer'];
const nativeOf = (type) => (type[0] === 'f' && type !== 'function' ? 'give_double' : 'give_bits');

// Calls once and tells what came back, or the class of what was thrown.
function call(run, type, bits) {
  record.clear();
  record.result = bits;
  const before = counts().ordinaryCalls;
  let text;
  try {
    text = shown(type, run(undefined, true));
  } catch (error) {
    text = error.name;
  }
  const ordinary = counts().ordinaryCalls - before;
  return { text: record.calls === 1 ? text : `${record.calls} calls, ${text}`, ordinary };
}

class Results {
  constructor({ report, take, state }) {
    this.report = report;
    this.take = take;
    this.fast = (leaf) => fastTier && (state === 'fresh' || v8Version >= 14 || leaf);
  }

  check(group, run, type, bits, tier, leaf, nothing = 'undefined') {
    const { text, ordinary } = call(run, type, bits);
    const want = type === 'void' ? nothing : wanted(type, bits);
    // A call that went on in another tier may take the other way.
    const stays = tier === 'deoptimised' || tier === 'UnsafeFnPointer' || tierOf(run) === tier;
    const way = tier === 'turbofan' && this.fast(leaf) ? 0 : 1;
    const ways = stays ? [way] : [0, 1];
    const problem = text !== want ? `${text}, expected ${want}`
      : ways.includes(ordinary) ? null : `ordinary calls ${ordinary}, expected ${ways}`;
    this.report(group, `${bits.toString(16)}, ${tier}`, problem);
  }

  // One site for all, and one for each, which is compiled before it has met that value.
  scalar(name, f, type, leaf) {
    const all = this.take(registers(type), SHARE);
    for (const tier of ['interpreted', 'baseline', 'maglev', 'turbofan']) {
      const shared = siteOf('return f();', { f });
      record.result = 1n;
      train(shared, [f], [undefined]);
      enterTier(shared, tier);
      for (const bits of all) {
        // V8 13 has small functions that stay the same compiled by the next compiler.
        keepIn(shared, tier);
        this.check(name, shared, type, bits, tier, leaf);
        const own = siteOf('return f();', { f });
        record.result = 1n;
        train(own, [f], [undefined]);
        enterTier(own, tier);
        this.check(name, own, type, bits, tier, leaf);
        if (tier !== 'turbofan') continue;
        deoptimise(own);
        this.check(name, own, type, bits, 'deoptimised', leaf);
      }
    }
  }

  pointer(name, native, type) {
    const p = new UnsafeFnPointer(addressOf(native), { parameters: [], result: type });
    const run = siteOf('return p.call();', { p });
    for (const bits of this.take(registers(type), SHARE)) {
      this.check(name, run, type, bits, 'UnsafeFnPointer', false, 'null');
    }
  }

  async nonblocking(name, f, type) {
    for (const bits of this.take(registers(type), SHARE)) {
      record.clear();
      record.result = bits;
      const text = await f().then((value) => shown(type, value), (error) => error.name);
      const want = type === 'void' ? 'null' : wanted(type, bits);
      this.report(name, `${bits.toString(16)}, nonblocking`,
        text === want && record.calls === 1 ? null : `${text}, expected ${want}`);
    }
  }

  // Structs: a new array, one that is given, and one that is too short for it.
  struct(type, f) {
    const { size } = structs[type];
    const outs = { none: () => undefined, 'off heap': () => new Uint8Array(100),
      'on heap': () => new Uint8Array(size), buffer: () => new ArrayBuffer(size),
      DataView: () => new DataView(new ArrayBuffer(64), 3), wrong: () => 1, null: () => null,
      short: () => new Uint8Array(size - 1) };
    for (const tier of ['interpreted', 'baseline', 'maglev', 'turbofan', 'turbofan']) {
      for (const [name, make] of Object.entries(outs)) {
        const run = siteOf('return f(x);', { f });
        train(run, [f], [undefined, new Uint8Array(100)]);
        enterTier(run, tier);
        const isWrong = ['wrong', 'null', 'short'].includes(name);
        for (let i = 0; i < 2; i += 1) {
          this.report(`result ${type}`, `out ${name}, ${tier}`,
            structProblem(run, make(), size, isWrong));
        }
      }
    }
  }
}

function structProblem(run, out, size, isWrong) {
  record.clear();
  record.bytes.set(Array.from({ length: 64 }, (_, i) => 255 - i));
  const want = String(record.bytes.slice(0, size));
  try {
    const given = run(out, true);
    if (isWrong || record.calls !== 1) return `${record.calls} calls, gave ${given}`;
    if (out !== undefined && given !== out) return 'must give what it was given';
    const bytes = ArrayBuffer.isView(given)
      ? new Uint8Array(given.buffer, given.byteOffset, size) : new Uint8Array(given, 0, size);
    return String(bytes) === want ? null : `gave ${bytes}, expected ${want}`;
  } catch (error) {
    return isWrong && error instanceof TypeError && record.calls === 0 ? null
      : `${record.calls} calls, ${error}`;
  }
}

export async function results(options) {
  const each = new Results(options);
  const rules = { plain: {}, strict: { strict: true }, leaf: { leaf: true } };
  for (const type of types) {
    const native = nativeOf(type);
    const definition = { name: native, parameters: [], result: type };
    const lib = dlopen(library, {
      ...Object.fromEntries(Object.entries(rules).map(
        ([name, rule]) => [name, { ...definition, ...rule }])),
      nonblocking: { ...definition, nonblocking: true },
    });
    for (const name of Object.keys(rules)) {
      each.scalar(`result ${type} ${name}`, lib.symbols[name], type, name === 'leaf');
    }
    each.pointer(`result ${type} by UnsafeFnPointer`, native, type);
    await each.nonblocking(`result ${type} nonblocking`, lib.symbols.nonblocking, type);
    lib.close();
  }
  for (const [type, { struct }] of Object.entries(structs)) {
    const lib = dlopen(library, { [`give_${type}`]: { parameters: [], result: { struct } } });
    each.struct(type, lib.symbols[`give_${type}`]);
    lib.close();
  }
}
