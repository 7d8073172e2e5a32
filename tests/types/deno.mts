// deno: the global Deno of `springboard run`: the package's names are there, the same types.

import ffi from 'springboard-ffi';
import type * as types from 'springboard-ffi';
import { holds, type Same } from './same.mjs';

// Values.
holds<Same<typeof Deno.dlopen, typeof ffi.dlopen>>();
holds<Same<typeof Deno.UnsafePointer, typeof ffi.UnsafePointer>>();
holds<Same<typeof Deno.UnsafePointerView, typeof ffi.UnsafePointerView>>();
holds<Same<typeof Deno.UnsafeFnPointer, typeof ffi.UnsafeFnPointer>>();
holds<Same<typeof Deno.UnsafeCallback, typeof ffi.UnsafeCallback>>();
holds<Same<typeof Deno.errors.BadResource, typeof ffi.errors.BadResource>>();
holds<Same<typeof Deno.errors.NotCapable, typeof ffi.errors.NotCapable>>();

// Types.
type Parameters = readonly ['u8', 'pointer'];
type Function = Deno.ForeignFunction<Parameters, 'i32', true>;
type Library = { f: Function; s: Deno.ForeignStatic<'i32'> };
holds<Same<Function, types.ForeignFunction<Parameters, 'i32', true>>>();
holds<Same<Deno.ForeignLibraryInterface, types.ForeignLibraryInterface>>();
holds<Same<Deno.DynamicLibrary<Library>, types.DynamicLibrary<Library>>>();
holds<Same<Deno.StaticForeignLibraryInterface<Library>['s'], number>>();
holds<Same<Deno.StaticForeignSymbol<Library['s']>, number>>();
type Later = Function & { nonblocking: true };
holds<Same<Deno.StaticForeignSymbolReturnType<Later>, Promise<number>>>();
holds<Same<Deno.FromForeignFunction<Deno.ForeignFunction<[], 'bool', false>>, () => boolean>>();
holds<Same<Deno.ConditionalAsync<false, 1>, 1>>();
holds<Same<
  Deno.NativeType,
  | Deno.NativeNumberType | Deno.NativeBigIntType | Deno.NativeBooleanType
  | Deno.NativePointerType | Deno.NativeBufferType | Deno.NativeFunctionType
  | Deno.NativeStructType | types.NativeUnionType | types.NativeForm
>>();
holds<Same<Deno.NativeResultType, Deno.NativeType | Deno.NativeVoidType>>();
holds<Same<Deno.NativeU8Enum<1>, types.NativeU8Enum<1>>>();
holds<Same<Deno.NativeI8Enum<1>, types.NativeI8Enum<1>>>();
holds<Same<Deno.NativeU16Enum<1>, types.NativeU16Enum<1>>>();
holds<Same<Deno.NativeI16Enum<1>, types.NativeI16Enum<1>>>();
holds<Same<Deno.NativeU32Enum<1>, types.NativeU32Enum<1>>>();
holds<Same<Deno.NativeI32Enum<1>, types.NativeI32Enum<1>>>();
holds<Same<Deno.ToNativeType<'u8'>, number>>();
holds<Same<Deno.ToNativeResultType<'void'>, void>>();
holds<Same<Deno.ToNativeParameterTypes<Parameters>, readonly [number, Deno.PointerValue]>>();
holds<Same<Deno.FromNativeType<'i64'>, bigint>>();
holds<Same<Deno.FromNativeResultType<'f32'>, number>>();
holds<Same<Deno.FromNativeParameterTypes<Parameters>, readonly [number, Deno.PointerValue]>>();
holds<Same<Deno.PointerObject<1>, types.PointerObject<1>>>();
holds<Same<Deno.UnsafeCallbackFunction<['u8'], 'u8'>, (...args: [number]) => number>>();
type Typed = Deno.NativeTypedFunction<Deno.UnsafeCallbackDefinition<['u8'], 'u8'>>;
type TypedPointer = Deno.NativeTypedPointer<Deno.PointerObject<'window'>>;
holds<Same<Deno.ToNativeType<TypedPointer>, Deno.PointerObject<'window'> | null>>();

// A program.
const library = Deno.dlopen(new URL('file:///usr/lib/libexample.so'), {
  add: { parameters: ['i32', 'i32'], result: 'i32' },
  on: { parameters: ['function' as Typed], result: 'void' },
});
const callback: Deno.UnsafeCallback<Deno.UnsafeCallbackDefinition<['u8'], 'u8'>> =
  new Deno.UnsafeCallback({ parameters: ['u8'], result: 'u8' }, (value) => value);
library.symbols.on(callback.pointer);
try {
  library.symbols.add(1, 2).toFixed();
} catch (error) {
  if (error instanceof Deno.errors.BadResource) console.error(error.message);
}
const words: string[] = [...Deno.args, Deno.build.os, Deno.build.arch];
words.push(Deno.readTextFileSync(new URL('file:///etc/hostname')), Deno.env.get('HOME') ?? '');
const bytes = Deno.readFileSync('/etc/hostname');
holds<Same<typeof bytes, Uint8Array<ArrayBuffer>>>();
Deno.env.set('EXAMPLE', String(Deno.pid));
if (Deno.env.has('EXAMPLE')) Deno.env.delete('EXAMPLE');
holds<Same<ReturnType<typeof Deno.env.toObject>, { [key: string]: string }>>();
holds<Same<typeof Deno.build.target, string>>();
Deno.exitCode = 0;
const refusal: unknown = new Deno.errors.NotFound('no such file');
words.push(refusal instanceof Deno.errors.FilesystemLoop ? refusal.message : '');
const fail = (): string => Deno.exit(words.length);
fail();
