/** Inflates the compressed messages of one direction (RFC 7692, 7.2.2). */

import { Buffer } from "node:buffer";
import { constants, createInflateRaw, type InflateRaw } from "node:zlib";
import { FREE_INFLATED_BYTES, INFLATE_STEP_BYTES, MAX_INFLATE_RATIO } from "./limits.ts";
import { badData, tooLarge } from "./violation.ts";

/** Takes inflated bytes. */
export type TakeInflated = (inflated: Uint8Array) => Promise<void>;

/** What a sender leaves out at the end of each message. */
const TAIL = new Uint8Array([0, 0, 0xff, 0xff]);

/**
 * One direction's inflater. It keeps the window from message to message, which also reads what a sender without
 * context takeover makes, and takes windows of any size.
 */
export class Inflater implements Disposable {
  #stream: InflateRaw | undefined;
  #written = 0;
  #restarts = 0;
  #isTooLarge = false;
  #pieces: Uint8Array[] = [];
  #compressedBytes = 0;
  #inflatedBytes = 0;

  /**
   * Inflates a part of a message.
   *
   * @param piece unchanged until this resolves
   * @param take gets the inflated bytes, its own to keep, some at a time
   * @throws {BottleError} `websocket-data`, and `websocket-too-large` for a message that grows by more than the limits
   * in `limits.ts`
   */
  async push(piece: Uint8Array, take: TakeInflated): Promise<void> {
    for (let at = 0; at < piece.length;) {
      const used = await this.#write(piece.subarray(at, at + INFLATE_STEP_BYTES), take);
      at += used;
      if (at < piece.length && used < INFLATE_STEP_BYTES) this.#restart();
    }
  }

  /** Ends a message: as {@linkcode push}. */
  async endMessage(take: TakeInflated): Promise<void> {
    const used = await this.#write(TAIL, take);
    // The message's last block said that it was the last one of all.
    if (used < TAIL.length) this[Symbol.dispose]();
    this.#restarts = 0;
    this.#compressedBytes = 0;
    this.#inflatedBytes = 0;
  }

  [Symbol.dispose](): void {
    this.#stream?.close();
    this.#stream = undefined;
    this.#written = 0;
  }

  /** A block that says it is the last one may be followed by an empty one (RFC 7692, 7.2.3.4). */
  #restart(): void {
    this[Symbol.dispose]();
    if (++this.#restarts > 1) throw badData("Compressed data that ends more than once");
  }

  /** @returns the bytes that were used: fewer than there are where the compressed data says that it is over */
  async #write(step: Uint8Array, take: TakeInflated): Promise<number> {
    const stream = this.#stream ??= this.#open();
    const before = this.#written;
    this.#compressedBytes += step.length;
    const done = Promise.withResolvers<void>();
    stream.write(step, () => done.resolve());
    await done.promise;
    if (this.#isTooLarge) throw tooLarge("A message that grows too much when it is inflated");
    if (stream.destroyed) throw badData("A message that does not inflate");
    this.#written = stream.bytesWritten;
    const pieces = this.#pieces;
    this.#pieces = [];
    for (const inflated of pieces) await take(inflated);
    return this.#written - before;
  }

  #open(): InflateRaw {
    const stream = createInflateRaw({ flush: constants.Z_SYNC_FLUSH });
    stream.on("data", (inflated: Buffer) => this.#onData(inflated));
    // It is destroyed then, and found so.
    stream.on("error", () => {});
    return stream;
  }

  #onData(inflated: Buffer): void {
    this.#inflatedBytes += inflated.length;
    const most = Math.max(FREE_INFLATED_BYTES, this.#compressedBytes * MAX_INFLATE_RATIO);
    this.#isTooLarge ||= this.#inflatedBytes > most;
    if (!this.#isTooLarge) this.#pieces.push(inflated);
  }
}
