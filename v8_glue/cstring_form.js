// cstring_form: { cstring: 'u8' | 'u16' | 'u32' | 'wchar_t', free: 'symbol' }, C's strings.
//
// The body of a function (binding, parts), run once per environment. Without `free` it is another
// name of cstring, cstring16, cstring32 and wcstring. With it, a result is native memory that the
// caller is to give back: it is read, and then passed to the function `free` of the same library;
// to nothing once that is closed, which a nonblocking call may find out only now.
'use strict';

const { TypeError } = globalThis;
const { define, losing, own, checkKeys } = parts.forms;
const { readString } = binding;

const NAMES = {
  __proto__: null, u8: 'cstring', u16: 'cstring16', u32: 'cstring32', wchar_t: 'wcstring',
};

define('cstring', (type, at) => {
  checkKeys(type, ['cstring', 'free'], at);
  const unit = type.cstring;
  const name = typeof unit === 'string' ? NAMES[unit] : undefined;
  if (name === undefined) {
    throw new TypeError(
        `invalid type of characters, expected 'u8', 'u16', 'u32' or 'wchar_t'${at}`);
  }
  const free = own(type, 'free');
  if (free === undefined) return name;
  if (typeof free !== 'string') {
    throw new TypeError(`invalid type: ${
        binding.describe(free)}, expected the name of a function: field 'free'${at}`);
  }
  const giving = (call) => {
    const native = call.freeing(free);
    return (pointer) => {
      if (binding.libraryIsOpen(call.library)) native(pointer);
    };
  };
  return {
    kind: 'cstring with free',
    core: 'pointer',
    member: false,
    lose: (call) => losing(giving(call), free),
    receive(call, where) {
      if (call.library === undefined) {
        throw new TypeError(`'free' needs a library that has the function '${free}'${where}`);
      }
      const give = call.bind(giving(call));
      const read = call.bind((pointer) => readString(pointer, name));
      const take = `(() => { try { return ${read}(r); } finally { ${give}(r); } })()`;
      return `r === null ? null : ${take}`;
    },
  };
});
