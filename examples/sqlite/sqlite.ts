// sqlite: a library for SQLite databases, over Debian's libsqlite3. See main.ts for its use.
//
//   using database = new Database("stations.db");
//   using insert = database.prepare("INSERT INTO station VALUES (?, ?)");
//   insert.run(["Oslo", 59.9]);
//
// A database belongs to the thread that opened it. Statements and databases want to be closed;
// what a database still has is closed with it.

import { Connection } from "./connection.ts";
import { type Aggregate, type FunctionOptions, Functions } from "./functions.ts";
import {
  SQLITE_OPEN_CREATE, SQLITE_OPEN_EXRESCODE, SQLITE_OPEN_FULLMUTEX, SQLITE_OPEN_READONLY,
  SQLITE_OPEN_READWRITE, symbols,
} from "./native.ts";
import { Statement } from "./statement.ts";
import type { Value } from "./values.ts";

export type { Aggregate, FunctionOptions } from "./functions.ts";
export { SqliteError } from "./native.ts";
export type { Bindings, Changes, Row } from "./statement.ts";
export { Statement } from "./statement.ts";
export type { Value } from "./values.ts";

export interface OpenOptions {
  /** Writing is an error, and so is a file that does not exist. */
  readOnly?: boolean;
}

export class Database implements Disposable {
  /** SQLite's version. */
  static readonly version: string = symbols.sqlite3_libversion() ?? "";

  readonly #connection: Connection;
  readonly #functions: Functions;
  readonly #statements = new Set<Statement>();

  /** Opens the file `path`, or ":memory:". */
  constructor(path: string, options: OpenOptions = {}) {
    if (symbols.sqlite3_threadsafe() === 0) throw new Error("this SQLite is built for one thread");
    const access =
      options.readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    // Any thread may use the database, one at a time; result codes come in their extended form.
    this.#connection =
      new Connection(path, access | SQLITE_OPEN_FULLMUTEX | SQLITE_OPEN_EXRESCODE);
    this.#functions = new Functions(this.#connection);
  }

  /** Runs statements that take no parameters, separated by semicolons; rows are dropped. */
  execute(sql: string): void {
    const { handle } = this.#connection;
    this.#connection.check(this.#connection.during(
      () => symbols.sqlite3_exec(handle, sql, null, null, null)));
  }

  /** Compiles one statement. */
  prepare(sql: string): Statement {
    const forget = (statement: Statement) => this.#statements.delete(statement);
    const statement = new Statement(this.#connection, sql, forget);
    this.#statements.add(statement);
    return statement;
  }

  /** Makes `body` the SQL function `name`. It stays until it is replaced. */
  function(
    name: string, body: (...values: Value[]) => Value, options: FunctionOptions = {},
  ): void {
    this.#functions.define(name, body, options);
  }

  /** Makes `aggregate` the SQL aggregate function `name`. */
  aggregate<State>(
    name: string, aggregate: Aggregate<State>, options: FunctionOptions = {},
  ): void {
    this.#functions.defineAggregate(name, aggregate, options);
  }

  /**
   * Runs `body`; all of its changes stay when it returns, none when it throws. Transactions nest.
   * `body` cannot be an async function: it would have only begun when the transaction ends.
   */
  transaction<T>(body: () => T): T {
    this.execute("SAVEPOINT springboard");
    try {
      const result = body();
      if (result instanceof Promise) throw new TypeError("a transaction's body cannot be async");
      this.execute("RELEASE springboard");
      return result;
    } catch (error) {
      this.#rollBack();
      throw error;
    }
  }

  // Some errors (a full disk, say) have already rolled everything back.
  #rollBack(): void {
    if (symbols.sqlite3_get_autocommit(this.#connection.handle) !== 0) return;
    this.execute("ROLLBACK TO springboard; RELEASE springboard");
  }

  /** Ends the nonblocking query that is running: its promise is rejected ("interrupted"). */
  interrupt(): void {
    this.#connection.interrupt();
  }

  /** Closes it with its statements and functions. Closing it again does nothing. */
  close(): void {
    if (!this.#connection.open) return;
    this.#connection.checkIdle();
    for (const statement of this.#statements) statement.finalize();
    this.#connection.close();
    this.#functions.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
