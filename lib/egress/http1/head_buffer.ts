/** Collects the bytes of one head, however they are cut, and finds its end. */

import { Buffer } from "node:buffer";
import { FIRST_HEAD_BYTES, MAX_HEAD_BYTES } from "./limits.ts";
import { malformed, tooLarge } from "./malformed.ts";

const LF = 10;
const CR = 13;

/** A whole head. */
export interface CompleteHead {
  /** The head's lines joined by CR LF, without the empty line; one character is one byte. */
  readonly text: string;
  /** What follows the head: a view of the bytes that were pushed last. */
  readonly rest: Uint8Array;
}

/** Collects one head; used for one message after the other. */
export class HeadBuffer {
  #buffer: Uint8Array | undefined;
  #filled = 0;
  #scanned = 0;
  #lineStart = 0;

  /** Whether a head has begun and is not whole. */
  get isPartial(): boolean {
    return this.#filled > 0;
  }

  /**
   * Takes the next bytes.
   *
   * @returns the head once it is whole, and the buffer is empty again; undefined: more is needed
   * @throws {BottleError} `http-malformed` at a line feed without a carriage return, which would else be waited on
   * for ever; `http-too-large` past 64 KiB
   */
  push(bytes: Uint8Array): CompleteHead | undefined {
    const before = this.#filled;
    // A head that comes in one piece, and nearly all do, is never copied.
    const view = before === 0 ? bytes : this.#append(bytes);
    const end = this.#findEnd(view.subarray(0, MAX_HEAD_BYTES));
    if (end !== undefined) {
      this.#reset();
      return { text: latin1(view, end - 4), rest: bytes.subarray(end - before) };
    }
    if (view.length >= MAX_HEAD_BYTES) {
      this.#reset();
      throw tooLarge("The head is larger than 64 KiB");
    }
    if (before === 0) this.#append(bytes);
    return undefined;
  }

  /** Only the filled part is ever searched: searching the whole buffer costs 14 times the throughput. */
  #findEnd(filled: Uint8Array): number | undefined {
    for (;;) {
      const at = filled.indexOf(LF, this.#scanned);
      if (at < 0) {
        this.#scanned = filled.length;
        return undefined;
      }
      if (at === 0 || filled[at - 1] !== CR) {
        this.#reset();
        throw malformed("A line feed without a carriage return in the head");
      }
      if (at - 1 === this.#lineStart) {
        if (at === 1) {
          this.#reset();
          throw malformed("An empty line before the head");
        }
        return at + 1;
      }
      this.#lineStart = at + 1;
      this.#scanned = at + 1;
    }
  }

  /** @returns the filled part */
  #append(bytes: Uint8Array): Uint8Array {
    const filled = Math.min(this.#filled + bytes.length, MAX_HEAD_BYTES);
    let buffer = this.#buffer;
    if (buffer === undefined || buffer.length < filled) {
      let size = buffer?.length ?? FIRST_HEAD_BYTES;
      while (size < filled) size *= 2;
      const grown = new Uint8Array(size);
      if (buffer !== undefined) grown.set(buffer.subarray(0, this.#filled));
      this.#buffer = buffer = grown;
    }
    buffer.set(bytes.subarray(0, filled - this.#filled), this.#filled);
    this.#filled = filled;
    return buffer.subarray(0, filled);
  }

  #reset(): void {
    this.#buffer = undefined;
    this.#filled = this.#scanned = this.#lineStart = 0;
  }
}

/** TextDecoder's "latin1" is Windows-1252, which changes bytes 80 to 9f. */
function latin1(bytes: Uint8Array, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, end).toString("latin1");
}
