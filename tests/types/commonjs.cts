// commonjs: require(), spelled both ways.

import ffi = require('springboard-ffi');
import { dlopen, type DynamicLibrary } from 'springboard-ffi';

const definitions = { add: { parameters: ['i32', 'i32'], result: 'i32' } } as const;
const library: DynamicLibrary<typeof definitions> = ffi.dlopen('libexample.so', definitions);
const three: number = library.symbols.add(1, 2);
dlopen('libexample.so', definitions).close();
const names: ('default' extends keyof typeof ffi ? never : string) = String(three);
void names;
