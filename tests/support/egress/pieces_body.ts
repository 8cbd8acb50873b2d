/** A body of given pieces. */

import { Buffer } from "node:buffer";
import type { BodyReader } from "../../../sidecars/egress/body/body.ts";

/** Gives one piece a read. @param onRead told before each */
export function piecesBody(
  pieces: Iterable<Uint8Array>,
  onRead: () => void = () => {},
): BodyReader {
  const rest = [...pieces];
  return {
    read: async (beforeWait) => {
      onRead();
      await beforeWait?.();
      const piece = rest.shift();
      return piece === undefined ? undefined : new Uint8Array(piece);
    },
    get isDone(): boolean {
      return rest.length === 0;
    },
    trailers: [["x-sum", "1"]],
  };
}

/** Cuts bytes into pieces of a size. */
export function* cutInto(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** All that a body gives, one character a byte. */
export async function readAll(body: BodyReader): Promise<string> {
  const parts: Buffer[] = [];
  for (;;) {
    const piece = await body.read();
    if (piece === undefined) return Buffer.concat(parts).toString("latin1");
    parts.push(Buffer.from(piece));
  }
}
