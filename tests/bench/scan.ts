/**
 * `deno task bench:scan`: how fast the filter that takes a credential out of responses passes over what holds none, in one
 * thread, by kind of data, size of the pieces and length of the credential; and how fast git-gate looks for prints of them all.
 */

import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import { makeSecretPrints } from "../../lib/dlp/make_secret_prints.ts";
import { PrintScanner } from "../../lib/dlp/print_scanner.ts";
import { redactingFilter } from "../../lib/egress/scan/secret_finder.ts";
import { table } from "./start/stats.ts";

const SIZE = 4 * 1024 * 1024;
const ROUNDS = 8;

function repeat(text: string): Uint8Array {
  return new Uint8Array(Buffer.alloc(SIZE, text));
}

const credentials: readonly string[] = [
  `sk-ant-oat01-${randomBytes(70).toString("base64url")}AA`,
  `ghp_${randomBytes(18).toString("hex")}`,
  "short-12345678",
];
const source = await Deno.readTextFile(new URL("../../lib/egress/host/host.ts", import.meta.url));
const kinds: Readonly<Record<string, Uint8Array>> = {
  random: new Uint8Array(randomBytes(SIZE)),
  base64: repeat(randomBytes(48 * 1024).toString("base64")),
  source: repeat(source),
  "source in JSON": repeat(JSON.stringify(source)),
  spaces: repeat(" "),
  "beginnings of it": repeat("sk-ant-oat01-"),
};

function measure(data: Uint8Array, credential: string, size: number): number {
  let best = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const filter = redactingFilter([credential]);
    let passed = 0;
    const emit = (part: Uint8Array): void => void (passed += part.length);
    const started = performance.now();
    for (let at = 0; at < data.length; at += size) filter.push(data.subarray(at, at + size), emit);
    filter.end(emit);
    best = Math.max(best, data.length / (performance.now() - started) / 1_000);
    if (passed !== data.length) throw new Error(`${passed} of ${data.length} bytes came out`);
  }
  return best;
}

/** A key of some 30 lines, as a deploy key of RSA has them, beside the tokens. */
const privateKey = [
  "-----BEGIN PRIVATE KEY-----",
  ...randomBytes(1_200).toString("base64").match(/.{1,64}/g) ?? [],
  "-----END PRIVATE KEY-----",
].join("\n");
const prints = makeSecretPrints(
  [...credentials, privateKey].map((value, at) => ({ name: `${at}`, value })),
  randomBytes(32),
);

function measurePrints(data: Uint8Array): number {
  const scanner = new PrintScanner(prints);
  let best = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    const found = scanner.scan(data).length;
    best = Math.max(best, data.length / (performance.now() - started) / 1_000);
    if (found > 0) throw new Error(`${found} found in what holds none`);
  }
  return best;
}

const rows = Object.entries(kinds).flatMap(([kind, data]) =>
  [16 * 1024, 64 * 1024].map((size) => [
    kind,
    `${size / 1024} KiB`,
    ...credentials.map((credential) => Math.round(measure(data, credential, size))),
  ])
);
const head = ["MB/s", "pieces", ...credentials.map(({ length }) => `${length} characters`)];
await Deno.stdout.write(new TextEncoder().encode(`${table([head, ...rows])}\n`));
const printRows = Object.entries(kinds)
  .map(([kind, data]) => [kind, Math.round(measurePrints(data))]);
const printHead = ["MB/s", `${prints.prints.length} prints`];
await Deno.stdout.write(new TextEncoder().encode(`\n${table([printHead, ...printRows])}\n`));
