// parse: C declarations as text.

import { dlopen, parse, type ParsedSource } from 'springboard-ffi';
import { holds, type Same } from './same.mjs';

const parsed = parse('int abs(int); enum color { RED };');
holds<Same<typeof parsed, ParsedSource>>();
holds<Same<(typeof parsed.constants)[string], number>>();
holds<Same<(typeof parsed.enums)[string], { [name: string]: number }>>();

// What was parsed is definitions like any.
const library = dlopen('libc.so.6', {
  ...parsed.symbols, labs: { parameters: ['i64'], result: 'i64' },
});
library.close();

// Text has no types: its symbols are anything.
const text = dlopen('libm.so.6', 'double hypot(double, double);', { strict: true });
holds<Same<typeof text.symbols, { [name: string]: any }>>();
const length: number = text.symbols.hypot(3, 4);
text.close();
export { length };

const computed: string = ['int ', 'abs(int);'].join('');
dlopen('libc.so.6', computed).close();

// Definitions give their symbols' types as ever.
const abs = dlopen('libc.so.6', { abs: { parameters: ['i32'], result: 'i32' } }).symbols.abs(-3);
holds<Same<typeof abs, number>>();
