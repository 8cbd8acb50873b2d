import assert from "node:assert/strict";
import { findCredentials, looksLikeCredential } from "../../../../lib/manifest/credential_shape.ts";

/** Put together here, so that no scanner takes this file for a leak. */
const letters = "Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8Qr9St0Uv1Wx2Yz3";
const samples: readonly string[] = [
  ...["p", "o", "u", "s", "r"].map((kind) => `gh${kind}_${letters.slice(0, 36)}`),
  `github${"_pat_"}11ABCDEFG0${letters.slice(0, 20)}_x`,
  `gl${"pat-"}${letters.slice(0, 20)}`,
  `sk-${"ant-"}api03-${letters}`,
  `sk-${"ant-"}oat01-${letters}`,
  `sk-${"proj-"}${letters}`,
  `sk-${letters}`,
  `sk_${"live_"}${letters.slice(0, 24)}`,
  `AK${"IA"}IOSFODNN7EXAMPLE`,
  `AS${"IA"}IOSFODNN7EXAMPLE`,
  `xox${"b-"}123456789012-123456789012-${letters.slice(0, 24)}`,
  `xa${"pp-"}1-A0B1C2-${letters.slice(0, 24)}`,
  `AI${"za"}${letters.slice(0, 35)}`,
  `ya${"29."}${letters}`,
  `npm${"_"}${letters.slice(0, 36)}`,
  `pypi${"-"}${letters}${letters}`,
  `hf${"_"}${letters.slice(0, 34)}`,
  `dop${"_v1_"}${"0123456789abcdef".repeat(4)}`,
  `ey${"JhbGciOiJIUzI1NiJ9"}.eyJzdWIiOiIxMjM0In0.${letters}`,
  `ey${"JhbGciOiJub25lIn0"}.eyJzdWIiOiIxMjM0In0.`,
  `-----BEGIN ${"OPENSSH PRIVATE"} KEY-----`,
  `-----BEGIN ${"PRIVATE"} KEY-----`,
  `-----BEGIN ${"RSA PRIVATE"} KEY-----`,
  `-----BEGIN ${"PGP PRIVATE"} KEY BLOCK-----`,
  `https://user:${"hunter2"}@git.example.com/x.git`,
  `postgres://:${"hunter2"}@db.example.com/x`,
];

Deno.test("looksLikeCredential knows the issuers' formats, also inside other text", () => {
  for (const sample of samples) {
    assert.ok(looksLikeCredential(sample), sample);
    assert.ok(looksLikeCredential(`Use "${sample}" for it`), sample);
  }
});

Deno.test("looksLikeCredential leaves names, hosts, digests and prose alone", () => {
  const harmless = [
    "sk-ecdsa-sha2-nistp256@openssh.com AAAAInNrLWVjZHNhLXNoYTItbmlzdHAyNTZAb3BlbnNzaC5jb20",
    "",
    "GITHUB_TOKEN",
    "CLAUDE_OAUTH",
    "${GITHUB_TOKEN}",
    "sk-learn-is-a-library-for-python",
    "a task-runner-configuration-2026-01",
    "keys begin with sk-ant- or ghp_",
    "AKIA",
    "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl",
    "ssh://git@git.example.com:22/team/widget.git",
    "https://example.com:8080/a@b",
    "https://example.com/?a=b:c@d",
    "https://user:${PASSWORD}@example.com",
    "https://user:<password>@example.com",
    "-----BEGIN CERTIFICATE-----",
    "-----BEGIN PUBLIC KEY-----",
    "eyJhbGciOiJIUzI1NiJ9",
  ];
  for (const text of harmless) assert.ok(!looksLikeCredential(text), text);
});

Deno.test("findCredentials gives the place of each, in order", () => {
  const [first = ""] = samples;
  const text = `a: ${first}\nb: https://u:${"pw"}@x.example\nc: ${first}`;
  assert.deepEqual(findCredentials(text), [3, text.indexOf("https"), text.lastIndexOf(first)]);
});

Deno.test("findCredentials takes no time that grows with the square of a hostile text", () => {
  const size = 262_144;
  const hostile = [
    "sk-",
    "sk-a-",
    "eyJ-",
    "eyJabcdefgh.",
    "a.",
    "a+b://",
    "a://b:",
    "-----BEGIN ",
    "gh",
    "A ",
  ];
  const start = performance.now();
  for (const part of hostile) findCredentials(part.repeat(size / part.length));
  // Quadratic, each of them would take minutes.
  assert.ok(performance.now() - start < 20_000);
});
