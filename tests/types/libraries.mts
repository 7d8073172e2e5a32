// libraries: how dlopen() is told to open one.

import { dlopen, UnsafeCallback } from 'springboard-ffi';
import type { OpenFlag } from 'springboard-ffi';
import { holds, type Same } from './same.mjs';

const program = dlopen(null, {
  getpid: { parameters: [], result: 'i32', version: 'GLIBC_2.2.5' },
  environ: { type: 'pointer', version: 'GLIBC_2.2.5' },
}, { flags: ['now', 'global', 'nodelete'], strict: true });
holds<Same<typeof program.symbols.getpid, () => number>>();

dlopen('sqlite3', {}, { flags: ['lazy'], abi: 'sysv' });
dlopen('wine', { call: { parameters: ['i32'], result: 'i32', abi: 'win64' } });
new UnsafeCallback({ parameters: ['i32'], result: 'i32', abi: 'win64' }, (x) => x + 1);
holds<Same<OpenFlag, 'now' | 'lazy' | 'global' | 'nodelete'>>();
