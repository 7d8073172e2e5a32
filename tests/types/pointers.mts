// pointers: pointer objects, views of memory, functions at addresses; what a pointer is known to
// point to.

import { UnsafeCallback, UnsafeFnPointer, UnsafePointer, UnsafePointerView } from 'springboard-ffi';
import { dlopen } from 'springboard-ffi';
import type { NativeTypedPointer, PointerObject, PointerValue } from 'springboard-ffi';
import { holds, type Same } from './same.mjs';

declare const isWindow: unique symbol;
type Window = PointerObject<typeof isWindow>;
const windowType = 'pointer' as NativeTypedPointer<Window>;
const { symbols } = dlopen('libexample.so', {
  open: { parameters: [], result: windowType },
  close: { parameters: [windowType], result: 'void' },
  closeAll: { parameters: ['pointer', 'pointer'], result: 'void' },
  address: { type: 'pointer' },
});
const window = symbols.open();
holds<Same<typeof window, Window | null>>();
symbols.close(window);
symbols.closeAll(window, null);

// The ways to make a pointer.
const made = UnsafePointer.create(0x1000n);
holds<Same<typeof made, PointerValue>>();
holds<Same<typeof made, PointerObject | null>>();
const madeWindow: PointerValue<typeof isWindow> = UnsafePointer.create<typeof isWindow>(1);
symbols.close(madeWindow);
const ofBytes: PointerValue = UnsafePointer.of(new Uint8Array(8).subarray(4));
UnsafePointer.of(new SharedArrayBuffer(8));
const callback = new UnsafeCallback({ parameters: ['i32'], result: 'i32' }, (value) => value + 1);
UnsafePointer.of(callback);
const value: bigint = UnsafePointer.value(ofBytes) + UnsafePointer.value(callback);
const same: boolean = UnsafePointer.equals(ofBytes, null) && value === 0n;

// Views read at offsets.
if (made !== null && !same) {
  const next: PointerValue = UnsafePointer.offset(made, 8);
  const view = new UnsafePointerView(made);
  const numbers: number[] = [
    view.getUint8(), view.getInt8(1), view.getUint16(2), view.getInt16(2), view.getUint32(4),
    view.getInt32(4), view.getFloat32(8), view.getFloat64(8),
  ];
  const bigs: bigint[] = [view.getBigUint64(), view.getBigInt64(8)];
  const flag: boolean = view.getBool(numbers.length + bigs.length);
  const window: PointerValue<typeof isWindow> = view.getPointer<typeof isWindow>(8);
  const text: string = view.getCString() + UnsafePointerView.getCString(made, 2) + flag;
  const memory: ArrayBuffer[] =
    [view.getArrayBuffer(8), UnsafePointerView.getArrayBuffer(made, 8, text.length)];
  view.copyInto(new Uint8Array(memory.length), 8);
  UnsafePointerView.copyInto(view.pointer, new SharedArrayBuffer(8));
  symbols.close(window);
  view.pointer = next ?? made;
}

// A function at an address: of an unknown pointer, and of a callback that fits.
if (symbols.address !== null) {
  const function_ = new UnsafeFnPointer(symbols.address, { parameters: ['i32'], result: 'u64' });
  const result = function_.call(1);
  holds<Same<typeof result, bigint>>();
  holds<Same<typeof function_.call, (...args: readonly [number]) => bigint>>();
  function_.pointer = symbols.address as typeof function_.pointer;
}
const called = new UnsafeFnPointer(callback.pointer, { parameters: ['i32'], result: 'i32' });
holds<Same<ReturnType<typeof called.call>, number>>();
const later = new UnsafeFnPointer(
  callback.pointer, { parameters: ['i32'], result: 'i32', nonblocking: true },
);
holds<Same<ReturnType<typeof later.call>, Promise<number>>>();
type Increment = { parameters: readonly ['i32']; result: 'i32' };
const annotated: UnsafeFnPointer<Increment> =
  new UnsafeFnPointer<Increment>(callback.pointer, { parameters: ['i32'], result: 'i32' });
annotated.call(1).toFixed();
