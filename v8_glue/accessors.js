// accessors: struct({ x: 'f64' }) and union(...), classes whose instances are C structs in bytes.
//
// The body of a function (binding, parts), run once per environment; gives { struct, union } to
// api.js. A class is generated text, compiled once per type, with constant offsets that come from
// binding.layoutOf; an instance holds a view of bytes that it may share. Members are read and
// written by their codecs (accessor_codecs.js). Isolate thread only.
'use strict';

const { Array, ArrayBuffer, JSON, Number, Object, RangeError, Reflect, TypeError, Uint8Array } =
    globalThis;
const { apply } = Reflect;
const { isArray } = Array;
const { isView } = ArrayBuffer;
const { isSafeInteger } = Number;
const { defineProperty, freeze, hasOwn, keys } = Object;
const { stringify } = JSON;
const { set: setBytes } = Uint8Array.prototype;
const { append, checkKeys, define, own, recognize, unexpected } = parts.forms;
const { View, bitsCodec, bytesOf, ofView, viewAt, wide } = parts.accessorValues;
const { Elements, addCodec, codecOf, membersOf, plain } = parts.accessorCodecs;

// A field as the text of its class has it: { name, offset, codec }. Bit-fields get their codecs.
function fieldsOf(names, members, offsets) {
  const fields = [];
  for (let i = 0; i < names.length; i += 1) {
    const { bits } = members[i];
    const place = offsets[i];
    append(fields, bits === undefined
      ? { name: names[i], offset: place, codec: members[i] }
      : { name: names[i], offset: place.offset, codec: bitsCodec(bits.plain ?? 'bool', place) });
  }
  return fields;
}

// The text of the class.
function classText(fields) {
  let text = `class {
    #view;
    constructor(count = 0) { this.#view = take(count); }
    static { reveal((value) => #view in value ? value.#view : undefined); }
    get buffer() { return bufferOf(this.#view); }
    get byteOffset() { return offsetOf(this.#view); }
    get bytes() { return bytesOf(this.#view); }
    toJSON() { return toObject(this); }`;
  for (let i = 0; i < fields.length; i += 1) {
    const { name, offset, codec } = fields[i];
    const key = stringify(name);
    const { text: inline } = codec;
    const read = inline ? inline.read('this.#view', offset)
      : `fields[${i}].codec.read(this.#view, ${offset})`;
    const write = inline ? inline.write('this.#view', offset, `ats[${i}]`)
      : `fields[${i}].codec.write(this.#view, ${offset}, value, ats[${i}]);`;
    text += `get ${key}() { return ${read}; } set ${key}(value) { ${write} }`;
  }
  return `${text} }`;
}

function checkCount(name, count) {
  if (!isSafeInteger(count) || count < 0) {
    throw new RangeError(`${name}: the number of elements is no integer from 0`);
  }
}

// What is known of a class before its text is compiled.
function describe(key, described, options, at) {
  const name = own(options, 'name') ?? key;
  const packed = own(options, 'packed');
  const align = own(options, 'align');
  const names = keys(described);
  const members = membersOf(described, names, at);
  const core = { [key]: [] };
  const ats = [];
  for (let i = 0; i < names.length; i += 1) {
    append(core[key], members[i].core);
    append(ats, `: field '${names[i]}' of ${name}`);
  }
  if (packed !== undefined) core.packed = packed;
  if (align !== undefined) core.align = align;
  const layout = binding.layoutOf(core, at);
  const last = members[members.length - 1];
  return {
    key, name, described, core, ats, size: layout.size, align: layout.align,
    fields: fieldsOf(names, members, layout.offsets), openBy: last?.openBy,
  };
}

// Compiles the class of `shape`; { made, over, viewOf }: over(view) is an instance over bytes that
// are there, viewOf(value) those of an instance.
function compileClass(shape) {
  const { fields, ats, name, size, openBy } = shape;
  let pending;
  let viewOf;
  const scope = {
    wide,
    unexpected,
    fields,
    ats,
    take(count) {
      const view = pending;
      pending = undefined;
      if (view !== undefined) return view;
      checkCount(name, count);
      return new View(new ArrayBuffer(size + count * (openBy ?? 0)));
    },
    toObject(value) {
      const object = {};
      for (let i = 0; i < fields.length; i += 1) {
        const field = fields[i].name;
        defineProperty(object, field, {
          __proto__: null, value: plain(value[field]), configurable: true, enumerable: true,
          writable: true,
        });
      }
      return object;
    },
    bufferOf: ofView.buffer,
    offsetOf: ofView.offset,
    bytesOf: (view) => bytesOf(view, 0, ofView.length(view)),
    reveal: (reader) => { viewOf = reader; },
  };
  const names = keys(scope);
  const values = [];
  for (let i = 0; i < names.length; i += 1) append(values, scope[names[i]]);
  const made = apply(binding.compile(names, `'use strict'; return ${classText(fields)};`),
      undefined, values);
  const over = (view) => {
    pending = view;
    return new made();
  };
  return { made, over, viewOf: (value) => viewOf(value) };
}

// How instances are members of others, parameters and results.
function codecOfClass(shape, { made, over, viewOf }) {
  const { key, name, described, core, size, fields, openBy } = shape;
  const fill = (value, where) => {
    if (typeof value !== 'object' || value === null) {
      throw unexpected(name, 'an instance or an object of its fields', where, value);
    }
    const given = keys(value);
    const last = fields[fields.length - 1].name;
    const instance = new made(openBy !== undefined && hasOwn(value, last) ? value[last].length : 0);
    for (let i = 0; i < given.length; i += 1) {
      if (!hasOwn(described, given[i])) {
        throw new TypeError(`unknown field '${given[i]}' of ${name}${where}`);
      }
      instance[given[i]] = value[given[i]];
    }
    return instance;
  };
  const isBytes = (value) => isView(value) || value instanceof ArrayBuffer;
  const bytesFrom = (value, where) => {
    if (isBytes(value)) return value;
    const view = typeof value === 'object' && value !== null ? viewOf(value) : undefined;
    return bytesOf(view ?? viewOf(fill(value, where)), 0, size);
  };
  return {
    core,
    size,
    openBy,
    fill,
    read: (view, offset) =>
      over(new View(ofView.buffer(view), ofView.offset(view) + offset, size)),
    write(view, offset, value, where) {
      if (isBytes(value)) throw unexpected(name, 'an instance or an object', where, value);
      apply(setBytes, bytesOf(view, offset, size), [bytesFrom(value, where)]);
    },
    form: {
      kind: key,
      core,
      toNative: bytesFrom,
      fromNative: (value) => over(viewAt(name, value, 0, size)),
    },
  };
}

// Makes the class of { [key]: described, ...options }.
function makeClass(key, described, options, at) {
  const shape = describe(key, described, options, at);
  const compiled = compileClass(shape);
  const { made, over } = compiled;
  const { name, size, align, fields, openBy } = shape;
  const codec = codecOfClass(shape, compiled);
  const offsets = {};
  for (let i = 0; i < fields.length; i += 1) {
    defineProperty(offsets, fields[i].name,
        { __proto__: null, value: fields[i].offset, enumerable: true });
  }
  const arrayAt = (target, offset, length) => {
    checkCount(name, length);
    if (openBy !== undefined) throw new TypeError(`${name} ends in a flexible array`);
    return new Elements(codec, viewAt(name, target, offset, length * size), length);
  };
  const statics = {
    name,
    size,
    align,
    offsets: freeze(offsets),
    at(target, offset = 0, count = 0) {
      checkCount(name, count);
      const least = size + count * (openBy ?? 0);
      return over(viewAt(name, target, offset, least, openBy !== undefined));
    },
    from: (value) => codec.fill(value, ''),
    array(length) {
      checkCount(name, length);
      return arrayAt(new ArrayBuffer(length * size), 0, length);
    },
    arrayAt,
  };
  const names = keys(statics);
  for (let i = 0; i < names.length; i += 1) {
    defineProperty(made, names[i], { __proto__: null, value: statics[names[i]] });
  }
  addCodec(made, codec);
  return made;
}

function maker(key) {
  define(key, (type, at) => {
    const known = codecOf(type);
    if (known !== undefined) return known.form;
    const described = type[key];
    if (typeof described !== 'object' || described === null || isArray(described)) {
      return undefined;
    }
    checkKeys(type, [key, 'packed', 'align', 'name'], at);
    const codec = codecOf(makeClass(key, described, type, at));
    addCodec(type, codec);
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
