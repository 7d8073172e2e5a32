// session: the libraries that one thread of the soak keeps open, and its call sites.
//
// Every native function is called from two places: one that V8 never optimises and one that it has
// optimised. The set of signatures is fixed. Owned by the thread that made it; close() closes all.

import { UnsafeCallback, UnsafePointer, heat, keepCold, open, site } from '../js/support.mjs';

export const Point = { struct: ['f64', 'f64'] };
const Bytes17 = { struct: Array(17).fill('u8') };
const Words8 = { struct: Array(8).fill('i64') };

const fn = (result, ...parameters) => ({ parameters, result });

const definitions = {
  calls: {
    add_i32: fn('i32', 'i32', 'i32'),
    strict_add: { name: 'add_i32', ...fn('i32', 'i32', 'i32'), strict: true },
    leaf_add: { name: 'add_i32', ...fn('i32', 'i32', 'i32'), leaf: true },
    add_f64: fn('f64', 'f64', 'f64'),
    add_f32: fn('f32', 'f32', 'f32'),
    add_u64: fn('u64', 'u64', 'u64'),
    add_i53: { name: 'add_u64', ...fn('i53', 'i53', 'i53') },
    less_f64: fn('bool', 'f64', 'f64'),
    echo_u8: fn('u8', 'u8'),
    echo_i16: fn('i16', 'i16'),
    echo_i64: fn('i64', 'i64'),
    echo_bool: fn('bool', 'bool'),
    echo_pointer: fn('pointer', 'pointer'),
    weigh12_i32: fn('i32', ...Array(12).fill('i32')),
    nop: fn('void'),
    address: { name: 'add_i32', type: 'pointer' },
  },
  buffers: {
    sum_bytes: fn('u32', 'buffer', 'u32'),
    fill: fn('void', 'buffer', 'u8', 'usize'),
    sum_later: { name: 'sum_bytes', ...fn('u32', 'buffer', 'u32'), nonblocking: true },
    write_after: fn('void', 'buffer', 'u32', 'u8', 'function'),
  },
  structs: {
    twist_point: fn(Point, Point),
    twist_bytes17: fn(Bytes17, Bytes17),
    twist_words8: fn(Words8, Words8),
    point_later: { name: 'twist_point', ...fn(Point, Point), nonblocking: true },
  },
  callbacks: {
    call_i32: fn('i32', 'function', 'i32'),
    call_later: { name: 'call_i32', ...fn('i32', 'function', 'i32'), nonblocking: true },
    call_i64: fn('i64', 'function', 'i64'),
    call_point: fn(Point, 'function', Point),
    via_i32: fn('i32', 'function', 'i32'),
    via_u64: fn('u64', 'function', 'u64'),
    via_f64: fn('f64', 'function', 'f64'),
    via_pointer: fn('pointer', 'function', 'pointer'),
    via_point: fn(Point, 'function', Point),
    sort_i32: fn('void', 'buffer', 'u32', 'function'),
    repeat: fn('i64', 'function', 'i32'),
  },
  threads: {
    start_row: fn('pointer', 'function', 'i32', 'i32'),
    done: fn('bool', 'pointer'),
    take_i32: fn('i32', 'pointer'),
  },
  nonblocking: { sleep_ms: { ...fn('void', 'u32'), nonblocking: true } },
};

export const openLibraries = () => Object.fromEntries(
  Object.entries(definitions).map(([name, symbols]) => [name, open(name, symbols)]));
export const openCalls = () => open('calls', definitions.calls);
export const openCallbacks = () => open('callbacks', definitions.callbacks);
export const openNonblocking = () => open('nonblocking', definitions.nonblocking);
export const callDefinitions = definitions.calls;

// What warms a function up: arguments of the kinds that it is called with.
const warm = {
  add_i32: [1, 2],
  strict_add: [1, 2],
  leaf_add: [1, 2],
  add_f64: [1.5, 2],
  add_f32: [1.5, 2],
  add_u64: [1n, 2n],
  add_i53: [1, 2],
  less_f64: [1.5, 2],
  echo_u8: [1],
  echo_i16: [1],
  echo_i64: [1n],
  echo_bool: [true],
  echo_pointer: [UnsafePointer.create(4096)],
  weigh12_i32: Array(12).fill(1),
  nop: [],
  sum_bytes: [new Uint8Array(1000), 1000],
  twist_point: [new Float64Array(2)],
  twist_bytes17: [new Uint8Array(17)],
  twist_words8: [new BigInt64Array(8)],
};

// { cold, hot } for one function.
function sitesOf(name, f) {
  const names = warm[name].map((_, i) => `a${i}`).join(', ');
  const make = () => site(names, `return f(${names});`, { f });
  return { cold: keepCold(make()), hot: heat(make(), ...warm[name]) };
}

// The same for those that call back.
function callbackSites(symbols, plain) {
  const warmCalls = {
    call_i32: [plain.i32.pointer, 1],
    via_i32: [plain.nothing.pointer, 1],
    via_u64: [plain.nothing.pointer, 1n],
    via_f64: [plain.nothing.pointer, 1.5],
    via_pointer: [plain.nothing.pointer, null],
  };
  return Object.fromEntries(Object.entries(warmCalls).map(([name, args]) => {
    const make = () => site('callback, value', 'return f(callback, value);', { f: symbols[name] });
    return [name, { cold: keepCold(make()), hot: heat(make(), ...args) }];
  }));
}

export function openSession() {
  const libraries = openLibraries();
  const symbols = Object.assign({}, ...Object.values(libraries).map((library) => library.symbols));
  const sites = Object.fromEntries(
    Object.keys(warm).map((name) => [name, sitesOf(name, symbols[name])]));
  // What native code calls: told what to do by `action`, which is run below every call.
  const session = { symbols, action: () => {} };
  const callbacks = {
    i32: UnsafeCallback.threadSafe(fn('i32', 'i32'), (x) => {
      session.action();
      return (x + 1) | 0;
    }),
    i64: new UnsafeCallback(fn('i64', 'i64'), (x) => x * 2n),
    point: new UnsafeCallback(fn(Point, Point), (bytes) => bytes),
    nothing: new UnsafeCallback(fn('void'), () => session.action()),
    row: new UnsafeCallback(fn('i32', 'i32', 'i32'), (number, i) => number * 10000 + i),
  };
  Object.assign(sites, callbackSites(symbols, callbacks));
  callbacks.i32.unref();
  const close = () => {
    for (const part of [...Object.values(callbacks), ...Object.values(libraries)]) part.close();
  };
  return Object.assign(session, { sites, callbacks, close });
}
