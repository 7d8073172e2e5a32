// Out parameters: { out: T } and { inout: T } become results of the call.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  assertTier, heat, nativePath, open, packageFolder, runNode, site, springboard, struct, typeError,
  UnsafeCallback, UnsafeFnPointer, UnsafePointer,
} from './support.mjs';

const point = { struct: ['f64', 'f64'] };
const color = { enum: { RED: 0, GREEN: 1, BLUE: 7 }, type: 'i32' };
const lib = open('out', {
  calls: { name: 'out_calls', parameters: [], result: 'u32' },
  put_two: { parameters: [{ out: 'i32' }, { out: 'f64' }], result: 'void' },
  put_nothing: { parameters: [{ out: 'i32' }], result: 'void' },
  put_i32: { parameters: ['i32', { out: 'i32' }], result: 'i32' },
  void_i32: { name: 'put_i32', parameters: ['i32', { out: 'i32' }], result: 'void' },
  divide: { parameters: ['i32', 'i32', { out: 'i32' }, { out: 'i32' }], result: 'i32' },
  put_pointer: { parameters: ['pointer', { out: 'pointer' }], result: 'i32' },
  swap_pointer: { parameters: [{ inout: 'pointer' }, { out: 'pointer' }], result: 'void' },
  put_point: { parameters: ['f64', 'f64', { out: point }], result: 'i32' },
  double_point: { parameters: [{ inout: point }], result: 'void' },
  put_byte: { parameters: ['u8', { out: 'bool' }], result: 'void' },
  put_color: { name: 'put_i32', parameters: [color, { out: color }], result: 'i32' },
  take_color: { name: 'take_i32', parameters: [{ inout: color }, { out: 'i32' }],
    result: 'void' },
  put_around: { parameters: ['i32', { out: 'i32' }, 'function'], result: 'i32' },
  later: { name: 'put_i32', parameters: ['i32', { out: 'i32' }], result: 'i32',
    nonblocking: true },
});
const { symbols } = lib;

const examples = {
  bool: [true, false],
  u8: [0, 255],
  i8: [-128, 127],
  u16: [65535],
  i16: [-32768],
  u32: [4294967295],
  i32: [-2147483648, 2147483647],
  f32: [0.5, -Infinity, NaN],
  f64: [0.1, -0, NaN],
  u64: [0n, 18446744073709551615n],
  i64: [-9223372036854775808n, -1n],
};

test('the result, and then what was put', () => {
  assert.deepEqual(symbols.put_i32(5), [7, 5]);
  assert.equal(symbols.void_i32(5), 5);
  assert.deepEqual(symbols.put_two(), [42, 0.5]);
  assert.deepEqual(symbols.divide(17, 5), [-1, 3, 2]);
  for (const [type, values] of Object.entries(examples)) {
    using one = open('out', {
      [`put_${type}`]: { parameters: [type, { out: type }], result: 'i32' },
      [`take_${type}`]: { parameters: [{ inout: type }, { out: type }], result: 'void' },
    });
    for (const value of values) {
      assert.deepEqual(one.symbols[`put_${type}`](value), [7, value]);
      const after = { bool: true, u64: 1n, i64: 1n }[type] ?? 1;
      assert.deepEqual(one.symbols[`take_${type}`](value), [after, value]);
    }
  }
});

test('usize, isize, i53 and u53', () => {
  for (const [type, native, value] of [['usize', 'u64', 2n ** 64n - 1n], ['isize', 'i64', -2n],
    ['i53', 'i64', -(2 ** 53) + 1], ['i53', 'i64', 2 ** 53 - 1], ['i53', 'i64', -1],
    ['i53', 'i64', 2 ** 32], ['u53', 'u64', 2 ** 53 - 1], ['u53', 'u64', 0]]) {
    using one = open('out', {
      put: { name: `put_${native}`, parameters: [native, { out: type }], result: 'i32' },
      take: { name: `take_${native}`, parameters: [{ inout: type }, { out: native }],
        result: 'void' },
    });
    assert.deepEqual(one.symbols.put(BigInt(value)), [7, value]);
    const one_ = typeof value === 'bigint' ? 1n : 1;
    assert.deepEqual(one.symbols.take(value), [one_, BigInt(value)]);
  }
  using one = open('out', {
    put_i64: { parameters: ['i64', { out: 'i53' }], result: 'i32' },
    put_u64: { parameters: ['u64', { out: 'u53' }], result: 'i32' },
  });
  for (const [name, value] of [['put_i64', 2n ** 53n], ['put_i64', -(2n ** 53n)],
    ['put_u64', 2n ** 53n], ['put_u64', 2n ** 64n - 1n]]) {
    assert.throws(() => one.symbols[name](value), (error) => error instanceof RangeError &&
      error.message.includes(`symbol '${name}', parameter 1: got ${value}`));
    assert.deepEqual(one.symbols[name](3), [7, 3]);
  }
});

test('only the low byte of a bool counts, and what is not written is zero', () => {
  assert.equal(symbols.put_byte(2), true);
  assert.equal(symbols.put_byte(0), false);
  symbols.void_i32(5);
  assert.equal(symbols.put_nothing(), 0);
});

test('pointers', () => {
  const pointer = UnsafePointer.create(4096n);
  const [result, got] = symbols.put_pointer(pointer);
  assert.equal(result, 7);
  assert.ok(UnsafePointer.equals(got, pointer));
  assert.deepEqual(symbols.put_pointer(null), [7, null]);
  const [after, before] = symbols.swap_pointer(pointer);
  assert.equal(after, null);
  assert.ok(UnsafePointer.equals(before, pointer));
  assert.throws(() => symbols.swap_pointer(5),
    typeError("Invalid FFI pointer type, expected null, or External: symbol 'swap_pointer', " +
      'parameter 0: got number'));
});

test('structs and enums', () => {
  const [, first] = symbols.put_point(1, 2);
  const [, second] = symbols.put_point(3, 4);
  assert.deepEqual([...new Float64Array(first.buffer)], [1, 2]);
  assert.deepEqual([...new Float64Array(second.buffer)], [3, 4]);
  const given = new Float64Array([1.5, -2]);
  assert.deepEqual([...new Float64Array(symbols.double_point(given).buffer)], [3, -4]);
  assert.deepEqual([...given], [1.5, -2], 'the argument is copied');
  assert.throws(() => symbols.double_point(new Uint8Array(15)),
    typeError("expected at least 16 bytes: symbol 'double_point', parameter 0: got 15 bytes"));
  assert.deepEqual(symbols.put_color('BLUE'), [7, 7]);
  assert.deepEqual(symbols.take_color('GREEN'), [1, 1]);
  assert.throws(() => symbols.take_color('PINK'),
    typeError("expected a name or value of it: symbol 'take_color', parameter 0: got string"));
});

const wide = {
  i128: -5n, u128: 2n ** 100n, f16: 1.5, 'long double': 0.5, int: -1, 'signed char': -3, size_t: 9n,
};

test("C's types", () => {
  for (const [type, value] of [...Object.entries(wide), [{ complex: 'f32' }, [1, 2]],
    [{ vector: 'f32', length: 4 }, new Float32Array([1, 2, 3, 4])],
    [{ union: ['i32', 'f64'] }, new Uint8Array(8).fill(3)], ['cstring']]) {
    using one = open('out', {
      none: { name: 'put_nothing', parameters: [{ out: type }], result: 'void' },
      ...value === undefined ? {} : {
        same: { name: 'put_nothing', parameters: [{ inout: type }], result: 'void' } },
    });
    const zero = one.symbols.none();
    if (value === undefined) {
      assert.equal(zero, null);
    } else {
      assert.deepEqual(one.symbols.same(value), value);
      assert.deepEqual(one.symbols.none(), zero);
      assert.notDeepEqual(zero, value);
    }
  }
});

test('slots are aligned for their type', () => {
  for (const align of [16, 64, 256]) {
    using one = open('out', {
      put_address: { parameters: [{ out: { struct: ['u64'], align } }], result: 'void' } });
    for (let i = 0; i < 10; i += 1) {
      const bytes = one.symbols.put_address();
      assert.equal(bytes.length, align);
      const address = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
      assert.equal(address % BigInt(align), 0n);
      assert.equal(address, UnsafePointer.value(UnsafePointer.of(bytes)));
    }
  }
});

test('accessor classes', () => {
  const Point = struct({ x: 'f64', y: 'f64' });
  using one = open('out', {
    put_point: { parameters: ['f64', 'f64', { out: Point }], result: 'i32' },
    double_point: { parameters: [{ inout: Point }], result: 'void' },
  });
  const [result, made] = one.symbols.put_point(1, 2);
  assert.equal(result, 7);
  assert.ok(made instanceof Point);
  assert.deepEqual([made.x, made.y], [1, 2]);
  const twice = one.symbols.double_point(made);
  assert.deepEqual([twice.x, twice.y, made.x, made.y], [2, 4, 1, 2]);
  assert.throws(() => one.symbols.double_point(5), typeError("symbol 'double_point', parameter 0"));
});

test('an inout argument follows the rule of parameters', () => {
  const values = [0, -1, 1.9, NaN, 2 ** 40, -(2 ** 31) - 1, 5n, '5', true, null, undefined, {}];
  for (const type of ['u8', 'i8', 'i16', 'u32', 'i32', 'i64', 'u64', 'f32', 'f64', 'i53', 'bool']) {
    const native = { i53: 'i64' }[type] ?? type;
    for (const strict of [false, true]) {
      using one = open('out', {
        put: { name: `put_${native}`, parameters: [type, { out: type }], result: 'i32', strict },
        take: { name: `take_${native}`, parameters: [{ inout: type }, { out: type }],
          result: 'void', strict },
      });
      const outcome = (run) => {
        try {
          return run()[1];
        } catch (error) {
          return `${error}`.replace("'put'", "'take'");
        }
      };
      for (const value of values) {
        assert.deepEqual(outcome(() => one.symbols.take(value)),
          outcome(() => one.symbols.put(value)), `${type}, strict ${strict}: ${String(value)}`);
      }
    }
  }
});

test('optimised code takes the stub', () => {
  const run = site('value', 'return put_i32(value)[1];', { put_i32: symbols.put_i32 });
  heat(run, 1);
  assertTier(symbols.calls, () => assert.equal(run(-6), -6));
  assert.throws(() => run('x'), typeError("symbol 'put_i32', parameter 0"));
  assert.equal(run(9), 9);
});

test('calls within calls have slots of their own', () => {
  const seen = [];
  using callback = new UnsafeCallback({ parameters: ['i32'], result: 'void' }, (value) => {
    if (value > 3) throw new Error('deep enough');
    try {
      seen.push(symbols.put_around(value + 1, callback.pointer));
    } catch {
      seen.push('thrown');
    }
  });
  assert.deepEqual(symbols.put_around(0, callback.pointer), [1, 0]);
  assert.deepEqual(seen, ['thrown', [1, 3], [1, 2], [1, 1]]);
  assert.throws(() => symbols.put_around(9, callback.pointer), { message: 'deep enough' });
  assert.deepEqual(symbols.put_around(3, callback.pointer), [1, 3]);
});

test('results that were given out do not change', () => {
  const first = symbols.put_i32(1);
  symbols.put_i32(2);
  assert.deepEqual(first, [7, 1]);
});

test('promises and function pointers', async () => {
  const all = await Promise.all([1, 2, 3, 4].map((value) => symbols.later(value)));
  assert.deepEqual(all, [[7, 1], [7, 2], [7, 3], [7, 4]]);
  await assert.rejects(symbols.later('x'), typeError("symbol 'later', parameter 0"));
  using callback = new UnsafeCallback({ parameters: ['pointer'], result: 'void' }, (pointer) => {
    assert.notEqual(pointer, null);
  });
  const definition = { parameters: [{ out: 'i64' }], result: 'void' };
  assert.equal(new UnsafeFnPointer(callback.pointer, definition).call(), 0n);
});

test('functions and objects, for as long as the call', () => {
  const nothing = { parameters: [], result: 'void' };
  using one = open('out', {
    swap_pointer: { parameters: [{ inout: { callback: nothing } }, { out: 'pointer' }],
      result: 'void' },
    take_u64: { parameters: [{ inout: { userdata: true } }, { out: { userdata: true } }],
      result: 'void' },
    put_u64: { parameters: ['u64', { out: { userdata: true } }], result: 'i32' },
    put_nothing: { parameters: [{ inout: { userdata: true } }], result: 'void' },
  });
  const [after, before] = one.symbols.swap_pointer(() => {});
  assert.equal(after, null);
  assert.notEqual(UnsafePointer.value(before), 0n);
  const object = {};
  assert.equal(one.symbols.put_nothing(object), object);
  assert.equal(one.symbols.put_nothing(null), null);
  assert.deepEqual(one.symbols.put_u64(0), [7, null]);
  assert.throws(() => one.symbols.put_u64(4096),
    typeError("may still have: symbol 'put_u64', parameter 1: got 0x1000"));
  assert.throws(() => one.symbols.put_nothing(5),
    typeError("expected an object or null: symbol 'put_nothing', parameter 0: got number"));
  assert.equal(springboard.release(object), false);
});

test('with throws: errno', () => {
  using one = open('out', {
    divide: { parameters: ['i32', 'i32', { out: 'i32' }, { out: 'i32' }], result: 'i32',
      throws: 'errno' },
    put_i32: { parameters: ['i32', { out: 'i32' }], result: 'i32', throws: 'errno' },
  });
  assert.throws(() => one.symbols.divide(7, 2), { name: 'SystemError', syscall: 'divide' });
  assert.deepEqual(one.symbols.put_i32(7), [7, 7]);
});

test('what no out parameter can be is refused', () => {
  const define = (type) => () => open('out', { f: { name: 'put_nothing', parameters: [type],
    result: 'void' } });
  for (const [type, part] of [
    [{ out: 'i32', size: 4 }, "unknown field 'size'"],
    [{ out: 'int' + 'eger' }, 'unknown variant'],
    [{ out: 'void' }, 'void'],
    [{ out: { out: 'i32' } }, "unsupported type 'out' of an 'out' parameter"],
    [{ inout: 'buffer' }, "unsupported type 'buffer' of an 'inout' parameter"],
    [{ out: 'i32', inout: 'i32' }, "a type is either 'out' or 'inout'"],
    [{ struct: [{ out: 'i32' }] }, "unsupported type of a struct's field"],
  ]) {
    assert.throws(define(type), typeError(part));
    assert.throws(define(type), typeError("symbol 'f', parameter 0"));
  }
  assert.throws(() => open('out', { put_nothing: { parameters: [], result: { out: 'i32' } } }),
    typeError("unsupported type 'out' of a result"));
  assert.throws(() => new UnsafeCallback({ parameters: [{ out: 'i32' }], result: 'void' }, () => 0),
    typeError("unsupported type 'out' of a callback's parameter"));
});

test('a script that replaces what the language offers changes nothing', () => {
  const { status, stdout, stderr } = runNode(`
    import { createRequire } from 'node:module';
    const { dlopen } = createRequire('/')(${JSON.stringify(packageFolder)});
    const refuse = () => { throw 'a patched function ran'; };
    const { defineProperty } = Object;
    const patch = (where, name) => defineProperty(where, name, { value: refuse, writable: true,
      configurable: true });
    for (const name of ['push', 'join']) patch(Array.prototype, name);
    for (const name of ['charCodeAt', 'toLowerCase', 'slice']) patch(String.prototype, name);
    for (const name of ['Int32Array', 'ArrayBuffer', 'Error']) patch(globalThis, name);
    for (const name of ['out', 'taken', 'keeps', 'errno', 'throws', 'receive', 'declare']) {
      defineProperty(Object.prototype, name, { get: refuse, configurable: true });
    }
    const pair = ['i32', 'i32'];
    let told;
    try {
      const { symbols } = dlopen(${JSON.stringify(nativePath('out'))}, {
        put_i32: { parameters: ['i32', { out: 'i32' }], result: 'i32' },
        fail_i32: { parameters: pair, result: 'i32', throws: 'errno' },
      });
      told = 'put ' + symbols.put_i32(4)[1];
      symbols.fail_i32(2, -1);
    } catch (error) {
      told += ' ' + (error.message ?? error);
    }
    process._rawDebug(told);
    process.reallyExit(0);`);
  assert.equal(stderr, 'put 4 ENOENT: no such file or directory, fail_i32\n', stdout);
  assert.equal(status, 0);
});
