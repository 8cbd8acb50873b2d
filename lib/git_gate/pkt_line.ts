/** git's pkt-lines (gitprotocol-common(5)): four hex digits of length, then that many bytes less four. */

import { concatBytes } from "../concat_bytes.ts";

/** A packet's bytes; `null`: a flush, which ends a part. */
export type Packet = Uint8Array | null;

/** Ends a part. */
export const FLUSH = "0000";
/** Most bytes that a packet carries. */
const MAX_PAYLOAD = 65_516;

/**
 * A packet of text.
 *
 * @throws {RangeError} it is too long for one
 *
 * @example
 * ```ts
 * import { packet } from "./pkt_line.ts";
 * if (packet("ok refs/heads/a") !== "0013ok refs/heads/a") throw new Error("wrong length");
 * ```
 */
export function packet(text: string): string {
  const { length } = new TextEncoder().encode(text);
  if (length > MAX_PAYLOAD) throw new RangeError("Too long for a packet");
  return `${(length + 4).toString(16).padStart(4, "0")}${text}`;
}

/** Takes bytes as they come, and gives the packets that are whole. */
export class PacketReader {
  #held: Uint8Array = new Uint8Array();

  /** @throws {SyntaxError} no packets */
  push(bytes: Uint8Array): readonly Packet[] {
    this.#held = concatBytes([this.#held, bytes]);
    const packets: Packet[] = [];
    let at = 0;
    for (;;) {
      const length = this.#lengthAt(at);
      if (length === undefined) break;
      if (length === 0) {
        packets.push(null);
        at += 4;
        continue;
      }
      if (length < 4) throw new SyntaxError("Not a packet of this protocol");
      if (at + length > this.#held.length) break;
      packets.push(this.#held.slice(at + 4, at + length));
      at += length;
    }
    this.#held = this.#held.slice(at);
    return packets;
  }

  #lengthAt(at: number): number | undefined {
    if (at + 4 > this.#held.length) return undefined;
    const digits = String.fromCharCode(...this.#held.subarray(at, at + 4));
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw new SyntaxError("Not a packet");
    return parseInt(digits, 16);
  }
}
