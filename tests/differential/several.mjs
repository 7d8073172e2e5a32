// several: calls of several parameters of which some are wrong: the first wrong one is named, in
// every tier, whichever tests come first in a wrapper.

import { UnsafePointer, dlopen } from '../js/support.mjs';
import { library, record } from './native.mjs';
import { deoptimise, enterTier, siteOf, train } from './tiers.mjs';

const SHARE = 0.02;

const bytes = new Uint8Array(64).fill(7);
const pointer = UnsafePointer.create(4096n);

// `right`: arguments that are accepted; `wrong`: for each, some that are not. `bits`: what is seen.
const functions = {
  several_mixed: {
    definition: { parameters: ['i32', 'f64', 'u8', 'f32', 'i64', 'bool'], result: 'f64' },
    right: [-5, 1.5, 200, 2.5, 2n ** 40n, true],
    wrong: [[true, undefined, '1'], ['1', null, true], [1n, false, undefined], [null, {}, 1n],
      [true, undefined, '1'], [1, null, undefined]],
  },
  several_addresses: {
    definition: { parameters: ['pointer', 'buffer', 'bool', { struct: ['u8', 'u8', 'u16'] }, 'u64',
      'i8'], result: 'u64' },
    right: [pointer, bytes, false, bytes, 12, -3],
    wrong: [[1, undefined, bytes], [1, undefined, pointer], [0, null, 'true'],
      [null, new Uint8Array(3), undefined], [null, '1', true], [true, null, 1n]],
  },
  several_many: {
    definition: { parameters: Array(26).fill('i32'), result: 'i32' },
    right: Array.from({ length: 26 }, (_, i) => i * 1000 - 7),
    wrong: Array(26).fill([true, undefined, 1n]),
  },
};
const strictly = (definition) => ({ ...definition, strict: true });

const list = (count) => Array.from({ length: count }, (_, i) => `x[${i}]`).join(', ');
const bodies = (count) => ({
  'by elements': `return f(${list(count)});`,
  'with more': `return f(${list(count)}, 1, null);`,
  spread: 'return f(...x);',
  apply: 'return f.apply(null, x);',
  method: `return holder.f(${list(count)});`,
});

// Lists of arguments and the index of the first wrong one: undefined for none.
function argumentLists({ right, wrong }) {
  const lists = [[right, undefined]];
  const replaced = (args, i, value) => args.map((old, j) => (i === j ? value : old));
  wrong.forEach((bad, i) => {
    for (const value of bad) lists.push([replaced(right, i, value), i]);
    const second = (i + 1 + i % 3) % right.length;
    lists.push([replaced(replaced(right, i, bad[0]), second, wrong[second][1]),
      Math.min(i, second)]);
    lists.push([replaced(replaced(right, i, bad[1]), second, wrong[second][0]),
      Math.min(i, second)]);
    // Those that are missing are undefined.
    lists.push([right.slice(0, i), i]);
  });
  return lists;
}

function call(run, args) {
  record.clear();
  try {
    const result = run(args, true);
    return { text: `${record.calls} calls, saw ${record.bits}, gave ${String(result)}` };
  } catch (error) {
    return { error, text: `${record.calls} calls, ${error.name}: ${error.message}` };
  }
}

function problemOf(name, { error, text }, wrong) {
  if (wrong === undefined) {
    return error === undefined && record.calls === 1 ? null : `${text}; must have called once`;
  }
  const named = `symbol '${name}', parameter ${wrong}: got `;
  return error instanceof TypeError && record.calls === 0 && error.message.includes(named) ? null
    : `${text}; must name parameter ${wrong}`;
}

function one(name, f, body, [args, wrong], report) {
  let reference;
  const check = (run, tier) => {
    const done = call(run, args);
    reference ??= done.text;
    const problem = problemOf(name, done, wrong) ??
      (done.text === reference ? null : `${done.text}; interpreted: ${reference}`);
    report(`several ${name}`, `${body}, wrong ${wrong}, ${tier}`, problem);
  };
  const { right } = functions[name.replace(/ .*/, '')];
  for (const tier of ['interpreted', 'baseline', 'maglev', 'turbofan']) {
    for (const training of [[right], [right, args]]) {
      const run = siteOf(body, { f, holder: { f } });
      train(run, [f], training);
      enterTier(run, tier);
      check(run, tier);
      check(run, `${tier} again`);
      if (tier !== 'turbofan') continue;
      deoptimise(run);
      check(run, 'deoptimised');
    }
  }
}

export function several({ report, take }) {
  for (const [native, each] of Object.entries(functions)) {
    const lib = dlopen(library, {
      [native]: { name: native, ...each.definition },
      [`${native} strict`]: { name: native, ...strictly(each.definition) },
      [`${native} leaf`]: { name: native, ...each.definition, leaf: true },
    });
    for (const [name, f] of Object.entries(lib.symbols)) {
      for (const body of Object.values(bodies(each.right.length))) {
        for (const args of take(argumentLists(each), SHARE)) one(name, f, body, args, report);
      }
    }
    lib.close();
  }
}
