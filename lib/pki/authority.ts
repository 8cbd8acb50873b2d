/** The bottle's own certificate authority: trusted by that bottle alone, gone with it. */

import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "../deps/x509.ts";
import type { CertificateAuthority } from "../egress/config.ts";
import { BottleError } from "../errors.ts";
import {
  ECDSA_P256,
  generateKeys,
  privateKeyFromPem,
  privateKeyToPem,
  randomSerial,
} from "./keys.ts";

/** A guest's clock may be behind ours, a microVM's most of all. */
export const CLOCK_SKEW_MS = 24 * 60 * 60 * 1000;
const LIFETIME_MS = 366 * 24 * 60 * 60 * 1000;

/** An authority ready to sign. */
export interface SigningAuthority {
  readonly certificate: X509Certificate;
  readonly key: CryptoKey;
}

/** Makes a new authority: may sign leaf certificates, no further authorities. */
export async function createAuthority(now: Date): Promise<CertificateAuthority> {
  const keys = await generateKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: randomSerial(),
    name: "CN=bot-bottle CA",
    notBefore: new Date(now.getTime() - CLOCK_SKEW_MS),
    notAfter: new Date(now.getTime() + LIFETIME_MS),
    signingAlgorithm: ECDSA_P256,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return {
    cert_pem: `${certificate.toString("pem")}\n`,
    key_pem: `${await privateKeyToPem(keys.privateKey)}\n`,
  };
}

/** @throws {BottleError} `ca-invalid` when certificate or key can't be read */
export async function openAuthority(authority: CertificateAuthority): Promise<SigningAuthority> {
  try {
    const certificate = new X509Certificate(authority.cert_pem);
    return { certificate, key: await privateKeyFromPem(authority.key_pem) };
  } catch {
    // The cause is left out: a parser's message may quote what it read, and that is a key.
    throw new BottleError("Cannot read the certificate authority of the configuration", {
      code: "ca-invalid",
      hint: "Leave `ca` null to have a new one made",
    });
  }
}

/** SHA-256 of the DER form: 64 lower-case hex digits. @param pem one certificate */
export async function certificateFingerprint(pem: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new X509Certificate(pem).rawData);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
