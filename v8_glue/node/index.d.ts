// The types of springboard-ffi: Deno's names for its FFI, and what Springboard adds to them.
//
//   const { symbols } = dlopen('libm.so.6', { cos: { parameters: ['f64'], result: 'f64' } });
//   symbols.cos(0); // (x: number) => number
//
// Definitions that stand in the call, or are made `as const`, give every symbol its own type.
// Needs TypeScript 5.7 and lib ES2020, and nothing of Node's or a browser's types.

import type { AccessorFunction, IsAccessorOfTuple } from './accessors.js';
import type {
  LayoutOptions, NativeAggregateType, NativeForm, NativeMemberType, NativeUnionType, PassedForm,
  ReceivedForm,
} from './forms.js';
import type { CSymbols } from './c_text.js';
import type { FileUrl, LibraryOptions } from './library.js';
import type { VariadicSymbols } from './variadic.js';
import type { CallResult, NativeParameterType, PassedParameters, ResultWithErrno } from './out.js';

export * from './accessors.js';
export type * from './forms.js';
export type * from './library.js';
export * from './memory.js';
export type * from './out.js';
export * from './parse.js';
export * from './references.js';
export type * from './variadic.js';

/** Types that are numbers in JavaScript. `i53` and `u53` are 64-bit integers in C. */
export type NativeNumberType =
  | 'u8' | 'i8' | 'u16' | 'i16' | 'u32' | 'i32' | 'i53' | 'u53' | 'f32' | 'f64';
/** 64-bit integers: native code's come as bigints, JavaScript may pass numbers too. */
export type NativeBigIntType = 'u64' | 'i64' | 'usize' | 'isize';
/** C's `bool`. */
export type NativeBooleanType = 'bool';
/** An address. */
export type NativePointerType = 'pointer';
/** The address of bytes that JavaScript owns. */
export type NativeBufferType = 'buffer';
/** The address of a function. */
export type NativeFunctionType = 'function';
/** No result. */
export type NativeVoidType = 'void';
/** A C struct by value: the types of its fields, in order. */
export interface NativeStructType extends LayoutOptions {
  readonly struct: readonly NativeMemberType[];
}

/** What a value means beside its native type. Exists in types only. */
declare const meaning: unique symbol;
interface Meaning<T> {
  readonly [meaning]: T;
}

/** `u8` whose values are those of an enum: `'u8' as NativeU8Enum<Color>`. */
export type NativeU8Enum<T extends number> = 'u8' & Meaning<T>;
/** `i8` whose values are those of an enum. */
export type NativeI8Enum<T extends number> = 'i8' & Meaning<T>;
/** `u16` whose values are those of an enum. */
export type NativeU16Enum<T extends number> = 'u16' & Meaning<T>;
/** `i16` whose values are those of an enum. */
export type NativeI16Enum<T extends number> = 'i16' & Meaning<T>;
/** `u32` whose values are those of an enum. */
export type NativeU32Enum<T extends number> = 'u32' & Meaning<T>;
/** `i32` whose values are those of an enum. */
export type NativeI32Enum<T extends number> = 'i32' & Meaning<T>;
/** A pointer to one thing only: `'pointer' as NativeTypedPointer<PointerObject<Window>>`. */
export type NativeTypedPointer<T extends PointerObject> = 'pointer' & Meaning<T>;
/** A function of one signature only: takes the pointer of an UnsafeCallback with it. */
export type NativeTypedFunction<T extends UnsafeCallbackDefinition> = 'function' & Meaning<T>;

/** A type that a parameter, a field or a static symbol can have. */
export type NativeType =
  | NativeNumberType
  | NativeBigIntType
  | NativeBooleanType
  | NativePointerType
  | NativeBufferType
  | NativeFunctionType
  | NativeStructType
  | NativeUnionType
  | NativeForm;
/** A type that a result can have. */
export type NativeResultType = NativeType | NativeVoidType;

/** An address. Opaque; made by UnsafePointer and by native functions. */
export interface PointerObject<T = unknown> extends Meaning<T> {}
/** An address, or null for the null pointer. */
export type PointerValue<T = unknown> = null | PointerObject<T>;

/** Bytes that native code may read and write; they may be shared between threads. */
export type BufferLike = ArrayBufferLike | ArrayBufferView;

/** What native types that are names are in JavaScript, whichever way they go. */
interface Scalars extends Record<NativeNumberType, number> {
  bool: boolean;
  pointer: PointerValue;
  function: PointerValue;
  void: void;
}
/** What JavaScript passes. */
interface PassedScalars extends Scalars, Record<NativeBigIntType, number | bigint> {
  buffer: BufferLike | null;
}
/** What JavaScript returns from a callback. */
interface ReturnedScalars extends Scalars, Record<NativeBigIntType, number | bigint> {
  buffer: BufferLike | PointerValue;
}
/** What JavaScript receives. */
interface ReceivedScalars extends Scalars, Record<NativeBigIntType, bigint> {
  buffer: PointerValue;
}

/** Looks a type up: structs are bytes, a typed name is what it means, the rest is in the table. */
type InJavaScript<T, Struct, Table, Form> =
  T extends NativeAggregateType ? Struct
  : T extends NativeForm ? Form
  : T extends Meaning<infer M> ? (T extends 'function' ? PointerValue<M> : MeantValue<T, M>)
  : T extends keyof Table ? Table[T]
  : never;
type MeantValue<T, M> = T extends 'pointer' ? M | null : M;

/** What JavaScript passes for a native type. */
export type ToNativeType<T extends NativeType = NativeType> =
  InJavaScript<T, BufferLike, PassedScalars, PassedForm<T>>;
/** What a callback may return for a native type. */
export type ToNativeResultType<T extends NativeResultType = NativeResultType> =
  InJavaScript<T, BufferLike, ReturnedScalars, PassedForm<T>>;
/** What JavaScript passes for a list of parameters. */
export type ToNativeParameterTypes<T extends readonly NativeType[]> = {
  [K in keyof T]: ToNativeType<T[K]>;
};

/** What JavaScript receives for a native type. */
export type FromNativeType<T extends NativeType = NativeType> =
  InJavaScript<T, Uint8Array<ArrayBuffer>, ReceivedScalars, ReceivedForm<T>>;
/** What a call returns for a native type. */
export type FromNativeResultType<T extends NativeResultType = NativeResultType> =
  InJavaScript<T, Uint8Array<ArrayBuffer>, ReceivedScalars, ReceivedForm<T>>;
/** What a callback receives for a list of parameters. */
export type FromNativeParameterTypes<T extends readonly NativeType[]> = {
  [K in keyof T]: FromNativeType<T[K]>;
};

/** How native functions are called. Options of dlopen() are the defaults of its definitions. */
export interface CallRules {
  /** Integers out of range or with a fraction are TypeErrors instead of being wrapped. */
  strict?: boolean;
  /**
   * `'strict'`: resizable ArrayBuffers, and views of them, are refused as `buffer` arguments: a
   * callback could shrink them. Bytes that are accepted stay until the call has returned, whatever
   * JavaScript does. Says nothing of `pointer` arguments, which are addresses.
   */
  memory?: 'strict';
  /** C++ exceptions that leave the function become CxxErrors; calls take the ordinary way. */
  cxx?: boolean;
  /** Every call is printed on standard error; calls take the ordinary way. */
  trace?: boolean;
  /** Keeps what errno is after a call: DynamicLibrary.errno, or `errno` in what is promised. */
  errno?: boolean;
  /** The native code's calling convention, where this processor has more than one (x86-64). */
  abi?: 'sysv' | 'win64';
}

/** What a function with `cxx: true` throws for a C++ exception. */
export interface CxxError extends Error {
  /** The exception's type as C++ spells it; null if it is not of the library's C++. */
  cxxType: string | null;
  /** What its what() said; null if it is no std::exception. */
  what: string | null;
}

/** A function of a library. */
export interface ForeignFunction<
  Parameters extends readonly NativeParameterType[] = readonly NativeParameterType[],
  Result extends NativeResultType = NativeResultType,
  NonBlocking extends boolean = boolean,
> extends CallRules {
  /** The symbol's name in the library; without it the property's own name. */
  name?: string;
  /** Which version of the symbol ('GLIBC_2.2.5'); without it the default one. */
  version?: string;
  parameters: Parameters;
  result: Result;
  /** The call runs on another thread and gives a promise. */
  nonblocking?: NonBlocking;
  /** The symbol is null, instead of an error, where the library lacks it. */
  optional?: boolean;
  /** Promises that the function never calls back into JavaScript, which makes calls faster. */
  leaf?: boolean;
  /** A result of -1 or null, as of a function that failed, is thrown as a SystemError. */
  throws?: 'errno';
}

/** A variable of a library; read once, when the library is loaded. */
export interface ForeignStatic<Type extends NativeType = NativeType> {
  /** The symbol's name in the library; without it the property's own name. */
  name?: string;
  /** Which version of the symbol ('GLIBC_2.2.5'); without it the default one. */
  version?: string;
  type: Type;
  /** The symbol is null, instead of an error, where the library lacks it. */
  optional?: boolean;
}

/** What dlopen() looks up in a library. */
export interface ForeignLibraryInterface {
  [name: string]: ForeignFunction | ForeignStatic;
}

/** A promise of T for nonblocking functions, T itself for others. */
export type ConditionalAsync<IsAsync extends boolean | undefined, T> =
  IsAsync extends true ? Promise<T> : T;

/** What a call returns. */
export type StaticForeignSymbolReturnType<T extends ForeignFunction> =
  T extends { nonblocking: true; errno: true } ? Promise<ResultWithErrno<CallResult<T>>>
  : ConditionalAsync<T['nonblocking'], CallResult<T>>;

/** A function whose result is a struct: it is `out`, filled, or else a new array. */
export interface StructFunction<T extends ForeignFunction> {
  <Out extends BufferLike>(
    ...args: [...args: PassedParameters<T['parameters']>, out: Out]
  ): ConditionalAsync<T['nonblocking'], Out>;
  (...args: PassedParameters<T['parameters']>): StaticForeignSymbolReturnType<T>;
}

/** The JavaScript function of a ForeignFunction. */
export type FromForeignFunction<T extends ForeignFunction> =
  IsStructOfTuple<T> extends true ? StructFunction<T>
  : IsAccessorOfTuple<T> extends true ? AccessorFunction<T>
  : (...args: PassedParameters<T['parameters']>) => StaticForeignSymbolReturnType<T>;

/** Where the number of parameters is not known, the last argument cannot be told from `out`. */
type IsStructOfTuple<T extends ForeignFunction> =
  number extends T['parameters']['length'] ? false
  : T['result'] extends NativeAggregateType ? true
  : false;

/** A symbol that the library has. */
export type StaticForeignSymbol<T extends ForeignFunction | ForeignStatic> =
  T extends ForeignFunction ? FromForeignFunction<T>
  : T extends ForeignStatic ? FromNativeType<T['type']>
  : never;

/** The symbols of a library; an optional one may be null. Of C text: c_text.d.ts. */
export type StaticForeignLibraryInterface<T extends ForeignLibraryInterface | string> =
  T extends ForeignLibraryInterface ? {
    [K in keyof T]: T[K]['optional'] extends true ? StaticForeignSymbol<T[K]> | null
      : StaticForeignSymbol<T[K]>;
  } : CSymbols<T>;

/** `Symbol.dispose`, where the program's lib has it. */
type DisposeSymbol = typeof Symbol extends { readonly dispose: infer S extends symbol } ? S : never;
/** What `using` closes at the end of the block. */
export type ClosedByUsing = { [K in DisposeSymbol]: () => void };

/** An open library. */
export interface DynamicLibrary<S extends ForeignLibraryInterface | string>
  extends ClosedByUsing, VariadicSymbols {
  symbols: StaticForeignLibraryInterface<S>;
  /** errno as this thread's last call with `errno: true` or `throws: 'errno'` left it. */
  readonly errno: number;
  /** Calls of its symbols throw BadResource from now on. */
  close(): void;
}

/**
 * Loads a library: a path, a name that the system's loader searches for, a bare name ('sqlite3')
 * that is searched for as libNAME.so and libNAME.so.N, or a file URL. Null is the process itself.
 * A string in place of `symbols` declares them in C; those of a literal have types.
 */
export function dlopen<const S extends ForeignLibraryInterface | string>(
  filename: string | FileUrl | null,
  symbols: S,
  options?: LibraryOptions,
): DynamicLibrary<S>;

/** Functions for addresses; not constructed. */
export class UnsafePointer {
  private constructor();
  /** The pointer of a number. */
  static create<T = unknown>(value: number | bigint): PointerValue<T>;
  /** Whether two pointers are one address; `===` compares the objects. */
  static equals<T = unknown>(a: PointerValue<T>, b: PointerValue<T>): boolean;
  /** The address of a buffer's bytes, which the pointer object keeps alive, or of a callback. */
  static of<T = unknown>(value: UnsafeCallback<any> | BufferLike): PointerValue<T>;
  /** The pointer `offset` bytes on. */
  static offset<T = unknown>(value: PointerObject, offset: number | bigint): PointerValue<T>;
  /** The number of a pointer. */
  static value(value: PointerValue | UnsafeCallback<any>): bigint;
}

/** Reads memory at an address; offsets are in bytes and need no alignment. */
export class UnsafePointerView {
  constructor(pointer: PointerObject);
  pointer: PointerObject;
  getBool(offset?: number): boolean;
  getUint8(offset?: number): number;
  getInt8(offset?: number): number;
  getUint16(offset?: number): number;
  getInt16(offset?: number): number;
  getUint32(offset?: number): number;
  getInt32(offset?: number): number;
  getBigUint64(offset?: number): bigint;
  getBigInt64(offset?: number): bigint;
  getFloat32(offset?: number): number;
  getFloat64(offset?: number): number;
  getPointer<T = unknown>(offset?: number): PointerValue<T>;
  /** The UTF-8 string up to the next zero byte. */
  getCString(offset?: number): string;
  static getCString(pointer: PointerObject, offset?: number): string;
  /** The memory itself, not a copy; it stays its owner's. */
  getArrayBuffer(byteLength: number, offset?: number): ArrayBuffer;
  static getArrayBuffer(pointer: PointerObject, byteLength: number, offset?: number): ArrayBuffer;
  /** Fills `destination` with the bytes from the address on. */
  copyInto(destination: BufferLike, offset?: number): void;
  static copyInto(pointer: PointerObject, destination: BufferLike, offset?: number): void;
}

/** Refuses a pointer that is known to be of another function than `Fn`. */
type PointerToFunction<Of, Fn> =
  unknown extends Of ? PointerObject<Of>
  : Of extends Omit<Fn, 'nonblocking'> ? PointerObject<Of>
  : PointerObject<Omit<Fn, 'nonblocking'>>;

/** A native function at an address. */
export class UnsafeFnPointer<const Fn extends ForeignFunction, Of = unknown> {
  constructor(pointer: PointerObject<Of> & PointerToFunction<Of, NoInfer<Fn>>, definition: Fn);
  pointer: PointerObject<Fn>;
  definition: Fn;
  /** Calls the function. To be called as a method. */
  call: FromForeignFunction<Fn>;
}

/** The signature of a callback. */
export interface UnsafeCallbackDefinition<
  Parameters extends readonly NativeType[] = readonly NativeType[],
  Result extends NativeResultType = NativeResultType,
> {
  parameters: Parameters;
  result: Result;
  /** Integers that the function returns are checked instead of coerced. */
  strict?: boolean;
}

/** The JavaScript function of a callback. */
export type UnsafeCallbackFunction<
  Parameters extends readonly NativeType[] = readonly NativeType[],
  Result extends NativeResultType = NativeResultType,
> = (...args: FromNativeParameterTypes<Parameters>) => ToNativeResultType<Result>;

/** A native function that runs a JavaScript function. Takes memory until it is closed. */
export class UnsafeCallback<
  const Definition extends UnsafeCallbackDefinition = UnsafeCallbackDefinition,
> {
  constructor(
    definition: Definition,
    callback: UnsafeCallbackFunction<Definition['parameters'], Definition['result']>,
  );
  /** What native code calls. */
  readonly pointer: PointerObject<Definition>;
  readonly definition: Definition;
  readonly callback: UnsafeCallbackFunction<Definition['parameters'], Definition['result']>;
  /** A callback that has been referenced once. */
  static threadSafe<const Definition extends UnsafeCallbackDefinition = UnsafeCallbackDefinition>(
    definition: Definition,
    callback: UnsafeCallbackFunction<Definition['parameters'], Definition['result']>,
  ): UnsafeCallback<Definition>;
  /** One more reference; the process goes on while there are any. Returns how many. */
  ref(): number;
  /** One reference less. Returns how many are left. */
  unref(): number;
  /** Native code must not call the pointer any more; if it does, it gets zero. */
  close(): void;
}
export interface UnsafeCallback<
  Definition extends UnsafeCallbackDefinition = UnsafeCallbackDefinition,
> extends ClosedByUsing {}

/** The classes of errors that are not JavaScript's own. */
export namespace errors {
  /** A library or callback was used, or closed again, after it was closed. */
  class BadResource extends Error {}
  /** Permission is missing. */
  class NotCapable extends Error {}
  /** A function with `throws: 'errno'` failed. */
  class SystemError extends Error {
    /** `ENOENT`, or `E` and the number where the system has no name for it. */
    code: string;
    /** The number, negative as Node.js has it. */
    errno: number;
    /** The symbol. */
    syscall: string;
  }
}

// Without it, everything above would be exported.
export {};
