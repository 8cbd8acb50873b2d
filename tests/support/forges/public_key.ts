/** A public key as a server reads one: by its bytes, and not by how it looks. */

import { createHash } from "node:crypto";

/** A key of a line of `authorized_keys`. */
export interface PublicKey {
  readonly type: string;
  /** `type base64`, without the comment: what tells keys apart. */
  readonly content: string;
  readonly comment: string;
  /** As ssh prints it. */
  readonly fingerprint: string;
}

/** Parses an ed25519 key; else why it is none. */
export function parsePublicKey(line: string): PublicKey | { readonly why: string } {
  const found = /^(\S+) (\S+)(?: ([\x20-\x7e]*))?$/.exec(line);
  if (found === null) return { why: "not a line of type, key and comment" };
  const [, type = "", base64 = "", comment = ""] = found;
  if (type !== "ssh-ed25519") return { why: `the type ${type}` };
  let blob: Uint8Array;
  try {
    blob = Uint8Array.fromBase64(base64);
  } catch {
    return { why: "no base64" };
  }
  if (blob.toBase64() !== base64) return { why: "base64 that is not canonical" };
  const fields = readFields(blob);
  if (fields?.length !== 2) return { why: "a blob that is not two fields" };
  const [inner, point] = fields;
  if (inner === undefined || new TextDecoder().decode(inner) !== type) {
    return { why: "another type in the blob than before it" };
  }
  if (point?.length !== 32) return { why: "a point that is not of 32 bytes" };
  if (point.every((byte) => byte === 0)) return { why: "a point of zeroes" };
  const digest = createHash("sha256").update(blob).digest("base64").replace(/=+$/, "");
  return { type, content: `${type} ${base64}`, comment, fingerprint: `SHA256:${digest}` };
}

/** The fields, each with its length before it; undefined: they don't fill the bytes. */
function readFields(bytes: Uint8Array): readonly Uint8Array[] | undefined {
  const fields: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    if (at + 4 > bytes.length) return undefined;
    const size = new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0);
    const end = at + 4 + size;
    if (end > bytes.length) return undefined;
    fields.push(bytes.slice(at + 4, end));
    at = end;
  }
  return fields;
}
