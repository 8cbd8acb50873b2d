/** The ways in which a secret is looked for where only its prints are known. */

import { Buffer } from "node:buffer";
import { spellSecret } from "../egress/scan/spellings.ts";
import { lettersOf, MIN_LETTERS } from "./letter_window.ts";
import { secretPemLines } from "./pem_lines.ts";

/**
 * Letters and digits of every spelling of a secret, in lower case, each once. Since what stands between them is passed
 * over, one print serves for a spelling in lines, with separators, in UTF-16, in base64 for URLs.
 *
 * @param secret a token, or a text with private keys in it: of those the secret lines
 * @returns none for a secret of fewer than 8 bytes
 */
export function printSpellings(secret: string): readonly string[] {
  const lines = secretPemLines(secret);
  const values = lines.length > 0 ? lines : [secret.trim()];
  const letters = values.flatMap((value) => spell(value).map(lettersOf))
    .filter((text) => text.length >= MIN_LETTERS);
  return [...new Set(letters)];
}

/** Where egress reads an escape as what it stands for, a print needs a spelling of its own. */
function spell(value: string): readonly string[] {
  const plain = spellSecret(value);
  if (plain.length === 0) return [];
  const bytes = [...Buffer.from(value, "utf8")];
  const each = (write: (byte: number) => string): string => bytes.map(write).join("");
  return [
    ...plain,
    percentEncode(value),
    JSON.stringify(value).slice(1, -1),
    escapeMarkup(value),
    each((byte) => `x${byte.toString(16).padStart(2, "0")}`),
    each((byte) => `u${byte.toString(16).padStart(4, "0")}`),
    each((byte) => `x${byte.toString(16)}`),
    each((byte) => byte.toString(8).padStart(3, "0")),
  ];
}

/** As `encodeURIComponent` does it, which throws at half a surrogate pair. */
function percentEncode(value: string): string {
  return Buffer.from(value, "utf8").toString("latin1").replace(
    /[^A-Za-z0-9\-_.!~*'()]/g,
    (character) => `%${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}

function escapeMarkup(value: string): string {
  const names: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
  };
  return value.replace(/[&<>"]/g, (character) => names[character] ?? character);
}
