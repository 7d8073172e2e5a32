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
const { define, checkKeys } = parts.forms;

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
  // { pointer, brand, free, freed, uses, waits }: `uses` counts the calls under way, `waits` says
  // that it is to be freed when they have ended.
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
    if (state.freed) return;
    end(state);
    if (state.uses > 0) state.waits = true;
    else run(state);
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

// The state of `value`, which must be an object of `brand` that is not freed.
function liveState(brand, value, where) {
  const state = stateOf(value);
  const fits = state !== undefined && state.brand.name === brand.name &&
      (state.brand === brand || state.brand.library === undefined || brand.library === undefined);
  if (!fits) {
    const got = state === undefined ? binding.describe(value)
      : `a pointer of '${state.brand.name}'${state.brand.name === brand.name
        ? ' of another library' : ''}`;
    throw new TypeError(`Invalid FFI pointer type, expected a pointer of '${
        brand.name}' or null${where}: got ${got}`);
  }
  if (state.freed) {
    throw new TypeError(`Invalid FFI pointer, the pointer of '${brand.name}' is freed${where}`);
  }
  return state;
}

// Begins a call with `value`, and gives it back. `symbol` is what is called.
function take(brand, symbol, value, where) {
  if (value === null) return null;
  const state = liveState(brand, value, where);
  if (symbol !== undefined && brand.frees[symbol] !== undefined) {
    if (state.uses > 0) {
      throw new TypeError(`Invalid FFI pointer, the pointer of '${
          brand.name}' is in use by another call${where}`);
    }
    // Before the call: whatever comes out of it, nothing may be freed twice.
    end(state);
  }
  state.uses += 1;
  return value;
}

// Ends it. To ask the object, and not for its state before the call, keeps it during the call.
function give(value) {
  if (value === undefined || value === null) return;
  const state = stateOf(value);
  state.uses -= 1;
  if (state.uses > 0 || !state.waits) return;
  state.waits = false;
  run(state);
}

const addressOf = (value) => (value === null ? null : stateOf(value).pointer);

// The function that frees objects of `brand` for a type of `call` that stands at `at`; undefined
// without `free`.
function freeOf(brand, free, call, at) {
  if (free === undefined) return undefined;
  if (brand.library === undefined) throw new TypeError(`'free' needs the symbol of a library${at}`);
  brand.frees[free] ??= call.freeing(free);
  return brand.frees[free];
}

// What makes objects of pointers.
const maker = (brand, free) => (pointer) => (pointer === null ? null : new brand.made(key, {
  __proto__: null, pointer, brand, free, freed: false, uses: 0, waits: false,
}));

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
        cleanup: `${call.bind(give)}(${local});`,
      };
    },
    receive(call) {
      const brand = brandOf(call.library, name);
      return `${call.bind(maker(brand, freeOf(brand, free, call, at)))}(r)`;
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
