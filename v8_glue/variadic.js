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
const { append, define, unexpected } = parts.forms;

// name -> [lowest, highest, what an integer of 32 bits becomes].
const NARROW = {
  __proto__: null,
  u8: [0, 255, (value) => value & 255],
  i8: [-128, 127, (value) => value << 24 >> 24],
  u16: [0, 65535, (value) => value & 65535],
  i16: [-32768, 32767, (value) => value << 16 >> 16],
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
  const [lowest, highest, wrap] = NARROW[name];
  const expected = strict ? `integer from ${lowest} to ${highest}`
    : lowest < 0 ? 'integer' : 'unsigned integer';
  return (value, at) => {
    if (typeof value !== 'number' || (strict && wrap(value) !== value)) {
      throw unexpected(name, expected, at, value);
    }
    return wrap(value);
  };
}

define('promoted', ({ promoted: name }) => ({
  kind: name,
  core: name === 'f32' ? 'f64' : 'i32',
  member: false,
  pass(call, index, at) {
    const convert = call.bind(promotion(name, call.strict));
    return { argument: `${convert}(p${index}, ${call.bind(at)})` };
  },
}));

// So many shapes of one function are kept; programs have few.
const MOST_SHAPES = 256;

let lastId = 0;
const ids = new WeakMap();

// What tells a type from others: a name, or a number for an object.
function keyOf(type) {
  if (typeof type === 'string') return `${type},`;
  if ((typeof type !== 'object' || type === null) && typeof type !== 'function') return undefined;
  let id = apply(weakMapGet, ids, [type]);
  if (id === undefined) {
    lastId += 1;
    id = lastId;
    apply(weakMapSet, ids, [type, id]);
  }
  return `${id},`;
}

// variadic('printf', ['cstring'], 'i32', rules) of the library with `handle`: a function that takes
// the values of `parameters`, and then pairs of a type and a value.
function variadicFunction(handle, name, parameters, result, rules) {
  if (!isArray(parameters)) {
    throw new TypeError(`invalid type: ${
        binding.describe(parameters)}, expected an array of parameters: symbol '${name}'`);
  }
  const fixed = parameters.length;
  const shapes = new Map();
  const shapeOf = (types) => {
    const all = [];
    for (let i = 0; i < fixed; i += 1) append(all, parameters[i]);
    append(all, '...');
    for (let i = 0; i < types.length; i += 1) append(all, types[i]);
    const definition = assign({ __proto__: null }, rules);
    definition.parameters = all;
    definition.result = result;
    return binding.librarySymbol(handle, name, definition);
  };
  apply(mapSet, shapes, ['', shapeOf([])]);
  const called = (...args) => {
    const values = [];
    const types = [];
    let key = '';
    for (let i = 0; i < fixed; i += 1) append(values, args[i]);
    for (let i = fixed; i < args.length; i += 2) {
      const part = keyOf(args[i]);
      if (part === undefined || i + 1 >= args.length) {
        throw new TypeError(`expected pairs of a type and a value: symbol '${name}', argument ${
            i}: got ${part === undefined ? binding.describe(args[i]) : 'a type without a value'}`);
      }
      key += part;
      append(types, args[i]);
      append(values, args[i + 1]);
    }
    let shape = apply(mapGet, shapes, [key]);
    if (shape === undefined) {
      shape = shapeOf(types);
      if (apply(mapSize, shapes, []) >= MOST_SHAPES) apply(clear, shapes, []);
      apply(mapSet, shapes, [key, shape]);
    }
    return apply(shape, undefined, values);
  };
  return defineProperty(called, 'name', { __proto__: null, value: name });
}

return { variadicFunction };
