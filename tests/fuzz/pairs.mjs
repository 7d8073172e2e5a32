// pairs: a callback and the native function that it is, called as such: what goes in must come to
// the callback, and what it returns must come out. The state of one is open or closed.

import assert from 'node:assert/strict';
import { inspect } from 'node:util';

import { pick, random } from '../js/random.mjs';
import { UnsafeCallback, UnsafeFnPointer, dlopen, isBadResource, nativePath, site }
  from '../js/support.mjs';
import { isSame, isStruct, layout, randomType, randomValue, zero } from './values.mjs';
import { outcomeOf, randomBuffer, wildValue } from './wild.mjs';

const show = (value) => inspect(value, { depth: 1, showProxy: true });

// The message is made only when it is needed: this runs millions of times.
function must(holds, say) {
  if (!holds) assert.fail(say());
}

const TRAINING = 60;
// Nested calls inside callbacks.
export const DEPTH = 3;

function optimise(run, args) {
  %PrepareFunctionForOptimization(run);
  for (let i = 0; i < TRAINING; i += 1) run(...args);
  %OptimizeFunctionOnNextCall(run);
}

export class Pair {
  constructor(world) {
    this.world = world;
    this.parameters = Array.from({ length: random(10) }, () => randomType());
    this.result = random(6) === 0 ? 'void' : randomType();
    this.rules = pick([{}, {}, {}, { strict: true }, { memory: 'strict' }, { cxx: true }]);
    const { parameters, result } = this;
    this.callback = new UnsafeCallback({ parameters, result }, (...args) => this.received(args));
    const definition = { parameters, result, ...this.rules };
    this.f = new UnsafeFnPointer(this.callback.pointer, definition);
    const names = parameters.map((_, i) => `a${i}`).join(', ');
    this.run = site(names, `return f.call(${names});`, { f: this.f });
    this.isOpen = true;
    this.isHot = false;
    this.text = JSON.stringify(definition);
  }

  received(args) {
    this.seen = args;
    const { inside, answer } = this;
    this.inside = undefined;
    inside?.();
    return answer;
  }

  expect(answer = this.result === 'void' ? undefined : randomValue(this.result)) {
    this.seen = undefined;
    this.answer = answer;
  }

  checkArguments(args) {
    must(this.seen, () => `the callback was not called: ${this.text}`);
    assert.equal(this.seen.length, args.length);
    this.parameters.forEach((type, i) => must(isSame(type, this.seen[i], args[i]),
      () => `parameter ${i} of ${this.text}: ${show(args[i])} came as ${show(this.seen[i])}`));
  }

  checkResult(got, answer) {
    if (this.result === 'void') return must(got == null, () => this.text);
    return must(isSame(this.result, got, answer),
      () => `result of ${this.text}: ${show(answer)} came as ${show(got)}`);
  }

  values() {
    return this.parameters.map(randomValue);
  }

  // One good call; `inside` runs in the callback.
  call(inside, way = this.run) {
    const args = this.values();
    this.expect();
    this.inside = inside;
    const { answer } = this;
    const got = way(...args);
    // What ran inside may have called this pair, too.
    if (!inside) this.checkArguments(args);
    this.checkResult(got, inside ? this.answer : answer);
    this.world.calls += 1;
  }

  several() {
    for (let i = 1 + random(40); i > 0; i -= 1) this.call();
  }

  heated() {
    if (!this.isHot) {
      this.expect();
      optimise(this.run, this.values());
      this.world.calls += TRAINING;
      this.isHot = true;
    }
    for (let i = 0; i < 200; i += 1) this.call();
  }

  // One argument is anything, or some are missing, or there are more.
  wild() {
    const args = this.values();
    const at = random(args.length + 1);
    let outcome;
    if (at < args.length) {
      args[at] = wildValue();
      outcome = outcomeOf(this.parameters[at], args[at], this.rules);
    } else if (random(2) === 0 && args.length > 0) {
      args.length -= 1;
      outcome = { error: TypeError };
    }
    this.expect();
    this.world.calls += 1;
    const extra = random(4) === 0 && !isStruct(this.result) && !outcome?.error ? [wildValue()] : [];
    const { answer } = this;
    let got;
    try {
      got = this.run(...args, ...extra);
    } catch (error) {
      must(outcome?.error ? error instanceof outcome.error : outcome?.either &&
        error instanceof TypeError, () => `parameter ${at} of ${this.text}: ${error.stack}`);
      assert.equal(this.seen, undefined, 'nothing is called with a bad argument');
      return;
    }
    must(!outcome?.error, () => `parameter ${at} of ${this.text} took ${show(args[at])}`);
    if (outcome && 'value' in outcome) args[at] = outcome.value;
    if (!outcome?.either) this.checkArguments(args);
    this.checkResult(got, answer);
  }

  // The callback throws: the very error comes out.
  throws() {
    const thrown = pick([new Error('mine'), 'text', undefined, null, 5, Symbol('thrown'), {}]);
    this.world.calls += 1;
    this.expect();
    this.inside = () => { throw thrown; };
    try {
      this.run(...this.values());
    } catch (error) {
      return assert.equal(error, thrown);
    }
    return assert.fail(`nothing was thrown through ${this.text}`);
  }

  // What the callback returns is anything: a result or a TypeError.
  answers() {
    this.expect(wildValue());
    this.world.calls += 1;
    try {
      this.run(...this.values());
    } catch (error) {
      must(error instanceof TypeError || error instanceof RangeError ||
        error.message === 'toPrimitive was called', () => error.stack);
    }
    this.expect();
  }

  // A struct result is written into what is given for it, or is refused, before the call.
  out() {
    if (!isStruct(this.result)) return;
    const target = randomBuffer();
    const args = this.values();
    this.expect();
    this.world.calls += 1;
    const { answer } = this;
    const outcome = outcomeOf(this.result, target);
    let got;
    try {
      got = this.f.call(...args, target);
    } catch (error) {
      must(error instanceof TypeError, () => error.stack);
      assert.equal(this.seen, undefined, `${this.text} was called`);
      return;
    }
    must(!outcome.error, () => `${this.text} wrote into too few bytes`);
    assert.equal(got, target);
    const bytes = ArrayBuffer.isView(got)
      ? new Uint8Array(got.buffer, got.byteOffset, got.byteLength) : new Uint8Array(got);
    this.checkResult(bytes.slice(0, layout(this.result)[0]), answer);
  }

  // Native code may still hold the callback: it gives zero, and says so once.
  close() {
    if (!this.isOpen) {
      assert.throws(() => this.callback.close(), isBadResource);
      return;
    }
    this.callback.close();
    this.isOpen = false;
    if (random(10) !== 0) return;
    this.seen = undefined;
    this.checkResult(this.f.call(...this.values()), zero(this.result));
    assert.equal(this.seen, undefined, 'a closed callback was called');
    this.world.calls += 1;
  }

  // It closes itself, its caller goes on.
  closesItself() {
    this.call(() => {
      this.callback.close();
      this.isOpen = false;
      if (random(2) === 0) globalThis.gc({ type: 'minor' });
    });
  }
}

const echoed = ['i8', 'u8', 'i16', 'u16', 'i32', 'u32', 'i64', 'u64', 'isize', 'usize', 'f32',
  'f64', 'bool', 'pointer'];
const path = nativePath('calls');

// A library whose functions return what they are given: the direct way, without a callback.
export class Library {
  constructor(world) {
    this.world = world;
    this.rules = pick([{}, {}, { strict: true }, { cxx: true }, { memory: 'strict' }]);
    this.types = Array.from({ length: 1 + random(4) }, () => pick(echoed));
    const leaf = random(2) === 0;
    this.lib = dlopen(path, Object.fromEntries(this.types.flatMap((type) => [
      [type, { name: `echo_${type}`, parameters: [type], result: type, leaf }],
      [`${type}_later`, { name: `echo_${type}`, parameters: [type], result: type,
        nonblocking: true }]])), this.rules);
    this.sites = new Map(this.types.map((type) => [type,
      site('a', 'return f(a);', { f: this.lib.symbols[type] })]));
    this.isOpen = true;
  }

  // Echoes anything: the value that arrives, or an error, or BadResource once it is closed.
  one(type, value) {
    const outcome = outcomeOf(type, value, this.rules);
    this.world.calls += 1;
    let got;
    try {
      got = this.sites.get(type)(value);
    } catch (error) {
      const expected = this.isOpen ? outcome.error && error instanceof outcome.error
        : isBadResource(error) || (outcome.error && error instanceof outcome.error);
      return must(expected, () => `${type} ${show(value)}: ${error.stack}`);
    }
    must(this.isOpen, () => 'a call of a closed library');
    must(!outcome.error, () => `${type} took ${show(value)}`);
    return must(outcome.either || isSame(type, got, outcome.value),
      () => `${type} ${JSON.stringify(this.rules)}: ${show(value)} came as ${show(got)}`);
  }

  several() {
    const type = pick(this.types);
    for (let i = 0; i < 100; i += 1) this.one(type, randomValue(type));
  }

  heated() {
    const type = pick(this.types);
    if (this.isOpen) optimise(this.sites.get(type), [randomValue(type)]);
    for (let i = 0; i < 300; i += 1) this.one(type, randomValue(type));
  }

  wild() {
    const type = pick(this.types);
    for (let i = 0; i < 20; i += 1) this.one(type, wildValue());
  }

  // A promise of the same.
  async later() {
    const type = pick(this.types);
    const value = random(3) === 0 ? wildValue() : randomValue(type);
    const outcome = outcomeOf(type, value, this.rules);
    const wasOpen = this.isOpen;
    this.world.calls += 1;
    let got;
    try {
      const promise = this.lib.symbols[`${type}_later`](value);
      if (random(4) === 0) this.close();
      got = await promise;
    } catch (error) {
      must((outcome.error && error instanceof outcome.error) ||
        (!wasOpen && isBadResource(error)), () => `${type} ${show(value)}: ${error.stack}`);
      return;
    }
    must(wasOpen && !outcome.error, () => `${type} took ${show(value)}`);
    must(outcome.either || isSame(type, got, outcome.value), () => `${type} ${show(value)}`);
  }

  close() {
    if (!this.isOpen) return;
    this.lib.close();
    this.isOpen = false;
  }
}
