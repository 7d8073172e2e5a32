// script: what the embedding example runs, in a context that has `print` and `ffi` and nothing else
// of a host.
'use strict';

const { dlopen, UnsafeCallback, UnsafePointerView, errors } = ffi;

const comparison = { parameters: ['pointer', 'pointer'], result: 'i32' };
const sort = { parameters: ['buffer', 'usize', 'usize', 'function'], result: 'void' };
const libc = dlopen('libc.so.6', {
  abs: { parameters: ['i32'], result: 'i32' },
  strlen: { parameters: ['buffer'], result: 'usize' },
  div: { parameters: ['i32', 'i32'], result: { struct: ['i32', 'i32'] } },
  pipe: { parameters: ['buffer'], result: 'i32' },
  read: { parameters: ['i32', 'buffer', 'usize'], result: 'isize', nonblocking: true },
  write: { parameters: ['i32', 'buffer', 'usize'], result: 'isize' },
  close: { parameters: ['i32'], result: 'i32' },
  qsort: sort,
  qsortElsewhere: { ...sort, name: 'qsort', nonblocking: true },
});
const { abs, strlen, div, pipe, read, write, close, qsort, qsortElsewhere } = libc.symbols;

print(`abs(-7) = ${abs(-7)}`);
print(`strlen("native") = ${strlen(new Uint8Array([110, 97, 116, 105, 118, 101, 0]))}`);
const [quotient, remainder] = new Int32Array(div(47, 10).buffer);
print(`div(47, 10) = ${quotient}, ${remainder}`);

const numberAt = (pointer) => new UnsafePointerView(pointer).getInt32();
let comparisons = 0;
const ascending = new UnsafeCallback(comparison, (a, b) => {
  comparisons += 1;
  return numberAt(a) - numberAt(b);
});

function sorted(how) {
  const numbers = new Int32Array([5, -3, 9, 0, 7]);
  return [numbers, how(numbers, numbers.length, Int32Array.BYTES_PER_ELEMENT, ascending.pointer)];
}

const [here] = sorted(qsort);
print(`qsort with a callback: ${here}`);

try {
  dlopen('libm.so.6', {});
} catch (error) {
  print(`libm: ${error.name}: ${error.message}`);
}

// qsort knows nothing of exceptions and goes on comparing; what was thrown waits until it returns.
let thrown = false;
const failing = new UnsafeCallback(comparison, () => {
  if (thrown) return 0;
  thrown = true;
  throw new Error('from a comparison');
});
try {
  qsort(here, here.length, Int32Array.BYTES_PER_ELEMENT, failing.pointer);
} catch (error) {
  print(`qsort: ${error.message}`);
}
failing.close();

// read() blocks a thread of the pool until there is something to read.
async function talk() {
  const ends = new Int32Array(2);
  pipe(ends);
  const [output, input] = ends;
  const received = new Uint8Array(3);
  const reading = read(output, received, received.length);
  print('a native call waits on a thread of the pool');
  write(input, new Uint8Array([1, 2, 3]), 3);
  print(`it read ${await reading} bytes: ${received}`);
  close(output);
  close(input);
}

async function sortOnPool() {
  comparisons = 0;
  const [numbers, done] = sorted(qsortElsewhere);
  await done;
  print(`qsort on a thread of the pool: ${numbers}, calls back: ${comparisons > 0}`);
}

async function main() {
  await talk();
  await sortOnPool();
  ascending.close();
  libc.close();
  try {
    abs(1);
  } catch (error) {
    print(`after close: ${error instanceof errors.BadResource}`);
  }
}

main().catch((error) => print(`failed: ${error.stack}`));
