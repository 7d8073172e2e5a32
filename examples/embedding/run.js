// run: loads the embedding example, a native program, into this Node.js for its V8, and has it run
// a script.
//
// Usage: node run.js PROGRAM.so SCRIPT
'use strict';

const { readFileSync } = require('node:fs');
const { resolve } = require('node:path');

const [program, script] = process.argv.slice(2);
const loaded = { exports: {} };
process.dlopen(loaded, resolve(program));
if (!loaded.exports.run(script, readFileSync(script, 'utf8'))) process.exitCode = 1;
