/** Chance that can be had again: the same seed gives the same run. */

/** A source of choices. */
export interface Random {
  /** At least 0 and below `end`, whole. */
  below(end: number): number;
  /** One of them; the list is not empty. */
  pick<T>(list: readonly [T, ...T[]]): T;
  /** True that often, of 1. */
  chance(part: number): boolean;
}

/** Mulberry32: 32 bits of state are enough to choose tests by, and for nothing else. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (end: number): number => Math.floor(next() * end);
  return {
    below,
    pick: (list) => list[below(list.length)] ?? list[0],
    chance: (part) => next() < part,
  };
}
