// The types of index.mjs: those of index.d.ts, because import and require() give the same objects,
// and the default export.

import * as ffi from './index.js';

export * from './index.js';

interface Api {
  dlopen: typeof ffi.dlopen;
  UnsafePointer: typeof ffi.UnsafePointer;
  UnsafePointerView: typeof ffi.UnsafePointerView;
  UnsafeFnPointer: typeof ffi.UnsafeFnPointer;
  UnsafeCallback: typeof ffi.UnsafeCallback;
  alloc: typeof ffi.alloc;
  copy: typeof ffi.copy;
  read: typeof ffi.read;
  release: typeof ffi.release;
  toArrayBuffer: typeof ffi.toArrayBuffer;
  view: typeof ffi.view;
  write: typeof ffi.write;
  struct: typeof ffi.struct;
  union: typeof ffi.union;
  errors: typeof ffi.errors;
  parse: typeof ffi.parse;
}
declare const api: Api;
export default api;
