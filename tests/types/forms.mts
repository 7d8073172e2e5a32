// forms: types that convert in JavaScript around a call.

import { dlopen, UnsafeCallback } from 'springboard-ffi';
import { holds, type Same } from './same.mjs';

const Color = { enum: { RED: 0, GREEN: 1 }, type: 'u8' } as const;

const { symbols } = dlopen('libexample.so', {
  mix: { parameters: [Color, Color], result: Color },
  later: { parameters: [Color], result: 'void', nonblocking: true },
});

const mixed = symbols.mix('RED', 1);
holds<Same<typeof mixed, 0 | 1>>();
holds<Same<Parameters<typeof symbols.mix>[0], 'RED' | 'GREEN' | 0 | 1>>();
holds<Same<ReturnType<typeof symbols.later>, Promise<void>>>();
// @ts-expect-error: no name of the enum
symbols.mix('BLUE', 0);
// @ts-expect-error: no value of the enum
symbols.mix(2, 0);
new UnsafeCallback({ parameters: [Color], result: Color }, (color) => (color === 0 ? 'GREEN' : 0));
