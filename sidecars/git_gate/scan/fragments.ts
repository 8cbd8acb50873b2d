/** A text of any size, in pieces that gitleaks is fast with. */

/**
 * Bytes of a piece. gitleaks runs a rule over all of a piece that has one of the rule's keywords: of big pieces every one has
 * most of them. Pieces of 1 MiB take it half as long again; smaller ones than these cost more in files than they save.
 */
export const FRAGMENT_BYTES = 8 * 1024;
/**
 * A piece begins so many bytes before the end of the one before it. The longest that a rule of gitleaks 8.16 takes is a JWT, some
 * 750 bytes; for a private key the head and the first line are enough.
 */
export const OVERLAP_BYTES = 1024;
/** So many empty lines in a row separate more than any rule reaches over. */
const GAP_LINES = 32;
const LINE_FEED = 10;

/** A piece of a text. */
export interface Fragment {
  readonly bytes: Uint8Array;
  /** The line of the text that it begins in: from 1. */
  readonly line: number;
  /** Lines that it has a part of. */
  readonly lines: number;
}

/**
 * Cuts a text. Cuts are at ends of lines where there are any. Every run of up to {@linkcode OVERLAP_BYTES} bytes is whole in
 * one piece, but for runs over many empty lines; pieces of empty lines alone are left out.
 */
export function* splitText(bytes: Uint8Array): Generator<Fragment> {
  let start = 0;
  let line = 1;
  while (true) {
    while (start < bytes.length && bytes[start] === LINE_FEED) {
      start++;
      line++;
    }
    if (start >= bytes.length) return;
    const { end, next } = cutAt(bytes, start);
    const piece = bytes.subarray(start, end);
    yield { bytes: piece, line, lines: countFeeds(piece) + 1 };
    if (end >= bytes.length) return;
    line += countFeeds(bytes.subarray(start, next));
    start = next;
  }
}

/** Where the piece ends, and where the next one begins. */
function cutAt(
  bytes: Uint8Array,
  start: number,
): { readonly end: number; readonly next: number } {
  const limit = Math.min(start + FRAGMENT_BYTES, bytes.length);
  const gap = indexOfGap(bytes, start, limit);
  if (gap !== -1) return { end: gap, next: gap };
  if (limit === bytes.length) return { end: limit, next: limit };
  const feed = lastFeed(bytes, start + FRAGMENT_BYTES / 2, limit);
  const end = feed === -1 ? limit : feed + 1;
  const back = end - OVERLAP_BYTES;
  // A line that is not much longer than the overlap is read again whole.
  const before = lastFeed(bytes, back - OVERLAP_BYTES, back);
  return { end, next: before === -1 ? back : before + 1 };
}

/** Where many empty lines begin; -1: nowhere in this range. */
function indexOfGap(bytes: Uint8Array, start: number, limit: number): number {
  const range = bytes.subarray(start, limit);
  let at = range.indexOf(LINE_FEED);
  while (at !== -1) {
    let end = at;
    while (range[end] === LINE_FEED) end++;
    if (end - at >= GAP_LINES) return start + at;
    at = range.indexOf(LINE_FEED, end);
  }
  return -1;
}

/** The last line feed in a range; -1: none. */
function lastFeed(bytes: Uint8Array, start: number, end: number): number {
  const at = bytes.subarray(start, end).lastIndexOf(LINE_FEED);
  return at === -1 ? -1 : start + at;
}

function countFeeds(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, at + 1)) count++;
  return count;
}
