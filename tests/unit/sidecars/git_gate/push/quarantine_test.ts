import assert from "node:assert/strict";
import { readPacks, sweepQuarantines } from "../../../../../sidecars/git_gate/push/quarantine.ts";

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

Deno.test("sweepQuarantines leaves packs, and quarantines of pushes that are open", async () => {
  const mirror = await Deno.makeTempDir({ prefix: "bot-bottle-test-sweep-" });
  const folders = [
    "pack",
    "info",
    "2e",
    "tmp_objdir-incoming-aaaaaa",
    "tmp_objdir-incoming-bbbbbb",
  ];
  for (const name of folders) await Deno.mkdir(`${mirror}/objects/${name}`, { recursive: true });
  await Deno.writeTextFile(`${mirror}/objects/2e/bd9d`, "text of a signed push");
  await Deno.utime(`${mirror}/objects/tmp_objdir-incoming-aaaaaa`, 1, 1);
  await sweepQuarantines(mirror, 1_000_000);
  const left = await Array.fromAsync(Deno.readDir(`${mirror}/objects`), ({ name }) => name);
  assert.deepEqual(left.toSorted(), ["info", "pack", "tmp_objdir-incoming-bbbbbb"]);
  await Deno.remove(mirror, { recursive: true });
});
