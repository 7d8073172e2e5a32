// command_support: a folder of a suite's own, scripts in it, and the command `springboard` run on
// them. The folder goes when the suite's tests have ended.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

import { packageFolder } from './support.mjs';

export const command = join(packageFolder, 'bin', 'springboard.js');

export const folder = mkdtempSync(join(tmpdir(), 'springboard-command-'));
after(() => rmSync(folder, { recursive: true, force: true }));

// Runs the command with `args` in the folder. `flags` are Node's. Gives { status, signal, stdout,
// stderr }.
export function springboard(args, { flags = [], ...options } = {}) {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath,
    [...flags, command, ...args],
    { encoding: 'utf8', cwd: folder, timeout: 60_000, ...options });
  return { status, signal, stdout, stderr };
}

export function script(name, text) {
  writeFileSync(join(folder, name), text);
  return name;
}

export function succeeds(args, stdout, options) {
  const result = springboard(args, options);
  assert.deepEqual(result, { status: 0, signal: null, stdout, stderr: '' });
}

// What the last line that `args` print says, as JSON.
export function told(args, options) {
  const { status, stdout, stderr } = springboard(args, options);
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout.trim().split('\n').at(-1));
}
