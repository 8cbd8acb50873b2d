/** Four letters that stand together in a pattern, and where: what a look at the data is compared with. */

import { MAX_GAP } from "./letter_walk.ts";
import { BREAK, LETTERS } from "./letters.ts";
import type { Pattern } from "./pattern.ts";

/** Letters of a sample. */
export const SAMPLE = 4;
/** Codes of {@linkcode LETTERS}: 36 letters, and 0. */
export const RADIX = 37;
/** Knuth's multiplier: 2^32 divided by the golden ratio. */
const SCATTER = 0x9e3779b1;
/** Bits of the table for each sample: one look in 32 is in vain where the data is random. */
const BITS_EACH = 32;

/** Where in a pattern a sample stands. */
export interface Place {
  readonly pattern: Pattern;
  /** Letters before it. */
  readonly offset: number;
}

/** More than four letters add up to: a separator is among the bytes. */
const SPLIT = 2 ** 24;
/** More than four separators add up to: a byte of no spelling is. */
const BROKEN = 2 ** 28;
/**
 * For each of four places what a byte there adds to a sample: four tables in one. No branch, no multiplication, and one
 * comparison tells what the four are.
 */
const SHARES: Int32Array = Int32Array.from({ length: SAMPLE * 256 }, (_, index) => {
  const letter = LETTERS[index & 0xff] ?? 0;
  if (letter === BREAK) return BROKEN;
  return letter === 0 ? SPLIT : letter * RADIX ** (SAMPLE - 1 - (index >> 8));
});

/** The samples of some patterns. */
export class SampleTable {
  readonly #places = new Map<number, Place[]>();
  /** One bit for several samples, small enough for the processor's cache. */
  readonly #bits: Uint8Array;
  readonly #shift: number;

  constructor(patterns: readonly Pattern[]) {
    for (const pattern of patterns) {
      for (let offset = 0; offset + SAMPLE <= pattern.letters.length; offset++) {
        const sample = pattern.letters.subarray(offset, offset + SAMPLE)
          .reduce((value, letter) => value * RADIX + letter, 0);
        const places = this.#places.get(sample);
        if (places === undefined) this.#places.set(sample, [{ pattern, offset }]);
        else places.push({ pattern, offset });
      }
    }
    const size = Math.min(Math.max(Math.ceil(Math.log2(this.#places.size * BITS_EACH)), 13), 21);
    this.#shift = 32 - size;
    this.#bits = new Uint8Array(2 ** (size - 3));
    for (const sample of this.#places.keys()) {
      const bit = Math.imul(sample, SCATTER) >>> this.#shift;
      this.#bits[bit >>> 3] = (this.#bits[bit >>> 3] ?? 0) | 1 << (bit & 7);
    }
  }

  /**
   * The first place, from one on and in steps, where a pattern's sample may stand: seldom wrongly. The data's length: there
   * is none.
   */
  next(data: Uint8Array, from: number, step: number): number {
    const end = data.length - SAMPLE;
    for (let at = from; at <= end; at += step) {
      const sum = (SHARES[data[at] ?? 0] ?? 0) + (SHARES[0x100 | (data[at + 1] ?? 0)] ?? 0) +
        (SHARES[0x200 | (data[at + 2] ?? 0)] ?? 0) + (SHARES[0x300 | (data[at + 3] ?? 0)] ?? 0);
      if (sum >= BROKEN) continue;
      if (this.#has(sum < SPLIT ? sum : readSample(data, at))) return at;
    }
    return data.length;
  }

  /** Where the letters at or after a place stand in patterns. */
  placesAt(data: Uint8Array, at: number): readonly Place[] {
    return this.#places.get(readSample(data, at)) ?? [];
  }

  #has(sample: number): boolean {
    const bit = Math.imul(sample, SCATTER) >>> this.#shift;
    return ((this.#bits[bit >>> 3] ?? 0) >>> (bit & 7) & 1) !== 0;
  }
}

/** The four letters at or after a place, as one number; 0: they don't belong together, or the data ends before. */
function readSample(data: Uint8Array, start: number): number {
  let sample = 0;
  let letters = 0;
  let gap = 0;
  for (let at = start; at < data.length; at++) {
    const letter = LETTERS[data[at] ?? 0] ?? 0;
    if (letter === 0) {
      if (++gap > MAX_GAP) return 0;
      continue;
    }
    if (letter === BREAK) return 0;
    gap = 0;
    sample = sample * RADIX + letter;
    if (++letters === SAMPLE) return sample;
  }
  return 0;
}
