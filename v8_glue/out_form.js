// out_form: { out: T } and { inout: T }, parameters through which a function gives results.
//
// The body of a function (binding, parts), run once per environment. The native function gets the
// address of a slot, whose value becomes one more result of the call; an `inout` one starts as the
// argument, an `out` one as zero. Values follow the rules of parameters and results of T. A symbol
// keeps its slots for its next call; a call within a call, a nonblocking one, and a struct, which
// is handed out itself, have slots of their own.
'use strict';

const { TypeError, ArrayBuffer, Uint8Array, Int8Array, Uint16Array, Int16Array, Uint32Array,
  Int32Array, BigUint64Array, BigInt64Array, Float32Array, Float64Array } = globalThis;
const { define, defineOwn, checkKeys, alignedBytes } = parts.forms;
const { apply } = Reflect;
const { slice } = String.prototype;

// How JavaScript sees a slot: as an array of `length` elements, `zero` when empty; `read`, whose
// value is T's ($ is the array, # the function that reads by C++); and what it stores at once,
// unless integers are strict. Without `type` all is stored by C++.
const view = (Array, type, more = {}) => ({
  __proto__: null,
  Array,
  type,
  length: 1,
  zero: '0',
  read: '$[0]',
  store: (value) => value,
  isInteger: type === 'number' || type === 'bigint',
  ...more,
});
const float = { __proto__: null, isInteger: false };
const big = { __proto__: null, zero: '0n' };
// In two halves, because a BigInt would take memory.
const halves = (read) => view(Int32Array, undefined, { __proto__: null, length: 2, read });
const number = '$[1] * 4294967296 + ($[0] >>> 0)';
const pointer = halves('($[0] | $[1]) === 0 ? null : #($)');
const views = {
  __proto__: null,
  bool: view(Uint8Array, 'boolean',
      { __proto__: null, read: '$[0] !== 0', store: (value) => `${value} ? 1 : 0` }),
  u8: view(Uint8Array, 'number'),
  i8: view(Int8Array, 'number'),
  u16: view(Uint16Array, 'number'),
  i16: view(Int16Array, 'number'),
  u32: view(Uint32Array, 'number'),
  i32: view(Int32Array, 'number'),
  f32: view(Float32Array, 'number', float),
  f64: view(Float64Array, 'number', float),
  u64: view(BigUint64Array, 'bigint', big),
  i64: view(BigInt64Array, 'bigint', big),
  usize: view(BigUint64Array, 'bigint', big),
  isize: view(BigInt64Array, 'bigint', big),
  i53: halves(`$[1] > -2097152 && $[1] < 2097152 ? ${number} : #($)`),
  u53: halves(`$[1] >= 0 && $[1] < 2097152 ? ${number} : #($)`),
  pointer,
  buffer: pointer,
  function: pointer,
};

// The view of a type that has none of its own: by C++, or of a struct, which is its own bytes.
const otherView = ({ name, size, align }) => ({
  __proto__: null,
  read: name === 'struct' ? '$' : '#($)',
  make: () => alignedBytes(size < 16 && name !== 'struct' ? 16 : size, align),
  isFresh: name === 'struct',
});

function viewOf(native) {
  const found = views[native.name];
  if (found === undefined) return otherView(native);
  const { Array, length } = found;
  const bytes = Array.BYTES_PER_ELEMENT * length;
  // What is passed as `buffer` must not lie in V8's heap, where it could move.
  return { __proto__: null, ...found, make: () => new Array(new ArrayBuffer(bytes)) };
}

// The value of a slot, an expression, from what T's core gives.
function receivedText(form, text, call, at) {
  if (form === undefined) return text;
  if (form.receive !== undefined) return `((r) => ${form.receive(call, at)})(${text})`;
  return `${call.bind(form.fromNative)}(${text}, ${call.bind(at)})`;
}

// The pieces that fill `slot` with argument `index`. A form with its own way through a call keeps
// what it was given until that has ended.
function storePieces({ native, form, shown }, slot, call, index, at) {
  const { handle } = native;
  const { name, strict } = call;
  const slow = call.bind((value, bytes) => {
    binding.slotStore(handle, strict, value, bytes, name, index);
  });
  const given = `p${index}`;
  const stored = (text) => ({ __proto__: null, before: text });
  if (form !== undefined && form.pass !== undefined) {
    const { declare, before, argument, undo, cleanup, uses } = form.pass(call, index, at);
    const all = `${before} ${slow}(${argument}, ${slot});`;
    return { __proto__: null, declare, before: all, undo, cleanup, uses };
  }
  if (form !== undefined) {
    return stored(`${slow}(${call.bind(form.toNative)}(${given}, ${call.bind(at)}), ${slot});`);
  }
  if (shown.type === undefined || (strict && shown.isInteger)) {
    return stored(`${slow}(${given}, ${slot});`);
  }
  return stored(`if (typeof ${given} === '${shown.type}') ${slot}[0] = ${shown.store(given)};
    else ${slow}(${given}, ${slot});`);
}

// `text` with `slot` for $ and `reader` for #. Regular expressions would do this through functions
// that a script can replace.
function filled(text, slot, reader) {
  let result = '';
  for (let i = 0; i < text.length; i += 1) {
    result += text[i] === '$' ? slot : text[i] === '#' ? reader : text[i];
  }
  return result;
}

function pass(type, call, index, at) {
  const { native, form, shown, isIn } = type;
  const { handle } = native;
  const { name } = call;
  const keeps = call.keeps && !shown.isFresh;
  const slot = keeps ? call.bind(shown.make()) : `s${index}`;
  const reader = call.bind((bytes) => binding.slotRead(handle, bytes, name, index));
  let zero = '';
  if (keeps && !isIn) {
    for (let i = 0; i < (shown.length ?? 0); i += 1) zero += `${slot}[${i}] = ${shown.zero};`;
    if (shown.length === undefined) zero = `${call.bind(clear)}(${slot});`;
  }
  const store = isIn ? storePieces(type, slot, call, index, at) : { __proto__: null, before: zero };
  const given = receivedText(form, filled(shown.read, slot, reader), call, at);
  const owned = {};
  if (form !== undefined && form.lose !== undefined) {
    // Before another value is made, which may throw.
    owned.after = `const own${index} = ${given};`;
    owned.out = `own${index}`;
    const free = form.lose(call);
    const lose = (bytes) => free(binding.slotRead(handle, bytes, name, index));
    owned.lost = `${call.bind(lose)}(${slot});`;
  }
  return {
    __proto__: null,
    taken: isIn,
    keeps,
    declare: `${keeps ? '' : `const ${slot} = ${call.bind(shown.make)}();`} ${store.declare ?? ''}`,
    before: store.before,
    undo: store.undo,
    cleanup: store.cleanup,
    uses: store.uses,
    argument: slot,
    out: given,
    ...owned,
  };
}

function clear(bytes) {
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = 0;
}

const texts = { __proto__: null, cstring: true, cstring16: true, cstring32: true };
// Nothing would keep the bytes once they are in memory of C's.
const noOwner = { __proto__: null, buffer: true, ...texts };

function maker(key) {
  const isIn = key === 'inout';
  return (given, at) => {
    checkKeys(given, [key], at);
    // The text ": symbol 'f', parameter 0" without what separates it from a message.
    const native = binding.nativeType(given[key], apply(slice, at, [at === '' ? 0 : 2]));
    const { form } = native;
    const refuse = (kind) => {
      throw new TypeError(`unsupported type '${kind}' of an '${key}' parameter${at}`);
    };
    if (form !== undefined) {
      if (form.receive === undefined && form.fromNative === undefined) refuse(form.kind);
      if (isIn && form.toNative === undefined && form.pass === undefined) refuse(form.kind);
      // Who would free it, the object that was passed or the one that is given back?
      if (isIn && form.owns) refuse(`${form.kind} with free`);
    } else if (isIn && noOwner[native.name]) {
      refuse(native.name);
    }
    const type = { native, form, shown: viewOf(native), isIn };
    return {
      __proto__: null,
      kind: key,
      core: 'buffer',
      member: false,
      readsText: texts[native.name] === true,
      pass: (call, index, where) => pass(type, call, index, where),
    };
  };
}

define('out', maker('out'));
define('inout', maker('inout'));

// Strings and buffers that js_signature.cc has stay until the outs have been read.
defineOwn('text', (name) => {
  const { handle } = binding.nativeType(name, '');
  return {
    kind: name,
    core: 'buffer',
    member: false,
    pass(call, index) {
      const local = `text${index}`;
      const isBuffer = name === 'buffer';
      const { heldBytes, isPointer, textBytes } = binding;
      const make = isBuffer ? (value) => heldBytes(value, call.nonblocking === true)
        : (value) => textBytes(handle, value, call.name, index);
      return {
        declare: `let ${local};`,
        before: `${local} = ${call.bind(make)}(p${index});`,
        argument: isBuffer ? `p${index}` : local,
        // V8 does not know that this does nothing with it.
        cleanup: `${call.bind(isPointer)}(${local});`,
      };
    },
  };
});
