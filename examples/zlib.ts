// zlib: compresses a real file (Node's own program file) with Debian's libz and checks the result,
// its checksums and the way back against Node's built-in zlib.

import { closeSync, openSync, readSync } from "node:fs";
import * as nodeZlib from "node:zlib";

const zlib = Deno.dlopen("libz.so.1", {
  zlibVersion: { parameters: [], result: "pointer" },
  compressBound: { parameters: ["usize"], result: "usize" },
  compress2: { parameters: ["buffer", "buffer", "buffer", "usize", "i32"], result: "i32" },
  uncompress: { parameters: ["buffer", "buffer", "buffer", "usize"], result: "i32" },
  crc32: { parameters: ["usize", "buffer", "u32"], result: "usize" },
  crc32_combine: { parameters: ["usize", "usize", "isize"], result: "usize" },
  adler32: { parameters: ["usize", "buffer", "u32"], result: "usize" },
} as const);
const { symbols } = zlib;

function check(what: string, holds: boolean): void {
  if (holds) return;
  console.error(`zlib: ${what} is wrong`);
  process.exit(1);
}

const MEBIBYTE = 1 << 20;
const original = new Uint8Array(4 * MEBIBYTE);
const file = openSync(process.execPath, "r");
const size = readSync(file, original, 0, original.length, 0);
closeSync(file);
check("the size of the file", size === original.length);
const wholeSize = BigInt(size);

console.log("zlib", Deno.UnsafePointerView.getCString(symbols.zlibVersion()!));
console.log(`read the first ${size / MEBIBYTE} MiB of ${process.execPath.split("/").pop()}`);

for (const level of [1, 6, 9]) {
  const compressed = new Uint8Array(Number(symbols.compressBound(wholeSize)));
  const length = new BigUint64Array([BigInt(compressed.length)]);
  check("compress2", symbols.compress2(compressed, length, original, wholeSize, level) === 0);
  const used = compressed.subarray(0, Number(length[0]));
  check("what Node inflates", Buffer.compare(nodeZlib.inflateSync(used), original) === 0);
  const percent = (100 * used.length / size).toFixed(1);
  console.log(`level ${level}: ${percent} %, Node inflates it to the same bytes`);
}

const byNode = nodeZlib.deflateSync(original);
const restored = new Uint8Array(size);
const restoredLength = new BigUint64Array([wholeSize]);
check("uncompress",
  symbols.uncompress(restored, restoredLength, byNode, BigInt(byNode.length)) === 0);
check("what zlib inflates", Buffer.compare(restored, original) === 0);
console.log("what Node deflates, zlib inflates to the same bytes");

// A broken stream is an error code, not a crash.
const Z_DATA_ERROR = -3;
const broken = Uint8Array.from(byNode);
broken.fill(0xff, 100, 200);
restoredLength[0] = wholeSize;
check("the error of a broken stream",
  symbols.uncompress(restored, restoredLength, broken, BigInt(broken.length)) === Z_DATA_ERROR);

const crc = symbols.crc32(0n, original, size);
check("crc32", crc === BigInt(nodeZlib.crc32(original)));
// In parts of 64 KiB, which are views into the same buffer, and put together again.
let inParts = 0n;
for (let start = 0; start < size; start += 65536) {
  inParts = symbols.crc32(inParts, original.subarray(start, start + 65536), 65536);
}
check("crc32 in parts", inParts === crc);
const half = size / 2;
const [front, back] = [original.subarray(0, half), original.subarray(half)];
const combined = symbols.crc32_combine(symbols.crc32(0n, front, half),
  symbols.crc32(0n, back, half), BigInt(half));
check("crc32_combine", combined === crc);
console.log(`crc32 ${crc.toString(16)}, the same as Node's, whole, in parts and combined`);

zlib.close();
console.log("all results agree");
