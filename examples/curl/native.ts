// native: libcurl's C functions as this library uses them, and its constants.
//
// curl_easy_setopt and curl_easy_getinfo are variadic, and a call through FFI passes fixed
// arguments: so each kind of option is a symbol of its own, with the one signature that its options
// have. That holds where a convention puts a variadic integer or pointer where it puts a fixed one:
//
//   Linux, x86-64     yes: both travel in the next integer register. Only %al, the number of vector
//                     registers in use, is special, and the callee merely tests it for zero.
//   Linux, arm64      yes: AAPCS64 passes anonymous arguments like named ones.
//   Windows, x86-64   yes for integers and pointers, the same registers and slots; a double would
//                     have to be in both kinds of register. (`long` has 32 bits there: "i32".)
//   macOS, x86-64     yes, as on Linux.
//   macOS, arm64      no: variadic arguments go to the stack whatever registers are free, so the
//                     callee would read what happens to lie there. It takes a C function between.
//
// The library stays open for as long as the process runs.

const library = Deno.dlopen("libcurl.so.4", {
  curl_version: { parameters: [], result: "pointer" },
  curl_global_init: { parameters: ["i64"], result: "i32" },

  curl_easy_init: { parameters: [], result: "pointer" },
  curl_easy_cleanup: { parameters: ["pointer"], result: "void" },
  curl_easy_strerror: { parameters: ["i32"], result: "pointer" },
  // On another thread: it returns when the transfer is over, and calls the callbacks meanwhile.
  curl_easy_perform: { parameters: ["pointer"], result: "i32", nonblocking: true },

  setopt_long: { name: "curl_easy_setopt", parameters: ["pointer", "u32", "i64"], result: "i32" },
  setopt_string: {
    name: "curl_easy_setopt",
    parameters: ["pointer", "u32", "buffer"],
    result: "i32",
  },
  setopt_pointer: {
    name: "curl_easy_setopt",
    parameters: ["pointer", "u32", "pointer"],
    result: "i32",
  },
  setopt_function: {
    name: "curl_easy_setopt",
    parameters: ["pointer", "u32", "function"],
    result: "i32",
  },
  getinfo: { name: "curl_easy_getinfo", parameters: ["pointer", "u32", "buffer"], result: "i32" },

  curl_slist_append: { parameters: ["pointer", "buffer"], result: "pointer" },
  curl_slist_free_all: { parameters: ["pointer"], result: "void" },
} as const);

export const symbols = library.symbols;

// An option's number says its kind: below 10000 a long, then pointers (also strings, which are
// copied), from 20000 on functions, from 30000 on curl_off_t, which is a long here.
export const OPTION = {
  NOPROGRESS: 43,
  POST: 47,
  BUFFERSIZE: 98,
  NOSIGNAL: 99,
  URL: 10002,
  PROXY: 10004,
  ERRORBUFFER: 10010,
  HTTPHEADER: 10023,
  PROTOCOLS_STR: 10318,
  WRITEFUNCTION: 20011,
  READFUNCTION: 20012,
  HEADERFUNCTION: 20079,
  XFERINFOFUNCTION: 20219,
  POSTFIELDSIZE_LARGE: 30120,
} as const;

export const RESPONSE_CODE = 0x200002;

export const OK = 0;
export const ERROR_SIZE = 256;
/** What a read callback returns to end the transfer. */
export const READ_ABORT = 0x10000000n;

// Functions that libcurl calls. The data callbacks are size_t (*)(char*, size_t, size_t, void*).
export const DATA = {
  parameters: ["pointer", "usize", "usize", "pointer"],
  result: "usize",
} as const;
export const PROGRESS = {
  parameters: ["pointer", "i64", "i64", "i64", "i64"],
  result: "i32",
} as const;

const encoder = new TextEncoder();

/** `text` as C reads it: in UTF-8, with a zero at its end. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(`${text}\0`);
}

/** The text at `pointer`, up to the zero. */
export function fromC(pointer: Deno.PointerValue): string {
  return pointer === null ? "" : Deno.UnsafePointerView.getCString(pointer);
}

const GLOBAL_DEFAULT = 3n;
if (symbols.curl_global_init(GLOBAL_DEFAULT) !== OK) throw new Error("libcurl cannot start");
