/**
 * What it takes to recognise a bottle's credentials without holding them: git-gate parses what an agent sends, so the
 * values themselves stay with egress.
 */

/** Prints of all secrets of a bottle. */
export interface SecretPrints {
  /** Random, of this bottle: base64 of 32 bytes. */
  readonly salt: string;
  /** Of all of them, each spelling. */
  readonly prints: readonly SecretPrint[];
}

/** One spelling of one secret, by its letters and digits in lower case: what separates them is not looked at. */
export interface SecretPrint {
  /** What it is, for people: the name of its source, never a value. */
  readonly name: string;
  /** Letters and digits of the spelling, at least 6. */
  readonly length: number;
  /** Hash of its last 5, 24 bits: see `hashLast`. The end, as the beginnings of tokens are known to everybody. */
  readonly window: number;
  /** HMAC-SHA-256 of all of them under the salt, base64. */
  readonly digest: string;
}
