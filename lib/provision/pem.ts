/** Certificates in PEM text, told apart by fingerprint without parsing them. */

import { createHash } from "node:crypto";

const BLOCK = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]*)-----END CERTIFICATE-----/g;

/**
 * The SHA-256 of each certificate's DER in a PEM text, 64 lower-case hex digits, in the text's order. What lies
 * between the blocks is skipped, as the readers of a bundle do (RFC 7468, section 2).
 *
 * @example
 * ```ts
 * import { certificateFingerprints } from "./pem.ts";
 * const pem = "-----BEGIN CERTIFICATE-----\nAAEC\n-----END CERTIFICATE-----\n";
 * if (certificateFingerprints(pem)[0]?.slice(0, 8) !== "ae4b3280") throw new Error();
 * ```
 */
export function certificateFingerprints(pem: string): readonly string[] {
  return [...pem.matchAll(BLOCK)].map(([, base64 = ""]) =>
    createHash("sha256").update(base64, "base64").digest("hex")
  );
}
