// denied_system: scenarios of denied.test.mjs in which the system itself refuses, each in a process
// of its own: node denied_system.mjs SCENARIO. It prints "done" if all was as it must be. Loaded
// before the C library, deny.c only serves to fill the blocks of code that there are.

import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync } from 'node:fs';

import { assertRefused, fillBlocks as fill, openDenials, state, turn } from './denied_support.mjs';
import {
  UnsafeCallback, UnsafeFnPointer, UnsafePointer, UnsafePointerView, collect, dlopen,
  open,
} from './support.mjs';

const add = { name: 'add_i32', parameters: ['i32', 'i32'], result: 'i32', leaf: true };
const unary = { parameters: ['i32'], result: 'i32' };
const wide = { name: 'nop', parameters: Array(20).fill('u8'), result: 'void' };

// As in <sys/resource.h> of Linux.
const RLIMIT = { FSIZE: 1, NOFILE: 7, AS: 9 };

const libc = dlopen('libc.so.6', {
  getrlimit: { parameters: ['i32', 'buffer'], result: 'i32', leaf: true },
  setrlimit: { parameters: ['i32', 'buffer'], result: 'i32', leaf: true },
}).symbols;

openDenials();

// What is made stays, so that blocks stay full.
const full = [];
const fillBlocks = () => full.push(...fill());

// Runs `body` with a limit of the process at `value`.
async function limited(resource, value, body) {
  const old = new BigUint64Array(2);
  assert.equal(libc.getrlimit(resource, old), 0);
  assert.equal(libc.setrlimit(resource, new BigUint64Array([BigInt(value), old[1]])), 0);
  try {
    await body();
  } finally {
    assert.equal(libc.setrlimit(resource, old), 0);
  }
}

// Bytes of address space that the process has.
const vmSize = () =>
  Number(/^VmSize:\s*(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024;

function refused(reason) {
  return (error) => {
    assertRefused(error, reason);
    return true;
  };
}

function couldNotOpen(part) {
  return (error) => {
    assert.ok(error instanceof Error && error.message.startsWith('Could not open library: '),
      String(error));
    assert.ok(error.message.includes(part), error.message);
    return true;
  };
}

// All that takes new memory for code, with blocks full.
async function assertNoCode(reason) {
  const before = state();
  for (let i = 0; i < 3; i += 1) {
    assert.throws(() => new UnsafeCallback(unary, (x) => x), refused(reason));
    assert.throws(() => open('calls', { f: wide }), refused(reason));
    const callback = UnsafePointer.create(4096n);
    assert.throws(() => new UnsafeFnPointer(callback, wide).call(...Array(20).fill(0)),
      refused(reason));
  }
  await turn();
  assert.deepEqual(state(), before);
}

async function assertWorks() {
  const callback = new UnsafeCallback(unary, (x) => x + 1);
  assert.equal(new UnsafeFnPointer(callback.pointer, unary).call(41), 42);
  callback.close();
  const lib = open('calls', { add, f: wide });
  assert.equal(lib.symbols.add(40, 2), 42);
  lib.close();
  await turn();
}

const scenarios = {
  // Node without code of its own: V8 needs no executable memory then.
  async 'a filter that forbids new code'() {
    const { symbols } = open('exhaust', {
      forbid_new_code: { parameters: [], result: 'i32', leaf: true } });
    const lib = open('calls', { add });
    const callback = new UnsafeCallback(unary, (x) => x + 1);
    const pointer = new UnsafeFnPointer(callback.pointer, unary);
    assert.equal(pointer.call(41), 42);
    fillBlocks();
    assert.equal(symbols.forbid_new_code(), 0);
    assert.throws(() => open('structs', {}), couldNotOpen(
      'failed to map segment from shared object'));
    await assertNoCode('Permission denied');
    assert.equal(lib.symbols.add(40, 2), 42);
    assert.equal(pointer.call(1), 2);
    callback.close();
    lib.close();
    await turn();
  },

  async 'no maps'() {
    const { symbols } = open('exhaust', {
      take_maps: { parameters: ['i32'], result: 'i32', leaf: true },
      give_maps_back: { parameters: [], result: 'void', leaf: true },
    });
    const lib = open('calls', { add });
    fillBlocks();
    // Up to here the maps are too few: for both views, and for a library's segments.
    for (const spare of [0, 1]) {
      const outcomes = [];
      const attempt = (make) => {
        try {
          make().close();
          outcomes.push('made');
        } catch (error) {
          outcomes.push(error.message);
        }
      };
      const kept = symbols.take_maps(spare);
      attempt(() => new UnsafeCallback(unary, (x) => x));
      attempt(() => open('structs', {}));
      const sum = lib.symbols.add(40, 2);
      symbols.give_maps_back();
      assert.ok(kept >= 0 && kept < 64, 'the system refuses no map');
      assert.equal(sum, 42);
      assert.match(outcomes[0], /refuses executable memory: Cannot allocate memory/);
      assert.match(outcomes[1], /^Could not open library: /);
      await turn();
    }
    await assertWorks();
  },

  async 'no address space'() {
    const lib = open('calls', { add });
    const { sleep_ms: sleep } = open('nonblocking', {
      sleep_ms: { parameters: ['u32'], result: 'void', nonblocking: true } }).symbols;
    const attempt = async (run) => {
      const outcomes = [];
      for (const make of [() => new UnsafeCallback(unary, (x) => x),
        () => dlopen('libsqlite3.so.0', {})]) {
        try {
          make().close();
          outcomes.push('made');
        } catch (error) {
          outcomes.push(error.message);
        }
      }
      try {
        outcomes.push(await run(0));
      } catch (error) {
        outcomes.push(error.message);
      }
      outcomes.push(lib.symbols.add(40, 2));
      return outcomes;
    };
    // V8 ends the process when it is refused memory: what it needs for this is there before.
    assert.deepEqual(await attempt(() => null), ['made', 'made', null, 42]);
    await turn();
    fillBlocks();
    collect();
    let outcomes;
    await limited(RLIMIT.AS, vmSize() + (256 << 10), async () => {
      outcomes = await attempt(sleep);
    });
    assert.match(outcomes[0], /refuses executable memory: Cannot allocate memory/);
    assert.match(outcomes[1], /^Could not open library: /);
    assert.match(outcomes[2], /^Nonblocking FFI call failed: there is no thread for it/);
    assert.equal(outcomes[3], 42);
    assert.deepEqual(await attempt(sleep), ['made', 'made', null, 42]);
  },

  async 'no file descriptors'() {
    const lib = open('calls', { add });
    fillBlocks();
    const files = [];
    await limited(RLIMIT.NOFILE, 64, async () => {
      try {
        for (;;) files.push(openSync('/dev/null'));
      } catch (error) {
        assert.equal(error.code, 'EMFILE');
      }
      // Nothing here may look at /proc, which takes one.
      assert.throws(() => new UnsafeCallback(unary, (x) => x), refused('Too many open files'));
      assert.throws(() => open('calls', { f: wide }), refused('Too many open files'));
      assert.throws(() => open('structs', {}), couldNotOpen('Too many open files'));
      assert.equal(lib.symbols.add(40, 2), 42);
    });
    for (const file of files) closeSync(file);
    await assertWorks();
  },

  // A file in memory is a file: its size is limited as that of others.
  async 'no size of files'() {
    fillBlocks();
    await limited(RLIMIT.FSIZE, 4096, () => assertNoCode('File too large'));
    await assertWorks();
  },

  // What V8 and this package are asked for in one piece.
  'huge sizes'() {
    const memory = new Uint8Array(16);
    const pointer = UnsafePointer.of(memory);
    for (const length of [2 ** 53, Infinity, 1e300, 2n ** 63n - 1n]) {
      assert.throws(() => UnsafePointerView.getArrayBuffer(pointer, length), RangeError);
    }
    for (const length of [2 ** 53 - 1, 2 ** 40]) {
      assert.equal(UnsafePointerView.getArrayBuffer(pointer, length).byteLength, length);
    }
    for (const length of [-1, -Infinity, NaN, 2n ** 64n - 1n]) {
      assert.equal(UnsafePointerView.getArrayBuffer(pointer, length).byteLength, 0);
    }
    const last = UnsafePointer.create(2n ** 64n - 1n);
    assert.equal(UnsafePointerView.getArrayBuffer(last, 100).byteLength, 100);
    UnsafePointerView.copyInto(last, new Uint8Array(0));
    UnsafePointerView.copyInto(pointer, memory);
  },
};

await scenarios[process.argv[2]]();
console.log('done');
