/** Making prints of secrets, where these are known: on the host, for git-gate's part of the `configure` document. */

import { createHmac } from "node:crypto";
import { hashLast } from "./letter_window.ts";
import { printSpellings } from "./print_spellings.ts";
import type { SecretPrint, SecretPrints } from "./secret_print.ts";

/** A secret and what it is called. */
export interface NamedSecret {
  /** For people: `ANTHROPIC_API_KEY`, `the key of widget`. It is told to whoever pushes the secret. */
  readonly name: string;
  /** A token, or the text of a private key. One of fewer than 8 bytes can't be looked for. */
  readonly value: string;
}

/**
 * Prints of all spellings of all secrets.
 *
 * @param salt 32 random bytes, of this bottle alone
 *
 * @example
 * ```ts
 * import { makeSecretPrints } from "./make_secret_prints.ts";
 * import { PrintScanner } from "./print_scanner.ts";
 * const salt = crypto.getRandomValues(new Uint8Array(32));
 * const prints = makeSecretPrints([{ name: "TOKEN", value: "abc-12345678" }], salt);
 * const [found] = new PrintScanner(prints).scan(new TextEncoder().encode("a\nABC_1234 5678"));
 * if (found?.name !== "TOKEN" || found.line !== 2) throw new Error("not found");
 * ```
 */
export function makeSecretPrints(
  secrets: readonly NamedSecret[],
  salt: Uint8Array,
): SecretPrints {
  const prints = secrets.flatMap(({ name, value }) =>
    printSpellings(value).map((letters) => makePrint(name, letters, salt))
  );
  return { salt: salt.toBase64(), prints };
}

function makePrint(name: string, letters: string, salt: Uint8Array): SecretPrint {
  return {
    name,
    length: letters.length,
    window: hashLast(letters),
    digest: digestLetters(letters, salt),
  };
}

/** HMAC-SHA-256, base64. @param letters as `lettersOf` has them */
export function digestLetters(letters: string, salt: Uint8Array): string {
  return createHmac("sha256", salt).update(letters, "latin1").digest("base64");
}
