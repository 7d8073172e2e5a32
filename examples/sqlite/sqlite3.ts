// sqlite3.h: bindings that `springboard bindgen` wrote. Do not edit.
//
// Made from <sqlite3.h> with Debian clang version 14.0.6,
// for x86_64-pc-linux-gnu.

export type sqlite3 = Deno.PointerObject<'sqlite3'>;
const sqlite3_pointer = 'pointer' as Deno.NativeTypedPointer<sqlite3>;
export const sqlite3_exec_callback = { parameters: [
  'pointer',
  'i32',
  'pointer',
  'pointer',
], result: 'i32' } as const;
export type sqlite3_stmt = Deno.PointerObject<'sqlite3_stmt'>;
const sqlite3_stmt_pointer = 'pointer' as Deno.NativeTypedPointer<sqlite3_stmt>;
export const sqlite3_bind_blob64_4 = { parameters: ['pointer'], result: 'void' } as const;
export const sqlite3_bind_text64_4 = { parameters: ['pointer'], result: 'void' } as const;
export type sqlite3_context = Deno.PointerObject<'sqlite3_context'>;
const sqlite3_context_pointer = 'pointer' as Deno.NativeTypedPointer<sqlite3_context>;
export const sqlite3_create_function_v2_xFunc = { parameters: [
  sqlite3_context_pointer,
  'i32',
  'pointer',
], result: 'void' } as const;
export const sqlite3_create_function_v2_xStep = { parameters: [
  sqlite3_context_pointer,
  'i32',
  'pointer',
], result: 'void' } as const;
export const sqlite3_create_function_v2_xFinal = { parameters: [
  sqlite3_context_pointer,
], result: 'void' } as const;
export const sqlite3_create_function_v2_xDestroy = { parameters: [
  'pointer',
], result: 'void' } as const;
export type sqlite3_value = Deno.PointerObject<'sqlite3_value'>;
const sqlite3_value_pointer = 'pointer' as Deno.NativeTypedPointer<sqlite3_value>;
export const sqlite3_result_blob64_3 = { parameters: ['pointer'], result: 'void' } as const;
export const sqlite3_result_text64_3 = { parameters: ['pointer'], result: 'void' } as const;
export const SQLITE_OK = 0;
export const SQLITE_ROW = 100;
export const SQLITE_DONE = 101;
export const SQLITE_OPEN_READONLY = 1;
export const SQLITE_OPEN_READWRITE = 2;
export const SQLITE_OPEN_CREATE = 4;
export const SQLITE_OPEN_FULLMUTEX = 65536;
export const SQLITE_OPEN_EXRESCODE = 33554432;
export const SQLITE_INTEGER = 1;
export const SQLITE_FLOAT = 2;
export const SQLITE_BLOB = 4;
export const SQLITE_TEXT = 3;
export const SQLITE_UTF8 = 1;
export const SQLITE_DETERMINISTIC = 2048;

export const definitions = {
  sqlite3_libversion: { parameters: [], result: 'cstring' },
  sqlite3_threadsafe: { parameters: [], result: 'i32' },
  sqlite3_close: { parameters: [sqlite3_pointer], result: 'i32' },
  sqlite3_exec: { parameters: [
    sqlite3_pointer,
    'cstring', // sql
    { callback: sqlite3_exec_callback }, // callback
    'pointer',
    'buffer', // errmsg
  ], result: 'i32' },
  sqlite3_last_insert_rowid: { parameters: [sqlite3_pointer], result: 'i64' },
  sqlite3_changes64: { parameters: [sqlite3_pointer], result: 'i64' },
  sqlite3_interrupt: { parameters: [sqlite3_pointer], result: 'void' },
  sqlite3_open_v2: { parameters: [
    'cstring', // filename
    'buffer', // ppDb
    'i32', // flags
    'cstring', // zVfs
  ], result: 'i32' },
  sqlite3_errmsg: { parameters: [sqlite3_pointer], result: 'cstring' },
  sqlite3_errstr: { parameters: ['i32'], result: 'cstring' },
  sqlite3_prepare_v2: { parameters: [
    sqlite3_pointer, // db
    'cstring', // zSql
    'i32', // nByte
    'buffer', // ppStmt
    'buffer', // pzTail
  ], result: 'i32' },
  sqlite3_sql: { parameters: [sqlite3_stmt_pointer], result: 'cstring' }, // pStmt
  sqlite3_bind_blob64: { parameters: [
    sqlite3_stmt_pointer,
    'i32',
    'buffer',
    'u64',
    { callback: sqlite3_bind_blob64_4 },
  ], result: 'i32' },
  sqlite3_bind_double: { parameters: [sqlite3_stmt_pointer, 'i32', 'f64'], result: 'i32' },
  sqlite3_bind_int64: { parameters: [sqlite3_stmt_pointer, 'i32', 'i64'], result: 'i32' },
  sqlite3_bind_null: { parameters: [sqlite3_stmt_pointer, 'i32'], result: 'i32' },
  sqlite3_bind_text64: { parameters: [
    sqlite3_stmt_pointer,
    'i32',
    'buffer',
    'u64',
    { callback: sqlite3_bind_text64_4 },
    'u8', // encoding
  ], result: 'i32' },
  sqlite3_bind_zeroblob: { parameters: [sqlite3_stmt_pointer, 'i32', 'i32'], result: 'i32' }, // n
  sqlite3_bind_parameter_count: { parameters: [sqlite3_stmt_pointer], result: 'i32' },
  sqlite3_bind_parameter_name: { parameters: [sqlite3_stmt_pointer, 'i32'], result: 'cstring' },
  sqlite3_column_count: { parameters: [sqlite3_stmt_pointer], result: 'i32' }, // pStmt
  sqlite3_column_name: { parameters: [sqlite3_stmt_pointer, 'i32'], result: 'cstring' }, // N
  sqlite3_step: { parameters: [sqlite3_stmt_pointer], result: 'i32' },
  sqlite3_step_nonblocking: { name: 'sqlite3_step', parameters: [
    sqlite3_stmt_pointer,
  ], result: 'i32', nonblocking: true },
  sqlite3_column_blob: { parameters: [sqlite3_stmt_pointer, 'i32'], result: 'pointer' }, // iCol
  sqlite3_column_double: { parameters: [sqlite3_stmt_pointer, 'i32'], result: 'f64' }, // iCol
  sqlite3_column_int64: { parameters: [sqlite3_stmt_pointer, 'i32'], result: 'i64' }, // iCol
  sqlite3_column_text: { parameters: [sqlite3_stmt_pointer, 'i32'], result: 'pointer' }, // iCol
  sqlite3_column_bytes: { parameters: [sqlite3_stmt_pointer, 'i32'], result: 'i32' }, // iCol
  sqlite3_column_type: { parameters: [sqlite3_stmt_pointer, 'i32'], result: 'i32' }, // iCol
  sqlite3_finalize: { parameters: [sqlite3_stmt_pointer], result: 'i32' }, // pStmt
  sqlite3_reset: { parameters: [sqlite3_stmt_pointer], result: 'i32' }, // pStmt
  sqlite3_create_function_v2: { parameters: [
    sqlite3_pointer, // db
    'cstring', // zFunctionName
    'i32', // nArg
    'i32', // eTextRep
    'pointer', // pApp
    { callback: sqlite3_create_function_v2_xFunc }, // xFunc
    { callback: sqlite3_create_function_v2_xStep }, // xStep
    { callback: sqlite3_create_function_v2_xFinal }, // xFinal
    { callback: sqlite3_create_function_v2_xDestroy }, // xDestroy
  ], result: 'i32' },
  sqlite3_value_blob: { parameters: [sqlite3_value_pointer], result: 'pointer' },
  sqlite3_value_double: { parameters: [sqlite3_value_pointer], result: 'f64' },
  sqlite3_value_int64: { parameters: [sqlite3_value_pointer], result: 'i64' },
  sqlite3_value_text: { parameters: [sqlite3_value_pointer], result: 'pointer' },
  sqlite3_value_bytes: { parameters: [sqlite3_value_pointer], result: 'i32' },
  sqlite3_value_type: { parameters: [sqlite3_value_pointer], result: 'i32' },
  sqlite3_aggregate_context: { parameters: [
    sqlite3_context_pointer,
    'i32', // nBytes
  ], result: 'pointer' },
  sqlite3_result_blob64: { parameters: [
    sqlite3_context_pointer,
    'buffer',
    'u64',
    { callback: sqlite3_result_blob64_3 },
  ], result: 'void' },
  sqlite3_result_double: { parameters: [sqlite3_context_pointer, 'f64'], result: 'void' },
  sqlite3_result_error: { parameters: [
    sqlite3_context_pointer,
    'cstring',
    'i32',
  ], result: 'void' },
  sqlite3_result_int64: { parameters: [sqlite3_context_pointer, 'i64'], result: 'void' },
  sqlite3_result_null: { parameters: [sqlite3_context_pointer], result: 'void' },
  sqlite3_result_text64: { parameters: [
    sqlite3_context_pointer,
    'buffer',
    'u64',
    { callback: sqlite3_result_text64_3 },
    'u8', // encoding
  ], result: 'void' },
  sqlite3_result_zeroblob: { parameters: [sqlite3_context_pointer, 'i32'], result: 'void' }, // n
  sqlite3_get_autocommit: { parameters: [sqlite3_pointer], result: 'i32' },
} as const;

export const library = Deno.dlopen('libsqlite3.so.0', definitions);
export const { symbols } = library;

// Nothing was left out.
