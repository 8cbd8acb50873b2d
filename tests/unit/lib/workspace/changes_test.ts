import assert from "node:assert/strict";
import { listCommits, listFiles } from "../../../../lib/workspace/changes.ts";
import type { Renames } from "../../../../lib/workspace/diff_options.ts";
import { patchOf, readablePatchOf } from "../../../../lib/workspace/diff_stream.ts";
import { makeWorkStage } from "../../../support/work_stage.ts";

const MIB = 1024 ** 2;

async function read(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  return await new Response(ReadableStream.from(chunks)).text();
}

Deno.test("listCommits cuts subjects and names that have no width, and converts no text", async () => {
  await using stage = await makeWorkStage();
  const { agent, base } = stage;
  const commit = await agent.git("cat-file", "commit", base);
  const crafted = commit.split("\n").filter((line) => line !== "" && line !== "First");
  await Deno.writeTextFile(
    `${stage.root}/commit`,
    [
      ...crafted,
      `parent ${base}`,
      "encoding UTF-7",
      "",
      `+AGEAYg- ${"\u0301".repeat(5 * MIB)}\n`,
    ].join("\n").replace(/^(tree .*)\n(author[^]*?)\n(parent .*)\n/, "$1\n$3\n$2\n"),
  );
  const head = await agent.git("hash-object", "-t", "commit", "-w", `${stage.root}/commit`);
  await agent.git("update-ref", "HEAD", head);
  await using quarantine = await stage.open();
  const { commits, total } = await listCommits(quarantine.git, base, quarantine.head);
  assert.deepEqual([total, commits.length], [1, 1]);
  assert.ok(commits.every(({ subject }) => subject.length <= 200));
  assert.ok(commits.every(({ subject }) => subject.startsWith("+AGEAYg-")));
});

Deno.test("listFiles and the patch for eyes count no lines of a file whose lines would fill the memory", async () => {
  await using stage = await makeWorkStage();
  await stage.agent.write("lines.txt", "\n".repeat(5 * MIB));
  await stage.agent.commit("Lines");
  await using quarantine = await stage.open();
  const { git, base, head, renames } = quarantine;
  const range = { from: base, to: head, renames };
  const [file] = await listFiles(git, range);
  assert.deepEqual([file?.path, file?.additions], ["lines.txt", null]);
  assert.match(await read(readablePatchOf(git, range)), /Binary files .* differ\n$/);
});

Deno.test("patchOf gives up at a file that is too big, and says how else to get it", async () => {
  await using stage = await makeWorkStage();
  using file = await Deno.open(`${stage.agent.folder}/big`, { create: true, write: true });
  await file.truncate(130 * MIB);
  await stage.agent.commit("Big");
  await using quarantine = await stage.open();
  const { git, base, head, renames } = quarantine;
  assert.equal(renames, "same");
  await assert.rejects(() => read(patchOf(git, { from: base, to: head, renames })), {
    code: "git-failed",
    hint: /`bot-bottle fetch`/,
  });
});

Deno.test("listFiles looks for files that are alike only where little came", async () => {
  const text = Array.from({ length: 50 }, (_, at) => `line ${at}\n`).join("");
  await using stage = await makeWorkStage({ "a.txt": text });
  await stage.agent.git("mv", "a.txt", "b.txt");
  await stage.agent.write("b.txt", `${text}more\n`);
  await stage.agent.commit("Moved");
  await using quarantine = await stage.open();
  const { git, base, head, renames } = quarantine;
  assert.equal(renames, "alike");
  const statuses = async (wanted: Renames): Promise<readonly string[]> =>
    (await listFiles(git, { from: base, to: head, renames: wanted })).map(({ status }) => status);
  assert.deepEqual(await statuses("alike"), ["renamed"]);
  assert.deepEqual(await statuses("same"), ["deleted", "added"]);
});
