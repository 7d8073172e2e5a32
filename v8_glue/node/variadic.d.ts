// Functions whose prototypes end in "...". index.d.ts exports this.

import type { CallRules, NativeResultType } from './index.js';
import type {
  CallResult, NativeOutType, NativeParameterType, PassedParameters, ResultWithErrno,
} from './out.js';

/** What can be said of a variadic function beside its types, as in a definition. */
export interface VariadicRules extends CallRules {
  version?: string;
  nonblocking?: boolean;
  leaf?: boolean;
  throws?: 'errno';
}

type Types = readonly NativeParameterType[];

/** The types among arguments of which they are every other one; an out's has no value. */
type TypesIn<A extends readonly unknown[]> =
  A extends readonly [infer T extends NativeOutType, ...infer Rest] ? [T, ...TypesIn<Rest>]
  : A extends readonly [infer T extends NativeParameterType, unknown, ...infer Rest]
    ? [T, ...TypesIn<Rest>]
  : [];

/** What arguments must be of which some are A: types, and each followed by its value. */
type Paired<A extends readonly unknown[]> =
  A extends readonly [] ? []
  : A extends readonly [infer T extends NativeOutType, ...infer Rest] ? [T, ...Paired<Rest>]
  : A extends readonly [infer T extends NativeParameterType, unknown, ...infer Rest]
    ? [T, ...PassedParameters<[T]>, ...Paired<Rest>]
  : A extends readonly [NativeParameterType] ? [A[0], ...PassedParameters<[A[0]]>]
  : A extends readonly [unknown, ...unknown[]] ? [NativeParameterType, ...unknown[]]
  : unknown[];

/** The arguments behind as many as P has. */
type Behind<P extends readonly unknown[], A extends readonly unknown[]> =
  A extends readonly [...P, ...infer Rest] ? Rest
  : A extends readonly [...{ [K in keyof P]: unknown }, ...infer Rest] ? Rest
  : [];

/** What a call of a variadic function is given. */
export type VariadicArguments<P extends Types, A extends readonly unknown[]> =
  [...PassedParameters<P>, ...Paired<Behind<PassedParameters<P>, A>>];

/** What such a call gives. */
export type VariadicResult<
  P extends Types, R extends NativeResultType, O, A extends readonly unknown[],
> = Promised<O, CallResult<{
  parameters: [...P, ...TypesIn<Behind<PassedParameters<P>, A>>];
  result: R;
}>>;
type Promised<O, T> =
  O extends { nonblocking: true; errno: true } ? Promise<ResultWithErrno<T>>
  : O extends { nonblocking: true } ? Promise<T>
  : T;

/** What a library has for variadic functions. */
export interface VariadicSymbols {
  /**
   * A function that takes the values of `parameters`, and then pairs of a type and a value:
   * `print('%d %f\n', 'i32', 1, 'f64', 2.5)`. The type of an out parameter stands alone. Each list
   * of types is made once.
   */
  variadic<
    const P extends Types, const R extends NativeResultType,
    const O extends VariadicRules = Record<never, never>,
  >(
    name: string,
    parameters: P,
    result: R,
    rules?: O,
  ): <const A extends readonly unknown[]>(
    ...args: A & VariadicArguments<P, A>
  ) => VariadicResult<P, R, O, A>;
}
