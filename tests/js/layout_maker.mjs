// layout_maker: random structs and unions, as accessor classes and as C, with C that fills them,
// looks at them and passes them by value, for random_layouts.test.mjs.

import { struct, union } from './support.mjs';

// name -> [C's, bits, whether it is signed]
const integers = {
  i8: ['int8_t', 8, true], u8: ['uint8_t', 8, false], i16: ['int16_t', 16, true],
  u16: ['uint16_t', 16, false], int: ['int', 32, true], u32: ['uint32_t', 32, false],
  long: ['long', 64, true], u64: ['uint64_t', 64, false],
};
const names = Object.keys(integers);

const literal = (value) => {
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (value === -(2n ** 63n)) return '(-9223372036854775807LL - 1)';
  return typeof value === 'bigint' && value >= 2n ** 63n ? `${value}ULL` : `${value}LL`;
};

// Members are { type, declare(name), value(), set(place, value), differs(place, value) }: the
// latter two are a statement and a condition in C.
const plain = (type, c, value, write = literal) => ({
  type,
  declare: (name) => `${c} ${name}`,
  value,
  set: (place, given) => `${place} = ${write(given)};`,
  differs: (place, given) => `${place} != (${c})${write(given)}`,
});

export class Maker {
  #below;
  // Of every type that was made.
  declarations = '';
  #count = 0;

  // below(n) gives a number from 0 to n - 1.
  constructor(below) {
    this.#below = below;
  }

  #integer(bits, isSigned, isBig) {
    let value = 0n;
    for (let i = 0; i < bits; i += 8) value = (value << 8n) | BigInt(this.#below(256));
    value = isSigned ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
    return isBig ? value : Number(value);
  }

  #quarters() {
    return this.#below(1000) / 4 - 100;
  }

  #member(depth) {
    switch (this.#below(depth > 2 ? 7 : 10)) {
      case 0:
        return plain('bool', '_Bool', () => this.#below(2) === 1);
      case 1:
        return plain('f32', 'float', () => this.#quarters(), String);
      case 2:
        return plain('double', 'double', () => this.#quarters(), String);
      case 3:
        return plain('long double', 'long double', () => this.#quarters(), String);
      case 4:
        return plain({ enum: { RED: 0, GREEN: 5 } }, 'unsigned', () => 5 * this.#below(2));
      case 7:
        return this.#array(depth);
      case 8:
      case 9:
        return this.aggregate(depth + 1);
      default: {
        const name = names[this.#below(names.length)];
        const [c, bits, isSigned] = integers[name];
        return plain(name, c, () => this.#integer(bits, isSigned, bits === 64));
      }
    }
  }

  #array(depth) {
    const element = this.#member(depth + 1);
    const length = 1 + this.#below(4);
    const each = (value, text, between) => value.map(text).join(between);
    return {
      type: { array: element.type, length },
      declare: (name) => element.declare(`${name}[${length}]`),
      value: () => Array.from({ length }, () => element.value()),
      set: (place, value) => each(value, (one, i) => element.set(`${place}[${i}]`, one), ' '),
      differs: (place, value) =>
        each(value, (one, i) => `(${element.differs(`${place}[${i}]`, one)})`, ' || '),
    };
  }

  #bits() {
    const isBool = this.#below(8) === 0;
    const name = isBool ? 'bool' : names[this.#below(names.length)];
    const [c, most, isSigned] = isBool ? ['_Bool', 1, false] : integers[name];
    const width = 1 + this.#below(most);
    return {
      ...plain({ bits: name, width }, c,
        () => (isBool ? this.#below(2) === 1 : this.#integer(width, isSigned, most === 64))),
      declare: (field) => `${c} ${field} : ${width}`,
      isBits: true,
    };
  }

  // { packed, align } and what C says of it: [before, attributes, behind].
  #options() {
    const options = {};
    const text = ['', '', ''];
    if (this.#below(4) === 0) {
      options.packed = [1, 2, 4, 8][this.#below(4)];
      if (options.packed === 1) text[1] = '__attribute__((packed))';
      else [text[0], text[2]] = [`#pragma pack(push, ${options.packed})\n`, '#pragma pack(pop)\n'];
    }
    if (this.#below(6) === 0) {
      options.align = [1, 2, 8, 16][this.#below(4)];
      text[1] += ` __attribute__((aligned(${options.align})))`;
    }
    return { options, text };
  }

  // A member with also { name, made, fields }: its name in C, its class, and its fields' members.
  aggregate(depth = 0) {
    const isUnion = depth > 0 && this.#below(4) === 0;
    const fields = {};
    const count = 1 + this.#below(isUnion ? 3 : 6);
    for (let i = 0; i < count; i += 1) {
      fields[`f${i}`] = this.#below(3) === 0 ? this.#bits() : this.#member(depth);
    }
    const { options, text: [before, attributes, behind] } = this.#options();
    const name = `S${this.#count}`;
    this.#count += 1;
    const types = Object.fromEntries(Object.entries(fields).map(([key, { type }]) => [key, type]));
    const made = (isUnion ? union : struct)(types, { ...options, name });
    const listed = Object.entries(fields).map(([key, field]) => `${field.declare(key)};`).join(' ');
    this.declarations += `${before}typedef ${isUnion ? 'union' : 'struct'} ${attributes} { ${
      listed} } ${name};\n${behind}`;
    const each = (value, text, between) =>
      Object.keys(value).map((key) => text(fields[key], key, value[key])).join(between);
    return {
      name,
      made,
      fields,
      type: this.#below(2) === 0 ? made : { [isUnion ? 'union' : 'struct']: types, ...options },
      declare: (field) => `${name} ${field}`,
      value: () => {
        const keys = Object.keys(fields);
        const chosen = isUnion ? [keys[this.#below(keys.length)]] : keys;
        return Object.fromEntries(chosen.map((key) => [key, fields[key].value()]));
      },
      set: (place, value) =>
        each(value, (field, key, one) => field.set(`${place}.${key}`, one), ' '),
      differs: (place, value) =>
        each(value, (field, key, one) => `(${field.differs(`${place}.${key}`, one)})`, ' || '),
    };
  }
}
