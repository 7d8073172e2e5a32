// references: functions, objects and pointers to one kind of thing, and memory.

import {
  alloc, copy, dlopen, read, release, toArrayBuffer, view, write,
  type Memory, type NativePointer, type NativeUserdataType, type PointerObject, type PointerValue,
} from 'springboard-ffi';
import { holds, type Same } from './same.mjs';

const compare = { parameters: ['pointer', 'pointer'], result: 'i32' } as const;
const database = { pointer: 'sqlite3', free: 'sqlite3_close_v2' } as const;

interface Listener {
  count: number;
}
const listening = { userdata: true, keep: true } as NativeUserdataType<Listener>;

const { symbols } = dlopen('libexample.so', {
  qsort: { parameters: ['buffer', 'usize', 'usize', { callback: compare }], result: 'void' },
  on: {
    parameters: [
      { callback: { parameters: [listening, 'i32'], result: 'bool' }, keep: true },
      listening,
    ],
    result: { callback: compare },
  },
  open: { parameters: ['buffer'], result: database },
  later: { parameters: ['buffer'], result: database, nonblocking: true },
  changes: { parameters: [{ pointer: 'sqlite3' }], result: 'i32' },
  reset: { parameters: [{ pointer: 'sqlite3_stmt' }], result: 'i32' },
});

symbols.qsort(new Int32Array(4), 4, 4, (a, b) => {
  holds<Same<typeof a, PointerValue>>();
  return read(a!, 'i32') - read(b!, 'i32');
});
symbols.qsort(null, 0, 0, null);
// @ts-expect-error: a comparison gives a number
symbols.qsort(null, 0, 0, () => 'x');
// @ts-expect-error: no function
symbols.qsort(null, 0, 0, 1);

const listener = { count: 0 };
const old = symbols.on((data, value) => data?.count === value, listener);
holds<Same<typeof old, PointerValue>>();
holds<Same<ReturnType<typeof release>, boolean>>();
release(listener);
// @ts-expect-error: an object, or null
symbols.on(null, 5);
// @ts-expect-error: another object
symbols.on(null, { size: 1 });
const carried = read(new Uint8Array(8), { userdata: true });
holds<Same<typeof carried, object | null>>();

const opened = symbols.open(null);
holds<Same<typeof opened, NativePointer<'sqlite3'> | null>>();
holds<Same<ReturnType<typeof symbols.later>, Promise<NativePointer<'sqlite3'> | null>>>();
symbols.changes(opened);
symbols.changes(null);
opened?.free();
// @ts-expect-error: another brand
symbols.reset(opened);
// @ts-expect-error: an address has no brand
symbols.changes(opened!.pointer);

const memory = alloc('i32', 4);
holds<Same<typeof memory, Memory>>();
holds<Same<typeof memory.pointer, PointerObject>>();
const number = read(memory, 'i32', 4);
holds<Same<typeof number, number>>();
const big = read(memory.pointer, 'u64');
holds<Same<typeof big, bigint>>();
const branded = read(memory, { pointer: 'sqlite3' });
holds<Same<typeof branded, NativePointer<'sqlite3'> | null>>();
write(memory, 'u64', 5);
write(memory, { enum: { A: 1 } }, 'A', 8);
// @ts-expect-error: no number
write(memory, 'i32', 'x');
// @ts-expect-error: no such type
read(memory, 'int64');
view(memory).fill(0);
view(memory.pointer, 4);
// @ts-expect-error: nobody knows how long it is
view(memory.pointer);
copy(memory, new Uint8Array(4), 4);
const buffer = toArrayBuffer(memory.pointer, 4, (pointer) => {
  holds<Same<typeof pointer, PointerObject>>();
});
holds<Same<typeof buffer, ArrayBuffer>>();
