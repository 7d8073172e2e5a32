// parse: C declarations as text.

import {
  dlopen, parse, type BufferLike, type ParsedSource, type PointerValue,
} from 'springboard-ffi';
import { holds, type Same } from './same.mjs';

const computed: string = ['int ', 'abs(int);'].join('');
const parsed = parse(computed);
holds<Same<typeof parsed.symbols, ParsedSource['symbols']>>();
holds<Same<(typeof parsed.types)[string], any>>();
holds<Same<(typeof parsed.constants)[string], number>>();
holds<Same<(typeof parsed.enums)[string], { [name: string]: number }>>();

// What was parsed is definitions like any.
const library = dlopen('libc.so.6', {
  ...parsed.symbols, labs: { parameters: ['i64'], result: 'i64' },
});
library.close();

// Plain prototypes of a literal have types.
const definitions = parse('double hypot(double x, double y); int puts(const char *);').symbols;
holds<Same<typeof definitions.hypot,
  { readonly parameters: ['f64', 'f64']; readonly result: 'f64' }>>();
const { hypot, puts } = dlopen('libc.so.6', {
  ...definitions, puts: { ...definitions.puts, nonblocking: true },
}).symbols;
holds<Same<typeof hypot, (x: number, y: number) => number>>();
holds<Same<ReturnType<typeof puts>, Promise<number>>>();
const { symbols } = dlopen('libc.so.6', `
  extern double hypot(double x, double y);
  int  abs(int); long labs(long value);
  unsigned char byte_of(const unsigned char *bytes, size_t count);
  const char *strerror(int); char *strdup(const char *restrict text);
  void *malloc(size_t); void free(void *); FILE *fopen(const char *path, const char *mode);
  int fclose(FILE *); void nothing(void); char **list();
  struct opaque *open_it(const struct opaque *from, double *out);
  pid_t getpid(void); int printf(const char *, ...); _Bool is(_Bool yes);
`);
holds<Same<typeof symbols.hypot, (x: number, y: number) => number>>();
holds<Same<typeof symbols.abs, (x: number) => number>>();
holds<Same<typeof symbols.labs, (x: number | bigint) => bigint>>();
holds<Same<ReturnType<typeof symbols.byte_of>, number>>();
holds<Same<Parameters<typeof symbols.byte_of>[0], BufferLike | null>>();
holds<Same<typeof symbols.strerror, (code: number) => string | null>>();
holds<Same<Parameters<typeof symbols.strdup>[0], string | null>>();
holds<Same<ReturnType<typeof symbols.strdup>, PointerValue>>();
holds<Same<ReturnType<typeof symbols.malloc>, PointerValue>>();
holds<Same<typeof symbols.nothing, () => void>>();
holds<Same<ReturnType<typeof symbols.list>, PointerValue>>();
holds<Same<typeof symbols.is, (yes: boolean) => boolean>>();
const file: PointerValue = symbols.fopen('a', 'r');
const closed: number = symbols.fclose(file);
const opened: PointerValue = symbols.open_it(null, new Float64Array(1));
holds<Same<typeof symbols.getpid, () => number>>();
holds<Same<typeof symbols.printf, (format: string | null) => number>>();
// @ts-expect-error: a string for a number
symbols.abs('1');
// @ts-expect-error: one argument too few
symbols.hypot(1);
// @ts-expect-error: no such function
symbols.none();
export { closed, opened };

dlopen('libc.so.6', computed).close();

// Definitions give their symbols' types as ever.
const abs = dlopen('libc.so.6', { abs: { parameters: ['i32'], result: 'i32' } }).symbols.abs(-3);
holds<Same<typeof abs, number>>();
