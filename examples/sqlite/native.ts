// native: SQLite's C functions as this library uses them, its constants, and its errors.
//
// The library stays open for as long as the process runs: open databases hang on it.

const library = Deno.dlopen("libsqlite3.so.0", {
  sqlite3_libversion: { parameters: [], result: "pointer" },
  sqlite3_threadsafe: { parameters: [], result: "i32" },

  // Paths, SQL and names go in as "buffer": bytes that end with a zero, read during the call only.
  sqlite3_open_v2: { parameters: ["buffer", "buffer", "i32", "pointer"], result: "i32" },
  sqlite3_close: { parameters: ["pointer"], result: "i32" },
  sqlite3_errmsg: { parameters: ["pointer"], result: "pointer" },
  sqlite3_errstr: { parameters: ["i32"], result: "pointer" },
  sqlite3_exec: {
    parameters: ["pointer", "buffer", "function", "pointer", "pointer"],
    result: "i32",
  },
  sqlite3_interrupt: { parameters: ["pointer"], result: "void" },
  sqlite3_get_autocommit: { parameters: ["pointer"], result: "i32" },
  sqlite3_changes64: { parameters: ["pointer"], result: "i64" },
  sqlite3_last_insert_rowid: { parameters: ["pointer"], result: "i64" },

  // "pointer" for the SQL here: the tail that SQLite stores is an address in the same bytes.
  sqlite3_prepare_v2: {
    parameters: ["pointer", "pointer", "i32", "buffer", "buffer"],
    result: "i32",
  },
  sqlite3_step: { parameters: ["pointer"], result: "i32" },
  // The same function, run on another thread while this one goes on.
  sqlite3_step_nonblocking: {
    name: "sqlite3_step",
    parameters: ["pointer"],
    result: "i32",
    nonblocking: true,
  },
  sqlite3_reset: { parameters: ["pointer"], result: "i32" },
  sqlite3_finalize: { parameters: ["pointer"], result: "i32" },

  sqlite3_bind_parameter_count: { parameters: ["pointer"], result: "i32" },
  sqlite3_bind_parameter_name: { parameters: ["pointer", "i32"], result: "pointer" },
  sqlite3_bind_null: { parameters: ["pointer", "i32"], result: "i32" },
  sqlite3_bind_int64: { parameters: ["pointer", "i32", "i64"], result: "i32" },
  sqlite3_bind_double: { parameters: ["pointer", "i32", "f64"], result: "i32" },
  sqlite3_bind_text64: {
    parameters: ["pointer", "i32", "buffer", "u64", "pointer", "u8"],
    result: "i32",
  },
  sqlite3_bind_blob64: {
    parameters: ["pointer", "i32", "buffer", "u64", "pointer"],
    result: "i32",
  },
  sqlite3_bind_zeroblob: { parameters: ["pointer", "i32", "i32"], result: "i32" },

  sqlite3_column_count: { parameters: ["pointer"], result: "i32" },
  sqlite3_column_name: { parameters: ["pointer", "i32"], result: "pointer" },
  sqlite3_column_type: { parameters: ["pointer", "i32"], result: "i32" },
  sqlite3_column_int64: { parameters: ["pointer", "i32"], result: "i64" },
  sqlite3_column_double: { parameters: ["pointer", "i32"], result: "f64" },
  sqlite3_column_text: { parameters: ["pointer", "i32"], result: "pointer" },
  sqlite3_column_blob: { parameters: ["pointer", "i32"], result: "pointer" },
  sqlite3_column_bytes: { parameters: ["pointer", "i32"], result: "i32" },

  // For functions written in JavaScript: their arguments, their result, an aggregate's group.
  sqlite3_create_function_v2: {
    parameters: [
      "pointer", "buffer", "i32", "i32", "pointer", "function", "function", "function", "function",
    ],
    result: "i32",
  },
  sqlite3_aggregate_context: { parameters: ["pointer", "i32"], result: "pointer" },
  sqlite3_value_type: { parameters: ["pointer"], result: "i32" },
  sqlite3_value_int64: { parameters: ["pointer"], result: "i64" },
  sqlite3_value_double: { parameters: ["pointer"], result: "f64" },
  sqlite3_value_text: { parameters: ["pointer"], result: "pointer" },
  sqlite3_value_blob: { parameters: ["pointer"], result: "pointer" },
  sqlite3_value_bytes: { parameters: ["pointer"], result: "i32" },
  sqlite3_result_null: { parameters: ["pointer"], result: "void" },
  sqlite3_result_int64: { parameters: ["pointer", "i64"], result: "void" },
  sqlite3_result_double: { parameters: ["pointer", "f64"], result: "void" },
  sqlite3_result_text64: {
    parameters: ["pointer", "buffer", "u64", "pointer", "u8"],
    result: "void",
  },
  sqlite3_result_blob64: { parameters: ["pointer", "buffer", "u64", "pointer"], result: "void" },
  sqlite3_result_zeroblob: { parameters: ["pointer", "i32"], result: "void" },
  sqlite3_result_error: { parameters: ["pointer", "buffer", "i32"], result: "void" },
} as const);

export const symbols = library.symbols;

export const OK = 0;
export const ROW = 100;
export const DONE = 101;

// How sqlite3_open_v2 opens: any thread may use the database, one at a time; result codes come in
// their extended form, which says more.
export const OPEN_READONLY = 0x1;
export const OPEN_READWRITE = 0x2;
export const OPEN_CREATE = 0x4;
export const OPEN_FULLMUTEX = 0x10000;
export const OPEN_EXTENDED_CODES = 0x2000000;

export const UTF8 = 1;
export const DETERMINISTIC = 0x800;

/** "The bytes may change once the call returns: copy them." No buffer outlives its call so. */
export const TRANSIENT = Deno.UnsafePointer.create(-1n);

const encoder = new TextEncoder();

/** `text` as C reads it: in UTF-8, with a zero at its end. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(`${text}\0`);
}

/** The text at `pointer`, up to the zero; null for the null pointer. */
export function fromC(pointer: Deno.PointerValue): string | null {
  return pointer === null ? null : Deno.UnsafePointerView.getCString(pointer);
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
export function errorOf(handle: Deno.PointerValue, code: number, cause?: unknown): SqliteError {
  const message = handle === null ? symbols.sqlite3_errstr(code) : symbols.sqlite3_errmsg(handle);
  const options = cause === undefined ? undefined : { cause };
  return new SqliteError(fromC(message) ?? `error ${code}`, code, options);
}
