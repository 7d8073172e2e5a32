// structs: buffers in, a Uint8Array out, or the array that the caller gave.

import { dlopen, UnsafeFnPointer, UnsafePointer } from 'springboard-ffi';
import type { BufferLike, NativeStructType } from 'springboard-ffi';
import { holds, type Same } from './same.mjs';

const Point = { struct: ['f64', 'f64'] } as const;
const Line = { struct: [Point, Point] } as const;
const named: NativeStructType = Line;

const { symbols } = dlopen('libexample.so', {
  length: { parameters: [Line], result: 'f64' },
  middle: { parameters: [Line], result: Point },
  origin: { parameters: [], result: Point },
  laterMiddle: { parameters: [Line], result: Point, nonblocking: true },
  maybeOrigin: { parameters: [], result: Point, optional: true },
  inPlace: { parameters: [{ struct: ['i32'] }], result: { struct: ['i32', named] } },
});

const bytes = new Uint8Array(32);
const doubles = new Float64Array(4);
const shared = new Uint8Array(new SharedArrayBuffer(32));
holds<Same<typeof symbols.length, (...args: readonly [BufferLike]) => number>>();
symbols.length(bytes);
symbols.length(bytes.buffer);
symbols.length(shared);
symbols.length(shared.buffer);

const made = symbols.middle(doubles);
holds<Same<typeof made, Uint8Array<ArrayBuffer>>>();
const filled = symbols.middle(doubles, doubles);
holds<Same<typeof filled, Float64Array<ArrayBuffer>>>();
const sharedOut = symbols.origin(shared);
holds<Same<typeof sharedOut, Uint8Array<SharedArrayBuffer>>>();
const later = symbols.laterMiddle(doubles);
holds<Same<typeof later, Promise<Uint8Array<ArrayBuffer>>>>();
const laterFilled = symbols.laterMiddle(doubles, bytes.buffer);
holds<Same<typeof laterFilled, Promise<ArrayBuffer>>>();
const maybe = symbols.maybeOrigin?.();
holds<Same<typeof maybe, Uint8Array<ArrayBuffer> | undefined>>();
symbols.inPlace(bytes).byteLength.toFixed();

// What the function takes and returns is what it does without `out`.
holds<Same<Parameters<typeof symbols.middle>, [BufferLike]>>();
holds<Same<ReturnType<typeof symbols.middle>, Uint8Array<ArrayBuffer>>>();
const plain: (line: BufferLike) => Uint8Array<ArrayBuffer> = symbols.middle;
plain(bytes);

// With an unknown number of parameters, the last one is no `out`.
const points: (typeof Point)[] = [Point];
const open = dlopen('a', { f: { parameters: points, result: Point } });
const opened = open.symbols.f(doubles, doubles);
holds<Same<typeof opened, Uint8Array<ArrayBuffer>>>();

const pointer = UnsafePointer.create(1n);
if (pointer !== null) {
  const middle = new UnsafeFnPointer(pointer, { parameters: [Line], result: Point });
  const result = middle.call(bytes, doubles);
  holds<Same<typeof result, Float64Array<ArrayBuffer>>>();
}
