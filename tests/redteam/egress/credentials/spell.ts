/** Spellings of a secret, as an attacker, or an innocent server, writes it. One character is one byte. */

import { Buffer } from "node:buffer";

/** Writes a secret otherwise. */
export type Spell = (secret: string) => string;

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

function each(write: (code: number) => string): Spell {
  return (secret) => [...secret].map((one) => write(one.charCodeAt(0))).join("");
}

function base64(before: string): Spell {
  return (secret) => Buffer.from(before + secret).toString("base64");
}

function base32(secret: string): string {
  const bits = each((code) => code.toString(2).padStart(8, "0"))(secret);
  return (bits.match(/.{1,5}/g) ?? [])
    .map((five) => BASE32.charAt(Number.parseInt(five.padEnd(5, "0"), 2))).join("");
}

const hex2 = (code: number): string => code.toString(16).padStart(2, "0");

/** By name; those that a header can hold first. */
export const spellings: Readonly<Record<string, Spell>> = {
  "plain": (secret) => secret,
  "upper case": (secret) => secret.toUpperCase(),
  "reversed": (secret) => [...secret].reverse().join(""),
  "base64": base64(""),
  "base64, a byte before": base64("x"),
  "base64, two bytes before": base64("xy"),
  "base64 for URLs": (secret) => Buffer.from(`??>${secret}`).toString("base64url"),
  "base64 unpadded": (secret) => base64("x")(secret).replace(/=+$/, ""),
  "base64 of base64's kind for Basic": base64("bottle:"),
  "base32": base32,
  "hexadecimal": each(hex2),
  "upper-case hexadecimal": (secret) => each(hex2)(secret).toUpperCase(),
  "hexadecimal with colons": (secret) => [...secret].map((one) => each(hex2)(one)).join(":"),
  "percent, every byte": each((code) => `%${hex2(code)}`),
  "percent twice": each((code) => `%25${hex2(code)}`),
  "JSON escapes": each((code) => `\\u00${hex2(code)}`),
  "decimal entities": each((code) => `&#${code};`),
  "hexadecimal entities": each((code) => `&#x${hex2(code)};`),
  "a hyphen between all": (secret) => [...secret].join("-"),
  "zero-width spaces between": (secret) => [...secret].join("\xe2\x80\x8b"),
  "UTF-16, little-endian": each((code) => `${String.fromCharCode(code)}\0`),
  "UTF-16, big-endian": each((code) => `\0${String.fromCharCode(code)}`),
  "over two lines of base64": (secret) => base64("")(secret).replace(/(.{20})/, "$1\r\n"),
};

/** Whether a header's value can hold it. */
export function isOneLine(text: string): boolean {
  return /^[\x20-\x7e\x80-\xff]*$/.test(text);
}
