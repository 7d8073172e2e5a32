// forms: types that are more than a native type, and the JavaScript around calls that they ask for.
//
// The body of a function (binding, parts), run once per environment before api.js. A *form* is what
// a type like { enum: ... } or { out: ... } is lowered to when a definition is read
// (form_hooks.h): an object without a prototype (a script could define what is left out) with
//
//   kind        what messages call it
//   core        the type that the native function has; may itself be a form, whose core counts
//   member      false if no struct can have a field of it
//   owns        whether what JavaScript gets frees what it points to
//   toNative    (value, at) => what is passed for the core: of a call's parameter, of a callback's
//               result; throws a TypeError that ends with `at` (": symbol 'f', parameter 0")
//   fromNative  (value, at) => what JavaScript gets: of a call's result, of a callback's parameter
//   pass        (call, index, at) => how a call passes it, instead of toNative: pieces of the
//               wrapper's text, all optional
//                 taken     false: JavaScript passes no argument for it
//                 declare   statements before everything else, which cannot throw
//                 before    statements before the call
//                 argument  an expression: what the core gets
//                 after     statements after the call
//                 out       an expression: one more result
//                 undo      statements before `cleanup` if the native function was not entered
//                 lost      statements before `cleanup` if it has returned, but its call throws
//                 cleanup   statements at the end, however the call ended, unless by a termination
//                 uses      a local: what the call uses, an item of call_uses.js, or null
//                 keeps     true: with call.keeps, the text uses memory of the symbol's own
//               `p${index}` is the argument; call.bind(value) gives a name for a value
//   receive     (call, at) => an expression that makes the result of `r`, instead of fromNative
//   lose        (call) => a function that frees a result, or null, which nobody is going to get
//   into        of a struct: (out) => the bytes that take the result, if JavaScript passes `out`
//
// `call` has { name, symbolName, library, nonblocking, strict, keeps, bind(value), freeing(name) }:
// `symbolName` is the symbol's name in the library, undefined where there is none; freeing() gives
// the function of the library that takes a pointer and frees what it points to.
// `keeps` says whether memory that is made with the wrapper serves all its calls: of calls within
// calls only the outermost uses it, the others have a wrapper without it. A form without a
// direction that a definition needs is refused there; forms that wrap others ask for `pass` and
// `receive` before toNative and fromNative, as is done here. Nothing here costs a definition
// without forms anything. Isolate thread only.
'use strict';

const { ArrayBuffer, TypeError, Uint8Array } = globalThis;
const { apply } = Reflect;
const { create, defineProperty, getOwnPropertyNames, hasOwn, setPrototypeOf } = Object;
const { includes } = Array.prototype;

const { joined, append, wrapperText } = parts.formText;

// The key that names a form -> (type, at) => form.
const makers = create(null);

// Adds the form that objects with a property `key` are.
function define(key, maker) {
  makers[key] = maker;
}

// Forms that js_signature.cc gives to parameters, and that no definition can spell: name -> (the
// name of the native type) => form.
const ownMakers = create(null);
function defineOwn(name, maker) {
  ownMakers[name] = maker;
}

// Ways to see a form in what is no plain object, like a class: (type, at) => form or undefined.
const recognizers = [];
function recognize(recognizer) {
  append(recognizers, recognizer);
}

// type[key] if the property is its own: what a type does not say, no prototype says for it.
const own = (type, key) => (hasOwn(type, key) ? type[key] : undefined);

// Refuses keys of a type but `allowed`.
function checkKeys(type, allowed, at) {
  const names = getOwnPropertyNames(type);
  for (let i = 0; i < names.length; i += 1) {
    if (!apply(includes, allowed, [names[i]])) {
      throw new TypeError(
          `unknown field '${names[i]}', expected one of '${joined(allowed, "', '")}'${at}`);
    }
  }
}

// A TypeError about a value: what was expected, where, and what came.
const unexpected = (kind, expected, at, value, got = binding.describe(value)) =>
    new TypeError(`Invalid FFI ${kind} type, expected ${expected}${at}: got ${got}`);

// Without a prototype that a script could add properties to; a name stays as it is.
const bare = (form) => (typeof form === 'object' ? setPrototypeOf(form, null) : form);

// The form of a type that is no native type itself, or the name of a native type that it stands
// for; undefined if it is neither.
function lower(type, at) {
  for (let i = 0; i < recognizers.length; i += 1) {
    const form = recognizers[i](type, at);
    if (form !== undefined) return bare(form);
  }
  if (typeof type === 'function') return undefined;
  let found;
  const names = getOwnPropertyNames(type);
  for (let i = 0; i < names.length; i += 1) {
    if (makers[names[i]] === undefined) continue;
    if (found !== undefined) {
      throw new TypeError(`a type is either '${found}' or '${names[i]}'${at}`);
    }
    found = names[i];
  }
  return found === undefined ? undefined : bare(makers[found](type, at));
}

const ownForm = (name, type) => bare(ownMakers[name](type));

// The values that a text refers to.
class Scope {
  names = [];
  values = [];

  bind(value) {
    const name = `c${this.names.length}`;
    append(this.names, name);
    append(this.values, value);
    return name;
  }

  // The function that `text` is.
  run(text, url) {
    return apply(binding.compile(this.names, `'use strict'; return ${text};`, url), undefined,
        this.values);
  }
}

// A form that says nothing.
const none = { __proto__: null };

const noDirection = (form, direction, at) =>
    new TypeError(`unsupported type '${form.kind}' ${direction}${at}`);

// The pieces of text that pass parameter `index` of a call.
function piecesOf(form, call, index, at) {
  if (form === undefined) return { __proto__: null, argument: `p${index}` };
  if (form.pass !== undefined) return bare(form.pass(call, index, at));
  if (form.toNative === undefined) throw noDirection(form, 'of a parameter', at);
  const argument = `${call.bind(form.toNative)}(p${index}, ${call.bind(at)})`;
  return { __proto__: null, argument };
}

function resultText(form, call, at) {
  if (form === undefined) return 'r';
  if (form.receive !== undefined) return form.receive(call, at);
  if (form.fromNative === undefined) throw noDirection(form, 'of a result', at);
  return `${call.bind(form.fromNative)}(r, ${call.bind(at)})`;
}

// errno stays that of the call which the program made.
const FREES = { __proto__: null, parameters: ['pointer'], result: 'void', errno: false };

// The function that JavaScript calls instead of `native`, the function of the core types.
// `forms` is what js_signature.h says, and `symbol`; `library` the handle of its library, or
// undefined.
function wrapSymbol(native, name, forms, library, keeps = !forms.nonblocking) {
  const scope = new Scope();
  const call = {
    name,
    symbolName: forms.symbol,
    library,
    nonblocking: forms.nonblocking,
    strict: forms.strict,
    keeps,
    bind: (value) => scope.bind(value),
    freeing: (symbol) => binding.librarySymbol(library, symbol, FREES),
  };
  const where = `: symbol '${name}', `;
  const all = {
    parameters: [], arguments: [], outs: [], uses: [],
    declare: '', before: '', after: '', cleanup: '', undo: '', lost: '', keeps: false,
  };
  for (let i = 0; i < forms.parameters.length; i += 1) {
    const at = `${where}parameter ${i}`;
    const pieces = piecesOf(forms.parameters[i], call, i, at);
    if (pieces.taken !== false) append(all.parameters, `p${i}`);
    append(all.arguments, pieces.argument);
    if (pieces.out !== undefined) append(all.outs, pieces.out);
    if (pieces.uses !== undefined) append(all.uses, pieces.uses);
    all.declare += pieces.declare ?? '';
    all.before += pieces.before ?? '';
    all.after += pieces.after ?? '';
    all.cleanup += pieces.cleanup ?? '';
    all.undo += pieces.undo ?? '';
    all.lost += pieces.lost ?? '';
    if (pieces.keeps) all.keeps = true;
  }
  if (forms.returnsBytes) {
    // The array that is to take a struct.
    const { into } = forms.result ?? none;
    append(all.parameters, 'out');
    append(all.arguments, into === undefined ? 'out' : `${call.bind(into)}(out)`);
  }
  const result = resultText(forms.result, call, `${where}result`);
  const lose = (forms.result ?? none).lose;
  // Of nonblocking calls a pointer always arrives.
  if (lose !== undefined && !forms.nonblocking) {
    const free = lose(call);
    all.lost += `${call.bind(() => free(binding.lostPointer()))}();`;
  }
  const text = wrapperText(all, scope.bind(native), result, call, forms,
      () => scope.bind(wrapSymbol(native, name, forms, library, false)));
  const wrapper = scope.run(text, parts.callUses.URL);
  // As native functions have it.
  return defineProperty(wrapper, 'length', { __proto__: null, value: 0 });
}

// The function that native code calls instead of `callback`, whose definition stands at `site`.
function wrapCallback(callback, forms, site) {
  const scope = new Scope();
  const parameters = [];
  const values = [];
  for (let i = 0; i < forms.parameters.length; i += 1) {
    const form = forms.parameters[i];
    const at = `: ${site}, parameter ${i}`;
    append(parameters, `p${i}`);
    if (form !== undefined && form.fromNative === undefined) {
      throw noDirection(form, "of a callback's parameter", at);
    }
    append(values,
        form === undefined ? `p${i}` : `${scope.bind(form.fromNative)}(p${i}, ${scope.bind(at)})`);
  }
  const value = `${scope.bind(callback)}(${joined(values)})`;
  const { result } = forms;
  const at = `: ${site}, result`;
  if (result !== undefined && result.toNative === undefined) {
    throw noDirection(result, "of a callback's result", at);
  }
  const returned =
      result === undefined ? value : `${scope.bind(result.toNative)}(${value}, ${scope.bind(at)})`;
  return scope.run(`(${joined(parameters)}) => ${returned}`);
}

// A function `lose` for pointers that `free`, a function called `name`, frees. What the call throws
// comes first.
const losing = (free, name) => (pointer) => {
  if (pointer === null) return;
  try {
    free(pointer);
  } catch (error) {
    binding.report(
        `'${name}' threw when it was to free what a call that threw had returned`, error);
  }
};

binding.setForms(lower, ownForm, wrapSymbol, wrapCallback);

// The allocators of JavaScript engines align no more than C's.
const USUAL_ALIGN = 16;

// Zeroed bytes, not in V8's heap, where they could move.
function alignedBytes(size, align) {
  if (align <= USUAL_ALIGN) return new Uint8Array(new ArrayBuffer(size));
  const buffer = new ArrayBuffer(size + align);
  return new Uint8Array(buffer, binding.alignedOffset(buffer, align), size);
}

return {
  define, defineOwn, losing, recognize, own, checkKeys, unexpected, lower, append, alignedBytes,
};
