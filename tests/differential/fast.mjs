// fast: which calls of optimised code must enter the fast stub, by what docs/v8_glue.md says.

import { fastTier } from '../js/support.mjs';
import { bigIntegers } from './forms.mjs';
import { v8Version } from './tiers.mjs';

// Whether only the stub runs; if not, the ordinary function does. `value` is one that the form
// accepts.
export function isFast(form, value, state) {
  if (!fastTier) return false;
  // V8 13 cannot resume an optimised caller that a callback invalidated.
  if (state === 'callback' && v8Version < 14 && form.kind !== 'leaf') return false;
  // Stubs convert by a processor's own instruction: what does not fit becomes the least integer,
  // which only an exact conversion tells from itself.
  const { made } = value;
  if (bigIntegers.includes(form.type) && typeof made === 'number') {
    const fits = made < 2 ** 63 && (made > -(2 ** 63) || (form.strict && made === -(2 ** 63)));
    if (!fits) return false;
  }
  if (!value.bytes) return true;
  // The ordinary function reads views of a length that can change, and those of nothing.
  if (value.stale || (value.resizable && !value.fixed && ArrayBuffer.isView(made))) return false;
  // Nor is the length of this one in the object.
  if (value.growable && form.type !== 'buffer') return false;
  // An array that V8 may move is moved off its heap first, but for a struct, which is copied.
  if (value.heap && form.type === 'buffer' && form.kind !== 'leaf') return false;
  return true;
}
