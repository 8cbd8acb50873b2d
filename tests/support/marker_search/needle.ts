/** The forms in which a marker might lie somewhere. */

import { Buffer } from "node:buffer";

/** One form of one marker. */
export interface Needle {
  readonly marker: string;
  readonly form: string;
  readonly bytes: Uint8Array;
}

/** A needle as JSON carries it. */
export interface NeedleText {
  readonly marker: string;
  readonly form: string;
  readonly hex: string;
}

/**
 * A marker plain, as UTF-16, reversed, in hex and in base64 at each of the three alignments.
 *
 * @param marker at least 12 characters of ASCII: shorter ones are found by chance
 */
export function needlesOf(marker: string): readonly Needle[] {
  if (!/^[\x21-\x7e]{12,}$/.test(marker)) throw new Error("a marker needs 12 characters of ASCII");
  const plain = Buffer.from(marker);
  const hex = plain.toString("hex");
  const forms: readonly (readonly [form: string, bytes: Uint8Array])[] = [
    ["plain", plain],
    ["utf-16", Buffer.from(marker, "utf16le")],
    ["reversed", Buffer.from([...marker].reverse().join(""))],
    ["hex", Buffer.from(hex)],
    ["upper hex", Buffer.from(hex.toUpperCase())],
    ...[0, 1, 2].flatMap((offset) => base64At(plain, offset)),
  ];
  return forms.map(([form, bytes]) => ({ marker, form, bytes }));
}

/** For JSON. */
export function needleToText({ marker, form, bytes }: Needle): NeedleText {
  return { marker, form, hex: Buffer.from(bytes).toString("hex") };
}

/** From JSON. */
export function needleFromText({ marker, form, hex }: NeedleText): Needle {
  return { marker, form, bytes: Buffer.from(hex, "hex") };
}

/** The characters that only the marker's own bits decide, when it begins `offset` bytes into a group of three. */
function base64At(plain: Buffer, offset: number): readonly (readonly [string, Uint8Array])[] {
  const padded = Buffer.concat([Buffer.alloc(offset), plain]);
  const first = Math.ceil(offset * 8 / 6);
  const last = Math.floor(padded.length * 8 / 6);
  const text = (encoding: "base64" | "base64url"): string =>
    padded.toString(encoding).slice(first, last);
  const standard = text("base64");
  const urlSafe = text("base64url");
  return [
    [`base64 +${offset}`, Buffer.from(standard)],
    ...standard === urlSafe ? [] : [[`base64url +${offset}`, Buffer.from(urlSafe)] as const],
  ];
}
