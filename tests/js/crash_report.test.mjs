// crash_report: what is printed when a signal comes inside a native call, and that the process ends
// as it would have without.
//
// Each crash is a process of its own.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';

import { command, folder, script } from './command_support.mjs';
import { fastTier, nativePath, packageFolder, runNode } from './support.mjs';

const library = nativePath('crash');
const on = { SPRINGBOARD_CRASH_REPORT: '1' };
const off = { SPRINGBOARD_CRASH_REPORT: '0' };

// A process that opens the library and runs `body`.
const program = (body) => `
  import { createRequire } from 'node:module';
  const require = createRequire('/');
  const { dlopen, UnsafeCallback, UnsafeFnPointer, UnsafePointer } =
    require(${JSON.stringify(packageFolder)});
  const path = ${JSON.stringify(library)};
  const at = (address) => UnsafePointer.create(address);
  const open = (symbols, options) => dlopen(path, symbols, options).symbols;
  // Calls it so often that V8 has optimised the caller.
  function heat(run, ...warm) {
    %PrepareFunctionForOptimization(run);
    for (let i = 0; i < 3000; i += 1) run(...warm);
    %PrepareFunctionForOptimization(run);
    run(...warm);
    %OptimizeFunctionOnNextCall(run);
    run(...warm);
  }
  ${body}`;

const run = (body, options = {}) => runNode(program(body), { env: on, ...options });

// The report is there, whole, and the process ended by the signal.
function reports({ signal, stderr }, expected, parts) {
  assert.equal(signal, expected, stderr);
  const heads = stderr.match(/springboard: SIG\w+.* inside a native call/g) ?? [];
  assert.equal(heads.length, 1, stderr);
  assert.ok(heads[0].includes(expected), heads[0]);
  for (const part of parts) {
    assert.ok(part instanceof RegExp ? part.test(stderr) : stderr.includes(part),
      `no ${part} in ${stderr}`);
  }
  for (const part of [`${library} at 0x`, '  native stack:\n', '  JavaScript stack:\n',
    `springboard: the process now gets ${expected}`]) {
    assert.ok(stderr.includes(part), `no '${part}' in ${stderr}`);
  }
  assert.ok(!stderr.includes('part of the report failed'), stderr);
}

function isSilent({ signal, stderr }, expected) {
  assert.equal(signal, expected, stderr);
  assert.ok(!stderr.includes('springboard: SIG'), stderr);
}

const symbols = `const lib = open({
  read_at: { parameters: ['pointer'], result: 'i32' },
  write_at: { parameters: ['pointer'], result: 'void' },
  write_constant: { parameters: [], result: 'void' },
  length_of: { parameters: ['pointer'], result: 'u64' },
  raise_abort: { parameters: [], result: 'void' },
  raise_trap: { parameters: [], result: 'void' },
  raise_ill: { parameters: [], result: 'void' },
  raise_fpe: { parameters: ['i32'], result: 'i32' },
  raise_bus: { parameters: [], result: 'i32' },
  call_hidden: { parameters: ['pointer'], result: 'i32' },
  call: { parameters: ['function', 'i32'], result: 'i32' },
  recurse: { parameters: ['i32'], result: 'i32' },
  start_thread: { parameters: [], result: 'void' },
  repaired: { parameters: [], result: 'i32' },
  free_twice: { parameters: [], result: 'i32' },
  make_code: { parameters: [], result: 'pointer' },
  drop_code: { parameters: [], result: 'void' },
  smash_stack: { parameters: [], result: 'void' },
});
`;

describe('a signal inside a native call', () => {
  const rows = [
    ['lib.read_at(at(0x10))', 'SIGSEGV',
      [' at address 0x10 (no memory is mapped there)', 'in read_at', `#0 0x`]],
    ['lib.write_at(at(0x10n))', 'SIGSEGV', ['in write_at']],
    ['lib.read_at(at(0x4141414141414140n))', 'SIGSEGV', ['none that a pointer can have']],
    ['lib.write_constant()', 'SIGSEGV',
      ['may not be used so', /address: in constant_data\+0x4 \(.*libcrash\.so/]],
    ['lib.length_of(at(8))', 'SIGSEGV', [/#0 .*libc\.so/, /#\d+ 0x\w+ length_of\+0x/]],
    ['lib.raise_abort()', 'SIGABRT', ['(abort)', /#\d+ 0x\w+ raise_abort\+0x/]],
    ['lib.raise_trap()', 'SIGTRAP', ['raise_trap']],
    ['lib.raise_ill()', 'SIGILL', ['in raise_ill']],
    ['lib.raise_fpe(0)', 'SIGFPE', ['in raise_fpe', 'integer division by zero']],
    ['lib.raise_bus()', 'SIGBUS', ['in raise_bus']],
    ['lib.call_hidden(at(8))', 'SIGSEGV', [/instruction: .* in near \w+\+0x/, 'call_hidden+0x']],
    ['lib.call(null, 1)', 'SIGSEGV', ['where no code is', /#1 0x\w+ call\+0x/]],
    ['lib.recurse(0)', 'SIGSEGV', ['in recurse', 'frames more']],
    ['new UnsafeFnPointer(at(0x123450n), { parameters: [], result: "void" }).call()', 'SIGSEGV',
      ['where no code is', '#0 0x123450 no code is here']],
    ['new UnsafeFnPointer(at(0x4141414141414140n), { parameters: [], result: "void" }).call()',
      'SIGSEGV', ['in a stub of Springboard']],
  ];
  for (const [call, signal, parts] of rows) {
    it(`${call} is reported`, () => {
      reports(run(`${symbols}\nfunction outer() { ${call}; }\nouter();`), signal,
        [...parts, 'the main thread', /at outer \(.*:\d+:\d+\)/]);
    });
  }

  it('is reported below optimised code', () => {
    const { signal, stderr } = run(`${symbols}
      const cell = new BigInt64Array(4);
      function outer(p) { return lib.read_at(p); }
      heat(outer, UnsafePointer.of(cell));
      outer(at(0x10));`);
    reports({ signal, stderr }, 'SIGSEGV', ['in read_at', /at outer \(/]);
    if (fastTier) assert.match(stderr, /#1 0x\w+ JavaScript/, 'by the fast stub');
  });

  it('is reported in libc below optimised code', () => {
    reports(run(`${symbols}
      const text = new BigInt64Array(4);
      function outer(p) { return lib.length_of(p); }
      heat(outer, UnsafePointer.of(text));
      outer(at(0x10));`), 'SIGSEGV', [/#\d+ 0x\w+ length_of/, /at outer \(/]);
  });

  it('is reported for a function pointer to nowhere in optimised code', () => {
    const { signal, stderr } = run(`${symbols}
      const bad = new UnsafeFnPointer(lib.make_code(), { parameters: ['i32'], result: 'void' });
      function outer(x) { bad.call(x); }
      heat(outer, 1);
      lib.drop_code();
      outer(2);`);
    reports({ signal, stderr }, 'SIGSEGV', ['where no code is', /at outer \(/]);
    if (fastTier) assert.match(stderr, /#1 0x\w+ JavaScript/, 'by the fast stub');
  });

  it('is reported in a callback\'s native call', () => {
    reports(run(`${symbols}
      function inner(x) { return lib.read_at(null); }
      const callback = new UnsafeCallback({ parameters: ['i32'], result: 'i32' }, inner);
      function outer() { lib.call(callback.pointer, 1); }
      outer();`), 'SIGSEGV', [/at inner \(/, /at outer \(/, /#\d+ 0x\w+ call\+0x/]);
  });

  it('is reported in a worker, its stack overflow included', () => {
    for (const call of ['read_at(null)', 'recurse(0)']) {
      reports(run(`
        const { Worker } = await import('node:worker_threads');
        new Worker(${JSON.stringify(`
          const { dlopen } = require(${JSON.stringify(packageFolder)});
          const lib = dlopen(${JSON.stringify(library)}, {
            read_at: { parameters: ['pointer'], result: 'i32' },
            recurse: { parameters: ['i32'], result: 'i32' } }).symbols;
          function outer() { lib.${call}; }
          outer();`)}, { eval: true, execArgv: [] });`), 'SIGSEGV', [/at outer \(/]);
    }
  });

  it('is reported in a nonblocking call, its stack overflow included', () => {
    for (const call of ['read_at(null)', 'recurse(0)']) {
      reports(run(`
        const lib = open({
          read_at: { parameters: ['pointer'], result: 'i32', nonblocking: true },
          recurse: { parameters: ['i32'], result: 'i32', nonblocking: true } });
        await lib.${call};`), 'SIGSEGV',
      [`in ${call.split('(')[0]}`, 'this thread runs no JavaScript']);
    }
  });

  it('is reported on a thread of the library\'s own', () => {
    reports(run(`${symbols}
      lib.start_thread();
      setTimeout(() => {}, 5000);`), 'SIGSEGV', ['in read_at', 'this thread runs no JavaScript']);
  });

  // What V8 needs to name JavaScript then waits for that lock, or not, as its allocator has it.
  it('is reported, up to JavaScript at least, although libc holds a lock of its own', () => {
    const { signal, stderr } = run(`${symbols}\nlib.free_twice();`);
    assert.equal(signal, 'SIGABRT', stderr);
    for (const part of [/SIGABRT \(abort\) inside a native call/, /#\d+ 0x\w+ free_twice\+0x/,
      /JavaScript stack:/, /springboard: the process now gets SIGABRT/]) {
      assert.match(stderr, part);
    }
  });

  it('is reported although there is no stack to be followed', () => {
    const { signal, stderr } = run(`${symbols}\nlib.smash_stack();`);
    assert.equal(signal, 'SIGSEGV', stderr);
    assert.match(stderr, /springboard: the process now gets SIGSEGV/);
  });
});

describe('the end of the process', () => {
  it('is the same without a report, which is not made unless asked for', () => {
    for (const env of [off, { SPRINGBOARD_CRASH_REPORT: '' }]) {
      isSilent(run(`${symbols}\nlib.read_at(null);`, { env }), 'SIGSEGV');
    }
  });

  it('names the variable when it has no sense', () => {
    const { status, stderr } = run('', { env: { SPRINGBOARD_CRASH_REPORT: 'yes' } });
    assert.equal(status, 1);
    assert.match(stderr, /SPRINGBOARD_CRASH_REPORT is 'yes', expected '0' or '1'/);
  });

});

describe('what is none of a native call\'s', () => {
  it('a WebAssembly trap goes on working, on several threads too', () => {
    // (func (export "f") (param i32) (result i32) local.get 0 i32.load), with one page of memory.
    const wasm = `new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0,
      1, 6, 1, 96, 1, 127, 1, 127, 3, 2, 1, 0, 5, 3, 1, 0, 1, 7, 5, 1, 1, 102, 0, 0,
      10, 9, 1, 7, 0, 32, 0, 40, 2, 0, 11]))`;
    const traps = `
      const { f } = new WebAssembly.Instance(${wasm}).exports;
      let caught = 0;
      for (let i = 0; i < 200; i += 1) {
        try { f(0x7ffffff0 + i); } catch (e) { caught += e instanceof WebAssembly.RuntimeError; }
      }`;
    const { status, stdout, stderr } = run(`${symbols}
      const { Worker } = await import('node:worker_threads');
      const workers = [1, 2].map(() => new Worker(${JSON.stringify(`
        const { parentPort } = require('node:worker_threads');
        require(${JSON.stringify(packageFolder)});
        ${traps}
        parentPort.postMessage(caught);`)}, { eval: true, execArgv: [] }));
      const counts = workers.map((worker) => new Promise((told) => worker.on('message', told)));
      ${traps}
      for (const count of counts) caught += await count;
      console.log(caught);`);
    assert.deepEqual([status, stdout, stderr], [0, '600\n', '']);
  });

  it('process.abort() is silent, and so is an end by a signal from elsewhere', () => {
    isSilent(run(`${symbols}\nprocess.abort();`), 'SIGABRT');
    isSilent(run(`${symbols}\nprocess.kill(process.pid, 'SIGSEGV'); setTimeout(() => {}, 5000);`),
      'SIGSEGV');
    isSilent(run(`${symbols}\nprocess.kill(process.pid, 'SIGILL'); setTimeout(() => {}, 5000);`),
      'SIGILL');
  });

  it('a signal that others handle leaves the program\'s alarm() alone', () => {
    const { status, stdout, stderr } = runNode(`
      process.on('SIGTRAP', () => {});
      ${program(`
        const { alarm } = dlopen('libc.so.6', {
          alarm: { parameters: ['u32'], result: 'u32' } }).symbols;
        alarm(1000);
        process.kill(process.pid, 'SIGTRAP');
        console.log(alarm(0) > 900);`)}`, { env: on });
    assert.deepEqual([status, stdout, stderr], [0, 'true\n', '']);
  });

  it('JavaScript that runs out of memory, or of stack, is silent', () => {
    isSilent(run(`${symbols}
      const kept = [];
      for (;;) kept.push(new Array(10000).fill(kept.length + 0.5));`,
    { flags: ['--max-old-space-size=32'] }), 'SIGABRT');
    const { status, stdout } = run(`${symbols}
      const deep = () => deep() + 1;
      try { deep(); } catch (e) { console.log(e.name); }`);
    assert.deepEqual([status, stdout], [0, 'RangeError\n']);
  });

  it('a library\'s own handler works, and reports go on after it', () => {
    const { signal, stdout, stderr } = run(`${symbols}
      console.log(lib.repaired());
      lib.read_at(null);`);
    assert.equal(stdout, '7\n');
    reports({ signal, stderr }, 'SIGSEGV', ['in read_at']);
  });
});

describe('several copies', () => {
  const copy = mkdtempSync(join(tmpdir(), 'springboard-crash-'));
  after(() => rmSync(copy, { recursive: true, force: true }));

  it('of the package in one process make one report', () => {
    cpSync(packageFolder, join(copy, 'package'), { recursive: true });
    for (const [first, last] of [['dlopen', 'other.dlopen'], ['other.dlopen', 'dlopen']]) {
      const result = run(`
        const other = require(${JSON.stringify(join(copy, 'package'))});
        const definitions = { read_at: { parameters: ['pointer'], result: 'i32' },
          fine: { parameters: ['i32'], result: 'i32' } };
        ${first}(path, definitions).symbols.fine(1);
        function outer() { ${last}(path, definitions).symbols.read_at(null); }
        outer();`);
      reports(result, 'SIGSEGV', ['in read_at', /at outer \(/]);
    }
  });
});

describe('springboard run', () => {
  const text = `const lib = Deno.dlopen(${JSON.stringify(library)}, {
    read_at: { parameters: ['pointer'], result: 'i32' } });
  function outer() { lib.symbols.read_at(null); }
  outer();`;
  const start = (env) => spawnSync(process.execPath,
    [command, 'run', '--allow-ffi', script('crash.mjs', text)],
    { encoding: 'utf8', cwd: folder, env: { ...process.env, ...env }, timeout: 60_000 });

  it('reports a crash unless it is told not to', () => {
    reports(start({ SPRINGBOARD_CRASH_REPORT: '' }), 'SIGSEGV',
      [/at outer \(.*crash\.mjs:3:\d+\)/]);
    isSilent(start(off), 'SIGSEGV');
  });
});
