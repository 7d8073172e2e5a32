// The types of parse(). index.d.ts exports them; c_text.d.ts says which texts have more of them.

import type { CConstants, CDefinitions, CEnums, CTypes } from './c_text.js';

/** What C declarations say, in the spelling of definitions. Plain data, made anew each time. */
export interface ParsedSource<S extends string = string> {
  /** A definition for each function and each `extern` variable. */
  symbols: CDefinitions<S>;
  /** Structs and unions by their tags, and what typedefs name. */
  types: CTypes<S>;
  /** The values of enums that have a name, by name. */
  enums: CEnums<S>;
  /** The values of all enums' names. */
  constants: CConstants<S>;
}

/**
 * Reads C declarations: prototypes, structs, unions, enums, typedefs. Throws a SyntaxError that has
 * `line` and `column` (from 1).
 */
export function parse<const S extends string>(source: S): ParsedSource<S>;
