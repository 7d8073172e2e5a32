// The global `Deno` of scripts that `springboard run` starts, for
//
//   /// <reference types="springboard-ffi/deno" />
//
// or for "types": ["springboard-ffi/deno"] in tsconfig.json. What is not here is undefined there.

import * as ffi from './index.js';

declare global {
  namespace Deno {
    export import dlopen = ffi.dlopen;
    export import UnsafePointer = ffi.UnsafePointer;
    export import UnsafePointerView = ffi.UnsafePointerView;
    export import UnsafeFnPointer = ffi.UnsafeFnPointer;
    export import UnsafeCallback = ffi.UnsafeCallback;
    export import NativeNumberType = ffi.NativeNumberType;
    export import NativeBigIntType = ffi.NativeBigIntType;
    export import NativeBooleanType = ffi.NativeBooleanType;
    export import NativePointerType = ffi.NativePointerType;
    export import NativeBufferType = ffi.NativeBufferType;
    export import NativeFunctionType = ffi.NativeFunctionType;
    export import NativeVoidType = ffi.NativeVoidType;
    export import NativeStructType = ffi.NativeStructType;
    export import NativeU8Enum = ffi.NativeU8Enum;
    export import NativeI8Enum = ffi.NativeI8Enum;
    export import NativeU16Enum = ffi.NativeU16Enum;
    export import NativeI16Enum = ffi.NativeI16Enum;
    export import NativeU32Enum = ffi.NativeU32Enum;
    export import NativeI32Enum = ffi.NativeI32Enum;
    export import NativeTypedPointer = ffi.NativeTypedPointer;
    export import NativeTypedFunction = ffi.NativeTypedFunction;
    export import NativeType = ffi.NativeType;
    export import NativeResultType = ffi.NativeResultType;
    export import PointerObject = ffi.PointerObject;
    export import PointerValue = ffi.PointerValue;
    export import BufferLike = ffi.BufferLike;
    export import ToNativeType = ffi.ToNativeType;
    export import ToNativeResultType = ffi.ToNativeResultType;
    export import ToNativeParameterTypes = ffi.ToNativeParameterTypes;
    export import FromNativeType = ffi.FromNativeType;
    export import FromNativeResultType = ffi.FromNativeResultType;
    export import FromNativeParameterTypes = ffi.FromNativeParameterTypes;
    export import ForeignFunction = ffi.ForeignFunction;
    export import ForeignStatic = ffi.ForeignStatic;
    export import ForeignLibraryInterface = ffi.ForeignLibraryInterface;
    export import ConditionalAsync = ffi.ConditionalAsync;
    export import StaticForeignSymbolReturnType = ffi.StaticForeignSymbolReturnType;
    export import StructFunction = ffi.StructFunction;
    export import FromForeignFunction = ffi.FromForeignFunction;
    export import StaticForeignSymbol = ffi.StaticForeignSymbol;
    export import StaticForeignLibraryInterface = ffi.StaticForeignLibraryInterface;
    export import DynamicLibrary = ffi.DynamicLibrary;
    export import LibraryOptions = ffi.LibraryOptions;
    export import FileUrl = ffi.FileUrl;
    export import UnsafeCallbackDefinition = ffi.UnsafeCallbackDefinition;
    export import UnsafeCallbackFunction = ffi.UnsafeCallbackFunction;
    export import errors = ffi.errors;

    /** The script's arguments. */
    const args: string[];
    /** The system that Springboard was built for. */
    const build: {
      readonly os: 'linux' | 'darwin' | 'windows';
      readonly arch: 'x86_64' | 'aarch64';
    };
    /** The environment of the process. */
    const env: {
      /** A variable's value; undefined if it is not set. */
      get(key: string): string | undefined;
    };
    /** Ends the process, with exit code 0 if none is given. */
    function exit(code?: number): never;
    /** The bytes of a file. */
    function readFileSync(path: string | FileUrl): Uint8Array<ArrayBuffer>;
    /** The text of a file in UTF-8. */
    function readTextFileSync(path: string | FileUrl): string;
  }
}
