// many: functions of as many parameters as there may be.

import { dlopen } from 'springboard-ffi';
import { holds, type Same } from './same.mjs';

const five = ['i32', 'f64', 'u64', 'bool', { out: 'i32' }] as const;
const fifty = [
  ...five, ...five, ...five, ...five, ...five, ...five, ...five, ...five, ...five, ...five,
] as const;
const { symbols: { f } } = dlopen('libexample.so', {
  f: { parameters: [...fifty, ...fifty, ...fifty, ...fifty, ...fifty, ...five], result: 'i32' },
});

holds<Same<Parameters<typeof f>['length'], 204>>();
holds<Same<ReturnType<typeof f>['length'], 52>>();
holds<Same<Parameters<typeof f>[203], boolean>>();
holds<Same<ReturnType<typeof f>[51], number>>();

const six = 'int, bool, long, short, float, double';
const thirtySix = `${six}, ${six}, ${six}, ${six}, ${six}, ${six}` as const;
const all = `${thirtySix}, ${thirtySix}, ${thirtySix}, ${thirtySix}, ${thirtySix}, ${thirtySix}, ${
  thirtySix}` as const;
const { symbols: { g } } = dlopen('libexample.so', `int g(${all});` as const);

holds<Same<Parameters<typeof g>['length'], 252>>();
holds<Same<Parameters<typeof g>[251], number>>();
