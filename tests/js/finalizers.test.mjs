// Pointers to one kind of thing: { pointer: 'name', free: 'symbol' }.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  collect, counts, eventually, fastTier, heat, open, runNode, nativePath, packageFolder,
  springboard, typeError, UnsafeCallback, UnsafeFnPointer, UnsafePointer,
} from './support.mjs';

const owned = { pointer: 'thing', free: 'thing_free' };
const thing = { pointer: 'thing' };

const definitions = {
  things_live: { parameters: [], result: 'i32' },
  things_freed_twice: { parameters: [], result: 'i32' },
  make: { name: 'thing_new', parameters: ['i32'], result: owned },
  make_later: { name: 'thing_new', parameters: ['i32'], result: owned, nonblocking: true },
  borrow: { name: 'thing_new', parameters: ['i32'], result: thing },
  raw: { name: 'thing_new', parameters: ['i32'], result: 'pointer' },
  free: { name: 'thing_free', parameters: [thing], result: 'void' },
  free_raw: { name: 'thing_free', parameters: ['pointer'], result: 'void' },
  value: { name: 'thing_value', parameters: [thing], result: 'i32' },
  value_slowly: { name: 'thing_value_slowly', parameters: [thing, 'i32'], result: 'i32',
    nonblocking: true },
  thing_visit: { parameters: [thing, { callback: { parameters: [thing], result: 'i32' } }],
    result: 'i32' },
  other_value: { name: 'thing_value', parameters: [{ pointer: 'other' }], result: 'i32' },
  other: { name: 'thing_new', parameters: ['i32'], result: { pointer: 'other' } },
};
const library = open('keeping', definitions);
const lib = library.symbols;
const live = lib.things_live;
const turn = () => new Promise((resolve) => setTimeout(resolve, 1));

test('a result is an object of its brand', () => {
  const before = live();
  const made = lib.make(5);
  const borrowed = lib.borrow(6);
  assert.equal(made.constructor, borrowed.constructor);
  assert.equal(made.constructor.name, 'thing');
  assert.notEqual(lib.other(1).constructor, made.constructor);
  assert.ok(UnsafePointer.value(made.pointer) > 0n);
  assert.equal(lib.value(made), 5);
  assert.equal(lib.value(borrowed), 6);
  assert.equal(lib.value(null), -2);
  assert.equal(lib.make(-1), null);
  assert.throws(() => new made.constructor(), typeError('Illegal constructor'));
  assert.equal(live() - before, 3);
  made.free();
  assert.equal(live() - before, 2);
});

test('only live objects of the brand are accepted', async () => {
  const made = lib.make(1);
  const text = "Invalid FFI pointer type, expected a pointer of 'thing' or null: symbol 'NAME', " +
    'parameter 0: got ';
  for (const [value, got] of [[undefined, 'undefined'], [3, 'number'], [{}, 'object'],
    [made.pointer, 'a pointer'], [lib.other(1), "a pointer of 'other'"]]) {
    assert.throws(() => lib.value(value), typeError(text.replace('NAME', 'value') + got));
    await assert.rejects(lib.value_slowly(value, 0),
      typeError(text.replace('NAME', 'value_slowly') + got));
  }
  const value = heat((object) => lib.value(object), made);
  assert.equal(value(made), 1);
  made.free();
  const freed = typeError(
    "Invalid FFI pointer, the pointer of 'thing' is freed: symbol 'value', parameter 0");
  assert.throws(() => value(made), freed);
  assert.throws(() => lib.value(made), freed);
  assert.throws(() => made.pointer, typeError("the pointer of 'thing' is freed"));
  await assert.rejects(lib.value_slowly(made, 0), typeError("symbol 'value_slowly', parameter 0"));
  using second = open('keeping', definitions);
  const foreign = second.symbols.make(2);
  assert.throws(() => lib.value(foreign), typeError("got a pointer of 'thing' of another library"));
  foreign.free();
});

test('optimised calls with objects take the fast stub', () => {
  const made = lib.make(3);
  const value = heat(() => lib.value(made));
  const makeAndFree = heat(() => lib.free(lib.make(1)));
  const before = counts().ordinaryCalls;
  for (let i = 0; i < 100; i += 1) {
    assert.equal(value(), 3);
    makeAndFree();
  }
  const ordinary = counts().ordinaryCalls - before;
  assert.equal(ordinary, fastTier ? 0 : 300);
  made.free();
});

test('free, using, and the function that frees', () => {
  const before = live();
  const made = lib.make(1);
  made.free();
  made.free();
  made[Symbol.dispose]();
  {
    using kept = lib.make(2);
    assert.equal(lib.value(kept), 2);
    assert.equal(live(), before + 1);
  }
  const byHand = lib.make(3);
  lib.free(byHand);
  assert.throws(() => lib.free(byHand), typeError("is freed: symbol 'free', parameter 0"));
  byHand.free();
  lib.free(null);
  assert.equal(live(), before);
  const borrowed = lib.borrow(4);
  borrowed[Symbol.dispose]();
  assert.equal(lib.value(borrowed), 4);
  assert.throws(() => borrowed.free(), typeError("no 'free' is defined"));
  lib.free(borrowed);
  assert.throws(() => lib.value(borrowed), typeError('is freed'));
  assert.equal(live(), before);
  assert.equal(lib.things_freed_twice(), 0);
});

test('what is collected is freed once', async () => {
  const before = live();
  (() => {
    for (let i = 0; i < 100; i += 1) {
      const made = lib.make(i);
      if (i % 4 === 0) made.free();
      if (i % 4 === 1) lib.free(made);
    }
  })();
  await eventually(() => live() === before, 'collected things are not freed');
  assert.equal(lib.things_freed_twice(), 0);
});

test('a call keeps what it was given', async () => {
  const before = live();
  const calls = [];
  (() => {
    for (let i = 0; i < 8; i += 1) calls.push(lib.value_slowly(lib.make(i), 30));
  })();
  for (let i = 0; i < 5; i += 1) {
    collect();
    await turn();
  }
  assert.deepEqual(await Promise.all(calls), [0, 1, 2, 3, 4, 5, 6, 7]);
  await eventually(() => live() === before, 'things of ended calls are not freed');
  // Optimised calls too, while their callbacks collect.
  const visit = heat(() => lib.thing_visit(lib.make(9), () => {
    if (live() % 500 === 0) collect();
    return 0;
  }));
  for (let i = 0; i < 300; i += 1) assert.equal(visit(), 9);
  await eventually(() => live() === before, 'things of optimised calls are not freed');
  assert.equal(lib.things_freed_twice(), 0);
});

test('what is freed during a call is freed after it', async () => {
  const before = live();
  const made = lib.make(7);
  const first = lib.value_slowly(made, 20);
  const second = lib.value_slowly(made, 30);
  made.free();
  assert.throws(() => lib.value(made), typeError('is freed'));
  assert.equal(live(), before + 1);
  assert.equal(await first, 7);
  assert.equal(await second, 7);
  assert.equal(live(), before);
  const used = lib.make(8);
  const call = lib.value_slowly(used, 20);
  assert.throws(() => lib.free(used),
    typeError("the pointer of 'thing' is in use by another call: symbol 'free', parameter 0"));
  assert.equal(await call, 8);
  lib.free(used);
  assert.equal(lib.thing_visit(lib.make(3), () => 0), 3);
  const nested = lib.make(4);
  assert.equal(lib.thing_visit(nested, () => {
    nested.free();
    return 0;
  }), 4);
  await eventually(() => live() === before, 'not freed');
  assert.equal(lib.things_freed_twice(), 0);
});

test('promises, callbacks and function pointers', async () => {
  const before = live();
  const later = await lib.make_later(11);
  assert.equal(lib.value(later), 11);
  assert.equal(await lib.make_later(-1), null);
  later.free();
  const made = lib.make(12);
  const seen = [];
  lib.thing_visit(made, (object) => {
    seen.push(object.constructor.name, lib.value(object));
    assert.throws(() => lib.other_value(object), typeError("got a pointer of 'thing'"));
    return 0;
  });
  assert.deepEqual(seen, ['thing', 12]);
  using callback = new UnsafeCallback({ parameters: [thing], result: thing }, (object) => object);
  const call = new UnsafeFnPointer(callback.pointer, { parameters: [thing], result: thing });
  assert.equal(lib.value(call.call(made)), 12);
  assert.equal(call.call(null), null);
  made.free();
  assert.throws(() => call.call(made), typeError('is freed'));
  assert.throws(() => new UnsafeCallback({ parameters: [owned], result: 'void' }, () => {}),
    typeError("'free' needs the symbol of a library"));
  assert.equal(live(), before);
});

test('bad definitions', () => {
  const define = (type) => () => open('keeping', {
    make: { name: 'thing_new', parameters: ['i32'], result: type } });
  for (const [type, part] of [
    [{ pointer: 1 }, "expected a name: symbol 'make', result, field 'pointer'"],
    [{ pointer: '' }, 'expected a name'],
    [{ pointer: 'x', free: null }, "expected a name: symbol 'make', result, field 'free'"],
    [{ pointer: 'x', close: 'y' }, "unknown field 'close'"],
    [{ struct: [thing] }, "unsupported type of a struct's field"],
  ]) {
    assert.throws(define(type), typeError(part));
  }
  assert.throws(define({ pointer: 'x', free: 'nowhere' }),
    /Failed to register symbol nowhere: Could not obtain symbol from the library/);
});

test('a closed library frees nothing', () => {
  const before = live();
  const closed = open('keeping', definitions);
  const made = closed.symbols.make(1);
  const address = made.pointer;
  closed.close();
  made.free();
  assert.throws(() => made.pointer, typeError('is freed'));
  assert.equal(live(), before + 1);
  lib.free_raw(address);
  assert.equal(live(), before);
});

test('nothing is called at the end of a process or a worker', () => {
  const program = `
    import { Worker } from 'node:worker_threads';
    import { createRequire } from 'node:module';
    const { dlopen } = createRequire('/')(${JSON.stringify(packageFolder)});
    const path = ${JSON.stringify(nativePath('keeping'))};
    const text = \`
      const { createRequire } = process.getBuiltinModule('node:module');
      const { dlopen } = createRequire('/')(${JSON.stringify(packageFolder)});
      const { symbols } = dlopen(${JSON.stringify(nativePath('keeping'))}, {
        thing_new: { parameters: ['i32'], result: { pointer: 'thing', free: 'thing_free' } } });
      globalThis.things = [symbols.thing_new(1), symbols.thing_new(2)];\`;
    const { symbols } = dlopen(path, { things_live: { parameters: [], result: 'i32' },
      thing_new: { parameters: ['i32'], result: { pointer: 'thing', free: 'thing_free' } } });
    globalThis.thing = symbols.thing_new(3);
    const worker = new Worker(text, { eval: true });
    worker.on('exit', () => console.log(symbols.things_live()));`;
  const { stdout, stderr, status } = runNode(program);
  assert.equal(stdout, '3\n', stderr);
  assert.equal(status, 0);
});

test('a library is kept by what it has to free', async () => {
  const before = live();
  let made = (() => open('keeping', definitions).symbols.make(5))();
  for (let i = 0; i < 5; i += 1) {
    collect();
    await turn();
  }
  made = undefined;
  await eventually(() => live() === before, 'the thing of a dropped library is not freed');
  assert.equal(lib.things_freed_twice(), 0);
});

test('out parameters', async () => {
  const before = live();
  const { symbols: { make, makeLater, replace, replaceLater } } = open('keeping', {
    make: { name: 'thing_make', parameters: ['i32', { out: owned }], result: 'i32' },
    makeLater: { name: 'thing_make', parameters: ['i32', { out: owned }], result: 'i32',
      nonblocking: true },
    replace: { name: 'thing_replace', parameters: [{ inout: thing }, 'i32', 'i32'],
      result: 'i32' },
    replaceLater: { name: 'thing_replace', parameters: [{ inout: thing }, 'i32', 'i32'],
      result: 'i32', nonblocking: true },
  });
  const [result, made] = make(5);
  assert.equal(result, 0);
  assert.equal(made.constructor.name, 'thing');
  assert.equal(read(made), 5);
  assert.deepEqual(make(-1), [1, null]);
  const [, later] = await makeLater(6);
  assert.equal(read(later), 6);
  later.free();
  const [old, borrowed] = replace(made, 7, 0);
  assert.equal(old, 5);
  assert.equal(read(borrowed), 7);
  assert.equal(read(made), 5);
  lib.free_raw(borrowed.pointer);
  // The object that was passed lives as long as the call.
  const call = replaceLater((() => make(8)[1])(), 9, 30);
  for (let i = 0; i < 5; i += 1) {
    collect();
    await turn();
  }
  const [value, next] = await call;
  assert.equal(value, 8);
  lib.free_raw(next.pointer);
  made.free();
  assert.throws(() => replace(made, 1, 0), typeError("is freed: symbol 'replace', parameter 0"));
  assert.throws(() => replace(lib.make(1), 1, 0), typeError("of another library"));
  assert.throws(() => replace(5, 1, 0),
    typeError("expected a pointer of 'thing' or null: symbol 'replace', parameter 0: got number"));
  // Two objects would free the same.
  assert.throws(() => open('keeping', { thing_replace: { parameters: [{ inout: owned }],
    result: 'void' } }), typeError("'pointer with free' of an 'inout' parameter: symbol"));
  await eventually(() => live() === before, 'things of out parameters are not freed');
  assert.equal(lib.things_freed_twice(), 0);

  function read(object) {
    return springboard.read(object.pointer, 'i32');
  }
});

test('an ArrayBuffer of what an object points to', () => {
  const made = lib.make(77);
  assert.equal(new Int32Array(springboard.toArrayBuffer(made, 4))[0], 77);
  made.free();
  assert.throws(() => springboard.toArrayBuffer(made, 4),
    typeError("the pointer of 'thing' is freed: toArrayBuffer"));
});

test('read and write', () => {
  const before = live();
  const { alloc, read, write } = springboard;
  const made = lib.make(21);
  using slot = alloc('pointer');
  write(slot, thing, made);
  assert.equal(lib.value(read(slot, thing)), 21);
  write(slot, thing, null);
  assert.equal(read(slot, thing), null);
  assert.throws(() => write(slot, thing, lib.other(1)),
    typeError("write: got a pointer of 'other'"));
  assert.throws(() => read(slot, owned), typeError("'free' needs the symbol of a library"));
  assert.equal(read(made, 'i32'), 21);
  made.free();
  assert.throws(() => read(made, 'i32'), typeError("the pointer of 'thing' is freed: read"));
  assert.equal(live(), before + 1);
});
