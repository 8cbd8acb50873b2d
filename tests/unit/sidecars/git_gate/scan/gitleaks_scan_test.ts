import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Finding } from "../../../../../lib/dlp/scanner.ts";
import { FRAGMENT_BYTES } from "../../../../../sidecars/git_gate/scan/fragments.ts";
import { GitleaksScan } from "../../../../../sidecars/git_gate/scan/gitleaks_scan.ts";
import { type FakeFault, writeFakeGitleaks } from "../../../../support/git/fake_gitleaks.ts";

interface Staged extends AsyncDisposable {
  readonly program: string;
  readonly folder: string;
  /** Scans texts, whose ids are their numbers. */
  scan(texts: readonly (string | Uint8Array)[], signal?: AbortSignal): Promise<readonly Finding[]>;
}

async function stage(fault: FakeFault = "none"): Promise<Staged> {
  const root = await Deno.makeTempDir({ prefix: "bot-bottle-test-scan-" });
  const program = await writeFakeGitleaks(root, fault);
  const folder = `${root}/scan`;
  return {
    program,
    folder,
    scan: async (texts, signal = new AbortController().signal) => {
      const options = { program, keywords: ["findme"], folder, signal, batchBytes: 64 * 1024 };
      await using scan = new GitleaksScan({ ...options, runMs: fault === "hang" ? 1_000 : 60_000 });
      for (const [id, text] of texts.entries()) {
        await scan.add({ id, bytes: typeof text === "string" ? Buffer.from(text) : text });
      }
      return await scan.finish();
    },
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}

const places = (findings: readonly Finding[]): readonly string[] =>
  findings.map(({ part, line, rule, isAllowedByComment }) =>
    `${part}:${line}:${rule}${isAllowedByComment ? ":allowed" : ""}`
  ).toSorted();

Deno.test("GitleaksScan tells in which text and line something was found", async () => {
  await using staged = await stage();
  const found = await staged.scan(["a\nFINDME", "nothing", "\n\nFINDME x\nFINDME y\n"]);
  assert.deepEqual(places(found), ["0:2:fake", "2:3:fake", "2:4:fake"]);
});

Deno.test("GitleaksScan finds nothing in nothing, and leaves no files", async () => {
  await using staged = await stage();
  assert.deepEqual(await staged.scan([]), []);
  assert.deepEqual(await staged.scan(["plain"]), []);
  await assert.rejects(Deno.stat(staged.folder), Deno.errors.NotFound);
});

Deno.test("GitleaksScan tells once what stands in two pieces of a long text", async () => {
  await using staged = await stage();
  const line = `${"x".repeat(99)}\n`;
  const lines = Math.floor(FRAGMENT_BYTES / 100) * 3;
  const at = Math.floor(FRAGMENT_BYTES / 100) - 2;
  const text = `${line.repeat(at)}FINDME\n${line.repeat(lines)}FINDME`;
  assert.deepEqual(
    places(await staged.scan([text])),
    [
      `0:${at + 1}:fake`,
      `0:${at + 2 + lines}:fake`,
    ].toSorted(),
  );
});

Deno.test("GitleaksScan tells what only an allow comment hides", async () => {
  await using staged = await stage();
  const found = await staged.scan(["FINDME # gitleaks:allow\nFINDME\n", "FINDME # gitleaks:allow"]);
  assert.deepEqual(places(found), ["0:1:fake:allowed", "0:2:fake", "1:1:fake:allowed"]);
});

Deno.test("GitleaksScan finds text in UTF-16, and behind NULs", async () => {
  await using staged = await stage();
  const wide = Buffer.from("first\nsecond FINDME\n", "utf16le");
  const binary = Buffer.from("\0\x01\0\n\0FINDME\0");
  assert.deepEqual(places(await staged.scan([wide, binary])), ["0:2:fake", "1:2:fake"]);
});

Deno.test("GitleaksScan looks through more than one batch", async () => {
  await using staged = await stage();
  const big = `${"y".repeat(200)}\n`.repeat(1_000);
  const found = await staged.scan([`${big}FINDME`, "FINDME", `${big}FINDME`]);
  assert.deepEqual(places(found), ["0:1001:fake", "1:1:fake", "2:1001:fake"]);
});

const failing: readonly FakeFault[] = [
  "crash",
  "killed",
  "hang",
  "rubbish",
  "half a report",
  "empty report",
  "says nothing was found",
  "error",
  "skips a file",
  "reads the first line only",
  "names another file",
];

for (const fault of failing) {
  Deno.test(`GitleaksScan is no pass where gitleaks fails: ${fault}`, async () => {
    await using staged = await stage(fault);
    await assert.rejects(staged.scan(["plain\ntext\n"]), { code: "scan-failed" });
    await assert.rejects(Deno.stat(staged.folder), Deno.errors.NotFound);
  });
}

Deno.test("GitleaksScan is no pass where there is no gitleaks", async () => {
  await using staged = await stage();
  await Deno.remove(staged.program);
  await assert.rejects(staged.scan(["plain"]), { code: "scan-failed" });
});

Deno.test("GitleaksScan ends by its signal, with the signal's reason", async () => {
  await using staged = await stage("hang");
  const reason = new Error("gone");
  const abort = new AbortController();
  const scanned = staged.scan(["plain"], abort.signal);
  while (!await isThere(`${staged.folder}/0/0`)) await new Promise((go) => setTimeout(go, 5));
  abort.abort(reason);
  await assert.rejects(scanned, reason);
});

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
