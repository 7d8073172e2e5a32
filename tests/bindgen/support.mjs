// support: a user's folder in which `springboard bindgen` writes modules that TypeScript compiles
// and Node.js runs.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const packageFolder = join(root, 'build', 'springboard-ffi');
const tools = join(root, 'third_party', 'node', 'node_modules');

export const springboard = createRequire(import.meta.url)(packageFolder);

const OPTIONS = {
  compilerOptions: {
    module: 'nodenext', moduleResolution: 'nodenext', target: 'esnext', noEmit: true, strict: true,
    exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, verbatimModuleSyntax: true,
    erasableSyntaxOnly: true, allowImportingTsExtensions: true, types: ['node'],
  },
};

export class Folder {
  constructor() {
    this.path = mkdtempSync(join(tmpdir(), 'springboard-bindgen-'));
    mkdirSync(join(this.path, 'node_modules', '@types'), { recursive: true });
    symlinkSync(packageFolder, join(this.path, 'node_modules', 'springboard-ffi'));
    symlinkSync(join(tools, '@types', 'node'), join(this.path, 'node_modules', '@types', 'node'));
    this.write('package.json', '{ "type": "module" }');
  }

  write(name, text) {
    writeFileSync(join(this.path, name), text);
    return join(this.path, name);
  }

  read(name) {
    return readFileSync(join(this.path, name), 'utf8');
  }

  run(args, options = {}) {
    return spawnSync(process.execPath, args, { cwd: this.path, encoding: 'utf8', ...options });
  }

  // What the command with these arguments comes to.
  springboard(...args) {
    return this.run([join(packageFolder, 'bin', 'springboard.js'), ...args]);
  }

  bindgen(...args) {
    return this.springboard('bindgen', ...args);
  }

  // The text that it writes, which must succeed.
  generate(...args) {
    const { status, stdout, stderr } = this.bindgen(...args);
    assert.equal(status, 0, stderr);
    return stdout;
  }

  // Runs a program in TypeScript, as Node.js strips it; returns its output.
  program(name, text) {
    const file = this.write(name, text);
    const { status, stdout, stderr } = this.run(['--no-warnings', file]);
    assert.equal(status, 0, stdout + stderr);
    return stdout;
  }

  // TypeScript finds nothing wrong with these programs and what they import.
  compile(...files) {
    this.write('tsconfig.json', JSON.stringify({ ...OPTIONS, files }));
    const { status, stdout } = this.run([join(tools, 'typescript', 'bin', 'tsc'), '-p', this.path]);
    assert.equal(status, 0, stdout);
  }

  remove() {
    rmSync(this.path, { recursive: true, force: true });
  }
}
