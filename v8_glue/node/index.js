// index: the package's API, for require() and, through index.mjs, for import.
//
// Once per environment: the main thread and every Worker have their own.
'use strict';

const { install } = require('./load.js');
const { dlopenWith, parse } = require('./parse.js');

const api = {};
install(api);
api.dlopen = dlopenWith(api.dlopen);
api.parse = parse;

module.exports = api;
