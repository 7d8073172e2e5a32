// load: the addon that fits this Node.js, for index.js and the command. Internal to the package.
'use strict';

const { existsSync } = require('node:fs');
const { join } = require('node:path');

// Node.js releases by the version of their binary interface (process.versions.modules).
const SUPPORTED = { 137: 'Node.js 24', 147: 'Node.js 26' };

const { modules } = process.versions;
const file = join(
  __dirname, 'prebuilds', `springboard-${process.platform}-${process.arch}-${modules}.node`);

if (!(modules in SUPPORTED) || !existsSync(file)) {
  throw new Error(
    `springboard-ffi has no addon for Node.js ${process.versions.node} (ABI ${modules}) on ` +
      `${process.platform}-${process.arch}. It supports ` +
      `${Object.values(SUPPORTED).join(' and ')} on linux-x64.`);
}

const addon = require(file);

// install(target, { allowLibraries: true | string[], allowPointers: boolean })
exports.install = (target, rules) => {
  // Node waits for workers before it cleans up, and they may wait for a callback of this thread.
  process.once('exit', addon.install(target, rules));
};
