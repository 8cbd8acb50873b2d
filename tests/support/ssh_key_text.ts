/** Keys in ssh's formats, put together field by field: what a test wants wrong with one is wrong. */

import { concatBytes } from "../../lib/concat_bytes.ts";

/** A field with its length before it. */
export function sshField(value: string | Uint8Array): Uint8Array {
  const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, bytes.length);
  return concatBytes([length, bytes]);
}

/** `type base64` of a public key with these fields behind its type. */
export function publicKeyText(type: string, ...fields: readonly (string | Uint8Array)[]): string {
  return `${type} ${concatBytes([type, ...fields].map(sshField)).toBase64()}`;
}

/** What {@linkcode openSshKeyText} varies. */
export interface OpenSshKey {
  readonly magic?: string;
  readonly cipher?: string;
  readonly kdf?: string;
  readonly count?: number;
  readonly type?: string;
  readonly rest?: Uint8Array;
}

/** A private key in OpenSSH's format; the key itself is none that opens anything. */
export function openSshKeyText(
  {
    magic = "openssh-key-v1\0",
    cipher = "none",
    kdf = "none",
    count = 1,
    type = "ssh-ed25519",
    rest = new Uint8Array(),
  }: OpenSshKey = {},
): string {
  const blob = concatBytes([sshField(type), sshField(new Uint8Array(32))]);
  const number = new Uint8Array(4);
  new DataView(number.buffer).setUint32(0, count);
  const bytes = concatBytes([
    new TextEncoder().encode(magic),
    sshField(cipher),
    sshField(kdf),
    sshField(""),
    number,
    sshField(blob),
    sshField(new Uint8Array(136)),
    rest,
  ]);
  return pemText("OPENSSH PRIVATE KEY", bytes);
}

/** PEM: lines of 70 characters, as OpenSSH writes them. */
export function pemText(label: string, bytes: Uint8Array, headers: readonly string[] = []): string {
  const lines = bytes.toBase64().match(/.{1,70}/g) ?? [];
  const before = headers.length === 0 ? [] : [...headers, ""];
  return [`-----BEGIN ${label}-----`, ...before, ...lines, `-----END ${label}-----`, ""].join("\n");
}
