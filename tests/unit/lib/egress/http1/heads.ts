/** What a head means, whichever way it is cut into pieces. */

import { Buffer } from "node:buffer";
import { HeadBuffer } from "../../../../../lib/egress/http1/head_buffer.ts";
import { BottleError } from "../../../../../lib/errors.ts";

/** Text as bytes: one character is one byte. */
export function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "latin1"));
}

/** Bytes as text. */
export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}

/** Cuts bytes at the given places, which may repeat and lie anywhere. */
export function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  const pieces: Uint8Array[] = [];
  let from = 0;
  for (const end of [...at, bytes.length]) {
    if (end > from) pieces.push(bytes.slice(from, end));
    from = Math.max(from, end);
  }
  return pieces;
}

/** The head's text and what follows it, or the error's code and message, or that more is needed. */
export function collect(
  pieces: readonly Uint8Array[],
): readonly [kind: string, text: string, rest: string] {
  const buffer = new HeadBuffer();
  try {
    for (const [index, piece] of pieces.entries()) {
      const head = buffer.push(piece);
      if (head === undefined) continue;
      const rest = [head.rest, ...pieces.slice(index + 1)].map(textOf).join("");
      return ["head", head.text, rest];
    }
  } catch (error) {
    if (error instanceof BottleError) return ["error", error.code, error.message];
    throw error;
  }
  return ["more", "", ""];
}
