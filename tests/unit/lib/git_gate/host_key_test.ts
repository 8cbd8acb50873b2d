import assert from "node:assert/strict";
import { parseHostKey } from "../../../../lib/git_gate/host_key.ts";
import { publicKeyText, sshField } from "../../../support/ssh_key_text.ts";

/** Made by ssh-keygen; the fingerprints are those that it prints. */
const KEYS = [
  [
    "ssh-ed25519",
    "AAAAC3NzaC1lZDI1NTE5AAAAIJJr4YDYjtL5ugObPPq1yQwpxpjw4y/l8QnIPSwUjdco",
    "SHA256:Chrc+HmDSj8kROA00zihQE5q41fVmsIvQXWqWtozt3Q",
  ],
  [
    "ecdsa-sha2-nistp256",
    "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBL2doOCUsXJc+2Yl0/edK/LVVtv9/exnH1N5vhdfQpJ6rZrW0iEhMhrtfjW6NuAxOm5uBmSPO8/tpWn63iVNrkk=",
    "SHA256:BcUYzOedzWF74Yc4wtyyQxDdeG62BWNn3cxbmBK/Wys",
  ],
  [
    "ecdsa-sha2-nistp384",
    "AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBLrdY4T5RjUIYdocDq+O+/7tU0WFqzTZER56/eR5+3dMLa1c3NWJhcK5ahwb2yZcqysNLGi5WJpycuu4a9qhTsaaElG+kuqsc2A5PZhJEMgyYspMFGrA76G2VmZdFDgdQw==",
    "SHA256:DABeGsOJYBAr6YCLSLI1bJN1Y96FYUHYke1f5GgZXfI",
  ],
  [
    "ecdsa-sha2-nistp521",
    "AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBAAeNw5AIqFr5qkG6o+8W7vdtsJILkceL/zEn6T5d9rFAwpPjeQ944jaUCpgoVvClgESF1BuBJCWh6St/QIaIUvAXQDllluEcOtpfC6yMHBBHi/l2ULAX2d77VjjfrXBm3Q/ADNc3WrybQqpUCMwlaqLkMrrzKHCkLyGsqVBlTXoHISPxQ==",
    "SHA256:gY4lFU3/eN5L2AyTc/Co4vIE9zblhfWINvAISyQpuE8",
  ],
  [
    "ssh-rsa",
    "AAAAB3NzaC1yc2EAAAADAQABAAABgQCSdUncYvutojg3j/XHeEfAH1xG+GlQsDwH2FVSASQyKbLGqedl2WGMBUDrod+krCtttqMZ1H7/ol84dNhn9M5qNdLDcjDiploFXX4dfJh8usaVL5zkbUrllpt1WGclmUeU7ssQSTcoC938j7K6hwaogKRGomwEhCA7+NlIMZFn4zDxamq9s+voZP7d0/p+RaJNl4KWg2zX0Ks5Ps/A9m5etjkjLTttXT+L3s7U0LCd0ngbfznG3Q43KanM0hcAOU49CelVaE1bm3imBEwougNKSzD7lw/xtgdO30BfoxpgIM3rolA9YhctnLGpXDs2z0d7pnwf5PEXlsQ8/lJLuVGN5kqTdJpmEMM4yvqyigSfqHtD+2zyyAERuH3/RYF05aWmmw4socp3MM9W2Ben3XDHM/8ZyZRsPbhS/dAsfbjf/Wio5VOCMd9tiPPrKBj8MzlIKHtTpMMZugjXGRkIjXklHROGC0D4KYk8HTzaxS8lEDJFuGEKBu3c3lNmY3x9igU=",
    "SHA256:vqjXvZKe8C/lvd612yCWaDdjJb4i3K5YHe3aOnbmZQg",
  ],
] as const;

const SMALL_RSA =
  "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQCasjHDDds3Plb5mmqPgjt86BzIBBWwtnjvtGyzC/CnAexsT4LYtZhEC/TmoLM8EGs/Zf27QMN1v+xozZkmViMhTxBVrXyygPgCEdoBLt/yseCktsidv+P0V+9YRglRzPOx/alcM7cytt0bdFSRQif/koFiM8OrGUUNSC3lI5HyXw==";

const ED25519 = `${KEYS[0][0]} ${KEYS[0][1]}`;

Deno.test("parseHostKey reads every type of key, and its fingerprint as ssh-keygen prints it", () => {
  for (const [type, base64, fingerprint] of KEYS) {
    const text = `${type} ${base64}`;
    assert.deepEqual(parseHostKey(text), { ok: true, key: { type, text, fingerprint } });
  }
  const onHardware = publicKeyText("sk-ssh-ed25519@openssh.com", new Uint8Array(32), "ssh:");
  assert.ok(parseHostKey(onHardware).ok);
  const point = new Uint8Array(65).fill(4, 0, 1);
  assert.ok(
    parseHostKey(publicKeyText("sk-ecdsa-sha2-nistp256@openssh.com", "nistp256", point, "ssh:")).ok,
  );
});

Deno.test("parseHostKey leaves out a comment and blanks around", () => {
  for (
    const text of [`${ED25519} root@git.example.com`, `  ${ED25519}\t`, ED25519.replace(" ", "\t")]
  ) {
    const parsed = parseHostKey(text);
    assert.ok(parsed.ok, text);
    assert.equal(parsed.key.text, ED25519);
  }
});

const [, BASE64] = ED25519.split(" ");

const BAD: readonly (readonly [string, string, RegExp])[] = [
  ["nothing", "", /must be a type and a key/],
  ["a type alone", "ssh-ed25519", /must be a type and a key/],
  ["base64 alone", `${BASE64}`, /lacks the key's type/],
  ["a host before it", `git.example.com ${ED25519}`, /with its host/],
  ["a host with a port before it", `[git.example.com]:2222 ${ED25519}`, /with its host/],
  ["hosts before it", `git.example.com,192.0.2.7 ecdsa-sha2-nistp256 AAAA`, /with its host/],
  ["a hashed host before it", `|1|c2FsdA==|aGFzaA== ${ED25519}`, /with its host/],
  ["a marker", `@cert-authority *.example.com ${ED25519}`, /marker/],
  ["a revoked key", `@revoked * ${ED25519}`, /marker/],
  ["a comment of ssh-keyscan", "# git.example.com:22 SSH-2.0-OpenSSH", /is a comment/],
  ["a fingerprint", "SHA256:Chrc+HmDSj8kROA00zihQE5q41fVmsIvQXWqWtozt3Q", /is a fingerprint/],
  ["another file", "-----BEGIN OPENSSH PRIVATE KEY-----", /another kind/],
  ["DSA", "ssh-dss AAAAB3NzaC1kc3M=", /DSA/],
  ["a kind of signature", `rsa-sha2-512 ${BASE64}`, /ssh-rsa/],
  ["a certificate", `ssh-ed25519-cert-v01@openssh.com ${BASE64}`, /no type of key/],
  ["a type that nobody knows", `ssh-foo ${BASE64}`, /no type of key/],
  ["another type inside", `ecdsa-sha2-nistp256 ${BASE64}`, /does not hold/],
  ["two lines", `${ED25519}\n${ED25519}`, /one line/],
  ["a carriage return inside", `${ED25519}\r x`, /one line/],
  ["a NUL", `${ED25519}\0x`, /one line/],
  ["cut off", ED25519.slice(0, -4), /no whole key/],
  ["base64 with an end that is none", `${ED25519}=`, /base64/],
  ["base64 for urls", ED25519.replaceAll("/", "_").replaceAll("+", "-"), /base64/],
  ["more behind it", publicKeyText("ssh-ed25519", new Uint8Array(32), "x"), /no whole key/],
  ["31 bytes", publicKeyText("ssh-ed25519", new Uint8Array(31)), /no whole key/],
  ["another curve", publicKeyText("ecdsa-sha2-nistp256", "nistp384", new Uint8Array(97)), /hold/],
  ["a point of another size", publicKeyText("ecdsa-sha2-nistp256", "nistp256", "x"), /no whole/],
  ["no point", publicKeyText("ecdsa-sha2-nistp256", "nistp256"), /no whole/],
  ["no application", publicKeyText("sk-ssh-ed25519@openssh.com", new Uint8Array(32)), /no whole/],
  ["RSA of 1024 bits", SMALL_RSA, /has 1024 bits/],
  ["RSA of nothing", publicKeyText("ssh-rsa", "\x01\0\x01", new Uint8Array(256)), /has 0 bits/],
  ["RSA without a modulus", publicKeyText("ssh-rsa", "\x01\0\x01"), /no whole key/],
  ["no field", "ssh-ed25519 AAAA", /does not hold/],
  ["a field that is too long", `ssh-ed25519 ${sshField("x").fill(255).toBase64()}`, /does not/],
  ["too long", `ssh-ed25519 ${"A".repeat(5_000)}`, /too long/],
];

Deno.test("parseHostKey refuses what is no key of its type, whole", () => {
  for (const [what, text, why] of BAD) {
    const parsed = parseHostKey(text);
    assert.ok(!parsed.ok, what);
    assert.match(parsed.why, why, what);
    assert.notEqual(parsed.hint, "", what);
  }
});

Deno.test("parseHostKey says what to leave out of a line of known_hosts", () => {
  const parsed = parseHostKey(`git.example.com ${ED25519}`);
  assert.ok(!parsed.ok);
  assert.match(parsed.hint, /Leave out the host.*"ssh-ed25519"/);
});
