/** Texts that gitleaks by itself would pass over, or cut a secret of; and texts that look like secrets and are none. */

import { deepEqual, equal, ok } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash, generateKeyPairSync, randomBytes, randomUUID } from "node:crypto";
import { createEngine } from "../../../backends/engine/engine.ts";
import { createRun } from "../../../lib/process/create_run.ts";
import { startScanContainer } from "../../support/git/driven_scans.ts";
import { fakeSecrets } from "../../support/git/fake_secrets.ts";

const { github, aws } = fakeSecrets;
const TOKEN = `\ntoken = ${github}\n`;

function bytes(...parts: readonly (string | readonly number[])[]): Buffer {
  return Buffer.concat(parts.map((part) => Buffer.from(part)));
}

function markedAt(offset: number, mark: readonly number[]): Buffer {
  const data = Buffer.alloc(offset + 64, "a");
  data.set(mark, offset);
  return Buffer.concat([data, Buffer.from(TOKEN)]);
}

/** gitleaks leaves out a file that begins like one of these (h2non/filetype 1.1.3, type "application"). */
const formats: Readonly<Record<string, Buffer>> = {
  zip: bytes([0x50, 0x4b, 3, 4], TOKEN),
  gzip: bytes([0x1f, 0x8b, 8], TOKEN),
  bzip2: bytes("BZh", TOKEN),
  xz: bytes([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], TOKEN),
  "7z": bytes([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], TOKEN),
  zstd: bytes([0x28, 0xb5, 0x2f, 0xfd], TOKEN),
  elf: bytes([0x7f, 0x45, 0x4c, 0x46], Buffer.alloc(60).toJSON().data, TOKEN),
  "a program of Windows": bytes("MZ", TOKEN),
  pdf: bytes("%PDF-1.7", TOKEN),
  postscript: bytes("%!PS", TOKEN),
  rtf: bytes("{\\rtf1", TOKEN),
  sqlite: bytes("SQLite format 3\0", TOKEN),
  wasm: bytes([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0], TOKEN),
  "a library of ar": bytes("!<arch>\n", TOKEN),
  tar: markedAt(257, [0x75, 0x73, 0x74, 0x61, 0x72]),
  dicom: markedAt(128, [0x44, 0x49, 0x43, 0x4d]),
  "an image of a CD": markedAt(32_769, [0x43, 0x44, 0x30, 0x30, 0x31]),
};

function pem(label: string, body: Buffer): string {
  const lines = body.toString("base64").match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}

const rsa = generateKeyPairSync("rsa", { modulusLength: 4096 }).privateKey
  .export({ type: "pkcs8", format: "pem" }).toString();
const ed25519 = generateKeyPairSync("ed25519").privateKey
  .export({ type: "pkcs8", format: "pem" }).toString();

/** Each with the line that has to be told, from 1. */
const hidden: Readonly<Record<string, readonly [text: Buffer, line: number]>> = {
  "text in UTF-16": [Buffer.from(`first\ntoken = ${github}\n`, "utf16le"), 2],
  "text in UTF-16, big-endian": [Buffer.from(`\ntoken = ${github}\n`, "utf16le").swap16(), 2],
  "a text in a program, ended by NUL": [bytes("\0\x01\0token = ", github, "\0\0next\0"), 1],
  "the end of a text without a line end": [bytes("a\nb = ", github), 2],
  "lines of Windows": [bytes("a\r\nb = ", github, "\r\n"), 2],
  "a line of megabytes": [bytes("x".repeat(1_500_000), ` ${github} `, "y".repeat(1_500_000)), 1],
  "many empty lines before it": [bytes("a", "\n".repeat(200_000), github), 200_001],
  "a keyword that overlaps another": [bytes("datado", github), 1],
  "an access key behind a word that ends like its beginning": [bytes("okt", aws), 1],
  "a private key": [bytes("\n", rsa), 2],
  "a small private key": [bytes(ed25519), 1],
  "a private key with lines of Windows": [bytes(rsa.replaceAll("\n", "\r\n")), 1],
  "a private key in JSON": [bytes(JSON.stringify({ key: rsa })), 1],
  "a private key without its end": [bytes(rsa.split("\n").slice(0, 3).join("\n")), 1],
  "a private key of PGP": [
    bytes(pem("PGP PRIVATE KEY BLOCK", randomBytes(900)).replace("\n", "\nVersion: 1\n\n")),
    1,
  ],
  "a private key behind an encryption's head": [
    bytes(
      pem("RSA PRIVATE KEY", randomBytes(900))
        .replace("\n", "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0123456789ABCDEF\n\n"),
    ),
    1,
  ],
};

const allowed: Readonly<Record<string, string>> = {
  "on its line": `token = ${github} # gitleaks:allow\n`,
  "before it on its line": `/* gitleaks:allow */ token = ${github}\n`,
  "on the line behind it, which the rule's match reaches":
    `password = k7Qz3XvB9mTf2LwR8c\n# gitleaks:allow\n`,
  "in UTF-16": Buffer.from(`token = ${github} # gitleaks:allow\n`, "utf16le").toString("latin1"),
};

function lockFile(): string {
  const entries = Array.from({ length: 300 }, (_, at) => [`node_modules/package-${at}`, {
    version: `${at % 9}.${at % 7}.1`,
    resolved: `https://registry.npmjs.org/package-${at}/-/package-${at}-1.0.0.tgz`,
    integrity: `sha512-${randomBytes(64).toString("base64")}`,
    license: "MIT",
    dependencies: { "js-tokens": "^3.0.0 || ^4.0.0", "key-tree": "~1.2.3", "auth-header": "1.0.0" },
  }]);
  return JSON.stringify(
    { name: "x", lockfileVersion: 3, packages: Object.fromEntries(entries) },
    null,
    2,
  );
}

function lines(count: number, make: (at: number) => string): string {
  return Array.from({ length: count }, (_, at) => make(at)).join("\n");
}

/** What developers push every day. */
const harmless: Readonly<Record<string, string | Uint8Array>> = {
  "package-lock.json": lockFile(),
  "go.sum": lines(
    500,
    (at) => `example.com/m${at} v1.2.${at} h1:${randomBytes(32).toString("base64")}`,
  ),
  "Cargo.lock": lines(
    300,
    (at) =>
      `[[package]]\nname = "crate-${at}"\nversion = "0.1.${at}"\nchecksum = "${
        randomBytes(32).toString("hex")
      }"`,
  ),
  "checksums": lines(
    500,
    (at) => `${createHash("sha256").update(`${at}`).digest("hex")}  file-${at}.tar.gz`,
  ),
  "UUIDs": lines(500, () => `id: ${randomUUID()}`),
  "random bytes": randomBytes(3_000_000),
  "an image in a page": `<img src="data:image/png;base64,${
    randomBytes(200_000).toString("base64")
  }">`,
  "minified JavaScript": lines(
    40,
    (at) =>
      `!function(e,t){var n=e.key||t.token,r="${at}";for(var o in n)r+=o.charCodeAt(0)^255;return r}`
        .repeat(60),
  ),
  "a public key and a certificate": [
    `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${
      randomBytes(32).toString("base64").slice(0, 43)
    } me@host`,
    pem("CERTIFICATE", randomBytes(900)),
    pem("PUBLIC KEY", randomBytes(300)),
  ].join("\n"),
  "a program that names a key's head": [
    `if text.startswith("-----BEGIN RSA PRIVATE KEY-----"):`,
    `    raise ValueError("a private key: " + path)`,
    `HEADS = ("-----BEGIN PRIVATE KEY-----", "-----BEGIN OPENSSH PRIVATE KEY-----")`,
  ].join("\n"),
  "a workflow that names secrets": lines(
    20,
    (at) =>
      `        env:\n          API_KEY_${at}: \${{ secrets.API_KEY }}\n          token: \${{ github.token }}`,
  ),
};

Deno.test("texts as gitleaks gets them", async (t) => {
  await using scans = await startScanContainer(createEngine({ run: createRun() }));
  const told = async (texts: readonly (string | Uint8Array)[]): Promise<readonly string[]> => {
    const answers = await scans.scan(texts.map((text) => [Buffer.from(text)]));
    return answers.map(({ findings }) =>
      findings.map(({ line, rule, isAllowedByComment }) =>
        `${line}:${rule}${isAllowedByComment ? ":allowed" : ""}`
      ).join(" ")
    );
  };

  await t.step("a file that begins like a format is read all the same", async () => {
    const found = await told(Object.values(formats));
    for (const [at, name] of Object.keys(formats).entries()) {
      ok(found[at]?.includes("github-pat"), `${name}: ${found[at]}`);
    }
  });

  await t.step("a secret is found wherever it stands, and its line told", async () => {
    const found = await told(Object.values(hidden).map(([text]) => text));
    for (const [at, [name, [, line]]] of Object.entries(hidden).entries()) {
      const rule = name.includes("private key")
        ? "private-key"
        : name.startsWith("an access key")
        ? "aws-access-token"
        : "github-pat";
      ok(found[at]?.split(" ").includes(`${line}:${rule}`), `${name}: "${found[at]}"`);
    }
  });

  await t.step("an allow comment hides nothing", async () => {
    const found = await told(Object.values(allowed).map((text) => Buffer.from(text, "latin1")));
    for (const [at, name] of Object.keys(allowed).entries()) {
      ok(/^1:[a-z-]+:allowed$/.test(found[at] ?? ""), `${name}: "${found[at]}"`);
    }
  });

  await t.step("a secret is whole in a piece, wherever pieces are cut", async () => {
    const around = [7_000, 8_100, 8_150, 8_180, 8_192, 8_200, 15_300, 15_350, 16_384];
    for (const filler of ["x", "\n", "y y\n"]) {
      const texts = around.flatMap((at) =>
        [0, 7, 13, 21, 33, 39].map((shift) =>
          Buffer.from(
            `${filler.repeat((at - shift) / filler.length)} ${github} ${"z".repeat(9_000)}`,
          )
        )
      );
      const [answer] = await scans.scan([texts]);
      deepEqual(new Set(answer?.findings.map(({ part }) => part)), new Set(texts.keys()));
    }
    const keys = around.map((at) => Buffer.from(`${"x".repeat(at - 30)}\n${rsa}`));
    const [answer] = await scans.scan([keys]);
    equal(new Set(answer?.findings.map(({ part }) => part)).size, keys.length);
  });

  await t.step("what looks like a secret and is none passes", async () => {
    const found = await told(Object.values(harmless));
    deepEqual(
      Object.fromEntries(Object.keys(harmless).map((name, at) => [name, found[at]])),
      Object.fromEntries(Object.keys(harmless).map((name) => [name, ""])),
    );
  });

  await t.step("thousands of findings end no scan, and fill no memory", async () => {
    const texts = Array.from(
      { length: 40 },
      () => Buffer.from(lines(3_000, () => `token = ${github}`)),
    );
    const [answer] = await scans.scan([texts]);
    ok((answer?.findings.length ?? 0) >= 1_000);
  });
});
