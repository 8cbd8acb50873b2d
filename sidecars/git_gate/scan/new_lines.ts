/** Which lines of a file a push makes new. */

import { Buffer } from "node:buffer";

/** Lines around a new one that are read with it: a name may stand above the value that it gives a meaning. */
export const CONTEXT_LINES = 5;
/** So many different lines of older versions are remembered, at most: the others count as new. */
const MAX_REMEMBERED = 500_000;
const LINE_FEED = 10;

/** A file as it is looked through. */
export interface NewText {
  /** The file, in which lines far from every new one are empty: line numbers hold. */
  readonly bytes: Uint8Array;
  /** Whether a line, from 1, is new. */
  isNew(line: number): boolean;
}

/** All of it is new. */
export function wholeText(bytes: Uint8Array): NewText {
  return { bytes, isNew: () => true };
}

/**
 * What is new in a file. A line is old if the same bytes are a line of one of the versions before, wherever in it.
 *
 * @param olds the file at the same path in each parent; none: all of it is new
 */
export function newText(bytes: Uint8Array, olds: readonly Uint8Array[]): NewText {
  if (olds.length === 0) return wholeText(bytes);
  const known = new Set<string>();
  for (const old of olds) {
    eachLine(old, (start, end) => {
      if (known.size < MAX_REMEMBERED) known.add(textOf(old, start, end));
    });
  }
  const fresh = new LineSet(countLines(bytes));
  let line = 0;
  eachLine(bytes, (start, end) => {
    line++;
    if (!known.has(textOf(bytes, start, end))) fresh.add(line);
  });
  return withLines(keepAround(bytes, fresh), fresh);
}

/** A function of its own: one made among the versions and their lines would keep all of these for as long as it is kept. */
function withLines(bytes: Uint8Array, fresh: LineSet): NewText {
  return { bytes, isNew: (line) => fresh.has(line) };
}

/** Numbers of lines, from 1, a bit each: a file may have millions. */
class LineSet {
  readonly #bits: Uint8Array;

  constructor(lines: number) {
    this.#bits = new Uint8Array((lines >> 3) + 1);
  }

  add(line: number): void {
    this.#bits[line >> 3] = (this.#bits[line >> 3] ?? 0) | 1 << (line & 7);
  }

  has(line: number): boolean {
    return ((this.#bits[line >> 3] ?? 0) & 1 << (line & 7)) !== 0;
  }
}

/** Empties every line that is not near one of the set. */
function keepAround(bytes: Uint8Array, fresh: LineSet): Uint8Array {
  const kept = new Uint8Array(bytes.length);
  let length = 0;
  let line = 0;
  let seen = 0;
  let last = -Infinity;
  eachLine(bytes, (start, end) => {
    line++;
    while (seen < line + CONTEXT_LINES) if (fresh.has(++seen)) last = seen;
    if (last >= line - CONTEXT_LINES) {
      kept.set(bytes.subarray(start, end), length);
      length += end - start;
    }
    if (end < bytes.length) kept[length++] = LINE_FEED;
  });
  return kept.subarray(0, length);
}

/** Calls back with begin and end of each line, without its line feed. */
function eachLine(bytes: Uint8Array, take: (start: number, end: number) => void): void {
  let start = 0;
  while (start < bytes.length) {
    const feed = bytes.indexOf(LINE_FEED, start);
    const end = feed === -1 ? bytes.length : feed;
    take(start, end);
    start = end + 1;
  }
}

function countLines(bytes: Uint8Array): number {
  let lines = 1;
  for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, at + 1)) lines++;
  return lines;
}

/** One character a byte: what is compared is bytes. */
function textOf(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("latin1");
}
