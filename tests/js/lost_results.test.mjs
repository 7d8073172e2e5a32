// What a native function has returned, to be freed by who gets it, while its call throws all the
// same: a callback has thrown, or another value cannot be had. It is freed at once.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { eventually, heat, nativePath, open, packageFolder, runNode, typeError,
  UnsafeCallback } from './support.mjs';

const owned = { pointer: 'thing', free: 'thing_free' };
const int = { parameters: ['i32'], result: 'i32' };
const callback = { callback: int };
const text = { cstring: 'u8', free: 'text_free' };

const { symbols: lib } = open('keeping', {
  things_live: { parameters: [], result: 'i32' },
  things_freed_twice: { parameters: [], result: 'i32' },
  texts_live: { parameters: [], result: 'i32' },
  make: { name: 'thing_new_calling', parameters: ['i32', callback], result: owned },
  make_by_pointer: { name: 'thing_new_calling', parameters: ['i32', 'function'], result: owned },
  make_throwing: { name: 'thing_new_calling', parameters: ['i32', callback], result: owned,
    throws: 'errno' },
  raw: { name: 'thing_new', parameters: ['i32'], result: 'pointer' },
  free_raw: { name: 'thing_free', parameters: ['pointer'], result: 'void' },
  out: { name: 'thing_make_calling', parameters: ['i32', { out: owned }, callback, 'i32'],
    result: 'i32' },
  out_throwing: { name: 'thing_make_calling', parameters: ['i32', { out: owned }, callback, 'i32'],
    result: 'i32', throws: 'errno' },
  telling: { name: 'thing_make_telling', parameters: ['i32', { out: owned }, 'i64'],
    result: 'i53' },
  telling_later: { name: 'thing_make_telling', parameters: ['i32', { out: owned }, 'i64'],
    result: 'i53', nonblocking: true },
  all: { name: 'thing_new_and_make',
    parameters: ['i32', { out: owned }, { out: 'i53' }, callback], result: owned },
  all_raw: { name: 'thing_new_and_make',
    parameters: ['i32', { out: owned }, { out: 'i64' }, callback], result: owned },
  all_later: { name: 'thing_new_and_make',
    parameters: ['i32', { out: owned }, { out: 'i53' }, callback], result: owned,
    nonblocking: true },
  text: { name: 'text_new_calling', parameters: ['i32', callback], result: text },
  value: { name: 'thing_value', parameters: [{ pointer: 'thing' }], result: 'i32' },
});
const failure = new Error('from the callback');
const throwing = () => {
  throw failure;
};
const quiet = () => 0;

// Runs `check` with things and texts that must be gone afterwards.
async function balanced(check) {
  const things = lib.things_live();
  const texts = lib.texts_live();
  await check(() => {
    assert.equal(lib.things_live(), things);
    assert.equal(lib.texts_live(), texts);
  });
  await eventually(() => lib.things_live() === things && lib.texts_live() === texts,
    'not all is freed');
  assert.equal(lib.things_freed_twice(), 0);
}

test('a pointer', () => balanced((isFreed) => {
  const run = (function_) => lib.make(3, function_);
  for (let round = 0; round < 3; round += 1) {
    for (let i = 0; i < 20; i += 1) {
      assert.throws(() => run(throwing), failure);
      isFreed();
    }
    heat(() => run(quiet).free());
  }
  // Which is called below the function, as another one's result must not be taken for this one's.
  assert.throws(() => lib.make(1, () => {
    lib.free_raw(lib.raw(5));
    throw failure;
  }), failure);
  isFreed();
  assert.equal(lib.make(-1, quiet), null);
  assert.throws(() => lib.make(-1, throwing), failure);
  assert.throws(() => lib.make_throwing(1, throwing), failure);
  assert.throws(() => lib.make_throwing(-1, throwing), failure);
  isFreed();
}));

test('a pointer, by a hot call with a pointer of a callback', () => balanced((isFreed) => {
  let fails = false;
  using function_ = new UnsafeCallback(int, () => {
    if (fails) throw failure;
    return 0;
  });
  const run = heat((value) => lib.make_by_pointer(value, function_.pointer), -1);
  for (let i = 0; i < 50; i += 1) {
    fails = true;
    assert.throws(() => run(i), failure);
    isFreed();
    fails = false;
    run(i).free();
    isFreed();
  }
}));

test('a call that is refused has nothing to free', () => balanced((isFreed) => {
  lib.make(1, quiet).free();
  lib.out(1, quiet, 0)[1].free();
  for (let i = 0; i < 20; i += 1) {
    assert.throws(() => lib.make('x', quiet), typeError('parameter 0'));
    assert.throws(() => lib.make(1, 'x'), typeError('parameter 1'));
    assert.throws(() => lib.out(1, quiet, 'x'), typeError('parameter 3'));
    assert.throws(() => lib.out(1, 'x', 1), typeError('parameter 2'));
    isFreed();
  }
}));

test('text', () => balanced((isFreed) => {
  assert.equal(lib.text(1, quiet), 'b');
  for (let i = 0; i < 20; i += 1) assert.throws(() => lib.text(1, throwing), failure);
  isFreed();
}));

test('an out parameter', () => balanced((isFreed) => {
  for (let i = 0; i < 20; i += 1) {
    assert.throws(() => lib.out(1, throwing, 0), failure);
    isFreed();
    // Below a call of the same symbol, which has the slots that are kept.
    const [result, made] = lib.out(1, () => {
      assert.throws(() => lib.out(2, throwing, 0), failure);
      return 0;
    }, 7);
    assert.equal(result, 7);
    assert.equal(lib.value(made), 1);
    made.free();
    isFreed();
  }
  const run = heat((function_) => lib.out(1, function_, 0)[1]?.free(), quiet);
  assert.throws(() => run(throwing), failure);
  isFreed();
}));

test('what a function that failed has left in an out parameter is left alone', () => {
  const before = lib.things_live();
  assert.throws(() => lib.out_throwing(1, quiet, -1), { name: 'SystemError' });
  assert.throws(() => lib.out_throwing(1, throwing, -1), failure);
  assert.equal(lib.things_live(), before + 2);
  assert.throws(() => lib.out_throwing(1, throwing, 0), failure);
  assert.equal(lib.things_live(), before + 2);
});

test('a result, or another out parameter, that JavaScript cannot have', () =>
  balanced(async (isFreed) => {
    const beyond = 2n ** 60n;
    const telling = heat((result) => lib.telling(1, result)[1]?.free(), 5);
    for (let i = 0; i < 20; i += 1) {
      assert.throws(() => telling(beyond), RangeError);
      isFreed();
    }
    await assert.rejects(lib.telling_later(1, beyond), RangeError);
    isFreed();
    // Here objects are there already, which the collector frees.
    assert.throws(() => lib.all(1, quiet), RangeError);
    await assert.rejects(lib.all_later(1, null), RangeError);
    assert.throws(() => lib.all(1, throwing), failure);
    assert.throws(() => lib.all_raw(1, throwing), failure);
    const [result, made] = lib.all_raw(1, quiet);
    assert.equal(lib.value(result), 2);
    assert.equal(lib.value(made), 1);
  }));

test('what the function that frees throws is reported', () => {
  const { stdout, stderr, status } = runNode(`
    import { createRequire } from 'node:module';
    const { dlopen } = createRequire('/')(${JSON.stringify(packageFolder)});
    const int = { callback: { parameters: ['i32'], result: 'i32' } };
    const { symbols } = dlopen(${JSON.stringify(nativePath('keeping'))}, {
      things_live: { parameters: [], result: 'i32' },
      set_function: { parameters: [{ ...int, keep: true }], result: 'void' },
      thing_new_calling: { parameters: ['i32', int],
        result: { pointer: 'thing', free: 'thing_free_telling_all' } } });
    symbols.set_function(() => { throw new Error('second'); });
    try {
      symbols.thing_new_calling(1, () => { throw new Error('first'); });
    } catch (error) {
      console.log(error.message, symbols.things_live());
    }`);
  assert.equal(stdout, 'first 0\n', stderr);
  assert.match(stderr, /'thing_free_telling_all' threw .*: Error: second/s);
  assert.equal(status, 0);
});

test('the library was closed by the callback', () => {
  const before = lib.things_live();
  const library = open('keeping', {
    make: { name: 'thing_new_calling', parameters: ['i32', callback], result: owned } });
  assert.throws(() => library.symbols.make(1, () => {
    library.close();
    throw failure;
  }), failure);
  assert.equal(lib.things_live(), before + 1);
});
