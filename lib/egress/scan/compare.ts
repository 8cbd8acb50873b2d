/** Compares data with a pattern, letter by letter. */

import type { LetterWalk } from "./letter_walk.ts";
import type { Pattern } from "./pattern.ts";

/**
 * How many letters of a pattern the data has from a place on. All: it is there whole. Fewer: `walk.isCut` says whether the
 * data ended before it was decided.
 */
export function matchFrom(walk: LetterWalk, start: number, { letters }: Pattern): number {
  let at = start;
  for (let index = 0; index < letters.length; index++) {
    if (!walk.forward(at) || walk.letter !== letters[index]) return index;
    at = walk.at + 1;
  }
  return letters.length;
}

/**
 * Where the pattern begins of which the letter at a place is one; undefined: those before it are others.
 *
 * @param offset how many letters of the pattern must stand before the place
 */
export function findBeginning(
  walk: LetterWalk,
  place: number,
  { letters }: Pattern,
  offset: number,
): number | undefined {
  let at = place;
  for (let index = offset - 1; index >= 0; index--) {
    if (!walk.backward(at) || walk.letter !== letters[index]) return undefined;
    at = walk.at;
  }
  return at;
}

/**
 * The places to be overwritten where a pattern is whole, begin and end of each: its letters, and what stands between them
 * where it is the pattern's own. Other separators stay, so that JSON remains what it was.
 */
export function overwrittenRanges(
  data: Uint8Array,
  walk: LetterWalk,
  start: number,
  { letters, gaps }: Pattern,
): readonly number[] {
  const ranges: number[] = [];
  let at = Math.max(0, start - (gaps[0]?.length ?? 0));
  for (let index = 0; index < letters.length; index++) {
    walk.forward(index === 0 ? start : at);
    const isOwn = isText(data, at, walk.at, gaps[index] ?? "");
    ranges.push(isOwn ? at : walk.at, walk.at + 1);
    at = walk.at + 1;
  }
  const last = gaps[letters.length] ?? "";
  const end = Math.min(at + last.length, data.length);
  if (isText(data, at, end, last.slice(0, end - at))) ranges.push(at, end);
  return ranges;
}

function isText(data: Uint8Array, from: number, to: number, text: string): boolean {
  if (to - from !== text.length) return false;
  for (let at = 0; at < text.length; at++) {
    if (data[from + at] !== text.charCodeAt(at)) return false;
  }
  return true;
}
