// main: downloads and uploads through libcurl, from and to a server that runs in this very thread.
// libcurl works on other threads; what it calls, and the server, run on this one in between.
//
//   ./dev run --allow-ffi examples/curl/main.ts

import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { CurlError, request, type RequestOptions, version } from "./curl.ts";

function check(what: string, holds: boolean): void {
  if (!holds) throw new Error(`curl: ${what} is wrong`);
}

const MEBIBYTE = 1 << 20;
const AT_ONCE = 8;
const large = Uint8Array.from({ length: 8 * MEBIBYTE }, (_, i) => (i * 31 + (i >> 8)) & 0xff);

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const toText = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

// The server. /together answers when all AT_ONCE requests have come; /endless never ends.
const waiting: (() => void)[] = [];
function serve(incoming: IncomingMessage, response: ServerResponse): void {
  const url = new URL(incoming.url ?? "/", "http://localhost");
  if (url.pathname === "/hello") {
    response.setHeader("X-Greeting", "good morning");
    response.end(`hello, ${incoming.headers["x-name"]}`);
  } else if (url.pathname === "/large") {
    response.setHeader("Content-Length", large.length);
    response.end(large);
  } else if (url.pathname === "/hash") {
    const hash = createHash("sha256");
    incoming.on("data", (chunk: Uint8Array) => hash.update(chunk));
    incoming.on("end", () => response.end(hash.digest("hex")));
  } else if (url.pathname === "/together") {
    waiting.push(() => response.end(url.search));
    if (waiting.length === AT_ONCE) waiting.forEach((answer) => answer());
  } else if (url.pathname === "/endless") {
    response.write("and so on ".repeat(1000));
  } else {
    response.statusCode = 404;
    response.end("there is no such page");
  }
}

/** Starts a server on a free port of this machine. */
async function listen(): Promise<{ port: number; close: () => Promise<void> }> {
  const server = createServer(serve);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const close = () => new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
  return { port, close };
}

const server = await listen();
const origin = `http://127.0.0.1:${server.port}`;
const get = (path: string, options: RequestOptions = {}) =>
  request(`${origin}${path}`, { proxy: "", ...options });

/** The error of a request that must fail. */
async function errorOf(failing: Promise<unknown>): Promise<CurlError> {
  const error: unknown = await failing.then(() => null, (error: unknown) => error);
  if (error instanceof CurlError) return error;
  throw error ?? new Error("curl: a request that should fail has succeeded");
}

async function small(): Promise<void> {
  const { status, headers, body } = await get("/hello", { headers: { "X-Name": "Springboard" } });
  check("the status", status === 200);
  check("the body", toText(body) === "hello, Springboard");
  check("the headers", headers.get("content-length") === String(body.length) &&
    headers.get("x-greeting") === "good morning");
  console.log(`${status}, ${headers.size} headers: ${toText(body)}`);

  const missing = await get("/nowhere");
  check("the missing page", missing.status === 404 &&
    toText(missing.body) === "there is no such page");
  console.log(`${missing.status}: ${toText(missing.body)}`);
}

async function download(): Promise<void> {
  let last = 0;
  const { headers, body } = await get("/large", {
    onProgress: (received, total) => {
      check("the progress", received >= last && received <= large.length &&
        (total === 0 || total === large.length));
      last = received;
    },
  });
  check("the length", headers.get("content-length") === String(large.length));
  check("the checksum", sha256(body) === sha256(large));
  check("the end of the progress", last > 0);
  console.log(`downloaded ${body.length / MEBIBYTE} MiB, SHA-256 ${sha256(body).slice(0, 16)}...`);
}

async function upload(): Promise<void> {
  const { status, body } = await get("/hash", { body: large });
  check("the checksum of the upload", status === 200 && toText(body) === sha256(large));
  const empty = await get("/hash", { body: new Uint8Array() });
  check("the checksum of nothing", toText(empty.body) === sha256(new Uint8Array()));
  console.log(`uploaded ${large.length / MEBIBYTE} MiB; the server found the same checksum`);
}

/** The server answers none of them before it has them all. */
async function together(): Promise<void> {
  const numbers = Array.from({ length: AT_ONCE }, (_, i) => i);
  const responses = await Promise.all(numbers.map((i) => get(`/together?${i}`)));
  check("the answers", responses.every(({ body }, i) => toText(body) === `?${i}`));
  console.log(`${AT_ONCE} requests were under way at once`);
}

async function failures(): Promise<void> {
  const CURLE_UNSUPPORTED_PROTOCOL = 1;
  const CURLE_COULDNT_CONNECT = 7;
  const CURLE_ABORTED_BY_CALLBACK = 42;

  const closed = await listen(); // Nobody else has its port, and then nobody has.
  await closed.close();
  const refused = await errorOf(request(`http://127.0.0.1:${closed.port}/`, { proxy: "" }));
  check("the refused connection", refused.code === CURLE_COULDNT_CONNECT &&
    refused.message.includes(`127.0.0.1 port ${closed.port}`));
  console.log(`refused: ${refused.message.replace(String(closed.port), "...")}`);

  const protocol = await errorOf(request("gopher://127.0.0.1/"));
  check("the other protocol", protocol.code === CURLE_UNSUPPORTED_PROTOCOL);

  const controller = new AbortController();
  const aborted = await errorOf(get("/endless", {
    signal: controller.signal,
    onProgress: (received) => {
      if (received > 0) controller.abort();
    },
  }));
  check("the aborted request", aborted.code === CURLE_ABORTED_BY_CALLBACK &&
    aborted.cause === controller.signal.reason);

  const reason = new Error("enough of this");
  const thrown = await errorOf(get("/large", {
    onProgress: () => {
      throw reason;
    },
  }));
  check("what a callback threw", thrown.cause === reason);
  console.log(`other errors: ${protocol.message}; ${aborted.message}; ${reason.message}`);
}

console.log(version.split(" ").slice(0, 2).join(" "));
try {
  await small();
  await download();
  await upload();
  await together();
  await failures();
} finally {
  await server.close();
}
console.log("all results agree");
