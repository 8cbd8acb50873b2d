/** The text of a private key's file: whether ssh can use it where nobody can be asked for a passphrase. */

import { fingerprintOf } from "./host_key.ts";
import { SshReader } from "./ssh_reader.ts";

/** The largest key that ssh-keygen makes (RSA, 16,384 bits) has some 13 KB of text. */
export const MAX_KEY_BYTES = 65_536;

/** What the text is, or what is wrong with it: a predicate, and what to do. Neither quotes it. */
export type PrivateKeyText =
  | {
    readonly ok: true;
    /** For ssh: line ends are LF, and the last line has one. Secret. */
    readonly text: string;
    /** Of the public key: `SHA256:…`; null: only OpenSSH's own format shows it. */
    readonly fingerprint: string | null;
  }
  | { readonly ok: false; readonly why: string; readonly hint: string };

/** How a person makes a key that fits. */
export const KEY_HINT =
  "Make a key for the bottle, ssh-keygen -t ed25519 -f FILE -N '', and add FILE.pub to the repository as a deploy key";

const BEGIN = /^-----BEGIN ([A-Z0-9 ]+)-----$/;
const MAGIC = "openssh-key-v1\0";

/**
 * Reads the text, which stays in memory. Taken are OpenSSH's own format, PKCS #8, and PEM of RSA and EC keys, without
 * a passphrase.
 */
export function readPrivateKey(bytes: Uint8Array): PrivateKeyText {
  const text = new TextDecoder().decode(bytes).replaceAll("\r\n", "\n").trim();
  const [first = "", ...lines] = text.split("\n");
  if (text === "") return bad("is empty");
  if (first.startsWith("PuTTY-User-Key-File-")) {
    return bad(
      "is a key of PuTTY's",
      "Convert it: puttygen FILE.ppk -O private-openssh -o FILE, without a passphrase",
    );
  }
  if (isPublic(first)) {
    return bad("is a public key", "Name the private one: the file without .pub");
  }
  const label = BEGIN.exec(first)?.[1];
  if (label === undefined || lines.at(-1) !== `-----END ${label}-----`) {
    return bad("is no private key, or not a whole one");
  }
  const body = lines.slice(0, -1);
  switch (label) {
    case "OPENSSH PRIVATE KEY":
      return readOpenSsh(text, body);
    case "RSA PRIVATE KEY":
    case "EC PRIVATE KEY":
      return body.some((line) => /^(?:Proc-Type:.*ENCRYPTED|DEK-Info:)/.test(line))
        ? locked()
        : plain(text, decode(body));
    case "PRIVATE KEY":
      return plain(text, decode(body));
    case "ENCRYPTED PRIVATE KEY":
      return locked();
    case "DSA PRIVATE KEY":
      return bad("is a DSA key, which ssh no longer takes");
    default:
      return bad("is no private key that ssh takes");
  }
}

/** PROTOCOL.key of OpenSSH: cipher, kdf, options of the kdf, how many keys, the public key, the private part. */
function readOpenSsh(text: string, body: readonly string[]): PrivateKeyText {
  const reader = new SshReader(decode(body) ?? new Uint8Array());
  if (!reader.expect(MAGIC)) return broken();
  const cipher = reader.text();
  const kdf = reader.text();
  reader.bytes();
  const count = reader.uint32();
  const blob = reader.bytes();
  if (cipher === undefined || kdf === undefined || blob === undefined) return broken();
  if (cipher !== "none" || kdf !== "none") return locked();
  const secret = reader.bytes();
  if (count !== 1 || secret === undefined || !reader.isAtEnd) return broken();
  const type = new SshReader(blob).text();
  if (type === undefined) return broken();
  if (type === "ssh-dss") return bad("is a DSA key, which ssh no longer takes");
  if (type.startsWith("sk-")) {
    return bad("is a key on hardware, which somebody would have to touch");
  }
  return { ok: true, text: `${text}\n`, fingerprint: fingerprintOf(blob) };
}

function plain(text: string, der: Uint8Array | undefined): PrivateKeyText {
  // A SEQUENCE: what the other formats have in common.
  return der?.[0] === 0x30 ? { ok: true, text: `${text}\n`, fingerprint: null } : broken();
}

function isPublic(line: string): boolean {
  return /^(?:ssh-|ecdsa-|sk-)[\w@.-]+\s+AAAA/.test(line) ||
    /^-{4,5} ?BEGIN (?:SSH2 |RSA |EC )?PUBLIC KEY ?-{4,5}$/.test(line);
}

function decode(lines: readonly string[]): Uint8Array | undefined {
  try {
    return Uint8Array.fromBase64(lines.join(""));
  } catch {
    return undefined;
  }
}

function locked(): PrivateKeyText {
  return bad("is protected by a passphrase, and nobody can be asked for it");
}

function broken(): PrivateKeyText {
  return bad("is no whole private key");
}

function bad(why: string, hint = KEY_HINT): PrivateKeyText {
  return { ok: false, why, hint };
}
