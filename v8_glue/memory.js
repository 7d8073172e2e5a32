// memory: alloc, view, read, write, copy and toArrayBuffer, and release of what native code keeps.
//
// The body of a function (binding, parts), run once per environment; the functions of `api` go into
// the API as they are. A *place* is what stands for memory: a pointer, whose length nobody knows,
// or memory whose length is checked: what alloc() gave, a buffer, a view. Isolate thread only; raw
// pointers need permission, and so does all of this.
'use strict';

const { ArrayBuffer, Number, Object, RangeError, TypeError, Uint8Array, WeakMap } = globalThis;
const { apply } = Reflect;
const { create } = Object;
const { isSafeInteger } = Number;
const { dispose } = Symbol;
const { transfer } = ArrayBuffer.prototype;
const { get: weakMapGet, set: weakMapSet } = WeakMap.prototype;
const { release: releaseFunction } = parts.callbackForm;
const { release: releaseObject } = parts.userdataForm;
const { pointerIn } = parts.pointerForm;

let bytesIn;

// Pointers of memory -> its buffer, which they keep.
const pointees = new WeakMap();

// Memory that JavaScript owns: zeroed, aligned for every scalar, never moved. It goes when nothing
// refers to it, its bytes or its pointer, or by free().
class Memory {
  #buffer;
  #bytes;
  #pointer;
  #byteLength;

  static {
    bytesIn = (value) => (typeof value === 'object' && value !== null && #bytes in value
      ? value.bytes : undefined);
  }

  constructor(mark, byteLength) {
    if (mark !== bytesIn) throw new TypeError('Illegal constructor: alloc() makes memory');
    // One byte at least, so that it has an address.
    const buffer = new ArrayBuffer(byteLength === 0 ? 1 : byteLength);
    this.#buffer = buffer;
    this.#bytes = new Uint8Array(buffer, 0, byteLength);
    this.#pointer = binding.pointerOf(buffer);
    this.#byteLength = byteLength;
    apply(weakMapSet, pointees, [this.#pointer, buffer]);
  }

  get bytes() {
    if (this.#pointer === undefined) throw new TypeError('the memory is freed');
    return this.#bytes;
  }

  get pointer() {
    if (this.#pointer === undefined) throw new TypeError('the memory is freed');
    return this.#pointer;
  }

  get byteLength() {
    return this.#byteLength;
  }

  free() {
    if (this.#pointer === undefined) return;
    this.#pointer = undefined;
    this.#byteLength = 0;
    apply(transfer, this.#buffer, [0]);
  }

  [dispose]() {
    this.free();
  }
}

// What native functions take for a place.
function place(value, where) {
  return bytesIn(value) ?? pointerIn(value, where) ?? value;
}

// Types are read once: names, and objects as long as they are there.
const named = create(null);
const made = new WeakMap();

function typeOf(type) {
  const isObject = (typeof type === 'object' && type !== null) || typeof type === 'function';
  let known = isObject ? apply(weakMapGet, made, [type])
    : typeof type === 'string' ? named[type] : undefined;
  if (known !== undefined) return known;
  known = binding.nativeType(type, 'type of memory');
  if (isObject) apply(weakMapSet, made, [type, known]);
  else named[type] = known;
  return known;
}

function checkLength(length, what) {
  if (isSafeInteger(length) && length >= 0) return;
  if (typeof length === 'number') {
    throw new RangeError(`invalid ${what}: ${length}, expected an integer that is not negative`);
  }
  throw new TypeError(`invalid ${what}: ${binding.describe(length)}, expected a number`);
}

function alloc(sizeOrType, count = 1) {
  binding.checkPointers();
  const size = typeof sizeOrType === 'number' ? sizeOrType : typeOf(sizeOrType).size;
  checkLength(size, 'size');
  checkLength(count, 'count');
  if (!isSafeInteger(size * count)) throw new RangeError(`no memory has ${size} * ${count} bytes`);
  return new Memory(bytesIn, size * count);
}

function view(memory, length = undefined) {
  if (length !== undefined) checkLength(length, 'length');
  return binding.memoryView(place(memory, ': view'), length);
}

function read(memory, type, offset = 0) {
  binding.checkPointers();
  const { handle, form } = typeOf(type);
  const value = binding.memoryRead(place(memory, ': read'), handle, offset);
  if (form === undefined) return value;
  if (form.fromNative === undefined) throw new TypeError(`read cannot give a '${form.kind}'`);
  return form.fromNative(value, ': read');
}

function write(memory, type, value, offset = 0) {
  binding.checkPointers();
  const { handle, form } = typeOf(type);
  if (form !== undefined && form.toNative === undefined) {
    throw new TypeError(`write cannot take a '${form.kind}'`);
  }
  binding.memoryWrite(place(memory, ': write'), handle, offset,
      form === undefined ? value : form.toNative(value, ': write'));
}

function copy(to, from, length) {
  checkLength(length, 'length');
  binding.memoryCopy(place(to, ': copy'), place(from, ': copy'), length);
}

const FREES = { __proto__: null, parameters: ['pointer'], result: 'void' };

function toArrayBuffer(pointer, length, free = undefined) {
  checkLength(length, 'length');
  if (free === undefined) return binding.readArrayBuffer(pointer, length, 0);
  const run = typeof free === 'function' ? free : binding.fnPointer(free, FREES);
  const address = pointerIn(pointer, ': toArrayBuffer') ?? pointer;
  return binding.memoryOwned(address, length, () => run(address));
}

// Native code may not have `value` any more, a function or an object that was passed with `keep`.
function release(value) {
  const wasFunction = releaseFunction(value);
  const wasObject = releaseObject(value);
  return wasFunction || wasObject;
}

return { api: { alloc, copy, read, release, toArrayBuffer, view, write }, place };
