// tiers: call sites with a source text of their own, brought into the tier that is asked for, and
// what V8 says of the tier that a function is in.
//
// Shards run with flags that keep V8 from choosing tiers itself (differential.mjs).

import assert from 'node:assert/strict';

export const v8Version = Number(process.versions.v8.split('.')[0]);

// The bits of %GetOptimizationStatus: V8 13 has one more below these (found by printing the status
// of functions in each tier).
const shift = v8Version >= 14 ? 0 : 1;
const optimised = 3 + shift;
const bits = { maglev: 4 + shift, turbofan: 5 + shift, interpreted: 6 + shift,
  baseline: 14 + shift };

export function tierOf(run) {
  const status = %GetOptimizationStatus(run);
  const has = (bit) => (status >>> bit & 1) === 1;
  const names = Object.keys(bits).filter((name) => has(bits[name]));
  assert.equal(names.length, 1, `status ${status.toString(2)} is of no known tier`);
  assert.equal(has(optimised), ['maglev', 'turbofan'].includes(names[0]));
  return names[0];
}
export const assertTierOf = (run, tier) => assert.equal(tierOf(run), tier);

let sites = 0;

// A function (x, go) with the text `body` behind `if (go)`, closing over the names in `scope` as
// constants: V8 can be made to compile all of it without running it. V8 shares feedback between
// functions of identical text, so each gets a text of its own.
export function siteOf(body, scope, head = 'function') {
  sites += 1;
  return new Function('scope', `const { ${Object.keys(scope).join(', ')} } = scope;
    return ${head} site_${sites}(x, go) { if (go) { ${body} } };`)(scope);
}

// Calls `run` with what it is trained with; what is thrown is a part of that.
export function train(run, callees, list) {
  for (const callee of callees) %PrepareFunctionForOptimization(callee);
  %PrepareFunctionForOptimization(run);
  run(undefined, false);
  for (let round = 0; round < 2; round += 1) {
    for (const value of list) {
      try {
        run(value, true);
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
      }
    }
  }
}

// Compiles without calling the native function.
export const enter = {
  interpreted() {},
  baseline(run) {
    %CompileBaseline(run);
  },
  maglev(run) {
    %OptimizeMaglevOnNextCall(run);
    run(undefined, false);
  },
  turbofan(run) {
    %OptimizeFunctionOnNextCall(run);
    run(undefined, false);
  },
};
export function enterTier(run, tier) {
  enter[tier](run);
  assertTierOf(run, tier);
}
// Back into the tier that it has left.
export function keepIn(run, tier) {
  if (tierOf(run) === tier) return;
  %DeoptimizeFunction(run);
  %PrepareFunctionForOptimization(run);
  enterTier(run, tier);
}
export const deoptimise = (run) => {
  %DeoptimizeFunction(run);
};
