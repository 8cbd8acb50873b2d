/** The two data types of ssh's binary formats (RFC 4251, section 5) that a key is made of. */

import { concatBytes } from "../concat_bytes.ts";

/** A number of 32 bits, the highest first. */
export function sshNumber(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

/** Bytes with their length before them; a text goes as UTF-8. */
export function sshString(value: string | Uint8Array): Uint8Array {
  const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
  return concatBytes([sshNumber(bytes.length), bytes]);
}
