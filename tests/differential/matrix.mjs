// matrix: every form with every value in every tier. What the interpreter makes of a value is
// judged by the oracle, and so is every other tier, which must also agree with the interpreter.

import { UnsafeFnPointer, dlopen } from '../js/support.mjs';
import { formsOf, trainingOf, validFor } from './forms.mjs';
import { isFast } from './fast.mjs';
import { addressOf, library } from './native.mjs';
import { expected } from './oracle.mjs';
import { begin, finish, judge, observe } from './outcome.mjs';
import { deoptimise, enterTier, siteOf, tierOf, train } from './tiers.mjs';
import { values } from './values.mjs';

// The share of values that a slice takes for each form.
const VALUES_TAKEN = 0.04;

const getCall = Object.getOwnPropertyDescriptor(UnsafeFnPointer.prototype, 'call').get;

export class Matrix {
  #report;
  #state;
  #training;
  #symbols;
  #nonblocking;
  #pointers;
  #chosen = new Map();
  #references = new Map();

  // `report(group, case, problem or null)` is told of every case; `take(list, share)` chooses
  // from a list.
  constructor({ report, take, state, training }) {
    this.#report = report;
    this.#state = state;
    this.#training = training;
    const forms = formsOf(training);
    for (const form of forms) this.#chosen.set(form, take(values, VALUES_TAKEN));
    const open = (change) => dlopen(library,
      Object.fromEntries(forms.map((form) => [form.name, change(form.definition)]))).symbols;
    this.#symbols = open((definition) => definition);
    this.#nonblocking = open((definition) => ({ ...definition, nonblocking: true }));
    this.#pointers = new Map(forms.map((form) => [form.name,
      new UnsafeFnPointer(addressOf(form.definition.name), form.definition)]));
  }

  // Judges one outcome. `ordinary`: how many ordinary calls it may have taken.
  #check(form, value, way, outcome, want, { ordinary, ...options } = {}) {
    // What a void call gives where it is not undefined: the one difference that is meant.
    const nothing = form.kind === 'void' ? options.nothing : undefined;
    let problem = judge(form, value.made, want, outcome, options);
    const text = outcome.text.replace(want.unmoved ? /bytes (in place|elsewhere)/ : /^$/, 'bytes')
      .replace(`symbol 'UnsafeFnPointer'`, `symbol '${form.name}'`)
      .replace(/gave object null$/, nothing === null ? 'gave undefined undefined' : '$&');
    const key = `${form.name}\n${value.name}`;
    const reference = this.#references.get(key);
    if (reference === undefined) this.#references.set(key, text);
    else if (!options.differs && text !== reference) problem ??= `interpreted: ${reference}`;
    if (ordinary !== undefined && !ordinary.includes(outcome.ordinary)) {
      problem ??= `ordinary calls ${outcome.ordinary}, expected ${ordinary.join(' or ')}`;
    }
    this.#report(form.name, `${value.name}, ${way}`,
      problem === null ? null : `${outcome.text}; ${problem}`);
  }

  // A fresh value and what must come of it.
  #fresh(form, value) {
    const fresh = { ...value, made: value.make() };
    return [fresh, this.#want(form, fresh)];
  }

  #want(form, fresh) {
    const want = expected(form, fresh.made);
    // `leaf` leaves arrays where they are: a call to ask for the place would move them.
    const unmoved = (fresh.heap || fresh.moved) && form.kind === 'leaf';
    return { ...want, lost: fresh.lost, unmoved };
  }

  // A call of code that is not TurboFan's: it always takes the ordinary way, unless V8 13 compiles
  // the call site anew meanwhile, as it does for small functions that stay the same.
  #once(form, value, way, run, options = {}) {
    const [fresh, want] = this.#fresh(form, value);
    const outcome = observe(run, form, fresh.made, want);
    const ordinary = tierOf(run) === 'turbofan' ? [0, 1] : [1];
    this.#check(form, fresh, way, outcome, want, { ordinary, ...options });
  }

  #site(value, f) {
    return siteOf(`return f(${value.text === '' ? '' : 'x'});`, { f });
  }

  // The wrapper and the call site in the interpreter, and through UnsafeFnPointer.
  interpreted() {
    for (const [form, chosen] of this.#chosen) {
      const f = this.#symbols[form.name];
      const p = this.#pointers.get(form.name);
      for (const value of chosen) {
        const run = this.#site(value, f);
        this.#once(form, value, 'interpreted', run);
        if (tierOf(run) !== 'interpreted' || tierOf(f) !== 'interpreted') {
          this.#report(form.name, value.name, 'interpreted code is in another tier');
        }
        const call = siteOf(`return p.call(${value.text === '' ? '' : 'x'});`, { p });
        this.#once(form, value, 'UnsafeFnPointer', call,
          { symbol: 'UnsafeFnPointer', nothing: null });
      }
    }
  }

  // The wrappers stay in this tier from now on, for all but what inlines them.
  baseline() {
    for (const [form, chosen] of this.#chosen) {
      const f = this.#symbols[form.name];
      train(siteOf('return f(x);', { f }), [f], [validFor(form.type)]);
      enterTier(f, 'baseline');
      for (const value of chosen) {
        const run = this.#site(value, f);
        train(run, [f], trainingOf(form.type, this.#training));
        enterTier(run, 'baseline');
        this.#once(form, value, 'baseline', run);
      }
    }
  }

  optimised() {
    for (const [form, chosen] of this.#chosen) {
      for (const value of chosen) {
        this.#maglev(form, value);
        this.#turbofan(form, value);
        this.#constant(form, value);
        this.#pointer(form, value);
      }
    }
  }

  #maglev(form, value) {
    const f = this.#symbols[form.name];
    const run = this.#site(value, f);
    train(run, [f], trainingOf(form.type, this.#training));
    enterTier(run, 'maglev');
    this.#once(form, value, 'Maglev', run);
    this.#once(form, value, 'Maglev again', run);
  }

  // A call of optimised code, and by which way it may go: while it stays optimised, one only.
  #optimisedOnce(form, fresh, way, run, options = {}) {
    const want = this.#want(form, fresh);
    const outcome = observe(run, form, fresh.made, want);
    const fast = !want.error && isFast(form, fresh, this.#state);
    const stays = tierOf(run) === 'turbofan';
    const ordinary = fast ? (stays ? [0] : [0, 1]) : [1];
    this.#check(form, fresh, way, outcome, want, { ...options, ordinary });
    return stays || want.error !== undefined;
  }

  #turbofan(form, value) {
    const f = this.#symbols[form.name];
    const run = this.#site(value, f);
    const training = trainingOf(form.type, this.#training);
    train(run, [f], training);
    enterTier(run, 'turbofan');
    const [fresh] = this.#fresh(form, value);
    this.#optimisedOnce(form, fresh, 'TurboFan', run);
    // By now the bytes have left V8's heap, and are others than the first time.
    this.#optimisedOnce(form, { ...fresh, heap: false }, 'TurboFan again', run,
      { differs: fresh.bytes && form.type === 'buffer' });
    deoptimise(run);
    if (tierOf(run) !== 'interpreted') this.#report(form.name, value.name, 'not deoptimised');
    this.#once(form, value, 'deoptimised', run);
    train(run, [f], [...training, fresh.made, validFor(form.type)]);
    enterTier(run, 'turbofan');
    const stays = this.#optimisedOnce(form, this.#fresh(form, value)[0], 'reoptimised', run);
    // What has been seen already must not deoptimise again.
    if (!stays) this.#report(form.name, value.name, 'deoptimised again');
  }

  // The compilers know the argument. The site is trained by calls: those that were never made are
  // not compiled.
  #constant(form, value) {
    const f = this.#symbols[form.name];
    for (const tier of ['maglev', 'turbofan']) {
      const [made] = this.#fresh(form, value);
      const run = siteOf(`return f(${value.text ?? 'value'});`, { f, value: made.made });
      train(run, [f], [undefined]);
      enterTier(run, tier);
      const fresh = { ...made, heap: false, moved: made.heap };
      const way = `constant in ${tier}`;
      if (tier === 'turbofan') {
        this.#optimisedOnce(form, fresh, way, run);
      } else {
        const want = this.#want(form, fresh);
        this.#check(form, fresh, way, observe(run, form, fresh.made, want), want);
      }
    }
  }

  #pointer(form, value) {
    const p = this.#pointers.get(form.name);
    const run = siteOf(`return p.call(${value.text === '' ? '' : 'x'});`, { p });
    train(run, [getCall, p.call], trainingOf(form.type, this.#training));
    enterTier(run, 'turbofan');
    this.#optimisedOnce(form, this.#fresh(form, value)[0], 'UnsafeFnPointer in TurboFan', run,
      { symbol: 'UnsafeFnPointer', nothing: null });
  }

  // The wrapper optimised for itself, called by the interpreter.
  wrappers() {
    for (const [form, chosen] of this.#chosen) {
      const f = this.#symbols[form.name];
      for (const tier of ['maglev', 'turbofan']) {
        for (const value of chosen) {
          if (tierOf(f) !== tier) this.#optimise(form, f, tier);
          this.#once(form, value, `wrapper in ${tier}`, this.#site(value, f), { ordinary: [0, 1] });
        }
      }
    }
  }

  #optimise(form, f, tier) {
    deoptimise(f);
    train((x, go) => go && f(x), [f], trainingOf(form.type, this.#training));
    if (tier === 'maglev') %OptimizeMaglevOnNextCall(f);
    else %OptimizeFunctionOnNextCall(f);
    // The wrapper has no branch that calls nothing: it is compiled by a call.
    f(validFor(form.type));
    if (tierOf(f) !== tier) this.#report(form.name, 'wrapper', `not in ${tier}`);
  }

  async nonblocking() {
    for (const [form, chosen] of this.#chosen) {
      const f = this.#nonblocking[form.name];
      for (const value of chosen) {
        const [fresh, want] = this.#fresh(form, value);
        const refused = form.type === 'buffer' && value.resizable;
        const wanted = refused ? { error: 'TypeError',
          start: 'Resizable backing stores are not supported for nonblocking FFI calls: ' } : want;
        const before = begin(want);
        const done = await (value.text === '' ? f() : f(fresh.made)).then(
          (result) => ({ result }), (error) => ({ error }));
        const outcome = finish(before, form, fresh.made, done);
        this.#checkNonblocking(form, fresh, outcome, wanted, refused);
      }
    }
  }

  #checkNonblocking(form, fresh, outcome, want, refused) {
    if (!refused) return this.#check(form, fresh, 'nonblocking', outcome, want, { nothing: null });
    const { error, calls } = outcome;
    const right = error instanceof TypeError && calls === 0 && error.message.startsWith(want.start);
    this.#report(form.name, `${fresh.name}, nonblocking`, right ? null : outcome.text);
  }
}
