// variadic: arguments that match "..." in a function's prototype.
//
// The body of a function (binding, parts), run once per environment; gives variadicFunction, which
// is DynamicLibrary's method `variadic`. C passes what is narrower than int as int, and float as
// double (C17 6.5.2.2, paragraph 6): a parameter of such a type after "..." is given to the form
// `promoted` by js_signature.cc, which converts by the rule of its own type first. Isolate thread
// only.
'use strict';

const { Array, Map, Math, Object, TypeError, WeakMap } = globalThis;
const { apply } = Reflect;
const { isArray } = Array;
const { fround } = Math;
const { assign, defineProperty } = Object;
const { get: mapGet, set: mapSet, clear } = Map.prototype;
const { get: weakMapGet, set: weakMapSet } = WeakMap.prototype;
const { size: { get: mapSize } } = Object.getOwnPropertyDescriptors(Map.prototype);
const { append, checkKeys, defineOwn, own, unexpected } = parts.forms;

// Of a name; `wrap` is what an integer of 32 bits becomes.
const NARROW = {
  __proto__: null,
  u8: { lowest: 0, highest: 255, wrap: (value) => value & 255 },
  i8: { lowest: -128, highest: 127, wrap: (value) => value << 24 >> 24 },
  u16: { lowest: 0, highest: 65535, wrap: (value) => value & 65535 },
  i16: { lowest: -32768, highest: 32767, wrap: (value) => value << 16 >> 16 },
};

// (value, at) => what C passes, by the rule of parameters of `name`.
function promotion(name, strict) {
  if (name === 'f32') {
    return (value, at) => {
      if (typeof value !== 'number') throw unexpected(name, 'number', at, value);
      return fround(value);
    };
  }
  if (name === 'bool') {
    return (value, at) => {
      if (typeof value !== 'boolean') throw unexpected('u8', 'boolean', at, value);
      return value ? 1 : 0;
    };
  }
  const { lowest, highest, wrap } = NARROW[name];
  const expected = strict ? `integer from ${lowest} to ${highest}`
    : lowest < 0 ? 'integer' : 'unsigned integer';
  return (value, at) => {
    if (typeof value !== 'number' || (strict && wrap(value) !== value)) {
      throw unexpected(name, expected, at, value);
    }
    return wrap(value);
  };
}

defineOwn('promoted', (name) => ({
  kind: name,
  core: name === 'f32' ? 'f64' : 'i32',
  member: false,
  pass(call, index, where) {
    const convert = call.bind(promotion(name, call.strict));
    return { argument: `${convert}(p${index}, ${call.bind(where)})` };
  },
}));

// So many shapes of one function are kept; programs have few.
const MOST_SHAPES = 256;

// What `rules` may say of a variadic function.
const RULES = ['abi', 'cxx', 'errno', 'leaf', 'memory', 'nonblocking', 'strict', 'throws', 'trace',
  'version'];

let lastId = 0;
const ids = new WeakMap();

// What tells a type from others, whatever follows it: of a name the length too, of an object a
// number.
function keyOf(type) {
  if (typeof type === 'string') return `${type.length}:${type}`;
  if ((typeof type !== 'object' || type === null) && typeof type !== 'function') return undefined;
  let id = apply(weakMapGet, ids, [type]);
  if (id === undefined) {
    lastId += 1;
    id = lastId;
    apply(weakMapSet, ids, [type, id]);
  }
  return `#${id},`;
}

// Whether JavaScript passes a value for `type`.
const isTaken = (type) =>
    typeof type !== 'object' || type === null || own(type, 'out') === undefined;

// What a call's arguments from `index` on are: { key, types }, `key` being that of the types. Their
// values are appended to `values`.
function paired(args, index, name, values) {
  const types = [];
  let key = '';
  for (let i = index; i < args.length; i += 1) {
    const type = args[i];
    const part = keyOf(type);
    const isAlone = part !== undefined && isTaken(type) && i + 1 >= args.length;
    if (part === undefined || isAlone) {
      throw new TypeError(`expected pairs of a type and a value: symbol '${name}', argument ${
          i}: got ${part === undefined ? binding.describe(type) : 'a type without a value'}`);
    }
    key += part;
    append(types, type);
    if (!isTaken(type)) continue;
    i += 1;
    append(values, args[i]);
  }
  return { __proto__: null, key, types };
}

// `rules`, or a TypeError if it is none.
function checkedRules(rules, name) {
  if (rules === undefined || rules === null) return undefined;
  const at = `: symbol '${name}', rules`;
  if (typeof rules !== 'object') {
    throw new TypeError(`invalid type: ${binding.describe(rules)}, expected an object${at}`);
  }
  checkKeys(rules, RULES, at);
  return rules;
}

// variadic('printf', ['cstring'], 'i32', rules) of the library with `handle`: a function that takes
// the values of `parameters`, and then pairs of a type and a value; types of what is only given
// back ({ out: ... }) stand alone.
function variadicFunction(handle, name, parameters, result, rules) {
  if (!isArray(parameters)) {
    throw new TypeError(`invalid type: ${
        binding.describe(parameters)}, expected an array of parameters: symbol '${name}'`);
  }
  const base = assign({ __proto__: null }, checkedRules(rules, name));
  const fixed = [];
  // How many values they take.
  let taken = 0;
  for (let i = 0; i < parameters.length; i += 1) {
    append(fixed, parameters[i]);
    if (isTaken(parameters[i])) taken += 1;
  }
  append(fixed, '...');
  const shapeOf = (types) => {
    const all = [];
    for (let i = 0; i < fixed.length; i += 1) append(all, fixed[i]);
    for (let i = 0; i < types.length; i += 1) append(all, types[i]);
    const definition = assign({ __proto__: null }, base);
    definition.parameters = all;
    definition.result = result;
    return binding.librarySymbol(handle, name, definition);
  };
  const shapes = new Map();
  apply(mapSet, shapes, ['', shapeOf([])]);
  const run = (args) => {
    const values = [];
    for (let i = 0; i < taken; i += 1) append(values, args[i]);
    const { key, types } = paired(args, taken, name, values);
    let shape = apply(mapGet, shapes, [key]);
    if (shape === undefined) {
      shape = shapeOf(types);
      if (apply(mapSize, shapes, []) >= MOST_SHAPES) apply(clear, shapes, []);
      apply(mapSet, shapes, [key, shape]);
    }
    return apply(shape, undefined, values);
  };
  const called = base.nonblocking ? async (...args) => run(args) : (...args) => run(args);
  return defineProperty(called, 'name', { __proto__: null, value: name });
}

return { variadicFunction };
