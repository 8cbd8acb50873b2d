/** Frames as bytes, made and read by other code than the one under test. */

import { concatBytes } from "../../../../lib/concat_bytes.ts";

/** Types of frames. */
export const Type = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  push: 5,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

/** Flags. */
export const END_STREAM = 1;
export const ACK = 1;
export const END_HEADERS = 4;
export const PADDED = 8;
export const PRIORITY = 32;

/** One frame, taken apart. */
export interface RawFrame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: Uint8Array;
}

/** What a client begins with. */
export const PREFACE = text("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

/** A text's bytes. */
export function text(value: string): Uint8Array {
  return Uint8Array.from(value, (character) => character.charCodeAt(0));
}

/** A number as 32 bits. */
export function uint32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

/** A frame. @param length what its head says; default: the payload's */
export function frame(
  type: number,
  flags: number,
  streamId: number,
  payload: Uint8Array | readonly number[] = [],
  length: number = payload.length,
): Uint8Array {
  return Uint8Array.of(
    length >>> 16,
    length >>> 8,
    length,
    type,
    flags,
    ...uint32(streamId),
    ...payload,
  );
}

/** SETTINGS. */
export function settings(
  ...entries: readonly (readonly [id: number, value: number])[]
): Uint8Array {
  const payload = entries.flatMap(([id, value]) => [id >>> 8, id & 0xff, ...uint32(value)]);
  return frame(Type.settings, 0, 0, payload);
}

/** A header block of literals that nobody indexes, without Huffman codes. Texts of up to 126 bytes, or exactly so coded. */
export function block(fields: readonly (readonly [name: string, value: string])[]): Uint8Array {
  return concatBytes([
    new Uint8Array(),
    ...fields.flatMap(([name, value]) => [Uint8Array.of(0), literal(name), literal(value)]),
  ]);
}

/** HEADERS with a whole block. */
export function headers(
  streamId: number,
  fields: readonly (readonly [name: string, value: string])[],
  flags: number = END_STREAM | END_HEADERS,
): Uint8Array {
  return frame(Type.headers, flags, streamId, block(fields));
}

/** DATA. */
export function data(streamId: number, payload: Uint8Array, flags = 0): Uint8Array {
  return frame(Type.data, flags, streamId, payload);
}

/** Takes the whole frames out of bytes. @returns how many bytes they were, too */
export function readFrames(bytes: Uint8Array): { frames: RawFrame[]; used: number } {
  const frames: RawFrame[] = [];
  let at = 0;
  while (bytes.length - at >= 9) {
    const view = new DataView(bytes.buffer, bytes.byteOffset + at);
    const length = view.getUint32(0) >>> 8;
    if (bytes.length - at < 9 + length) break;
    frames.push({
      type: view.getUint8(3),
      flags: view.getUint8(4),
      streamId: view.getUint32(5),
      payload: bytes.slice(at + 9, at + 9 + length),
    });
    at += 9 + length;
  }
  return { frames, used: at };
}

/** The number at the beginning of a payload, of a reset; of a GOAWAY it stands at 4. */
export function codeOf({ type, payload }: RawFrame): number {
  const view = new DataView(payload.buffer, payload.byteOffset);
  return view.getUint32(type === Type.goAway ? 4 : 0);
}

function literal(value: string): Uint8Array {
  const bytes = text(value);
  if (bytes.length < 127) return Uint8Array.of(bytes.length, ...bytes);
  const length = [127];
  let left = bytes.length - 127;
  for (; left >= 128; left >>>= 7) length.push(left & 127 | 128);
  return concatBytes([Uint8Array.from([...length, left]), bytes]);
}
