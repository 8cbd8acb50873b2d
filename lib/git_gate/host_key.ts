/** The public key that an ssh upstream has to show: declared, never learned at the first connection. */

import { createHash } from "node:crypto";
import { SshReader } from "./ssh_reader.ts";

/** A host's key. */
export interface HostKey {
  /** `ssh-ed25519`, `ecdsa-sha2-nistp256`, … */
  readonly type: string;
  /** Type and base64, as `known_hosts` has them after the host. */
  readonly text: string;
  /** As ssh prints it: `SHA256:` and base64 without padding. */
  readonly fingerprint: string;
}

/** A key, or what is wrong with the text: a predicate, and what to do. */
export type ParsedHostKey =
  | { readonly ok: true; readonly key: HostKey }
  | { readonly ok: false; readonly why: string; readonly hint: string };

/** How a person gets one, and makes sure that it is the right one. */
export const HOST_KEY_HINT =
  "Write the line of `ssh-keyscan -t ed25519 HOST` without the host, and compare its fingerprint with the one that the host publishes";

const MAX_LENGTH = 4_096;
/** NIST SP 800-131A: shorter ones sign nothing any more. */
const MIN_RSA_BITS = 2_048;

/** Key types of OpenSSH (sshd(8), "AUTHORIZED_KEYS FILE FORMAT"), and what stands behind the type inside the key. */
const FIELDS: ReadonlyMap<string, (reader: SshReader, type: string) => string | undefined> =
  new Map([
    ["ssh-ed25519", readEdwards],
    ["ecdsa-sha2-nistp256", readCurve],
    ["ecdsa-sha2-nistp384", readCurve],
    ["ecdsa-sha2-nistp521", readCurve],
    ["ssh-rsa", readRsa],
    ["sk-ssh-ed25519@openssh.com", withApplication(readEdwards)],
    ["sk-ecdsa-sha2-nistp256@openssh.com", withApplication(readCurve)],
  ]);

/** Bytes of an uncompressed point on each curve (SEC 1, 2.3.3). */
const POINTS: ReadonlyMap<string, number> = new Map([
  ["nistp256", 65],
  ["nistp384", 97],
  ["nistp521", 133],
]);

/**
 * Parses a key: type and base64, as a `.pub` file or `known_hosts` has them; a comment behind them is left out. What
 * the base64 holds has to be a key of that type, whole.
 *
 * @example
 * ```ts
 * import { parseHostKey } from "./host_key.ts";
 * const text = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
 * const parsed = parseHostKey(text);
 * if (!parsed.ok || !parsed.key.fingerprint.startsWith("SHA256:+DiY3wvv")) throw new Error("not parsed");
 * ```
 */
export function parseHostKey(text: string): ParsedHostKey {
  if (text.length > MAX_LENGTH) return bad("is too long for a key");
  // deno-lint-ignore no-control-regex -- a line end would begin another line of known_hosts
  if (/[\x00-\x08\x0a-\x1f\x7f]/.test(text.trim())) return bad("must be one line");
  const [type = "", base64 = ""] = text.trim().split(/[ \t]+/);
  const wrong = findFormFault(type, base64);
  if (wrong !== undefined) return wrong;
  const readFields = FIELDS.get(type);
  if (readFields === undefined) {
    return bad(`has no type of key that is taken: ${[...FIELDS.keys()].join(", ")}`);
  }
  const blob = decode(base64);
  if (blob === undefined) return bad("has something else than a key in base64 after the type");
  const reader = new SshReader(blob);
  if (reader.text() !== type) return bad(`does not hold a key of the type "${type}"`);
  const fault = readFields(reader, type) ?? (reader.isAtEnd ? undefined : "is no whole key");
  return fault === undefined
    ? { ok: true, key: { type, text: `${type} ${base64}`, fingerprint: fingerprintOf(blob) } }
    : bad(fault);
}

/** As `ssh-keygen -l` prints it. */
export function fingerprintOf(blob: Uint8Array): string {
  return `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}

/** Things that people paste. */
function findFormFault(
  type: string,
  base64: string,
): Extract<ParsedHostKey, { ok: false }> | undefined {
  if (type.startsWith("-----")) return bad("is a file of another kind than a public key's line");
  if (type.startsWith("SHA256:") || type.startsWith("MD5:")) {
    return bad("is a fingerprint, and not the key itself");
  }
  if (type.startsWith("@")) {
    return bad("is a line of known_hosts with a marker: authorities are not taken", HOST_KEY_HINT);
  }
  if (type.startsWith("#")) return bad("is a comment");
  if (FIELDS.has(base64) || base64.startsWith("ssh-") || base64.startsWith("ecdsa-")) {
    return bad(
      "is a line of known_hosts with its host",
      `Leave out the host: write what begins with "${base64.slice(0, 40)}"`,
    );
  }
  if (type === "ssh-dss") return bad("is a DSA key, which ssh no longer takes");
  if (type.startsWith("rsa-sha2-")) return bad("names a kind of signature: the key is ssh-rsa");
  if (type.startsWith("AAAA")) return bad("lacks the key's type before the base64");
  return base64 === "" ? bad("must be a type and a key, such as ssh-ed25519 AAAA…") : undefined;
}

function readEdwards(reader: SshReader): string | undefined {
  return reader.bytes()?.length === 32 ? undefined : "is no whole key";
}

function readCurve(reader: SshReader, type: string): string | undefined {
  const curve = /nistp[0-9]+/.exec(type)?.[0] ?? "";
  if (reader.text() !== curve) return `does not hold a key of the type "${type}"`;
  const point = reader.bytes();
  return point?.length === POINTS.get(curve) && point?.[0] === 4 ? undefined : "is no whole key";
}

function readRsa(reader: SshReader): string | undefined {
  const [exponent, modulus] = [reader.bytes(), reader.bytes()];
  if (exponent === undefined || modulus === undefined) return "is no whole key";
  const bits = countBits(modulus);
  return bits < MIN_RSA_BITS
    ? `has ${bits} bits: an RSA key under ${MIN_RSA_BITS} proves nothing`
    : undefined;
}

/** Keys on hardware name what they are for. */
function withApplication(
  read: (reader: SshReader, type: string) => string | undefined,
): (reader: SshReader, type: string) => string | undefined {
  return (reader, type) =>
    read(reader, type) ?? (reader.text() === undefined ? "is no whole key" : undefined);
}

function countBits(big: Uint8Array): number {
  const first = big.findIndex((byte) => byte !== 0);
  if (first < 0) return 0;
  return (big.length - first) * 8 - Math.clz32(big[first] ?? 0) + 24;
}

function decode(base64: string): Uint8Array | undefined {
  try {
    const bytes = Uint8Array.fromBase64(base64, { lastChunkHandling: "strict" });
    return bytes.toBase64() === base64 ? bytes : undefined;
  } catch {
    return undefined;
  }
}

function bad(why: string, hint = HOST_KEY_HINT): Extract<ParsedHostKey, { ok: false }> {
  return { ok: false, why, hint };
}
