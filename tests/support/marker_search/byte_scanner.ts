/** Looks for needles in bytes that come in chunks. */

import { Buffer } from "node:buffer";
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
  readonly #reach: number;
  #rest: Buffer = Buffer.alloc(0);

  constructor(needles: readonly Needle[]) {
    this.#needles = needles;
    this.#reach = Math.max(...needles.map(({ bytes }) => bytes.length)) + TAIL;
  }

  push(chunk: Uint8Array): void {
    const view = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const whole = this.#rest.length === 0 ? view : Buffer.concat([this.#rest, view]);
    const until = Math.max(0, whole.length - this.#reach);
    this.#search(whole, until);
    this.#rest = Buffer.from(whole.subarray(until));
  }

  /** Searches what is left. The next chunk begins anew: nothing reaches from before a gap to after it. */
  end(): void {
    this.#search(this.#rest, this.#rest.length);
    this.#rest = Buffer.alloc(0);
  }

  /** Finds the needles that begin before `until`. */
  #search(whole: Buffer, until: number): void {
    for (const { marker, form, bytes } of this.#needles) {
      let at = whole.indexOf(bytes);
      while (at !== -1 && at < until && this.hits.length < MAX_HITS) {
        const after = whole.subarray(at + bytes.length, at + bytes.length + TAIL).toString(
          "latin1",
        );
        this.hits.push({ marker, form, tail: /^[A-Za-z0-9-]*/.exec(after)?.[0] ?? "" });
        at = whole.indexOf(bytes, at + 1);
      }
    }
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
