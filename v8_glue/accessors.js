// accessors: struct({ x: 'f64' }) and union(...), classes whose instances are C structs in bytes.
//
// The body of a function (binding, parts), run once per environment after forms.js; gives { struct,
// union } to api.js. A class is generated text, compiled once per type, with constant offsets that
// come from binding.layoutOf; an instance holds a view of bytes that it may share. A *codec* reads
// and writes one member: { core, size, alignment, read(view, offset), write(view, offset, value,
// at), and of plain numbers `text` }. What no codec is made for here (bit-fields, flexible arrays,
// complex numbers, vectors, wide scalars) is refused where the class is made. Isolate thread only.
'use strict';

const { Array, ArrayBuffer, JSON, Object, RangeError, Reflect, Number, Symbol, TypeError,
  Uint8Array, WeakMap } = globalThis;
const { apply } = Reflect;
const { isArray } = Array;
const { isView } = ArrayBuffer;
const { isSafeInteger } = Number;
const { defineProperty, freeze, getPrototypeOf, hasOwn, keys } = Object;
const { iterator } = Symbol;
const { stringify } = JSON;
const { get: mapGet, set: mapSet } = WeakMap.prototype;
const { set: setBytes } = Uint8Array.prototype;
const { checkKeys, define, lower, recognize, unexpected } = parts.forms;
const { SCALARS, View, boolCodec, bytesOf, ofView, pointerCodec, scalarCodec, viewAt,
  wide } = parts.accessorValues;

// Elements one after the other: an array in a struct, or an array of structs.
class Elements {
  #codec;
  #view;
  length;

  constructor(codec, view, length) {
    this.#codec = codec;
    this.#view = view;
    this.length = length;
    freeze(this);
  }

  #offset(index) {
    if (!isSafeInteger(index) || index < 0 || index >= this.length) {
      throw new RangeError(`index ${typeof index === 'number' ? index : binding.describe(index)
      } is out of bounds of ${this.length} elements`);
    }
    return index * this.#codec.size;
  }

  at(index) {
    return this.#codec.read(this.#view, this.#offset(index));
  }

  set(index, value) {
    this.#codec.write(this.#view, this.#offset(index), value, `: element ${index}`);
  }

  *[iterator]() {
    for (let i = 0; i < this.length; i += 1) yield this.at(i);
  }

  toJSON() {
    const list = [];
    for (let i = 0; i < this.length; i += 1) list[i] = plain(this.at(i));
    return list;
  }
}

function plain(value) {
  if (typeof value !== 'object' || value === null) return value;
  return value instanceof Elements || codecOf(getPrototypeOf(value)?.constructor) !== undefined
    ? value.toJSON() : value;
}

function arrayCodec(type, at) {
  checkKeys(type, ['array', 'length'], at);
  const { array: element, length } = type;
  if (length === undefined) {
    throw new TypeError(`unsupported flexible array in an accessor class${at}`);
  }
  const codec = codecFor(element, at);
  const core = { array: codec.core, length };
  const { size } = binding.layoutOf({ struct: [core] }, at);
  return {
    core,
    size,
    read: (view, offset) =>
        new Elements(codec, new View(ofView.buffer(view), ofView.offset(view) + offset, size),
            length),
    write(view, offset, value, where) {
      const count = isArray(value) || isView(value) || value instanceof Elements
        ? value.length : undefined;
      if (count !== length) throw unexpected('array', `${length} elements`, where, value);
      // All are converted before any is written.
      const made = new View(new ArrayBuffer(size));
      for (let i = 0; i < length; i += 1) {
        const item = value instanceof Elements ? value.at(i) : value[i];
        codec.write(made, i * codec.size, item, `, element ${i}${where}`);
      }
      apply(setBytes, bytesOf(view, offset, size), [bytesOf(made, 0, size)]);
    },
  };
}

// Classes and objects that describe one -> its codec.
const codecs = new WeakMap();
const codecOf = (type) =>
    (typeof type === 'function' || (typeof type === 'object' && type !== null)
      ? apply(mapGet, codecs, [type]) : undefined);

function codecFor(type, at) {
  if (typeof type === 'string') {
    if (SCALARS[type] !== undefined) return scalarCodec(type);
    if (type === 'bool') return boolCodec;
    if (type === 'pointer' || type === 'function') return pointerCodec(type);
    throw new TypeError(`unsupported type '${type}' in an accessor class${at}`);
  }
  const known = codecOf(type);
  if (known !== undefined) return known;
  if (typeof type === 'object' && type !== null) {
    if (hasOwn(type, 'array')) return arrayCodec(type, at);
    const form = lower(type, at);
    if (codecOf(type) !== undefined) return codecOf(type);
    if (form?.toNative !== undefined && SCALARS[form.core] !== undefined) {
      const core = scalarCodec(form.core);
      return {
        core: type,
        size: core.size,
        read: (view, offset) => form.fromNative(core.read(view, offset), at),
        write: (view, offset, value, where) =>
          core.write(view, offset, form.toNative(value, where), where),
      };
    }
  }
  throw new TypeError(`unsupported type in an accessor class: ${binding.describe(type)}${at}`);
}

// The text of the class; `codecs` are those of its fields.
function classText(fields, members, offsets) {
  let text = `class {
    #view;
    constructor() { this.#view = take(); }
    static { reveal((value) => #view in value ? value.#view : undefined); }
    get buffer() { return bufferOf(this.#view); }
    get byteOffset() { return offsetOf(this.#view); }
    get bytes() { return bytesOf(this.#view); }
    toJSON() { return toObject(this); }`;
  for (let i = 0; i < fields.length; i += 1) {
    const key = stringify(fields[i]);
    const { text: inline } = members[i];
    const read = inline ? inline.read('this.#view', offsets[i])
      : `members[${i}].read(this.#view, ${offsets[i]})`;
    const write = inline
      ? inline.write('this.#view', offsets[i], `ats[${i}]`)
      : `members[${i}].write(this.#view, ${offsets[i]}, value, ats[${i}]);`;
    text += `get ${key}() { return ${read}; } set ${key}(value) { ${write} }`;
  }
  return `${text} }`;
}

const RESERVED = { __proto__: null, constructor: 1, buffer: 1, byteOffset: 1, bytes: 1, toJSON: 1 };

function makeClass(key, described, options, at) {
  const { packed, align, name = key } = options;
  const fields = keys(described);
  const members = [];
  const cores = [];
  const ats = [];
  for (let i = 0; i < fields.length; i += 1) {
    const where = `${at === '' ? ': ' : `${at}, `}field '${fields[i]}'`;
    if (RESERVED[fields[i]]) throw new TypeError(`reserved name of a field${where}`);
    members[i] = codecFor(described[fields[i]], where);
    cores[i] = members[i].core;
    ats[i] = `: field '${fields[i]}' of ${name}`;
  }
  const core = { [key]: cores };
  if (packed !== undefined) core.packed = packed;
  if (align !== undefined) core.align = align;
  const layout = binding.layoutOf(core, at);
  const { size } = layout;
  let pending;
  let viewOf;
  const take = () => {
    const view = pending ?? new View(new ArrayBuffer(size));
    pending = undefined;
    return view;
  };
  const toObject = (value) => {
    const object = {};
    for (let i = 0; i < fields.length; i += 1) object[fields[i]] = plain(value[fields[i]]);
    return object;
  };
  const scope = { wide, unexpected, members, ats, take, toObject, bufferOf: ofView.buffer,
    offsetOf: ofView.offset, bytesOf: (view) => bytesOf(view, 0, size),
    reveal: (reader) => { viewOf = reader; } };
  const names = keys(scope);
  const values = [];
  for (let i = 0; i < names.length; i += 1) values[i] = scope[names[i]];
  const made = apply(binding.compile(names,
      `'use strict'; return ${classText(fields, members, layout.offsets)};`), undefined, values);
  const over = (view) => {
    pending = view;
    return new made();
  };
  const fill = (value, where) => {
    if (typeof value !== 'object' || value === null) {
      throw unexpected(name, 'an instance or an object of its fields', where, value);
    }
    const given = keys(value);
    const instance = new made();
    for (let i = 0; i < given.length; i += 1) {
      if (!hasOwn(described, given[i])) {
        throw new TypeError(`unknown field '${given[i]}' of ${name}${where}`);
      }
      instance[given[i]] = value[given[i]];
    }
    return instance;
  };
  const bytesFrom = (value, where) => {
    if (isView(value)) return value;
    const view = typeof value === 'object' && value !== null ? viewOf(value) : undefined;
    return bytesOf(view ?? viewOf(fill(value, where)), 0, size);
  };
  const codec = {
    core,
    size,
    read: (view, offset) =>
        over(new View(ofView.buffer(view), ofView.offset(view) + offset, size)),
    write(view, offset, value, where) {
      const bytes = bytesFrom(value, where);
      if (isView(value)) throw unexpected(name, 'an instance or an object', where, value);
      apply(setBytes, bytesOf(view, offset, size), [bytes]);
    },
    form: {
      kind: key,
      core,
      toNative: bytesFrom,
      fromNative: (value) => over(viewAt(name, value, 0, size)),
    },
  };
  const offsets = {};
  for (let i = 0; i < fields.length; i += 1) offsets[fields[i]] = layout.offsets[i];
  const arrayAt = (target, offset, length) => {
    if (!isSafeInteger(length) || length < 0) {
      throw new RangeError(`${name}: the length of an array is no integer from 0`);
    }
    return new Elements(codec, viewAt(name, target, offset, length * size), length);
  };
  const statics = { name, size, align: layout.align, offsets: freeze(offsets),
    at: (target, offset = 0) => over(viewAt(name, target, offset, size)),
    from: (value) => fill(value, ''),
    array: (length) => arrayAt(new ArrayBuffer(isSafeInteger(length) && length > 0
      ? length * size : 0), 0, length),
    arrayAt };
  const own = keys(statics);
  for (let i = 0; i < own.length; i += 1) {
    defineProperty(made, own[i], { __proto__: null, value: statics[own[i]] });
  }
  apply(mapSet, codecs, [made, codec]);
  return made;
}

function maker(key) {
  define(key, (type, at) => {
    const known = codecOf(type);
    if (known !== undefined) return known.form;
    const described = type[key];
    if (typeof described !== 'object' || described === null) return undefined;
    checkKeys(type, [key, 'packed', 'align', 'name'], at);
    const codec = codecOf(makeClass(key, described, type, at));
    apply(mapSet, codecs, [type, codec]);
    return codec.form;
  });
  return (described, options = {}) => {
    if (typeof described !== 'object' || described === null || isArray(described)) {
      throw unexpected(key, 'an object of names and types', '', described);
    }
    checkKeys(options, ['packed', 'align', 'name'], '');
    return makeClass(key, described, options, '');
  };
}

recognize((type) => (typeof type === 'function' ? codecOf(type)?.form : undefined));

return { struct: maker('struct'), union: maker('union') };
