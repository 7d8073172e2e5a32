// native: what the bindings in sqlite3.ts leave to JavaScript: texts as bytes, and errors.
//
// bindings.sh writes sqlite3.ts from SQLite's header. The library stays open for as long as the
// process runs: open databases hang on it.

import { symbols } from "./sqlite3.ts";

export * from "./sqlite3.ts";

/** "The bytes may change once the call returns: copy them." No buffer outlives its call so. */
export const TRANSIENT = Deno.UnsafePointer.create(-1n);

const encoder = new TextEncoder();

/** `text` in UTF-8, with a zero behind it: even "" has an address so. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(`${text}\0`);
}

/** What SQLite answered: its message, and its (extended) result code. */
export class SqliteError extends Error {
  override readonly name = "SqliteError";
  readonly code: number;

  constructor(message: string, code: number, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The error of `code`, with the message of the connection `handle`, or a general one. */
export function errorOf(
  handle: Deno.PointerValue<"sqlite3">, code: number, cause?: unknown,
): SqliteError {
  const message = handle === null ? symbols.sqlite3_errstr(code) : symbols.sqlite3_errmsg(handle);
  const options = cause === undefined ? undefined : { cause };
  return new SqliteError(message ?? `error ${code}`, code, options);
}
