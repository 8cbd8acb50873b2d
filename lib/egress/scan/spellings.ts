/** The ways in which a secret is written when somebody encodes it, as data. */

import { Buffer } from "node:buffer";
import { countLetters } from "./letters.ts";

/** Fewer letters and digits would be found in ordinary text. */
export const MIN_LETTERS = 6;
/** A shorter value is looked for in no spelling. */
export const MIN_SECRET = 8;

const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

/**
 * Spellings of a secret, one character a byte, each once: plain, reversed, base64 in three alignments, base32 in five,
 * hexadecimal, bytes as `0x73` and as decimal numbers.
 *
 * What looks for them compares letters and digits only, without case, passes over what stands between, and reads
 * escapes as what they stand for. So other spellings need none of their own: upper and lower case, hexadecimal with
 * separators, base64 for URLs, without padding or in lines, UTF-16, zero-width characters, percent-encoding, `\u`,
 * entities.
 *
 * @param secret any text; its UTF-8 is spelled
 * @returns none for a secret under {@linkcode MIN_SECRET} bytes; a spelling with fewer than {@linkcode MIN_LETTERS}
 * letters and digits is left out
 *
 * @example
 * ```ts
 * import { spellSecret } from "./spellings.ts";
 * if (!spellSecret("sk-12345678").includes("736b2d3132333435363738")) throw new Error("no hexadecimal");
 * ```
 */
export function spellSecret(secret: string): readonly string[] {
  const bytes = Buffer.from(secret, "utf8");
  if (bytes.length < MIN_SECRET) return [];
  const plain = bytes.toString("latin1");
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0"));
  const spellings = [
    plain,
    [...plain].reverse().join(""),
    ...[0, 1, 2].flatMap((shift) => base64At(bytes, shift)),
    ...[0, 1, 2, 3, 4].map((shift) => base32At(bytes, shift)),
    hex.join(""),
    hex.map((byte) => `0x${byte}`).join(""),
    bytes.join(""),
  ];
  return [...new Set(spellings)].filter((text) => countLetters(text) >= MIN_LETTERS);
}

/**
 * Where it begins `shift` bytes into a group of three: the characters that the secret alone decides, and those with the
 * last one that it has a part in, as that is where it ends what is encoded.
 */
function base64At(bytes: Uint8Array, shift: number): readonly string[] {
  const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString("base64");
  const start = Math.ceil(8 * shift / 6);
  const end = Math.floor(8 * (shift + bytes.length) / 6);
  return [text.slice(start, end), text.slice(start).replace(/=+$/, "")];
}

/** In a group of five bytes (RFC 4648, 6), as {@linkcode base64At} has it where the secret ends what is encoded. */
function base32At(bytes: Uint8Array, shift: number): string {
  let text = "";
  let value = 0;
  let bits = 0;
  for (const byte of [...new Uint8Array(shift), ...bytes]) {
    value = (value << 8 | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) text += BASE32.charAt(value >> (bits - 5) & 31);
  }
  return text.slice(Math.ceil(8 * shift / 5));
}
