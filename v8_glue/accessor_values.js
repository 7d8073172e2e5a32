// accessor_values: the bytes under accessor classes (accessors.js), and scalars in them.
//
// The body of a function (binding, parts), run once per environment. Nothing that it reads is taken
// from a global after that, so that a script that replaces globals changes nothing. Isolate thread
// only.
'use strict';

const { ArrayBuffer, BigInt, DataView, Math, Number, Object, RangeError, Reflect,
  SharedArrayBuffer, Symbol, Uint8Array } = globalThis;
const { apply } = Reflect;
const { isView } = ArrayBuffer;
const { isSafeInteger } = Number;
const { defineProperty, freeze, getOwnPropertyDescriptor, getOwnPropertyNames,
  getPrototypeOf } = Object;
const { ceil, trunc } = Math;
const { asIntN } = BigInt;
const { unexpected } = parts.forms;

const getter = (prototype, name) => {
  const { get } = getOwnPropertyDescriptor(prototype, name);
  return (value) => apply(get, value, []);
};
const typedArray = getPrototypeOf(Uint8Array.prototype);
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

// What 64 bits take: a BigInt, wrapped; a Number, saturated. The rule of parameters.
const MAX = 0x7fffffffffffffffn;
function wide(value, name, at) {
  if (typeof value === 'bigint') return value;
  if (typeof value !== 'number') throw unexpected(name, 'integer', at, value);
  if (value >= 2 ** 63) return MAX;
  if (value <= -(2 ** 63)) return -MAX - 1n;
  return value !== value ? 0n : BigInt(trunc(value));
}

// name -> [method of a DataView, size, typeof its value, what messages expect].
const SCALARS = {
  __proto__: null,
  i8: ['Int8', 1, 'number', 'integer'], u8: ['Uint8', 1, 'number', 'integer'],
  i16: ['Int16', 2, 'number', 'integer'], u16: ['Uint16', 2, 'number', 'integer'],
  i32: ['Int32', 4, 'number', 'integer'], u32: ['Uint32', 4, 'number', 'integer'],
  f32: ['Float32', 4, 'number', 'number'], f64: ['Float64', 8, 'number', 'number'],
  i64: ['BigInt64', 8, 'bigint'], u64: ['BigUint64', 8, 'bigint'],
  isize: ['BigInt64', 8, 'bigint'], usize: ['BigUint64', 8, 'bigint'],
};

// The texts that read and write a plain number at `offset` of `view`.
function scalarText(type) {
  const [method, , kind, expected] = SCALARS[type];
  const check = (at) => (kind === 'bigint' ? `value = wide(value, '${type}', ${at});`
    : `if (typeof value !== 'number') throw unexpected('${type}', '${expected}', ${at}, value);`);
  return {
    read: (view, offset) => `${view}.get${method}(${offset}, true)`,
    write: (view, offset, at) => `${check(at)} ${view}.set${method}(${offset}, value, true);`,
  };
}

const compiled = (text) =>
    apply(binding.compile(['wide', 'unexpected'], `'use strict'; return ${text};`), undefined,
        [wide, unexpected]);

const scalarCodecs = { __proto__: null };
function scalarCodec(type) {
  scalarCodecs[type] ??= makeScalarCodec(type);
  return scalarCodecs[type];
}

function makeScalarCodec(type) {
  const text = scalarText(type);
  return {
    core: type,
    plain: type,
    size: SCALARS[type][1],
    text,
    read: compiled(`(view, offset) => ${text.read('view', 'offset')}`),
    write: compiled(`(view, offset, value, at) => { ${text.write('view', 'offset', 'at')} }`),
  };
}

const boolCodec = {
  core: 'bool',
  size: 1,
  read: (view, offset) => view.getUint8(offset) !== 0,
  write(view, offset, value, at) {
    if (typeof value !== 'boolean') throw unexpected('bool', 'boolean', at, value);
    view.setUint8(offset, value ? 1 : 0);
  },
};

const pointerCodec = (type) => ({
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

// Any other native type: by the conversions of parameters and results.
function nativeCodec({ handle, name, size }, at) {
  const isString = name === 'cstring' || name === 'cstring16' || name === 'cstring32';
  return {
    size,
    read: (view, offset) => binding.slotRead(handle, bytesOf(view, offset, size), at, TEXT),
    write(view, offset, value, where) {
      // Nobody would own the text.
      if (isString) return pointerCodec(name).write(view, offset, value, where);
      return binding.slotStore(handle, false, value, bytesOf(view, offset, size), where, TEXT);
    },
  };
}

// A bit-field: `width` bits from bit `bit` of the byte at `offset` on, into at most 8 bytes more.
// Its value is a Number, a BigInt of types of 64 bits, or a boolean, as that of its type.
function bitsCodec(name, { bit, width }) {
  const isSigned = name[0] === 'i';
  const isBig = SCALARS[name]?.[2] === 'bigint';
  const count = ceil((bit + width) / 8);
  const mask = (1n << BigInt(width)) - 1n;
  const shift = BigInt(bit);
  const load = (view, offset) => {
    let bits = 0n;
    for (let i = count - 1; i >= 0; i -= 1) bits = (bits << 8n) | BigInt(view.getUint8(offset + i));
    return bits;
  };
  return {
    read(view, offset) {
      const bits = (load(view, offset) >> shift) & mask;
      if (name === 'bool') return bits !== 0n;
      const value = isSigned ? asIntN(width, bits) : bits;
      return isBig ? value : Number(value);
    },
    write(view, offset, value, at) {
      let given;
      if (name === 'bool') {
        if (typeof value !== 'boolean') throw unexpected('bool', 'boolean', at, value);
        given = value ? 1n : 0n;
      } else if (isBig) {
        given = wide(value, name, at);
      } else {
        if (typeof value !== 'number') throw unexpected(name, 'integer', at, value);
        given = BigInt(value | 0);
      }
      let bits = (load(view, offset) & ~(mask << shift)) | ((given & mask) << shift);
      for (let i = 0; i < count; i += 1) {
        view.setUint8(offset + i, Number(bits & 0xffn));
        bits >>= 8n;
      }
    },
  };
}

// The view of `size` bytes at `offset` of what has bytes, or of all from there on that are `size` or
// more, if it is `open`; of a pointer, of what it points at.
function viewAt(name, target, offset, size, open = false) {
  if (!isSafeInteger(offset) || offset < 0) {
    throw new RangeError(`${name}: the offset is no integer from 0`);
  }
  let source = target;
  let start = 0;
  let length;
  if (isView(target)) {
    const kind = ofArray.tag(target) === undefined ? ofView : ofArray;
    source = kind.buffer(target);
    start = kind.offset(target);
    length = kind.length(target);
  } else if (typeof target === 'object' && target !== null) {
    for (let i = 0; i < lengths.length && length === undefined; i += 1) {
      try {
        length = lengths[i](target);
      } catch {
        // Not this kind of buffer.
      }
    }
    if (length === undefined) {
      return new View(binding.readArrayBuffer(target, size, offset));
    }
  } else {
    throw unexpected(name, 'a buffer, a view or a pointer', '', target);
  }
  if (offset + size > length) {
    throw new RangeError(
        `${name}: ${size} bytes at offset ${offset} are out of bounds of ${length} bytes`);
  }
  return new View(source, start + offset, open ? length - offset : size);
}

return {
  SCALARS, View, bitsCodec, boolCodec, bytesOf, nativeCodec, ofView, pointerCodec, scalarCodec,
  viewAt, wide,
};
