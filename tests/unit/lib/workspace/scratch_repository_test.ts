import { equal, rejects } from "node:assert/strict";
import { scratchRepository } from "../../../../lib/workspace/scratch_repository.ts";
import { makeRepository, realGitHost } from "../../../support/repository.ts";

Deno.test("scratchRepository borrows objects from folders of any name", async () => {
  const home = await Deno.makeTempDir();
  try {
    for (const name of ["plain", "with space", '"quoted"', "#hash", "back\\slash", "line\nend"]) {
      const { folder, commit } = await makeRepository(`${home}/${name}`);
      const head = await commit(name);
      await using scratch = await scratchRepository(realGitHost, {
        objectFormat: "sha1",
        borrow: [`${folder}/.git/objects`],
      });
      equal((await scratch.git.text(["cat-file", "-t", head])).trim(), "commit", name);
    }
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});

Deno.test("scratchRepository takes SHA-256 objects", async () => {
  const home = await Deno.makeTempDir();
  try {
    const { folder, commit } = await makeRepository(`${home}/r`, "--object-format=sha256");
    const head = await commit("First");
    equal(head.length, 64);
    await using scratch = await scratchRepository(realGitHost, {
      objectFormat: "sha256",
      borrow: [`${folder}/.git/objects`],
    });
    equal((await scratch.git.text(["cat-file", "-t", head])).trim(), "commit");
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});

Deno.test("scratchRepository ends history at the commits that it is told are shallow", async () => {
  const home = await Deno.makeTempDir();
  try {
    const { folder, commit } = await makeRepository(`${home}/r`);
    await commit("First");
    const head = await commit("Second");
    await using scratch = await scratchRepository(realGitHost, {
      objectFormat: "sha1",
      borrow: [`${folder}/.git/objects`],
      shallow: [head],
    });
    equal((await scratch.git.text(["rev-list", "--count", head])).trim(), "1");
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});

Deno.test("scratchRepository lies in a folder that only its owner reads, and is gone when disposed", async () => {
  const parent = await Deno.makeTempDir();
  try {
    const scratch = await scratchRepository(realGitHost, { objectFormat: "sha1", parent });
    const { mode } = await Deno.stat(scratch.folder);
    equal((mode ?? 0) & 0o777, 0o700);
    await scratch[Symbol.asyncDispose]();
    await rejects(Deno.stat(scratch.folder), Deno.errors.NotFound);
    await scratch[Symbol.asyncDispose]();
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
});
