// exceptions: what callbacks throw, whatever it is and however deep, through native code that goes
// on calling back. The first exception comes out of the outermost native call, the others are
// reported, and nothing of them is left over. Also terminations, which nothing may catch.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import vm from 'node:vm';

import {
  UnsafeCallback, UnsafePointerView, heat, keepCold, open, root, runNode, site,
} from './support.mjs';
import { prelude, startWorker } from './thread_support.mjs';
import { endOf, messageOf } from './worker_support.mjs';

const i32 = { parameters: ['i32'], result: 'i32' };
const { symbols } = open('ends', {
  count_nonzero: { parameters: ['function', 'i32'], result: 'i32' },
  call_in_frame: { parameters: ['function', 'i32', 'u32'], result: 'i32' },
});
const calls = open('callbacks', {
  call_i32: { parameters: ['function', 'i32'], result: 'i32' },
  call_later: { name: 'call_i32', parameters: ['function', 'i32'], result: 'i32',
    nonblocking: true },
  sort_i32: { parameters: ['buffer', 'u32', 'function'], result: 'void' },
}).symbols;

// The lines of standard output and the reports of a process that ends well.
function run(program, options) {
  const { status, signal, stdout, stderr } = runNode(prelude + program, options);
  assert.deepEqual([status, signal], [0, null], stderr + stdout);
  return {
    lines: stdout.trim().split('\n'),
    reports: stderr.split('\n').filter((line) => line.startsWith('springboard: ')),
  };
}

// --- One after the other

test('two exceptions of every kind, out of functions of every kind', () => {
  const { lines, reports } = run(`
    import { heat, keepCold, site } from '${root}/tests/js/support.mjs';
    const Big = { struct: Array(2).fill({ struct: Array(4096).fill('i64') }) };
    const kinds = {
      i8: ['i8', 7], u32: ['u32', 7], i64: ['i64', 7n], f32: ['f32', 0.5], f64: ['f64', 0.5],
      pointer: ['pointer', null], point: [{ struct: ['f64', 'f64'] }, new Uint8Array(16).fill(1)],
      big: [Big, new Uint8Array(65536).fill(2)],
    };
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    const values = [undefined, null, 0, NaN, '', 5n, Symbol('thrown'),
      Object.freeze(new Error('f')),
      Object.create(null), { toString() { throw new Error('no text'); } }, revoked.proxy,
      () => {}, new Proxy(new Error('p'), { get() { throw 1; } })];
    let thrown = 0;
    for (const [name, [type, value]] of Object.entries(kinds)) {
      const { symbols: { twice } } = open('ends', {
        twice: { name: 'twice_' + name, parameters: ['function', type], result: type },
      });
      let queue = [];
      const callback = new UnsafeCallback({ parameters: [type], result: type }, (x) => {
        if (queue.length === 0) return x;
        throw queue.shift();
      });
      const body = 'try { return f(c, x); } catch (error) { return [error]; }';
      for (const train of [keepCold, (one) => heat(one, callback.pointer, value)]) {
        const call = train(site('c, x', body, { f: twice }));
        for (const first of values) {
          for (const second of [values[1], values[12]]) {
            queue = [first, second];
            thrown += 1;
            const caught = call(callback.pointer, value);
            if (!Array.isArray(caught) || !Object.is(caught[0], first)) {
              console.log(name, 'gave something else', caught);
            }
          }
          const result = call(callback.pointer, value);
          if (String(result) !== String(value)) console.log(name, 'afterwards:', result);
        }
      }
      callback.close();
    }
    console.log(thrown);`);
  assert.equal(lines.length, 1, lines.join('\n'));
  assert.equal(lines[0], String(8 * 2 * 13 * 2));
  assert.equal(reports.length, 8 * 2 * 13 * 2);
  const expected =
    'springboard: an FFI call or callback threw while an exception was already pending: ';
  for (const report of reports) assert.ok(report.startsWith(expected), report);
});

test('native code goes on after the first one', () => {
  const { lines, reports } = run(`
    const { symbols: { count_nonzero: count } } = open('ends', {
      count_nonzero: { parameters: ['function', 'i32'], result: 'i32' } });
    const { symbols: { sort_i32: sort } } = open('callbacks', {
      sort_i32: { parameters: ['buffer', 'u32', 'function'], result: 'void' } });
    const seen = [];
    const callback = new UnsafeCallback(plain, (i) => {
      seen.push(i);
      if (i % 3 === 1) throw new Error('from ' + i);
      return i;
    });
    try { count(callback.pointer, 8); } catch (error) { console.log(error.message, ...seen); }
    callback.close();
    let compared = 0;
    const pair = { parameters: ['pointer', 'pointer'], result: 'i32' };
    const compare = new UnsafeCallback(pair, () => {
      compared += 1;
      if (compared === 3) throw new Error('third');
      return 0;
    });
    try { sort(new Int32Array(100), 100, compare.pointer); } catch (error) {
      console.log(error.message, compared > 50);
    }
    compare.close();`);
  assert.deepEqual(lines, ['from 1 0 1 2 3 4 5 6 7', 'third true']);
  assert.deepEqual(reports.map((report) => report.split(': ').at(-1)), ['from 4', 'from 7']);
});

test('the text of a reported exception calls native code, which throws', () => {
  const { lines, reports } = run(`
    const { symbols: { count_nonzero: count } } = open('ends', {
      count_nonzero: { parameters: ['function', 'i32'], result: 'i32' } });
    let texts = 0;
    const inner = new UnsafeCallback(plain, () => { throw new Error('inner'); });
    const callback = new UnsafeCallback(plain, (i) => {
      throw { i, toString() { texts += 1; count(inner.pointer, 1); return 'text'; } };
    });
    try { count(callback.pointer, 3); } catch (error) { console.log(error.i, texts); }
    console.log(count(callback.pointer, 0));`);
  assert.deepEqual(lines, ['0 2', '0']);
  assert.equal(reports.length, 2, reports.join('\n'));
});

// --- Inside one another

// Native frames on the way; `size` makes those of one of them large.
const throughs = {
  'one call': (callback, level) => calls.call_i32(callback, level),
  'a loop': (callback, level) => symbols.count_nonzero(callback, 1) + level,
  'a large frame': (callback, level) => symbols.call_in_frame(callback, level, 10_000),
};

function nested(through, hot) {
  const call = site('c, level', 'return through(c, level);', { through });
  let bottom;
  let catching;
  let level = 0;
  const log = [];
  const callback = new UnsafeCallback(i32, () => {
    level += 1;
    const mine = level;
    try {
      if (mine === 10) {
        if (bottom !== undefined) throw bottom;
        return 1;
      }
      if (mine !== catching) return call(callback.pointer, mine);
      try {
        return call(callback.pointer, mine);
      } catch (error) {
        log.push(error);
        return 100;
      }
    } finally {
      level -= 1;
    }
  });
  if (hot) heat(call, callback.pointer, 0);
  else keepCold(call);
  for (let depth = 0; depth < 10; depth += 1) {
    bottom = new Error(`caught at ${depth}`);
    catching = depth;
    log.length = 0;
    if (depth === 0) {
      assert.throws(() => call(callback.pointer, 0), (error) => error === bottom);
    } else {
      call(callback.pointer, 0);
      assert.deepEqual(log, [bottom]);
    }
    assert.equal(level, 0);
    bottom = undefined;
    call(callback.pointer, 0);
  }
  callback.close();
}

for (const [name, through] of Object.entries(throughs)) {
  test(`thrown ten levels deep through ${name}, caught at each level`, () => {
    nested(through, false);
    nested(through, true);
  });
}

test('an inner native call has exceptions of its own while an outer one waits', () => {
  const { lines, reports } = run(`
    const { symbols: { count_nonzero: count } } = open('ends', {
      count_nonzero: { parameters: ['function', 'i32'], result: 'i32' } });
    const inner = new UnsafeCallback(plain, (i) => { throw new Error('inner ' + i); });
    const log = [];
    const outer = new UnsafeCallback(plain, (i) => {
      if (i === 0) throw new Error('outer');
      try { count(inner.pointer, 1); } catch (error) { log.push(error.message); }
      log.push(count(inner.pointer, 0));
      return i;
    });
    try { count(outer.pointer, 3); } catch (error) { console.log(error.message, ...log); }`);
  assert.deepEqual(lines, ['outer inner 0 0 inner 0 0']);
  assert.deepEqual(reports, []);
});

test('a comparator that throws in the middle of a sort inside another sort', () => {
  const read = (at) => new UnsafePointerView(at).getInt32();
  const sort = (compare, values) => calls.sort_i32(values, values.length, compare.pointer);
  const pair = { parameters: ['pointer', 'pointer'], result: 'i32' };
  const plainly = new UnsafeCallback(pair, (a, b) => read(a) - read(b));
  const boom = new Error('boom');
  let left = 5;
  const within = new UnsafeCallback(pair, (a, b) => {
    const values = new Int32Array([3, 1, 2]);
    sort(plainly, values);
    assert.deepEqual([...values], [1, 2, 3]);
    left -= 1;
    if (left === 0) throw boom;
    return read(a) - read(b);
  });
  assert.throws(() => sort(within, Int32Array.from({ length: 50 }, (_, i) => -i)),
    (error) => error === boom);
  left = Infinity;
  const values = Int32Array.from({ length: 50 }, (_, i) => -i);
  sort(within, values);
  assert.deepEqual([...values], Array.from({ length: 50 }, (_, i) => i - 49));
  within.close();
  plainly.close();
});

test('what a callback throws in a nonblocking call is reported, and the call goes on', () => {
  const { lines, reports } = run(`
    const { symbols: { count } } = open('ends', { count: { name: 'count_nonzero',
      parameters: ['function', 'i32'], result: 'i32', nonblocking: true } });
    const callback = UnsafeCallback.threadSafe(plain, function even(i) {
      if (i % 2 === 0) return 1;
      throw i === 1 ? undefined : new Error('odd ' + i);
    });
    console.log(await count(callback.pointer, 6));
    const rejecting = UnsafeCallback.threadSafe(plain, async () => 1);
    console.log(await count(rejecting.pointer, 2));
    callback.close();
    rejecting.close();`);
  assert.deepEqual(lines, ['3', '0']);
  assert.deepEqual(reports.map((report) => report.replace(/^.*UnsafeCallback /, '')), [
    'even(i32)i32 threw where no JavaScript waits for it: undefined',
    'even(i32)i32 threw where no JavaScript waits for it: Error: odd 3',
    'even(i32)i32 threw where no JavaScript waits for it: Error: odd 5']);
});

// --- Terminations

test('a script that is stopped by its timeout inside callbacks', () => {
  let ran = 0;
  let levels = 0;
  const callback = new UnsafeCallback(i32, (i) => {
    ran += 1;
    if (i > 0) return 1;
    if (levels > 0) {
      levels -= 1;
      return symbols.count_nonzero(callback.pointer, 5);
    }
    try {
      for (;;);
    } catch {
      ran += 1000;
    } finally {
      ran += 1000;
    }
  });
  const context = vm.createContext({
    call: () => symbols.count_nonzero(callback.pointer, 5),
    late: () => { ran += 1000; },
  });
  for (const depth of [0, 1, 5]) {
    for (let round = 0; round < 2; round += 1) {
      ran = 0;
      levels = depth;
      assert.throws(
        () => vm.runInContext('try { call(); } catch { late(); } finally { late(); }', context,
          { timeout: 50 }),
        { code: 'ERR_SCRIPT_EXECUTION_TIMEOUT' });
      // A busy machine may not have come to the bottom by then.
      assert.ok(ran <= depth + 1, 'something ran after the end');
      assert.equal(calls.call_i32(callback.pointer, 1), 1, 'afterwards');
    }
  }
  callback.close();
});

test('a worker that is terminated inside callbacks runs nothing more', async () => {
  for (const levels of [0, 1, 6]) {
    const ran = new Int32Array(new SharedArrayBuffer(8));
    const worker = startWorker(`
      const { ran, levels } = workerData;
      const { symbols: { count_nonzero: count } } = open('ends', {
        count_nonzero: { parameters: ['function', 'i32'], result: 'i32' } });
      let level = 0;
      const callback = new UnsafeCallback(plain, (i) => {
        ran[0] += 1;
        try {
          if (level++ < levels) return count(callback.pointer, 9);
          parentPort.postMessage('deep');
          for (;;);
        } catch { ran[1] += 1; } finally { ran[1] += 1; }
      });
      try { count(callback.pointer, 9); } finally { ran[1] += 1; }
      ran[1] += 1;`, { ran, levels });
    const end = endOf(worker);
    await messageOf(worker);
    await worker.terminate();
    assert.equal(await end, 1);
    assert.deepEqual([...ran], [levels + 1, 0]);
  }
});

test('process.exit() deep inside callbacks, in a process and in a worker', async () => {
  const program = `
    const { symbols: { count_nonzero: count } } = open('ends', {
      count_nonzero: { parameters: ['function', 'i32'], result: 'i32' } });
    let level = 0;
    const callback = new UnsafeCallback(plain, () => {
      try {
        if (level++ < 6) return count(callback.pointer, 9);
        process.exit(7);
      } catch { console.log('caught'); } finally { console.log('finally'); }
    });
    count(callback.pointer, 9);
    console.log('went on');`;
  const { status, stdout, stderr } = runNode(prelude + program);
  assert.deepEqual([status, stdout, stderr], [7, '', '']);
  assert.equal(await endOf(startWorker(program)), 7);
});

test('nothing of all this is left over', async () => {
  const callback = new UnsafeCallback(i32, (x) => x + 1);
  assert.equal(calls.call_i32(callback.pointer, 41), 42);
  assert.equal(symbols.count_nonzero(callback.pointer, 3), 3);
  const other = UnsafeCallback.threadSafe(i32, (x) => x + 1);
  assert.equal(await calls.call_later(other.pointer, 41), 42);
  other.close();
  callback.close();
});
