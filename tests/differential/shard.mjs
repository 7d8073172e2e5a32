// shard: one process of the differential test: one part of it in one state. Started by
// differential.mjs with its options as JSON:
//
//   part      matrix, shapes or results
//   state     `fresh`, or `callback`, in which an UnsafeCallback exists: V8 14 then enters other
//             variants of the stubs, V8 13 none
//   training  what the matrix trains its call sites with
//   seed      of the sample that is taken unless `full` is set
//   only      the name of a value that is taken alone
//
// Prints what differs, and last, as JSON, how many cases, and groups of them, there were.

import { UnsafeCallback } from '../js/support.mjs';
import { Matrix } from './matrix.mjs';
import { results } from './results.mjs';
import { shapes } from './shapes.mjs';

const options = JSON.parse(process.argv[2]);
const MOST_PRINTED = 20;

// An xorshift32 generator: numbers from 0 up to, but not, 1.
let random = (options.seed >>> 0) || 1;
function next() {
  random ^= random << 13;
  random ^= random >>> 17;
  random ^= random << 5;
  return (random >>> 0) / 2 ** 32;
}
// A share of a list, in an order of its own; all of it if everything is asked for.
function take(list, share) {
  if (list.some(({ name }) => name === options.only)) {
    return list.filter(({ name }) => name === options.only);
  }
  const keys = new Map(list.map((each) => [each, next()]));
  const mixed = [...list].sort((a, b) => keys.get(a) - keys.get(b));
  return options.full ? mixed : mixed.filter(() => next() < share);
}

let cases = 0;
let differences = 0;
const groups = new Map();  // name -> whether all went well
function report(group, name, problem) {
  cases += 1;
  groups.set(group, (groups.get(group) ?? true) && problem === null);
  if (problem === null) return;
  differences += 1;
  if (differences <= MOST_PRINTED) console.log(`difference: ${group}, ${name}: ${problem}`);
}

async function matrix() {
  const made = new Matrix({ report, take, ...options });
  made.interpreted();
  made.baseline();
  made.optimised();
  made.wrappers();
  await made.nonblocking();
}

const callback = options.state === 'callback'
  ? new UnsafeCallback({ parameters: [], result: 'void' }, () => {}) : undefined;
await { matrix, results, shapes }[options.part]({ report, take, ...options });
callback?.close();
const passed = [...groups.values()].filter(Boolean).length;
console.log(JSON.stringify({ cases, differences, passed, failed: groups.size - passed }));
