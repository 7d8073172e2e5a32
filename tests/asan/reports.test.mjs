// reports: whether AddressSanitizer, in this build of the addon and of the test libraries, sees
// what it is there for. Only the part `sanitizers` of ./dev test runs this; what it runs after this
// is worth something only if this passes.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { root, runNode, sanitized } from '../js/support.mjs';

const prelude = `
  import { UnsafePointer, UnsafePointerView, open } from '${root}/tests/js/support.mjs';
  const { symbols } = open('buffers', {
    fill: { parameters: ['buffer', 'u8', 'usize'], result: 'void' },
    sum_bytes: { parameters: ['pointer', 'u32'], result: 'u32' },
  });`;

// What a program does wrong, and what is to be said of it.
const faults = {
  'a native function writes past a buffer':
    ['heap-buffer-overflow', 'symbols.fill(new Uint8Array(1000), 1, 1001);'],
  'a native function reads a buffer that is gone': ['heap-use-after-free', `
    let buffer = new ArrayBuffer(1000);
    const pointer = UnsafePointer.of(buffer);
    structuredClone(buffer, { transfer: [buffer] });
    for (let i = 0; i < 5; i += 1) gc();
    symbols.sum_bytes(pointer, 1000);`],
  'the addon reads past a buffer': ['heap-buffer-overflow', `
    const pointer = UnsafePointer.of(new Uint8Array(1000));
    new UnsafePointerView(pointer).getUint32(1000);`],
};

for (const [what, [fault, program]] of Object.entries(faults)) {
  test(what, () => {
    assert.ok(sanitized, 'this suite is for a build with AddressSanitizer');
    const { status, stderr } = runNode(prelude + program);
    assert.notEqual(status, 0);
    assert.match(stderr, new RegExp(`ERROR: AddressSanitizer: ${fault}`));
  });
}
