// denied_support: for scenarios in which the system refuses memory: the switch of the preloaded
// library (tests/native/deny.c), and what a refused request must leave as it was.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';

import { UnsafeCallback, counts, open } from './support.mjs';

// As in deny.c.
export const KIND = { memoryFile: 1, size: 2, executable: 4, other: 8, anonymous: 16, named: 32 };
const EVERY_KIND = 63;
export const ERRNO = { EPERM: 1, ENOMEM: 12, EACCES: 13, EMFILE: 24, ENOSYS: 38 };
const REASONS = {
  [ERRNO.EPERM]: 'Operation not permitted', [ERRNO.ENOMEM]: 'Cannot allocate memory',
  [ERRNO.EACCES]: 'Permission denied', [ERRNO.EMFILE]: 'Too many open files',
};
const MOST = 2 ** 31 - 1;

let native;

// Called while memory is there: this takes some for code, too. Leaf functions: others would ask for
// more once there is a callback.
export function openDenials() {
  native = open('deny', {
    deny: { parameters: ['u32', 'i32', 'i32', 'i32'], result: 'void',
      leaf: true },
    denied: { parameters: [], result: 'i32', leaf: true },
  }).symbols;
}

export const allow = () => native.deny(0, 0, 0, 0);
export const denied = () => native.denied();

// From now on every request of these kinds is refused.
export function denyAll(kinds = EVERY_KIND, errno = ERRNO.EACCES) {
  native.deny(kinds, 1, MOST, errno);
}

const lines = (file, part) =>
  readFileSync(file, 'utf8').split('\n').filter((line) => line.includes(part)).length;

// What must be as before when something was refused.
export function state() {
  const { liveStubs, callStubs, codeBytesMapped, pendingCalls } = counts();
  return {
    liveStubs, callStubs, codeBytesMapped, pendingCalls,
    files: readdirSync('/proc/self/fd').length,
    codeMaps: lines('/proc/self/maps', 'vmem') + lines('/proc/self/maps', 'shm-id'),
    libraryMaps: lines('/proc/self/maps', 'libstructs.so'),
  };
}

// Libraries go, and stubs with them, when the event loop comes round.
export const turn = () => new Promise(setImmediate);

export function assertRefused(error, reason) {
  assert.ok(error instanceof Error && !(error instanceof TypeError), String(error));
  const part = `the system refuses executable memory: ${reason}`;
  assert.ok(error.message.includes(part), error.message);
}

// Runs `operation`, which returns what is to be closed, with its first request of the system
// refused, then with its second, until it asks for no more. Returns how many were refused.
export async function refuseEachRequest(operation, check = () => {}) {
  const errors = Object.keys(REASONS).map(Number);
  await turn();
  const before = state();
  for (let request = 1; ; request += 1) {
    const errno = errors[request % errors.length];
    native.deny(EVERY_KIND, request, request, errno);
    let made;
    let failure;
    try {
      made = operation();
    } catch (error) {
      failure = error;
    }
    const refused = denied();
    allow();
    if (refused === 0) {
      assert.equal(failure, undefined);
      made.close();
      return request - 1;
    }
    assertRefused(failure, REASONS[errno]);
    await turn();
    assert.deepEqual(state(), before, `request ${request}`);
    check();
  }
}

const nop = (parameters) => ({ nop: { parameters, result: 'void' } });

// Takes what room there is in the process's blocks of code, so that whatever is made next asks the
// system for memory. Returns what is to be closed.
export function fillBlocks() {
  const made = [];
  const fill = (make) => {
    try {
      for (;;) made.push(make());
    } catch (error) {
      assertRefused(error, REASONS[ERRNO.EACCES]);
    }
  };
  const before = counts().liveStubs;
  made.push(open('calls', nop(['i32'])));
  const stamps = counts().liveStubs > before;
  denyAll();
  if (stamps) fill(() => open('calls', nop(['i32'])));
  fill(() => new UnsafeCallback({ parameters: ['i32'], result: 'i32' }, () => 1));
  allow();
  return made;
}
