// native: the library of the differential test, and what its functions recorded (tests/native/
// differential.c), read and written as memory: looking is no call, and takes no part in the tiers.

import { UnsafePointerView, nativePath, dlopen } from '../js/support.mjs';

export const library = nativePath('differential');

// Open as long as somebody has an address of theirs.
const open = [dlopen(library, { differential_record: { type: 'pointer' } })];
const memory = UnsafePointerView.getArrayBuffer(open[0].symbols.differential_record, 96);
const words = new BigUint64Array(memory, 0, 4);

// Of a struct of C: see there.
export const record = {
  get calls() { return Number(words[0]); },
  get bits() { return words[1]; },
  // How many bytes see_pointer looks at.
  set length(length) { words[2] = BigInt(length); },
  set result(bits) { words[3] = BigInt.asUintN(64, bits); },
  bytes: new Uint8Array(memory, 32, 64),
  clear() {
    words[0] = 0n;
    words[1] = 0xdeadbeefdeadbeefn;
    words[2] = 0n;
    this.bytes.fill(0xa5);
  },
};

export const addressOf = (name) => {
  open.push(dlopen(library, { [name]: { type: 'pointer' } }));
  return open.at(-1).symbols[name];
};
