import assert from "node:assert/strict";
import { readPushedFiles } from "../../../../../sidecars/git_gate/scan/pushed_files.ts";
import { fakeMirror } from "../../../../support/git/fake_mirror.ts";

const NONE = "0".repeat(40);
const [COMMIT, BLOB] = ["a", "b"].map((digit) => digit.repeat(40));
const KIB = 1024;

async function pathsOf(count: number): Promise<number> {
  const changes = Array.from(
    { length: count },
    (_, at) => `:000000 100644 ${NONE} ${BLOB} A\0${`${at}`.padEnd(32 * KIB, "/deep")}\0`,
  );
  const stdout = new TextEncoder().encode(`${COMMIT}\0${changes.join("")}`);
  const mirror = fakeMirror(() => ({ code: 0, stdout, stderr: "" }));
  const objects = {
    heads: new Map(),
    known: new Set(""),
    reached: new Set(""),
    commits: [`${COMMIT}`],
  };
  return (await readPushedFiles(mirror, objects, {})).addedPaths.size;
}

Deno.test("readPushedFiles holds no more than 64 MiB of paths: a few trees can have gigabytes of them", async () => {
  assert.equal(await pathsOf(100), 100);
  await assert.rejects(pathsOf(2 * KIB + 1), { code: "scan-failed", message: /paths/ });
});
