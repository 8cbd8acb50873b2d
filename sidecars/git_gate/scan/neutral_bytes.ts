/** A piece of a text as gitleaks gets it: nothing in it has a say in how it is looked at. */

import { Buffer } from "node:buffer";

/** What gitleaks looks for in the lines of a finding, in exactly these letters, to let it pass. */
const ALLOW_COMMENT = "gitleaks:allow";
const NUL = 0;
const SPACE = 32;
/** So many letters of ASCII, each with a NUL beside it, are text in UTF-16. */
const UTF16_LETTERS = 8;

/** Whether a comment in it asks to let a finding pass. */
export function hasAllowComment(bytes: Uint8Array): boolean {
  return asBuffer(bytes).includes(ALLOW_COMMENT, 0, "latin1");
}

/**
 * Allow comments with a capital: gitleaks does not know them then, while for its rules nothing changes, as they either ignore
 * letter case or don't take a colon.
 */
export function withoutAllowComments(bytes: Uint8Array): Uint8Array {
  const copy = Buffer.from(bytes);
  for (
    let at = copy.indexOf(ALLOW_COMMENT, 0, "latin1");
    at !== -1;
    at = copy.indexOf(ALLOW_COMMENT, at + 1, "latin1")
  ) {
    copy.write("G", at, "latin1");
  }
  return copy;
}

/** NUL as space: in a program's data it ends a text, as only a space, a quote or a line's end does for the rules. */
export function withoutNuls(bytes: Uint8Array): Uint8Array {
  if (!bytes.includes(NUL)) return bytes;
  return bytes.map((byte) => byte === NUL ? SPACE : byte);
}

/** The same without NULs where it is text in UTF-16, on the same lines; undefined: it is none. */
export function asUtf16(bytes: Uint8Array): Uint8Array | undefined {
  if (!bytes.includes(NUL)) return undefined;
  let run = 0;
  for (let at = 1; at < bytes.length && run < UTF16_LETTERS; at++) {
    const [before = NUL, byte = NUL] = [bytes[at - 1], bytes[at]];
    if (byte === NUL && before !== NUL && before < 0x80) run++;
    else if (byte === NUL || before !== NUL) run = 0;
  }
  return run < UTF16_LETTERS ? undefined : bytes.filter((byte) => byte !== NUL);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
