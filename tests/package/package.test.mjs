// package: what a user of the npm package gets. Packs build/springboard-ffi, installs the tarball
// into an empty folder without network and scripts, and runs programs against it on both Nodes.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const packageFolder = join(root, 'build', 'springboard-ffi');
const nodes = ['node24', 'node26'].map((name) => ({
  name,
  binary: join(root, 'third_party', 'node', 'node_modules', name, 'bin', 'node'),
}));

let folder;

function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: folder, encoding: 'utf8', ...options });
  assert.ifError(result.error);
  return result;
}

function succeed(command, args, options) {
  const result = run(command, args, options);
  assert.equal(result.status, 0, `${command} ${args.join(' ')}\n${result.stdout}${result.stderr}`);
  return result.stdout;
}

// npm with settings of its own: a user's registry or folder settings play no part.
function npm(args) {
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    npm_config_cache: join(folder, 'npm-cache'),
    npm_config_update_notifier: 'false',
  };
  return succeed('npm', args, { env });
}

function write(name, text) {
  writeFileSync(join(folder, name), text);
  return name;
}

// Runs the installed command the way a shell does: by its link, whose first line asks for `node`.
function command(node, args, options) {
  const env = { ...process.env, PATH: `${dirname(node.binary)}${delimiter}${process.env.PATH}` };
  return run(join(folder, 'node_modules', '.bin', 'springboard'), args, { env, ...options });
}

const STRLEN = `{ strlen: { parameters: ['buffer'], result: 'usize' } }`;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'springboard-package-'));
  mkdirSync(join(folder, 'npm-cache'));
  write('package.json', '{ "name": "user", "private": true }');
  npm(['pack', '--pack-destination', folder, packageFolder]);
  const [tarball] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  npm(['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund',
    join(folder, tarball)]);
});

after(() => rmSync(folder, { recursive: true, force: true }));

test('the tarball holds what the package needs and no install script', () => {
  const installed = join(folder, 'node_modules', 'springboard-ffi');
  for (const file of ['index.js', 'index.mjs', 'index.d.ts', 'index.d.mts', 'deno.d.ts', 'LICENSE',
    'README.md']) {
    assert.ok(existsSync(join(installed, file)), `${file} is missing`);
  }
  // All that is laid out, so that no module and no types lack what they import.
  for (const inside of ['', 'bin', 'bindgen', 'parse']) {
    assert.deepEqual(readdirSync(join(installed, inside)).sort(),
        readdirSync(join(packageFolder, inside)).sort());
  }
  assert.deepEqual(readdirSync(join(installed, 'prebuilds')).sort(), [
    'springboard-linux-x64-137.node',
    'springboard-linux-x64-147.node',
  ]);
  const listed = JSON.parse(npm(['pkg', 'get', 'scripts', '--prefix', installed]));
  assert.deepEqual(listed, {});
});

for (const node of nodes) {
  describe(node.name, () => {
    test('a CommonJS program', () => {
      const program = write('program.cjs', `
        const { dlopen } = require('springboard-ffi');
        const library = dlopen('libc.so.6', ${STRLEN});
        console.log(library.symbols.strlen(Buffer.from('springboard\\0')));
        library.close();
      `);
      assert.equal(succeed(node.binary, [program]), '11n\n');
    });

    test('an ES module with named imports, the same objects as require()', () => {
      const program = write('program.mjs', `
        import { createRequire } from 'node:module';
        import all, {
          dlopen, UnsafeCallback, UnsafeFnPointer, UnsafePointer, UnsafePointerView, errors,
        } from 'springboard-ffi';
        const required = createRequire(import.meta.url)('springboard-ffi');
        console.log(all === required && dlopen === required.dlopen && errors === required.errors);
        const add = new UnsafeCallback(
          { parameters: ['i32', 'i32'], result: 'i32' }, (a, b) => a + b);
        console.log(new UnsafeFnPointer(add.pointer, add.definition).call(40, 2));
        const bytes = new Uint8Array([1, 0, 0, 0]);
        console.log(new UnsafePointerView(UnsafePointer.of(bytes)).getUint32());
        add.close();
      `);
      assert.equal(succeed(node.binary, [program]), 'true\n42\n1\n');
    });

    test('C declarations, with the parser that the package bundles', () => {
      const program = write('declared.mjs', `
        import { dlopen, parse } from 'springboard-ffi';
        const { symbols } = dlopen('libm.so.6', 'double hypot(double x, double y);');
        console.log(symbols.hypot(3, 4), parse('enum color { RED = 7 };').constants.RED);
      `);
      assert.equal(succeed(node.binary, [program]), '5 7\n');
      const help = command(node, ['bindgen', '--help']);
      assert.match(help.stdout, /springboard bindgen HEADER/);
    });

    test('the parser is loaded when it is needed', () => {
      const program = write('lazy.cjs', `
        const { dlopen } = require('springboard-ffi');
        dlopen('libc.so.6', ${STRLEN});
        const loaded = () => Object.keys(require.cache).some((file) => file.includes('lezer'));
        console.log(loaded());
        dlopen('libc.so.6', 'int abs(int);');
        console.log(loaded());
      `);
      assert.equal(succeed(node.binary, [program]), 'false\ntrue\n');
    });

    test('a worker thread has an environment of its own', () => {
      const program = write('workers.mjs', `
        import { Worker, isMainThread, parentPort } from 'node:worker_threads';
        import { dlopen, UnsafeCallback } from 'springboard-ffi';
        const library = dlopen('libc.so.6', {
          qsort: { parameters: ['buffer', 'usize', 'usize', 'function'], result: 'void' },
          getpid: { parameters: [], result: 'i32' },
        });
        const never = new UnsafeCallback({ parameters: [], result: 'void' }, () => {});
        if (isMainThread) {
          for (const round of [1, 2, 3]) {
            const worker = new Worker(new URL(import.meta.url));
            const [pid] = await new Promise((resolve, reject) => {
              worker.once('message', (message) => resolve([message]));
              worker.once('error', reject);
            });
            console.log(round, pid === library.symbols.getpid(), await worker.terminate());
          }
        } else {
          parentPort.postMessage(library.symbols.getpid());
          setInterval(() => library.symbols.getpid(), 1);
        }
      `);
      assert.equal(succeed(node.binary, [program]), '1 true 1\n2 true 1\n3 true 1\n');
    });

    test('a worker is terminated inside a callback that does not end', () => {
      const program = write('endless.mjs', `
        import { Worker, isMainThread, parentPort } from 'node:worker_threads';
        import { UnsafeCallback, UnsafeFnPointer } from 'springboard-ffi';
        if (isMainThread) {
          const worker = new Worker(new URL(import.meta.url));
          await new Promise((resolve) => worker.once('message', resolve));
          console.log(await worker.terminate());
        } else {
          const endless = new UnsafeCallback({ parameters: [], result: 'i32' }, () => {
            parentPort.postMessage('in');
            for (;;);
          });
          new UnsafeFnPointer(endless.pointer, endless.definition).call();
          parentPort.postMessage('not reached');
          for (;;);
        }
      `);
      assert.equal(succeed(node.binary, [program]), '1\n');
    });

    test('the command runs TypeScript with a global Deno', () => {
      write('script.ts', `
        const definitions = ${STRLEN} as const;
        const library = Deno.dlopen('libc.so.6', definitions);
        const length: bigint = library.symbols.strlen(new TextEncoder().encode('four\\0'));
        console.log(length, Deno.build.os, Deno.build.arch, Deno.args.join('+'), import.meta.main);
        console.log(Deno.errors.BadResource.name, Deno.errors.NotCapable.name);
        library.close();
        process.exitCode = 7;
      `);
      const result = command(node, ['run', '--allow-ffi', 'script.ts', 'a', '--allow-ffi']);
      assert.equal(result.stderr, '');
      assert.equal(result.stdout, '4n linux x86_64 a+--allow-ffi true\nBadResource NotCapable\n');
      assert.equal(result.status, 7);
    });

    test('npx finds the command', () => {
      const path = `${dirname(node.binary)}${delimiter}${process.env.PATH}`;
      const env = { ...process.env, PATH: path };
      assert.match(
        succeed('npx', ['--offline', 'springboard', '--version'], { env }), /^springboard \d/);
    });
  });
}
