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
    export import struct = ffi.struct;
    export import union = ffi.union;
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

    /** The script's arguments. */
    const args: string[];
    /** The system; `linux` in all releases so far, and programs ask for the others. */
    const build: {
      readonly target: string;
      readonly arch: 'x86_64' | 'aarch64';
      readonly os: 'linux' | 'darwin' | 'windows';
      readonly vendor: string;
      readonly env?: string;
    };
    /** The environment of the process, which native code sees, too. */
    const env: {
      /** A variable's value; undefined if it is not set. */
      get(key: string): string | undefined;
      set(key: string, value: string): void;
      has(key: string): boolean;
      delete(key: string): void;
      /** A copy of all variables. */
      toObject(): { [key: string]: string };
    };
    /** The process's id. */
    const pid: number;
    /** With what the process ends if nothing else decides. */
    var exitCode: number;
    /** Ends the process, with `exitCode` if no code is given. */
    function exit(code?: number): never;
    /** The bytes of a file. */
    function readFileSync(path: string | FileUrl): Uint8Array<ArrayBuffer>;
    /** The text of a file in UTF-8. */
    function readTextFileSync(path: string | FileUrl): string;

    /** What Deno's functions throw. The FFI throws the first two, reading files the others. */
    namespace errors {
      /** A library or callback was used, or closed again, after it was closed. */
      class BadResource extends Error {}
      /** Permission is missing. */
      class NotCapable extends Error {}
      /** A function with `throws: 'errno'` failed. Not Deno's. */
      class SystemError extends Error {
        code: string;
        errno: number;
        syscall: string;
      }
      class NotFound extends Error {}
      class PermissionDenied extends Error {}
      class ConnectionRefused extends Error {}
      class ConnectionReset extends Error {}
      class ConnectionAborted extends Error {}
      class NotConnected extends Error {}
      class AddrInUse extends Error {}
      class AddrNotAvailable extends Error {}
      class BrokenPipe extends Error {}
      class AlreadyExists extends Error {}
      class InvalidData extends Error {}
      class TimedOut extends Error {}
      class Interrupted extends Error {}
      class WriteZero extends Error {}
      class WouldBlock extends Error {}
      class UnexpectedEof extends Error {}
      class Http extends Error {}
      class Busy extends Error {}
      class NotSupported extends Error {}
      class FilesystemLoop extends Error {}
      class IsADirectory extends Error {}
      class NetworkUnreachable extends Error {}
      class NotADirectory extends Error {}
    }
  }
}
