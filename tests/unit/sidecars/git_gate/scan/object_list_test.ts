import assert from "node:assert/strict";
import type { Mirror } from "../../../../../sidecars/git_gate/mirror.ts";
import { listAllObjects, listObjects } from "../../../../../sidecars/git_gate/scan/object_list.ts";
import { fakeMirror } from "../../../../support/git/fake_mirror.ts";

const [A, B] = ["a".repeat(40), "b".repeat(40)];

function mirrorSaying(stdout: string, code = 0): Mirror {
  return fakeMirror(() => ({ code, stdout: new TextEncoder().encode(stdout), stderr: "" }));
}

Deno.test("listAllObjects reads heads", async () => {
  const mirror = mirrorSaying(`${A} blob 12\n${B} tag 0\n`);
  assert.deepEqual(await listAllObjects(mirror, {}), [
    { id: A, kind: "blob", size: 12 },
    { id: B, kind: "tag", size: 0 },
  ]);
  assert.deepEqual(await listAllObjects(mirrorSaying(""), {}), []);
});

Deno.test("listObjects leaves out what is missing", async () => {
  const mirror = mirrorSaying(`${A} missing\n${B} commit 3\n`);
  assert.deepEqual(await listObjects(mirror, [A, B], {}), [{ id: B, kind: "commit", size: 3 }]);
});

Deno.test("listObjects refuses other answers, and fewer than questions", async () => {
  for (
    const text of [`${A} blob 1\n`, `${A} blob 1\n${B} ambiguous\n`, `${A} blob\n${B} blob 1\n`]
  ) {
    await assert.rejects(listObjects(mirrorSaying(text), [A, B], {}), { code: "scan-failed" });
  }
});

Deno.test("listAllObjects refuses a git that fails", async () => {
  await assert.rejects(listAllObjects(mirrorSaying("", 128), {}), { code: "scan-failed" });
});
