/** Finds spellings of secrets, and passes quickly over what holds none. */

import { findBeginning, matchFrom, overwrittenRanges } from "./compare.ts";
import { LetterWalk, MAX_GAP } from "./letter_walk.ts";
import { BREAK, LETTERS } from "./letters.ts";
import type { Pattern } from "./pattern.ts";
import { RADIX, SAMPLE, SampleTable } from "./sample_table.ts";
import { type Finder, type OnFound, type OpenEnd, Opening } from "./finder.ts";

const MAX_STRIDE = 64;
const NONE: readonly Pattern[] = [];

/**
 * Looks at four letters every so many bytes. The distance is such that no occurrence of the shortest pattern fits
 * between two looks: nothing is missed by passing over. Only where four letters stand together in a pattern is
 * the data compared around them.
 */
export class PatternFinder implements Finder {
  /** Letters of the shortest pattern. */
  readonly shortest: number;
  /** Bytes from one look to the next. */
  readonly stride: number;
  readonly #samples: SampleTable;
  readonly #byFirst: readonly (readonly Pattern[])[];
  readonly #byPair: readonly (readonly Pattern[])[];
  /** Of an occurrence that no look has met, all that is there lies so near the end. */
  readonly #endZone: number;

  /** @param patterns each of at least {@linkcode SAMPLE} letters; at least one */
  constructor(patterns: readonly Pattern[]) {
    this.shortest = Math.min(...patterns.map(({ letters }) => letters.length));
    this.stride = Math.min(this.shortest - SAMPLE + 1, MAX_STRIDE);
    this.#endZone = this.stride + SAMPLE * (MAX_GAP + 1);
    this.#samples = new SampleTable(patterns);
    this.#byFirst = index(patterns, ({ letters }) => letters[0] ?? 0);
    this.#byPair = index(patterns, ({ letters }) => (letters[0] ?? 0) * RADIX + (letters[1] ?? 0));
  }

  search(data: Uint8Array, onFound: OnFound, isLast = false): OpenEnd {
    const open = new Opening(data.length);
    const walk = new LetterWalk(data);
    const samples = this.#samples;
    const { stride } = this;
    let look = samples.next(data, 0, stride);
    while (look < data.length) {
      this.#compareAround(data, walk, look, open, onFound);
      look = samples.next(data, look + stride, stride);
    }
    if (isLast) return open;
    // What has begun too near the end for a look to meet it.
    for (let at = Math.max(0, data.length - this.#endZone); at < data.length; at++) {
      for (const pattern of this.#beginning(data, at)) {
        const letters = matchFrom(walk, at, pattern);
        if (letters < pattern.letters.length && walk.isCut) open.add(at, letters);
      }
    }
    return open;
  }

  continues(data: Uint8Array, limit: number): boolean {
    const walk = new LetterWalk(data);
    for (let at = 0; at < limit; at++) {
      for (const pattern of this.#beginning(data, at)) {
        if (matchFrom(walk, at, pattern) === pattern.letters.length || walk.isCut) return true;
      }
    }
    return false;
  }

  #compareAround(
    data: Uint8Array,
    walk: LetterWalk,
    at: number,
    open: Opening,
    onFound: OnFound,
  ): void {
    const places = this.#samples.placesAt(data, at);
    if (places.length === 0 || !walk.forward(at)) return;
    const place = walk.at;
    for (const { pattern, offset } of places) {
      const start = findBeginning(walk, place, pattern, offset);
      if (start === undefined) continue;
      const letters = matchFrom(walk, start, pattern);
      if (letters === pattern.letters.length) {
        const ranges = overwrittenRanges(data, walk, start, pattern);
        onFound({ ranges, source: pattern.source });
      } else if (walk.isCut) {
        open.add(start, letters);
      }
    }
  }

  /** The patterns that may begin at a place: most are told from it by two bytes. */
  #beginning(data: Uint8Array, at: number): readonly Pattern[] {
    const letter = LETTERS[data[at] ?? 0] ?? 0;
    if (letter === 0 || letter === BREAK) return NONE;
    const next = LETTERS[data[at + 1] ?? 0] ?? 0;
    const isPair = next !== 0 && next !== BREAK;
    return (isPair ? this.#byPair[letter * RADIX + next] : this.#byFirst[letter]) ?? NONE;
  }
}

function index(
  patterns: readonly Pattern[],
  keyOf: (pattern: Pattern) => number,
): readonly (readonly Pattern[])[] {
  const lists: (readonly Pattern[])[] = Array.from({ length: RADIX * RADIX }, () => NONE);
  for (const pattern of patterns) {
    const key = keyOf(pattern);
    lists[key] = [...lists[key] ?? NONE, pattern];
  }
  return lists;
}
