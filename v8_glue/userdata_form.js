// userdata_form: { userdata: true, keep: true }, JavaScript objects behind C's `void *user_data`.
//
// The body of a function (binding, parts), run once per environment. Native code gets a handle, a
// number that is no address: the place of the object in a table, and how often that place has been
// given away before. On the way back (a callback's parameter, a result) both are checked. A handle
// holds its object while a call that was given it is under way, and with `keep` until release().
// Isolate thread only.
'use strict';

const { TypeError, Map, Number, BigInt } = globalThis;
const { apply } = Reflect;
const { get: mapGet, set: mapSet, delete: mapDelete } = Map.prototype;
const { toString: bigIntToString } = BigInt.prototype;
const { define, checkKeys, unexpected, append } = parts.forms;
const { use, giveLeft } = parts.callUses;

// A handle is TAG + generation * PLACES + place, in 53 bits. User space ends at 2^47 on x86-64 and
// at 2^48 on AArch64: above that no number is an address.
const PLACES = 2 ** 24;
const GENERATIONS = 2 ** 24;
const TAG = 22 * 2 ** 48;

// An item of call_uses.js. Where the place is free, `object` is undefined, and `next` one more free
// place.
class Entry {
  uses = 0;
  owner;
  needsRest = true;
  rest = rest;
  kept = false;
  generation = 0;
  object;
  next;
  place;

  constructor(place) {
    this.place = place;
  }
}

// By place.
const table = [];
let free;
const entries = new Map();  // object -> entry

// That of `object`, or one for it.
function entryFor(object) {
  const known = apply(mapGet, entries, [object]) ?? free;
  if (known !== undefined) return known;
  if (table.length === PLACES) {
    throw new TypeError(`more than ${PLACES} objects are userdata of native code`);
  }
  const entry = new Entry(table.length);
  append(table, entry);
  return entry;
}

// Puts `object` there, unless it is. The entry is used by then: nothing else would end this.
function enter(entry, object) {
  if (entry.object !== undefined) return;
  if (entry === free) free = entry.next;
  entry.object = object;
  apply(mapSet, entries, [object, entry]);
}

const handleOf = ({ generation, place }) => TAG + generation * PLACES + place;

function rest(entry) {
  if (entry.uses > 0 || entry.kept || entry.object === undefined) return;
  apply(mapDelete, entries, [entry.object]);
  entry.object = undefined;
  entry.generation += 1;
  // A place whose generations are used up is not given away again.
  if (entry.generation === GENERATIONS) return;
  entry.next = free;
  free = entry;
}

// Whether it is an object's and was not kept before.
function keepEntry(entry) {
  if (entry === null || entry.kept) return false;
  entry.kept = true;
  return true;
}

// Lets native code have `object` no longer. False if it was not kept.
function release(object) {
  const entry = apply(mapGet, entries, [object]);
  if (entry === undefined || !entry.kept) return false;
  entry.kept = false;
  if (entry.uses > 0) giveLeft(0);
  rest(entry);
  return true;
}

// The object of a handle, which native code gives as 64 bits.
function fromNative(bits, where) {
  if (bits === 0n) return null;
  const number = Number(bits);
  const offset = number - TAG;
  if (offset >= 0 && offset < GENERATIONS * PLACES) {
    const entry = table[offset % PLACES];
    if (entry !== undefined && entry.object !== undefined && handleOf(entry) === number) {
      return entry.object;
    }
  }
  throw new TypeError(
      'Invalid FFI userdata pointer, expected null or one of an object that native code may ' +
      `still have${where}: got 0x${apply(bigIntToString, bits, [16])}`);
}

define('userdata', (type, at) => {
  checkKeys(type, ['userdata', 'keep'], at);
  const { userdata, keep = false } = type;
  if (userdata !== true || typeof keep !== 'boolean') {
    throw new TypeError(`invalid type of userdata, expected { userdata: true } or ` +
        `{ userdata: true, keep: true }${at}`);
  }
  const check = (value, where) => {
    if (typeof value !== 'object' && typeof value !== 'function') {
      throw unexpected('userdata', 'an object or null', where, value);
    }
  };
  const take = (value, where) => {
    if (value === null) return null;
    check(value, where);
    const entry = entryFor(value);
    use(entry, undefined);
    enter(entry, value);
    return entry;
  };
  const form = {
    kind: 'userdata',
    // Passed as pointers are, in every convention; and needs no pointer objects.
    core: 'u64',
    member: false,
    pass(call, index, where) {
      const name = `userdata${index}`;
      const pieces = {
        __proto__: null,
        declare: `let ${name};`,
        before: `${name} = ${call.bind(take)}(p${index}, ${call.bind(where)});`,
        argument: `${name} === null ? 0 : ${call.bind(handleOf)}(${name})`,
        uses: name,
      };
      if (keep) {
        pieces.declare += `let keeps${index} = false;`;
        pieces.before += `keeps${index} = ${call.bind(keepEntry)}(${name});`;
        pieces.undo = `if (keeps${index}) ${name}.kept = false;`;
      }
      return pieces;
    },
    fromNative,
  };
  if (keep) {
    form.toNative = (value, where) => {
      if (value === null) return 0;
      check(value, where);
      const entry = entryFor(value);
      enter(entry, value);
      entry.kept = true;
      return handleOf(entry);
    };
  }
  return form;
});

return { release };
