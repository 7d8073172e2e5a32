// headers: the whole of sqlite3.h, zlib.h, curl.h and math.h: `springboard bindgen` writes modules
// of them, TypeScript compiles programs that use these, and Node.js runs them. No network is used.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { Folder, root } from './support.mjs';

let folder;
before(() => {
  folder = new Folder();
});
after(() => folder.remove());

// The module NAME.ts of a header, and what `program` prints, which uses it.
function use(name, args, program) {
  folder.generate(...args, '-o', `${name}.ts`);
  const output = folder.program(`use_${name}.mts`, program);
  folder.compile(`use_${name}.mts`);
  return output;
}

test('math.h', () => {
  assert.equal(use('math', ['math.h', '-l', 'libm.so.6'], `
    import { FP_ILOGB0, M_E, symbols } from './math.ts';
    const exponent = new Int32Array(1);
    console.log(symbols.hypot(3, 4), symbols.fmaf(1.5, 2, 0.25), symbols.frexp(8, exponent),
      exponent[0], symbols.lround(-2.5), symbols.sqrtl(16), symbols.nan('') !== 0,
      symbols.log(M_E), symbols.ilogb(0) === FP_ILOGB0);
  `), '5 3.25 0.5 4 -3n 4 true 1 true\n');
  assert.match(folder.read('math.ts'), /\n\/\/ {3}HUGE_VAL: a macro that is no constant/);
});

test('zlib.h: a stream, whose struct JavaScript fills, and a buffer', () => {
  assert.equal(use('zlib', ['zlib.h', '-l', 'libz.so.1'], `
    import { UnsafePointer, dlopen } from 'springboard-ffi';
    import { inflateSync } from 'node:zlib';
    import { Z_FINISH, Z_OK, Z_STREAM_END, ZLIB_VERSION, symbols, z_stream } from './zlib.ts';
    // Node has a zlib of its own whose symbols come first also for libz's calls of itself: a stream
    // must not be begun by one and continued by the other.
    const own = dlopen('', {
      deflateInit_: { parameters: ['buffer', 'i32', 'cstring', 'i32'], result: 'i32' },
      deflate: { parameters: ['buffer', 'i32'], result: 'i32' },
      deflateEnd: { parameters: ['buffer'], result: 'i32' },
    }).symbols;
    const text = Buffer.from('springboard '.repeat(1000));

    const packed = new Uint8Array(Number(symbols.compressBound(BigInt(text.length))));
    const length = new BigUint64Array([BigInt(packed.length)]);
    const code = symbols.compress(packed, length, text, BigInt(text.length));
    const back = inflateSync(packed.subarray(0, Number(length[0])));
    console.log(code === Z_OK, text.equals(back), symbols.zlibVersion() === ZLIB_VERSION);

    const stream = new z_stream();
    const bytes = new Uint8Array(stream.buffer);
    own.deflateInit_(bytes, 6, ZLIB_VERSION, z_stream.size);
    stream.next_in = UnsafePointer.of(text);
    stream.avail_in = text.length;
    stream.next_out = UnsafePointer.of(packed);
    stream.avail_out = packed.length;
    const end = own.deflate(bytes, Z_FINISH);
    own.deflateEnd(bytes);
    const streamed = inflateSync(packed.subarray(0, packed.length - stream.avail_out));
    console.log(
      end === Z_STREAM_END, text.equals(streamed), stream.total_in === BigInt(text.length));
  `), 'true true true\ntrue true true\n');
});

test('sqlite3.h: a database in memory, with a callback for each row', () => {
  assert.equal(use('sqlite3', ['sqlite3.h', '-l', 'libsqlite3.so.0'], `
    import { UnsafePointer, UnsafePointerView } from 'springboard-ffi';
    import {
      SQLITE_DONE, SQLITE_OK, SQLITE_ROW, SQLITE_VERSION, symbols, type sqlite3, type sqlite3_stmt,
    } from './sqlite3.ts';
    const out = new BigUint64Array(1);
    const opened = symbols.sqlite3_open(':memory:', out);
    const database: sqlite3 | null = UnsafePointer.create(out[0]!);
    console.log(opened === SQLITE_OK, typeof symbols.sqlite3_libversion(), typeof SQLITE_VERSION);

    const rows: (string | null)[] = [];
    const code = symbols.sqlite3_exec(database,
      "CREATE TABLE t (name TEXT); INSERT INTO t VALUES ('größer'), ('two'); SELECT name FROM t",
      (_data, _count, values) => {
        const value = values && new UnsafePointerView(values).getPointer();
        rows.push(value && UnsafePointerView.getCString(value));
        return 0;
      }, null, null);
    console.log(code, rows.join());

    symbols.sqlite3_prepare_v2(database, 'SELECT count(*), ?', -1, out, null);
    const statement: sqlite3_stmt | null = UnsafePointer.create(out[0]!);
    symbols.sqlite3_bind_double(statement, 1, 1.5);
    console.log(symbols.sqlite3_step(statement) === SQLITE_ROW,
      symbols.sqlite3_column_int64(statement, 0), symbols.sqlite3_column_double(statement, 1),
      symbols.sqlite3_step(statement) === SQLITE_DONE, symbols.sqlite3_finalize(statement));
    symbols.sqlite3_exec(database, 'nonsense', null, null, null);
    console.log(symbols.sqlite3_errmsg(database), symbols.sqlite3_close(database));
  `), 'true string string\n0 größer,two\ntrue 1n 1.5 true 0\nnear "nonsense": syntax error 0\n');
});

test('curl.h: options of every kind, and what is told without a transfer', () => {
  const shapes = [
    'setopt_long=curl_easy_setopt(long)',
    'setopt_string=curl_easy_setopt(const char *)',
    'setopt_pointer=curl_easy_setopt(void *)',
    'setopt_offset=curl_easy_setopt(curl_off_t)',
    'setopt_write=curl_easy_setopt(curl_write_callback)',
    'getinfo=curl_easy_getinfo(void **)',
  ].flatMap((shape) => ['--variadic', shape]);
  const args = ['curl/curl.h', '-l', 'libcurl.so.4', '--keep', 'setopt_write', ...shapes];
  assert.equal(use('curl', args, `
    import { UnsafePointer, UnsafePointerView } from 'springboard-ffi';
    import {
      CURL_ERROR_SIZE, CURLcode, CURLINFO, CURLoption, LIBCURL_VERSION_MAJOR, symbols,
    } from './curl.ts';
    const handle = symbols.curl_easy_init();
    const { CURLE_OK, CURLE_UNKNOWN_OPTION } = CURLcode;
    const file = '/proc/self/no-such-file';
    const message = new Uint8Array(CURL_ERROR_SIZE);
    const body: number[] = [];
    console.log(
      symbols.setopt_long(handle, CURLoption.CURLOPT_VERBOSE, 0n) === CURLE_OK,
      symbols.setopt_string(handle, CURLoption.CURLOPT_URL, \`file://\${file}\`) === CURLE_OK,
      symbols.setopt_pointer(
        handle, CURLoption.CURLOPT_ERRORBUFFER, UnsafePointer.of(message)) === CURLE_OK,
      symbols.setopt_offset(handle, CURLoption.CURLOPT_INFILESIZE_LARGE, 2n ** 40n) === CURLE_OK,
      symbols.setopt_write(handle, CURLoption.CURLOPT_WRITEFUNCTION, (_data, size, count) => {
        body.push(Number(size * count));
        return size * count;
      }) === CURLE_OK,
      symbols.setopt_long(handle, 9999 as CURLoption, 1n) === CURLE_UNKNOWN_OPTION);

    const failed = symbols.curl_easy_perform(handle);
    console.log(failed === CURLcode.CURLE_FILE_COULDNT_READ_FILE,
      symbols.curl_easy_strerror(failed), message[0] !== 0, body.length);
    const out = new BigUint64Array(1);
    symbols.getinfo(handle, CURLINFO.CURLINFO_EFFECTIVE_URL, out);
    const url = UnsafePointerView.getCString(UnsafePointer.create(out[0]!)!);
    console.log(url === \`file://\${file}\`);
    symbols.curl_easy_cleanup(handle);

    const version = symbols.curl_version();
    console.log(version !== null &&
      UnsafePointerView.getCString(version).startsWith(\`libcurl/\${LIBCURL_VERSION_MAJOR}.\`));
    const list = symbols.curl_slist_append(symbols.curl_slist_append(null, 'a: b'), 'c: d');
    console.log(list !== null);
    symbols.curl_slist_free_all(list);
  `), "true true true true true true\ntrue Couldn't read a file:// file true 0\n" +
    'true\ntrue\ntrue\n');
});

// docs/bindgen.md has the command that counts the lines of commit cb5481d.
test('the SQLite example has the bindings that bindgen writes, and got shorter by them', () => {
  const example = join(root, 'examples', 'sqlite');
  execFileSync(join(example, 'bindings.sh'), [join(folder.path, 'example.ts')]);
  assert.equal(readFileSync(join(example, 'sqlite3.ts'), 'utf8'), folder.read('example.ts'));
  const lines = readdirSync(example).filter((name) => name !== 'sqlite3.ts')
    .map((name) => readFileSync(join(example, name), 'utf8').split('\n').length - 1);
  assert.ok(lines.reduce((sum, count) => sum + count) < 1141);
});
