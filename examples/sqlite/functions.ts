// functions: SQL functions that are written in JavaScript.
//
// SQLite keeps the callbacks' addresses: they stay open until the function is replaced or the
// database is closed. They run on the thread that made them, whichever thread SQLite calls from.
// What a function throws becomes the error of the statement that called it.

import type { Connection } from "./connection.ts";
import {
  SQLITE_DETERMINISTIC, SQLITE_UTF8, sqlite3_create_function_v2_xFinal as FINISH,
  sqlite3_create_function_v2_xFunc as CALL, type sqlite3_context, symbols,
} from "./native.ts";
import { readArgument, returnValue, type Value } from "./values.ts";

export interface FunctionOptions {
  /** How many arguments it takes, -1 for any number. As many as its JavaScript form by default. */
  arguments?: number;
  /** The same arguments always give the same result, which SQLite may rely on. */
  deterministic?: boolean;
}

/** A function over the rows of a group, whose state begins with `start()`. */
export interface Aggregate<State> {
  start(): State;
  /** The state after one row more. */
  step(state: State, ...values: Value[]): State;
  result(state: State): Value;
}

interface Callbacks {
  call?: Deno.UnsafeCallback<typeof CALL>;
  step?: Deno.UnsafeCallback<typeof CALL>;
  finish?: Deno.UnsafeCallback<typeof FINISH>;
}

export class Functions {
  readonly #connection: Connection;
  readonly #defined = new Map<string, Callbacks>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  define(name: string, body: (...values: Value[]) => Value, options: FunctionOptions): void {
    const call = new Deno.UnsafeCallback(CALL, (context, count, values) =>
      this.#guard(context, () => returnValue(context, body(...readArguments(count, values)))));
    this.#create(name, body.length, options, { call });
  }

  defineAggregate<State>(
    name: string, aggregate: Aggregate<State>, options: FunctionOptions,
  ): void {
    // By the address of some memory that SQLite keeps for each group until its end.
    const groups = new Map<bigint, { state: State; failed: boolean }>();
    const step = new Deno.UnsafeCallback(CALL, (context, count, values) =>
      this.#guard(context, () => {
        const address = groupOf(context, 1);
        const group = groups.get(address) ?? { state: aggregate.start(), failed: false };
        groups.set(address, group);
        group.failed = true; // Unless this returns.
        group.state = aggregate.step(group.state, ...readArguments(count, values));
        group.failed = false;
      }));
    // SQLite calls it for each group, also when an error ends the statement; without any row there
    // is a group that no step has seen.
    const finish = new Deno.UnsafeCallback(FINISH, (context) =>
      this.#guard(context, () => {
        const address = groupOf(context, 0);
        const group = groups.get(address) ?? { state: aggregate.start(), failed: false };
        groups.delete(address);
        if (!group.failed) returnValue(context, aggregate.result(group.state));
      }));
    this.#create(name, aggregate.step.length - 1, options, { step, finish });
  }

  /** Once the database is closed, nothing calls them any more. */
  close(): void {
    for (const callbacks of this.#defined.values()) closeAll(callbacks);
    this.#defined.clear();
  }

  #create(name: string, length: number, options: FunctionOptions, callbacks: Callbacks): void {
    const count = options.arguments ?? length;
    const flags = SQLITE_UTF8 | (options.deterministic ? SQLITE_DETERMINISTIC : 0);
    const { call, step, finish } = callbacks;
    try {
      this.#connection.check(symbols.sqlite3_create_function_v2(
        this.#connection.handle, name, count, flags, null, call?.pointer ?? null,
        step?.pointer ?? null, finish?.pointer ?? null, null));
    } catch (error) {
      closeAll(callbacks);
      throw error;
    }
    // SQLite tells functions apart by name and number of arguments.
    const key = `${name.toLowerCase()}/${count}`;
    closeAll(this.#defined.get(key) ?? {});
    this.#defined.set(key, callbacks);
  }

  // Runs a callback's body: an exception must not leave it, there is C in front of it.
  #guard(context: sqlite3_context | null, body: () => void): void {
    try {
      body();
    } catch (error) {
      this.#connection.thrown = error;
      const message = error instanceof Error ? error.message : String(error);
      // A C string: it ends at a zero, and cannot hold half of a character.
      symbols.sqlite3_result_error(context, message.split("\0")[0].toWellFormed(), -1);
    }
  }
}

function closeAll({ call, step, finish }: Callbacks): void {
  call?.close();
  step?.close();
  finish?.close();
}

function readArguments(count: number, values: Deno.PointerValue): Value[] {
  if (values === null) return []; // A function without parameters.
  const view = new Deno.UnsafePointerView(values);
  return Array.from({ length: count }, (_, i) => readArgument(view.getPointer(8 * i)));
}

// Zero bytes: asks only, and gets null (0n) if no step has asked for memory.
function groupOf(context: sqlite3_context | null, bytes: number): bigint {
  return Deno.UnsafePointer.value(symbols.sqlite3_aggregate_context(context, bytes));
}
