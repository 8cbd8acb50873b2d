import assert from "node:assert/strict";
import { concatBytes } from "../../../../lib/concat_bytes.ts";
import { fc } from "../../../../lib/deps/fast_check.ts";
import { makeKeyPair } from "../../../../lib/deploy_key/key_pair.ts";
import { privateKeyText, publicKeyLine } from "../../../../lib/deploy_key/openssh_key.ts";
import { sshNumber, sshString } from "../../../../lib/deploy_key/ssh_wire.ts";
import { createRun } from "../../../../lib/process/create_run.ts";

/** In memory where the machine has a folder for that. */
async function secretFolder(): Promise<string> {
  try {
    return await Deno.makeTempDir({ dir: "/dev/shm" });
  } catch {
    return await Deno.makeTempDir();
  }
}

/** What the real ssh-keygen says of a private key. */
async function keygen(privateText: string, ...args: readonly string[]): Promise<string> {
  const folder = await secretFolder();
  try {
    const file = `${folder}/key`;
    await Deno.writeTextFile(file, privateText, { mode: 0o600 });
    const { code, stdout, stderr } = await createRun()(["ssh-keygen", ...args, "-f", file]);
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout).trim();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("makeKeyPair makes a private key whose public half, says the real ssh-keygen, is the public line", async () => {
  const { privateText, publicLine } = await makeKeyPair("bot-bottle demo-abcde widget");
  assert.match(publicLine, /^ssh-ed25519 AAAA[A-Za-z0-9+/]{64} bot-bottle demo-abcde widget$/);
  assert.equal(await keygen(privateText.reveal(), "-y"), publicLine);
});

Deno.test("makeKeyPair never makes the same one twice, and shows no private key by accident", async () => {
  const [one, two] = [await makeKeyPair("a"), await makeKeyPair("a")];
  assert.notEqual(one.publicLine, two.publicLine);
  assert.notEqual(one.privateText.reveal(), two.privateText.reveal());
  assert.ok(!JSON.stringify(one).includes("PRIVATE"));
});

Deno.test("privateKeyText is what ssh-keygen reads, whatever the comment's length, and signs", async () => {
  for (const length of [0, 1, 7, 8, 9, 200]) {
    const comment = "x".repeat(length);
    const { privateText, publicLine } = await makeKeyPair(comment);
    assert.equal(await keygen(privateText.reveal(), "-y"), publicLine.trimEnd());
  }
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
