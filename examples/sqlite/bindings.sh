#!/usr/bin/env bash
# Writes sqlite3.ts: what this library uses of SQLite's header (Debian: libsqlite3-dev), by
# `springboard bindgen`.
#
# Usage: examples/sqlite/bindings.sh [OUT.ts]
set -euo pipefail

folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$folder/../..

functions=(
  libversion threadsafe open_v2 close errmsg errstr exec interrupt get_autocommit changes64
  last_insert_rowid prepare_v2 step reset finalize sql
  bind_parameter_count bind_parameter_name
  bind_null bind_int64 bind_double bind_text64 bind_blob64 bind_zeroblob
  column_count column_name
  column_type column_int64 column_double column_text column_blob column_bytes
  create_function_v2 aggregate_context
  value_type value_int64 value_double value_text value_blob value_bytes
  result_null result_int64 result_double result_text64 result_blob64 result_zeroblob result_error
)
constants=(
  OK ROW DONE OPEN_READONLY OPEN_READWRITE OPEN_CREATE OPEN_FULLMUTEX OPEN_EXRESCODE UTF8
  DETERMINISTIC INTEGER FLOAT TEXT BLOB
)

# Texts of values have lengths: they may hold zeros.
exec "$root/third_party/node/node_modules/node26/bin/node" \
  "$root/build/springboard-ffi/bin/springboard.js" bindgen sqlite3.h --deno \
  --library libsqlite3.so.0 --output "${1:-$folder/sqlite3.ts}" \
  --only "$(printf 'sqlite3_%s,' "${functions[@]}")" \
  --constants "$(printf 'SQLITE_%s,' "${constants[@]}")" \
  --bytes "sqlite3_*_text64" --nonblocking sqlite3_step
