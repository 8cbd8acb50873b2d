/** Writes frames from their parsed form: no byte of a head that came in is passed through. */

import { applyMask } from "./masking.ts";
import type { OpcodeNumber } from "./opcode.ts";

/** What is to be written. */
export interface FrameToWrite {
  readonly opcode: OpcodeNumber;
  readonly isFinal: boolean;
  /** Set on the first frame of a compressed message. */
  readonly isCompressed: boolean;
}

/**
 * One whole frame, its length in the shortest form.
 *
 * @param payload its pieces
 * @param key 4 bytes: what goes to a server is masked; undefined: what goes to a client is not
 */
export function writeFrame(
  { opcode, isFinal, isCompressed }: FrameToWrite,
  payload: readonly Uint8Array[],
  key: Uint8Array | undefined,
): Uint8Array {
  let length = 0;
  for (const piece of payload) length += piece.length;
  const extended = length < 126 ? 0 : length <= 0xffff ? 2 : 8;
  const start = 2 + extended + (key === undefined ? 0 : 4);
  const frame = new Uint8Array(start + length);
  frame[0] = (isFinal ? 0x80 : 0) | (isCompressed ? 0x40 : 0) | opcode;
  const short = extended === 0 ? length : extended === 2 ? 126 : 127;
  frame[1] = (key === undefined ? 0 : 0x80) | short;
  const view = new DataView(frame.buffer);
  if (extended === 2) view.setUint16(2, length);
  if (extended === 8) view.setBigUint64(2, BigInt(length));
  let at = start;
  for (const piece of payload) {
    frame.set(piece, at);
    at += piece.length;
  }
  if (key !== undefined) {
    frame.set(key, start - 4);
    applyMask(frame.subarray(start), key, 0);
  }
  return frame;
}
