// forms: the functions of the matrix, one for each type, plain and strict, with each way that a
// wrapper can be written (a result, none, `leaf`), how their call sites are trained, and which
// values V8 passes to their stub in optimised code.

import { UnsafePointer } from '../js/support.mjs';
import { trainings } from './trainings.mjs';

export const structs = {
  small: { size: 4, struct: ['u8', 'u8', 'u16'] },
  pair: { size: 16, struct: ['f64', 'i64'] },
  large: { size: 24, struct: ['i64', 'i64', 'i64'] },
};

const integers = ['i8', 'u8', 'i16', 'u16', 'i32', 'u32'];
export const bigIntegers = ['i64', 'u64', 'isize', 'usize'];
const isInteger = (type) => [...integers, ...bigIntegers].includes(type);
const types = ['bool', ...integers, ...bigIntegers, 'i53', 'u53', 'f32', 'f64', 'pointer',
  'function', 'buffer', ...Object.keys(structs)];
export const definitionOf = (type) => (type in structs ? { struct: structs[type].struct } : type);

const nativeName = (type, kind) => {
  if (type in structs && kind === 'void') return `mark_${type}`;
  if (['pointer', 'function', 'buffer'].includes(type)) return 'see_pointer';
  const plain = { isize: 'i64', usize: 'u64', i53: 'i64', u53: 'u64' }[type];
  return `see_${plain ?? type}`;
};

const kinds = ['echo', 'void', 'leaf'];

// { name, type, strict, kind, definition }
const forms = kinds.flatMap((kind) => [false, true].flatMap((strict) => types.map((type) => ({
  name: `${type} ${strict ? 'strict' : 'plain'} ${kind}`, type, strict, kind,
  definition: {
    name: nativeName(type, kind), parameters: [definitionOf(type)],
    result: kind === 'void' ? 'void' : definitionOf(type), strict, leaf: kind === 'leaf',
  },
}))));

const offHeap = new Uint8Array(128);
const oddballs = [true, undefined, null, false];
const basic = {
  number: [[1, 2, 3], [1.5, 2.5, -0.5], oddballs],
  bigint: [[1, 2, 3], [1n, 2n ** 40n, -1n], oddballs],
  bool: [[true, false], [true], [1, undefined, null]],
  pointer: [[UnsafePointer.create(16n), UnsafePointer.create(32n)], [null], [1, undefined, {}]],
  buffer: [[offHeap, new DataView(offHeap.buffer)], [null], [1, undefined, {}]],
  struct: [[offHeap, new Uint8Array(offHeap.buffer, 8, 40)], [offHeap.buffer],
    [null, undefined, new Uint8Array(1)]],
};
function classOf(type) {
  if (type in structs) return 'struct';
  if (bigIntegers.includes(type)) return 'bigint';
  if (type === 'function') return 'pointer';
  return type in basic ? type : 'number';
}

// Arguments for training. Some of them are in range of every integer type.
export function trainingOf(type, training) {
  const lists = basic[classOf(type)];
  return training === 'mixed' ? lists.flat() : lists[trainings.indexOf(training)];
}
// An argument that every form of the type takes.
export const validFor = (type) => basic[classOf(type)][0][0];

// The forms that differ most with each training, and all with the last.
export const formsOf = (training) => (training === 'mixed' ? forms : forms.filter(
  (form) => form.kind === 'echo' && (!form.strict || isInteger(form.type))));
