// fuzz: random signatures and values through the identity of a callback: what goes in through a
// symbol, out through a callback's parameters, must be what was sent, in cold and in optimised
// code. The seed is printed; SPRINGBOARD_FUZZ_SEED repeats a run.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { comparable, randomType, randomValue } from '../fuzz/values.mjs';
import { random, seed } from './random.mjs';
import { UnsafeCallback, UnsafeFnPointer, heat, site } from './support.mjs';

test(`random signatures, seed ${seed}`, () => {
  for (let round = 0; round < 150; round += 1) {
    const parameters = Array.from({ length: random(15) }, () => randomType());
    const result = random(8) === 0 ? 'void' : randomType();
    const text = `seed ${seed}, round ${round}: ${JSON.stringify({ parameters, result })}`;
    let seen;
    let answer;
    const callback = new UnsafeCallback({ parameters, result }, (...args) => {
      seen = args;
      return answer;
    });
    const f = new UnsafeFnPointer(callback.pointer, { parameters, result });
    const names = parameters.map((_, i) => `a${i}`).join(', ');
    const run = site(names, `return f.call(${names});`, { f });
    const check = (args) => {
      answer = result === 'void' ? undefined : randomValue(result);
      const got = run(...args);
      parameters.forEach((type, i) => assert.deepEqual(comparable(type, seen[i]),
        comparable(type, args[i]), `${text}, parameter ${i}`));
      if (result !== 'void') {
        assert.deepEqual(comparable(result, got), comparable(result, answer), `${text}, result`);
      }
    };
    for (let i = 0; i < 3; i += 1) check(parameters.map(randomValue));
    if (round % 10 === 0) {
      heat(run, ...parameters.map(randomValue));
      for (let i = 0; i < 3; i += 1) check(parameters.map(randomValue));
    }
    callback.close();
  }
});
