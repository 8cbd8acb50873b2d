/** Finds a text in bytes, as it is. */

/**
 * Looks at two bytes every so many, such that each place where the text may stand has one look: only where those two follow each
 * other in the text is it compared. What the looks find does not depend on one another, as it does where a search skips by
 * what it saw last, so that the processor has many under way.
 *
 * @example
 * ```ts
 * import { ByteSearch } from "./byte_search.ts";
 * const search = new ByteSearch("bot");
 * if (search.indexIn(new TextEncoder().encode("a bot"), 0) !== 2) throw new Error("not found");
 * ```
 */
export class ByteSearch {
  readonly #text: Uint8Array;
  /** For each byte the places of the text where it stands, one bit each. */
  readonly #places = new Int32Array(256);

  /** @param text of 2 to 32 characters, one a byte */
  constructor(text: string) {
    this.#text = Uint8Array.from(text, (character) => character.charCodeAt(0));
    for (const [at, byte] of this.#text.entries()) {
      this.#places[byte] = (this.#places[byte] ?? 0) | 1 << at;
    }
  }

  /** Where it begins first, at or after a place; -1: nowhere. */
  indexIn(data: Uint8Array, from: number): number {
    const places = this.#places;
    const step = this.#text.length - 1;
    for (let at = from + step; at < data.length; at += step) {
      const both = (places[data[at - 1] ?? 0] ?? 0) << 1 & (places[data[at] ?? 0] ?? 0);
      if (both === 0) continue;
      for (let place = step; place > 0; place--) {
        if ((both >>> place & 1) !== 0 && this.#isAt(data, at - place, step + 1)) return at - place;
      }
    }
    return -1;
  }

  /** How many of its first bytes the data ends with, but not all of them: each such number, the least first. */
  *begunIn(data: Uint8Array): Generator<number> {
    for (let count = 1; count < this.#text.length; count++) {
      if (count <= data.length && this.#isAt(data, data.length - count, count)) yield count;
    }
  }

  #isAt(data: Uint8Array, place: number, count: number): boolean {
    for (let at = 0; at < count; at++) {
      if (data[place + at] !== this.#text[at]) return false;
    }
    return true;
  }
}
