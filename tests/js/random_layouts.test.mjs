// Random structs and unions, whose layouts and ways by value gcc judges: what C wrote is read, what
// is written C reads, and both come and go by value. The seed is printed; SPRINGBOARD_FUZZ_SEED
// repeats a run.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { Maker } from './layout_maker.mjs';
import { generator, seed } from './random.mjs';
import { dlopen, heat, site } from './support.mjs';

const COUNT = 60;
// Elsewhere the suites run under an emulator, where it would take minutes.
const skip = process.arch !== 'x64' && 'only the gcc for x86-64 is asked';

function codeOf({ name, set, differs, fields }, first, second) {
  const offsets = Object.keys(fields).filter((key) => !fields[key].isBits)
    .map((key) => `uint32_t ${key}_${name}(void) { return offsetof(${name}, ${key}); }`);
  return `
uint32_t size_${name}(void) { return sizeof(${name}); }
uint32_t align_${name}(void) { return _Alignof(${name}); }
${offsets.join('\n')}
void fill_${name}(${name}* p) { memset(p, 0, sizeof(*p)); ${set('(*p)', first)} }
int32_t differs_${name}(${name}* p) { return ${differs('(*p)', second)}; }
${name} pass_${name}(double a, int b, ${name} s, float c, long d) {
  ${name} result;
  memset(&result, 0, sizeof(result));
  if (a != 1.5 || b != -3 || c != 2.5f || d != 77 || (${differs('s', second)})) return result;
  ${set('result', first)}
  return result;
}
`;
}

function definitionsOf({ name, made, fields }) {
  const number = { parameters: [], result: 'u32' };
  const pass = { parameters: ['f64', 'i32', made, 'f32', 'i64'], result: made };
  const all = { [`size_${name}`]: number, [`align_${name}`]: number,
    [`fill_${name}`]: { parameters: ['buffer'], result: 'void' },
    [`differs_${name}`]: { parameters: ['buffer'], result: 'i32' },
    [`pass_${name}`]: pass,
    [`later_${name}`]: { ...pass, name: `pass_${name}`, nonblocking: true } };
  for (const key of Object.keys(fields)) {
    if (!fields[key].isBits) all[`${key}_${name}`] = number;
  }
  return all;
}

// Of a union only the member that was given is compared.
function check(read, value, where) {
  if (typeof value !== 'object') return assert.equal(read, value, where);
  const elements = Array.isArray(value) ? [...read] : read;
  for (const key of Object.keys(value)) check(elements[key], value[key], `${where}.${key}`);
  return undefined;
}

test(`random layouts (seed ${seed})`, { skip }, async () => {
  const maker = new Maker(generator(seed));
  const cases = Array.from({ length: COUNT }, () => {
    const type = maker.aggregate();
    return { type, first: type.value(), second: type.value() };
  });
  const folder = mkdtempSync(join(tmpdir(), 'layouts-'));
  try {
    const source = join(folder, 'layouts.c');
    writeFileSync(source, `#include <stddef.h>\n#include <stdint.h>\n#include <string.h>\n${
      maker.declarations}${cases.map(({ type, first, second }) => codeOf(type, first, second))
      .join('')}`);
    const path = join(folder, 'layouts.so');
    execFileSync('gcc', ['-shared', '-fPIC', '-O1', '-w', '-Wno-psabi', '-o', path, source]);
    const definitions = cases.map(({ type }) => definitionsOf(type));
    using library = dlopen(path, Object.assign({}, ...definitions));
    for (const { type, first, second } of cases) {
      await checkType(library.symbols, type, first, second);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

async function checkType(symbols, { name, made, fields }, first, second) {
  const say = (what) => `${name} ${what}, seed ${seed}`;
  assert.equal(made.size, symbols[`size_${name}`](), say('size'));
  assert.equal(made.align, symbols[`align_${name}`](), say('align'));
  for (const key of Object.keys(fields)) {
    if (!fields[key].isBits) assert.equal(made.offsets[key], symbols[`${key}_${name}`](), say(key));
  }
  const value = new made();
  symbols[`fill_${name}`](value.bytes);
  check(value, first, say('read'));
  // Over what is there: bits that are not a field's stay as they are.
  for (const key of Object.keys(second)) value[key] = second[key];
  check(value, second, say('written'));
  assert.equal(symbols[`differs_${name}`](value.bytes), 0, say('in C'));
  check(symbols[`pass_${name}`](1.5, -3, second, 2.5, 77), first, say('by value'));
  check(await symbols[`later_${name}`](1.5, -3, value, 2.5, 77), first, say('later'));
  const call = heat(site('s', 'return f(1.5, -3, s, 2.5, 77);', { f: symbols[`pass_${name}`] }),
    value);
  check(call(value), first, say('by value, optimised'));
}
