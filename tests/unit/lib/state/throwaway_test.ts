import assert from "node:assert/strict";
import {
  claimAbandoned,
  findAbandoned,
  makeThrowaway,
  removeAbandoned,
} from "../../../../lib/state/throwaway.ts";
import { manifestFiles } from "../../../support/manifest_files.ts";

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

Deno.test("makeThrowaway makes a folder in the home, for its owner only, and removes it", async () => {
  await using files = await manifestFiles({ "home/agents/x.md": "" });
  {
    await using made = await makeThrowaway(files.home);
    assert.ok(made.folder.startsWith(`${await Deno.realPath(files.home)}/throwaway/`));
    assert.equal(((await Deno.stat(made.folder)).mode ?? 0) & 0o777, 0o700);
    await Deno.writeTextFile(`${made.folder}/file`, "");
  }
  assert.equal(await isThere(`${files.home}/throwaway`), false);
  assert.ok(await isThere(files.home));
});

Deno.test("makeThrowaway leaves no home where there was none, and keeps one that was made use of", async () => {
  await using files = await manifestFiles();
  for (const isUsed of [false, true]) {
    const home = `${files.root}/no/such/home`;
    {
      await using _made = await makeThrowaway(home);
      if (isUsed) await Deno.writeTextFile(`${home}/gvisor.json`, "");
    }
    assert.equal(await isThere(`${files.root}/no`), isUsed);
    assert.equal(await isThere(`${home}/throwaway`), false);
  }
});

Deno.test("makeThrowaway does without a home that can't be written", async () => {
  // A file system that takes no folder, also from root.
  const made = await makeThrowaway("/proc/self/home");
  assert.doesNotMatch(made.folder, /^\/proc/);
  await made[Symbol.asyncDispose]();
  assert.equal(await isThere(made.folder), false);
});

Deno.test("findAbandoned tells what a killed program has left from what is in use", async () => {
  await using files = await manifestFiles({ "home/throwaway/left/lock": "" });
  await using made = await makeThrowaway(files.home);
  const left = await Deno.realPath(`${files.home}/throwaway/left`);
  assert.deepEqual(await findAbandoned(files.home), [left]);
  const [claimed] = await claimAbandoned(files.home);
  assert.ok(claimed);
  assert.deepEqual(await findAbandoned(files.home), [], "it is being removed");
  await removeAbandoned(claimed);
  await claimed[Symbol.asyncDispose]();
  assert.equal(await isThere(left), false);
  assert.ok(await isThere(made.folder));
});

Deno.test("findAbandoned finds nothing in a home that isn't there, and follows no link", async () => {
  await using files = await manifestFiles({ "elsewhere/x": "", "home/throwaway/y": "" });
  assert.deepEqual(await findAbandoned(`${files.root}/none`), []);
  await Deno.symlink(`${files.root}/elsewhere`, `${files.home}/throwaway/link`);
  assert.deepEqual(await findAbandoned(files.home), []);
});
