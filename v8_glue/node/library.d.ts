// How libraries are opened: what Springboard adds to Deno's. index.d.ts has the rest.

import type { CallRules } from './index.js';

/**
 * How the system's loader opens a library: `now` resolves every symbol at once, `lazy` (the
 * default) when it is called; `global` gives its symbols to libraries that are loaded later;
 * `nodelete` keeps it mapped when it is closed.
 */
export type OpenFlag = 'now' | 'lazy' | 'global' | 'nodelete';

/** What holds for all symbols of a library that do not say otherwise. */
export interface LibraryOptions extends CallRules {
  flags?: readonly OpenFlag[] | null;
}

/** A URL object, by the parts that are looked at; its protocol must be `file:`. */
export interface FileUrl {
  readonly protocol: string;
  readonly hostname: string;
  readonly pathname: string;
}
