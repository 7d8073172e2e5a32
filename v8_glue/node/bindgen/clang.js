// clang: runs clang on a header and gives what it prints. Internal to `springboard bindgen`.
//
// Three runs: the syntax tree, the layouts of records (both of -fsyntax-only), and the preprocessed
// text, whose line markers and #defines say which file has which macro. Nothing is written to disk.
'use strict';

const { spawnSync } = require('node:child_process');
const { existsSync, realpathSync } = require('node:fs');
const { resolve } = require('node:path');

const { constantIn } = require('./tree.js');

// A syntax tree of system headers can take hundreds of megabytes.
const MOST_OUTPUT = 2 ** 29;

// What is wrong with the header, the flags or this machine: a message for the user.
class BindgenError extends Error {}

class Clang {
  // `command` is the program; `flags` are the user's.
  constructor(command, flags) {
    this.command = command;
    this.flags = flags;
  }

  // { status, stdout, stderr }; `input` is C text.
  run(args, input) {
    const done = spawnSync(this.command, [...args, ...this.flags], {
      input, encoding: 'utf8', maxBuffer: MOST_OUTPUT,
    });
    if (done.error?.code === 'ENOENT') {
      throw new BindgenError(`${this.command} is not on this machine, and bindgen needs clang: ` +
        "install it (Debian: apt-get install clang), or name it with --clang");
    }
    if (done.error) throw new BindgenError(`${this.command}: ${done.error.message}`);
    return done;
  }

  // The output of a run that must succeed.
  output(args, input) {
    const { status, stdout, stderr } = this.run(args, input);
    if (status === 0) return stdout;
    throw new BindgenError(`clang cannot read the header:\n${stderr.trimEnd()}`);
  }

  version() {
    return this.output(['--version']).split('\n')[0];
  }

  target() {
    return this.output(['-print-target-triple']).trim();
  }

  // The file that `header` names: a path, or what #include <header> finds.
  find(header) {
    if (existsSync(header)) return realpathSync(resolve(header));
    const { status, stdout } = this.run(['-E', '-x', 'c', '-'], `#include <${header}>\n`);
    const line = stdout.split('\n').map((text) => /^# 1 "(\/[^"]*)" 1/.exec(text))
      .find((match) => match !== null && match[1].endsWith(`/${header}`));
    if (status !== 0 || line === undefined) {
      throw new BindgenError(`${header}: no such file, and clang finds no <${header}>. ` +
        'Flags for clang, like -I FOLDER, come after --');
    }
    return line[1];
  }

  syntaxTree(file, allComments) {
    return JSON.parse(this.output(['-fsyntax-only', '-w', '-Xclang', '-ast-dump=json',
      ...(allComments ? ['-fparse-all-comments'] : []), '-x', 'c', file]));
  }

  layouts(file) {
    return this.output(['-fsyntax-only', '-w', '-Xclang', '-fdump-record-layouts-simple',
      '-Xclang', '-fdump-record-layouts-complete', '-x', 'c', file]);
  }

  preprocessed(file) {
    return this.output(['-E', '-dD', '-w', '-x', 'c', file]);
  }

  // The values of those of `expressions` that are constant integers: a list of BigInts and
  // undefined. That the others are errors is expected.
  integers(file, expressions) {
    const text = expressions.map((expression, i) => `enum { springboard_${i} = (${expression}) };`);
    const { stdout } = this.run(['-fsyntax-only', '-ferror-limit=0', '-w', '-Xclang',
      '-ast-dump=json', '-Xclang', '-ast-dump-filter=springboard_', '-x', 'c', '-'],
      `#include "${file}"\n${text.join('\n')}\n`);
    const values = expressions.map(() => undefined);
    for (const dump of stdout.split(/^(?=\{)/m)) {
      if (!dump.startsWith('{')) continue;
      const node = JSON.parse(dump.slice(0, dump.lastIndexOf('}') + 1));
      values[Number(node.name.slice('springboard_'.length))] = constantIn(node);
    }
    return values;
  }
}

module.exports = { BindgenError, Clang };
