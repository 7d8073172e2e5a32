// accessors: struct({ x: 'f64' }) and union(...), classes whose instances are C structs in bytes.
//
// The body of a function (binding, parts), run once per environment; gives { struct, union } to
// api.js. A class is generated text, compiled once per type, with constant offsets that come from
// binding.layoutOf. An instance holds a view that begins where the struct does, so that its
// members cost what a DataView's do. One inside another, or in an array, is of a class of its own,
// whose prototype inherits from the other's: it shares its owner's view, so that V8 need not make
// it to reach what is in there, and holds where in it the struct begins. Members are read and
// written by their codecs (accessor_codecs.js). Isolate thread only.
'use strict';

const { Array, ArrayBuffer, JSON, Number, Object, RangeError, Reflect, TypeError, WeakSet } =
    globalThis;
const { apply } = Reflect;
const { isArray } = Array;
const { isView } = ArrayBuffer;
const { isSafeInteger } = Number;
const { create, defineProperty, freeze, getPrototypeOf, hasOwn, keys, setPrototypeOf } = Object;
const { isPrototypeOf } = Object.prototype;
const { stringify } = JSON;
const buffers = ArrayBuffer.prototype;
const shared = globalThis.SharedArrayBuffer?.prototype;
const { append, checkKeys, define, own, recognize, unexpected } = parts.forms;
const { View, bytesOf, ofArray, ofView, setBytes, textScope, viewAt } = parts.accessorValues;
const { bitsCodec } = parts.accessorBits;
const { Elements, INSPECT, addCodec, codecOf, membersOf, plain } = parts.accessorCodecs;

// The fields of the class `className`: { name, offset, codec, at }, the last being their place in
// messages. Bit-fields get their codecs.
function fieldsOf(className, names, members, offsets) {
  const fields = [];
  for (let i = 0; i < names.length; i += 1) {
    const { at, bits } = members[i];
    const place = offsets[i];
    append(fields, {
      __proto__: null,
      name: names[i],
      offset: bits === undefined ? place : place.offset,
      codec: bits === undefined ? members[i] : bitsCodec(bits.name, place, bits.form, at),
      at: `: field '${names[i]}' of ${className}`,
    });
  }
  return fields;
}

// The text of the accessors of field `i` at `place` in the view. Its codec is k<i>, its place in
// messages a<i>, and what is read once and kept #f<i>.
function accessorText({ name, codec }, i, place) {
  const key = stringify(name);
  const { text } = codec;
  const read = text?.read ? text.read('this.#view', place, `k${i}`)
    : `k${i}.read(this.#view, ${place})`;
  const write = text?.write ? text.write('this.#view', place, `a${i}`, `k${i}`)
    : `k${i}.write(this.#view, ${place}, value, a${i});`;
  return `
    get ${key}() { return ${codec.isKept ? `this.#f${i} ??= ${read}` : read}; }
    set ${key}(value) { ${write} }`;
}

// The text of what depends on where the struct begins in the view, which is at `base`.
function bodyText(fields, base) {
  let text = `
    get buffer() { return bufferOf(this.#view); }
    get byteOffset() { return offsetOf(this.#view) + ${base}; }
    get bytes() { return bytesIn(this.#view, ${base}); }`;
  for (let i = 0; i < fields.length; i += 1) {
    const { codec, offset } = fields[i];
    if (codec.isKept) text += `\n    #f${i};`;
    text += accessorText(fields[i], i, `${base} + ${offset}`);
  }
  return text;
}

// The text of the class, and inside it that of instances in others, whose prototype alone inherits:
// V8 does not inline a constructor that calls another, and an accessor of the outer class that is
// given one of these throws, because it would be another place's. A view is given with `inner`.
// Private fields that are read each time have values from the start: V8 knows no type of one that
// was undefined.
const classText = (fields) => `class Whole {
    #view = nowhere;
    constructor(count = 0, view) { this.#view = count === inner ? view : take(count); }
    static {
      class Part {
        #view = nowhere;
        #base = 0;
        constructor(view, base) {
          this.#view = view;
          this.#base = base;
        }
        static isOne(value) { return #view in value; }
        static bytesFor(value) { return bytesIn(value.#view, value.#base); }
        ${bodyText(fields, 'this.#base')}
      }
      setPrototypeOf(Part.prototype, Whole.prototype);
      reveal({ isWhole: (value) => #view in value, viewFor: (value) => value.#view, Part });
    }
    toJSON() { return toObject(this); }
    [INSPECT](depth, options, inspect) {
      return \`\${label} \${inspect(toObject(this), options)}\`;
    }
    ${bodyText(fields, '0')} }`;

function checkCount(name, count) {
  if (!isSafeInteger(count) || count < 0) {
    throw new RangeError(`${name}: the number of elements is no integer from 0`);
  }
}

// What is known of a class before its text is compiled.
function describe(key, described, options, at) {
  const name = own(options, 'name') ?? key;
  if (typeof name !== 'string') {
    throw new TypeError(
        `invalid type: ${binding.describe(name)}, expected a name${at}: field 'name'`);
  }
  const packed = own(options, 'packed');
  const align = own(options, 'align');
  const names = keys(described);
  const members = membersOf(described, names, at);
  const core = { [key]: [] };
  for (let i = 0; i < names.length; i += 1) append(core[key], members[i].core);
  if (packed !== undefined) core.packed = packed;
  if (align !== undefined) core.align = align;
  const layout = binding.layoutOf(core, at);
  const last = members[members.length - 1];
  const fields = fieldsOf(name, names, members, layout.offsets);
  // By their names.
  const known = create(null);
  for (let i = 0; i < fields.length; i += 1) known[names[i]] = fields[i];
  return {
    key, name, known, core, size: layout.size, align: layout.align, fields, openBy: last?.openBy,
  };
}

const nowhere = new View(new ArrayBuffer(0));

// Compiles the class of `shape`; { made, over, within, isOne, viewFor, bytesFor, copyOf }:
// over(view) is an instance over bytes that are there, within(view, base) one inside another's
// view, isOne(value) whether an object is either, viewFor(value) the view of one that is inside no
// other, bytesFor(value) the struct's, copyOf(value) another one.
function compileClass(shape) {
  const { fields, name, size, openBy } = shape;
  let revealed;
  const inner = freeze(create(null));
  const scope = {
    __proto__: null,
    ...textScope,
    INSPECT,
    label: name,
    inner,
    nowhere,
    setPrototypeOf,
    take(count) {
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
    // One that is open is inside no other: all that its view has is its own.
    bytesIn: (view, base) =>
      bytesOf(view, base, openBy === undefined ? size : ofView.length(view)),
    reveal(inside) { revealed = inside; },
  };
  for (let i = 0; i < fields.length; i += 1) {
    scope[`k${i}`] = fields[i].codec;
    scope[`a${i}`] = fields[i].at;
  }
  const names = keys(scope);
  const values = [];
  for (let i = 0; i < names.length; i += 1) append(values, scope[names[i]]);
  const made = apply(binding.compile(names, `'use strict'; return ${classText(fields)};`),
      undefined, values);
  const { Part, isWhole, viewFor } = revealed;
  defineProperty(Part.prototype, 'constructor', { __proto__: null, value: made });
  const over = (view) => new made(inner, view);
  const bytesFor = (value) =>
    (isWhole(value) ? scope.bytesIn(viewFor(value), 0) : Part.bytesFor(value));
  return {
    made,
    over,
    within: (view, base) => new Part(view, base),
    isOne: (value) =>
      typeof value === 'object' && value !== null && (isWhole(value) || Part.isOne(value)),
    viewFor,
    bytesFor,
    copyOf(value) {
      const bytes = bytesFor(value);
      const copy = new View(new ArrayBuffer(ofArray.length(bytes)));
      apply(setBytes, bytesOf(copy, 0, ofView.length(copy)), [bytes]);
      return over(copy);
    },
  };
}

const isBytes = (value) => isView(value) || apply(isPrototypeOf, buffers, [value])
    || (shared !== undefined && apply(isPrototypeOf, shared, [value]));

// Whether an object without properties of its own means a struct without values: what hides its
// own, like a Map or an instance of another class, does not.
function isPlain(value) {
  const prototype = getPrototypeOf(value);
  return prototype === null || getPrototypeOf(prototype) === null;
}

// The instance whose fields are those of `value`.
function filled({ name, known, fields, openBy }, { made, viewFor }, value, where) {
  const given = typeof value === 'object' && value !== null && !isArray(value) ? keys(value) : [];
  if (given.length === 0 && (typeof value !== 'object' || value === null || isArray(value)
      || !isPlain(value))) {
    const other = codecOf(typeof value === 'object' && value !== null
      ? getPrototypeOf(value)?.constructor : undefined);
    throw unexpected(name, 'an instance or an object of its fields', where, value,
        other === undefined ? undefined : `an instance of ${other.name}`);
  }
  const last = fields[fields.length - 1].name;
  const instance = new made(openBy !== undefined && hasOwn(value, last) ? value[last].length : 0);
  for (let i = 0; i < given.length; i += 1) {
    const field = known[given[i]];
    if (field === undefined) {
      throw new TypeError(`unknown field '${given[i]}' of ${name}${where}`);
    }
    const one = value[given[i]];
    try {
      instance[given[i]] = one;
    } catch (error) {
      // Setters, which are quicker, know no more than the class: the codec says where it stands.
      if (where !== '') field.codec.write(viewFor(instance), field.offset, one, field.at + where);
      throw error;
    }
  }
  return instance;
}

// How instances are members of others, parameters and results.
function codecOfClass(shape, compiled) {
  const { over, within, isOne, bytesFor } = compiled;
  const { key, name, core, size, openBy } = shape;
  const bytesFrom = (value, where) => {
    if (isView(value)) return value;
    if (isOne(value)) return bytesFor(value);
    return isBytes(value) ? value : bytesFor(filled(shape, compiled, value, where));
  };
  return {
    __proto__: null,
    name,
    core,
    size,
    openBy,
    // The same instance each time; one that is open is never inside another.
    isKept: true,
    read: within,
    write(view, offset, value, where) {
      if (isBytes(value)) throw unexpected(name, 'an instance or an object', where, value);
      apply(setBytes, bytesOf(view, offset, size), [bytesFrom(value, where)]);
    },
    form: {
      kind: key,
      core,
      toNative: bytesFrom,
      fromNative: (value) => over(viewAt(name, value, 0, size)),
      // The array that is to take a result.
      into: (value) => (isOne(value) ? bytesFor(value) : value),
    },
  };
}

// Makes the class of { [key]: described, ...options }.
function makeClass(key, described, options, at) {
  const shape = describe(key, described, options, at);
  const compiled = compileClass(shape);
  const { made, over, isOne, copyOf } = compiled;
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
    return new Elements(codec, viewAt(name, target, offset, length * size), 0, length);
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
    from: (value) => (isOne(value) ? copyOf(value) : filled(shape, compiled, value, '')),
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

// The fields of classes that are being made, to which one may lead back.
const underWay = new WeakSet();
const { add: setAdd, delete: setDelete, has: setHas } = WeakSet.prototype;

function maker(key) {
  define(key, (type, at) => {
    const known = codecOf(type);
    if (known !== undefined) return known.form;
    const described = type[key];
    if (typeof described !== 'object' || described === null || isArray(described)) return undefined;
    checkKeys(type, [key, 'packed', 'align', 'name'], at);
    if (apply(setHas, underWay, [described])) throw new TypeError(`a recursive ${key}${at}`);
    apply(setAdd, underWay, [described]);
    try {
      const codec = codecOf(makeClass(key, described, type, at));
      addCodec(type, codec);
      return codec.form;
    } finally {
      apply(setDelete, underWay, [described]);
    }
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
