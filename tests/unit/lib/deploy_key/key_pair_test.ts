import assert from "node:assert/strict";
import { concatBytes } from "../../../../lib/concat_bytes.ts";
import { fc } from "../../../../lib/deps/fast_check.ts";
import { makeKeyPair } from "../../../../lib/deploy_key/key_pair.ts";
import { privateKeyText, publicKeyLine } from "../../../../lib/deploy_key/openssh_key.ts";
import { sshNumber, sshString } from "../../../../lib/deploy_key/ssh_wire.ts";

/** The parts of an unencrypted private key's text, as its format has them. */
function readPrivate(text: string): {
  readonly point: Uint8Array;
  readonly seed: Uint8Array;
  readonly comment: string;
} {
  const lines = text.split("\n");
  const whole = Uint8Array.fromBase64(lines.slice(1, -2).join(""));
  let at = "openssh-key-v1\0".length;
  const number = (): number => {
    const value = new DataView(whole.buffer).getUint32(at);
    at += 4;
    return value;
  };
  const field = (): Uint8Array => {
    const size = number();
    at += size;
    return whole.slice(at - size, at);
  };
  const word = (): string => new TextDecoder().decode(field());
  assert.deepEqual([word(), word(), word(), number()], ["none", "none", "", 1]);
  const outer = field();
  assert.equal(number(), whole.length - at);
  assert.equal(number(), number());
  assert.equal(word(), "ssh-ed25519");
  const point = field();
  assert.deepEqual(outer.slice(-32), point);
  const both = field();
  assert.deepEqual(both.slice(32), point);
  return { point, seed: both.slice(0, 32), comment: word() };
}

Deno.test("makeKeyPair makes a private key whose signatures the public line's key checks", async () => {
  const { privateText, publicLine } = await makeKeyPair("bot-bottle demo-abcde widget");
  assert.match(publicLine, /^ssh-ed25519 AAAA[A-Za-z0-9+/]{64} bot-bottle demo-abcde widget$/);
  const { seed, comment } = readPrivate(privateText.reveal());
  assert.equal(comment, "bot-bottle demo-abcde widget");
  const blob = Uint8Array.fromBase64(publicLine.split(" ")[1] ?? "");
  const url = { alphabet: "base64url", omitPadding: true } as const;
  const jwk = { kty: "OKP", crv: "Ed25519", x: blob.slice(-32).toBase64(url) };
  const privateJwk = { ...jwk, d: seed.toBase64(url) };
  const signer = await crypto.subtle.importKey("jwk", privateJwk, "Ed25519", false, ["sign"]);
  const checker = await crypto.subtle.importKey("jwk", jwk, "Ed25519", false, ["verify"]);
  const text = new TextEncoder().encode("a text");
  const signature = await crypto.subtle.sign("Ed25519", signer, text);
  assert.ok(await crypto.subtle.verify("Ed25519", checker, signature, text));
});

Deno.test("makeKeyPair never makes the same one twice, and shows no private key by accident", async () => {
  const [one, two] = [await makeKeyPair("a"), await makeKeyPair("a")];
  assert.notEqual(one.publicLine, two.publicLine);
  assert.notEqual(one.privateText.reveal(), two.privateText.reveal());
  assert.ok(!JSON.stringify(one).includes("PRIVATE"));
});

Deno.test("privateKeyText is padded to whole blocks in lines of at most 70 columns", () => {
  const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });
  fc.assert(fc.property(bytes, bytes, fc.string(), fc.nat(), (seed, point, comment, check) => {
    const text = privateKeyText({ seed, point }, comment, check);
    const lines = text.split("\n");
    assert.equal(lines[0], "-----BEGIN OPENSSH PRIVATE KEY-----");
    assert.deepEqual(lines.slice(-2), ["-----END OPENSSH PRIVATE KEY-----", ""]);
    assert.ok(lines.every((line) => line.length <= 70));
    const whole = Uint8Array.fromBase64(lines.slice(1, -2).join(""));
    // Up to the public half all is of fixed length: then come the secret part's length and the part.
    const at = "openssh-key-v1\0".length + 3 * 4 + "none".length * 2 + 4 + 4 + 51;
    const size = new DataView(whole.buffer).getUint32(at);
    assert.equal(at + 4 + size, whole.length);
    assert.equal(size % 8, 0);
  }));
});

Deno.test("publicKeyLine has the type and the point, each with its length", () => {
  const point = Uint8Array.from({ length: 32 }, (_, at) => at);
  const [type, base64 = "", ...comment] = publicKeyLine({ point }, "a b").split(" ");
  assert.deepEqual([type, ...comment], ["ssh-ed25519", "a", "b"]);
  const blob = concatBytes([
    new Uint8Array([0, 0, 0, 11]),
    new TextEncoder().encode("ssh-ed25519"),
    new Uint8Array([0, 0, 0, 32]),
    point,
  ]);
  assert.deepEqual(Uint8Array.fromBase64(base64), blob);
});

Deno.test("sshNumber is of four bytes, sshString of UTF-8 with its length in bytes", () => {
  assert.deepEqual(sshNumber(0xfffefdfc), new Uint8Array([0xff, 0xfe, 0xfd, 0xfc]));
  assert.deepEqual(sshString("é"), new Uint8Array([0, 0, 0, 2, 0xc3, 0xa9]));
  assert.deepEqual(sshString(""), new Uint8Array(4));
});
