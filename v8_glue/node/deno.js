// deno: what `springboard run` gives a script of Deno's global beside the FFI. Internal to the
// package; docs/deno_global.md is its reference.
//
// extendWithDeno(target, args) adds to the object that has the FFI already. Loaded before the
// script, and what it needs is captured here, so that a script that replaces globals changes
// nothing.
'use strict';

const { readFileSync } = require('node:fs');
const { fileURLToPath } = require('node:url');
const { getSystemErrorMessage } = require('node:util');

const { Error, Number, Object, RangeError, String, TypeError, URL, Uint8Array } = globalThis;
const { apply } = Reflect;
const { defineProperty, freeze, hasOwn } = Object;
const { includes } = String.prototype;
const { includes: includesName } = Array.prototype;
const { isInteger } = Number;
const { toString: bufferToString } = Buffer.prototype;
const { stringify } = JSON;
const { env, pid } = process;
const exitProcess = process.exit;

// What Deno has of its FFI beside its errors, and what modules of `springboard bindgen --deno`
// need.
const FFI_NAMES = [
  'dlopen', 'UnsafePointer', 'UnsafePointerView', 'UnsafeFnPointer', 'UnsafeCallback', 'errors',
  'struct', 'union',
];

// The classes of Deno.errors that the FFI itself does not throw.
const ERROR_NAMES = [
  'NotFound', 'PermissionDenied', 'ConnectionRefused', 'ConnectionReset', 'ConnectionAborted',
  'NotConnected', 'AddrInUse', 'AddrNotAvailable', 'BrokenPipe', 'AlreadyExists', 'InvalidData',
  'TimedOut', 'Interrupted', 'WriteZero', 'WouldBlock', 'UnexpectedEof', 'Http', 'Busy',
  'NotSupported', 'FilesystemLoop', 'IsADirectory', 'NetworkUnreachable', 'NotADirectory',
];

// System errors that have a class, with the C library's text for them (libuv's are others).
const FILE_ERRORS = {
  __proto__: null,
  ENOENT: ['NotFound', 'No such file or directory'],
  EACCES: ['PermissionDenied', 'Permission denied'],
  EPERM: ['PermissionDenied', 'Operation not permitted'],
  EISDIR: ['IsADirectory', 'Is a directory'],
  ENOTDIR: ['NotADirectory', 'Not a directory'],
  ELOOP: ['FilesystemLoop', 'Too many levels of symbolic links'],
  EBUSY: ['Busy', 'Device or resource busy'],
  EINTR: ['Interrupted', 'Interrupted system call'],
  EAGAIN: ['WouldBlock', 'Resource temporarily unavailable'],
  ETIMEDOUT: ['TimedOut', 'Connection timed out'],
};

function makeErrorClass(name) {
  const errorClass = { [name]: class extends Error {} }[name];
  defineProperty(errorClass.prototype, 'name', { value: name, configurable: true, writable: true });
  return errorClass;
}

function contains(text, part) {
  return apply(includes, text, [part]);
}

// The package exists for Linux with the GNU C library only.
function build() {
  const arch = { x64: 'x86_64', arm64: 'aarch64' }[process.arch];
  return freeze({
    target: `${arch}-unknown-linux-gnu`, arch, os: 'linux', vendor: 'unknown', env: 'gnu',
  });
}

function keyFrom(value) {
  const key = `${value}`;
  if (key === '') throw new TypeError('Key is an empty string.');
  if (contains(key, '=') || contains(key, '\0')) {
    throw new TypeError(`Key contains invalid characters: ${stringify(key)}`);
  }
  return key;
}

// Node's process.env is the environment of the C library: native code sees what is set here.
const environment = {
  get(key) {
    const name = keyFrom(key);
    return hasOwn(env, name) ? env[name] : undefined;
  },
  set(key, value) {
    const name = keyFrom(key);
    const text = `${value}`;
    if (contains(text, '\0')) throw new TypeError('Value contains a zero character');
    env[name] = text;
  },
  has(key) {
    return hasOwn(env, keyFrom(key));
  },
  delete(key) {
    delete env[keyFrom(key)];
  },
  toObject() {
    return { ...env };
  },
};

function pathFrom(value) {
  if (!(value instanceof URL)) return `${value}`;
  if (value.protocol !== 'file:') throw new TypeError('Must be a file URL');
  if (value.hostname !== '') throw new TypeError('Host must be empty');
  return fileURLToPath(value);
}

// What Deno throws where Node's file system threw `error`.
function fileError(error, path, errors) {
  const { code, errno } = error;
  if (code === 'ERR_ACCESS_DENIED') {  // Node's permission model
    return new errors.NotCapable(
      `Requires read access to "${path}", run again with the --allow-fs-read flag`);
  }
  if (typeof errno !== 'number') return error;
  const known = FILE_ERRORS[code];
  const [errorClass, text] =
    known === undefined ? [Error, getSystemErrorMessage(errno)] : [errors[known[0]], known[1]];
  const result = new errorClass(`${text} (os error ${-errno}): readfile '${path}'`);
  result.code = code;
  return result;
}

function readBytes(value, errors) {
  const path = pathFrom(value);
  try {
    return readFileSync(path);
  } catch (error) {
    throw fileError(error, path, errors);
  }
}

function requireExitCode(code) {
  if (typeof code !== 'number') {
    throw new TypeError(`Exit code must be a number, got: ${String(code)} (${typeof code})`);
  }
  if (!isInteger(code)) throw new RangeError(`Exit code must be an integer, got: ${code}`);
}

// `target` has the FFI, and its `errors` with BadResource and NotCapable. `args` are the script's.
exports.extendWithDeno = function extendWithDeno(target, args) {
  // What Springboard adds to Deno's FFI is the package's.
  for (const name of Object.keys(target)) {
    if (!apply(includesName, FFI_NAMES, [name])) delete target[name];
  }
  const { errors } = target;
  for (const name of ERROR_NAMES) errors[name] = makeErrorClass(name);

  Object.assign(target, {
    args,
    build: build(),
    env: environment,
    pid,
    // A copy, because small buffers of Node's share memory with others.
    readFileSync(path) {
      return new Uint8Array(readBytes(path, errors));
    },
    readTextFileSync(path) {
      return apply(bufferToString, readBytes(path, errors), ['utf8']);
    },
    exit(code) {
      if (code !== undefined) requireExitCode(code);
      apply(exitProcess, process, code === undefined ? [] : [code]);
    },
  });
  defineProperty(target, 'exitCode', {
    get: () => process.exitCode ?? 0,
    set(code) {
      requireExitCode(code);
      process.exitCode = code;
    },
  });
};
