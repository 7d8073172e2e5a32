// The types of parse(). index.d.ts exports them. C text has no types here: symbols that come from
// it are functions of anything.

import type { ForeignLibraryInterface } from './index.js';

/** What C declarations say, in the spelling of definitions. Plain data, made anew each time. */
export interface ParsedSource {
  /** A definition for each function and each `extern` variable. */
  symbols: ForeignLibraryInterface;
  /** Structs and unions by their tags, and what typedefs name. */
  types: { [name: string]: any };
  /** The values of enums that have a name, by name. */
  enums: { [name: string]: { [name: string]: number } };
  /** The values of all enums' names. */
  constants: { [name: string]: number };
}

/**
 * Reads C declarations: prototypes, structs, unions, enums, typedefs. Throws a SyntaxError that has
 * `line` and `column` (from 1).
 */
export function parse(source: string): ParsedSource;
