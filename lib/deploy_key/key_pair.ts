/** A new ssh key: made in memory, and never on a disk of the host. */

import { Secret } from "../secret.ts";
import { privateKeyText, publicKeyLine } from "./openssh_key.ts";

/** Both halves, as OpenSSH writes them. */
export interface KeyPair {
  /** `ssh-ed25519 AAAA… comment`, without a line end. */
  readonly publicLine: string;
  /** For `IdentityFile`, with no passphrase. */
  readonly privateText: Secret;
}

/** Makes one by WebCrypto. @param comment what ssh's tools show with it: one line */
export async function makeKeyPair(comment: string): Promise<KeyPair> {
  const pair = await crypto.subtle.generateKey({ name: "Ed25519" }, true, ["sign", "verify"]);
  if (!("privateKey" in pair)) throw new TypeError("An ed25519 key has two halves");
  const { d, x } = await crypto.subtle.exportKey("jwk", pair.privateKey);
  const key = { seed: fromJwk(d), point: fromJwk(x) };
  const [check = 0] = crypto.getRandomValues(new Uint32Array(1));
  return {
    publicLine: publicKeyLine(key, comment),
    privateText: new Secret(privateKeyText(key, comment, check)),
  };
}

function fromJwk(text = ""): Uint8Array {
  return Uint8Array.fromBase64(text, { alphabet: "base64url" });
}
