// allocations: what a call allocates, on V8's heap and from the C library: nothing on the fast
// paths but the BigInt, the pointer object or the new array that is its result, and nothing from
// the C library in the ordinary function with up to 16 arguments.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import v8 from 'node:v8';

import {
  UnsafePointer, collect, fastTier, heat, nativePath, open, packageFolder, runNode,
  sanitized, site, struct,
} from './support.mjs';

const Point = { struct: ['f64', 'f64'] };
const calls = open('calls', {
  nop: { parameters: [], result: 'void' },
  add_i32: { parameters: ['i32', 'i32'], result: 'i32' },
  strict_add: { name: 'add_i32', parameters: ['i32', 'i32'], result: 'i32', strict: true },
  errno_add: { name: 'add_i32', parameters: ['i32', 'i32'], result: 'i32', errno: true },
  add_f64: { parameters: ['f64', 'f64'], result: 'f64' },
  less_f64: { parameters: ['f64', 'f64'], result: 'bool' },
  add_i53: { name: 'add_u64', parameters: ['i53', 'i53'], result: 'i53' },
  add_u64: { parameters: ['u64', 'u64'], result: 'u64' },
  echo_pointer: { parameters: ['pointer'], result: 'pointer' },
});
const buffers = open('buffers', {
  sum_bytes: { parameters: ['buffer', 'u32'], result: 'u32' },
});
const structs = open('structs', {
  distance: { parameters: [Point, Point], result: 'f64' },
  midpoint: { parameters: [Point, Point], result: Point },
});
const strings = open('cstrings', {
  string_length: { parameters: ['cstring'], result: 'i32' },
});
const variadic = open('variadic', {
  variadic_sum: { parameters: ['i32', '...', 'i32', 'i32'], result: 'i32' },
});
const pair = ['i32', 'i32'];
const outs = open('out', {
  errno: { name: 'fail_i32', parameters: pair, result: 'i32', errno: true },
  throws: { name: 'fail_i32', parameters: pair, result: 'i32', throws: 'errno' },
  put_i32: { parameters: ['i32', { out: 'i32' }], result: 'i32' },
  put_two: { parameters: [{ out: 'i32' }, { out: 'f64' }], result: 'void' },
  put_f64: { parameters: ['f64', { out: 'f64' }], result: 'i32', errno: true },
  put_i64: { parameters: ['i64', { out: 'i53' }], result: 'i32' },
  put_bool: { parameters: ['bool', { out: 'bool' }], result: 'i32' },
  void_i32: { name: 'put_i32', parameters: ['i32', { out: 'i32' }], result: 'void' },
  take_i32: { parameters: [{ inout: 'i32' }, { out: 'i32' }], result: 'void' },
});
const point = Float64Array.of(3, 4);
const origin = Float64Array.of(0, 0);
const bytes = new Uint8Array(100);
const pointer = UnsafePointer.create(4096);

// name, function, arguments as text, bytes per call that the result alone may take, and which
// element of an array of results is looked at
const rows = [
  ['nop', calls.symbols.nop, '', 0],
  ['two i32', calls.symbols.add_i32, 'i, 1', 0],
  ['two i32, strict', calls.symbols.strict_add, 'i, 1', 0],
  ['two i32, errno kept', calls.symbols.errno_add, 'i, 1', 0],
  ['two f64', calls.symbols.add_f64, 'i, 1.5', 0],
  ['bool', calls.symbols.less_f64, 'i, 1.5', 0],
  ['i53', calls.symbols.add_i53, 'i, 1', 0],
  ['buffer', buffers.symbols.sum_bytes, 'bytes, 4', 0],
  ['cstring', strings.symbols.string_length, '"hello world"', 0],
  ['variadic', variadic.symbols.variadic_sum, '2, i, 1', 0],
  ['two structs in', structs.symbols.distance, 'point, origin', 0],
  ['struct into an array', structs.symbols.midpoint, 'point, origin, bytes', 0],
  ['u64', calls.symbols.add_u64, '1n, 2n', 40],
  ['pointer', calls.symbols.echo_pointer, 'pointer', 64],
  ['struct as a new array', structs.symbols.midpoint, 'point, origin', 400],
  ['errno', outs.symbols.errno, 'i, 1', 0],
  ['throws errno', outs.symbols.throws, '1, i', 0],
  ['an out alone', outs.symbols.void_i32, 'i', 0],
  ['out i32', outs.symbols.put_i32, 'i', 0, 1],
  ['out i32 and f64', outs.symbols.put_two, '', 0, 1],
  // V8 14 makes an object of a double that is passed, or comes back, beside a buffer.
  ['f64 and out f64, and errno', outs.symbols.put_f64, 'i + 0.5', 16, 1],
  ['out i53', outs.symbols.put_i64, 'i', 0, 1],
  ['out bool', outs.symbols.put_bool, 'true', 0, 1],
  ['inout and out', outs.symbols.take_i32, 'i', 0, 1],
];
const CALLS = 20_000;

// Bytes that `run` leaves on the heap, garbage included.
function heapBytes(run) {
  collect();
  const before = v8.getHeapStatistics().used_heap_size;
  run();
  return v8.getHeapStatistics().used_heap_size - before;
}

for (const [name, f, text, limit, index] of rows) {
  const taken = index === undefined ? '' : `[${index}]`;
  test(`V8's heap: ${name}`, { skip: !fastTier && 'only the fast tier promises this' }, () => {
    // A result that were kept over the loop would be put on the heap by V8.
    const loop = site('n', `let hits = 0;
      for (let i = 0; i < n; i += 1) if (f(${text})${taken} === n) hits += 1;
      return hits;`, { f, bytes, point, origin, pointer });
    heat(loop, 100);
    // The measurement leaves something itself.
    const nothing = heapBytes(() => loop(0));
    const bytesPerCall = (heapBytes(() => loop(CALLS)) - nothing) / CALLS;
    assert.ok(bytesPerCall < limit + 1, `${bytesPerCall} bytes per call`);
  });
}

const Accessor = struct({
  x: 'f64', kind: { bits: 'u32', width: 5 }, on: 'bool', inner: struct({ y: 'i32' }),
});
test("V8's heap: fields of a struct", { skip: !fastTier && 'only the fast tier promises this' },
  () => {
    const value = new Accessor();
    const loop = site('n', `let hits = 0;
      for (let i = 0; i < n; i += 1) {
        value.x = i + 0.5;
        value.kind = i & 31;
        value.on = value.kind > 5;
        value.inner.y = i;
        if (value.x === n || (value.on && value.inner.y === n)) hits += 1;
      }
      return hits;`, { value });
    heat(loop, 100);
    const nothing = heapBytes(() => loop(0));
    const bytesPerRound = (heapBytes(() => loop(CALLS)) - nothing) / CALLS;
    assert.ok(bytesPerRound < 1, `${bytesPerRound} bytes`);
  });

const preload = nativePath('malloc_count');
const canPreload = existsSync(preload) && process.arch === 'x64';

const noPreload = (!canPreload && 'qemu passes no LD_PRELOAD on') ||
  (sanitized && 'the allocator is AddressSanitizer\'s');

test('the C library: ordinary calls', { skip: noPreload }, () => {
  const program = `
    import { createRequire } from 'node:module';
    const require = createRequire(${JSON.stringify(import.meta.url)});
    const { dlopen } = require(${JSON.stringify(packageFolder)});
    const { symbols: { allocations } } = dlopen(${JSON.stringify(preload)},
      { allocations: { parameters: [], result: 'u32' } });
    const Point = { struct: ['f64', 'f64'] };
    const { symbols: calls } = dlopen(${JSON.stringify(nativePath('calls'))}, {
      add_i32: { parameters: ['i32', 'i32'], result: 'i32' },
      add_f64: { parameters: ['f64', 'f64'], result: 'f64' },
      weigh12_i32: { parameters: Array(12).fill('i32'), result: 'i32' },
      sixteen: { name: 'nop', parameters: Array(16).fill('i64'), result: 'void' },
    });
    const { symbols: structs } = dlopen(${JSON.stringify(nativePath('structs'))},
      { distance: { parameters: [Point, Point], result: 'f64' } });
    const point = new Float64Array(2);
    const sixteen = Array(16).fill(1n);
    const twelve = Array(12).fill(1);
    const rows = {
      'two i32': () => calls.add_i32(1, 2),
      'two f64': () => calls.add_f64(1, 2),
      'twelve i32': () => calls.weigh12_i32(...twelve),
      'sixteen i64': () => calls.sixteen(...sixteen),
      'two structs': () => structs.distance(point, point),
    };
    for (const [name, run] of Object.entries(rows)) {
      %NeverOptimizeFunction(run);
      // Of some rounds the one with the fewest: in any of them V8 may add a page to its heap, or
      // collect, and what it notes of that is the C library's memory.
      const rounds = [];
      for (let round = 0; round < 5; round += 1) {
        const before = allocations();
        for (let i = 0; i < 1000; i += 1) run();
        rounds.push(allocations() - before);
      }
      console.log(name + ': ' + Math.min(...rounds));
    }`;
  const { stdout, stderr, status } = runNode(program, {
    flags: ['--no-opt', '--no-maglev', '--single-threaded'],
    env: { LD_PRELOAD: preload, SPRINGBOARD_TIER: 'ordinary' },
  });
  assert.equal(status, 0, stderr);
  assert.deepEqual(stdout.trim().split('\n'), ['two i32: 0', 'two f64: 0', 'twelve i32: 0',
    'sixteen i64: 0', 'two structs: 0']);
});
