// signals: what reaches a script, and comes back from it, when the command starts a second Node.js
// for --v8-flags; and the environment variable that forces a tier.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const bin = join(root, 'build', 'springboard-ffi', 'bin', 'springboard.js');
let folder;

function springboard(args, options = {}) {
  return spawnSync(process.execPath, [bin, ...args], { cwd: folder, encoding: 'utf8', ...options });
}

function script(name, text) {
  writeFileSync(join(folder, name), text);
  return name;
}

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'springboard-signals-'));
});

after(() => rmSync(folder, { recursive: true, force: true }));

test('a script that is killed ends the command by the same signal', () => {
  script('killed.mjs', 'process.kill(process.pid, "SIGKILL");');
  assert.equal(springboard(['run', '--v8-flags=--expose-gc', 'killed.mjs']).signal, 'SIGKILL');
});

test('a signal to the command reaches the script behind --v8-flags', async () => {
  script('waits.mjs', `
    process.on('SIGTERM', () => { console.log('asked to end'); process.exit(9); });
    setInterval(() => {}, 1000);
    console.log('ready');
  `);
  const child = spawn(
    process.execPath, [bin, 'run', '--v8-flags=--expose-gc', 'waits.mjs'], { cwd: folder });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
    if (text.includes('ready')) child.kill('SIGTERM');
  });
  const code = await new Promise((resolve) => child.on('exit', resolve));
  assert.equal(code, 9);
  assert.match(output, /asked to end/);
});

test('an unknown SPRINGBOARD_TIER is an error', () => {
  const result = springboard(
    ['run', script('empty.mjs', '')], { env: { ...process.env, SPRINGBOARD_TIER: 'warp' } });
  assert.equal(result.status, 1);
  assert.match(result.stderr, /SPRINGBOARD_TIER is 'warp'/);
});
