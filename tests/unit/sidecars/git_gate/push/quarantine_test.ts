import assert from "node:assert/strict";
import { readPacks } from "../../../../../sidecars/git_gate/push/quarantine.ts";

const NONE = "0".repeat(40);
const A = "a".repeat(40);

Deno.test("readPacks knows of a push without a quarantine only where it deletes and does nothing else", async () => {
  const gone = { ref: "refs/heads/a", old: A, new: NONE };
  const made = { ref: "refs/heads/b", old: NONE, new: A };
  assert.deepEqual(await readPacks("/mirror", undefined, [gone]), []);
  for (const commands of [[made], [gone, made]]) {
    await assert.rejects(readPacks("/mirror", undefined, commands), { code: "push-malformed" });
  }
});
