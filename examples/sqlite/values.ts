// values: JavaScript's values to SQLite's and back, for columns, parameters and functions.
//
//   NULL     null
//   INTEGER  number; bigint where a number would not be exact
//   REAL     number (SQLite makes NULL of NaN)
//   TEXT     string
//   BLOB     Uint8Array, the receiver's own copy
//
// The other way a bigint and a number that is an integer become INTEGER, any other number REAL.

import {
  bytesOf, SQLITE_BLOB, SQLITE_FLOAT, SQLITE_INTEGER, SQLITE_TEXT, SQLITE_UTF8,
  type sqlite3_context, type sqlite3_stmt, type sqlite3_value, symbols, TRANSIENT,
} from "./native.ts";

export type Value = null | number | bigint | string | Uint8Array;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true }); // "Ignore" means to leave it there.

function integer(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

// SQLite's pointer is good until it is asked for something else, so both make copies.
function text(pointer: Deno.PointerValue, length: number): string {
  if (pointer === null) return "";
  return decoder.decode(Deno.UnsafePointerView.getArrayBuffer(pointer, length));
}
function blob(pointer: Deno.PointerValue, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  if (pointer !== null) Deno.UnsafePointerView.copyInto(pointer, bytes);
  return bytes;
}

/** A column of the row that `statement` stands on. */
export function readColumn(statement: sqlite3_stmt | null, index: number): Value {
  switch (symbols.sqlite3_column_type(statement, index)) {
    case SQLITE_INTEGER:
      return integer(symbols.sqlite3_column_int64(statement, index));
    case SQLITE_FLOAT:
      return symbols.sqlite3_column_double(statement, index);
    case SQLITE_TEXT: // The text first: to ask for it may change the number of bytes.
      return text(symbols.sqlite3_column_text(statement, index),
        symbols.sqlite3_column_bytes(statement, index));
    case SQLITE_BLOB:
      return blob(symbols.sqlite3_column_blob(statement, index),
        symbols.sqlite3_column_bytes(statement, index));
    default:
      return null;
  }
}

/** An argument of a function, a sqlite3_value. */
export function readArgument(value: sqlite3_value | null): Value {
  switch (symbols.sqlite3_value_type(value)) {
    case SQLITE_INTEGER:
      return integer(symbols.sqlite3_value_int64(value));
    case SQLITE_FLOAT:
      return symbols.sqlite3_value_double(value);
    case SQLITE_TEXT:
      return text(symbols.sqlite3_value_text(value), symbols.sqlite3_value_bytes(value));
    case SQLITE_BLOB:
      return blob(symbols.sqlite3_value_blob(value), symbols.sqlite3_value_bytes(value));
    default:
      return null;
  }
}

// -0 is no INTEGER: it would come back as 0.
function isInteger(value: number | bigint): boolean {
  if (typeof value === "number") return Number.isSafeInteger(value) && !Object.is(value, -0);
  if (BigInt.asIntN(64, value) === value) return true;
  throw new RangeError(`${value} is no 64-bit integer, which is what SQLite can hold`);
}

function unsupported(value: never): TypeError {
  return new TypeError(`${typeof value} is no SQLite value: expected null, a number, a bigint, ` +
    "a string or a Uint8Array");
}

/** Gives the parameter `index` (from 1) of `statement` its value; returns SQLite's result code. */
export function bindValue(
  statement: sqlite3_stmt | null, index: number, value: Value,
): number {
  if (value === null) return symbols.sqlite3_bind_null(statement, index);
  if (typeof value === "number" || typeof value === "bigint") {
    return isInteger(value)
      ? symbols.sqlite3_bind_int64(statement, index, BigInt(value))
      : symbols.sqlite3_bind_double(statement, index, Number(value));
  }
  if (typeof value === "string") {
    const bytes = bytesOf(value); // The null pointer would mean NULL.
    const length = BigInt(bytes.length - 1);
    return symbols.sqlite3_bind_text64(statement, index, bytes, length, TRANSIENT, SQLITE_UTF8);
  }
  if (value instanceof Uint8Array) {
    return value.length === 0
      ? symbols.sqlite3_bind_zeroblob(statement, index, 0)
      : symbols.sqlite3_bind_blob64(statement, index, value, BigInt(value.length), TRANSIENT);
  }
  throw unsupported(value);
}

/** Makes `value` the result of the function call `context`. */
export function returnValue(context: sqlite3_context | null, value: Value): void {
  if (value === null) {
    symbols.sqlite3_result_null(context);
  } else if (typeof value === "number" || typeof value === "bigint") {
    if (isInteger(value)) symbols.sqlite3_result_int64(context, BigInt(value));
    else symbols.sqlite3_result_double(context, Number(value));
  } else if (typeof value === "string") {
    const bytes = bytesOf(value);
    symbols.sqlite3_result_text64(context, bytes, BigInt(bytes.length - 1), TRANSIENT, SQLITE_UTF8);
  } else if (value instanceof Uint8Array) {
    if (value.length === 0) symbols.sqlite3_result_zeroblob(context, 0);
    else symbols.sqlite3_result_blob64(context, value, BigInt(value.length), TRANSIENT);
  } else {
    throw unsupported(value);
  }
}
