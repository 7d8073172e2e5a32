// symbols: what dlopen() makes of definitions: parameters and results of each symbol.

import { dlopen } from 'springboard-ffi';
import type {
  BufferLike, DynamicLibrary, ForeignLibraryInterface, PointerObject, PointerValue,
} from 'springboard-ffi';
import { holds, type Same } from './same.mjs';

// Written in the call, without `as const`.
const { symbols } = dlopen('libexample.so', {
  numbers: { parameters: ['u8', 'i8', 'u16', 'i16', 'u32', 'i32', 'f32', 'f64'], result: 'i32' },
  exact: { parameters: ['i53', 'u53'], result: 'i53' },
  big: { parameters: ['u64', 'i64', 'usize', 'isize'], result: 'usize' },
  flag: { parameters: ['bool'], result: 'bool' },
  addresses: { parameters: ['pointer', 'buffer', 'function'], result: 'pointer' },
  bytes: { parameters: [], result: 'buffer' },
  callee: { parameters: [], result: 'function' },
  nothing: { parameters: [], result: 'void' },
  renamed: { name: 'other', parameters: ['i32'], result: 'void', leaf: true, strict: true,
    memory: 'strict' },
  throwing: { parameters: ['i32'], result: 'f64', cxx: true },
  later: { parameters: ['i32'], result: 'f64', nonblocking: true },
  laterNothing: { parameters: [], result: 'void', nonblocking: true },
  now: { parameters: [], result: 'f64', nonblocking: false },
  maybe: { parameters: [], result: 'i32', optional: true },
  surely: { parameters: [], result: 'i32', optional: false },
  number: { type: 'i32' },
  bigNumber: { type: 'u64' },
  place: { type: 'pointer' },
  maybePlace: { name: 'environ', type: 'pointer', optional: true },
  maybeNumber: { type: 'f64', optional: true },
});

type Numbers =
  readonly [number, number, number, number, number, number, number, number];
holds<Same<typeof symbols.numbers, (...args: Numbers) => number>>();
holds<Same<typeof symbols.exact, (...args: readonly [number, number]) => number>>();
type Big = number | bigint;
holds<Same<typeof symbols.big, (...args: readonly [Big, Big, Big, Big]) => bigint>>();
holds<Same<typeof symbols.flag, (...args: readonly [boolean]) => boolean>>();
holds<Same<
  typeof symbols.addresses,
  (...args: readonly [PointerValue, BufferLike | null, PointerValue]) => PointerValue
>>();
holds<Same<typeof symbols.bytes, () => PointerValue>>();
holds<Same<typeof symbols.callee, () => PointerValue>>();
holds<Same<typeof symbols.nothing, () => void>>();
holds<Same<typeof symbols.renamed, (...args: readonly [number]) => void>>();
holds<Same<typeof symbols.throwing, (...args: readonly [number]) => number>>();
holds<Same<typeof symbols.later, (...args: readonly [number]) => Promise<number>>>();
holds<Same<typeof symbols.laterNothing, () => Promise<void>>>();
holds<Same<typeof symbols.now, () => number>>();
holds<Same<typeof symbols.maybe, (() => number) | null>>();
holds<Same<typeof symbols.surely, () => number>>();
holds<Same<typeof symbols.number, number>>();
holds<Same<typeof symbols.bigNumber, bigint>>();
holds<Same<typeof symbols.place, PointerValue>>();
holds<Same<typeof symbols.maybePlace, PointerValue>>();
holds<Same<typeof symbols.maybeNumber, number | null>>();

// Calls as programs write them.
const sum: number = symbols.numbers(1, -1, 1, -1, 1, -1, 0.5, 0.5);
const address: PointerObject | null =
  symbols.addresses(symbols.place, new Float64Array(sum), symbols.callee());
symbols.addresses(address, new SharedArrayBuffer(8), null);
symbols.addresses(null, new Uint8Array(new SharedArrayBuffer(8)), null);
symbols.addresses(null, new DataView(new ArrayBuffer(8)), null);
symbols.big(1, 2n, 3, 4n).toString(16);
symbols.maybe?.();
const arrow: (a: number) => Promise<number> = symbols.later;
const { nothing, maybe = null } = symbols;
if (maybe !== null) nothing();
void arrow;

// Made before, `as const`: the same types.
const definitions = {
  add: { parameters: ['i32', 'i32'], result: 'i32' },
  wait: { parameters: ['u32'], result: 'void', nonblocking: true },
  maybe: { parameters: [], result: 'u64', optional: true },
  count: { type: 'i64' },
} as const;
const library = dlopen({ protocol: 'file:', hostname: '', pathname: '/a' }, definitions);
const strict = dlopen('a', definitions, { strict: true, memory: 'strict', cxx: true });
holds<Same<typeof library, DynamicLibrary<typeof definitions>>>();
holds<Same<typeof strict, typeof library>>();
holds<Same<typeof library.symbols.add, (...args: readonly [number, number]) => number>>();
holds<Same<typeof library.symbols.wait, (...args: readonly [number]) => Promise<void>>>();
holds<Same<typeof library.symbols.maybe, (() => bigint) | null>>();
holds<Same<typeof library.symbols.count, bigint>>();
library.close();

// Definitions that are only known when the program runs.
const growing: ForeignLibraryInterface = {};
growing['f'] = { parameters: ['i32'], result: 'i32' };
const anything: DynamicLibrary<ForeignLibraryInterface> = dlopen('a', growing);
anything.close();
const parameters: ('i32' | 'u64')[] = ['i32'];
const open = dlopen('a', { f: { parameters, result: 'i32' } });
holds<Same<typeof open.symbols.f, (...args: Big[]) => number>>();
declare const nonblocking: boolean;
const either = dlopen('a', { f: { parameters: [], result: 'i32', nonblocking } });
holds<Same<typeof either.symbols.f, () => number | Promise<number>>>();
