/** Looks a finder's things up in data as it is, and as it reads without escapes. */

import type { Finder, Occurrence, OnFound, OpenEnd } from "./finder.ts";
import { type Unescaped, unescapeData } from "./unescaped.ts";

/** Escapes in escapes: JSON in a JSON string, a URI in a URI's query. */
const MAX_DEPTH = 3;

/**
 * Makes a finder look behind escapes too. What it finds there is overwritten with them.
 *
 * @param shortest letters of the shortest thing that it finds
 */
export function unescapingFinder(finder: Finder, shortest: number): Finder {
  // Of an escape that belongs to it, half of its other letters stand on one side.
  const reach = Math.floor((shortest - 1) / 2);
  return new UnescapingFinder(finder, reach, MAX_DEPTH);
}

class UnescapingFinder implements Finder {
  readonly #finder: Finder;
  readonly #reach: number;
  readonly #depth: number;

  constructor(finder: Finder, reach: number, depth: number) {
    this.#finder = finder;
    this.#reach = reach;
    this.#depth = depth;
  }

  search(data: Uint8Array, onFound: OnFound, isLast = false): OpenEnd {
    const open = this.#finder.search(data, onFound, isLast);
    const unescaped = this.#unescape(data);
    if (unescaped === undefined) return open;
    const inner = this.#inner().search(
      unescaped.data,
      (occurrence) => onFound(inOriginal(occurrence, unescaped)),
      isLast,
    );
    return {
      // Where nothing has begun, this is where an escape is cut: what it stands for may begin something.
      start: Math.min(open.start, unescaped.toOriginal(inner.start)),
      held: Math.min(open.held, placeOf(inner.held, unescaped, data)),
    };
  }

  continues(data: Uint8Array, limit: number): boolean {
    if (this.#finder.continues(data, limit)) return true;
    const unescaped = this.#unescape(data);
    if (unescaped === undefined) return false;
    let innerLimit = 0;
    while (innerLimit < unescaped.data.length && unescaped.toOriginal(innerLimit) < limit) {
      innerLimit++;
    }
    return this.#inner().continues(unescaped.data, innerLimit);
  }

  #unescape(data: Uint8Array): Unescaped | undefined {
    return this.#depth === 0 ? undefined : unescapeData(data, this.#reach);
  }

  #inner(): Finder {
    return new UnescapingFinder(this.#finder, this.#reach, this.#depth - 1);
  }
}

function inOriginal({ ranges, source }: Occurrence, unescaped: Unescaped): Occurrence {
  return { ranges: ranges.map((place) => unescaped.toOriginal(place)), source };
}

/** Nothing, in the one as in the other. */
function placeOf(place: number, unescaped: Unescaped, original: Uint8Array): number {
  return place === unescaped.data.length ? original.length : unescaped.toOriginal(place);
}
