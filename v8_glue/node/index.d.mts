// The types of index.mjs: those of index.d.ts, because import and require() give the same objects,
// and the default export.

import * as ffi from './index.js';

export * from './index.js';

declare const api: {
  dlopen: typeof ffi.dlopen;
  UnsafePointer: typeof ffi.UnsafePointer;
  UnsafePointerView: typeof ffi.UnsafePointerView;
  UnsafeFnPointer: typeof ffi.UnsafeFnPointer;
  UnsafeCallback: typeof ffi.UnsafeCallback;
  errors: typeof ffi.errors;
  parse: typeof ffi.parse;
};
export default api;
