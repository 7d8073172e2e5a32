// statement: a prepared statement, to be run as often as one likes, with other values each time.

import type { Connection } from "./connection.ts";
import { type sqlite3_stmt, symbols } from "./native.ts";
import { bindValue, readColumn, type Value } from "./values.ts";

/** Values for `?` in their order, or for `:name`, `@name` and `$name` by name. */
export type Bindings = readonly Value[] | Readonly<Record<string, Value>>;

/** A row by the names of its columns. Of two columns with one name, the later one. */
export type Row = Record<string, Value>;

export interface Changes {
  /** How many rows the last INSERT, UPDATE or DELETE of the connection touched. */
  changes: number;
  lastInsertRowId: bigint;
}

export class Statement implements Disposable {
  readonly sql: string;
  readonly #connection: Connection;
  readonly #onFinalize: (statement: Statement) => void;
  #handle: sqlite3_stmt | null;
  #run = 0; // Counts up, so that an iteration notices that its statement has been run again.
  #stepping = false;

  /** Database.prepare() makes statements. */
  constructor(connection: Connection, sql: string, onFinalize: (statement: Statement) => void) {
    this.sql = sql;
    this.#connection = connection;
    this.#onFinalize = onFinalize;
    this.#handle = prepare(connection, sql);
  }

  /** Runs it to its end. Rows, if there are any, are dropped. */
  run(bindings: Bindings = []): Changes {
    for (const _row of this.iterate(bindings));
    const { handle } = this.#connection;
    return {
      changes: Number(symbols.sqlite3_changes64(handle)),
      lastInsertRowId: symbols.sqlite3_last_insert_rowid(handle),
    };
  }

  /** The first row, or undefined. */
  get(bindings: Bindings = []): Row | undefined {
    for (const row of this.iterate(bindings)) return row;
    return undefined;
  }

  /** All rows. */
  all(bindings: Bindings = []): Row[] {
    return [...this.iterate(bindings)];
  }

  /** One row after the other: SQLite computes the next one when it is asked for. */
  *iterate(bindings: Bindings = []): Generator<Row, void, undefined> {
    const run = this.#begin(bindings);
    try {
      let names: string[] | undefined;
      while (this.#step(run)) {
        names ??= columnNames(this.#handle);
        yield readRow(this.#handle, names);
      }
    } finally {
      if (run === this.#run && this.#handle !== null) this.#reset();
    }
  }

  [Symbol.iterator](): Generator<Row, void, undefined> {
    return this.iterate();
  }

  /** All rows, computed on another thread. Until then the database is this query's alone. */
  query(bindings: Bindings = []): Promise<Row[]> {
    return this.#connection.inTurn(async () => {
      this.#begin(bindings);
      const handle = this.#handle;
      const rows: Row[] = [];
      try {
        let names: string[] | undefined;
        while (this.#connection.hasRow(await symbols.sqlite3_step_nonblocking(handle))) {
          names ??= columnNames(handle);
          rows.push(readRow(handle, names));
        }
      } finally {
        reset(this.#connection, handle);
      }
      return rows;
    });
  }

  /** Frees it. Closing the database does so, too. */
  finalize(): void {
    if (this.#handle === null) return;
    this.#reset();
    symbols.sqlite3_finalize(this.#handle);
    this.#handle = null;
    this.#onFinalize(this);
  }

  [Symbol.dispose](): void {
    this.finalize();
  }

  #checkUsable(): void {
    if (this.#handle === null) throw new Error(`this statement is finalized: ${this.sql}`);
    if (this.#stepping) throw new Error(`a function uses the statement that calls it: ${this.sql}`);
    this.#connection.checkUsable();
  }

  #begin(bindings: Bindings): number {
    this.#checkUsable();
    this.#reset();
    bindAll(this.#connection, this.#handle, bindings);
    this.#run += 1;
    return this.#run;
  }

  #step(run: number): boolean {
    this.#checkUsable();
    if (run !== this.#run) {
      throw new Error(`this statement has been run again, which ended its rows: ${this.sql}`);
    }
    this.#stepping = true;
    try {
      const code = this.#connection.during(() => symbols.sqlite3_step(this.#handle));
      return this.#connection.hasRow(code);
    } finally {
      this.#stepping = false;
    }
  }

  #reset(): void {
    this.#checkUsable();
    reset(this.#connection, this.#handle);
  }
}

// Ends a run. The code it returns is the last step's once more; and what an aggregate throws whose
// result nobody waits for any more is nobody's error.
function reset(connection: Connection, handle: sqlite3_stmt | null): void {
  symbols.sqlite3_reset(handle);
  connection.thrown = undefined;
}

function prepare(connection: Connection, sql: string): sqlite3_stmt | null {
  const out = new BigUint64Array(1); // SQLite stores the statement's address here.
  connection.check(symbols.sqlite3_prepare_v2(connection.handle, sql, -1, out, null));
  const statement: sqlite3_stmt | null = Deno.UnsafePointer.create(out[0]);
  // SQLite compiles one statement, and has its text.
  const rest = sql.slice(symbols.sqlite3_sql(statement)?.length).trim();
  if (statement !== null && rest === "") return statement;
  symbols.sqlite3_finalize(statement);
  if (statement === null) throw new TypeError(`there is no statement in this SQL: ${sql}`);
  throw new TypeError(`prepare() takes one statement, and this follows it: ${rest}`);
}

function bindAll(connection: Connection, handle: sqlite3_stmt | null, bindings: Bindings): void {
  const count = symbols.sqlite3_bind_parameter_count(handle);
  const values = isList(bindings) ? bindings : inOrder(handle, count, bindings);
  if (values.length !== count) {
    throw new TypeError(`this statement has ${count} parameters, not ${values.length}`);
  }
  values.forEach((value, i) => connection.check(bindValue(handle, i + 1, value)));
}

// Array.isArray() does not tell a readonly array from a record.
function isList(bindings: Bindings): bindings is readonly Value[] {
  return Array.isArray(bindings);
}

// The values of the parameters 1, 2, ... by their names, which have a character in front.
function inOrder(
  handle: sqlite3_stmt | null, count: number, bindings: Readonly<Record<string, Value>>,
): Value[] {
  const values: Value[] = [];
  const unused = new Set(Object.keys(bindings));
  for (let i = 1; i <= count; i += 1) {
    const name = symbols.sqlite3_bind_parameter_name(handle, i)?.slice(1);
    if (name === undefined) throw new TypeError(`parameter ${i} has no name: give an array`);
    if (!Object.hasOwn(bindings, name)) throw new TypeError(`the parameter ${name} has no value`);
    values.push(bindings[name]);
    unused.delete(name);
  }
  if (unused.size > 0) throw new TypeError(`there is no parameter ${[...unused].join(", ")}`);
  return values;
}

function columnNames(handle: sqlite3_stmt | null): string[] {
  return Array.from({ length: symbols.sqlite3_column_count(handle) },
    (_, i) => symbols.sqlite3_column_name(handle, i) ?? String(i));
}

function readRow(handle: sqlite3_stmt | null, names: string[]): Row {
  return Object.fromEntries(names.map((name, i) => [name, readColumn(handle, i)]));
}
