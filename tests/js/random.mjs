// random: what fuzzing suites draw from. The seed is theirs to print; SPRINGBOARD_FUZZ_SEED repeats
// a run.

export const seed = Number(process.env.SPRINGBOARD_FUZZ_SEED ?? Date.now() % 2 ** 31);

let state = (seed >>> 0) || 1;

// Begins the numbers of `from` anew: near ones share no beginning.
export function reseed(from) {
  state = Math.imul(from + 1, 0x9e3779b1) >>> 0 || 1;
  for (let i = 0; i < 5; i += 1) random(1);
}

// An integer from 0 up to, but not, `below`: a small generator with good enough low bits
// (xorshift32).
export function random(below) {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % below;
}

export const pick = (list) => list[random(list.length)];
