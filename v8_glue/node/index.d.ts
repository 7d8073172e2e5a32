// The types of springboard-ffi. Definitions written `as const` give typed symbols:
//
//   const cos = { parameters: ['f64'], result: 'f64' } as const;
//   const { symbols } = dlopen('libm.so.6', { cos });
//   symbols.cos(0); // (x: number) => number

export type NativeNumberType =
  | 'u8' | 'i8' | 'u16' | 'i16' | 'u32' | 'i32' | 'i53' | 'u53' | 'f32' | 'f64';
export type NativeBigIntType = 'u64' | 'i64' | 'usize' | 'isize';
export type NativeBooleanType = 'bool';
export type NativePointerType = 'pointer';
export type NativeFunctionType = 'function';
export type NativeBufferType = 'buffer';
export type NativeVoidType = 'void';
/** A C struct by value: the types of its fields, in order. */
export type NativeStructType = { readonly struct: readonly NativeType[] };

/** A type that a parameter, a field or a static symbol can have. */
export type NativeType =
  | NativeNumberType
  | NativeBigIntType
  | NativeBooleanType
  | NativePointerType
  | NativeFunctionType
  | NativeBufferType
  | NativeStructType;
export type NativeResultType = NativeType | NativeVoidType;

declare const brand: unique symbol;

/** An address. Opaque; made by UnsafePointer and by native functions. */
export interface PointerObject<T = unknown> {
  readonly [brand]: T;
}
/** An address, or null for the null pointer. */
export type PointerValue<T = unknown> = PointerObject<T> | null;

/** Bytes that native code may read and write. */
export type BufferLike = ArrayBufferLike | ArrayBufferView;

/** What JavaScript passes for a native type. */
export type ToNativeType<T extends NativeType> =
  T extends NativeStructType ? BufferLike
  : T extends NativeNumberType ? number
  : T extends NativeBigIntType ? number | bigint
  : T extends NativeBooleanType ? boolean
  : T extends NativePointerType | NativeFunctionType ? PointerValue
  : T extends NativeBufferType ? BufferLike | null
  : never;

/** What JavaScript receives for a native type. */
export type FromNativeType<T extends NativeResultType> =
  T extends NativeStructType ? Uint8Array<ArrayBuffer>
  : T extends NativeNumberType ? number
  : T extends NativeBigIntType ? bigint
  : T extends NativeBooleanType ? boolean
  : T extends NativePointerType | NativeFunctionType | NativeBufferType ? PointerValue
  : T extends NativeVoidType ? void
  : never;

/** What a callback may return for a native type. */
export type ToNativeResultType<T extends NativeResultType> =
  T extends NativeVoidType ? void
  : T extends NativeBufferType ? PointerValue | BufferLike
  : T extends NativeType ? ToNativeType<T>
  : never;

export type ToNativeParameterTypes<T extends readonly NativeType[]> = {
  -readonly [K in keyof T]: ToNativeType<T[K]>;
};
export type FromNativeParameterTypes<T extends readonly NativeType[]> = {
  -readonly [K in keyof T]: FromNativeType<T[K]>;
};

/** A function of a library. */
export interface ForeignFunction {
  /** The symbol's name in the library; without it the property's own name. */
  readonly name?: string | null;
  readonly parameters: readonly NativeType[];
  readonly result: NativeResultType;
  /** The call runs on another thread and gives a promise. */
  readonly nonblocking?: boolean | null;
  /** Promises that the function never calls back into JavaScript, which makes calls faster. */
  readonly leaf?: boolean | null;
  /**
   * Integers out of range or with a fraction are TypeErrors instead of being wrapped. Without it,
   * what the library was opened with.
   */
  readonly strict?: boolean | null;
  /** The symbol is null, instead of an error, where the library lacks it. */
  readonly optional?: boolean;
}

/** A variable of a library; read once, when the library is loaded. */
export interface ForeignStatic {
  readonly name?: string | null;
  readonly type: NativeType;
  readonly optional?: boolean;
}

export interface ForeignLibraryInterface {
  readonly [name: string]: ForeignFunction | ForeignStatic;
}

type ResultOf<T extends ForeignFunction> =
  T['nonblocking'] extends true ? Promise<FromNativeType<T['result']>>
  : FromNativeType<T['result']>;

/** A function whose result is a struct: a new array, or `out`, filled. */
export interface StructFunction<T extends ForeignFunction> {
  (...args: ToNativeParameterTypes<T['parameters']>): ResultOf<T>;
  <Out extends BufferLike>(
    ...args: [...args: ToNativeParameterTypes<T['parameters']>, out: Out]
  ): Out;
}

/** The JavaScript function of a ForeignFunction. */
export type StaticForeignFunction<T extends ForeignFunction> =
  T['result'] extends NativeStructType ? StructFunction<T>
  : (...args: ToNativeParameterTypes<T['parameters']>) => ResultOf<T>;

export type StaticForeignSymbol<T extends ForeignFunction | ForeignStatic> =
  | (T extends ForeignFunction ? StaticForeignFunction<T>
    : T extends ForeignStatic ? FromNativeType<T['type']>
    : never)
  | (T['optional'] extends true ? null : never);

export type StaticForeignLibraryInterface<T extends ForeignLibraryInterface> = {
  [K in keyof T]: StaticForeignSymbol<T[K]>;
};

export interface DynamicLibrary<S extends ForeignLibraryInterface> {
  symbols: StaticForeignLibraryInterface<S>;
  /** Calls of its symbols throw BadResource from now on. */
  close(): void;
  [Symbol.dispose](): void;
}

export interface LibraryOptions {
  /** What symbols are that do not say whether they are strict. */
  readonly strict?: boolean | null;
}

/** Loads a library: a path, a name that the system's loader searches for, or a file URL. */
export function dlopen<const S extends ForeignLibraryInterface>(
  path: string | URL,
  symbols: S,
  options?: LibraryOptions,
): DynamicLibrary<S>;

/** Functions for addresses; not constructed. */
export class UnsafePointer {
  private constructor();
  static create<T = unknown>(value: number | bigint): PointerValue<T>;
  static equals<T = unknown>(a: PointerValue<T>, b: PointerValue<T>): boolean;
  /** The address of a buffer's bytes, which the pointer object keeps alive, or of a callback. */
  static of<T = unknown>(value: UnsafeCallback<any> | BufferLike): PointerValue<T>;
  static offset<T = unknown>(pointer: PointerObject, offset: number | bigint): PointerValue<T>;
  static value(pointer: PointerValue | UnsafeCallback<any>): bigint;
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

/** A native function at an address. */
export class UnsafeFnPointer<const Fn extends Omit<ForeignFunction, 'name' | 'optional'>> {
  constructor(pointer: PointerObject, definition: Fn);
  pointer: PointerObject;
  definition: Fn;
  call: StaticForeignFunction<Fn>;
}

export interface UnsafeCallbackDefinition {
  readonly parameters: readonly NativeType[];
  readonly result: NativeResultType;
  /** Integers that the function returns are checked instead of coerced. */
  readonly strict?: boolean | null;
}

export type UnsafeCallbackFunction<Definition extends UnsafeCallbackDefinition> =
  (...args: FromNativeParameterTypes<Definition['parameters']>) =>
    ToNativeResultType<Definition['result']>;

/** A native function that runs a JavaScript function. Takes memory until it is closed. */
export class UnsafeCallback<
  const Definition extends UnsafeCallbackDefinition = UnsafeCallbackDefinition,
> {
  constructor(definition: Definition, callback: UnsafeCallbackFunction<Definition>);
  readonly pointer: PointerObject<Definition>;
  readonly definition: Definition;
  readonly callback: UnsafeCallbackFunction<Definition>;
  /** A callback that has been referenced once. */
  static threadSafe<const Definition extends UnsafeCallbackDefinition>(
    definition: Definition,
    callback: UnsafeCallbackFunction<Definition>,
  ): UnsafeCallback<Definition>;
  /** One more reference; the process goes on while there are any. Returns how many. */
  ref(): number;
  /** One reference less. Returns how many are left. */
  unref(): number;
  /** Native code must not call the pointer any more; if it does, it gets zero. */
  close(): void;
  [Symbol.dispose](): void;
}

export const errors: {
  /** A library or callback was used, or closed again, after it was closed. */
  BadResource: new (message?: string) => Error;
  /** Permission is missing. */
  NotCapable: new (message?: string) => Error;
};
