// moving: arrays, structs, handles and functions that V8 moves or collects while a native call that
// was given them runs. The cases of moving_cases.mjs run here with forced scavenges and full
// collections, and in processes whose V8 compacts at each one, or scavenges at random.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { cases, end } from './moving_cases.mjs';
import { fastTier, runNode } from './support.mjs';

after(end);
const rounds = {
  smallArrays: [100_000, 100], oneArray: [100_000, 30], values: [40], nested: [8], dropped: [5],
};

for (const [name, run] of Object.entries(cases)) {
  test(`${name}: ${rounds[name][0]} rounds`, () => run(...rounds[name]));
}

// --gc-interval has no effect in Node's builds of V8, or else it would be here.
const modes = [
  ['--stress-scavenge=20'],
  ['--stress-compaction'],
  ['--stress-compaction-random', '--stress-marking=50', '--compact-on-every-full-gc'],
  ['--minor-ms', '--stress-incremental-marking'],
  ['--gc-global', '--stress-concurrent-allocation'],
];
const few = { smallArrays: [300, 8], oneArray: [300, 3], values: [2], nested: [1], dropped: [1] };
// The other tiers only have the ordinary function, which is here, too.
for (const flags of fastTier ? modes : modes.slice(0, 1)) {
  test(`all of them with ${flags.join(' ')}`, () => {
    const { status, signal, stdout, stderr } = runNode(`
      import { cases, end } from '${new URL('moving_cases.mjs', import.meta.url)}';
      const rounds = ${JSON.stringify(few)};
      for (const [name, run] of Object.entries(cases)) {
        run(...rounds[name]);
        console.log(name);
      }
      end();`, { flags });
    assert.equal(status, 0, `${signal} ${stderr}`);
    assert.deepEqual(stdout.trim().split('\n'), Object.keys(cases));
  });
}
