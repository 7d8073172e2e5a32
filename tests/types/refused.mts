// refused: what must not compile. The number after @ts-expect-error is the error that is meant.

import { dlopen, UnsafeCallback, UnsafeFnPointer, UnsafePointer } from 'springboard-ffi';
import { errors, UnsafePointerView } from 'springboard-ffi';
import type * as ffi from 'springboard-ffi';

const Point = { struct: ['f64', 'f64'] } as const;
const { symbols } = dlopen('libexample.so', {
  add: { parameters: ['i32', 'i32'], result: 'i32' },
  big: { parameters: ['u64'], result: 'u64' },
  flag: { parameters: ['bool'], result: 'void' },
  single: { parameters: ['f32'], result: 'void' },
  pointer: { parameters: ['pointer'], result: 'pointer' },
  buffer: { parameters: ['buffer'], result: 'void' },
  middle: { parameters: [Point, Point], result: Point },
  later: { parameters: [], result: 'i32', nonblocking: true },
  maybe: { parameters: [], result: 'i32', optional: true },
  maybeCount: { type: 'i32', optional: true },
});

// Arguments.
// @ts-expect-error 2554
symbols.add(1);
// @ts-expect-error 2554
symbols.add(1, 2, 3);
// @ts-expect-error 2345
symbols.add('1', 2);
// @ts-expect-error 2345
symbols.add(1n, 2);
// @ts-expect-error 2345
symbols.big('1');
// @ts-expect-error 2345
symbols.flag(1);
// @ts-expect-error 2345
symbols.single(1n);
// @ts-expect-error 2345
symbols.pointer(1n);
// @ts-expect-error 2345
symbols.pointer(new Uint8Array(8));
// @ts-expect-error 2345
symbols.pointer(undefined);
// @ts-expect-error 2345
symbols.buffer(UnsafePointer.create(1n));
// @ts-expect-error 2345
symbols.buffer('text');
// @ts-expect-error 2345
symbols.middle(new Uint8Array(16), null);
// @ts-expect-error 2345
symbols.middle(new Uint8Array(16), new Uint8Array(16), [0, 0]);

// Results.
// @ts-expect-error 2322
const wrong: string = symbols.add(1, 2);
// @ts-expect-error 2322
const narrow: number = symbols.big(1n);
// @ts-expect-error 2322
const early: number = symbols.later();
// @ts-expect-error 2721
symbols.maybe();
// @ts-expect-error 18047
symbols.maybeCount.toFixed();
// @ts-expect-error 2339
symbols.missing();
// @ts-expect-error 2345
new UnsafePointerView(symbols.pointer(null));
void [wrong, narrow, early];

// Definitions.
// @ts-expect-error 2322
dlopen('a', { f: { parameters: ['num'], result: 'i32' } });
// @ts-expect-error 2322
dlopen('a', { f: { parameters: ['void'], result: 'i32' } });
// @ts-expect-error 2820
dlopen('a', { f: { parameters: [], result: 'string' } });
// @ts-expect-error 2322
dlopen('a', { f: { parameters: ['i32'] } });
// @ts-expect-error 2322
dlopen('a', { f: { type: 'void' } });
// @ts-expect-error 2322
dlopen('a', { f: { parameters: [], result: 'i32', nonblocking: 'yes' } });
// @ts-expect-error 2322
dlopen('a', { f: null });
// @ts-expect-error 2345
dlopen(1, {});
// @ts-expect-error 2322
dlopen('a', {}, { strict: 1 });
// @ts-expect-error 2322
dlopen('a', {}, { memory: true });
// @ts-expect-error 2322
dlopen('a', { f: { parameters: ['buffer'], result: 'void', memory: 'lax' } });
// @ts-expect-error 2322
dlopen('a', { f: { parameters: [], result: 'i32', cxx: 'yes' } });
// @ts-expect-error 2353
dlopen('a', {}, { loose: true });
// @ts-expect-error 2554
dlopen('a');

// Pointers know what they point to.
declare const isWindow: unique symbol;
declare const isMenu: unique symbol;
declare const window: ffi.PointerObject<typeof isWindow>;
declare const unknownPointer: ffi.PointerObject;
declare const menu: ffi.PointerObject<typeof isMenu>;
const windowType = 'pointer' as ffi.NativeTypedPointer<typeof window>;
const typed = dlopen('a', { close: { parameters: [windowType], result: 'void' } }).symbols;
// @ts-expect-error 2345
typed.close(menu);
// @ts-expect-error 2345
typed.close(unknownPointer);
// @ts-expect-error 2322
const menuOfWindow: typeof menu = window;
// @ts-expect-error 2322
const pointerOfNumber: ffi.PointerObject = 1n;
// @ts-expect-error 2322
const pointerOfObject: ffi.PointerValue = {};
void [menuOfWindow, pointerOfNumber, pointerOfObject];
// @ts-expect-error 2673
new UnsafePointer();
// @ts-expect-error 2345
UnsafePointer.of('text');
// @ts-expect-error 2345
UnsafePointer.create('1');
// @ts-expect-error 2345
UnsafePointer.offset(null, 1);

// Enums.
const color = 'u8' as ffi.NativeU8Enum<0 | 1>;
const colors = dlopen('a', { paint: { parameters: [color], result: 'void' } }).symbols;
// @ts-expect-error 2345
colors.paint(2);
// @ts-expect-error 2345
colors.paint(0 as number);

// Callbacks.
const increment = new UnsafeCallback({ parameters: ['i32'], result: 'i32' }, (value) => value + 1);
const halve = new UnsafeCallback({ parameters: ['f64'], result: 'f64' }, (value) => value / 2);
const incrementType = 'function' as ffi.NativeTypedFunction<typeof increment.definition>;
const taking = dlopen('a', { set: { parameters: [incrementType], result: 'void' } }).symbols;
// @ts-expect-error 2345
taking.set(halve.pointer);
// @ts-expect-error 2345
taking.set(increment);
// @ts-expect-error 2345
new UnsafeFnPointer(halve.pointer, { parameters: ['i32'], result: 'i32' });
// @ts-expect-error 2345
new UnsafeFnPointer(null, { parameters: [], result: 'void' });
// @ts-expect-error 2345
new UnsafeFnPointer(increment.pointer, { parameters: ['i32'], result: 'i32' }).call('1');
// @ts-expect-error 2322
new UnsafeCallback({ parameters: ['i32'], result: 'i32' }, (value) => String(value));
// @ts-expect-error 2345
new UnsafeCallback({ parameters: ['i32'], result: 'void' }, (value: string) => void value);
// @ts-expect-error 2345
new UnsafeCallback({ parameters: ['i32'], result: 'void' }, (a, b) => void [a, b]);
// @ts-expect-error 2322
new UnsafeCallback({ parameters: [], result: Point }, () => null);
// @ts-expect-error 2540
increment.pointer = halve.pointer;
// @ts-expect-error 2339
errors.NotFound;

// @ts-expect-error 2322
dlopen('sqlite3', {}, { flags: ['local'] });
// @ts-expect-error 2322
dlopen('sqlite3', {}, { abi: 'stdcall' });
