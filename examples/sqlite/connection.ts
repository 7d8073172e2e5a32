// connection: one open database, and the rule of who may use it when.
//
// SQLite locks a connection while a statement runs. A nonblocking query runs on another thread, and
// the JavaScript functions that it calls run on this one: if this thread waited for the lock
// meanwhile, both would wait for ever. So until such a query has ended, every other use of its
// connection is an error, and further nonblocking queries wait for their turn.

import {
  errorOf, SQLITE_DONE, SQLITE_OK, SQLITE_ROW, type sqlite3, type SqliteError, symbols,
} from "./native.ts";

export class Connection {
  #handle: sqlite3 | null;
  #inPool = false; // A nonblocking query is under way.
  #calls = 0; // Calls into SQLite on this thread in which a function may be running.
  #lastQuery: Promise<unknown> = Promise.resolve();

  /** What a function written in JavaScript threw: the cause of the error that SQLite reports. */
  thrown: unknown = undefined;

  constructor(path: string, flags: number) {
    const out = new BigUint64Array(1); // SQLite stores the connection's address here.
    const code = symbols.sqlite3_open_v2(path, out, flags, null);
    this.#handle = Deno.UnsafePointer.create(out[0]);
    if (code === SQLITE_OK) return;
    // Even then there is a connection: it has the message, and wants to be closed.
    const error = errorOf(this.#handle, code);
    symbols.sqlite3_close(this.#handle);
    throw error;
  }

  get open(): boolean {
    return this.#handle !== null;
  }

  /** Throws unless this thread may use the connection now. */
  checkUsable(): void {
    if (this.#handle === null) throw new Error("this database is closed");
    if (this.#inPool) {
      throw new Error("a nonblocking query of this database is under way: await it first");
    }
  }

  /** SQLite's connection, for a call on this thread. */
  get handle(): sqlite3 | null {
    this.checkUsable();
    return this.#handle;
  }

  /** Runs `call`, in which SQLite may call JavaScript functions. */
  during<T>(call: () => T): T {
    this.#calls += 1;
    try {
      return call();
    } finally {
      this.#calls -= 1;
    }
  }

  /** Runs `query`, whose steps are nonblocking, when those before it have ended. */
  inTurn<T>(query: () => Promise<T>): Promise<T> {
    const result = this.#lastQuery.then(() => this.#hold(query));
    this.#lastQuery = result.catch(() => {}); // Its caller gets the error.
    return result;
  }

  async #hold<T>(query: () => Promise<T>): Promise<T> {
    if (this.#calls > 0) throw new Error("a statement of this database is running: let it end");
    const result = query(); // Up to its first step: until then it uses `handle` itself.
    this.#inPool = true;
    try {
      return await result;
    } finally {
      this.#inPool = false;
    }
  }

  /** Ends a query that is under way, with an error. The one thing that may be done during it. */
  interrupt(): void {
    if (this.#handle !== null) symbols.sqlite3_interrupt(this.#handle);
  }

  /** Throws unless `code` says that all went well. */
  check(code: number): void {
    if (code !== SQLITE_OK) throw this.#error(code);
  }

  /** What a step returned: true for a row, false for the end. */
  hasRow(code: number): boolean {
    if (code !== SQLITE_ROW && code !== SQLITE_DONE) throw this.#error(code);
    return code === SQLITE_ROW;
  }

  #error(code: number): SqliteError {
    const cause = this.thrown;
    this.thrown = undefined;
    return errorOf(this.#handle, code, cause);
  }

  /** Throws if it is not the moment to close. */
  checkIdle(): void {
    this.checkUsable();
    if (this.#calls > 0) throw new Error("a function cannot close the database that calls it");
  }

  /** Its statements must be finalized. */
  close(): void {
    this.checkIdle();
    this.check(symbols.sqlite3_close(this.#handle));
    this.#handle = null;
  }
}
