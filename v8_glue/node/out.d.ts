// Out parameters and errno: what calls give beside, or instead of, their result. index.d.ts exports
// this.

import type {
  ForeignFunction, FromNativeResultType, FromNativeType, NativeType, ToNativeType,
} from './index.js';

/** A parameter through which a function gives a result; JavaScript passes nothing for it. */
export interface NativeOutType<T extends NativeType = NativeType> {
  readonly out: T;
}
/** A parameter through which a function takes a value and gives one back. */
export interface NativeInOutType<T extends NativeType = NativeType> {
  readonly inout: T;
}
/** A type that a parameter of a function can have; those behind `...` are variadic. */
export type NativeParameterType = NativeType | NativeOutType | NativeInOutType | '...';

/** What JavaScript passes for a list of parameters: nothing for those that only give. */
export type PassedParameters<
  T extends readonly NativeParameterType[], Before extends unknown[] = [],
> =
  T extends readonly [infer First, ...infer Rest extends readonly NativeParameterType[]]
    ? PassedParameters<
      Rest, First extends NativeOutType ? Before : [...Before, ...PassedParameter<First>]>
  : T extends readonly [] ? Before
  : [...Before, ...PassedParameter<T[number]>[number][]];
type PassedParameter<T> =
  T extends NativeInOutType<infer V> ? [ToNativeType<V>]
  : T extends NativeType ? [ToNativeType<T>]
  : [];

/** What a list of parameters gives. */
export type GivenParameters<
  T extends readonly NativeParameterType[], Before extends unknown[] = [],
> =
  T extends readonly [infer First, ...infer Rest extends readonly NativeParameterType[]]
    ? GivenParameters<Rest, [...Before, ...GivenParameter<First>]>
    : Before;
type GivenParameter<T> =
  T extends NativeOutType<infer V> ? [FromNativeType<V>]
  : T extends NativeInOutType<infer V> ? [FromNativeType<V>]
  : [];

/** What a call gives: its result, or `[result, ...outs]`; of void ones `outs`, or the only out. */
export type CallResult<T extends ForeignFunction> =
  WithOuts<T['result'], GivenParameters<T['parameters']>>;
type WithOuts<Result extends ForeignFunction['result'], Outs extends unknown[]> =
  Outs extends [] ? FromNativeResultType<Result>
  : Result extends 'void' ? (Outs extends [infer Only] ? Only : Outs)
  : [FromNativeResultType<Result>, ...Outs];

/** What the promise of a nonblocking function with `errno: true` resolves to. */
export interface ResultWithErrno<T> {
  result: T;
  errno: number;
}
