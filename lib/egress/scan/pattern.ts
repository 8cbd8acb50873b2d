/** A spelling, taken apart into what is compared and what stands between. */

import { BREAK, LETTERS } from "./letters.ts";

/** One spelling of something that is looked for. */
export interface Pattern {
  /** Codes of {@linkcode LETTERS}, in order. */
  readonly letters: Uint8Array;
  /** What stands before each letter, and after the last one: one more than letters. One character is one byte. */
  readonly gaps: readonly string[];
  /** Number of the secret that it spells. */
  readonly source: number;
}

/** @param spelling one character is one byte */
export function makePattern(spelling: string, source: number): Pattern {
  const letters: number[] = [];
  const gaps: string[] = [];
  let gap = "";
  for (const character of spelling) {
    const letter = LETTERS[character.charCodeAt(0)] ?? 0;
    if (letter === 0 || letter === BREAK) {
      gap += character;
      continue;
    }
    letters.push(letter);
    gaps.push(gap);
    gap = "";
  }
  gaps.push(gap);
  return { letters: Uint8Array.from(letters), gaps, source };
}
