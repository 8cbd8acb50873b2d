/** Looks for secrets of which only prints are known. */

import { hashWindow, LETTER_CODES, slideWindow, WINDOW_BITS } from "./letter_window.ts";
import { digestLetters } from "./make_secret_prints.ts";
import type { SecretPrint, SecretPrints } from "./secret_print.ts";

/** One of the bottle's credentials, found. */
export interface KnownSecret {
  /** As its print names it. */
  readonly name: string;
  /** Where it begins, from 1. */
  readonly line: number;
}

/** Of one text so many are looked at, and no more told: each costs a count of the lines before it. */
const MAX_FOUND = 100;
/** Hashes that are looked up at once: their first 16 bits, as a table that stays in the processor's cache. */
const COARSE_BITS = 16;
const LINE_FEED = 0x0a;

/** One pass over the bytes, whatever the number of prints. Has no state of a text: one serves all. */
export class PrintScanner {
  readonly #salt: Uint8Array;
  readonly #coarse = new Uint8Array(1 << COARSE_BITS);
  readonly #byWindow = new Map<number, readonly SecretPrint[]>();

  /** Takes prints as they were made. */
  constructor({ salt, prints }: SecretPrints) {
    this.#salt = Uint8Array.fromBase64(salt);
    for (const print of prints) {
      this.#coarse[print.window >>> (WINDOW_BITS - COARSE_BITS)] = 1;
      this.#byWindow.set(print.window, [...this.#byWindow.get(print.window) ?? [], print]);
    }
  }

  /** Whether there is any. */
  holds(text: string): boolean {
    return this.scan(new TextEncoder().encode(text)).length > 0;
  }

  /** The first 100 occurrences in any spelling, in the order of their ends. Each name once a line. */
  scan(data: Uint8Array): readonly KnownSecret[] {
    if (this.#byWindow.size === 0) return [];
    const found: KnownSecret[] = [];
    const coarse = this.#coarse;
    let window = 0;
    let left = MAX_FOUND;
    for (let at = 0; at < data.length; at++) {
      const code = LETTER_CODES[data[at] ?? 0] ?? 0;
      if (code === 0) continue;
      window = slideWindow(window, code);
      const hash = hashWindow(window);
      if (coarse[hash >>> (WINDOW_BITS - COARSE_BITS)] === 0) continue;
      left -= this.#compare(data, at, hash, found);
      if (left <= 0) return found;
    }
    return found;
  }

  /** @returns how many secrets end here, told before or not */
  #compare(data: Uint8Array, last: number, hash: number, found: KnownSecret[]): number {
    let count = 0;
    for (const print of this.#byWindow.get(hash) ?? []) {
      const { letters, start } = lettersBefore(data, last, print.length);
      if (letters.length < print.length) continue;
      if (digestLetters(letters, this.#salt) !== print.digest) continue;
      count++;
      const line = lineOf(data, start);
      const isTold = found.some((one) => one.name === print.name && one.line === line);
      if (!isTold) found.push({ name: print.name, line });
    }
    return count;
  }
}

/** So many letters up to a place, and where they begin. */
function lettersBefore(
  data: Uint8Array,
  last: number,
  count: number,
): { readonly letters: string; readonly start: number } {
  const letters = new Uint8Array(count);
  let left = count;
  let start = last;
  for (let at = last; at >= 0 && left > 0; at--) {
    const code = LETTER_CODES[data[at] ?? 0] ?? 0;
    if (code === 0) continue;
    letters[--left] = (code - 1).toString(36).charCodeAt(0);
    start = at;
  }
  return { letters: new TextDecoder().decode(letters.subarray(left)), start };
}

function lineOf(data: Uint8Array, place: number): number {
  let line = 1;
  for (let at = 0; at < place; at++) if (data[at] === LINE_FEED) line++;
  return line;
}
