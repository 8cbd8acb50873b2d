/** Leaf certificates for the names that the proxy answers as. */

import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from "../deps/x509.ts";
import type { CertificateAuthority } from "../egress/config.ts";
import { CLOCK_SKEW_MS, openAuthority, type SigningAuthority } from "./authority.ts";
import { ECDSA_P256, generateKeys, privateKeyToPem, randomSerial } from "./keys.ts";

const LIFETIME_MS = 30 * 24 * 60 * 60 * 1000;
const RENEW_BEFORE_MS = 10 * 24 * 60 * 60 * 1000;

/** Whom a leaf certificate names. */
export interface LeafSubject {
  readonly kind: "name" | "ip";
  /** Canonical host name or address. */
  readonly value: string;
}

/** Certificate and key in PEM. */
export interface Leaf {
  readonly cert_pem: string;
  readonly key_pem: string;
}

/** Mints leaf certificates, one shared key for all of them: 3 ms each, then from memory. */
export class LeafIssuer {
  readonly #authority: SigningAuthority;
  readonly #keys: CryptoKeyPair;
  readonly #keyPem: string;
  readonly #now: () => Date;
  readonly #capacity: number;
  readonly #leaves = new Map<string, { readonly leaf: Promise<Leaf>; readonly renewAt: number }>();

  private constructor(
    authority: SigningAuthority,
    keys: CryptoKeyPair,
    keyPem: string,
    options: LeafIssuerOptions,
  ) {
    this.#authority = authority;
    this.#keys = keys;
    this.#keyPem = keyPem;
    this.#now = options.now;
    this.#capacity = options.capacity ?? 1000;
  }

  /** @throws {BottleError} `ca-invalid` */
  static async open(
    authority: CertificateAuthority,
    options: LeafIssuerOptions,
  ): Promise<LeafIssuer> {
    const keys = await generateKeys();
    const keyPem = await privateKeyToPem(keys.privateKey);
    return new LeafIssuer(await openAuthority(authority), keys, keyPem, options);
  }

  /** Leaves in memory. */
  get size(): number {
    return this.#leaves.size;
  }

  /** The leaf for a subject; the same one until a third of its life is left. */
  leafFor(subject: LeafSubject): Promise<Leaf> {
    const key = `${subject.kind} ${subject.value}`;
    const now = this.#now().getTime();
    const known = this.#leaves.get(key);
    this.#leaves.delete(key);
    const entry = known !== undefined && known.renewAt > now ? known : {
      leaf: this.#mint(subject, now),
      renewAt: now + LIFETIME_MS - RENEW_BEFORE_MS,
    };
    // Set anew, so that the map's order is the order of use and the first is the one to drop.
    this.#leaves.set(key, entry);
    for (const oldest of this.#leaves.keys()) {
      if (this.#leaves.size <= this.#capacity) break;
      this.#leaves.delete(oldest);
    }
    return entry.leaf;
  }

  async #mint(subject: LeafSubject, now: number): Promise<Leaf> {
    const { certificate: issuer, key: signingKey } = this.#authority;
    const notAfter = Math.min(now + LIFETIME_MS, issuer.notAfter.getTime());
    const certificate = await X509CertificateGenerator.create({
      serialNumber: randomSerial(),
      // Clients go by the alternative name; a common name is limited to 64 characters.
      subject: "CN=bot-bottle",
      issuer: issuer.subject,
      notBefore: new Date(now - CLOCK_SKEW_MS),
      notAfter: new Date(notAfter),
      signingAlgorithm: ECDSA_P256,
      publicKey: this.#keys.publicKey,
      signingKey,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
        new SubjectAlternativeNameExtension([{
          type: subject.kind === "ip" ? "ip" : "dns",
          value: subject.value,
        }]),
        await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      ],
    });
    return { cert_pem: `${certificate.toString("pem")}\n`, key_pem: this.#keyPem };
  }
}

/** What {@linkcode LeafIssuer.open} takes. */
export interface LeafIssuerOptions {
  readonly now: () => Date;
  /** Leaves kept in memory; 1,000 unless told. The one used longest ago goes first. */
  readonly capacity?: number;
}
