/** How a git server says no in words: the packet `ERR`, which git and the libraries like it show (gitprotocol-pack(5)). */

/** Longest text, in bytes: a packet holds 65,516 (gitprotocol-common(5)), and a terminal less. */
const MAX_BYTES = 4_096;

/**
 * One packet. git shows it as `fatal: remote error: <text>`.
 *
 * @example
 * ```ts
 * import { errPacket } from "./err_packet.ts";
 * if (new TextDecoder().decode(errPacket("no")) !== "000aERR no") throw new Error("not a packet");
 * ```
 */
export function errPacket(text: string): Uint8Array<ArrayBuffer> {
  const line = new TextEncoder().encode(`ERR ${text}`).slice(0, MAX_BYTES);
  const length = (line.length + 4).toString(16).padStart(4, "0");
  const packet = new Uint8Array(4 + line.length);
  packet.set(new TextEncoder().encode(length));
  packet.set(line, 4);
  return packet;
}
