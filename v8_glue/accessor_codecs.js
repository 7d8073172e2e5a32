// accessor_codecs: how the members of accessor classes are read and written.
//
// The body of a function (binding, parts), run once per environment. A *codec* is { core, size,
// read(view, offset), write(view, offset, value, at) }, of plain numbers with `plain`, their type,
// and where it can be with `text`, which does the same in place (accessor_values.js). `isKept` says
// that what it reads need not be made again for the same place. accessors.js adds the codecs of
// classes. Isolate thread only.
'use strict';

const {
  Array, ArrayBuffer, BigInt64Array, BigUint64Array, Float32Array, Float64Array, Int16Array,
  Int32Array, Int8Array, Math, Number, Object, RangeError, Reflect, String, Symbol, TypeError,
  Uint16Array, Uint32Array, Uint8Array, WeakMap,
} = globalThis;
const { apply } = Reflect;
const { isArray } = Array;
const { isView } = ArrayBuffer;
const { isSafeInteger } = Number;
const { freeze, getPrototypeOf, hasOwn } = Object;
const { floor } = Math;
const { iterator } = Symbol;
const { slice } = String.prototype;
const { get: mapGet, set: mapSet } = WeakMap.prototype;
const { append, checkKeys, lower, own, unexpected } = parts.forms;
const {
  SCALARS, View, bytesOf, nativeCodec, ofView, pointerCodec, safeIntegerCodec, safeIntegers,
  scalarCodec, setBytes,
} = parts.accessorValues;

// What every instance needs for itself; other names of fields hide what instances have.
const RESERVED = { __proto__: null, constructor: 1, toJSON: 1 };

// What the console of Node.js asks an object for: it sees no accessors.
const INSPECT = Symbol.for('nodejs.util.inspect.custom');

// Elements one after the other: an array in a struct, or an array of structs.
class Elements {
  #codec;
  #view;
  #base;
  length;

  constructor(codec, view, base, length) {
    this.#codec = codec;
    this.#view = view;
    this.#base = base;
    this.length = length;
    freeze(this);
  }

  #offset(index) {
    if (!isSafeInteger(index) || index < 0 || index >= this.length) {
      throw new RangeError(`index ${typeof index === 'number' ? index : binding.describe(index)
      } is out of bounds of ${this.length} elements`);
    }
    return this.#base + index * this.#codec.size;
  }

  at(index) {
    return this.#codec.read(this.#view, this.#offset(index));
  }

  set(index, value) {
    this.#codec.write(this.#view, this.#offset(index), value, `: element ${index}`);
  }

  get bytes() {
    return bytesOf(this.#view, this.#base, this.length * this.#codec.size);
  }

  *[iterator]() {
    for (let i = 0; i < this.length; i += 1) yield this.at(i);
  }

  toJSON() {
    const values = [];
    for (let i = 0; i < this.length; i += 1) append(values, plain(this.at(i)));
    return values;
  }

  [INSPECT](depth, options, inspect) {
    return inspect(this.toJSON(), options);
  }
}

function plain(value) {
  if (typeof value !== 'object' || value === null) return value;
  if (isView(value) && value.length !== undefined) return list(value);
  return value instanceof Elements || codecOf(getPrototypeOf(value)?.constructor) !== undefined
    ? value.toJSON() : value;
}

function list(array) {
  const values = [];
  for (let i = 0; i < array.length; i += 1) append(values, array[i]);
  return values;
}

const TYPED = {
  __proto__: null, i8: Int8Array, u8: Uint8Array, i16: Int16Array, u16: Uint16Array,
  i32: Int32Array, u32: Uint32Array, f32: Float32Array, f64: Float64Array, i64: BigInt64Array,
  u64: BigUint64Array, isize: BigInt64Array, usize: BigUint64Array,
};

// The elements at `offset`: of plain numbers a typed array where they are aligned.
function elementsAt(codec, view, offset, length) {
  const buffer = ofView.buffer(view);
  const start = ofView.offset(view) + offset;
  const Typed = TYPED[codec.plain];
  return Typed !== undefined && start % codec.size === 0
    ? new Typed(buffer, start, length)
    : new Elements(codec, view, offset, length);
}

function arrayCodec(type, at) {
  checkKeys(type, ['array', 'length'], at);
  const { array: element } = type;
  const length = own(type, 'length');
  const codec = codecFor(element, at);
  const isOpen = length === undefined;
  const core = isOpen ? { array: codec.core } : { array: codec.core, length };
  const size = isOpen ? 0 : binding.layoutOf({ struct: [core] }, at).size;
  const lengthIn = (view, offset) =>
    (isOpen ? floor((ofView.length(view) - offset) / codec.size) : length);
  return {
    __proto__: null,
    core,
    size,
    // The size of an element, if there may be any number of them.
    openBy: isOpen ? codec.size : undefined,
    isKept: !isOpen,
    read: (view, offset) => elementsAt(codec, view, offset, lengthIn(view, offset)),
    write(view, offset, value, where) {
      const expected = lengthIn(view, offset);
      const count = isArray(value) || isView(value) || value instanceof Elements
        ? value.length : undefined;
      if (count !== expected) throw unexpected('array', `${expected} elements`, where, value);
      // All are converted before any is written.
      const bytes = expected * codec.size;
      const made = new View(new ArrayBuffer(bytes));
      for (let i = 0; i < expected; i += 1) {
        const item = value instanceof Elements ? value.at(i) : value[i];
        codec.write(made, i * codec.size, item, `, element ${i}${where}`);
      }
      apply(setBytes, bytesOf(view, offset, bytes), [bytesOf(made, 0, bytes)]);
    },
  };
}

// Classes and objects that describe one -> its codec.
const codecs = new WeakMap();
const codecOf = (type) =>
    (typeof type === 'function' || (typeof type === 'object' && type !== null)
      ? apply(mapGet, codecs, [type]) : undefined);

const isPointer = { __proto__: null, pointer: true, function: true, buffer: true };

// A native type, by its name or whatever it is. `at` is ": field 'x'", or nothing.
function nativeOf(type, at) {
  const native = binding.nativeType(type, apply(slice, at, [at === '' ? 0 : 2]));
  const { name } = native;
  let codec;
  if (SCALARS[name] !== undefined || name === 'bool') codec = scalarCodec(name);
  else if (safeIntegers[name] !== undefined) codec = safeIntegerCodec(name, at);
  else if (isPointer[name]) codec = pointerCodec(name);
  else codec = nativeCodec(native, at);
  return { __proto__: null, ...codec, core: type };
}

// A member that is a form, converted around its core.
function formCodec(type, form, at) {
  if (form.toNative === undefined || form.fromNative === undefined) {
    throw new TypeError(`unsupported type '${form.kind}' of a field${at}`);
  }
  const core = codecFor(form.core, at);
  const { text } = core;
  return {
    __proto__: null,
    core: type,
    size: core.size,
    toNative: form.toNative,
    fromNative: (value) => form.fromNative(value, at),
    text: text?.write && {
      __proto__: null,
      read: (view, offset, self) => `${self}.fromNative(${text.read(view, offset)})`,
      write: (view, offset, where, self) => `value = ${self}.toNative(value, ${where});
        ${text.write(view, offset, where)}`,
    },
    read: (view, offset) => form.fromNative(core.read(view, offset), at),
    write: (view, offset, value, where) =>
      core.write(view, offset, form.toNative(value, where), where),
  };
}

function codecFor(type, at) {
  if (typeof type === 'string') return nativeOf(type, at);
  const known = codecOf(type);
  if (known !== undefined) return known;
  if (typeof type !== 'object' || type === null) {
    throw new TypeError(`invalid type: ${binding.describe(type)}, expected string or map${at}`);
  }
  if (hasOwn(type, 'array')) return arrayCodec(type, at);
  const form = lower(type, at);
  // An inline struct has become a class.
  if (codecOf(type) !== undefined) return codecOf(type);
  if (form === undefined || typeof form === 'string') return nativeOf(form ?? type, at);
  return formCodec(type, form, at);
}

// What a bit-field's declared type is: { name, form }.
function bitsOf({ bits: type }, at) {
  const { name, form } = binding.nativeType(type, apply(slice, at, [2]));
  if (form !== undefined && (form.toNative === undefined || form.fromNative === undefined)) {
    throw new TypeError(`unsupported type '${form.kind}' of a bit-field${at}`);
  }
  return { __proto__: null, name, form };
}

// Objects do not keep the order of such names.
const isIndex = (name) => name[0] >= '0' && name[0] <= '9';

// The codecs of a class's members; bit-fields have theirs when the layout is known.
function membersOf(described, fields, at) {
  const members = [];
  for (let i = 0; i < fields.length; i += 1) {
    const where = `${at === '' ? ': ' : `${at}, `}field '${fields[i]}'`;
    if (RESERVED[fields[i]]) throw new TypeError(`reserved name of a field${where}`);
    if (isIndex(fields[i])) throw new TypeError(`the name of a field begins with a digit${where}`);
    const type = described[fields[i]];
    const isBits = typeof type === 'object' && type !== null && hasOwn(type, 'bits');
    append(members, isBits ? { __proto__: null, core: type, at: where, bits: bitsOf(type, where) }
      : codecFor(type, where));
  }
  return members;
}

// Makes `codec` that of `type`, a class or an object that describes one.
const addCodec = (type, codec) => { apply(mapSet, codecs, [type, codec]); };

return { Elements, INSPECT, addCodec, codecOf, membersOf, plain };
