// rows: what the JavaScript benchmark measures, one row per kind of call.
//
// A row names a function of native/calls.c with its types as Springboard spells them, and how a
// loop calls it: `step` is the loop's body, in which CALL stands for the call with `args`, and `x`
// carries the last result into the next call, from `start` on. `after` is what x is after ten
// steps, and `refuses` are arguments that must be refused: a runtime that does otherwise is not
// measured but reported. With `byPointer` the function is not called as the library's symbol, but
// as the pointer that its namesake with _pointer returns. Names other than x and i in `args` are
// made by the runtime's adapter (adapters/*.mjs). `per` says how many things one call does, where
// that is not one; `out` that the result is the array `out` itself; `gives` what a loop gives,
// where that is not x. A parameter { callback } takes a function for the call: runtimes that have
// no such thing make a callback for each call. A row without `symbol` calls no native function.
//
// Rows without `step` are measured in fresh processes (once.mjs); of these, rows with `threads`
// call on other threads or are called from them (threads.mjs).

const pair = { struct: ['f64', 'f64'] };
const repeat = (count, types) => Array.from({ length: count }, (_, i) => types[i % types.length]);

// How often the native function calls back in one call.
export const CALLS_BACK = 1000;

const scalars = [
  { id: 'nop', title: 'void nop()', symbol: 'bench_nop', parameters: [], result: 'void',
    args: '', step: 'CALL;' },
  { id: 'bool', title: 'bool not(bool)', symbol: 'bench_not', parameters: ['bool'],
    result: 'bool', args: 'x', step: 'x = CALL;', start: 'true', after: 'true' },
  { id: 'add_i32', title: 'i32 add(i32, i32)', symbol: 'bench_add_i32',
    parameters: ['i32', 'i32'], result: 'i32', args: 'x, i', step: 'x = CALL;', start: '0',
    after: '45' },
  { id: 'strict_i32', title: 'i32 add(i32, i32), strict', symbol: 'bench_add_i32', strict: true,
    parameters: ['i32', 'i32'], result: 'i32', args: 'x, i', step: 'x = CALL;', start: '0',
    after: '45', refuses: '2 ** 31, 1' },
  { id: 'add_f64', title: 'f64 add(f64, f64)', symbol: 'bench_add_f64',
    parameters: ['f64', 'f64'], result: 'f64', args: 'x, 1.5', step: 'x = CALL;', start: '0.5',
    after: '15.5' },
  { id: 'add_u64', title: 'u64 add(u64, u64), BigInt', symbol: 'bench_add_u64',
    parameters: ['u64', 'u64'], result: 'u64', args: 'x, 3n', step: 'x = CALL;',
    start: '2n ** 60n', after: '1152921504606847006' },
  { id: 'usize_number', title: 'u32 length(usize, u32), Number', symbol: 'bench_length',
    parameters: ['usize', 'u32'], result: 'u32', args: 'i, x', step: 'x = CALL;', start: '0',
    after: '45' },
  { id: 'errno', title: 'i32 add(i32, i32), errno kept', symbol: 'bench_add_i32', errno: true,
    parameters: ['i32', 'i32'], result: 'i32', args: 'x, i', step: 'x = CALL;', start: '0',
    after: '45' },
  { id: 'i53', title: 'i64 add(i64, i64), Numbers (i53)', symbol: 'bench_add_i64',
    parameters: ['i53', 'i53'], result: 'i53', args: 'x, 3', step: 'x = CALL;', start: '5',
    after: '35' },
  { id: 'pointer', title: 'pointer next(pointer)', symbol: 'bench_next',
    parameters: ['pointer'], result: 'pointer', args: 'x', step: 'x = CALL;', start: 'pointer' },
];

const byPointer = ['add_i32', 'add_f64', 'add_u64'].map((id) => {
  const row = scalars.find((scalar) => scalar.id === id);
  return { ...row, id: `pointer_${id}`, title: `${row.title}, by pointer`, byPointer: true };
});

const many = [
  { id: 'six_mixed', title: 'six mixed', symbol: 'bench_six_mixed',
    parameters: ['i32', 'f64', 'u32', 'f32', 'i32', 'f64'], result: 'f64',
    args: 'i, x, 3, 1.5, 7, 0.25', step: 'x = CALL;', start: '0.5', after: '163' },
  { id: 'twelve_i32', title: 'twelve i32', symbol: 'bench_twelve_i32',
    parameters: repeat(12, ['i32']), result: 'i32', args: 'x, i, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12',
    step: 'x = CALL;', start: '0', after: '795' },
  { id: 'nineteen_mixed', title: 'nineteen mixed', symbol: 'bench_nineteen_mixed',
    parameters: repeat(19, ['i32', 'f64']), result: 'f64',
    args: 'i, x, 3, 4.5, 5, 6.5, 7, 8.5, 9, 10.5, 11, 12.5, 13, 14.5, 15, 16.5, 17, 18.5, 19',
    step: 'x = CALL;', start: '0.5', after: '1955.5' },
  { id: 'variadic', title: 'f64 variadic(i32, ..., i32, f64)', symbol: 'bench_variadic',
    parameters: ['i32', '...', 'i32', 'f64'], result: 'f64', args: 'i, 3, x', step: 'x = CALL;',
    start: '0.5', after: '75.5' },
];

const memory = [
  { id: 'buffer_u32', title: 'buffer of 1 KiB, u32', symbol: 'bench_buffer_u32',
    parameters: ['buffer', 'u32'], result: 'u32', args: 'bytes, x', step: 'x = CALL;',
    start: '1', after: '11' },
  { id: 'buffer_f64', title: 'buffer of 1 KiB, f64', symbol: 'bench_buffer_f64',
    parameters: ['buffer', 'f64'], result: 'f64', args: 'bytes, x', step: 'x = CALL;',
    start: '0.5', after: '10.5' },
  { id: 'out_by_hand', title: 'i32 put(i32, i32 *), buffer by hand', symbol: 'bench_put_i32',
    parameters: ['i32', 'buffer'], result: 'i32', args: 'i, box',
    step: 'x = (x + CALL) | 0; x = (x + box[0]) | 0;', start: '0', after: '100' },
  { id: 'out', title: 'i32 put(i32, out i32)', symbol: 'bench_put_i32',
    parameters: ['i32', { out: 'i32' }], result: 'i32', args: 'i',
    step: '{ const [result, value] = CALL; x = (x + result) | 0; x = (x + value) | 0; }',
    start: '0', after: '100' },
  { id: 'c_string', title: 'u32 strlen(C string encoded before)', symbol: 'bench_strlen',
    parameters: ['buffer'], result: 'u32', args: 'text', step: 'x += CALL;', start: '0',
    after: '240' },
  { id: 'cstring_11', title: 'u32 strlen(cstring of 11 bytes)', symbol: 'bench_strlen',
    parameters: ['cstring'], result: 'u32', args: 'shortText', step: 'x += CALL;', start: '0',
    after: '110' },
  { id: 'cstring_200', title: 'u32 strlen(cstring of 200 bytes)', symbol: 'bench_strlen',
    parameters: ['cstring'], result: 'u32', args: 'longText', step: 'x += CALL;', start: '0',
    after: '2000' },
  { id: 'cstring_found', title: 'cstring strchr(cstring of 11 bytes, i32)', symbol: 'bench_find',
    parameters: ['cstring', 'i32'], result: 'cstring', args: 'shortText, 119',
    step: 'x += CALL.length;', start: '0', after: '50' },
  { id: 'structs_in', title: 'two 16-byte structs in', symbol: 'bench_pairs_in',
    parameters: [pair, pair], result: 'f64', args: 'a, b', step: 'x += CALL;', start: '0',
    after: '100' },
  { id: 'struct_new', title: 'two structs in, one out', symbol: 'bench_add_pairs',
    parameters: [pair, pair], result: pair, args: 'x, b', step: 'x = CALL;', start: 'a',
    after: '31,42' },
  { id: 'struct_out', title: 'two structs in, one into out', symbol: 'bench_add_pairs', out: true,
    parameters: [pair, pair], result: pair, args: 'a, b, out', step: 'x = CALL;', start: 'a',
    after: '4,6' },
];

// 16 structs { x: 'f64', y: 'f64' }, of which the first has 0 as x, the next 1, and so on.
const fields = [
  { id: 'field_read', title: 'read a field of a struct', step: 'x += points[i & 15].x;',
    start: '0', after: '45' },
  { id: 'field_write', title: 'write a field of a struct', step: 'points[i & 15].y = i + 0.5;',
    start: '0', gives: 'points[9].y', after: '9.5' },
];

const callbacks = [
  { id: 'callback', title: 'callback, per call back', symbol: 'bench_call_back',
    parameters: ['function', 'i32'], result: 'i32', args: `callback, ${CALLS_BACK}`,
    step: 'x = CALL;', start: '0', after: `${CALLS_BACK}`, per: CALLS_BACK, needsCallback: true },
  { id: 'qsort', title: 'transient callback in qsort of 10,000 numbers, per number',
    symbol: 'bench_sort', parameters: [{ callback: { parameters: ['i32', 'i32'], result: 'i32' } }],
    result: 'i32', args: 'compare', step: 'x = CALL;', start: '0', after: '8348397', per: 10_000,
    needsCallback: true },
];

const once = [
  { id: 'first_calls', title: 'first 1,000 calls of add(i32, i32)' },
  { id: 'open', title: 'open 1,000 symbols', unit: 'ms' },
  { id: 'open_and_call', title: 'open 1,000 symbols, call each once', unit: 'ms' },
  { id: 'memory', title: 'resident memory per symbol', unit: 'bytes' },
];

const threads = [
  { id: 'nonblocking', title: 'nonblocking add(i32, i32), each awaited', threads: true },
  { id: 'nonblocking_100', title: 'nonblocking add(i32, i32), 100 at once', threads: true },
  { id: 'foreign_callback', title: 'callback from a native thread', threads: true },
];

export const rows = [
  ...scalars, ...byPointer, ...many, ...memory, ...fields, ...callbacks, ...once, ...threads,
];
