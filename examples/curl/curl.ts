// curl: HTTP requests through Debian's libcurl. See main.ts for its use.
//
//   const { status, body } = await request("http://localhost:8000/");
//
// Each request has a thread of its own while it runs; its callbacks run on the one that asked.

import {
  cString, DATA, ERROR_SIZE, fromC, OK, OPTION, PROGRESS, READ_ABORT, RESPONSE_CODE, symbols,
} from "./native.ts";

export interface RequestOptions {
  headers?: Record<string, string>;
  /** What to send; the request is then a POST. */
  body?: Uint8Array;
  /** Called as data arrives; `total` is 0 as long as it is not known. */
  onProgress?: (received: number, total: number) => void;
  /** Ends the request when it is aborted. */
  signal?: AbortSignal;
  /** "" for none; without it the environment's. */
  proxy?: string;
}

export interface Response {
  status: number;
  /** By their names in lower case. */
  headers: Map<string, string>;
  body: Uint8Array;
}

/** What libcurl answered: its message, and its CURLcode. */
export class CurlError extends Error {
  override readonly name = "CurlError";
  readonly code: number;

  constructor(message: string, code: number, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** libcurl's version and those of its parts. */
export const version = fromC(symbols.curl_version());

/** Sends a request and receives the whole response, whatever its status. */
export async function request(url: string, options: RequestOptions = {}): Promise<Response> {
  const transfer = new Transfer(url, options);
  try {
    return await transfer.perform();
  } finally {
    transfer.close();
  }
}

// One request: libcurl's handle and everything whose address the handle keeps. It must be closed.
class Transfer {
  readonly #options: RequestOptions;
  readonly #handle = symbols.curl_easy_init();
  readonly #message = new Uint8Array(ERROR_SIZE); // libcurl writes a text into it when it fails.
  readonly #callbacks: { close(): void }[] = [];
  #headerList: Deno.PointerValue = null;

  #headers = new Map<string, string>();
  readonly #chunks: Uint8Array[] = [];
  #sent = 0;
  #thrown: unknown; // What a callback threw.

  constructor(url: string, options: RequestOptions) {
    if (this.#handle === null) throw new Error("libcurl has no memory for a request");
    this.#options = options;
    try {
      this.#setUp(url);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  async perform(): Promise<Response> {
    const code = await symbols.curl_easy_perform(this.#handle);
    if (code !== OK) throw this.#error(code);
    const status = new BigInt64Array(1);
    this.#check(symbols.getinfo(this.#handle, RESPONSE_CODE, status));
    return { status: Number(status[0]), headers: this.#headers, body: concatenate(this.#chunks) };
  }

  /** Frees all of it. The request must be over. */
  close(): void {
    symbols.curl_easy_cleanup(this.#handle);
    symbols.curl_slist_free_all(this.#headerList);
    for (const callback of this.#callbacks) callback.close();
  }

  #setUp(url: string): void {
    const { body, headers = {}, onProgress, proxy, signal } = this.#options;
    // The view is kept: its bytes stay where they are until then.
    this.#check(symbols.setopt_pointer(
      this.#handle, OPTION.ERRORBUFFER, Deno.UnsafePointer.of(this.#message)));
    this.#setLong(OPTION.NOSIGNAL, 1); // It is not the only thread.
    this.#setLong(OPTION.BUFFERSIZE, 1 << 18); // Each piece comes to this thread: few large ones.
    this.#setString(OPTION.PROTOCOLS_STR, "http,https");
    this.#setString(OPTION.URL, url);
    if (proxy !== undefined) this.#setString(OPTION.PROXY, proxy);
    this.#setHeaders(headers);
    this.#setDataFunction(OPTION.HEADERFUNCTION, 0n, (line) => this.#receiveHeader(line));
    this.#setDataFunction(OPTION.WRITEFUNCTION, 0n, (data) => this.#receive(data));
    if (body !== undefined) {
      this.#setLong(OPTION.POST, 1);
      this.#setLong(OPTION.POSTFIELDSIZE_LARGE, body.length);
      this.#setDataFunction(OPTION.READFUNCTION, READ_ABORT, (space) => this.#send(space, body));
    }
    if (onProgress !== undefined || signal !== undefined) this.#setProgress();
  }

  #setLong(option: number, value: number): void {
    this.#check(symbols.setopt_long(this.#handle, option, BigInt(value)));
  }

  #setString(option: number, value: string): void {
    this.#check(symbols.setopt_string(this.#handle, option, cString(value)));
  }

  // libcurl copies the texts, not the list: it lives as long as the handle.
  #setHeaders(headers: Record<string, string>): void {
    for (const [name, value] of Object.entries(headers)) {
      const list = symbols.curl_slist_append(this.#headerList, cString(`${name}: ${value}`));
      if (list === null) throw new Error("libcurl has no memory for a header");
      this.#headerList = list;
    }
    this.#check(symbols.setopt_pointer(this.#handle, OPTION.HTTPHEADER, this.#headerList));
  }

  // `body` gets the memory that libcurl passes, good until it returns, and returns how many bytes
  // it took or gave. If it throws, `failure` tells libcurl to stop: an exception cannot do so.
  #setDataFunction(
    option: number, failure: bigint, body: (memory: Uint8Array<ArrayBuffer>) => number,
  ): void {
    const callback = new Deno.UnsafeCallback(DATA, (pointer, size, count) =>
      this.#guard(failure, () => {
        const length = Number(size * count);
        if (pointer === null || length === 0) return 0n;
        const memory = Deno.UnsafePointerView.getArrayBuffer(pointer, length);
        return BigInt(body(new Uint8Array(memory)));
      }));
    this.#callbacks.push(callback);
    this.#check(symbols.setopt_function(this.#handle, option, callback.pointer));
  }

  #setProgress(): void {
    const { onProgress, signal } = this.#options;
    const callback = new Deno.UnsafeCallback(PROGRESS, (_context, total, received) =>
      this.#guard(1, () => {
        onProgress?.(Number(received), Number(total));
        signal?.throwIfAborted();
        return 0;
      }));
    this.#callbacks.push(callback);
    this.#check(symbols.setopt_function(this.#handle, OPTION.XFERINFOFUNCTION, callback.pointer));
    this.#setLong(OPTION.NOPROGRESS, 0);
  }

  #receive(data: Uint8Array): number {
    this.#chunks.push(data.slice());
    return data.length;
  }

  // One line, in Latin-1. Of several responses ("100 Continue" comes first, say) the last counts.
  #receiveHeader(bytes: Uint8Array): number {
    const line = new TextDecoder("latin1").decode(bytes).trim();
    if (line.startsWith("HTTP/")) this.#headers = new Map();
    const colon = line.indexOf(":");
    if (colon > 0) {
      this.#headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
    }
    return bytes.length;
  }

  #send(space: Uint8Array, body: Uint8Array): number {
    const part = body.subarray(this.#sent, this.#sent + space.length);
    space.set(part);
    this.#sent += part.length;
    return part.length;
  }

  #guard<T>(failure: T, body: () => T): T {
    try {
      return body();
    } catch (error) {
      this.#thrown = error;
      return failure;
    }
  }

  #check(code: number): void {
    if (code !== OK) throw this.#error(code);
  }

  #error(code: number): CurlError {
    const message = new TextDecoder().decode(this.#message.subarray(0, this.#message.indexOf(0)));
    const options = this.#thrown === undefined ? undefined : { cause: this.#thrown };
    return new CurlError(message || fromC(symbols.curl_easy_strerror(code)), code, options);
  }
}

function concatenate(chunks: Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  let length = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, length);
    length += chunk.length;
  }
  return bytes;
}
