// values: what every parameter is given: each value has a name, `make()`, and for literals `text`,
// the source that a call site can contain. Values that a call changes (arrays that are moved off
// V8's heap, say) are made anew for each.

import { createSecureContext } from 'node:tls';
import { runInNewContext } from 'node:vm';

import { UnsafeFnPointer, UnsafePointer, UnsafePointerView } from '../js/support.mjs';
import { byteValues } from './bytes.mjs';

const literal = (text) => ({ name: text, text, make: new Function(`return (${text});`) });
const object = (name, make) => ({ name, make });

const integers = [7, 8, 15, 16, 31, 32, 53, 63, 64].flatMap((bits) => {
  // Beyond 2**53 the neighbours are further away.
  const step = bits > 53 ? 2 ** (bits - 53) : 1;
  return [`2 ** ${bits} - ${step}`, `2 ** ${bits}`, `2 ** ${bits} + ${step * (bits > 52 ? 2 : 1)}`,
    `-(2 ** ${bits}) + ${step}`, `-(2 ** ${bits})`, `-(2 ** ${bits}) - ${step * 2}`];
});

export const numbers = [
  '0', '-0', '1', '-1', '2 ** 30 - 1', '2 ** 30', '-(2 ** 30) - 1', '-(2 ** 31) - 1', ...integers,
  '0.5', '-0.5', '1.5', '-1.5', '254.999', '2147483647.5', '-2147483648.5', '4294967295.5',
  '9007199254740990.5', '0.1', '16777217', '3.4028235677973366e38', '-3.5e38', '1e-46', '1e-40',
  '5e-324', '1.7976931348623157e308', '-1e300', '1e21', 'NaN', 'Infinity', '-Infinity',
].map(literal);

export const bigInts = [
  '0n', '1n', '-1n', '255n', '2n ** 31n', '2n ** 32n', '2n ** 53n - 1n', '2n ** 53n',
  '2n ** 63n - 1n', '2n ** 63n', '-(2n ** 63n)', '-(2n ** 63n) - 1n', '2n ** 64n - 1n', '2n ** 64n',
  '2n ** 64n + 5n', '-(2n ** 64n)', '-(2n ** 64n) - 5n', '2n ** 128n', '2n ** 200n + 7n',
  '-(2n ** 200n) - 7n', '2n ** 6400n + 3n',
].map(literal);

const oddballs = ['true', 'false', 'null', 'undefined'].map(literal);

const others = [
  ...["''", "'1'", "'abc'", "'1n'", '"\\u{1f600}"', '[]', '[1]', '[1.5, , 2]', '{}', '/x/',
    '() => 1', 'function () {}', 'class {}', 'function* () {}', 'Symbol.iterator', 'Symbol("s")',
    '{ valueOf() { return 1; } }', '{ toString() { return "1"; } }',
    '{ [Symbol.toPrimitive]() { return 1; } }', '{ valueOf() { throw new Error("valueOf"); } }',
    '{ byteLength: 64, byteOffset: 0, buffer: new ArrayBuffer(64) }', '{ __proto__: null }',
    'Object(1)', 'Object(1n)', 'Object(true)', "Object('1')", 'new Date(1)', 'new Map()',
    'new Error("e")', 'Promise.resolve(1)', 'globalThis',
    '{ __proto__: Uint8Array.prototype }', '{ __proto__: ArrayBuffer.prototype }'].map(literal),
  object('proxy of an object', () => new Proxy({}, {})),
  object('proxy of a function', () => new Proxy(() => 1, {})),
  object('proxy of a typed array', () => new Proxy(new Uint8Array(64), {})),
  object('revoked proxy', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  }),
  object('undetectable', () => %GetUndetectable()),
  object('object of another realm', () => runInNewContext('({})')),
  object('UnsafeFnPointer', () => new UnsafeFnPointer(UnsafePointer.create(16n),
    { parameters: [], result: 'void' })),
  object('UnsafePointerView', () => new UnsafePointerView(UnsafePointer.create(16n))),
];

const foreign = createSecureContext().context._external;
// An object that inherits from one cannot be made: V8 itself crashes in Object.create.
const pointers = [
  ...['1n', '4096n', '2n ** 47n', '2n ** 63n', '2n ** 64n - 1n'].map((address) => object(
    `pointer ${address}`, () => UnsafePointer.create(new Function(`return ${address};`)()))),
  object("another addon's pointer", () => foreign),
];

export const missing = { name: 'missing argument', text: '', make: () => undefined };

export const values = [
  ...numbers, ...bigInts, ...oddballs, missing, ...others, ...pointers, ...byteValues,
];
