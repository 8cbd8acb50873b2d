import assert from "node:assert/strict";
import { findRepository } from "../../../../lib/workspace/find_repository.ts";
import { inspectWorkspace } from "../../../../lib/workspace/inspect.ts";
import { createRun } from "../../../../lib/process/create_run.ts";
import { makeRepository, realGitHost } from "../../../support/repository.ts";

async function withFolder(use: (root: string) => Promise<void>): Promise<void> {
  const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "bot-bottle-own-" }));
  try {
    const secret = await makeRepository(`${root}/secret`);
    await secret.commit("First");
    await use(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

/** What an archive may hold, by the shell; `../secret` is a repository of the person's. */
const IMPOSTORS: Readonly<Record<string, string>> = {
  "a file .git": "echo 'gitdir: ../secret/.git' > .git",
  "a link .git": "ln -s ../secret/.git .git",
  "commondir":
    "mkdir -p .git/objects .git/refs; cp ../secret/.git/HEAD .git; echo ../../secret/.git > .git/commondir",
  "a linked work tree of its own making":
    'mkdir -p own; cp ../secret/.git/HEAD own; echo "gitdir: own" > .git; echo "$PWD/.git" > own/gitdir; echo ../../secret/.git > own/commondir',
  "a repository that names the folder, and another's objects":
    "mkdir -p own; cp ../secret/.git/HEAD own; echo 'gitdir: own' > .git; printf '[core]\\n\\tworktree = ..\\n' > own/config; echo ../../secret/.git > own/commondir",
  "links to objects and refs":
    "mkdir .git; cp ../secret/.git/HEAD .git; ln -s ../../secret/.git/objects .git/objects; ln -s ../../secret/.git/refs .git/refs",
  "a link to a ref, and alternates":
    "git init -q -b main .; ln -s ../../../../secret/.git/refs/heads/main .git/refs/heads/main; echo ../../../secret/.git/objects > .git/objects/info/alternates",
  "a link to a folder of objects":
    "git clone -q --no-hardlinks ../secret .; rm -rf .git/objects/info; ln -s ../../../secret/.git/objects/info .git/objects/info",
  "a log that leads out": "git clone -q ../secret .; ln -s ../../.. .git/logs/refs/heads/bot",
};

Deno.test("findRepository takes no repository that isn't the folder's own", async (t) => {
  await withFolder(async (root) => {
    for (const [name, script] of Object.entries(IMPOSTORS)) {
      await t.step(name, async () => {
        const folder = `${root}/unpacked`;
        await Deno.mkdir(folder);
        const { code } = await createRun()(["sh", "-ec", script], { cwd: folder });
        assert.equal(code, 0);
        await assert.rejects(() => findRepository(realGitHost, folder), {
          code: "workspace-elsewhere",
        });
        await Deno.remove(folder, { recursive: true });
      });
    }
  });
});

Deno.test("findRepository takes linked work trees, submodules, and repositories apart that say whose they are", async () => {
  await withFolder(async (root) => {
    const secret = await makeRepository(`${root}/secret`);
    await secret.git("worktree", "add", "--quiet", `${root}/linked`);
    await secret.git(
      "-c",
      "protocol.file.allow=always",
      "submodule",
      "--quiet",
      "add",
      secret.folder,
      "sub",
    );
    await secret.git("init", "--quiet", `--separate-git-dir=${root}/apart.git`, `${root}/apart`);
    for (const name of ["linked", "secret/sub"]) {
      assert.equal(
        (await findRepository(realGitHost, `${root}/${name}`)).folder,
        `${root}/${name}`,
      );
    }
    const apart = await makeRepository(`${root}/apart`);
    await assert.rejects(() => findRepository(realGitHost, apart.folder), {
      code: "workspace-elsewhere",
    });
    await apart.git("config", "core.worktree", apart.folder);
    assert.equal((await findRepository(realGitHost, apart.folder)).folder, apart.folder);
  });
});

Deno.test("inspectWorkspace neither waits for pipes nor reads devices in a repository", async () => {
  await withFolder(async (root) => {
    const { folder, git } = await makeRepository(`${root}/secret`);
    await git("reset", "--quiet");
    const script = "rm -f index info/exclude; mkfifo index; ln -s /dev/zero info/exclude";
    await createRun()(["sh", "-ec", script], { cwd: `${folder}/.git` });
    assert.equal((await inspectWorkspace(realGitHost, { folder })).isShallow, false);
    await Deno.symlink("/dev/zero", `${folder}/.git/shallow`);
    await assert.rejects(() => inspectWorkspace(realGitHost, { folder }), {
      code: "workspace-unreadable",
    });
    await Deno.remove(`${folder}/.git/refs/heads/main`);
    await Deno.symlink("/dev/zero", `${folder}/.git/refs/heads/main`);
    await assert.rejects(() => inspectWorkspace(realGitHost, { folder }), {
      code: "workspace-elsewhere",
    });
  });
});
