// taken_bytes: what JavaScript does, in a callback, to the bytes that the callee was given. The
// rule `memory: 'strict'` accepted them, so they stay until the call is over.
//
// The callee writes all bytes once its callback has returned, which has taken them away in some way
// and dropped them. Unless somebody holds them they are unmapped by then.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';

import {
  UnsafeCallback, UnsafeFnPointer, UnsafePointer, collect, counts, fastBelowCallbacks, heat,
  keepCold, open, site,
} from './support.mjs';

const LARGE = 1 << 20;
const { port1, port2 } = new MessageChannel();
after(() => port1.close());
const bytesOf = (view) => (ArrayBuffer.isView(view) ? view.buffer : view);
const takers = {
  'transfer to nothing': (buffer) => { buffer.transfer(0); },
  transferToFixedLength: (buffer) => { buffer.transferToFixedLength(8); },
  'structuredClone, transferred': (buffer) => { structuredClone(buffer, { transfer: [buffer] }); },
  'postMessage, transferred': (buffer) => {
    port1.postMessage(buffer, [buffer]);
    assert.ok(receiveMessageOnPort(port2));
  },
  'nothing but dropping it': () => {},
};
const writeDefinition = {
  name: 'write_after', parameters: ['buffer', 'u32', 'u8', 'function'], result: 'void',
  memory: 'strict',
};
const writer = open('buffers', {
  write: writeDefinition, pointer: { name: 'write_after', type: 'pointer' },
  by_pointer: { ...writeDefinition, parameters: ['pointer', 'u32', 'u8', 'function'] },
});
const { write } = writer.symbols;
const writePointer = new UnsafeFnPointer(writer.symbols.pointer, writeDefinition);
let spoil = () => {};
const callback = new UnsafeCallback({ parameters: [], result: 'void' }, () => spoil());
after(() => {
  callback.close();
  writer.close();
});
// Buffers come in a holder, out of which the callback takes them: no frame has them.
const holder = { b: undefined };
function trained(run) {
  for (const buffer of [new ArrayBuffer(100), new Uint8Array(100), new ArrayBuffer(100)]) {
    holder.b = buffer;
    heat(run, holder, 8, 1, callback.pointer);
  }
  return run;
}
const writers = {
  cold: keepCold(site('h, n, v, c', 'f(h.b, n, v, c);', { f: write })),
  hot: trained(site('h, n, v, c', 'f(h.b, n, v, c);', { f: write })),
  'function pointer': trained(site('h, n, v, c', 'p.call(h.b, n, v, c);', { p: writePointer })),
};
const views = {
  'the buffer': (buffer) => buffer,
  'an array': (buffer) => new Uint8Array(buffer),
  'a DataView': (buffer) => new DataView(buffer),
};

for (const [way, run] of Object.entries(writers)) {
  for (const [taker, take] of Object.entries(takers)) {
    test(`${way}: the bytes outlive ${taker}`, () => {
      for (const [view, make] of Object.entries(views)) {
        holder.b = make(new ArrayBuffer(LARGE));
        let ran = false;
        spoil = () => {
          ran = true;
          take(bytesOf(holder.b));
          holder.b = undefined;
          collect();
          // What were free would be taken by these.
          for (let i = 0; i < 4; i += 1) new Uint8Array(LARGE).fill(0xee);
        };
        const before = counts().ordinaryCalls;
        run(holder, LARGE, 7, callback.pointer);
        spoil = () => {};
        assert.ok(ran, 'the callback ran');
        const fast = fastBelowCallbacks && way !== 'cold' && view !== 'the buffer';
        assert.equal(counts().ordinaryCalls - before, fast ? 0 : 1, `the way of ${view}`);
      }
    });
  }
}

test('WebAssembly memory that grows meanwhile', () => {
  for (const run of Object.values(writers)) {
    const memory = new WebAssembly.Memory({ initial: 16 });
    const { buffer } = memory;
    spoil = () => {
      memory.grow(1000);
      collect();
    };
    holder.b = buffer;
    run(holder, LARGE, 7, callback.pointer);
    spoil = () => {};
    assert.equal(buffer.byteLength, 0);
    assert.equal(memory.buffer.byteLength, 1016 << 16);
  }
});

test('a pointer keeps its buffer for the call, though nobody else has either', () => {
  // Not what a callback transfers: a pointer is an address, and any may be passed.
  const run = site('u, n, c', 'const b = new Uint8Array(n); f(u.of(b), n, 7, c); return 1;',
    { f: writer.symbols.by_pointer });
  for (let i = 0; i < 3; i += 1) run(UnsafePointer, 8, callback.pointer);
  heat(run, UnsafePointer, 8, callback.pointer);
  spoil = () => {
    collect();
    for (let i = 0; i < 4; i += 1) new Uint8Array(LARGE).fill(0xee);
  };
  for (let i = 0; i < 10; i += 1) assert.equal(run(UnsafePointer, LARGE, callback.pointer), 1);
  spoil = () => {};
});
