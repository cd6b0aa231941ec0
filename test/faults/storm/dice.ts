/** Chance that can be repeated: the same seed gives the same throws. */
export interface Dice {
  /** From 0 to 1, 1 excluded. */
  fraction(): number;
  chance(probability: number): boolean;
  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number;
  pick<T>(choices: readonly [T, ...T[]]): T;
  /** Dice of its own for a part of the plan, so that parts do not depend on each other's order. */
  fork(name: string): Dice;
}

/** FNV-1a: spreads names over the 32 bits of a seed. */
function hashOf(text: string): number {
  let hash = 0x81_1c_9d_c5;
  for (const char of text) {
    hash ^= char.codePointAt(0) ?? 0;
    hash = Math.imul(hash, 0x01_00_01_93);
  }
  return hash >>> 0;
}

/** Mulberry32: small, fast, and good enough to spread faults. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d_2b_79_f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function diceOf(seed: number): Dice {
  const fraction = generator(seed);
  return {
    fraction,
    chance: (probability) => fraction() < probability,
    between: (from, to) => from + Math.floor(fraction() * (to - from + 1)),
    pick: (choices) => choices[Math.floor(fraction() * choices.length)] ?? choices[0],
    fork: (name) => diceOf(hashOf(`${seed}/${name}`)),
  };
}
