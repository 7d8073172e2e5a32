// index: the package's API, for require() and, through index.mjs, for import.
//
// Once per environment: the main thread and every Worker have their own.
'use strict';

const { install } = require('./load.js');

// Whoever may load addons may do everything, so Springboard adds no rules of its own to Node's.
// Where Node's permission model is on and knows native calls (Node.js 26), that rule counts.
function allowedByNode() {
  if (process.permission === undefined) return true;
  const scope = process.allowedNodeEnvironmentFlags.has('--allow-ffi') ? 'ffi' : 'addon';
  return process.permission.has(scope);
}

const allowed = allowedByNode();
const api = {};
install(api, { allowLibraries: allowed ? true : [], allowPointers: allowed });

module.exports = api;
