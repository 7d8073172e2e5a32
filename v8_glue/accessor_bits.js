// accessor_bits: bit-fields of accessor classes (accessors.js).
//
// The body of a function (binding, parts), run once per environment. Of a bit-field only the bytes
// that it lies in are touched, because those next to it may be another thread's (C17 3.14), or
// none of the struct's. Isolate thread only.
'use strict';

const { BigInt, Math, Number, TypeError } = globalThis;
const { asIntN } = BigInt;
const { ceil, floor } = Math;
const { isSafeInteger } = Number;
const { unexpected } = parts.forms;
const { SCALARS, integer, safeIntegers, textCodec, wide } = parts.accessorValues;

// The pieces of 1 to 4 bytes: method of a DataView, where, by how many bits it is shifted.
const piece = (method, at, shift) => ({ __proto__: null, method, at, shift });
const PIECES = {
  __proto__: null,
  1: [piece('Uint8', 0, 0)],
  2: [piece('Uint16', 0, 0)],
  3: [piece('Uint16', 0, 0), piece('Uint8', 2, 16)],
  4: [piece('Uint32', 0, 0)],
};

// Of at most 4 bytes: V8's integers of 32 bits.
function smallCodec(name, { bit, width }) {
  const pieces = PIECES[ceil((bit + width) / 8)];
  const mask = width === 32 ? -1 : (1 << width) - 1;
  const load = (view, offset) => {
    let text = '0';
    for (let i = 0; i < pieces.length; i += 1) {
      const { method, at, shift } = pieces[i];
      text += ` | ${view}.get${method}(${offset} + ${at}, true) << ${shift}`;
    }
    return `(${text})`;
  };
  const store = (view, offset) => {
    let text = '';
    for (let i = 0; i < pieces.length; i += 1) {
      const { method, at, shift } = pieces[i];
      text += `${view}.set${method}(${offset} + ${at}, bits >> ${shift}, true);`;
    }
    return text;
  };
  const value = (bits) => {
    if (name === 'bool') return `(${bits} >> ${bit} & 1) !== 0`;
    if (name[0] === 'i') return `${bits} << ${32 - bit - width} >> ${32 - width}`;
    return `${bits} << ${32 - bit - width} >>> ${32 - width}`;
  };
  const check = (at) => (name === 'bool'
    ? `if (typeof value !== 'boolean') throw notBoolean(value, ${at});`
    : `if (typeof value !== 'number') throw unexpected('${name}', '${
      integer(name)}', ${at}, value);`);
  return textCodec(undefined, undefined, {
    __proto__: null,
    read: (view, offset) => value(load(view, offset)),
    write: (view, offset, at) => `${check(at)}
      const bits = ${load(view, offset)} & ${~(mask << bit)} | (value & ${mask}) << ${bit};
      ${store(view, offset)}`,
  });
}

// Of any number of bytes up to 9, or of a type whose values are BigInts.
function bigCodec(name, { bit, width }) {
  const isSigned = name[0] === 'i';
  const isBig = SCALARS[name]?.kind === 'bigint';
  const count = ceil((bit + width) / 8);
  const mask = (1n << BigInt(width)) - 1n;
  const shift = BigInt(bit);
  // Few BigInts: each takes memory.
  const load = (view, offset) => {
    if (count === 8) return view.getBigUint64(offset, true);
    let high = 0;
    for (let i = count - 1; i >= 4; i -= 1) high = high * 256 + view.getUint8(offset + i);
    if (count > 4) return (BigInt(high) << 32n) | BigInt(view.getUint32(offset, true));
    for (let i = count - 1; i >= 0; i -= 1) high = high * 256 + view.getUint8(offset + i);
    return BigInt(high);
  };
  const store = (view, offset, bits) => {
    if (count === 8) return view.setBigUint64(offset, bits, true);
    let number = Number(bits & 0xffffffffn);
    for (let i = 0; i < count; i += 1) {
      if (i === 4) number = Number(bits >> 32n);
      view.setUint8(offset + i, number % 256);
      number = floor(number / 256);
    }
    return undefined;
  };
  const bitsOf = (value, at) => {
    if (isBig) return wide(value, name, at);
    if (safeIntegers[name] && !isSafeInteger(value)) {
      throw unexpected(name, 'integer up to 2^53 - 1', at, value);
    }
    if (typeof value !== 'number') throw unexpected(name, integer(name), at, value);
    return BigInt(safeIntegers[name] ? value : value | 0);
  };
  return {
    __proto__: null,
    read(view, offset) {
      const bits = (load(view, offset) >> shift) & mask;
      const value = isSigned ? asIntN(width, bits) : bits;
      return isBig ? value : Number(value);
    },
    write(view, offset, value, at) {
      const given = bitsOf(value, at);
      store(view, offset, (load(view, offset) & ~(mask << shift)) | ((given & mask) << shift));
    },
  };
}

// The codec of `place.width` bits from bit `place.bit` of a byte on. `name` is the integer type or
// bool; a value is what one of that is. `form` is an enum's, `at` the field's place in messages.
function bitsCodec(name, place, form, at) {
  if (safeIntegers[name] && place.width > 53) {
    throw new TypeError(`a bit-field of ${name} has at most 53 bits${at}`);
  }
  // One of width 0 has no bits, and no value but 0.
  const isSmall = place.width > 0 && place.bit + place.width <= 32 && !safeIntegers[name]
    && SCALARS[name]?.kind !== 'bigint';
  const codec = isSmall ? smallCodec(name, place) : bigCodec(name, place);
  if (form === undefined) return codec;
  return {
    __proto__: null,
    read: (view, offset) => form.fromNative(codec.read(view, offset), at),
    write: (view, offset, value, where) =>
      codec.write(view, offset, form.toNative(value, where), where),
  };
}

return { bitsCodec };
