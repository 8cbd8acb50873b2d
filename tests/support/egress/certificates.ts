/** Certificates of a test's own authority, good ones and bad ones. */

import {
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from "../../../lib/deps/x509.ts";
import type { CertificateAuthority } from "../../../lib/egress/config.ts";
import { createAuthority, openAuthority } from "../../../lib/pki/authority.ts";
import { ECDSA_P256, generateKeys, privateKeyToPem, randomSerial } from "../../../lib/pki/keys.ts";
import { type Leaf, LeafIssuer } from "../../../lib/pki/leaf.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** A test's authority. */
export interface TestAuthority {
  readonly ca: CertificateAuthority;
  readonly issuer: LeafIssuer;
}

/** A new authority. @param at what it takes for now */
export async function testAuthority(at: Date = new Date()): Promise<TestAuthority> {
  const ca = await createAuthority(at);
  return { ca, issuer: await LeafIssuer.open(ca, { now: () => at }) };
}

/** A leaf that ran out eleven months ago, of an authority that did not. */
export async function expiredLeaf(
  name: string,
): Promise<{ readonly leaf: Leaf; readonly caPem: string }> {
  const then = new Date(Date.now() - 340 * DAY_MS);
  const { ca, issuer } = await testAuthority(then);
  return { leaf: await issuer.leafFor({ kind: "name", value: name }), caPem: ca.cert_pem };
}

/** A leaf that becomes valid in eleven months, of an authority that is valid now. */
export async function futureLeaf(ca: CertificateAuthority, name: string): Promise<Leaf> {
  const later = Date.now() + 340 * DAY_MS;
  return await leafForNames(ca, [name], new Date(later));
}

/** One leaf for several names: a server of many hosts, which serves one certificate. */
export async function leafForNames(
  ca: CertificateAuthority,
  names: readonly string[],
  at: Date = new Date(),
): Promise<Leaf> {
  const { certificate: issuer, key: signingKey } = await openAuthority(ca);
  const keys = await generateKeys();
  const certificate = await X509CertificateGenerator.create({
    serialNumber: randomSerial(),
    subject: "CN=test",
    issuer: issuer.subject,
    notBefore: new Date(at.getTime() - DAY_MS),
    notAfter: new Date(at.getTime() + DAY_MS),
    signingAlgorithm: ECDSA_P256,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [
      new SubjectAlternativeNameExtension(names.map((value) => ({ type: "dns" as const, value }))),
    ],
  });
  return {
    cert_pem: certificate.toString("pem"),
    key_pem: await privateKeyToPem(keys.privateKey),
  };
}

/** A certificate that nobody but itself has signed. */
export async function selfSignedLeaf(name: string): Promise<Leaf> {
  const keys = await generateKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: randomSerial(),
    name: `CN=${name}`,
    notBefore: new Date(Date.now() - DAY_MS),
    notAfter: new Date(Date.now() + DAY_MS),
    signingAlgorithm: ECDSA_P256,
    keys,
    extensions: [new SubjectAlternativeNameExtension([{ type: "dns", value: name }])],
  });
  return {
    cert_pem: certificate.toString("pem"),
    key_pem: await privateKeyToPem(keys.privateKey),
  };
}
