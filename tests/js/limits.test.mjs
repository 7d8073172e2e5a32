// limits: at each limit calls work, with all their bytes; one past it is an Error that names it and
// leaves nothing behind. And large numbers of what has no limit.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

import {
  UnsafeCallback, UnsafeFnPointer, UnsafePointer, collect, counts, dlopen, nativePath, open,
  runNode, typeError,
} from './support.mjs';

const path = nativePath('calls');
const turn = () => new Promise(setImmediate);

const state = () => {
  const { liveStubs, callStubs, templates, codeBytesMapped, pendingCalls } = counts();
  return { liveStubs, callStubs, templates, codeBytesMapped, pendingCalls,
    files: readdirSync('/proc/self/fd').length,
    maps: readFileSync('/proc/self/maps', 'utf8').split('\n')
      .filter((line) => line.includes('libplain.so')).length };
};

// Function pointers of earlier tests may be collected meanwhile, with their stubs.
function assertNothingStays(before) {
  const { liveStubs, ...rest } = state();
  const { liveStubs: then, ...others } = before;
  assert.deepEqual(rest, others);
  assert.ok(liveStubs <= then, `${liveStubs} stubs, ${then} before`);
}

const nested = (depth) => {
  let type = 'u8';
  for (let i = 0; i < depth; i += 1) type = { struct: [type] };
  return type;
};
const eighths = (count) => ({ struct: [{ struct: Array(4096).fill('u64') },
  { struct: Array(count - 4096).fill('u64') }] });
// A type whose description is 65,536 characters long: {{u8,...},...,u8,...,i16,i16}. `last` is what
// its last field is.
const described = (last) => ({ struct: [...Array(5).fill({ struct: Array(4096).fill('u8') }),
  ...Array(1359).fill('u8'), 'i16', last] });

// name, definition at the limit, one past it, the limit in the error's message
const LIMITS = [
  ['255 parameters', { parameters: Array(255).fill('i32'), result: 'i32' },
    { parameters: Array(256).fill('i32'), result: 'i32' }, 'more than 255 parameters'],
  ['255 pointers', { parameters: Array(255).fill('pointer'), result: 'pointer' },
    { parameters: Array(256).fill('pointer'), result: 'pointer' }, 'more than 255 parameters'],
  ['255 structs', { parameters: Array(255).fill(nested(2)), result: nested(2) },
    { parameters: Array(256).fill(nested(2)), result: nested(2) }, 'more than 255 parameters'],
  ['64 KiB in a parameter', { parameters: [eighths(8192)], result: 'void' },
    { parameters: [{ struct: [eighths(8192), 'u8'] }], result: 'void' },
    'larger than 65536 bytes'],
  ['64 KiB in a result', { parameters: [], result: eighths(8192) },
    { parameters: [], result: { struct: [eighths(8192), 'u8'] } }, 'larger than 65536 bytes'],
  ['64 levels in a parameter', { parameters: [nested(64)], result: 'void' },
    { parameters: [nested(65)], result: 'void' }, 'nests more than 64 deep'],
  ['64 levels in a result', { parameters: [], result: nested(64) },
    { parameters: [], result: nested(65) }, 'nests more than 64 deep'],
  ['4,096 fields', { parameters: [{ struct: Array(4096).fill('u8') }], result: 'void' },
    { parameters: [{ struct: Array(4097).fill('u8') }], result: 'void' }, 'more than 4096 fields'],
  ['a description of 64 KiB', { parameters: [described('i16')], result: 'void' },
    { parameters: [described('pointer')], result: 'void' }, 'longer than 65536 characters'],
];

for (const [name, at, past, part] of LIMITS) {
  test(name, async () => {
    open('calls', { nop: at }).close();
    new UnsafeCallback(at, () => 0).close();
    const { nop } = open('calls', { nop: { type: 'pointer' } }).symbols;
    await turn();
    const before = state();
    const good = { parameters: [], result: 'void' };
    for (const nonblocking of [false, true]) {
      assert.throws(() => dlopen(nativePath('plain'),
        { good: { ...good, name: 'nothing', optional: true }, nop: { ...past, nonblocking } }),
      (error) => typeError(part)(error) && typeError("symbol 'nop'")(error));
    }
    assert.throws(() => new UnsafeCallback(past, () => 0), typeError(part));
    assert.throws(() => new UnsafeFnPointer(nop, past).call(), typeError(part));
    await assert.rejects(async () => {
      const later = new UnsafeFnPointer(nop, { ...past, nonblocking: true });
      await later.call();
    }, typeError(part));
    assertNothingStays(before);
  });
}

// Calls of a callback through its pointer: what one side makes, the other takes.

test('255 arguments of every class arrive', () => {
  const types = ['i32', 'f64', 'u64', 'f32', { struct: ['u8', 'f64'] }];
  const parameters = Array.from({ length: 255 }, (_, i) => types[i % types.length]);
  const pair = (i) => {
    const bytes = new Uint8Array(16);
    bytes[0] = i;
    new Float64Array(bytes.buffer)[1] = i / 2;
    return bytes;
  };
  const made = [(i) => i, (i) => i / 4, BigInt, (i) => i / 8, pair];
  const args = parameters.map((_, i) => made[i % types.length](i));
  let received;
  const callback = new UnsafeCallback({ parameters, result: 'u64' }, (...values) => {
    received = values;
    return 42n;
  });
  assert.equal(new UnsafeFnPointer(callback.pointer, { parameters, result: 'u64' }).call(...args),
    42n);
  callback.close();
  // Padding is nobody's.
  const plain = (value) => (value instanceof Uint8Array ? [value[0], ...value.subarray(8)] : value);
  assert.deepEqual(received.map(plain), args.map(plain));
});

test('every byte of 64 KiB, and of 64 levels, there and back', () => {
  for (const type of [eighths(8192), nested(64)]) {
    const signature = { parameters: [type], result: type };
    const bytes = Uint8Array.from({ length: type.struct.length === 2 ? 65536 : 1 },
      (_, i) => (i * 7 + (i >> 8)) & 0xff);
    const callback = new UnsafeCallback(signature, (received) => received);
    const { call } = new UnsafeFnPointer(callback.pointer, signature);
    for (let i = 0; i < 10; i += 1) assert.deepEqual(call(bytes), bytes);
    assert.throws(() => call(bytes.subarray(1)), TypeError);
    callback.close();
  }
});

test('1 MiB of stack, and one struct more', async () => {
  const definition = (count) => ({ parameters: Array(count).fill(eighths(8192)), result: 'void' });
  // AAPCS64 6.8.2, B.4 passes copies by their addresses, the ninth of which is on the stack itself.
  const [most, past] = process.arch === 'x64' ? [16, 1114112] : [15, 1048640];
  const lib = open('calls', { nop: definition(most), later: { name: 'nop', nonblocking: true,
    ...definition(most) } });
  const bytes = new Uint8Array(65536);
  assert.equal(lib.symbols.nop(...Array(most).fill(bytes)), undefined);
  assert.equal(await lib.symbols.later(...Array(most).fill(bytes)), null);
  lib.close();
  await turn();
  const before = state();
  const message = `Failed to register symbol nop: the call needs ${past} bytes of stack; ` +
    'the limit is 1048576';
  for (const nonblocking of [false, true]) {
    assert.throws(() => dlopen(path, { nop: { ...definition(most + 1), nonblocking } }),
      typeError(message));
  }
  await turn();
  assertNothingStays(before);
});

test('100,000 symbols in one library', async () => {
  const COUNT = 100_000;
  const add = { name: 'add_i32', parameters: ['i32', 'i32'], result: 'i32' };
  const definitions = {};
  for (let i = 0; i < COUNT; i += 1) definitions[`f${i}`] = add;
  await turn();
  const before = counts();
  const { symbols, close } = (() => {
    const lib = dlopen(path, definitions);
    return { symbols: lib.symbols, close: () => lib.close() };
  })();
  for (let i = 0; i < COUNT; i += 997) assert.equal(symbols[`f${i}`](i, 1), i + 1);
  assert.equal(symbols[`f${COUNT - 1}`](40, 2), 42);
  assert.equal(Object.keys(symbols).length, COUNT);
  close();
  assert.throws(() => symbols.f5(1, 2), { name: 'BadResource' });
  await turn();
  assert.equal(counts().liveStubs, before.liveStubs);

  // All are missing: the message says which, as far as anybody reads.
  for (const name of Object.keys(definitions)) definitions[name] = { ...add, name };
  const maps = state().maps;
  assert.throws(() => dlopen(nativePath('plain'), definitions), (error) => {
    assert.ok(error.message.startsWith('Failed to register symbol f0: '));
    assert.ok(error.message.includes('undefined symbol: f99999'), error.message.slice(-200));
    assert.match(error.message, / \[\d+ bytes left out\] /);
    assert.ok(error.message.length < 20_000, `${error.message.length} characters`);
    return true;
  });
  assert.equal(counts().liveStubs, before.liveStubs);
  assert.equal(state().maps, maps);
});

test('10,000 callbacks at once', async () => {
  const COUNT = 10_000;
  const { call_i32: call } = open('callbacks', {
    call_i32: { parameters: ['function', 'i32'], result: 'i32' } }).symbols;
  // The code of the last ones closed is kept for native code that has not heard of it.
  const KEPT = 4096;
  const { liveStubs } = counts();
  const round = async () => {
    const callbacks = Array.from({ length: COUNT },
      (_, i) => new UnsafeCallback({ parameters: ['i32'], result: 'i32' }, (x) => x + i));
    assert.ok(counts().liveStubs >= liveStubs + COUNT);
    callbacks.forEach(({ pointer }, i) => assert.equal(call(pointer, 1), i + 1));
    for (const callback of callbacks) callback.close();
    await turn();
    return counts();
  };
  const first = await round();
  assert.ok(first.liveStubs - liveStubs <= KEPT + 10, `${first.liveStubs - liveStubs} stubs stay`);
  // From here on as many are kept at the beginning as at the end.
  const second = await round();
  const third = await round();
  assert.deepEqual([second.liveStubs, third.liveStubs], [first.liveStubs, first.liveStubs]);
  assert.ok(third.codeBytesMapped <= second.codeBytesMapped);
});

test('messages quote no more than anybody reads', () => {
  const long = 'é'.repeat(2 ** 20);
  const shortened = (error) => {
    assert.ok(error.message.length < 20_000, `${error.message.length} characters`);
    assert.ok(!error.message.includes('\ufffd'), 'a character is cut');
    return true;
  };
  const nop = { parameters: [], result: 'void' };
  assert.throws(() => dlopen(path, { nop: { ...nop, name: long } }), shortened);
  assert.throws(() => dlopen(path, { [long]: nop }), shortened);
  for (const result of [long, { struct: [long] }, { [long]: [] }]) {
    assert.throws(() => dlopen(path, { nop: { ...nop, result } }), (error) =>
      typeError("symbol 'nop', result")(error) && shortened(error));
    assert.throws(() => new UnsafeCallback({ ...nop, result }, () => {}), shortened);
  }
  assert.throws(() => dlopen(long, {}), shortened);
});

test('a report shortens the signature of a callback', () => {
  const { status, stderr } = runNode(`
    import { UnsafeCallback, UnsafeFnPointer } from
      ${JSON.stringify(new URL('support.mjs', import.meta.url).href)};
    const wide = { struct: Array(4096).fill('u64') };
    const callback = new UnsafeCallback({ parameters: Array(8).fill(wide), result: 'i32' },
      function named() {});
    const call = new UnsafeFnPointer(callback.pointer, { parameters: [], result: 'i32' });
    callback.close();
    call.call();`);
  assert.equal(status, 0, stderr);
  assert.match(stderr,
    /UnsafeCallback named\(\{u64,.* \[\d+ bytes left out\] .*\)i32 was called after it was/);
  assert.ok(stderr.length < 2000, `${stderr.length} characters`);
});

test('the bytes of a buffer are no definitions', () => {
  for (const bytes of [new Uint8Array(2 ** 24), new DataView(new ArrayBuffer(8))]) {
    assert.throws(() => dlopen(path, bytes), typeError('invalid type; expected: object, got: a'));
  }
});

test('arrays of any length as definitions', () => {
  const before = state();
  const most = [];
  most.length = 2 ** 32 - 1;
  const holes = ['i32', , 'i32'];
  const struct = (fields) => ({ parameters: [{ struct: fields }], result: 'void' });
  for (const [definition, part] of [
    [{ parameters: most, result: 'void' }, 'more than 255 parameters'],
    [struct(most), 'more than 4096 fields'],
    [{ parameters: holes, result: 'void' }, 'parameter 1'],
    [struct(holes), 'invalid type: undefined'],
    [{ parameters: new Proxy(['i32'], {}), result: 'void' }, 'expected an array of parameters'],
    [struct(new Proxy(['i32'], {})), 'expected an array of struct fields'],
  ]) {
    assert.throws(() => dlopen(path, { nop: definition }), typeError(part));
    assert.throws(() => new UnsafeCallback(definition, () => {}), TypeError);
    assert.throws(() => new UnsafeFnPointer(UnsafePointer.create(4096n), definition).call(),
      TypeError);
  }
  // A sparse array of symbols has none.
  assert.deepEqual(Object.keys(dlopen(path, most).symbols), []);
  assertNothingStays(before);
  collect();
});
