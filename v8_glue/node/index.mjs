// index: the package's API for import; the same objects as require() gives.

import api from './index.js';

export const {
  dlopen,
  UnsafePointer,
  UnsafePointerView,
  UnsafeFnPointer,
  UnsafeCallback,
  alloc,
  copy,
  read,
  release,
  toArrayBuffer,
  view,
  write,
  struct,
  union,
  errors,
  parse,
} = api;

export default api;
