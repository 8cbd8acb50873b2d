import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { secretPemLines } from "../../../../lib/dlp/pem_lines.ts";

function pem(label: string, body: Uint8Array, width = 64): string {
  const lines = Buffer.from(body).toString("base64").match(new RegExp(`.{1,${width}}`, "g")) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}

function field(...parts: readonly (Uint8Array | string)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, body]);
}

/** An ed25519 key as ssh-keygen writes it: PROTOCOL.key. */
function opensshKey(publicBytes: Uint8Array, seed: Uint8Array): Buffer {
  const blob = Buffer.concat([field("ssh-ed25519"), field(publicBytes)]);
  const check = Buffer.from("abcdabcd");
  const secret = field(check, blob, field(seed, publicBytes), field("me@host"), "\x01\x02\x03");
  const one = Buffer.from([0, 0, 0, 1]);
  const head = Buffer.concat([Buffer.from("openssh-key-v1\0"), field("none"), field("none")]);
  return Buffer.concat([head, field(""), one, field(blob), secret]);
}

Deno.test("secretPemLines takes of an OpenSSH key only lines with something secret in them", () => {
  const publicBytes = randomBytes(32);
  const lines = (seed: Uint8Array): readonly string[] =>
    secretPemLines(pem("OPENSSH PRIVATE KEY", opensshKey(publicBytes, seed), 70));
  const [one, two] = [lines(randomBytes(32)), lines(randomBytes(32))];
  assert.ok(one.length >= 1);
  assert.equal(one[0] === two[0], false);
  const whole = opensshKey(publicBytes, randomBytes(32)).toString("base64");
  assert.equal(one.some((line) => whole.startsWith(line)), false);
});

Deno.test("secretPemLines covers every byte of an OpenSSH key's seed", () => {
  const seed = randomBytes(32);
  const key = opensshKey(randomBytes(32), seed);
  const text = secretPemLines(pem("OPENSSH PRIVATE KEY", key, 70)).join("");
  const at = key.indexOf(seed);
  const inner = key.toString("base64").slice(Math.ceil(at * 4 / 3), Math.floor((at + 32) * 4 / 3));
  assert.ok(text.includes(inner));
});

Deno.test("secretPemLines takes lines of RSA and EC keys, but not the first of many", () => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const text = privateKey.export({ type: "pkcs1", format: "pem" }).toString();
  const all = text.split("\n").slice(1, -2);
  assert.deepEqual(secretPemLines(text), all.slice(-secretPemLines(text).length));
  assert.ok(secretPemLines(text).length > all.length / 2);
  assert.ok(secretPemLines(text).length < all.length - 4);
});

Deno.test("secretPemLines takes the one line of a short key", () => {
  const { privateKey } = generateKeyPairSync("ed25519");
  const text = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  assert.deepEqual(secretPemLines(text), [text.split("\n")[1]]);
});

Deno.test("secretPemLines reads keys that are quoted in JSON, and other line ends", () => {
  const text = pem("PRIVATE KEY", randomBytes(300));
  const lines = secretPemLines(text);
  assert.deepEqual(secretPemLines(JSON.stringify({ private_key: text })), lines);
  assert.deepEqual(secretPemLines(text.replaceAll("\n", "\r\n")), lines);
});

Deno.test("secretPemLines finds no key in a certificate, a public key or other text", () => {
  assert.deepEqual(secretPemLines(pem("CERTIFICATE", randomBytes(300))), []);
  assert.deepEqual(secretPemLines(pem("PUBLIC KEY", randomBytes(300))), []);
  assert.deepEqual(secretPemLines("just a token"), []);
});
