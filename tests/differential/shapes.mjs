// shapes: calls in every way that they can be written (call_shapes.mjs), expressions whose type is
// known when they are compiled, and calls of several parameters, each in every tier.

import { types } from 'node:util';

import { UnsafePointer, dlopen } from '../js/support.mjs';
import { callShapes, expressionScope, expressions } from './call_shapes.mjs';
import { formsOf, trainingOf } from './forms.mjs';
import { library } from './native.mjs';
import { expected } from './oracle.mjs';
import { begin, finish, judge, observe } from './outcome.mjs';
import { several } from './several.mjs';
import { deoptimise, enterTier, siteOf, train } from './tiers.mjs';
import { values } from './values.mjs';

// What a slice takes of each list.
const SHARE = 0.02;
const EXPRESSION_SHARE = 0.025;

const tiers = ['interpreted', 'baseline', 'maglev', 'turbofan'];
const formNames = ['i32 plain echo', 'u8 plain void', 'i16 strict echo', 'u64 plain echo',
  'i64 strict leaf', 'u53 plain echo', 'bool plain echo', 'bool plain leaf', 'f32 plain void',
  'f64 plain echo', 'pointer plain echo', 'function plain leaf', 'buffer plain echo',
  'buffer plain leaf', 'buffer plain void', 'small plain echo', 'pair plain void',
  'large plain echo'];
const valueNames = ['1', '-1', '300', '-0', '1.5', 'NaN', '2 ** 32 + 1', '-(2 ** 63)', '1n',
  '2n ** 64n + 5n', 'true', 'null', 'undefined', "'1'", '{}', '[1]', 'pointer 4096n', 'DataView',
  'view of a detached buffer', 'Uint8Array on heap', 'resizable ArrayBuffer', '3 bytes',
  'empty typed array', 'proxy of a typed array', 'undetectable'];
const chosenForms = formsOf('mixed').filter(({ name }) => formNames.includes(name));
const chosenValues = values.filter(({ name }) => valueNames.includes(name));

// What a generator, a promise or both come to.
async function settled(made) {
  const next = await made;
  const done = types.isGeneratorObject(next) ? await next.next() : { value: next };
  return done.value;
}

// A promise of the outcome of run(value, true).
async function observeShape(run, form, value, want) {
  const before = begin(want);
  const done = {};
  try {
    const result = await settled(run(value, true));
    if (result instanceof TypeError) done.error = result;
    else done.result = result;
  } catch (error) {
    done.error = error;
  }
  return finish(before, form, value, done);
}

// Trains a call site of any head.
async function trainShape(run, f, list) {
  train(run, [f], []);
  for (const value of list) {
    try {
      await settled(run(value, true));
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  }
}

function judgeShape(shape, form, value, outcome) {
  if (shape.throws) {
    const right = outcome.error instanceof TypeError && outcome.calls === 0 &&
      shape.throws.test(outcome.error.message);
    return right ? null : `must throw ${shape.throws}`;
  }
  const want = expected(form, value);
  return judge(form, value, want, outcome);
}

async function oneShape(shape, form, value, f, report) {
  const holder = { f, count: 0 };
  let reference;
  for (const tier of tiers) {
    const run = siteOf(shape.body, { f, holder }, shape.head);
    await trainShape(run, f, trainingOf(form.type, 'mixed'));
    enterTier(run, tier);
    for (const way of tier === 'turbofan' ? [tier, 'deoptimised'] : [tier]) {
      if (way === 'deoptimised') deoptimise(run);
      const made = value.make();
      const argument = shape.argument?.(made) ?? made;
      const want = expected(form, argument);
      const outcome = await observeShape(run, form, made, want);
      // What was seen of the bytes is known by now; what they were is in `want`.
      const problem = shape.throws || !want.address
        ? judgeShape(shape, form, argument, outcome) : judge(form, argument, { ...want,
          unmoved: value.heap && form.kind === 'leaf' }, outcome);
      const text = outcome.text.replace(/bytes (in place|elsewhere)/, 'bytes');
      reference ??= text;
      report(`shape ${shape.name}`, `${form.name}, ${value.name}, ${way}`, problem === null &&
        text === reference ? null : `${text}; ${problem ?? `interpreted: ${reference}`}`);
    }
  }
}

async function callShapesIn(symbols, { report, take }) {
  for (const shape of callShapes) {
    for (const form of chosenForms) {
      // One argument more is where the result goes.
      if (shape.more && typeof form.definition.result === 'object') continue;
      for (const value of take(chosenValues, SHARE)) {
        await oneShape(shape, form, value, symbols[form.name], report);
      }
    }
  }
}

// An expression with each x, in a site trained with the others.
function oneExpression(text, form, f, report) {
  const scope = expressionScope(UnsafePointer.create(4096n));
  const valueOf = siteOf(`return ${text};`, scope);
  for (const x of [0, 1, 2, 3]) {
    let reference;
    for (const tier of tiers) {
      const run = siteOf(`return f(${text});`, { f, ...scope });
      train(run, [f], [0, 1, 2, 3].filter((other) => tier === 'baseline' || other !== x));
      enterTier(run, tier);
      const argument = valueOf(x, true);
      // Nobody else has the bytes that an expression makes.
      const { address, ...want } = expected(form, argument);
      const outcome = observe(() => run(x, true), form, argument, want);
      const problem = address ? null : judge(form, argument, want, outcome);
      const done = address ? `${outcome.calls} calls, ${outcome.error}` : outcome.text;
      reference ??= done;
      report(`expression ${text}`, `${form.name}, ${x}, ${tier}`, problem === null &&
        done === reference ? null : `${done}; ${problem ?? `interpreted: ${reference}`}`);
    }
  }
}

function expressionsIn(symbols, { report, take }) {
  for (const text of expressions) {
    for (const form of take(formsOf('mixed'), EXPRESSION_SHARE)) {
      oneExpression(text, form, symbols[form.name], report);
    }
  }
}

export async function shapes(options) {
  const lib = dlopen(library,
    Object.fromEntries(formsOf('mixed').map((form) => [form.name, form.definition])));
  several(options);
  expressionsIn(lib.symbols, options);
  await callShapesIn(lib.symbols, options);
  lib.close();
}
