/** Texts that are there whole. They are ISO 8859-1, as fields of a head are. */

import { Buffer } from "node:buffer";
import { encodeLatin1 } from "../latin1.ts";
import type { Finder, OnFound } from "./finder.ts";
import { overwrite } from "./stream_scan.ts";

/** A text with what is found replaced by as many `*`. */
export function redactText(text: string, finder: Finder, onFound: OnFound = () => {}): string {
  const bytes = encodeLatin1(text);
  const ranges: number[] = [];
  finder.search(bytes, (occurrence) => {
    onFound(occurrence);
    ranges.push(...occurrence.ranges);
  }, true);
  if (ranges.length === 0) return text;
  overwrite(bytes, ranges);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
}

/** Looks whether there is anything at all in a text: quick, since it is asked of every head. */
export class TextProbe {
  readonly #finders: readonly Finder[];
  readonly #encoder = new TextEncoder();
  readonly #bytes = new Uint8Array(16 * 1024);

  constructor(finders: readonly Finder[]) {
    this.#finders = finders;
  }

  /** Whether there is. */
  isIn(text: string): boolean {
    const bytes = this.#encode(text);
    let isFound = false;
    for (const finder of this.#finders) finder.search(bytes, () => isFound = true, true);
    return isFound;
  }

  /** What is too long, or not all ASCII, takes longer. */
  #encode(text: string): Uint8Array {
    const { read, written } = this.#encoder.encodeInto(text, this.#bytes);
    // Both: a text whose end did not fit may have taken as many bytes as it has characters.
    const isWhole = read === text.length && written === text.length;
    return isWhole ? this.#bytes.subarray(0, written) : Buffer.from(text, "latin1");
  }
}
