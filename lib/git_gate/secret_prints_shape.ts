/** Reading the prints of a bottle's secrets from the `configure` document. */

import { readCount, readList, readShape, readText, shapeError } from "../control/shape.ts";
import { MIN_LETTERS, WINDOW_BITS } from "../dlp/letter_window.ts";
import type { SecretPrints } from "../dlp/secret_print.ts";

const MAX_PRINTS = 100_000;
/** Base64 of 32 bytes. */
const DIGEST = /^[A-Za-z0-9+/]{43}=$/;
const MAX_WINDOW = 2 ** WINDOW_BITS - 1;

/** @throws {BottleError} `shape-invalid` */
export function parseSecretPrints(value: unknown): SecretPrints {
  const shape = readShape(value, "known_secrets");
  const salt = readText(shape, "salt", 44);
  if (!DIGEST.test(salt)) throw shapeError("salt", "32 bytes in base64");
  const prints = readList(shape, "prints", MAX_PRINTS).map((value) => {
    const print = readShape(value, "print");
    const digest = readText(print, "digest", 44);
    if (!DIGEST.test(digest)) throw shapeError("digest", "32 bytes in base64");
    const length = readCount(print, "length");
    if (length < MIN_LETTERS) throw shapeError("length", `a whole number from ${MIN_LETTERS}`);
    const window = readCount(print, "window");
    if (window > MAX_WINDOW) throw shapeError("window", `a number of ${WINDOW_BITS} bits`);
    return { name: readText(print, "name", 1_024), length, window, digest };
  });
  return { salt, prints };
}
