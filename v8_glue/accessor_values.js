// accessor_values: the bytes under accessor classes (accessors.js), and scalars in them.
//
// The body of a function (binding, parts), run once per environment. Nothing that it reads is taken
// from a global after that, so that a script that replaces globals changes nothing; codecs have no
// prototype for the same reason. A codec's `text` is { read(view, offset, codec), write(view,
// offset, at, codec) }: the expression, and the statements over `value`, that do in place what its
// functions do, of the expressions given. Isolate thread only.
'use strict';

const { ArrayBuffer, BigInt, DataView, JSON, Math, Number, Object, RangeError, Reflect,
  SharedArrayBuffer, Symbol, Uint8Array } = globalThis;
const { apply } = Reflect;
const { isView } = ArrayBuffer;
const { isSafeInteger } = Number;
const { defineProperty, freeze, getOwnPropertyDescriptor, getOwnPropertyNames, getPrototypeOf,
  keys, values } = Object;
const { floor, trunc } = Math;
const { stringify } = JSON;
const { unexpected } = parts.forms;
const { place } = parts.memory;

const getter = (prototype, name) => {
  const { get } = getOwnPropertyDescriptor(prototype, name);
  return (value) => apply(get, value, []);
};
const typedArray = getPrototypeOf(globalThis.Int8Array.prototype);
const { set: setBytes } = typedArray;
const ofArray = { buffer: getter(typedArray, 'buffer'), offset: getter(typedArray, 'byteOffset'),
  length: getter(typedArray, 'byteLength'), tag: getter(typedArray, Symbol.toStringTag) };
const ofView = { buffer: getter(DataView.prototype, 'buffer'),
  offset: getter(DataView.prototype, 'byteOffset'),
  length: getter(DataView.prototype, 'byteLength') };
const lengths = [getter(ArrayBuffer.prototype, 'byteLength')];
if (SharedArrayBuffer !== undefined) {
  lengths[1] = getter(SharedArrayBuffer.prototype, 'byteLength');
}

// A DataView whose methods nobody can replace.
class View extends DataView {}
for (const name of getOwnPropertyNames(DataView.prototype)) {
  if (name === 'constructor') continue;
  defineProperty(View.prototype, name, getOwnPropertyDescriptor(DataView.prototype, name));
}
freeze(View.prototype);

const bytesOf = (view, offset, size) =>
    new Uint8Array(ofView.buffer(view), ofView.offset(view) + offset, size);

// What messages expect of an integer type.
const integer = (name) => (name[0] === 'u' ? 'unsigned integer' : 'integer');

// What 64 bits take: a BigInt, wrapped; a Number, saturated. The rule of parameters.
const MAX = 0x7fffffffffffffffn;
function wide(value, name, at) {
  if (typeof value === 'bigint') return value;
  if (typeof value !== 'number') throw unexpected(name, integer(name), at, value);
  if (value >= 2 ** 63) return MAX;
  if (value <= -(2 ** 63)) return -MAX - 1n;
  return value !== value ? 0n : BigInt(trunc(value));
}

// name -> method of a DataView, size, typeof its value.
const scalar = (method, size, kind) => ({ __proto__: null, method, size, kind });
const SCALARS = {
  __proto__: null,
  i8: scalar('Int8', 1, 'number'), u8: scalar('Uint8', 1, 'number'),
  i16: scalar('Int16', 2, 'number'), u16: scalar('Uint16', 2, 'number'),
  i32: scalar('Int32', 4, 'number'), u32: scalar('Uint32', 4, 'number'),
  f16: scalar('Float16', 2, 'number'), f32: scalar('Float32', 4, 'number'),
  f64: scalar('Float64', 8, 'number'),
  i64: scalar('BigInt64', 8, 'bigint'), u64: scalar('BigUint64', 8, 'bigint'),
  isize: scalar('BigInt64', 8, 'bigint'), usize: scalar('BigUint64', 8, 'bigint'),
};

const notBoolean = (value, at) => unexpected('bool', 'boolean', at, value);

// The texts that read and write a plain number.
function scalarText(type) {
  const { method, kind } = SCALARS[type];
  const expected = type[0] === 'f' ? 'number' : integer(type);
  const check = (at) => (kind === 'bigint' ? `value = wide(value, '${type}', ${at});`
    : `if (typeof value !== 'number') throw unexpected('${type}', '${expected}', ${at}, value);`);
  return {
    __proto__: null,
    read: (view, offset) => `${view}.get${method}(${offset}, true)`,
    write: (view, offset, at) => `${check(at)} ${view}.set${method}(${offset}, value, true);`,
  };
}

const boolText = {
  __proto__: null,
  read: (view, offset) => `${view}.getUint8(${offset}) !== 0`,
  write: (view, offset, at) => `if (typeof value !== 'boolean') throw notBoolean(value, ${at});
    ${view}.setUint8(${offset}, value ? 1 : 0);`,
};

// Integers of 64 bits as far as Numbers are exact: the halves of one, without a BigInt.
const { MAX_SAFE_INTEGER } = Number;
const safeIntegers = { __proto__: null, i53: `integer from ${-MAX_SAFE_INTEGER} to ${
  MAX_SAFE_INTEGER}`, u53: `integer from 0 to ${MAX_SAFE_INTEGER}` };
const unsafe = (type, value, at) =>
    new RangeError(`Invalid FFI ${type} type, expected ${safeIntegers[type]}${at}: got ${value}`);

function readI53(view, offset, at) {
  const value = view.getInt32(offset + 4, true) * 2 ** 32 + view.getUint32(offset, true);
  if (!isSafeInteger(value)) throw unsafe('i53', view.getBigInt64(offset, true), at);
  return value;
}
function readU53(view, offset, at) {
  const value = view.getUint32(offset + 4, true) * 2 ** 32 + view.getUint32(offset, true);
  if (!isSafeInteger(value)) throw unsafe('u53', view.getBigUint64(offset, true), at);
  return value;
}
// What a number is in messages that say which ones are meant.
const numeral = (value) => (typeof value === 'number' ? `${value}`
  : typeof value === 'bigint' ? `${value}n` : undefined);
// The upper half first: where there is none, nothing is written.
function write53(view, offset, value, at, type) {
  if (!isSafeInteger(value) || (type === 'u53' && value < 0)) {
    throw unexpected(type, safeIntegers[type], at, value, numeral(value));
  }
  view.setInt32(offset + 4, floor(value / 2 ** 32), true);
  view.setUint32(offset, value, true);
}

// `at` is the field's place in messages of what is read.
const safeIntegerText = (type, at) => ({
  __proto__: null,
  read: (view, offset) =>
    `${type === 'i53' ? 'readI53' : 'readU53'}(${view}, ${offset}, ${stringify(at)})`,
  write: (view, offset, where) => `write53(${view}, ${offset}, value, ${where}, '${type}');`,
});

// What texts refer to.
const textScope = { __proto__: null, notBoolean, readI53, readU53, unexpected, wide, write53 };

const compiled = (text) =>
    apply(binding.compile(keys(textScope), `'use strict'; return ${text};`), undefined,
        values(textScope));

// The codec that does what `text` says, which does not refer to the codec.
const textCodec = (core, size, text, more) => ({
  __proto__: null,
  core,
  size,
  text,
  read: compiled(`(view, offset) => ${text.read('view', 'offset')}`),
  write: compiled(`(view, offset, value, at) => { ${text.write('view', 'offset', 'at')} }`),
  ...more,
});

const scalarCodecs = { __proto__: null };
function scalarCodec(type) {
  scalarCodecs[type] ??= type === 'bool' ? textCodec('bool', 1, boolText)
    : textCodec(type, SCALARS[type].size, scalarText(type), { __proto__: null, plain: type });
  return scalarCodecs[type];
}

const safeIntegerCodec = (type, at) => textCodec(type, 8, safeIntegerText(type, at));

const pointerCodec = (type) => ({
  __proto__: null,
  core: type,
  size: 8,
  read: (view, offset) => binding.pointerCreate(view.getBigUint64(offset, true)),
  write(view, offset, value, at) {
    if (value !== null && typeof value !== 'object') {
      throw unexpected(type, 'pointer object or null', at, value);
    }
    view.setBigUint64(offset, value === null ? 0n : BigInt(binding.pointerValue(value)), true);
  },
});

// That a place in a message is the whole text (ConversionSite::kText).
const TEXT = -3;

// Any other native type: by the conversions of parameters and results. A struct without names is
// its bytes, in place. Text is read through an address that a program may have written there.
function nativeCodec({ handle, name, size }, at) {
  const isString = name === 'cstring' || name === 'cstring16' || name === 'cstring32';
  return {
    __proto__: null,
    size,
    read(view, offset) {
      const bytes = bytesOf(view, offset, size);
      if (name === 'struct') return bytes;
      if (isString) binding.checkPointers();
      return binding.slotRead(handle, bytes, at, TEXT);
    },
    write(view, offset, value, where) {
      // Nobody would own the text.
      if (isString) return pointerCodec(name).write(view, offset, value, where);
      return binding.slotStore(handle, false, value, bytesOf(view, offset, size), where, TEXT);
    },
  };
}

// The view of `size` bytes at `offset` of what has bytes, or of all from there on that are `size`
// or more, if it is `open`; of a pointer, of what it points at.
function viewAt(name, target, offset, size, open = false) {
  if (!isSafeInteger(offset) || offset < 0) {
    throw new RangeError(`${name}: the offset is no integer from 0`);
  }
  let source = place(target, `: ${name}.at`);
  let start = 0;
  let length;
  if (isView(source)) {
    const kind = ofArray.tag(source) === undefined ? ofView : ofArray;
    start = kind.offset(source);
    length = kind.length(source);
    source = kind.buffer(source);
  } else if (binding.isPointer(source)) {
    return new View(binding.readArrayBuffer(source, size, offset));
  } else {
    for (let i = 0; i < lengths.length && length === undefined; i += 1) {
      try {
        length = lengths[i](source);
      } catch {
        // Not this kind of buffer.
      }
    }
    if (length === undefined) {
      throw unexpected(name, 'a buffer, a view, memory or a pointer', '', target);
    }
  }
  if (offset + size > length) {
    throw new RangeError(
        `${name}: ${size} bytes at offset ${offset} are out of bounds of ${length} bytes`);
  }
  return new View(source, start + offset, open ? length - offset : size);
}

return {
  SCALARS, View, bytesOf, integer, nativeCodec, ofArray, ofView, pointerCodec, safeIntegerCodec,
  safeIntegers, scalarCodec, setBytes, textCodec, textScope, viewAt, wide,
};
