// callbacks: UnsafeCallback's function, its pointer, and functions that take that pointer only.

import { dlopen, UnsafeCallback } from 'springboard-ffi';
import type {
  BufferLike, NativeTypedFunction, PointerObject, PointerValue, UnsafeCallbackDefinition,
  UnsafeCallbackFunction,
} from 'springboard-ffi';
import { holds, type Same } from './same.mjs';

// Parameters of the function are known without annotations.
const Pair = { struct: ['i32', 'i32'] } as const;
const mixed = new UnsafeCallback(
  {
    parameters: ['u8', 'i53', 'u64', 'bool', 'f32', 'pointer', 'buffer', 'function', Pair],
    result: 'void',
  },
  (byte, exact, big, flag, single, pointer, buffer, function_, pair) => {
    holds<Same<typeof byte, number>>();
    holds<Same<typeof exact, number>>();
    holds<Same<typeof big, bigint>>();
    holds<Same<typeof flag, boolean>>();
    holds<Same<typeof single, number>>();
    holds<Same<typeof pointer, PointerValue>>();
    holds<Same<typeof buffer, PointerValue>>();
    holds<Same<typeof function_, PointerValue>>();
    holds<Same<typeof pair, Uint8Array<ArrayBuffer>>>();
  },
);
const counts: number = mixed.ref() + mixed.unref();
mixed.callback(counts, 1, 1n, true, 0.5, null, null, null, new Uint8Array(8));
mixed.close();

// Results.
new UnsafeCallback({ parameters: [], result: 'u64' }, () => 1n);
new UnsafeCallback({ parameters: [], result: 'u64' }, () => 1);
new UnsafeCallback({ parameters: [], result: 'i32', strict: true }, () => 1);
new UnsafeCallback({ parameters: [], result: 'bool' }, () => true);
new UnsafeCallback({ parameters: [], result: 'pointer' }, () => null);
new UnsafeCallback({ parameters: [], result: 'buffer' }, () => new Uint8Array(1));
new UnsafeCallback({ parameters: [], result: Pair }, () => new Int32Array(2));
new UnsafeCallback({ parameters: ['i32', 'i32'], result: 'void' }, (first) => void first);

// threadSafe() infers the same.
const increment = UnsafeCallback.threadSafe(
  { parameters: ['i32'], result: 'i32' },
  (value) => value + 1,
);
type Increment = { readonly parameters: readonly ['i32']; readonly result: 'i32' };
holds<Same<typeof increment, UnsafeCallback<Increment>>>();
holds<Same<typeof increment.pointer, PointerObject<Increment>>>();
holds<Same<typeof increment.definition, Increment>>();

// A parameter that takes the pointer of such a callback only.
const incrementType = 'function' as NativeTypedFunction<Increment>;
const { symbols } = dlopen('libexample.so', {
  setCallback: { parameters: [incrementType], result: incrementType },
  setAny: { parameters: ['function'], result: 'void' },
});
symbols.setCallback(increment.pointer);
symbols.setCallback(null);
symbols.setAny(increment.pointer);
const previous = symbols.setCallback(increment.pointer);
holds<Same<typeof previous, PointerValue<Increment>>>();

// Functions and definitions written apart.
const compare: UnsafeCallbackFunction<['pointer', 'pointer'], 'i32'> =
  (a, b) => Number(a === b);
const definition: UnsafeCallbackDefinition<['pointer', 'pointer'], 'i32'> =
  { parameters: ['pointer', 'pointer'], result: 'i32' };
const sorter: UnsafeCallback<typeof definition> = new UnsafeCallback(definition, compare);
sorter.close();
holds<Same<UnsafeCallbackFunction<[], 'void'>, () => void>>();
holds<Same<UnsafeCallbackFunction<[], typeof Pair>, () => BufferLike>>();
