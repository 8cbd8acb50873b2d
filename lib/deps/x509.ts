/** X.509 certificates on WebCrypto. 150 ms to load: only where certificates are made. */

// tsyringe, which x509 is built on, wants the polyfill before it.
import "npm:reflect-metadata@0.2.2";

export {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "npm:@peculiar/x509@2.2.0";
