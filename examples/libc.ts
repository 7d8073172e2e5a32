// libc: functions of the C library and libm: qsort with a JavaScript comparator, div, which returns
// a struct, strings, the environment, and mathematics compared with JavaScript's own.

const div_t = { struct: ["i32", "i32"] } as const;
const libc = Deno.dlopen("libc.so.6", {
  qsort: { parameters: ["buffer", "usize", "usize", "function"], result: "void" },
  div: { parameters: ["i32", "i32"], result: div_t },
  strlen: { parameters: ["buffer"], result: "usize" },
  getenv: { parameters: ["buffer"], result: "pointer" },
  getpid: { parameters: [], result: "i32" },
  toupper: { parameters: ["i32"], result: "i32" },
  memcmp: { parameters: ["buffer", "buffer", "usize"], result: "i32" },
} as const);
const libm = Deno.dlopen("libm.so.6", {
  hypot: { parameters: ["f64", "f64"], result: "f64" },
  cbrt: { parameters: ["f64"], result: "f64" },
  fmaf: { parameters: ["f32", "f32", "f32"], result: "f32" },
  ldexp: { parameters: ["f64", "i32"], result: "f64" },
  lround: { parameters: ["f64"], result: "i64" },
  nan: { parameters: ["buffer"], result: "f64" },
} as const);

const encoder = new TextEncoder();
const cString = (text: string) => encoder.encode(`${text}\0`);

function check(what: string, holds: boolean): void {
  if (holds) return;
  console.error(`libc: ${what} is wrong`);
  process.exit(1);
}

const COUNT = 1000;
const values = Int32Array.from({ length: COUNT }, (_, i) => (i * 7919) % 2003 - 1000);
const sorted = Int32Array.from(values).sort();
let comparisons = 0;
const compare = new Deno.UnsafeCallback(
  { parameters: ["pointer", "pointer"], result: "i32" } as const,
  (a, b) => {
    comparisons += 1;
    return new Deno.UnsafePointerView(a!).getInt32() - new Deno.UnsafePointerView(b!).getInt32();
  },
);
libc.symbols.qsort(values, BigInt(COUNT), BigInt(values.BYTES_PER_ELEMENT), compare.pointer);
compare.close();
check("qsort", comparisons >= COUNT - 1 && values.every((value, i) => value === sorted[i]));
console.log(`qsort sorted ${COUNT} numbers, ${values[0]} ... ${values[COUNT - 1]},`,
  "with a JavaScript comparator");

const [quotient, remainder] = new Int32Array(libc.symbols.div(-17, 5).buffer);
check("div", quotient === -3 && remainder === -2);
console.log(`div(-17, 5) = { quot: ${quotient}, rem: ${remainder} }`);

const text = "Springboard, größer";
const length = libc.symbols.strlen(cString(text));
check("strlen", length === BigInt(encoder.encode(text).length));
console.log(`strlen("${text}") = ${length}`);

process.env.SPRINGBOARD_EXAMPLE = "set by JavaScript";
const variable = libc.symbols.getenv(cString("SPRINGBOARD_EXAMPLE"));
const value = variable && Deno.UnsafePointerView.getCString(variable);
check("getenv", value === "set by JavaScript");
check("getenv of nothing", libc.symbols.getenv(cString("SPRINGBOARD_NOT_SET")) === null);
console.log(`getenv("SPRINGBOARD_EXAMPLE") = "${value}"`);

check("getpid", libc.symbols.getpid() === process.pid);
check("toupper", libc.symbols.toupper(0x73) === 0x53);
check("memcmp", libc.symbols.memcmp(cString("abc"), cString("abd"), 3n) < 0);
console.log("getpid, toupper and memcmp agree with JavaScript");

const { hypot, cbrt, fmaf, ldexp, lround, nan } = libm.symbols;
check("hypot", hypot(3, 4) === 5);
check("cbrt", Math.abs(cbrt(-27) + 3) < 1e-12);
check("fmaf", fmaf(1.5, 2, 0.25) === 3.25);
check("ldexp", ldexp(0.75, 4) === 12);
check("lround", lround(-2.5) === -3n);
check("nan", Number.isNaN(nan(cString(""))));
let sum = 0;
for (let i = 0; i < 100_000; i += 1) sum += hypot(i, i + 1) - Math.hypot(i, i + 1);
check("100,000 times hypot", Math.abs(sum) < 1e-6);
console.log(`hypot(3, 4) = ${hypot(3, 4)}, ldexp(0.75, 4) = ${ldexp(0.75, 4)},`,
  `lround(-2.5) = ${lround(-2.5)}`);

libm.close();
libc.close();
console.log("all results agree");
