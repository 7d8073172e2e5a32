// internal_functions: with --experimental-stack-trace-frames a stack trace gives the functions
// behind the API, which trust their callers. A script that calls one gets an exception, no crash.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { UnsafeCallback, UnsafeFnPointer, root, runNode } from './support.mjs';

test('functions that a stack trace gives, called with anything', () => {
  const { status, signal, stdout, stderr } = runNode(`
    import { MessageChannel } from 'node:worker_threads';
    import { UnsafeCallback, UnsafeFnPointer, UnsafePointer, UnsafePointerView, heat, open, site }
      from '${root}/tests/js/support.mjs';
    Error.prepareStackTrace = (error, frames) => frames;
    Error.stackTraceLimit = 100;
    const found = new Map();
    const look = (error) => {
      for (const frame of error.stack) {
        const f = frame.getFunction();
        if (typeof f === 'function' && /native code/.test(f)) {
          found.set(f, frame.getFunctionName() ?? 'ordinary');
        }
      }
    };
    // Not in strict mode, where a trace gives no functions, nor those further down.
    const { peek, lookingAt, back } = new Function('look', \`return {
      peek: { toString() { look(new Error()); return 'i32'; } },
      lookingAt: (value) => ({
        get parameters() { look(new Error()); return value; }, result: 'i32' }),
      back: (x) => { look(new Error()); return x; },
    };\`)(look);

    // Without pointers among its parameters: what calls those may crash.
    const lib = open('callbacks', { through_i32: lookingAt(['i32']),
      keep: { parameters: ['function'], result: 'void' } });
    const { through_i32: call, keep } = lib.symbols;
    const callback = new UnsafeCallback({ parameters: [], result: 'void' }, back);
    keep(callback.pointer);
    const run = site('x', 'return f(x);', { f: call });
    run(1);
    heat(run, 1);
    keep(null);
    new UnsafeCallback(lookingAt(['i32']), back).close();
    new UnsafeFnPointer(callback.pointer, lookingAt([])).call();
    try { call('1'); } catch (error) { look(error); }
    try { callback.close(); callback.close(); } catch (error) { look(error); }
    const closed = open('callbacks', { call_void: { parameters: [], result: 'void' } });
    closed.close();
    try { closed.close(); } catch (error) { look(error); }
    try { closed.symbols.call_void(); } catch (error) { look(error); }
    const memory = new Uint8Array(1 << 20);
    const pointer = UnsafePointer.of(memory);
    const view = new UnsafePointerView(null);
    for (const operation of [() => view.getInt32(), () => view.getInt32(peek),
      () => UnsafePointer.offset(pointer, peek), () => UnsafePointer.create(peek),
      () => UnsafePointer.of(peek), () => view.getCString(), () => open('callbacks', 1),
      () => UnsafePointer.value(peek)]) {
      try { operation(); } catch (error) { look(error); }
    }

    const { port1 } = new MessageChannel();
    const junk = [undefined, null, 1, 1n, 'text', Symbol('s'), {}, [], new Date(),
      new Proxy({}, {}),
      port1, pointer, new Uint8Array(8), () => {}, run, globalThis];
    let thrown = 0;
    for (const f of found.keys()) {
      for (const first of junk) {
        for (const rest of [[], [{}], [1, 2], [pointer, {}]]) {
          try { f(first, ...rest); } catch { thrown += 1; }
          try { Reflect.apply(f, first, rest); } catch { thrown += 1; }
        }
      }
    }
    port1.close();
    console.log([...new Set(found.values())].join());
    console.log(thrown > 1000);
    console.log(call(41) + 1);`,
  { flags: ['--experimental-stack-trace-frames'] });
  assert.deepEqual([status, signal], [0, null], stderr + stdout);
  const [names, thrown, result] = stdout.trim().split('\n');
  for (const name of ['dlopen', 'ordinary', 'closeLibrary', 'callbackCreate', 'fnPointer']) {
    assert.ok(names.split(',').includes(name), `${name} is not among ${names}`);
  }
  assert.deepEqual([thrown, result], ['true', '42']);
});

test('a definition that calls the function pointer that it belongs to', () => {
  const callback = new UnsafeCallback({ parameters: ['i32'], result: 'i32' }, (x) => x + 1);
  let reads = 0;
  let calls = true;
  const made = new UnsafeFnPointer(callback.pointer, {
    get parameters() {
      reads += 1;
      if (calls) made.call(1);
      return ['i32'];
    },
    result: 'i32',
  });
  const message = 'the definition of an UnsafeFnPointer calls it while it is being read';
  assert.throws(() => made.call(1), { name: 'RangeError', message });
  assert.equal(reads, 2);
  calls = false;
  assert.equal(made.call(41), 42);
  callback.close();
});
