import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { findWorkspace } from "../../../../cli/session/workspace.ts";
import type { Context } from "../../../../lib/context.ts";
import { BottleError } from "../../../../lib/errors.ts";
import { fakeContext } from "../../../support/context.ts";
import { makeRepository, realGitHost } from "../../../support/repository.ts";

async function withRepository(
  test: (context: Context, folder: string, base: string) => Promise<void>,
): Promise<void> {
  const root = await Deno.realPath(await Deno.makeTempDir());
  try {
    const { folder, write, commit } = await makeRepository(`${root}/app`);
    await write("src/a.txt", "a");
    const base = await commit("First");
    await write(".env", "A=1");
    await Deno.mkdir(`${root}/home/agents`, { recursive: true });
    await Deno.mkdir(`${root}/home/bottles`);
    await Deno.writeTextFile(`${root}/home/agents/reviewer.md`, "---\nbottle: dev\n---\n");
    const cwd = `${folder}/src`;
    await test(fakeContext({ ...realGitHost, cwd, home: `${root}/home` }), folder, base);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

function usage(message: RegExp, hint: RegExp): (error: unknown) => boolean {
  return (error) => {
    ok(error instanceof BottleError, String(error));
    equal(error.exitCode, 2);
    match(error.message, message);
    match(error.hint ?? "", hint);
    return true;
  };
}

Deno.test("findWorkspace takes the working directory's repository, or a folder's, with what is included", async () => {
  await withRepository(async (context, folder, base) => {
    deepEqual(await findWorkspace(context, {}), {});
    const { workspace } = await findWorkspace(context, { workspace: true, include: ["../.env"] });
    deepEqual([workspace?.folder, workspace?.base, workspace?.include], [folder, base, [".env"]]);
    const named = await findWorkspace({ ...context, cwd: "/" }, { workspace: folder });
    equal(named.workspace?.folder, folder);
  });
});

Deno.test("findWorkspace tells an agent that was taken for the folder", async () => {
  await withRepository(async (context) => {
    await rejects(
      findWorkspace(context, { workspace: "reviewer" }),
      usage(/"reviewer" is an agent, and no folder/, /start reviewer --workspace/),
    );
    await rejects(
      findWorkspace(context, { workspace: "nobody" }),
      (error) => error instanceof BottleError && error.code === "workspace-missing",
    );
  });
});

Deno.test("findWorkspace refuses files of a workspace that is not wanted", async () => {
  await withRepository(async (context) => {
    await rejects(findWorkspace(context, { include: [".env"] }), usage(/there is none/, /cp/));
  });
});
