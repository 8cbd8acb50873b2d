/** Data as it reads without its escapes, and where in the data each byte of that stands. */

import { Buffer } from "node:buffer";
import { CUT, escapeAt } from "./escapes.ts";
import { BREAK, LETTERS } from "./letters.ts";

/** Data without its escapes. */
export interface Unescaped {
  readonly data: Uint8Array;
  /**
   * The place in the original of a place in the data. Of the data's end: the original's, or where an escape begins that
   * the original's end cuts.
   */
  toOriginal(place: number): number;
}

/**
 * Reads each escape as what it stands for, once: one inside of another is left. What is cut is left out.
 *
 * @param reach an escape that has a byte of no spelling so near on both sides is left: binary data is full of those
 * @returns undefined: there are none
 */
export function unescapeData(original: Uint8Array, reach: number): Unescaped | undefined {
  let data: Uint8Array | undefined;
  let cutAt = original.length;
  const starts: number[] = [];
  const originals: number[] = [];
  let written = 0;
  let copied = 0;
  const escapes = new EscapeStarts(original);
  for (
    let at = escapes.next(0);
    at < original.length;
    at = escapes.next(Math.max(at + 1, copied))
  ) {
    const escape = escapeAt(original, at);
    if (escape === 0 || escape !== CUT && isShutIn(original, at, at + (escape >> 8), reach)) {
      continue;
    }
    data ??= new Uint8Array(original.length);
    copyBytes(original, copied, at, data, written);
    written += at - copied;
    copied = at;
    if (escape === CUT) {
      cutAt = at;
      break;
    }
    data[written++] = escape & 0xff;
    copied += escape >> 8;
    starts.push(written);
    originals.push(copied);
  }
  if (data === undefined) return undefined;
  const rest = original.subarray(copied, cutAt);
  data.set(rest, written);
  return {
    data: data.subarray(0, written + rest.length),
    toOriginal: (place) => {
      const index = countAtMost(starts, place) - 1;
      return (originals[index] ?? 0) + place - (starts[index] ?? 0);
    },
  };
}

/** A call costs more than a few bytes do. */
const SHORT_COPY = 64;

function copyBytes(
  from: Uint8Array,
  start: number,
  end: number,
  to: Uint8Array,
  place: number,
): void {
  if (end - start > SHORT_COPY) {
    to.set(from.subarray(start, end), place);
    return;
  }
  for (let at = start; at < end; at++) to[place + at - start] = from[at] ?? 0;
}

/** Bytes that may begin an escape, in order. A string's `indexOf` is several times as fast as a loop here. */
class EscapeStarts {
  readonly #text: string;
  #backslash = -1;
  #percent = -1;
  #ampersand = -1;

  constructor(data: Uint8Array) {
    this.#text = Buffer.from(data.buffer, data.byteOffset, data.length).toString("latin1");
  }

  /** The first at or after a place; the data's length: there is none. */
  next(from: number): number {
    if (this.#backslash < from) this.#backslash = this.#find("\\", from);
    if (this.#percent < from) this.#percent = this.#find("%", from);
    if (this.#ampersand < from) this.#ampersand = this.#find("&", from);
    return Math.min(this.#backslash, this.#percent, this.#ampersand);
  }

  #find(start: string, from: number): number {
    const at = this.#text.indexOf(start, from);
    return at < 0 ? this.#text.length : at;
  }
}

function isShutIn(data: Uint8Array, from: number, to: number, reach: number): boolean {
  return hasBreak(data, from - reach, from) && hasBreak(data, to, to + reach);
}

function hasBreak(data: Uint8Array, from: number, to: number): boolean {
  for (let at = Math.max(0, from); at < Math.min(to, data.length); at++) {
    if (LETTERS[data[at] ?? 0] === BREAK) return true;
  }
  return false;
}

/** How many of some ascending numbers are not above a value. */
function countAtMost(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
