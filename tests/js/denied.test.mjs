// denied: memory, maps, file descriptors, threads that the system refuses. Each is an Error that
// says so, leaves everything as it was, and the same succeeds once the system allows it. What
// happens is in denied_memory.mjs and denied_system.mjs; each scenario has a process of its own.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

import { nativePath, root, vmFlags } from './support.mjs';

const skip = process.arch !== 'x64' && 'qemu passes no LD_PRELOAD on';

// file, scenarios, flags and environment of their process
const SCENARIOS = [
  ['denied_memory.mjs', [
    'fast stubs, when the signature is known',
    'fast stubs of a thousand symbols of two signatures',
    'call stubs',
    'callbacks',
    'function pointers',
    'stored results',
    'other kinds of memory',
    'executable views of files',
  ]],
  ['denied_memory.mjs', ['from the start'], [], { DENY_FIRST: '100' }],
  ['denied_system.mjs', [
    'no maps',
    'no address space',
    'no file descriptors',
    'no size of files',
    'huge sizes',
  ]],
  // V8 needs no executable memory of its own then.
  ['denied_system.mjs', ['a filter that forbids new code'], ['--jitless']],
];

for (const [file, scenarios, flags = [], env = {}] of SCENARIOS) {
  for (const scenario of scenarios) {
    test(scenario, { skip }, () => {
      const { status, signal, stdout, stderr } = spawnSync(process.execPath,
        [...vmFlags, ...flags, join(root, 'tests', 'js', file), scenario],
        { encoding: 'utf8', timeout: 60_000,
          env: { ...process.env, ...env, LD_PRELOAD: nativePath('deny') } });
      assert.equal(stdout, 'done\n', `${signal ?? status}: ${stderr}`);
    });
  }
}
