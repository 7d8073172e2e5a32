// command: `springboard bindgen`. Its options, and where the module goes.
'use strict';

const { writeFileSync } = require('node:fs');
const { parseArgs } = require('node:util');

const { BindgenError, makeModule } = require('./module.js');

const HELP = `Writes a TypeScript module with what a C header declares. clang reads the header.

Usage:
  springboard bindgen HEADER [OPTIONS] [-- CLANG FLAGS...]

HEADER is a path, or what #include <HEADER> finds.

Options:
  -l, --library LIBRARY   the module opens this library; functions that it lacks are left out.
                          Without it the module has open(path)
  -o, --output OUT.ts     where the module goes, instead of standard output
      --only NAMES        only these functions, and the types that they use
      --constants NAMES   only these macros and enums (with --only none, if this is not given)
      --bytes NAMES       functions whose \`const char *\` are bytes with a length of their own, no
                          strings
      --keep NAMES        functions that call JavaScript functions after they have returned, too
      --nonblocking NAMES functions that have a second symbol, NAME_nonblocking, for a call on
                          another thread
      --variadic "SYMBOL=FUNCTION(TYPES)"
                          one more symbol: a variadic function with these C types after its own
      --all-comments      carry over all comments of declarations, not only /** */ and ///
      --deno              use the global Deno of \`springboard run\` instead of an import
      --clang PROGRAM     the clang to run; "clang" if not given

NAMES are separated by commas, and * stands for any characters: --only "sqlite3_open*,sqlite3_step".
Options can be repeated.
`;

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  library: { type: 'string', short: 'l' },
  output: { type: 'string', short: 'o' },
  only: { type: 'string', multiple: true, default: [] },
  constants: { type: 'string', multiple: true, default: [] },
  bytes: { type: 'string', multiple: true, default: [] },
  keep: { type: 'string', multiple: true, default: [] },
  nonblocking: { type: 'string', multiple: true, default: [] },
  variadic: { type: 'string', multiple: true, default: [] },
  'all-comments': { type: 'boolean', default: false },
  deno: { type: 'boolean', default: false },
  clang: { type: 'string', default: 'clang' },
};

// What follows a "--" of its own is clang's.
function split(args) {
  const at = args.indexOf('--');
  return at === -1 ? [args, []] : [args.slice(0, at), args.slice(at + 1)];
}

// Throws a UsageError for a wrong command line.
function bindgen(args, UsageError) {
  const [own, flags] = split(args);
  let parsed;
  try {
    parsed = parseArgs({ args: own, options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageError(`bindgen: ${error.message}`);
  }
  const { values, positionals } = parsed;
  if (values.help) return process.stdout.write(HELP);
  if (positionals.length !== 1) {
    throw new UsageError(`bindgen takes one header, got ${positionals.length}`);
  }
  let text;
  try {
    text = makeModule(positionals[0], { ...values, allComments: values['all-comments'], flags });
  } catch (error) {
    if (!(error instanceof BindgenError)) throw error;
    process.stderr.write(`springboard: ${error.message}\n`);
    process.exitCode = 1;
    return undefined;
  }
  if (values.output === undefined) return process.stdout.write(text);
  try {
    return writeFileSync(values.output, text);
  } catch (error) {
    throw new UsageError(`-o ${values.output}: ${error.message}`);
  }
}

module.exports = { bindgen };
