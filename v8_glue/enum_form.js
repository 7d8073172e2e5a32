// enum_form: { enum: { RED: 0, GREEN: 1 }, type: 'u32' }, C's enumerations.
//
// The body of a function (binding, parts), run once per environment. Takes a name or one of the
// values and gives the value. Bits of flags that are or'ed are no value of an enum; a plain integer
// is their type.
'use strict';

const { TypeError, Number } = globalThis;
const { isSafeInteger } = Number;
const { apply } = Reflect;
const { slice } = String.prototype;
const { create, getOwnPropertyNames } = Object;
const { define, own, checkKeys, unexpected } = parts.forms;

// Type -> its core, least and greatest value. Those of 64 bits are Numbers, too.
const { MAX_SAFE_INTEGER: safe } = Number;
const row = (core, least, most) => ({ __proto__: null, core, least, most });
const signed = row('i53', -safe, safe);
const unsigned = row('u53', 0, safe);
const TYPES = {
  __proto__: null,
  u8: row('u8', 0, 0xff), i8: row('i8', -0x80, 0x7f),
  u16: row('u16', 0, 0xffff), i16: row('i16', -0x8000, 0x7fff),
  u32: row('u32', 0, 0xffffffff), i32: row('i32', -0x80000000, 0x7fffffff),
  u64: unsigned, usize: unsigned, u53: unsigned, i64: signed, isize: signed, i53: signed,
};

// The row of a type's name, C's own included.
function rowOf(type, at) {
  const found = typeof type === 'string' ? TYPES[type] ?? TYPES[
    binding.nativeType(type, apply(slice, at, [at === '' ? 0 : 2])).name] : undefined;
  if (found === undefined) {
    throw new TypeError(`invalid type of an enum, expected an integer of 8 to 64 bits${at}`);
  }
  return found;
}

// The type that gcc and clang choose.
function naturalType(members, names) {
  let least = 0;
  let most = 0;
  for (let i = 0; i < names.length; i += 1) {
    if (members[names[i]] < least) least = members[names[i]];
    if (members[names[i]] > most) most = members[names[i]];
  }
  if (least === 0) return most > 0xffffffff ? 'u64' : 'u32';
  return least < -0x80000000 || most > 0x7fffffff ? 'i64' : 'i32';
}

define('enum', (type, at) => {
  checkKeys(type, ['enum', 'type'], at);
  const members = type.enum;
  if (typeof members !== 'object' || members === null) {
    throw new TypeError(
        `invalid type: ${binding.describe(members)}, expected an object of names and numbers${at}`);
  }
  const names = getOwnPropertyNames(members);
  const { core, least, most } = rowOf(own(type, 'type') ?? naturalType(members, names), at);
  const byName = create(null);
  const values = create(null);
  for (let i = 0; i < names.length; i += 1) {
    const value = members[names[i]];
    if (!isSafeInteger(value)) {
      throw new TypeError(`invalid value of '${names[i]}': ${
          binding.describe(value)}, expected an integer${at}`);
    }
    if (value < least || value > most) {
      throw new TypeError(`invalid value of '${names[i]}': ${value}, expected an integer from ${
          least} to ${most}${at}`);
    }
    byName[names[i]] = value;
    values[value] = true;
  }
  return {
    __proto__: null,
    kind: 'enum',
    core,
    toNative(value, where) {
      if (typeof value === 'number' && values[value]) return value;
      const named = typeof value === 'string' ? byName[value] : undefined;
      if (named === undefined) throw unexpected('enum', 'a name or value of it', where, value);
      return named;
    },
    fromNative: (value) => value,
  };
});
