// names: the types that Deno's programs name themselves: conversions, enums, definitions by their
// type parameters.

import { dlopen, errors } from 'springboard-ffi';
import type * as ffi from 'springboard-ffi';
import { holds, type Same } from './same.mjs';

// Conversions, each way.
type Bytes = ArrayBufferLike | ArrayBufferView;
holds<Same<ffi.BufferLike, Bytes>>();
holds<Same<ffi.ToNativeType<'u8' | 'f64' | 'i53'>, number>>();
holds<Same<ffi.ToNativeType<'u64'>, number | bigint>>();
holds<Same<ffi.ToNativeType<'bool'>, boolean>>();
holds<Same<ffi.ToNativeType<'pointer'>, ffi.PointerValue>>();
holds<Same<ffi.ToNativeType<'buffer'>, Bytes | null>>();
holds<Same<ffi.ToNativeType<{ struct: ['u8'] }>, Bytes>>();
holds<Same<ffi.ToNativeResultType<'void'>, void>>();
holds<Same<ffi.ToNativeResultType<'buffer'>, Bytes | ffi.PointerValue>>();
holds<Same<ffi.ToNativeParameterTypes<['u8', 'bool']>, [number, boolean]>>();
holds<Same<ffi.ToNativeParameterTypes<readonly ['u8']>, readonly [number]>>();
holds<Same<ffi.ToNativeParameterTypes<'u8'[]>, number[]>>();
holds<Same<ffi.FromNativeType<'u8' | 'f64' | 'u53'>, number>>();
holds<Same<ffi.FromNativeType<'usize'>, bigint>>();
holds<Same<ffi.FromNativeType<'buffer'>, ffi.PointerValue>>();
holds<Same<ffi.FromNativeType<{ struct: ['u8'] }>, Uint8Array<ArrayBuffer>>>();
holds<Same<ffi.FromNativeResultType<'void'>, void>>();
holds<Same<ffi.FromNativeParameterTypes<['i64', 'pointer']>, [bigint, ffi.PointerValue]>>();
holds<Same<
  ffi.FromNativeType,
  | number | bigint | boolean | ffi.PointerValue | Uint8Array<ArrayBuffer> | object
  | string | ffi.NativePointer | ffi.ReceivedCType<ffi.NativeCType>
>>();

// Enums: a parameter and a result that are one.
const Color = { red: 0, green: 1 } as const;
type Color = (typeof Color)[keyof typeof Color];
const color = 'u8' as ffi.NativeU8Enum<Color>;
const { symbols } = dlopen('libexample.so', {
  mix: { parameters: [color, color], result: color },
  plain: { parameters: ['u8'], result: 'u8' },
});
holds<Same<typeof symbols.mix, (...args: readonly [Color, Color]) => Color>>();
symbols.plain(symbols.mix(Color.red, 1));
holds<Same<ffi.ToNativeType<ffi.NativeI8Enum<-1 | 1>>, -1 | 1>>();
holds<Same<ffi.ToNativeResultType<ffi.NativeU16Enum<1>>, 1>>();
holds<Same<ffi.FromNativeType<ffi.NativeI16Enum<1>>, 1>>();
holds<Same<ffi.FromNativeResultType<ffi.NativeU32Enum<1>>, 1>>();
holds<Same<ffi.FromNativeParameterTypes<[ffi.NativeI32Enum<1 | 2>]>, [1 | 2]>>();
const types: ffi.NativeType[] = [color, 'u53', { struct: [color, { struct: ['pointer'] }] }];
const results: ffi.NativeResultType[] = [...types, 'void'];
void results;

// Definitions by type parameters.
type Add = ffi.ForeignFunction<['i32', 'i32'], 'i32', false>;
type AddLater = ffi.ForeignFunction<['i32', 'i32'], 'i32', true> & { nonblocking: true };
const add: Add = { parameters: ['i32', 'i32'], result: 'i32' };
add.name = 'add_i32';
const count: ffi.ForeignStatic<'i32'> = { type: 'i32' };
const library: ffi.DynamicLibrary<{ add: Add; count: typeof count }> =
  dlopen('libexample.so', { add, count });
const three: number = library.symbols.add(1, 2) + library.symbols.count;
holds<Same<ffi.StaticForeignSymbol<Add>, (...args: [number, number]) => number>>();
holds<Same<ffi.StaticForeignSymbol<typeof count>, number>>();
holds<Same<ffi.FromForeignFunction<AddLater>, (...args: [number, number]) => Promise<number>>>();
holds<Same<ffi.StaticForeignSymbolReturnType<Add>, number>>();
holds<Same<ffi.ConditionalAsync<true, null>, Promise<null>>>();
holds<Same<ffi.ConditionalAsync<undefined, null>, null>>();
holds<Same<
  ffi.StaticForeignLibraryInterface<{ readonly a: { readonly type: 'u8'; optional: true } }>,
  { readonly a: number | null }
>>();

// A function that takes any definitions, as wrappers around dlopen() do.
function openFirst<const S extends ffi.ForeignLibraryInterface>(paths: string[], definitions: S) {
  const [path] = paths;
  if (path === undefined) throw new errors.NotCapable(`no library has ${Object.keys(definitions)}`);
  return dlopen(path, definitions);
}
const first = openFirst(['a', 'b'], { f: { parameters: ['u8'], result: 'bool' } });
holds<Same<typeof first.symbols.f, (...args: readonly [number]) => boolean>>();

function closed(error: unknown): string {
  return error instanceof errors.BadResource ? error.message : String(three);
}
closed(new errors.BadResource('closed') satisfies Error);

// What is known of a C++ exception.
declare const thrown: unknown;
const cxxError = thrown as ffi.CxxError;
holds<Same<typeof cxxError.cxxType, string | null>>();
holds<Same<typeof cxxError.what, string | null>>();
cxxError satisfies Error;
