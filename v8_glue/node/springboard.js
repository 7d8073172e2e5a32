#!/usr/bin/env node
// springboard: the command. Runs a script in Node.js with Deno's FFI as the global `Deno`.
//
// Installed as bin/springboard.js of the package. Exit codes: the script's own, or 2 when the
// command line is wrong.
'use strict';

const { spawn } = require('node:child_process');
const { existsSync, statSync } = require('node:fs');
const { runMain } = require('node:module');
const { constants } = require('node:os');
const { resolve } = require('node:path');
const { parseArgs } = require('node:util');

const { version } = require('../package.json');

const HELP = `Springboard ${version}: native calls from JavaScript, with Deno's FFI API

Usage:
  springboard run [OPTIONS] SCRIPT [ARGS...]
  springboard bindgen HEADER [OPTIONS]
  springboard doctor
  springboard --help
  springboard --version

bindgen writes a TypeScript module with what a C header declares: springboard bindgen --help.
doctor prints which ways of calling native code this Node.js allows.
SCRIPT is a .js, .mjs, .cjs, .ts or .mts file; it runs in Node.js with a global Deno that has the
FFI, args, build, env, errors, exit, exitCode, pid, readFileSync and readTextFileSync.

Options of run:
  --allow-ffi             allow every library and raw pointers
  --allow-ffi=PATH,...    allow only these libraries, or those in these folders, and no raw pointers
  --deny-ffi              deny every library and raw pointers
  --deny-ffi=PATH,...     deny these libraries, or those in these folders, whatever is allowed;
                          then libraries must be opened by paths: "./lib.so", not "lib.so"
  -A, --allow-all         the same as --allow-ffi
  --trace-ffi             print every native call and callback on standard error
  --v8-flags=FLAG,...     start V8 with these flags, for example --v8-flags=--expose-gc

Native calls are all that Springboard guards: files, network and processes are open to the script as
to any script of Node.js. Options with PATH can be repeated.
A crash inside a native call is reported on standard error, unless the environment has
SPRINGBOARD_CRASH_REPORT=0.
`;

const WRONG_USAGE = 2;

class UsageError extends Error {}

// Deno's options have their value after "=" and nowhere else, so that "--allow-ffi SCRIPT" is a
// flag and a script; parseArgs therefore sees them as flags; their values are in its tokens.
function parseOptions(args) {
  const options = {
    help: { type: 'boolean', short: 'h' },
    version: { type: 'boolean', short: 'V' },
    'allow-all': { type: 'boolean', short: 'A' },
    'allow-ffi': { type: 'boolean' },
    'deny-ffi': { type: 'boolean' },
    'trace-ffi': { type: 'boolean' },
    'v8-flags': { type: 'boolean' },
  };
  const { tokens } = parseArgs({
    args, options, strict: false, tokens: true, allowPositionals: true,
  });
  const values = new Map();
  for (const token of tokens) {
    if (token.kind === 'positional') return { values, rest: args.slice(token.index) };
    if (token.kind === 'option-terminator') return { values, rest: args.slice(token.index + 1) };
    if (!Object.hasOwn(options, token.name)) {
      throw new UsageError(`unknown option ${token.rawName}`);
    }
    if (token.value !== undefined && !['allow-ffi', 'deny-ffi', 'v8-flags'].includes(token.name)) {
      throw new UsageError(`${token.rawName} takes no value`);
    }
    const list = (token.value ?? '').split(',').filter((part) => part !== '');
    if (token.value !== undefined && list.length === 0) {
      throw new UsageError(`${token.rawName}= needs a value`);
    }
    values.set(token.name, [...(values.get(token.name) ?? []), ...list]);
    if (token.value === undefined) values.set(`${token.name} alone`, true);
  }
  return { values, rest: [] };
}

// The rules that the options make, for restrict(). As in Deno, paths narrow an --allow-ffi without
// any. A --deny-ffi without any denies everything, whatever else is said.
function rulesFrom(values) {
  const allowed = values.get('allow-ffi') ?? [];
  if (values.has('allow-all') && allowed.length > 0) {
    throw new UsageError('--allow-all and --allow-ffi=PATH contradict each other');
  }
  const unscoped = values.has('allow-all') || values.has('allow-ffi alone');
  return {
    allow: (unscoped && allowed.length === 0) || allowed,
    deny: values.has('deny-ffi alone') || (values.get('deny-ffi') ?? []),
  };
}

// Scripts for Deno say nothing about their module type: Node finds out by itself, and its advice to
// write a package.json is not for them.
function silenceModuleTypeAdvice() {
  const advice = 'MODULE_TYPELESS_PACKAGE_JSON';
  const { emitWarning } = process;
  process.emitWarning = function (warning, ...details) {
    if (details.some((detail) => detail === advice || detail?.code === advice)) return;
    Reflect.apply(emitWarning, process, [warning, ...details]);
  };
}

// Runs this command again in a Node.js that was started with V8's flags.
function rerunWithFlags(flags, args) {
  const execArgv = flags.map((flag) => (flag.startsWith('-') ? flag : `--${flag}`));
  const child = spawn(process.execPath, [...process.execArgv, ...execArgv, __filename, ...args], {
    stdio: 'inherit',
  });
  // A terminal signals both processes; whoever signals only this one means the script.
  const forward = ['SIGTERM', 'SIGHUP', 'SIGUSR2'];
  for (const signal of forward) process.on(signal, () => child.kill(signal));
  process.on('SIGINT', () => {});
  child.on('error', (error) => {
    process.stderr.write(`springboard: cannot start ${process.execPath}: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    // Ends by the same signal, or, where that one is ignored, as a shell would report it.
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
    setTimeout(() => process.exit(128 + constants.signals[signal]), 1000);
  });
}

function run(args) {
  const { values, rest } = parseOptions(args);
  if (values.has('help')) return process.stdout.write(HELP);
  if (values.has('version')) throw new UsageError('--version belongs before the command');
  if (rest.length === 0) throw new UsageError('no script given');
  const [script, ...scriptArgs] = rest;
  const path = resolve(script);
  if (!existsSync(path)) throw new UsageError(`script not found: ${script}`);
  if (!statSync(path).isFile()) throw new UsageError(`script is not a file: ${script}`);
  if (values.has('v8-flags alone')) throw new UsageError('--v8-flags needs a value');

  const rules = rulesFrom(values);
  if (values.has('v8-flags')) {
    const options = args.slice(0, args.length - rest.length)
      .filter((option) => option !== '--' && !option.startsWith('--v8-flags='));
    return rerunWithFlags(values.get('v8-flags'), ['run', ...options, '--', ...rest]);
  }

  const { install, restrict, setDefaults } = require('../load.js');
  const { extendWithDeno } = require('../deno.js');
  const { dlopenWith } = require('../parse.js');
  restrict(rules);
  setDefaults(true, values.has('trace-ffi'));
  const Deno = {};
  install(Deno);
  Deno.dlopen = dlopenWith(Deno.dlopen);
  extendWithDeno(Deno, scriptArgs);
  Object.defineProperty(globalThis, 'Deno', { value: Deno, configurable: true, enumerable: true });
  process.argv = [process.argv[0], path, ...scriptArgs];
  silenceModuleTypeAdvice();
  // As the main module of the process: import.meta.main and require.main are the script's.
  runMain();
}

// Prints what the start-up checks of V8's layouts found.
function doctor(args) {
  if (args.length > 0) throw new UsageError(`doctor takes no arguments, got ${args[0]}`);
  const { install } = require('../load.js');
  const api = {};
  install(api);
  const { tier, readsArrayFields } = api[Symbol.for('springboard.internals')];
  const { node, v8, modules } = process.versions;
  process.stdout.write(
    `Node.js ${node} (V8 ${v8}, ABI ${modules}): calls: ${tier}, ` +
      `typed array fields: ${readsArrayFields ? 'read directly' : 'through the public API'}\n`);
}

function main(args) {
  const { values, rest } = parseOptions(args);
  if (values.has('help')) return process.stdout.write(HELP);
  if (values.has('version')) return process.stdout.write(`springboard ${version}\n`);
  if (values.size > 0) throw new UsageError('options belong after the command');
  if (rest.length === 0) throw new UsageError('no command given');
  const [command, ...commandArgs] = rest;
  if (command === 'run') return run(commandArgs);
  if (command === 'bindgen') {
    const { bindgen } = require('../bindgen/command.js');
    return bindgen(commandArgs, UsageError);
  }
  if (command === 'doctor') return doctor(commandArgs);
  throw new UsageError(`unknown command ${command}`);
}

try {
  main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`springboard: ${error.message}\nTry 'springboard --help'.\n`);
  process.exitCode = WRONG_USAGE;
}
