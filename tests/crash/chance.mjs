// Chance that can be played again: every run prints its seed, MASHANG_CRASH_SEED gives one.

export const seed = Number(process.env.MASHANG_CRASH_SEED ?? Math.floor(Math.random() * 2 ** 32)) >>> 0;

/** A source of numbers in [0, 1), the same for the same seed and name (splitmix32). */
export function chance(name) {
  let state = seed;
  for (const ch of name) state = (Math.imul(state, 31) + ch.codePointAt(0)) >>> 0;
  const next = () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return ((z ^ (z >>> 16)) >>> 0) / 2 ** 32;
  };
  return { next, whole: (from, to) => from + Math.floor(next() * (to - from + 1)) };
}

console.log(`seed: MASHANG_CRASH_SEED=${seed}`);
