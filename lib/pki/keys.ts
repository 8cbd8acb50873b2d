/** Keys: ECDSA on P-256, which every TLS client takes and WebCrypto makes in under a millisecond. */

import { PemConverter } from "../deps/x509.ts";

/** The algorithm of every key and signature here. */
export const ECDSA_P256 = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** A new key pair whose private key can be exported. */
export function generateKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(ECDSA_P256, true, ["sign", "verify"]);
}

/** The private key as PKCS #8 in PEM. */
export async function privateKeyToPem(key: CryptoKey): Promise<string> {
  return PemConverter.encode(await crypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY");
}

/** @throws when the PEM holds no P-256 key */
export function privateKeyFromPem(pem: string): Promise<CryptoKey> {
  return crypto.subtle.importKey("pkcs8", PemConverter.decodeFirst(pem), ECDSA_P256, true, [
    "sign",
  ]);
}

/** A positive serial number of 127 random bits, in hexadecimal (RFC 5280 wants at most 20 bytes). */
export function randomSerial(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[0] = (bytes[0] ?? 0) & 0x7f | 0x40;
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
