// sqlite: a database in memory through Debian's libsqlite3: a table, 10,000 rows by a prepared
// statement, an aggregate over them, rows handed to a JavaScript function, and the text of an
// error.

const sqlite = Deno.dlopen("libsqlite3.so.0", {
  sqlite3_libversion: { parameters: [], result: "pointer" },
  sqlite3_open: { parameters: ["buffer", "buffer"], result: "i32" },
  sqlite3_close: { parameters: ["pointer"], result: "i32" },
  sqlite3_errmsg: { parameters: ["pointer"], result: "pointer" },
  sqlite3_exec: {
    parameters: ["pointer", "buffer", "function", "pointer", "buffer"],
    result: "i32",
  },
  sqlite3_prepare_v2: {
    parameters: ["pointer", "buffer", "i32", "buffer", "buffer"],
    result: "i32",
  },
  sqlite3_bind_int64: { parameters: ["pointer", "i32", "i64"], result: "i32" },
  sqlite3_bind_double: { parameters: ["pointer", "i32", "f64"], result: "i32" },
  sqlite3_bind_text: { parameters: ["pointer", "i32", "buffer", "i32", "pointer"], result: "i32" },
  sqlite3_step: { parameters: ["pointer"], result: "i32" },
  sqlite3_reset: { parameters: ["pointer"], result: "i32" },
  sqlite3_finalize: { parameters: ["pointer"], result: "i32" },
  sqlite3_column_int64: { parameters: ["pointer", "i32"], result: "i64" },
  sqlite3_column_double: { parameters: ["pointer", "i32"], result: "f64" },
  sqlite3_column_text: { parameters: ["pointer", "i32"], result: "pointer" },
} as const);
const { symbols } = sqlite;

const OK = 0;
const ERROR = 1;
const ROW = 100;
const DONE = 101;
// "The bytes may change once the call returns: copy them" (SQLITE_TRANSIENT).
const TRANSIENT = Deno.UnsafePointer.create(-1);

const encoder = new TextEncoder();
const cString = (text: string) => encoder.encode(`${text}\0`);
const fromC = (pointer: unknown) => Deno.UnsafePointerView.getCString(pointer);

function check(what: string, holds: boolean): void {
  if (holds) return;
  console.error(`sqlite: ${what} is wrong`);
  process.exit(1);
}

// A function that stores a pointer through its argument gets eight bytes to do so.
const out = new BigUint64Array(1);
const stored = () => Deno.UnsafePointer.create(out[0]);

console.log("SQLite", fromC(symbols.sqlite3_libversion()));
check("sqlite3_open", symbols.sqlite3_open(cString(":memory:"), out) === OK);
const db = stored();

function execute(sql: string): void {
  const code = symbols.sqlite3_exec(db, cString(sql), null, null, null);
  check(`${sql}: ${fromC(symbols.sqlite3_errmsg(db))}`, code === OK);
}
function prepare(sql: string): unknown {
  const code = symbols.sqlite3_prepare_v2(db, cString(sql), -1, out, null);
  check(`${sql}: ${fromC(symbols.sqlite3_errmsg(db))}`, code === OK);
  return stored();
}

execute("CREATE TABLE readings (id INTEGER PRIMARY KEY, station TEXT, value REAL, raw INTEGER)");
console.log("created a table");

const ROWS = 10_000;
const stations = ["Zürich", "Oslo", "東京", "Lima"];
const expected = new Map(stations.map((name) => [name, { count: 0n, sum: 0, greatest: 0n }]));
const insert = prepare("INSERT INTO readings (station, value, raw) VALUES (?, ?, ?)");
execute("BEGIN");
for (let i = 0; i < ROWS; i += 1) {
  const station = stations[i % stations.length];
  const value = (i * 37 % 1000) / 8;
  const raw = 2n ** 53n + BigInt(i);
  check("bind", symbols.sqlite3_bind_text(insert, 1, encoder.encode(station),
    encoder.encode(station).length, TRANSIENT) === OK);
  check("bind", symbols.sqlite3_bind_double(insert, 2, value) === OK);
  check("bind", symbols.sqlite3_bind_int64(insert, 3, raw) === OK);
  check("step", symbols.sqlite3_step(insert) === DONE);
  check("reset", symbols.sqlite3_reset(insert) === OK);
  const total = expected.get(station)!;
  total.count += 1n;
  total.sum += value;
  total.greatest = raw;
}
execute("COMMIT");
check("finalize", symbols.sqlite3_finalize(insert) === OK);
console.log(`inserted ${ROWS} rows with a prepared statement`);

const select = prepare("SELECT id, value FROM readings ORDER BY id");
let rows = 0;
let sum = 0;
while (symbols.sqlite3_step(select) === ROW) {
  rows += 1;
  check("the order of rows", symbols.sqlite3_column_int64(select, 0) === BigInt(rows));
  sum += symbols.sqlite3_column_double(select, 1);
}
symbols.sqlite3_finalize(select);
const expectedSum = [...expected.values()].reduce((total, { sum }) => total + sum, 0);
check("the number of rows", rows === ROWS);
check("the sum", sum === expectedSum);
console.log(`read ${rows} rows back, their values sum up to ${sum}`);

const aggregate = prepare(
  "SELECT station, count(*), sum(value), max(raw) FROM readings GROUP BY station ORDER BY station");
let groups = 0;
while (symbols.sqlite3_step(aggregate) === ROW) {
  const station = fromC(symbols.sqlite3_column_text(aggregate, 0));
  const count = symbols.sqlite3_column_int64(aggregate, 1);
  const total = symbols.sqlite3_column_double(aggregate, 2);
  const greatest = symbols.sqlite3_column_int64(aggregate, 3);
  const wanted = expected.get(station);
  check(`the group ${station}`, wanted !== undefined && wanted.count === count &&
    wanted.sum === total && wanted.greatest === greatest);
  console.log(`  ${station}: ${count} rows, sum ${total}, greatest ${greatest}`);
  groups += 1;
}
symbols.sqlite3_finalize(aggregate);
check("the number of groups", groups === stations.length);

// sqlite3_exec calls back for each row: (context, columns, char** values, char** names) -> 0 goes
// on.
const names: string[] = [];
const row = new Deno.UnsafeCallback(
  { parameters: ["pointer", "i32", "pointer", "pointer"], result: "i32" } as const,
  (_context: unknown, _columns: number, values: unknown) => {
    names.push(fromC(new Deno.UnsafePointerView(values).getPointer()));
    return 0;
  },
);
const distinct = cString("SELECT DISTINCT station FROM readings ORDER BY id");
check("exec", symbols.sqlite3_exec(db, distinct, row.pointer, null, null) === OK);
check("the names from the callback", names.join() === stations.join());
row.close();
console.log(`a callback received ${names.length} rows: ${names.join(", ")}`);

const bad = symbols.sqlite3_prepare_v2(db, cString("SELEC 1"), -1, out, null);
const message = fromC(symbols.sqlite3_errmsg(db));
check("the error of a bad statement", bad === ERROR && message.includes('near "SELEC"'));
console.log(`a bad statement: ${message}`);

check("sqlite3_close", symbols.sqlite3_close(db) === OK);
sqlite.close();
console.log("all results agree");
