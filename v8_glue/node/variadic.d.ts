// Functions whose prototypes end in "...". index.d.ts exports this.

import type {
  CallRules, FromNativeResultType, NativeResultType, NativeType, ToNativeParameterTypes,
} from './index.js';

/** What a library has for variadic functions. */
export interface VariadicSymbols {
  /**
   * A function that takes the values of `parameters`, and then pairs of a type and a value:
   * `print('%d %f\n', 'i32', 1, 'f64', 2.5)`. Each list of types is made once.
   */
  variadic<const P extends readonly NativeType[], const R extends NativeResultType>(
    name: string,
    parameters: P,
    result: R,
    rules?: CallRules,
  ): (...args: [...ToNativeParameterTypes<P>, ...unknown[]]) => FromNativeResultType<R>;
}
