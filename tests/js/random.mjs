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

export const random = generator(seed);

export const pick = (list) => list[random(list.length)];
