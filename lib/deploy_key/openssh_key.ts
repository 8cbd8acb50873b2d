/** An ed25519 key as OpenSSH writes it, both halves. */

import { concatBytes } from "../concat_bytes.ts";
import { sshNumber, sshString } from "./ssh_wire.ts";

/** The raw key: 32 bytes each (RFC 8032). */
export interface Ed25519Key {
  /** What signs. Secret. */
  readonly seed: Uint8Array;
  /** What checks. */
  readonly point: Uint8Array;
}

const TYPE = "ssh-ed25519";
/** The cipher's block size that the format pads to where nothing is encrypted. */
const BLOCK = 8;
/** Columns of base64 in a private key's text. */
const COLUMNS = 70;

/** `ssh-ed25519 AAAA… comment`: a line of `authorized_keys`, without its end (RFC 8709). @param comment one line */
export function publicKeyLine({ point }: Pick<Ed25519Key, "point">, comment: string): string {
  return `${TYPE} ${publicBlob(point).toBase64()} ${comment}`;
}

/**
 * The private key's text, without a passphrase: OpenSSH's own format, which its `PROTOCOL.key` describes. The only one that
 * OpenSSH reads ed25519 from.
 *
 * @param check any 32 bits: the format has them twice, to tell a right passphrase by
 */
export function privateKeyText(
  { seed, point }: Ed25519Key,
  comment: string,
  check: number,
): string {
  const secret = padded(concatBytes([
    sshNumber(check),
    sshNumber(check),
    sshString(TYPE),
    sshString(point),
    sshString(concatBytes([seed, point])),
    sshString(comment),
  ]));
  const whole = concatBytes([
    new TextEncoder().encode("openssh-key-v1\0"),
    sshString("none"),
    sshString("none"),
    sshString(""),
    sshNumber(1),
    sshString(publicBlob(point)),
    sshString(secret),
  ]);
  const lines = whole.toBase64().match(new RegExp(`.{1,${COLUMNS}}`, "g")) ?? [];
  return [
    "-----BEGIN OPENSSH PRIVATE KEY-----",
    ...lines,
    "-----END OPENSSH PRIVATE KEY-----",
    "",
  ].join("\n");
}

function publicBlob(point: Uint8Array): Uint8Array {
  return concatBytes([sshString(TYPE), sshString(point)]);
}

/** 1, 2, 3, … up to the block's end. */
function padded(bytes: Uint8Array): Uint8Array {
  const missing = (BLOCK - bytes.length % BLOCK) % BLOCK;
  return concatBytes([bytes, Uint8Array.from({ length: missing }, (_, at) => at + 1)]);
}
