// loose: a program that is checked without `strict`.

import { dlopen, UnsafeCallback, UnsafePointerView } from 'springboard-ffi';
import { holds, type Same } from './same.mjs';

const { symbols, close } = dlopen('libexample.so', {
  add: { parameters: ['i32', 'i32'], result: 'i32' },
  text: { parameters: ['function'], result: 'pointer' },
  later: { parameters: [], result: 'u64', nonblocking: true },
});
holds<Same<ReturnType<typeof symbols.add>, number>>();
holds<Same<ReturnType<typeof symbols.later>, Promise<bigint>>>();
const callback = new UnsafeCallback({ parameters: ['i32'], result: 'i32' }, (value) => value + 1);
UnsafePointerView.getCString(symbols.text(callback.pointer)).trim();
close();
