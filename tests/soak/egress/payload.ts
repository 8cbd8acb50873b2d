/** Bodies that both ends can make: a seed and a length say all of it. */

import { createHash } from "node:crypto";
import { seededRandom } from "../random.ts";

const BLOCK_BYTES = 1024 * 1024;
const PIECE_BYTES = 64 * 1024;

const random = seededRandom(1);
const block = Uint8Array.from({ length: BLOCK_BYTES }, () => random.below(256));

/** The pieces of a body, in order. */
export function* payload(seed: number, length: number): Generator<Uint8Array<ArrayBuffer>> {
  let at = seed * 4_099 % BLOCK_BYTES;
  for (let left = length; left > 0;) {
    const piece = block.subarray(at, at + Math.min(left, PIECE_BYTES));
    yield piece;
    left -= piece.length;
    at = (at + piece.length) % BLOCK_BYTES;
  }
}

/** SHA-256 of a body in hexadecimal. */
export function payloadHash(seed: number, length: number): string {
  const hash = createHash("sha256");
  for (const piece of payload(seed, length)) hash.update(piece);
  return hash.digest("hex");
}

/** A body as a stream that is read no faster than it is wanted. @param pause waited for before each piece */
export function payloadStream(
  seed: number,
  length: number,
  pause: () => Promise<void> = () => Promise.resolve(),
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const pieces = payload(seed, length);
  return new ReadableStream({
    async pull(controller): Promise<void> {
      await pause();
      const { done, value } = pieces.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  }, { highWaterMark: 0 });
}

/** Reads to the end. @returns SHA-256 in hexadecimal, and the length */
export async function hashOf(
  pieces: AsyncIterable<Uint8Array>,
): Promise<{ readonly hash: string; readonly bytes: number }> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const piece of pieces) {
    hash.update(piece);
    bytes += piece.length;
  }
  return { hash: hash.digest("hex"), bytes };
}
