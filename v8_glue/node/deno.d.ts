// The global `Deno` of scripts that `springboard run` starts. Used by
// /// <reference types="springboard-ffi/deno" />

import * as ffi from './index.js';

declare global {
  namespace Deno {
    export import dlopen = ffi.dlopen;
    export import UnsafePointer = ffi.UnsafePointer;
    export import UnsafePointerView = ffi.UnsafePointerView;
    export import UnsafeFnPointer = ffi.UnsafeFnPointer;
    export import UnsafeCallback = ffi.UnsafeCallback;
    export import errors = ffi.errors;
    export type PointerObject<T = unknown> = ffi.PointerObject<T>;
    export type PointerValue<T = unknown> = ffi.PointerValue<T>;
    export type NativeType = ffi.NativeType;
    export type NativeResultType = ffi.NativeResultType;
    export type NativeStructType = ffi.NativeStructType;
    export type ForeignFunction = ffi.ForeignFunction;
    export type ForeignStatic = ffi.ForeignStatic;
    export type ForeignLibraryInterface = ffi.ForeignLibraryInterface;
    export type DynamicLibrary<S extends ffi.ForeignLibraryInterface> = ffi.DynamicLibrary<S>;

    const args: string[];
    const build: {
      readonly os: 'linux' | 'darwin' | 'windows';
      readonly arch: 'x86_64' | 'aarch64';
    };
  }
}
