// main: what the SQLite library next to this file can do. Weather stations in a database in memory,
// read and written, with SQL functions in JavaScript, errors, and queries that do not block.
//
//   ./dev run --allow-ffi examples/sqlite/main.ts

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Database, SqliteError, type Value } from "./sqlite.ts";

function check(what: string, holds: boolean): void {
  if (!holds) throw new Error(`sqlite: ${what} is wrong`);
}

/** The error of `action`, which must fail and say `expected`. */
function errorOf(action: () => unknown, expected: string): Error {
  try {
    action();
  } catch (error) {
    if (error instanceof Error && error.message.includes(expected)) return error;
    throw error;
  }
  throw new Error(`sqlite: nothing threw "${expected}"`);
}

const ROWS = 10_000;
const STATIONS = ["Zürich", "Oslo", "東京", "Lima"];

interface Reading {
  station: string;
  value: number;
  raw: bigint;
}
function reading(i: number): Reading {
  return {
    station: STATIONS[i % STATIONS.length],
    value: (i * 37 % 1000) / 8,
    raw: 2n ** 53n + BigInt(i), // No Number holds all of these.
  };
}
const readings = Array.from({ length: ROWS }, (_, i) => reading(i));

function fill(database: Database): void {
  database.execute(`CREATE TABLE readings
    (id INTEGER PRIMARY KEY, station TEXT NOT NULL, value REAL, raw INTEGER)`);
  using insert = database.prepare("INSERT INTO readings (station, value, raw) VALUES (?, ?, ?)");
  database.transaction(() => {
    readings.forEach(({ station, value, raw }, i) => {
      const { changes, lastInsertRowId } = insert.run([station, value, raw]);
      check("the count of changes", changes === 1 && lastInsertRowId === BigInt(i + 1));
    });
  });
  console.log(`inserted ${ROWS} rows with a prepared statement`);
}

function readBack(database: Database): void {
  using select = database.prepare("SELECT id, station, value, raw FROM readings ORDER BY id");
  let rows = 0;
  let sum = 0;
  for (const { id, station, value, raw } of select) {
    const wanted = readings[rows];
    rows += 1;
    check(`row ${rows}`, id === rows && station === wanted.station && value === wanted.value &&
      BigInt(raw as number | bigint) === wanted.raw);
    sum += wanted.value;
  }
  check("the number of rows", rows === ROWS);
  console.log(`read ${rows} rows back, their values sum up to ${sum}`);
}

function group(database: Database): void {
  using select = database.prepare(`
    SELECT station, count(*) AS count, sum(value) AS sum, max(raw) AS greatest
    FROM readings GROUP BY station ORDER BY station`);
  const groups = select.all();
  check("the number of groups", groups.length === STATIONS.length);
  for (const { station, count, sum, greatest } of groups) {
    const wanted = readings.filter((reading) => reading.station === station);
    check(`the group ${station}`, wanted.length === count &&
      wanted.reduce((total, { value }) => total + value, 0) === sum &&
      wanted.at(-1)?.raw === greatest);
    console.log(`  ${station}: ${count} rows, sum ${sum}, greatest ${greatest}`);
  }
}

function sameValue(a: Value, b: Value): boolean {
  if (!(a instanceof Uint8Array) || !(b instanceof Uint8Array)) return Object.is(a, b);
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** Every kind of value goes in as a parameter and through a function, and comes out the same. */
function roundTrip(database: Database): void {
  database.function("same", (value) => value);
  using select = database.prepare("SELECT $value AS bound, same($value) AS computed");
  const values: [Value, string][] = [
    [null, "null"],
    [0, "integer"], [-1, "integer"], [Number.MAX_SAFE_INTEGER, "integer"],
    [2n ** 53n, "integer"], [-(2n ** 63n), "integer"], [2n ** 63n - 1n, "integer"],
    [0.1, "real"], [-0, "real"], [Number.MAX_VALUE, "real"], [-Infinity, "real"],
    ["", "text"], ["größer, 東京, 🌍", "text"], ["with\0zero", "text"], ["\uFEFFmark", "text"],
    ["x".repeat(1e5), "text"],
    [new Uint8Array(), "blob"], [new Uint8Array([0, 255, 0]), "blob"],
    [new Uint8Array(1e5).fill(7), "blob"],
  ];
  using typeOf = database.prepare("SELECT typeof(?) AS type");
  for (const [value, type] of values) {
    const row = select.get({ value });
    check(`${type} ${value}, bound`, row !== undefined && sameValue(row.bound, value));
    check(`${type} ${value}, computed`, row !== undefined && sameValue(row.computed, value));
    check(`the type of ${value}`, typeOf.get([value])?.type === type);
  }
  console.log(`${values.length} values of five types came back as they went in`);
}

function functions(database: Database): void {
  const names: Value[] = [];
  database.function("collect", (station) => names.push(station));
  database.execute("SELECT collect(station) FROM (SELECT station FROM readings LIMIT 4)");
  check("the names that SQLite handed out", names.join() === STATIONS.join());

  database.function("initials", (...words) => words.map((word) => String(word)[0]).join(""),
    { arguments: -1, deterministic: true });
  using initials = database.prepare(
    "SELECT initials('ab', 'cd', 'ef') AS three, initials() AS none");
  const row = initials.get();
  check("a function of any number of arguments", row?.three === "ace" && row.none === "");

  // The same, with two arguments, is another function. And it asks the database something itself.
  database.function("initials", (station, count) => {
    using first = database.prepare("SELECT substr(?, 1, ?) AS start");
    return first.get([station, count])?.start ?? null;
  });
  using two = database.prepare("SELECT initials('Zürich', 2) AS start");
  check("a function that queries", two.get()?.start === "Zü");

  database.aggregate("median", {
    start: () => [],
    step: (values: Value[], value) => [...values, value],
    result: (values) => values.sort((a, b) => Number(a) - Number(b))[values.length >> 1] ?? null,
  });
  using medians = database.prepare(`
    SELECT station, median(value) AS median FROM readings WHERE id <= 400 GROUP BY station`);
  const rows = medians.all();
  for (const { station, median } of rows) {
    const values = readings.slice(0, 400).filter((reading) => reading.station === station)
      .map(({ value }) => value).sort((a, b) => a - b);
    check(`the median of ${station}`, median === values[values.length >> 1]);
  }
  using none = database.prepare("SELECT median(value) AS median FROM readings WHERE id < 0");
  check("the aggregate of no rows", rows.length === 4 && none.get()?.median === null);
  console.log(`functions in JavaScript received ${names.join(", ")};`,
    `medians ${rows.map(({ median }) => median).join(", ")}`);
}

function errors(database: Database): void {
  const bad = errorOf(() => database.prepare("SELEC 1"), 'near "SELEC"');
  check("the error of bad SQL", bad instanceof SqliteError && bad.code === 1);
  console.log(`a bad statement: ${bad.message}`);

  using insert = database.prepare("INSERT INTO readings (id, station) VALUES (:id, :station)");
  const twice = errorOf(() => insert.run({ id: 1, station: "Oslo" }), "UNIQUE constraint failed");
  const SQLITE_CONSTRAINT_PRIMARYKEY = 1555;
  check("its code", twice instanceof SqliteError && twice.code === SQLITE_CONSTRAINT_PRIMARYKEY);

  // What a function throws ends the statement, and is the cause of its error.
  const reason = new RangeError("no such station");
  database.function("locate", () => {
    throw reason;
  });
  using locate = database.prepare("SELECT locate() FROM readings");
  const thrown = errorOf(() => locate.all(), "no such station");
  check("the cause", thrown instanceof SqliteError && thrown.cause === reason);
  database.aggregate("fussy", {
    start: () => 0,
    step: (count: number) => {
      if (count === 2) throw new Error("two are enough");
      return count + 1;
    },
    result: (count) => count,
  });
  using fussy = database.prepare("SELECT fussy() FROM readings");
  errorOf(() => fussy.all(), "two are enough");

  const missing = errorOf(() => new Database("no/such/folder/x.db"), "unable to open database");
  console.log(`other errors: ${twice.message}; ${thrown.message}; ${missing.message}`);
}

/** What the library itself refuses, before SQLite would. */
function misuse(database: Database): void {
  using insert = database.prepare("INSERT INTO readings (id, station) VALUES (:id, :station)");
  errorOf(() => insert.run({ id: 1 }), "the parameter station has no value");
  errorOf(() => insert.run({ id: 1, station: "Oslo", statoin: 2 }), "no parameter statoin");
  errorOf(() => insert.run([1]), "this statement has 2 parameters, not 1");
  errorOf(() => insert.run([2n ** 63n, "Oslo"]), "no 64-bit integer");

  database.function("meddle", () => {
    database.close();
    return null;
  });
  errorOf(() => database.execute("SELECT meddle()"), "cannot close the database that calls it");
  using twoRows = database.prepare("SELECT 1 AS n UNION SELECT 2");
  const first = twoRows.iterate();
  first.next();
  check("rows of another run", twoRows.all().length === 2);
  errorOf(() => first.next(), "this statement has been run again");
  errorOf(() => database.prepare("SELECT 1; SELECT 2"), "this follows it: SELECT 2");

  const finalized = database.prepare("SELECT 1");
  finalized.finalize();
  errorOf(() => finalized.get(), "this statement is finalized");
}

function transactions(database: Database): void {
  using count = database.prepare("SELECT count(*) AS count FROM readings");
  errorOf(() => database.transaction(() => {
    database.execute("DELETE FROM readings WHERE station = 'Lima'");
    errorOf(() => database.transaction(() => {
      database.execute("DELETE FROM readings");
      check("the rows within", count.get()?.count === 0);
      throw new Error("not all of them");
    }), "not all of them");
    check("the rows after the inner one", count.get()?.count === ROWS * 3 / 4);
    throw new Error("not these either");
  }), "not these either");
  check("the rows after the outer one", count.get()?.count === ROWS);
  console.log("transactions that failed, one in the other, changed nothing");
}

/** A database in a file is still there when it is opened again. */
function file(): void {
  const folder = mkdtempSync(join(tmpdir(), "sqlite-"));
  try {
    const path = join(folder, "größe.db");
    {
      using database = new Database(path);
      database.execute("CREATE TABLE note (text TEXT); INSERT INTO note VALUES ('kept')");
    }
    using database = new Database(path, { readOnly: true });
    using select = database.prepare("SELECT text FROM note");
    check("what the file keeps", select.get()?.text === "kept");
    errorOf(() => database.execute("DELETE FROM note"), "attempt to write a readonly database");
  } finally {
    rmSync(folder, { recursive: true });
  }
  console.log("a file kept what was written to it");
}

/** A query on another thread waits for a timer of this one: neither blocks the other. */
async function nonblocking(database: Database): Promise<void> {
  let rung = false;
  let calls = 0;
  database.function("rung", () => {
    calls += 1;
    if (calls === 1) setTimeout(() => rung = true, 20);
    return Number(rung);
  });
  using wait = database.prepare(`
    WITH RECURSIVE round(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM round WHERE rung() = 0)
    SELECT max(n) AS rounds FROM round`);
  using group = database.prepare("SELECT count(*) AS count FROM readings WHERE station = ?");
  const waiting = wait.query();
  const counting = STATIONS.map((station) => group.query([station])); // In turn, after that one.
  await Promise.resolve();
  errorOf(() => group.all(["Oslo"]), "a nonblocking query of this database is under way");
  const [{ rounds }] = await waiting;
  const counts = await Promise.all(counting);
  check("the query that waited", rung && rounds === calls && calls > 1);
  check("the queries behind it", counts.every(([row]) => row.count === ROWS / STATIONS.length));
  console.log("a query called a function until a timer rang, and four waited for their turn");
}

/** Queries of several databases run at once: each waits until the others have begun, too. */
async function atOnce(): Promise<void> {
  const DATABASES = 4;
  let begun = 0;
  const run = async () => {
    using database = new Database(":memory:");
    database.function("begin", () => begun += 1);
    database.function("all_begun", () => Number(begun >= DATABASES));
    using select = database.prepare(`
      WITH RECURSIVE round(n) AS
        (SELECT begin() UNION ALL SELECT n FROM round WHERE all_begun() = 0)
      SELECT count(*) > 0 AS done FROM round`);
    return (await select.query())[0].done;
  };
  const done = await Promise.all(Array.from({ length: DATABASES }, run));
  check("the queries at once", done.every((value) => value === 1));
  console.log(`${DATABASES} databases computed at once`);
}

async function interrupted(database: Database): Promise<void> {
  let calls = 0;
  database.function("tick", () => {
    calls += 1;
    if (calls === 3) database.interrupt();
    return calls;
  });
  using endless = database.prepare(`
    WITH RECURSIVE round(n) AS (SELECT tick() UNION ALL SELECT tick() FROM round)
    SELECT count(*) FROM round`);
  const error: unknown = await endless.query().catch((error: unknown) => error);
  const SQLITE_INTERRUPT = 9;
  check("the interrupted query", error instanceof SqliteError && error.code === SQLITE_INTERRUPT);

  database.function("tick", () => {
    throw new Error("no more of this");
  });
  const thrown: unknown = await endless.query().catch((error: unknown) => error);
  check("what a function threw", thrown instanceof SqliteError && thrown.code === 1 &&
    thrown.message === "no more of this");
  console.log("an endless query was interrupted, and ended by a function's error");
}

console.log("SQLite", Database.version);
const database = new Database(":memory:");
fill(database);
readBack(database);
group(database);
roundTrip(database);
functions(database);
errors(database);
misuse(database);
transactions(database);
file();
await nonblocking(database);
await atOnce();
await interrupted(database);
database.close();
errorOf(() => database.execute("SELECT 1"), "this database is closed");
console.log("all results agree");
