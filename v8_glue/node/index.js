// index: the package's API, for require() and, through index.mjs, for import.
//
// Once per environment: the main thread and every Worker have their own.
'use strict';

const { install } = require('./load.js');

const api = {};
install(api);

module.exports = api;
