// c_types: C's own types, and what their values are.

import { dlopen, type NativeAggregateType, UnsafeCallback } from 'springboard-ffi';
import { holds, type Same } from './same.mjs';

const Header = {
  struct: ['int', { bits: 'u8', width: 3 }, { array: { array: 'f32', length: 2 }, length: 2 }],
  packed: true,
  align: 8,
} as const;
const Number64 = { union: ['i64', 'f64', Header] } as const;
const flexible: NativeAggregateType = { struct: ['u16', { array: 'u32' }] };

const { symbols } = dlopen('libexample.so', {
  names: { parameters: ['int', 'long', '_Bool', 'size_t', 'long double', 'i128'], result: 'long' },
  half: { parameters: ['f16'], result: 'u128' },
  header: { parameters: [Header, Number64], result: Number64 },
  multiply: { parameters: [{ complex: 'f64' }], result: { complex: 'f64' } },
  shuffle: { parameters: [{ vector: 'f32', length: 4 }], result: { vector: 'f32', length: 4 } },
  errors: { type: 'int' },
});

const named = symbols.names(1, 2n, true, 3, 0.5, 4n);
holds<Same<typeof named, bigint>>();
holds<Same<Parameters<typeof symbols.names>[1], number | bigint>>();
holds<Same<ReturnType<typeof symbols.half>, bigint>>();
holds<Same<typeof symbols.errors, number>>();
const bytes = symbols.header(new Uint8Array(32), new ArrayBuffer(32));
holds<Same<typeof bytes, Uint8Array<ArrayBuffer>>>();
const out = symbols.header(new Uint8Array(32), new Uint8Array(32), new Float64Array(4));
holds<Same<typeof out, Float64Array<ArrayBuffer>>>();
const product = symbols.multiply([1, 2]);
holds<Same<typeof product, [re: number, im: number]>>();
const shuffled = symbols.shuffle(new Float32Array(4));
holds<Same<typeof shuffled, Float32Array<ArrayBuffer>>>();
// @ts-expect-error: no boolean
symbols.names(1, 2n, 1, 3, 0.5, 4n);
// @ts-expect-error: one number only
symbols.multiply([1]);
// @ts-expect-error: another typed array
symbols.shuffle(new Float64Array(4));
// @ts-expect-error: arrays are members only
dlopen('libexample.so', { f: { parameters: [{ array: 'u8', length: 2 }], result: 'void' } });
// @ts-expect-error: no bit-field of a float
const floats: NativeAggregateType = { struct: [{ bits: { struct: ['f32'] }, width: 2 }] };
new UnsafeCallback({ parameters: [{ complex: 'f32' }, 'long'], result: 'i128' },
  ([re, im], long) => long + BigInt(re * im));
void [flexible, floats];
