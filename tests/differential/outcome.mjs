// outcome: what came of one call: what the native function saw and how often it was called, what
// was returned or thrown, and which way the call took. As a text, to be compared between tiers, and
// judged by the oracle.

import { types } from 'node:util';

import { UnsafePointer, counts } from '../js/support.mjs';
import { bytesOf, isBytes } from './bytes.mjs';
import { structs } from './forms.mjs';
import { record } from './native.mjs';
import { addressOf } from './oracle.mjs';

// Engines may give a NaN any bits.
const nan = (type, bits) => (type === 'f32' ? (bits & 0x7fffffffn) > 0x7f800000n
  : type === 'f64' && (bits & (2n ** 63n - 1n)) > 0x7ff0000000000000n);

function shown(value) {
  if (types.isExternal(value)) return `pointer ${UnsafePointer.value(value).toString(16)}`;
  if (isBytes(value)) return `${Object.prototype.toString.call(value)} ${bytesOf(value, 64)}`;
  if (Object.is(value, -0)) return 'number -0';
  return `${typeof value} ${String(value)}`;
}

// What was seen of bytes that lie where they may lie: addresses differ between runs.
function seenBytes(value) {
  const place = record.bits === 0n ? 'nowhere'
    : record.bits === addressOf(value) ? 'in place' : 'elsewhere';
  return `bytes ${place}, now ${bytesOf(value, 48)}`;
}

function seen({ type }, value) {
  if (type in structs) return `struct ${record.bytes.slice(0, structs[type].size)}`;
  if (type === 'buffer' && isBytes(value)) return seenBytes(value);
  return nan(type, record.bits) ? 'NaN' : record.bits.toString(16);
}

function gave(form, value, result) {
  if (form.type === 'buffer' && isBytes(value) && form.kind !== 'void') {
    const same = result === null ? record.bits === 0n
      : UnsafePointer.value(result) === record.bits;
    return same ? 'what it saw' : 'another pointer';
  }
  return shown(result);
}

// Begins a call: what `finish` needs.
export function begin(want) {
  record.clear();
  if (want.address) record.length = want.seen.length;
  return counts().ordinaryCalls;
}

export function finish(before, form, value, done) {
  const ordinary = counts().ordinaryCalls - before;
  const calls = record.calls;
  // Training passes pointers that nothing may be read through.
  record.length = 0;
  const text = done.error === undefined
    ? `${calls} calls, saw ${seen(form, value)}, gave ${gave(form, value, done.result)}`
    : `${calls} calls, ${done.error?.constructor?.name}: ${done.error?.message}`;
  return { ...done, ordinary, calls, text, bits: record.bits, memory: record.bytes.slice() };
}

// Calls run(value, true).
export function observe(run, form, value, want) {
  const before = begin(want);
  const done = {};
  try {
    done.result = run(value, true);
  } catch (error) {
    done.error = error;
  }
  return finish(before, form, value, done);
}

function judgeError(want, outcome, symbol) {
  const { error, calls } = outcome;
  if (!(error instanceof TypeError)) return `must be a TypeError: ${want.start}`;
  if (calls !== 0) return 'must not have called';
  const rest = `symbol '${symbol}', parameter 0: got `;
  if (error.message.startsWith(want.start + rest)) return null;
  return `must begin with '${want.start}${rest}'`;
}

function judgeSeen(form, value, want, outcome) {
  if (want.address) {
    const place = addressOf(value);
    if (outcome.bits !== place && !want.lost && !want.unmoved) {
      return `must be at ${place.toString(16)}, was ${outcome.bits.toString(16)}`;
    }
    const now = String(bytesOf(value, 48));
    const written = String(want.seen.map((byte) => byte + 1));
    if (now !== written) return `must have written ${written}`;
    return String(outcome.memory.slice(0, want.seen.length)) === String(want.seen) ? null
      : `must have seen ${want.seen}`;
  }
  if (want.seen) {
    return String(outcome.memory.slice(0, want.seen.length)) === String(want.seen) ? null
      : `must have seen ${want.seen}`;
  }
  if (outcome.bits === want.bits || nan(form.type, outcome.bits) && nan(form.type, want.bits)) {
    return null;
  }
  return `must have seen ${want.bits.toString(16)}`;
}

function judgeResult(form, want, { result, bits }, nothing) {
  if (form.kind === 'void') return result === nothing ? null : `must give ${nothing}`;
  if (want.address) {
    const pointer = UnsafePointer.value(result);
    return pointer === bits ? null : 'must give the pointer that it saw';
  }
  const wanted = shown(want.result);
  return shown(result) === wanted ? null : `must give ${wanted}`;
}

// What is wrong with an outcome, or null. `nothing`: what a void call gives.
export function judge(form, value, want, outcome, { symbol = form.name, nothing } = {}) {
  if (want.error) return judgeError(want, outcome, symbol);
  if (outcome.error !== undefined) return 'must not throw';
  if (outcome.calls !== 1) return 'must have called once';
  return judgeSeen(form, value, want, outcome) ?? judgeResult(form, want, outcome, nothing);
}
