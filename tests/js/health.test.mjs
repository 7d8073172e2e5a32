// health: bad input of every kind, in one process of its own, which must then go on, exit with 0
// and have nothing to say on standard error.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { nativePath, root, runNode } from './support.mjs';

// What is tried, as program text that must throw `name`.
const bad = {
  'missing library': ['Error', "dlopen('./not_there.so', {})"],
  'missing symbol': ['Error', "dlopen(path, { nope: nullary })"],
  'bad type name': ['TypeError', "dlopen(path, { nop: { parameters: ['num'], result: 'void' } })"],
  'empty struct': ['TypeError',
    "dlopen(path, { nop: { parameters: [{ struct: [] }], result: 'void' } })"],
  'void parameter': ['TypeError',
    "dlopen(path, { nop: { parameters: ['void'], result: 'void' } })"],
  'wrong arguments': ['TypeError', "lib.symbols.add_i32('1', 2)"],
  'wrong arguments, hot': ['TypeError', 'hot({}, 2)'],
  'missing arguments': ['TypeError', 'lib.symbols.add_i32(1)'],
  'short struct': ['TypeError', 'structs.symbols.twist_point(new Uint8Array(15))'],
  'call of a closed library': ['BadResource', 'closed.symbols.nop()'],
  'close of a closed library': ['BadResource', 'closed.close()'],
  'close of a closed callback': ['BadResource', 'callback.close()'],
  'read through null': ['TypeError', 'new UnsafePointerView(null).getInt32()'],
  'call through null': ['TypeError', 'new UnsafeFnPointer(null, nullary).call()'],
};
const program = `
  import { UnsafeCallback, UnsafeFnPointer, UnsafePointerView, dlopen, heat, open, site }
    from '${root}/tests/js/support.mjs';
  const path = '${nativePath('calls')}';
  const nullary = { parameters: [], result: 'void' };
  const point = { struct: ['f64', 'f64'] };
  const lib = open('calls', { add_i32: { parameters: ['i32', 'i32'], result: 'i32' } });
  const structs = open('structs', { twist_point: { parameters: [point], result: point } });
  const closed = open('calls', { nop: nullary });
  closed.symbols.nop();
  closed.close();
  const hot = heat(site('a, b', 'return f(a, b);', { f: lib.symbols.add_i32 }), 1, 2);
  const callback = new UnsafeCallback(nullary, () => {});
  callback.close();
  const bad = {
    ${Object.entries(bad).map(([what, [, text]]) => `${JSON.stringify(what)}: () => ${text},`)
    .join('\n    ')}
  };
  for (let round = 0; round < 3; round += 1) {
    for (const [what, run] of Object.entries(bad)) {
      let name = 'nothing';
      try { run(); } catch (error) { name = error.name; }
      if (lib.symbols.add_i32(40, 2) !== 42 || hot(40, 2) !== 42) console.log('unhealthy');
      console.log(what + ': ' + name);
    }
  }`;

test('every kind of bad input, three times over', () => {
  const { status, signal, stdout, stderr } = runNode(program);
  const expected = Object.entries(bad).map(([what, [name]]) => `${what}: ${name}\n`).join('');
  assert.equal(stdout, expected.repeat(3), stderr);
  assert.equal(status, 0, `${signal} ${stderr}`);
  assert.equal(stderr, '');
});
