// callback_form: { callback: definition, keep: true }, JavaScript functions passed to native code.
//
// The body of a function (binding, parts), run once per environment. A function gets one stub for
// each definition object, which stays with it until it is collected. The stub runs the function
// while a call that was given it is under way, nested calls and promises included, and with `keep`
// until release(). At other times it is paused: calls of it return zero and are reported, as those
// of a closed UnsafeCallback. A paused stub does not keep its function. Isolate thread only.
'use strict';

const { TypeError, WeakMap } = globalThis;
const { apply } = Reflect;
const { get: weakMapGet, set: weakMapSet } = WeakMap.prototype;
const { define, checkKeys, unexpected } = parts.forms;
const { use, giveLeft } = parts.callUses;

// One of a function's stubs, an item of call_uses.js.
class Stub {
  uses = 0;
  owner;
  needsRest = true;
  rest = rest;
  kept = false;
  open = false;
  handle;
  pointer;
  target;
  definition;
  next;

  constructor(definition, next) {
    this.definition = definition;
    this.next = next;
  }
}

// Function -> the first of its stubs.
const stubs = new WeakMap();

// What stands for a stub where a pointer was passed.
function borrowed(pointer) {
  const stub = new Stub();
  stub.pointer = pointer;
  stub.kept = true;
  stub.uses = 1;
  return stub;
}

function stubOf(definition, callback) {
  const first = apply(weakMapGet, stubs, [callback]);
  for (let stub = first; stub !== undefined; stub = stub.next) {
    if (stub.definition === definition) return stub;
  }
  const stub = new Stub(definition, first);
  apply(weakMapSet, stubs, [callback, stub]);
  return stub;
}

// Lets `stub` run `callback`. It is used by then: nothing else would end this.
function open(stub, callback) {
  if (stub.handle === undefined) {
    const made = binding.callbackCreate(stub.definition, callback, true);
    stub.handle = made.handle;
    stub.pointer = made.pointer;
    stub.target = made.target;
  } else if (!stub.open) {
    binding.callbackResume(stub.handle, stub.target);
  }
  stub.open = true;
}

// Pauses a stub that nothing is to run any more.
function rest(stub) {
  if (stub.uses > 0 || stub.kept || !stub.open) return;
  stub.open = false;
  binding.callbackPause(stub.handle);
}

// Whether it was not kept before.
function keepStub(stub) {
  if (stub.kept) return false;
  stub.kept = true;
  return true;
}

// Lets native code have `value`, a function, no longer. False if it was not kept.
function release(value) {
  let released = false;
  for (let stub = apply(weakMapGet, stubs, [value]); stub !== undefined; stub = stub.next) {
    if (!stub.kept) continue;
    stub.kept = false;
    if (stub.uses > 0) giveLeft(0);
    rest(stub);
    released = true;
  }
  return released;
}

// The pointer of an UnsafeCallback; api.js, which has the class, says how.
let callbackPointer;
function usePointersOf(pointerOf) {
  callbackPointer = pointerOf;
}

const nothing = () => {};

define('callback', (type, at) => {
  checkKeys(type, ['callback', 'keep'], at);
  const { callback: definition, keep = false } = type;
  if (typeof keep !== 'boolean') {
    throw new TypeError(
        `invalid type: ${binding.describe(keep)}, expected boolean${at}, field 'keep'`);
  }
  if (definition?.nonblocking) throw new TypeError(`a callback cannot be nonblocking${at}`);
  binding.callbackCheck(definition, `callback${at}`, nothing);

  const take = (value, where) => {
    if (typeof value === 'function') {
      const stub = stubOf(definition, value);
      use(stub, undefined);
      open(stub, value);
      return stub;
    }
    return borrowedOf(value, where);
  };
  const borrowedOf = (value, where) => {
    const pointer = callbackPointer(value) ?? value;
    if (pointer !== null && !binding.isPointer(pointer)) {
      throw unexpected('callback', 'a function, a pointer or null', where, value);
    }
    return borrowed(pointer);
  };
  const form = {
    kind: 'callback',
    core: 'function',
    member: false,
    pass(call, index, where) {
      const name = `callback${index}`;
      const pieces = {
        __proto__: null,
        declare: `let ${name};`,
        before: `${name} = ${call.bind(take)}(p${index}, ${call.bind(where)});`,
        argument: `${name}.pointer`,
        uses: name,
      };
      if (keep) {
        pieces.declare += `let keeps${index} = false;`;
        pieces.before += `keeps${index} = ${call.bind(keepStub)}(${name});`;
        pieces.undo = `if (keeps${index}) ${name}.kept = false;`;
      }
      return pieces;
    },
    fromNative: (value) => value,
  };
  if (keep) {
    // A value that native code takes from a callback, or finds in memory: no call ends its use.
    form.toNative = (value, where) => {
      if (typeof value !== 'function') return borrowedOf(value, where).pointer;
      const stub = stubOf(definition, value);
      open(stub, value);
      stub.kept = true;
      return stub.pointer;
    };
  }
  return form;
});

return { release, usePointersOf };
