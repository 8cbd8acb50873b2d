/** Looks for needles in bytes that come in chunks. */

import { ManyNeedles } from "./many_needles.ts";
import type { Needle } from "./needle.ts";

/** A needle that was found. */
export interface Hit {
  readonly marker: string;
  readonly form: string;
  /** What follows it, as far as it is letters, digits and dashes: tells markers with one beginning apart. */
  readonly tail: string;
}

/** Bytes after a needle that a hit reports. */
const TAIL = 24;
/** A place is told by a few hits; one that is full of them fills no memory. */
const MAX_HITS = 200;

/** Takes chunks; a needle across a border is found once. */
export class ByteScanner {
  readonly hits: Hit[] = [];
  readonly #needles: readonly Needle[];
  readonly #search: ManyNeedles;
  readonly #reach: number;
  #rest: Uint8Array = new Uint8Array();

  constructor(needles: readonly Needle[]) {
    this.#needles = needles;
    this.#search = new ManyNeedles(needles.map(({ bytes }) => bytes));
    this.#reach = Math.max(...needles.map(({ bytes }) => bytes.length)) + TAIL;
  }

  push(chunk: Uint8Array): void {
    const whole = new Uint8Array(this.#rest.length + chunk.length);
    whole.set(this.#rest);
    whole.set(chunk, this.#rest.length);
    const until = Math.max(0, whole.length - this.#reach);
    this.#take(whole, until);
    this.#rest = whole.slice(until);
  }

  /** Searches what is left. The next chunk begins anew: nothing reaches from before a gap to after it. */
  end(): void {
    this.#take(this.#rest, this.#rest.length);
    this.#rest = new Uint8Array();
  }

  /** Finds the needles that begin before `until`. */
  #take(whole: Uint8Array, until: number): void {
    this.#search.search(whole, (index, at) => {
      const needle = this.#needles[index];
      if (needle === undefined || at >= until || this.hits.length >= MAX_HITS) return;
      const { marker, form, bytes } = needle;
      const from = at + bytes.length;
      const after = String.fromCharCode(...whole.subarray(from, from + TAIL));
      this.hits.push({ marker, form, tail: /^[A-Za-z0-9-]*/.exec(after)?.[0] ?? "" });
    });
  }
}

/** All hits in one piece of text or bytes. */
export function scanBytes(
  needles: readonly Needle[],
  content: string | Uint8Array,
): readonly Hit[] {
  const scanner = new ByteScanner(needles);
  scanner.push(typeof content === "string" ? new TextEncoder().encode(content) : content);
  scanner.end();
  return scanner.hits;
}

/** All hits in a stream. */
export async function scanStream(
  needles: readonly Needle[],
  stream: ReadableStream<Uint8Array>,
): Promise<readonly Hit[]> {
  const scanner = new ByteScanner(needles);
  for await (const chunk of stream) scanner.push(chunk);
  scanner.end();
  return scanner.hits;
}
