// esm: import, by name and by default, gives what require() gives.

import api, { dlopen, errors, UnsafeCallback, UnsafeFnPointer } from 'springboard-ffi';
import { UnsafePointer, UnsafePointerView } from 'springboard-ffi';
import * as named from 'springboard-ffi';
import { holds, type Same } from './same.mjs';

holds<Same<typeof api.dlopen, typeof dlopen>>();
holds<Same<typeof api.errors, typeof errors>>();
holds<Same<typeof api.UnsafeCallback, typeof UnsafeCallback>>();
holds<Same<typeof api.UnsafeFnPointer, typeof UnsafeFnPointer>>();
holds<Same<typeof api.UnsafePointer, typeof UnsafePointer>>();
holds<Same<typeof api.UnsafePointerView, typeof UnsafePointerView>>();
holds<Same<typeof named.default, typeof api>>();
holds<Same<keyof typeof api, Exclude<keyof typeof named, 'default'>>>();
