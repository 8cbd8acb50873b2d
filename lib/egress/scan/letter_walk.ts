/** Walks over data from letter to letter, whatever separates them. */

import { BREAK, LETTERS } from "./letters.ts";

/** More separators between two letters, and they belong together no longer. */
export const MAX_GAP = 16;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * One step at a time; what the last one came to is in the fields. An empty line separates for good: it ends a
 * server-sent event, which must not wait for the next.
 */
export class LetterWalk {
  /** Code of the letter, as `LETTERS` has it. */
  letter = 0;
  /** Where it stands. */
  at = 0;
  /** After a failure: the data ended before it was decided. */
  isCut = false;
  readonly #data: Uint8Array;
  #separators = 0;
  #last = 0;
  #isLineOver = false;

  constructor(data: Uint8Array) {
    this.#data = data;
  }

  /** To the first letter at or after a place. @returns false: none belongs there */
  forward(from: number): boolean {
    const data = this.#data;
    this.#begin();
    for (let at = from; at < data.length; at++) {
      if (this.#isLetter(data[at] ?? 0, at)) return true;
      if (!this.#isSeparator(data[at] ?? 0)) return false;
    }
    this.isCut = true;
    return false;
  }

  /** To the last letter before a place. @returns false: none belongs there */
  backward(to: number): boolean {
    const data = this.#data;
    this.#begin();
    for (let at = to - 1; at >= 0; at--) {
      if (this.#isLetter(data[at] ?? 0, at)) return true;
      if (!this.#isSeparator(data[at] ?? 0)) return false;
    }
    return false;
  }

  #begin(): void {
    this.isCut = false;
    this.#separators = this.#last = 0;
    this.#isLineOver = false;
  }

  #isLetter(byte: number, at: number): boolean {
    const letter = LETTERS[byte] ?? 0;
    if (letter === 0 || letter === BREAK) return false;
    this.letter = letter;
    this.at = at;
    return true;
  }

  #isSeparator(byte: number): boolean {
    if (LETTERS[byte] === BREAK || ++this.#separators > MAX_GAP) return false;
    if (byte === LINE_FEED) {
      if (this.#isLineOver) return false;
      this.#isLineOver = true;
    } else if (byte === CARRIAGE_RETURN) {
      if (this.#last === CARRIAGE_RETURN) return false;
    } else {
      this.#isLineOver = false;
    }
    this.#last = byte;
    return true;
  }
}
