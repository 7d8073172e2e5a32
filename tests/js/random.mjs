// random: what fuzzing suites draw from. The seed is theirs to print; SPRINGBOARD_FUZZ_SEED repeats
// a run.

export const seed = Number(process.env.SPRINGBOARD_FUZZ_SEED ?? Date.now() % 2 ** 31);

// A generator of integers from 0 up to, but not, `below`: small, with good enough low bits
// (xorshift32).
export function generator(start) {
  let state = (start >>> 0) || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

let next = generator(seed);
export const random = (below) => next(below);

// Begins the numbers of `from` anew: near ones share no beginning.
export function reseed(from) {
  next = generator(Math.imul(from + 1, 0x9e3779b1));
  for (let i = 0; i < 5; i += 1) next(1);
}

export const pick = (list) => list[random(list.length)];
