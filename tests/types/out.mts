// out: out parameters leave the arguments and become results; errno.

import { dlopen, errors, type NativePointer, type PointerValue } from 'springboard-ffi';
import { holds, type Same } from './same.mjs';

const point = { struct: ['f64', 'f64'] } as const;
const library = dlopen('libexample.so', {
  open: { parameters: ['buffer', { out: 'pointer' }], result: 'i32', throws: 'errno' },
  divide: { parameters: ['i32', { out: 'i64' }, 'bool', { inout: 'u32' }], result: 'void' },
  only: { parameters: [{ out: point }], result: 'void' },
  later: { parameters: [{ out: 'f64' }], result: 'i32', nonblocking: true },
  told: { parameters: ['i32'], result: 'i32', nonblocking: true, errno: true },
  plain: { parameters: ['i32'], result: 'i32', errno: true },
});
const { symbols } = library;

const opened = symbols.open(new Uint8Array(1));
holds<Same<typeof opened, [number, PointerValue]>>();
const divided = symbols.divide(1, true, 2);
holds<Same<typeof divided, [bigint, number]>>();
const only = symbols.only();
holds<Same<typeof only, Uint8Array<ArrayBuffer>>>();
holds<Same<ReturnType<typeof symbols.later>, Promise<[number, number]>>>();
holds<Same<ReturnType<typeof symbols.told>, Promise<{ result: number; errno: number }>>>(
  );
holds<Same<ReturnType<typeof symbols.plain>, number>>();
holds<Same<typeof library.errno, number>>();
// @ts-expect-error: nothing is passed for an out parameter
symbols.open(new Uint8Array(1), null);
// @ts-expect-error: an inout parameter takes a value
symbols.divide(1, true);

const database = { pointer: 'sqlite3', free: 'sqlite3_close_v2' } as const;
const forms = dlopen('libexample.so', {
  open: { parameters: ['cstring', { out: database }], result: 'i32', errno: true },
  name: { parameters: [{ out: 'cstring' }, { out: { cstring: 'u8', free: 'free' } }],
    result: 'void' },
  swap: { parameters: [{ inout: { pointer: 'sqlite3' } }], result: 'void' },
  hook: {
    parameters: [
      { inout: { callback: { parameters: ['i32'], result: 'void' } } },
      { inout: { userdata: true } },
    ],
    result: 'void',
  },
  find: { parameters: ['cstring'], result: 'cstring', throws: 'errno' },
}).symbols;
const [status, handle] = forms.open('file');
holds<Same<typeof status, number>>();
holds<Same<typeof handle, NativePointer<'sqlite3'> | null>>();
handle?.free();
const names = forms.name();
holds<Same<typeof names, [string | null, string | null]>>();
const swapped = forms.swap(handle);
holds<Same<typeof swapped, NativePointer<'sqlite3'> | null>>();
// @ts-expect-error: another brand
forms.swap(null as NativePointer<'other'> | null);
const hooked = forms.hook((value) => void value.toFixed(), {});
holds<Same<typeof hooked, [PointerValue, object | null]>>();
holds<Same<ReturnType<typeof forms.find>, string | null>>();

const error = new errors.SystemError();
holds<Same<typeof error.code, string>>();
holds<Same<typeof error.errno, number>>();
