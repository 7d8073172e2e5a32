// variadic: types and values of calls whose prototypes end in "...".

import { dlopen, type PointerValue } from 'springboard-ffi';
import { holds, type Same } from './same.mjs';

const library = dlopen('libc.so.6', {
  print: { name: 'printf', parameters: ['cstring', '...', 'i32', 'f64'], result: 'i32' },
});
holds<Same<ReturnType<typeof library.symbols.print>, number>>();
library.symbols.print('%d %f', 1, 2.5);
// @ts-expect-error: a value for each type
library.symbols.print('%d %f', 1);

const print = library.variadic('printf', ['cstring'], 'i32');
const count = print('%d %s', 'i32', 1, 'cstring', 'text');
holds<Same<typeof count, number>>();
print('nothing');
print('%p %ld', 'pointer', null, 'long', 5n);
// @ts-expect-error: the value is no number
print('%d', 'i32', 'x');
// @ts-expect-error: a type without a value
print('%d', 'i32');
// @ts-expect-error: no such type
print('%d', 'int64', 4);
// @ts-expect-error: a format is a string
print(5);
// @ts-expect-error: what is fixed is missing
print();

const scan = library.variadic('sscanf', ['cstring', 'cstring'], 'i32');
const scanned = scan('1 2', '%d %ld', { out: 'i32' }, { out: 'i64' });
holds<Same<typeof scanned, [number, number, bigint]>>();
const both = scan('1', '%d', { inout: 'i32' }, 4);
holds<Same<typeof both, [number, number]>>();

const point = { struct: ['f64', 'f64'] } as const;
print('%p', point, new Float64Array(2), 'buffer', new Uint8Array(1), { enum: { A: 1 } }, 'A');
let number: number = 5;
print('%d', 'i32', number);
number = scan('1', 'text');

const later = library.variadic('printf', ['cstring'], 'i32', { nonblocking: true, errno: true });
const promised = later('%d', 'i32', 4);
holds<Same<typeof promised, Promise<{ result: number; errno: number }>>>();
const find = library.variadic('find', [{ out: 'u8' }], 'pointer', { throws: 'errno' });
const found = find('i32', 1);
holds<Same<typeof found, [PointerValue, number]>>();
// @ts-expect-error: no rule
library.variadic('printf', ['cstring'], 'i32', { optional: true });
