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

/** One spelling of one secret. */
export interface SecretPrint {
  /** What it is, for people: the name of its source, never a value. */
  readonly name: string;
  /** Bytes of the spelling, at least 8. */
  readonly length: number;
  /** Rolling hash of its first 8 bytes, 32 bits. */
  readonly start: number;
  /** HMAC-SHA-256 of all of it under the salt, base64. */
  readonly digest: string;
}
