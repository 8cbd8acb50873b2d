import assert from "node:assert/strict";
import { createScanPush, type ScanPush } from "../../../../../sidecars/git_gate/scan/scan_push.ts";
import { writeFakeGitleaks } from "../../../../support/git/fake_gitleaks.ts";
import { makeLocalRepo } from "../../../../support/git/local_push.ts";

const never = new AbortController().signal;
const NO_SECRETS = { salt: btoa("\0".repeat(32)), prints: [] } as const;
const MIB = 1024 ** 2;

interface Staged extends AsyncDisposable {
  readonly scan: ScanPush;
}

async function stage(): Promise<Staged> {
  const root = await Deno.makeTempDir({ prefix: "bot-bottle-test-scan-" });
  const program = await writeFakeGitleaks(root, "none");
  const keywords = Array.from({ length: 120 }, (_, at) => `"findme${at}"`).join(", ");
  await Deno.writeTextFile(program, `\nkeywords = [${keywords}]\n`, { append: true });
  return {
    scan: createScanPush({ prints: NO_SECRETS, folder: `${root}/scan`, program }),
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}

/** Lines that are in the upstream, each with something in it, and beside each a new one without. */
function besideOld(count: number): { readonly old: string; readonly changed: string } {
  const lines = Array.from({ length: count }, (_, at) => `FINDME ${at}\n`);
  return { old: lines.join(""), changed: lines.map((line, at) => `${line}new ${at}\n`).join("") };
}

Deno.test("createScanPush lets no number of old findings stand before a new one", async () => {
  await using repo = await makeLocalRepo();
  await using staged = await stage();
  const { old, changed } = besideOld(1_001);
  const commit = async (name: string, text: string): Promise<void> => {
    await Deno.writeTextFile(`${repo.folder}/${name}`, text);
    await repo.git(["add", "--all"]);
    await repo.git(["commit", "--quiet", "--message", name]);
  };
  await commit("fixtures", old);
  await repo.mirrorAll();
  await commit("fixtures", changed);
  const few = await staged.scan(await repo.push(["refs/heads/main"]), never);
  assert.deepEqual(few.findings, []);
  await commit("filler", `${"x".repeat(99)}\n`.repeat(13 * MIB / 100));
  await commit("leak", "FINDME\n");
  const push = await repo.push(["refs/heads/main"]);
  await assert.rejects(staged.scan(push, never), { code: "scan-failed", message: /the upstream/ });
});

Deno.test("createScanPush refuses where gitleaks is missing, and where it is another program", async () => {
  await using repo = await makeLocalRepo();
  await repo.git(["commit", "--quiet", "--allow-empty", "--message", "first"]);
  const push = await repo.push(["refs/heads/main"]);
  const folder = `${repo.folder}/../scans`;
  for (const program of [`${folder}/none`, "/usr/bin/git"]) {
    const scan = createScanPush({ prints: NO_SECRETS, folder, program });
    await assert.rejects(scan(push, never), { code: "scan-failed", message: /gitleaks is/ });
  }
});

Deno.test("createScanPush refuses an object that can't be held in memory, before it reads it", async () => {
  await using repo = await makeLocalRepo();
  await using staged = await stage();
  await Deno.writeFile(`${repo.folder}/big`, new Uint8Array(100 * MIB + 1));
  await repo.git(["add", "big"]);
  await repo.git(["commit", "--quiet", "--message", "first"]);
  const push = await repo.push(["refs/heads/main"]);
  await assert.rejects(staged.scan(push, never), {
    code: "scan-failed",
    message: /object [0-9a-f]{40} has 100 MiB/,
  });
});

Deno.test("createScanPush ends by its signal, and scans the next push", async () => {
  await using repo = await makeLocalRepo();
  await using staged = await stage();
  await repo.git(["commit", "--quiet", "--allow-empty", "--message", "FINDME"]);
  const push = await repo.push(["refs/heads/main"]);
  const gone = new Error("gone");
  await assert.rejects(staged.scan(push, AbortSignal.abort(gone)), gone);
  assert.equal((await staged.scan(push, never)).findings.length, 1);
});
