// call_shapes: the ways in which a program can write a call, as bodies of call sites: of `f`, the
// argument `x`, and `holder`, an object with f as its method. And expressions of `x`, whose type
// TurboFan knows without looking at the value.

// { name, body, head, argument(x): what f is given if not x, more: whether it is given more than
// that, throws: what it must throw instead }
const shape = (name, body, more = {}) => ({ name, body, head: 'function', ...more });
const notConstructor = { throws: /is not a constructor/ };
const template = (x) => Object.assign(['a', 'b'], { raw: ['a', 'b'], x });
// A set keeps 0 for -0.
const withoutSign = (x) => (Object.is(x, -0) ? 0 : x);

export const callShapes = [
  shape('extra arguments', 'return f(x, 1, "more", {});', { more: true }),
  shape('spread', 'return f(...[x]);'),
  shape('spread with extra arguments', 'return f(x, ...[2, 3]);', { more: true }),
  shape('spread of a set', 'return f(...new Set([x]));', { argument: withoutSign }),
  shape('call', 'return f.call(null, x);'),
  shape('call with extra arguments', 'return f.call(holder, x, 2);', { more: true }),
  shape('apply', 'return f.apply(undefined, [x]);'),
  shape('apply of arguments', 'return (function () { return f.apply(this, arguments); })(x);'),
  shape('apply of an object', 'return f.apply(null, { length: 1, 0: x });'),
  shape('Reflect.apply', 'return Reflect.apply(f, undefined, [x]);'),
  shape('bind', 'return f.bind(null)(x);'),
  shape('bound argument', 'return f.bind(null, x)();'),
  shape('method', 'return holder.f(x);'),
  shape('computed method', "return holder[['f'][0]](x);"),
  shape('optional', 'return holder?.f?.(x);'),
  shape('inherited method', 'return Object.create(holder).f(x);'),
  shape('new', 'return new f(x);', notConstructor),
  shape('new with spread', 'return new f(...[x]);', notConstructor),
  shape('Reflect.construct', 'return Reflect.construct(f, [x]);', notConstructor),
  shape('superclass', 'return class extends f {};', { throws: /not a constructor/ }),
  shape('tagged template', 'return f`a${x}b`;', { argument: template, more: true }),
  shape('catch and throw', 'try { return f(x); } catch (error) { throw error; }'),
  shape('catch and return', 'try { return f(x); } catch (error) { return error; }'),
  shape('catch without a binding', 'try { return f(x); } catch { return f(x); }'),
  shape('finally', 'try { return f(x); } finally { holder.count += 1; }'),
  shape('finally after a loop',
    'for (let i = 0; ; i += 1) try { if (i > 3) return f(x); } finally { holder.count += i; }'),
  shape('arrow', 'return ((a) => f(a))(x);'),
  shape('default value', 'return ((a = x) => f(a))();'),
  shape('destructured', 'const { a: [b] } = { a: [x] }; return f(b);'),
  shape('element', 'const list = [x, 1]; return f(list[0]);'),
  shape('field of what escapes nowhere', 'const box = { a: x, b: 1 }; return f(box.a);'),
  shape('map', 'return [x].map(f)[0];', { more: true }),
  shape('map by an arrow', 'return [x].map((a) => f(a))[0];'),
  shape('Array.from', 'return Array.from([x], f)[0];', { more: true }),
  shape('getter', 'return { get a() { return f(x); } }.a;'),
  shape('static field', 'return class { static a = f(x); }.a;'),
  shape('through a proxy', 'return new Proxy(f, {})(x);'),
  shape('eval', "return eval('f(x)');"),
  shape('switch', 'switch (typeof x) { case "number": return f(x); default: return f(x); }'),
  shape('arguments', 'return f(arguments[0]);'),
  shape('rest', 'return ((...all) => f(...all))(x);'),
  shape('generator', 'return f(x);', { head: 'function*' }),
  shape('yield', 'yield f(x);', { head: 'function*' }),
  shape('yield in a loop', 'for (const a of [x]) yield f(a);', { head: 'function*' }),
  shape('async', 'return f(x);', { head: 'async function' }),
  shape('await', 'return await f(x);', { head: 'async function' }),
  shape('after await', 'await null; return f(x);', { head: 'async function' }),
  shape('async generator', 'yield f(x);', { head: 'async function*' }),
];

export const expressions = [
  'x > 1', '!x', '!!x', 'x === 1', 'x == null', 'Number.isInteger(x)', 'x > 1 ? 1 : null',
  'x > 1 ? 1.5 : undefined', 'x > 1 ? true : 2', 'x > 1 ? 2 ** 40 : true', 'x > 1 ? null : x',
  'x > 1 ? 1n : 1', 'x > 1 ? 1n : null', 'x > 1 && x', 'x || null', 'x ?? 1', 'void x', 'this',
  'new.target', 'typeof x', 'String(x)', '`${x}`', '"abc"[x]', '() => x', '[x]', '({ a: x }).a',
  '({ a: x })', '({ valueOf() { return x; } })', 'x | 0', '(x - 2) | 0', 'x >>> 0', '(x - 2) >>> 0',
  'x << 30', 'x + 0.5', 'x - 2.5', 'x * 2 ** 31', 'x * -(2 ** 31) - 1', 'x * 2 ** 53', 'x ** 64',
  '-x', 'x * -0', 'x / 0', 'x % 2', '(x - 3) % 2', 'Math.fround(x / 3)', 'Math.floor(x - 0.5)',
  'Math.sqrt(x - 2)', 'Math.imul(x, 2 ** 30)', 'Math.clz32(x)', 'Number(x)', '+x', '+"7"',
  'holey[x]', 'holeyNumbers[x]', 'holeyDoubles[x]', 'smis[x]', 'doubles[x]', 'mixed[x]',
  'floats[x]', 'small[x]', 'bytes[x]', 'bigs[x]', 'naturals[x]', 'arguments.length', 'arguments[5]',
  'BigInt(x)', 'BigInt(x) - 2n', 'BigInt(x) + 2n ** 63n', 'BigInt.asIntN(64, BigInt(x) - 5n)',
  'BigInt.asUintN(64, BigInt(x) - 2n)', 'BigInt.asUintN(8, BigInt(x) - 2n)', 'BigInt(x) << 63n',
  '-BigInt(x) * 2n ** 64n', 'x > 1 ? bytes : null', 'x > 1 ? bytes : undefined',
  'x > 1 ? bytes : x', 'x > 1 ? pointer : null', 'x > 1 ? pointer : undefined',
  'x > 1 ? pointer : 0n', 'x > 1 ? bytes.buffer : bytes', 'new Uint8Array(32)',
  'new Uint8Array(x * 8)', 'new Float64Array(4)', 'new BigInt64Array(x + 1)', 'bytes.subarray(x)',
  'bytes.subarray(x * 32)', 'new Uint8Array(bytes.buffer, x, 24)', 'new DataView(bytes.buffer, x)',
  'new ArrayBuffer(x * 8)', 'new SharedArrayBuffer(24)', 'bytes.slice(0, 24)',
];

// What the expressions find by name.
export const expressionScope = (pointer) => ({
  pointer,
  holey: [1, , 3, 4],
  holeyNumbers: [1.5, , 2 ** 40, -1],
  holeyDoubles: [, 0.5, NaN, , ],
  smis: [1, -2, 255, 2 ** 30],
  doubles: [0.5, -0, NaN, 2 ** 53],
  mixed: [1, null, true, undefined],
  floats: new Float64Array([NaN, -0, 2 ** 32, -Infinity]),
  small: new Float32Array([1.5, -0, NaN, 2 ** 31]),
  bytes: new Uint8Array(64).map((_, i) => i + 1),
  bigs: new BigInt64Array([-1n, 2n ** 62n, -(2n ** 63n), 0n]),
  naturals: new BigUint64Array([2n ** 64n - 1n, 2n ** 63n, 5n, 0n]),
});
