// no_codegen: a process that forbids code from strings can still use the library, because wrappers
// are compiled through V8's own API and not by eval.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { root, runNode } from './support.mjs';

test('--disallow-code-generation-from-strings', () => {
  const { status, stdout, stderr } = runNode(`
    import { UnsafeCallback, open } from '${root}/tests/js/support.mjs';
    let refused = false;
    try { new Function('return 1'); } catch { refused = true; }
    const lib = open('calls', {
      add_i32: { parameters: ['i32', 'i32'], result: 'i32' },
      add_u64: { parameters: ['u64', 'u64'], result: 'u64' },
      weigh12_i32: { parameters: Array(12).fill('i32'), result: 'i32' },
    });
    const callbacks = open('callbacks', {
      call_i32: { parameters: ['function', 'i32'], result: 'i32' },
    });
    const callback = new UnsafeCallback({ parameters: ['i32'], result: 'i32' }, (x) => x * 2);
    let sum = 0;
    for (let i = 0; i < 20000; i += 1) sum = lib.symbols.add_i32(sum, 1);
    console.log(refused, sum, lib.symbols.add_u64(1n, 2n),
      lib.symbols.weigh12_i32(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1),
      callbacks.symbols.call_i32(callback.pointer, 21));
    callback.close();`, { flags: ['--disallow-code-generation-from-strings'] });
  assert.equal(status, 0, stderr);
  assert.equal(stdout, 'true 20000 3n 78 42\n');
});
