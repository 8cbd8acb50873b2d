import assert from "node:assert/strict";
import { BottleError } from "../../../../lib/errors.ts";
import { parseSlug } from "../../../../lib/names.ts";
import { archiveTranscript, type CopyOut } from "../../../../lib/state/transcript.ts";
import { manifestFiles } from "../../../support/manifest_files.ts";

const slug = parseSlug("demo-ab12c");
const PATHS = ["/home/node/.claude/projects", "/home/node/log"];

function guestWith(files: Readonly<Record<string, string>>): CopyOut {
  return async (path, into) => {
    const text = files[path];
    if (text === undefined) throw new BottleError("No such file", { code: "not-found" });
    await Deno.writeTextFile(`${into}/${path.split("/").at(-1)}`, text);
  };
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
}

Deno.test("archiveTranscript keeps what there is, over what was kept before", async () => {
  await using files = await manifestFiles();
  const archive = `${files.home}/archive/${slug}`;
  assert.equal(await archiveTranscript(files.home, slug, PATHS, guestWith({})), null);
  assert.deepEqual(await namesIn(archive), []);

  const both = guestWith({ [PATHS[0] ?? ""]: "one", [PATHS[1] ?? ""]: "two" });
  assert.equal(await archiveTranscript(files.home, slug, PATHS, both), `${archive}/transcript`);
  assert.deepEqual(await namesIn(`${archive}/transcript`), ["log", "projects"]);

  await archiveTranscript(files.home, slug, PATHS, guestWith({ [PATHS[0] ?? ""]: "later" }));
  assert.deepEqual(await namesIn(`${archive}/transcript`), ["projects"]);
  assert.equal(await Deno.readTextFile(`${archive}/transcript/projects`), "later");
});

Deno.test("archiveTranscript keeps the older one when copying fails", async () => {
  await using files = await manifestFiles();
  const archive = `${files.home}/archive/${slug}`;
  await archiveTranscript(files.home, slug, PATHS, guestWith({ [PATHS[0] ?? ""]: "one" }));
  const unsafe: CopyOut = async (path, into) => {
    await Deno.writeTextFile(`${into}/half`, path);
    throw new BottleError("A link leads out", { code: "archive-unsafe" });
  };
  await assert.rejects(archiveTranscript(files.home, slug, PATHS, unsafe), {
    code: "archive-unsafe",
  });
  assert.deepEqual(await namesIn(archive), ["transcript"]);
  assert.equal(await Deno.readTextFile(`${archive}/transcript/projects`), "one");
});
