// types: how a C type is spelled in a definition, for every place where one can stand. Internal to
// the package; docs/bindgen.md has the table.
//
// A C type is { kind, const? } with
//   void, scalar (name), complex (of)   C's own types; a scalar's name is one of SCALARS
//   vector (of, length)                 gcc's
//   pointer (to), array (of, length)
//   function (result, parameters, variadic)
//   record (record), enum (enum), typedef (name, type)
'use strict';

const { NoLayout } = require('./layout.js');
const { withPadding } = require('./padding.js');

const isArm = process.arch === 'arm64';

// C's own types and those of its headers, on systems with 64-bit longs and pointers.
const SCALARS = {
  __proto__: null,
  bool: 'bool',
  char: isArm ? 'u8' : 'i8', 'signed char': 'i8', 'unsigned char': 'u8',
  short: 'i16', 'unsigned short': 'u16',
  int: 'i32', 'unsigned int': 'u32',
  long: 'i64', 'unsigned long': 'u64',
  'long long': 'i64', 'unsigned long long': 'u64',
  __int128: 'i128', 'unsigned __int128': 'u128',
  _Float16: 'f16', float: 'f32', double: 'f64', 'long double': 'long double',
  size_t: 'usize', ssize_t: 'isize', ptrdiff_t: 'isize', intptr_t: 'isize', uintptr_t: 'usize',
  intmax_t: 'i64', uintmax_t: 'u64',
  int8_t: 'i8', uint8_t: 'u8', int16_t: 'i16', uint16_t: 'u16',
  int32_t: 'i32', uint32_t: 'u32', int64_t: 'i64', uint64_t: 'u64',
  wchar_t: isArm ? 'u32' : 'i32', char16_t: 'u16', char32_t: 'u32',
  time_t: 'i64', off_t: 'i64',
};

// Other types of the standard headers, as the GNU C library has them: what each is a name for. A
// text may declare them itself.
const FURTHER = {
  __proto__: null,
  int_least8_t: 'int8_t', int_least16_t: 'int16_t', int_least32_t: 'int32_t',
  int_least64_t: 'int64_t', uint_least8_t: 'uint8_t', uint_least16_t: 'uint16_t',
  uint_least32_t: 'uint32_t', uint_least64_t: 'uint64_t',
  int_fast8_t: 'int8_t', int_fast16_t: 'long', int_fast32_t: 'long', int_fast64_t: 'long',
  uint_fast8_t: 'uint8_t', uint_fast16_t: 'unsigned long', uint_fast32_t: 'unsigned long',
  uint_fast64_t: 'unsigned long',
  pid_t: 'int', uid_t: 'unsigned int', gid_t: 'unsigned int', id_t: 'unsigned int',
  mode_t: 'unsigned int', dev_t: 'unsigned long', ino_t: 'unsigned long',
  nlink_t: isArm ? 'unsigned int' : 'unsigned long', blksize_t: isArm ? 'int' : 'long',
  blkcnt_t: 'long', clock_t: 'long', clockid_t: 'int', suseconds_t: 'long', key_t: 'int',
  socklen_t: 'unsigned int', sa_family_t: 'unsigned short', in_port_t: 'unsigned short',
  in_addr_t: 'unsigned int', nfds_t: 'unsigned long', wint_t: 'unsigned int',
};

const scalarOf = (type) => SCALARS[type.name];

// The strings of C: what a pointer to constant characters is.
const STRINGS = {
  __proto__: null,
  char: 'cstring', wchar_t: 'wcstring', char16_t: 'cstring16', char32_t: 'cstring32',
};

// What C cannot say in a definition.
class Unspellable extends Error {}

// A type without the names that typedefs gave it, but those of SCALARS; `alias` is the last of
// them.
function bare(type) {
  let isConst = type.const;
  let found = type;
  let alias;
  while (found.kind === 'typedef') {
    alias = found.name;
    found = found.type;
    isConst ||= found.const;
  }
  return found === type ? type : { ...found, ...(isConst && { const: true }), alias };
}

// PLACES.row[place] says what a pointer of that row is in a place. Pointers to
//   string    constant characters         data      numbers, pointers, constant bytes of any type
//   any       void                        opaque    a struct that is not complete, or the library's
//   struct    a struct that the caller can make
//   function  a function
// `callback` stands for { callback: definition }, all others for themselves. The place `received`
// is what a callback receives or returns: addresses, for nothing says how long they live or how
// long a text is.
const PLACES = {
  __proto__: null,
  string: { parameter: 'cstring', result: 'cstring', member: 'pointer', received: 'pointer' },
  data: { parameter: 'buffer', result: 'pointer', member: 'pointer', received: 'pointer' },
  any: { parameter: 'pointer', result: 'pointer', member: 'pointer', received: 'pointer' },
  opaque: { parameter: 'pointer', result: 'pointer', member: 'pointer', received: 'pointer' },
  struct: { parameter: 'buffer', result: 'pointer', member: 'pointer', received: 'pointer' },
  function: {
    parameter: 'callback', result: 'function', member: 'function', received: 'function',
  },
};

function pointerRow(pointer, owned) {
  const to = bare(pointer.to);
  switch (to.kind) {
    case 'function': return 'function';
    case 'void': return to.const ? 'data' : 'any';
    case 'record':
      return to.record.fields === undefined || owned.has(to.record) ? 'opaque' : 'struct';
    case 'scalar': return to.const && STRINGS[to.name] !== undefined ? 'string' : 'data';
    default: return 'data';
  }
}

// The structs that some of `functions` gives by address: they are the library's.
function recordsGiven(functions) {
  const given = new Set();
  for (const { type } of functions) {
    const result = type && bare(bare(type).result);
    const to = result?.kind === 'pointer' ? bare(result.to) : undefined;
    if (to?.kind === 'record') given.add(to.record);
  }
  return given;
}

// A parameter's type after C's adjustments (C17 6.7.6.3, 7 and 8).
function adjusted(type) {
  const plain = bare(type);
  if (plain.kind === 'array') return { kind: 'pointer', to: plain.of };
  return plain.kind === 'function' ? { kind: 'pointer', to: plain } : type;
}

const native = (plain) => (plain.kind === 'enum' ? plain.enum.type
                                                  : scalarOf(plain)?.replace('size', '64'));

// Whether two declarations say the same, as far as calls can tell: `const` does not count.
function isSame(first, second) {
  const [a, b] = [bare(first), bare(second)];
  if (/^(scalar|enum)$/.test(a.kind) && /^(scalar|enum)$/.test(b.kind)) {
    return native(a) === native(b) && (native(a) !== undefined || a.name === b.name);
  }
  if (a.kind !== b.kind) return false;
  switch (a.kind) {
    case 'pointer': return isSame(a.to, b.to);
    case 'complex': return isSame(a.of, b.of);
    case 'vector': return isSame(a.of, b.of) && a.length === b.length;
    case 'record': return a.record === b.record;
    case 'array':
      return isSame(a.of, b.of) &&
        (a.length === b.length || a.length === undefined || b.length === undefined);
    case 'function':
      return isSame(a.result, b.result) && a.variadic === b.variadic &&
        a.parameters.length === b.parameters.length &&
        a.parameters.every(({ type }, i) =>
          isSame(adjusted(type), adjusted(b.parameters[i].type)));
    default: return true;
  }
}

// GNU C's way to say that an array has no length.
const isEmptyArray = (type) => bare(type).kind === 'array' && bare(type).length === 0;

// Whether a struct ends in an array without a length: its size says nothing then.
function isFlexible({ record }) {
  const last = record.fields.at(-1);
  if (record.union || last === undefined) return false;
  const plain = bare(last.type);
  if (plain.kind === 'record') return plain.record.fields !== undefined && isFlexible(plain);
  return plain.kind === 'array' && (plain.length === undefined || plain.length === 0);
}

function padded(record) {
  try {
    return withPadding(record, scalarOf);
  } catch (error) {
    if (!(error instanceof NoLayout)) throw error;
    throw new Unspellable(error.message);
  }
}

class Speller {
  // `owned`: the records that the library makes: those are passed by address only.
  // `spellings`: { record(record), enumeration(enumeration, place), callback(function type),
  // opaque?(record, place), pointee?(record), isBytes?() }, for types that have a spelling, or a
  // name, of their own; pointee is told of structs whose address a function takes, and isBytes says
  // that characters are bytes here, with no zero at their end.
  constructor(owned, spellings) {
    this.owned = owned;
    this.spellings = spellings;
  }

  pointer(type, place) {
    let row = pointerRow(type, this.owned);
    if (row === 'string' && this.spellings.isBytes?.()) row = 'data';
    const said = PLACES[row][place];
    if (place === 'parameter' && /^(struct|opaque)$/.test(row)) {
      this.spellings.pointee?.(bare(type.to).record);
    }
    if (said === 'cstring') return STRINGS[bare(type.to).name];
    if (said === 'callback') {
      const to = bare(type.to);
      return this.spellings.callback({ ...to, alias: type.alias ?? to.alias });
    }
    if (row === 'opaque') return this.spellings.opaque?.(bare(type.to).record, place) ?? said;
    return said;
  }

  parameter(type, place = 'parameter') {
    return this.spell(adjusted(type), place);
  }

  spell(type, place) {
    const plain = bare(type);
    switch (plain.kind) {
      case 'void':
        if (place === 'result') return 'void';
        throw new Unspellable("'void' is no type of a value");
      case 'scalar': {
        const name = scalarOf(plain);
        if (name === undefined) throw new Unspellable(`'${plain.name}' is not supported`);
        return name;
      }
      case 'complex': return { complex: scalarOf(plain.of) };
      case 'vector': return { vector: scalarOf(plain.of), length: plain.length };
      case 'pointer': return this.pointer(plain, place);
      case 'enum': return this.spellings.enumeration(plain.enum, place);
      case 'record':
        if (plain.record.fields === undefined) {
          throw new Unspellable(`'${plain.record.name}' is not complete: its fields are unknown`);
        }
        if (isFlexible(plain)) {
          throw new Unspellable('a struct that ends in an array without a length, by value');
        }
        return this.spellings.record(plain.record, place);
      case 'array': {
        if (place !== 'member') throw new Unspellable('an array is no result');
        const array = this.spell(plain.of, place);
        return plain.length === undefined ? { array } : { array, length: plain.length };
      }
      default:
        throw new Unspellable('a function is no type of a value');
    }
  }

  // The type of a variable of a library.
  variable(type) {
    const plain = bare(type);
    if (plain.kind === 'array') throw new Unspellable('a variable that is an array');
    if (plain.kind === 'enum') return plain.enum.type;
    const spelled = this.spell(type, 'member');
    if (typeof spelled === 'string') return spelled;
    throw new Unspellable(`a variable that is ${plain.kind === 'record' ? 'a struct' : 'complex'}`);
  }

  // { parameters, result }.
  signature(type) {
    const parameters = type.parameters.map((parameter) => this.parameter(parameter.type));
    if (type.variadic) parameters.push('...');
    return { parameters, result: this.spell(type.result, 'result') };
  }

  // { parameters, result } of a function that JavaScript writes.
  callbackSignature(type) {
    if (type.variadic) throw new Unspellable('a variadic callback is not supported');
    return {
      parameters: type.parameters.map((parameter) => this.parameter(parameter.type, 'received')),
      result: bare(type.result).kind === 'void' ? 'void' : this.spell(type.result, 'received'),
    };
  }

  // What a definition says of a struct or union: { fields, packed?, align? }. What C gives no name
  // (structs, unions and bit-fields inside) is "unnamed" and its place.
  shape(record) {
    const { fields, ...options } = padded(record);
    if (fields.length === 0) throw new Unspellable('it has no fields');
    const taken = new Set(fields.map(({ name }) => name));
    const entries = fields.map((field, i) => {
      const isEmpty = field.type && isEmptyArray(field.type);
      if (isEmpty && (record.union || i === 0 || i + 1 < fields.length)) {
        throw new Unspellable(`'${field.name}', an array of no elements, is not its last field`);
      }
      const type = field.native ?? this.spell(
          isEmpty ? { ...bare(field.type), length: undefined } : field.type, 'member');
      let name = field.name ?? `unnamed${i}`;
      while (field.name === undefined && taken.has(name)) name += '_';
      return [name, field.width === undefined ? type : { bits: type, width: field.width }];
    });
    return { fields: Object.fromEntries(entries), ...options };
  }
}

module.exports = {
  FURTHER, SCALARS, Speller, Unspellable, bare, isSame, pointerRow, recordsGiven, scalarOf,
};
