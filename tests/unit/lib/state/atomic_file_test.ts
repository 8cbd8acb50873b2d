import assert from "node:assert/strict";
import { writeFileAtomically } from "../../../../lib/state/atomic_file.ts";
import { manifestFiles } from "../../../support/manifest_files.ts";

Deno.test("writeFileAtomically leaves the old content and no draft when it can't finish", async () => {
  await using files = await manifestFiles({ "folder/target/inside": "x" });
  const target = `${files.root}/folder/target`;
  await assert.rejects(writeFileAtomically(target, "new"));
  assert.equal(await Deno.readTextFile(`${target}/inside`), "x");
  assert.deepEqual(
    (await Array.fromAsync(Deno.readDir(`${files.root}/folder`))).map((e) => e.name),
    [
      "target",
    ],
  );
});

Deno.test("writeFileAtomically never shows a reader half a file", async () => {
  await using files = await manifestFiles();
  const file = `${files.root}/a/b.json`;
  const texts = ["x".repeat(200_000), "y".repeat(300_000)] as const;
  await writeFileAtomically(file, texts[0]);
  const writing = (async (): Promise<void> => {
    for (let round = 0; round < 20; round++) {
      await writeFileAtomically(file, texts[round % 2 ? 0 : 1]);
    }
  })();
  for (let round = 0; round < 60; round++) {
    const text = await Deno.readTextFile(file);
    assert.ok(text === texts[0] || text === texts[1], `${text.length} characters`);
  }
  await writing;
});
