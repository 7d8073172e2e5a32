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

// What Node's permission model says of native calls, if it is on: a function () => boolean.
function nodePermission() {
  const { permission } = process;
  // Node.js has just loaded an addon. If it would not, by its own account, then the model does not
  // refuse but reports (--permission-audit). With --allow-addons the two look the same: then the
  // answer counts.
  if (permission === undefined || !permission.has('addon')) return undefined;
  // Node.js 24 knows no scope for native calls: whoever may load addons may make them.
  const scope = process.allowedNodeEnvironmentFlags.has('--allow-ffi') ? 'ffi' : 'addon';
  const { has } = permission;
  return () => has(scope);
}

const nodeAllows = nodePermission();

// install(target): puts the API on `target`, under the rules of the process and of Node.
exports.install = (target) => {
  // Node waits for workers before it cleans up, and they may wait for a callback of this thread.
  const loopEnds = addon.install(target, nodeAllows);
  process.on('exit', () => {
    // A script may emit the event, too, and go on.
    if (process._exiting !== false) loopEnds();
  });
};

// restrict({ allow: true | string[], deny: true | string[] }): sets the rules of the process, once,
// for what is installed afterwards in any thread.
exports.restrict = addon.restrict;

// setDefaults(crashReport, trace): what the variables SPRINGBOARD_CRASH_REPORT and
// SPRINGBOARD_TRACE_FFI stand for, in every thread, where they are not set.
exports.setDefaults = addon.setDefaults;
