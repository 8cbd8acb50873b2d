/** One request of HTTP/2 as frames, well-formed unless its fields are not. */

import { Buffer } from "node:buffer";
import { concatBytes } from "../../../../lib/concat_bytes.ts";
import {
  block,
  END_HEADERS,
  END_STREAM,
  frame,
  PADDED,
  text,
  Type,
} from "../../../support/egress/http2/frames.ts";
import type { Random } from "../../random.ts";
import { HIDDEN_PATH } from "../upstream.ts";

/** A field as it is sent. */
export type Field = readonly [name: string, value: string];

/** What a stream carries. */
export interface StreamContent {
  readonly fields: readonly Field[];
  readonly body: readonly Uint8Array[];
  readonly trailers: readonly Field[];
  /** Whether it comes to its end. */
  readonly isEnded: boolean;
}

/** How HPACK writes a literal: without an index, never with one, into the table. */
const LITERALS = [0x00, 0x10, 0x40] as const;

/** Well-formed requests to begin with. Their bodies hold a second one, as HTTP/1.1 and as HTTP/2 would write it. */
export function originals(authority: string): readonly [StreamContent, ...StreamContent[]] {
  const head = (method: string, ...more: readonly Field[]): readonly Field[] => [
    [":method", method],
    [":scheme", "https"],
    [":authority", authority],
    [":path", "/ok/fuzz"],
    ...more,
  ];
  const smuggled = text(`GET ${HIDDEN_PATH} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
  const hidden = headersFrames(
    101,
    head("GET").map((field) => field[0] === ":path" ? [":path", HIDDEN_PATH] : field),
    true,
  );
  const length: Field = ["content-length", String(smuggled.length)];
  const none = { body: [], trailers: [], isEnded: true };
  return [
    { ...none, fields: head("GET", ["accept", "*/*"]) },
    { ...none, fields: head("HEAD") },
    { ...none, fields: head("OPTIONS", ["te", "trailers"]) },
    { ...none, fields: head("POST", length), body: [smuggled] },
    { ...none, fields: head("POST"), body: [...hidden, text("rest")] },
    {
      ...none,
      fields: head("PUT", ["content-type", "text/plain"]),
      body: [smuggled.subarray(0, 5), smuggled.subarray(5)],
      trailers: [["x-sum", "1"], ["x-more", "2"]],
    },
  ];
}

/** The frames of a stream: its block may be cut, its body padded. */
export function streamFrames(
  random: Random,
  streamId: number,
  { fields, body, trailers, isEnded }: StreamContent,
): Uint8Array[] {
  const hasTrailers = trailers.length > 0;
  const endsAtHead = isEnded && body.length === 0 && !hasTrailers;
  const frames = headersFrames(streamId, fields, endsAtHead, random);
  body.forEach((piece, nth) => {
    const isLast = isEnded && !hasTrailers && nth === body.length - 1;
    frames.push(dataFrame(random, streamId, piece, isLast ? END_STREAM : 0));
  });
  if (hasTrailers) frames.push(...headersFrames(streamId, trailers, isEnded, random));
  return frames;
}

function dataFrame(
  random: Random,
  streamId: number,
  piece: Uint8Array,
  flags: number,
): Uint8Array {
  if (!random.chance(1 / 4)) return frame(Type.data, flags, streamId, piece);
  const padding = new Uint8Array(random.below(20));
  const payload = concatBytes([Uint8Array.of(padding.length), piece, padding]);
  return frame(Type.data, flags | PADDED, streamId, payload);
}

/** HEADERS and, where chance has it or the block is long, CONTINUATION. */
export function headersFrames(
  streamId: number,
  fields: readonly Field[],
  isEnd: boolean,
  random?: Random,
): Uint8Array[] {
  const bytes = random === undefined ? block(fields) : mixedBlock(random, fields);
  const pieces = piecesOf(bytes, random);
  return pieces.map((piece, nth) => {
    const last = nth === pieces.length - 1 ? END_HEADERS : 0;
    return nth === 0
      ? frame(Type.headers, last | (isEnd ? END_STREAM : 0), streamId, piece)
      : frame(Type.continuation, last, streamId, piece);
  });
}

const MAX_PIECE = 16_000;

function piecesOf(bytes: Uint8Array, random: Random | undefined): Uint8Array[] {
  const size = random?.chance(1 / 8) ? 1 + Math.floor(bytes.length / 3) : MAX_PIECE;
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
  return pieces.length > 0 ? pieces : [bytes];
}

function mixedBlock(random: Random, fields: readonly Field[]): Uint8Array {
  return Buffer.concat(fields.map((field) => {
    const bytes = block([field]);
    bytes[0] = random.pick(LITERALS);
    return bytes;
  }));
}
