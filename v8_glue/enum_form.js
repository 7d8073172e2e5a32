// enum_form: { enum: { RED: 0, GREEN: 1 }, type: 'u32' }, C's enumerations.
//
// The body of a function (binding, parts), run once per environment. Takes a name or one of the
// values and gives the value. Bits of flags that are or'ed are no value of an enum; a plain integer
// is their type.
'use strict';

const { TypeError, Number } = globalThis;
const { isInteger } = Number;
const { create, getOwnPropertyNames } = Object;
const { define, own, checkKeys, unexpected } = parts.forms;

const TYPES = { __proto__: null, u8: 1, i8: 1, u16: 1, i16: 1, u32: 1, i32: 1 };

define('enum', (type, at) => {
  checkKeys(type, ['enum', 'type'], at);
  const members = type.enum;
  const core = own(type, 'type') ?? 'u32';
  if (typeof members !== 'object' || members === null) {
    throw new TypeError(
        `invalid type: ${binding.describe(members)}, expected an object of names and numbers${at}`);
  }
  if (TYPES[core] === undefined) {
    throw new TypeError(`invalid type of an enum, expected an integer of 8 to 32 bits${at}`);
  }
  const byName = create(null);
  const values = create(null);
  const names = getOwnPropertyNames(members);
  for (let i = 0; i < names.length; i += 1) {
    const value = members[names[i]];
    if (!isInteger(value)) {
      throw new TypeError(`invalid value of '${names[i]}': ${
          binding.describe(value)}, expected an integer${at}`);
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
