// same: assertions about types, for the type tests. Compiled, never run.

/** true if two types are one, `any` and modifiers included. */
export type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;

/** Compiles if `T` is true: `holds<Same<typeof x, number>>()`. */
export declare function holds<T extends true>(): T;
