// pointer_form: { pointer: 'sqlite3', free: 'sqlite3_close_v2' }, pointers to one kind of thing.
//
// The body of a function (binding, parts), run once per environment. A result is an object of the
// class that its brand has: one per library and name. Where there is a `free`, the object owns what
// it points to: free() or `using` ends it, passing it to `free` by hand does, or a finalizer once
// it has been collected. At the end of the environment nothing is called. A call that was given an
// object keeps it: what is freed meanwhile is freed when the last such call has ended. Callbacks
// and function pointers have no library: their brands go by the name alone. Isolate thread only.
'use strict';

const { TypeError, FinalizationRegistry, WeakMap } = globalThis;
const { apply } = Reflect;
const { create, defineProperty } = Object;
const { dispose } = Symbol;
const { get: weakMapGet, set: weakMapSet } = WeakMap.prototype;
const { register, unregister } = FinalizationRegistry.prototype;
const { define, losing, checkKeys } = parts.forms;
const { use, giveLeft, giveLeftOf } = parts.callUses;

// What an object knows, an item of call_uses.js. (Of a class, because V8 takes long to read and
// write an object that was made without a prototype.)
class State {
  uses = 0;
  owner;
  needsRest = false;
  rest = rest;
  freed = false;
  // It is to be freed when no call uses it any more.
  waits = false;
  // A call of the function that frees has begun; free() was called since.
  ending = false;
  asked = false;
  pointer;
  brand;
  free;

  constructor(pointer, brand, free) {
    this.pointer = pointer;
    this.brand = brand;
    this.free = free;
  }
}

// Calls the function that frees, unless the library is closed: then its code may be gone.
function run({ brand, free, pointer }) {
  if (binding.libraryIsOpen(brand.library)) free(pointer);
}

// States of objects that were collected without having been freed.
const registry = new FinalizationRegistry((state) => {
  state.freed = true;
  run(state);
});

function end(state) {
  state.freed = true;
  if (state.free !== undefined) apply(unregister, registry, [state]);
}

// Whom the constructor believes.
const key = {};
let stateOf;

class NativePointer {
  #state;

  static {
    stateOf = (value) => (typeof value === 'object' && value !== null && #state in value
      ? value.#state : undefined);
  }

  constructor(mark, state) {
    if (mark !== key) throw new TypeError('Illegal constructor: native functions make pointers');
    this.#state = state;
    if (state.free !== undefined) apply(register, registry, [this, state, state]);
  }

  get pointer() {
    const { freed, pointer, brand } = this.#state;
    if (freed) throw new TypeError(`the pointer of '${brand.name}' is freed`);
    return pointer;
  }

  free() {
    const state = this.#state;
    if (state.free === undefined) {
      throw new TypeError(
          `the pointer of '${state.brand.name}' is not owned: no 'free' is defined`);
    }
    if (state.ending) state.asked = true;
    if (state.freed && !state.waits) return;
    if (state.uses > 0) giveLeft(0);
    // To give back frees what waits.
    if (state.freed) return;
    end(state);
    if (state.uses > 0) {
      state.needsRest = true;
      state.waits = true;
    } else {
      run(state);
    }
  }

  [dispose]() {
    if (this.#state.free !== undefined) this.free();
  }
}

// Names -> brands of what has no library; of each library, by its handle.
const unbound = create(null);
const byLibrary = new WeakMap();

function brandOf(library, name) {
  let brands = unbound;
  if (library !== undefined) {
    brands = apply(weakMapGet, byLibrary, [library]);
    if (brands === undefined) {
      brands = create(null);
      apply(weakMapSet, byLibrary, [library, brands]);
    }
  }
  if (brands[name] === undefined) {
    const made = class extends NativePointer {};
    defineProperty(made, 'name', { __proto__: null, value: name });
    // `frees` has the functions that free objects of it, by the names of their symbols.
    brands[name] = { __proto__: null, name, library, made, frees: create(null) };
  }
  return brands[name];
}

// Why `value`, whose state is `state`, is none that liveState() gives.
function refusal(brand, state, value, where) {
  const { name } = brand;
  if (state !== undefined && fits(brand, state)) {
    return new TypeError(`Invalid FFI pointer, the pointer of '${name}' is freed${where}`);
  }
  const got = state === undefined ? binding.describe(value)
    : `a pointer of '${state.brand.name}'${state.brand.name === name ? ' of another library' : ''}`;
  return new TypeError(
      `Invalid FFI pointer type, expected a pointer of '${name}' or null${where}: got ${got}`);
}

const fits = (brand, { brand: own }) => own === brand || (own.name === brand.name &&
    (own.library === undefined || brand.library === undefined));

// The state of `value`, which must be an object of `brand` that is not freed.
function liveState(brand, value, where) {
  const state = stateOf(value);
  if (state === undefined || !fits(brand, state) || state.freed) {
    throw refusal(brand, state, value, where);
  }
  return state;
}

// Begins a call with `state` of the function that frees.
function endBy(state, brand, value, where) {
  if (state.uses > 0) giveLeftOf(state);
  if (state.uses > 0) {
    throw new TypeError(`Invalid FFI pointer, the pointer of '${
        brand.name}' is in use by another call${where}`);
  }
  use(state, value);
  // Before the call: whatever comes out of it, nothing may be freed twice.
  end(state);
  state.asked = false;
  state.ending = true;
}

// Begins a call with `value`, and gives its state, or null. `symbol` is what is called.
function take(brand, symbol, value, where) {
  if (value === null) return null;
  const state = liveState(brand, value, where);
  if (symbol !== undefined && brand.frees[symbol] !== undefined) {
    endBy(state, brand, value, where);
  } else {
    use(state, value);
  }
  return state;
}

// The function that frees was not entered; `value` is the object.
function refused(state, value) {
  if (state === undefined || state === null || !state.ending) return;
  state.ending = false;
  if (state.asked) {
    state.waits = true;
    state.needsRest = true;
    return;
  }
  state.freed = false;
  if (state.free !== undefined) apply(register, registry, [value, state, state]);
}

// When no call uses it.
function rest(state) {
  if (!state.waits) return;
  state.needsRest = false;
  state.waits = false;
  run(state);
}

const addressOf = (state) => (state === null ? null : state.pointer);

// The function that frees objects of `brand` for a type of `call` that stands at `at`; undefined
// without `free`.
function freeOf(brand, free, call, at) {
  if (free === undefined) return undefined;
  if (brand.library === undefined) throw new TypeError(`'free' needs the symbol of a library${at}`);
  brand.frees[free] ??= call.freeing(free);
  return brand.frees[free];
}

// What makes objects of pointers.
const maker = (brand, free) => (pointer) =>
    (pointer === null ? null : new brand.made(key, new State(pointer, brand, free)));

function checkName(name, field, at) {
  if (typeof name === 'string' && name !== '') return;
  throw new TypeError(
      `invalid type: ${binding.describe(name)}, expected a name${at}, field '${field}'`);
}

define('pointer', (type, at) => {
  checkKeys(type, ['pointer', 'free'], at);
  const { pointer: name, free } = type;
  checkName(name, 'pointer', at);
  if (free !== undefined) checkName(free, 'free', at);

  return {
    kind: 'pointer',
    core: 'pointer',
    member: false,
    owns: free !== undefined,
    pass(call, index, where) {
      const local = `pointer${index}`;
      const brand = brandOf(call.library, name);
      freeOf(brand, free, call, at);
      const begin = (value) => take(brand, call.symbolName, value, where);
      return {
        declare: `let ${local};`,
        before: `${local} = ${call.bind(begin)}(p${index});`,
        argument: `${call.bind(addressOf)}(${local})`,
        undo: `${call.bind(refused)}(${local}, p${index});`,
        uses: local,
      };
    },
    receive(call) {
      const brand = brandOf(call.library, name);
      return `${call.bind(maker(brand, freeOf(brand, free, call, at)))}(r)`;
    },
    lose: free === undefined ? undefined : (call) => {
      const brand = brandOf(call.library, name);
      const native = freeOf(brand, free, call, at);
      return losing((pointer) => run(new State(pointer, brand, native)), free);
    },
    // Where there is no library: in callbacks and in memory.
    toNative(value, where) {
      return value === null ? null : liveState(brandOf(undefined, name), value, where).pointer;
    },
    get fromNative() {
      const brand = brandOf(undefined, name);
      return maker(brand, freeOf(brand, free, undefined, at));
    },
  };
});

// The pointer object that `value` stands for; undefined if it is no NativePointer.
function pointerIn(value, where) {
  const state = stateOf(value);
  return state === undefined ? undefined : liveState(state.brand, value, where).pointer;
}

return { pointerIn };
