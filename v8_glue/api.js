// api: the public API over the native functions of binding.h.
//
// The body of a function of `binding`, run once per environment; returns what Install() puts on its
// target. It captures the globals that it needs, so that a script that replaces them changes
// nothing here.
'use strict';

const { Error, Object, RangeError, TypeError, WeakMap, decodeURIComponent } = globalThis;
const { apply } = Reflect;
const { defineProperty } = Object;
const { dispose } = Symbol;
const { set: weakMapSet } = WeakMap.prototype;
const { SystemError, block } = parts.systemError;
const { variadicFunction } = parts.variadic;

class BadResource extends Error {}
class NotCapable extends Error {}
for (const errorClass of [BadResource, NotCapable]) {
  defineProperty(errorClass.prototype, 'name', {
    value: errorClass.name,
    configurable: true,
    writable: true,
  });
}
binding.setErrorClasses(BadResource, NotCapable);

const isHexDigit = (c) =>
    (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');

// `pathname` without its percent escapes; a percent sign that starts no escape stands for itself.
// Regular expressions would do this through functions that a script can replace.
function decodePathname(pathname) {
  let text = '';
  for (let i = 0; i < pathname.length; i += 1) {
    const isStray = pathname[i] === '%' &&
        !(i + 2 < pathname.length && isHexDigit(pathname[i + 1]) && isHexDigit(pathname[i + 2]));
    text += isStray ? '%25' : pathname[i];
  }
  return decodeURIComponent(text);
}

// What the loader is given for `path`: nothing for null, the process itself; a file URL's path,
// everything else as a string. URLs are known by their parts, because not every embedder has a
// global URL.
function loaderPath(path) {
  if (path === null) return '';
  if (typeof path !== 'object') return `${path}`;
  const { protocol, hostname, pathname } = path;
  if (typeof protocol !== 'string' || typeof pathname !== 'string') return `${path}`;
  if (protocol !== 'file:') throw new TypeError('Must be a file URL');
  if (hostname) throw new TypeError('Host must be empty');
  return decodePathname(pathname);
}

class DynamicLibrary {
  #handle;
  symbols;

  constructor(path, definitions, options) {
    const { symbols, handle } = binding.dlopen(path, definitions, options);
    this.#handle = handle;
    this.symbols = symbols;
  }

  close() {
    binding.closeLibrary(this.#handle);
  }

  // A function that takes the values of `parameters`, and then pairs of a type and a value.
  variadic(name, parameters, result, rules = undefined) {
    return variadicFunction(this.#handle, `${name}`, parameters, result, rules);
  }

  // What errno was after the last call of this isolate's that kept it.
  get errno() {
    return block[1];
  }

  [dispose]() {
    this.close();
  }
}

function dlopen(path, symbols, options = undefined) {
  return new DynamicLibrary(loaderPath(path), symbols, options);
}

const CALLBACK_CLOSED = 'Bad resource ID: the callback is closed';

// The pointer that a callback is called by; undefined for everything else.
let callbackPointer;

class UnsafeCallback {
  #handle;
  #pointer;
  #references = 0;
  definition;
  callback;
  pointer;

  static {
    callbackPointer = (value) =>
        typeof value === 'object' && value !== null && #pointer in value ? value.#pointer
                                                                         : undefined;
  }

  constructor(definition, callback) {
    if (definition?.nonblocking) {
      throw new TypeError('Cannot construct UnsafeCallback: cannot be nonblocking');
    }
    const { handle, pointer } = binding.callbackCreate(definition, callback);
    this.#handle = handle;
    this.#pointer = pointer;
    this.pointer = pointer;
    this.definition = definition;
    this.callback = callback;
  }

  static threadSafe(definition, callback) {
    const made = new UnsafeCallback(definition, callback);
    made.ref();
    return made;
  }

  ref() {
    if (this.#handle === undefined) throw new BadResource(CALLBACK_CLOSED);
    if (this.#references === 0) binding.callbackHold(this.#handle, this);
    return ++this.#references;
  }

  unref() {
    if (this.#references === 0) return 0;
    if (this.#references === 1) binding.callbackHold(this.#handle, undefined);
    return --this.#references;
  }

  close() {
    if (this.#handle === undefined) throw new BadResource(CALLBACK_CLOSED);
    const handle = this.#handle;
    this.#handle = undefined;
    this.#references = 0;
    binding.callbackClose(handle);
  }

  [dispose]() {
    this.close();
  }
}

parts.callbackForm.usePointersOf(callbackPointer);

// Pointer objects made by UnsafePointer.of() -> what they point into, which they keep alive.
const pointees = new WeakMap();

class UnsafePointer {
  static create(value) {
    return binding.pointerCreate(value);
  }

  static equals(a, b) {
    return a === null || b === null ? a === b : binding.pointerEquals(a, b);
  }

  static of(value) {
    const callback = callbackPointer(value);
    if (callback !== undefined) {
      binding.checkPointers();
      return callback;
    }
    const pointer = binding.pointerOf(value);
    if (pointer !== null) apply(weakMapSet, pointees, [pointer, value]);
    return pointer;
  }

  static offset(pointer, offset) {
    return binding.pointerOffset(pointer, offset);
  }

  static value(pointer) {
    return binding.pointerValue(callbackPointer(pointer) ?? pointer);
  }
}

class UnsafePointerView {
  pointer;

  constructor(pointer) {
    this.pointer = pointer;
  }

  getBool(offset = 0) {
    return binding.readBool(this.pointer, offset);
  }

  getUint8(offset = 0) {
    return binding.readU8(this.pointer, offset);
  }

  getInt8(offset = 0) {
    return binding.readI8(this.pointer, offset);
  }

  getUint16(offset = 0) {
    return binding.readU16(this.pointer, offset);
  }

  getInt16(offset = 0) {
    return binding.readI16(this.pointer, offset);
  }

  getUint32(offset = 0) {
    return binding.readU32(this.pointer, offset);
  }

  getInt32(offset = 0) {
    return binding.readI32(this.pointer, offset);
  }

  getBigUint64(offset = 0) {
    return binding.readU64(this.pointer, offset);
  }

  getBigInt64(offset = 0) {
    return binding.readI64(this.pointer, offset);
  }

  getFloat32(offset = 0) {
    return binding.readF32(this.pointer, offset);
  }

  getFloat64(offset = 0) {
    return binding.readF64(this.pointer, offset);
  }

  getPointer(offset = 0) {
    return binding.readPointer(this.pointer, offset);
  }

  getCString(offset = 0) {
    return binding.readCString(this.pointer, offset);
  }

  getArrayBuffer(byteLength, offset = 0) {
    return binding.readArrayBuffer(this.pointer, byteLength, offset);
  }

  copyInto(destination, offset = 0) {
    binding.copyInto(this.pointer, destination, offset);
  }

  static getCString(pointer, offset = 0) {
    return binding.readCString(pointer, offset);
  }

  static getArrayBuffer(pointer, byteLength, offset = 0) {
    return binding.readArrayBuffer(pointer, byteLength, offset);
  }

  static copyInto(pointer, destination, offset = 0) {
    binding.copyInto(pointer, destination, offset);
  }
}

// A promise that rejects, whatever a script has made of Promise.
async function rejected(error) {
  throw error;
}

// What fp.call is while no function can be made: called, it throws what there is to throw. Also
// UnsafeFnPointer.prototype.call, for which only `this` tells whose function is meant.
let callUnprepared;

class UnsafeFnPointer {
  #function;
  #functionPointer;
  #functionDefinition;
  #making = false;
  pointer;
  definition;

  static {
    callUnprepared = {
      call(...args) {
        let made;
        try {
          made = this.#make();
        } catch (error) {
          if (this.definition?.nonblocking) return rejected(error);
          throw error;
        }
        return apply(made, undefined, args);
      },
    }.call;
  }

  constructor(pointer, definition) {
    // A struct result that has no layout is refused here, everything else at the call.
    const result = definition?.result;
    if (typeof result === 'object' && result !== null) binding.checkResult(result);
    this.pointer = pointer;
    this.definition = definition;
  }

  // A getter, so that a call site calls the symbol's wrapper itself and V8 inlines that: a method
  // in between would hide from it which function is meant.
  get call() {
    if (!(#function in this)) return callUnprepared;
    // Both properties are writable: what counts is what they are at the call.
    if (this.#functionPointer === this.pointer && this.#functionDefinition === this.definition &&
        this.#function !== undefined) {
      return this.#function;
    }
    try {
      return this.#make();
    } catch {
      return callUnprepared;
    }
  }

  // What the program puts in its place becomes the object's own, as if this were a method.
  set call(value) {
    defineProperty(this, 'call', {
      __proto__: null,
      value,
      configurable: true,
      enumerable: true,
      writable: true,
    });
  }

  #make() {
    // A getter of the definition may call this. Each level would try twice: `call`, then what that
    // gives.
    if (this.#making) {
      throw new RangeError('the definition of an UnsafeFnPointer calls it while it is being read');
    }
    const { pointer, definition } = this;
    let made;
    this.#making = true;
    try {
      made = binding.fnPointer(pointer, definition);
    } finally {
      this.#making = false;
    }
    this.#function = made;
    this.#functionPointer = pointer;
    this.#functionDefinition = definition;
    return made;
  }
}

return {
  dlopen,
  UnsafePointer,
  UnsafePointerView,
  UnsafeFnPointer,
  UnsafeCallback,
  ...parts.memory.api,
  struct: parts.accessors.struct,
  union: parts.accessors.union,
  errors: { BadResource, NotCapable, SystemError },
};
