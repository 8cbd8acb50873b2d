import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { BottleError } from "../../../../lib/errors.ts";
import type { RunOptions, RunResult } from "../../../../lib/process/run.ts";
import type { GitHost } from "../../../../lib/workspace/host_git.ts";
import { inspectWorkspace } from "../../../../lib/workspace/inspect.ts";
import { makeHostileRepository } from "../../../support/hostile_repository.ts";
import { makeRepository, realGitHost } from "../../../support/repository.ts";

/** A host whose person has no configuration of their own. */
function hostOf(home: string): GitHost {
  return {
    ...realGitHost,
    env: (name) =>
      name === "HOME" ? home : name.startsWith("GIT_") ? undefined : realGitHost.env(name),
  };
}

async function withHome(test: (home: string, host: GitHost) => Promise<void>): Promise<void> {
  const home = await Deno.realPath(await Deno.makeTempDir());
  try {
    await test(home, hostOf(home));
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

function coded(code: string, text = /./): (error: unknown) => boolean {
  return (error) => {
    ok(error instanceof BottleError, String(error));
    equal(error.code, code);
    match([error.message, ...error.details, error.hint].join("\n"), text);
    return true;
  };
}

Deno.test("inspectWorkspace finds top, branch and commit from a folder below", async () => {
  await withHome(async (home, host) => {
    const { folder, git, write, commit } = await makeRepository(`${home}/app`);
    await write("src/deep/file.txt", "x");
    const base = await commit("First");
    await git("checkout", "--quiet", "-b", "feat/ünï-#1");
    await Deno.symlink(`${folder}/src`, `${home}/link`);
    for (const from of [folder, `${folder}/src/deep`, `${home}/link/deep`]) {
      deepEqual(await inspectWorkspace(host, { folder: from }), {
        folder,
        branch: "feat/ünï-#1",
        base,
        include: [],
        isShallow: false,
        uncommitted: 0,
        leftOut: [],
        remotes: [],
      });
    }
    await git("checkout", "--quiet", "--detach");
    equal((await inspectWorkspace(host, { folder })).branch, null);
  });
});

Deno.test("inspectWorkspace reads the remotes, and what the branch follows", async () => {
  await withHome(async (home, host) => {
    const { folder, git, commit } = await makeRepository(`${home}/app`);
    await commit("First");
    const url = "https://ann:s3cret@git.example.com/team/app.git";
    await git("remote", "add", "origin", url);
    await git("config", "--add", "remote.origin.url", "https://second.example/app");
    await git("remote", "add", "Up.stream-2", "ext::touch pwned");
    await git("config", "remote.-x.url", "https://git.example.com/x");
    await git("config", "remote.a b.url", "https://git.example.com/y");
    // Names that `git remote add` refuses, and urls that are none.
    await git("config", "remote.a..b.url", "https://git.example.com/z");
    await git("config", "remote.a.lock.url", "https://git.example.com/z");
    await git("config", "remote.long.url", `https://git.example.com/${"z".repeat(4_096)}`);
    await git("config", "remote.up.url", "https://git.example.com/u");
    await git("config", "--add", "remote.up.pushurl", "https://git.example.com/v");
    await git("config", "--add", "remote.up.pushurl", "https://git.example.com/w");
    const others = [
      { name: "Up.stream-2", url: "ext::touch pwned", merge: null },
      {
        name: "up",
        url: "https://git.example.com/u",
        pushUrls: ["https://git.example.com/v", "https://git.example.com/w"],
        merge: null,
      },
    ];
    const remotes = async (): Promise<unknown> =>
      (await inspectWorkspace(host, { folder })).remotes;
    deepEqual(await remotes(), [{ name: "origin", url, merge: null }, ...others]);
    await git("config", "branch.main.remote", "origin");
    await git("config", "branch.main.merge", "refs/heads/trunk");
    deepEqual(await remotes(), [{ name: "origin", url, merge: "refs/heads/trunk" }, ...others]);
    for (const evil of ["--evil", "refs/heads/a\nb", `refs/heads/${"a".repeat(4_096)}`]) {
      await git("config", "branch.main.merge", evil);
      deepEqual(await remotes(), [{ name: "origin", url, merge: null }, ...others]);
    }
    await git("checkout", "--quiet", "--detach");
    deepEqual(await remotes(), [{ name: "origin", url, merge: null }, ...others]);
  });
});

Deno.test("inspectWorkspace counts what is not committed, and not what is ignored", async () => {
  await withHome(async (home, host) => {
    const { folder, git, write, commit } = await makeRepository(`${home}/app`);
    await write("a.txt", "a");
    await write("b.txt", "b");
    await write("c.txt", "c");
    await write(".gitignore", "ignored/\n");
    await commit("First");
    const count = async (): Promise<number | null> =>
      (await inspectWorkspace(host, { folder })).uncommitted;
    equal(await count(), 0);
    await write("ignored/x", "x");
    await write("excluded", "x");
    await Deno.writeTextFile(`${folder}/.git/info/exclude`, "excluded\n");
    await write("everywhere.swp", "x");
    await Deno.mkdir(`${home}/.config/git`, { recursive: true });
    await Deno.writeTextFile(`${home}/.config/git/ignore`, "*.swp\n");
    equal(await count(), 0, "ignored by the repository, by its exclude file, by the person");
    await write("a.txt", "changed");
    await git("rm", "--quiet", "b.txt");
    await write("new/1", "1");
    await write("new/2", "2");
    equal(await count(), 3, "a changed file, a removed one, a new folder");
    await git("update-index", "--split-index");
    equal(await count(), 3, "with a split index");
    await Deno.chmod(`${folder}/c.txt`, 0o755);
    equal(await count(), 4, "a mode");
    await git("config", "core.fileMode", "false");
    equal(await count(), 3, "modes that mean nothing");
  });
});

Deno.test("inspectWorkspace starts nothing that the repository names", async () => {
  await withHome(async (home, host) => {
    const folder = `${home}/app`;
    const hostile = await makeHostileRepository(folder, `${home}/canaries`);
    const source = await inspectWorkspace(host, { folder });
    equal(source.uncommitted, 1);
    deepEqual(await hostile.ran(), []);
  });
});

Deno.test("inspectWorkspace tells of shallow history, submodules and Git LFS", async () => {
  await withHome(async (home, host) => {
    const origin = await makeRepository(`${home}/origin`);
    await origin.commit("First");
    await origin.write(
      ".gitmodules",
      '[submodule "x"]\n\tpath = x\n\turl = https://example.com/x\n',
    );
    await origin.write(
      ".gitattributes",
      "# filter=lfs\n*.bin filter=lfs diff=lfs merge=lfs -text\n",
    );
    await origin.commit("Second");
    await origin.git("clone", "--quiet", "--depth=1", `file://${origin.folder}`, `${home}/clone`);
    const source = await inspectWorkspace(host, { folder: `${home}/clone` });
    deepEqual([source.isShallow, source.leftOut], [true, ["submodules", "lfs"]]);
  });
});

Deno.test("inspectWorkspace finds linked work trees, and SHA-256 repositories", async () => {
  await withHome(async (home, host) => {
    const { folder, git, commit } = await makeRepository(`${home}/app`, "--object-format=sha256");
    const base = await commit("First");
    await git("worktree", "add", "--quiet", `${home}/linked`, "-b", "linked");
    const source = await inspectWorkspace(host, { folder: `${home}/linked` });
    deepEqual([source.folder, source.branch, source.base], [`${home}/linked`, "linked", base]);
    equal((await inspectWorkspace(host, { folder })).branch, "main");
  });
});

Deno.test("inspectWorkspace says what is wrong with a folder", async () => {
  await withHome(async (home, host) => {
    const inspect = (folder: string): Promise<unknown> => inspectWorkspace(host, { folder });
    await rejects(inspect(`${home}/nowhere`), coded("workspace-missing", /nowhere/));
    await Deno.writeTextFile(`${home}/file`, "");
    await rejects(inspect(`${home}/file`), coded("workspace-missing"));
    await rejects(inspect(home), coded("workspace-no-repository", /git init/));
    const { folder, git, commit } = await makeRepository(`${home}/app`);
    await rejects(inspect(folder), coded("workspace-empty", /no commit yet/));
    await commit("First");
    await rejects(inspect(`${folder}/.git`), coded("workspace-bare"));
    await git("clone", "--quiet", "--bare", folder, `${home}/bare`);
    await rejects(inspect(`${home}/bare`), coded("workspace-bare", /worktree/));
    await Deno.writeTextFile(`${folder}/.git/refs/heads/main`, "nonsense\n");
    await rejects(inspect(folder), coded("workspace-unreadable", /git fsck/));
    await Deno.writeTextFile(`${folder}/.git/HEAD`, "nonsense\n");
    await rejects(inspect(folder), coded("workspace-no-repository"));
  });
});

Deno.test("inspectWorkspace refuses a work tree that the configuration puts elsewhere", async () => {
  await withHome(async (home, host) => {
    const { folder, git, commit } = await makeRepository(`${home}/app`);
    await commit("First");
    await Deno.mkdir(`${home}/secrets`);
    for (const worktree of [`${home}/secrets`, home]) {
      await git("config", "core.worktree", worktree);
      await rejects(
        inspectWorkspace(host, { folder }),
        (error) => error instanceof BottleError && error.code.startsWith("workspace-"),
      );
    }
  });
});

Deno.test("inspectWorkspace refuses a partial clone that lacks objects, and fetches nothing", async () => {
  await withHome(async (home, host) => {
    const origin = await makeRepository(`${home}/origin`);
    await origin.write("a.txt", "old");
    await origin.commit("First");
    await origin.write("a.txt", "new");
    await origin.commit("Second");
    await origin.git("config", "uploadpack.allowFilter", "true");
    const url = `file://${origin.folder}`;
    await origin.git("clone", "--quiet", "--filter=blob:none", url, `${home}/partial`);
    await rejects(
      inspectWorkspace(host, { folder: `${home}/partial` }),
      coded("workspace-partial", /--refetch/),
    );
    await origin.git("clone", "--quiet", "--filter=blob:limit=1m", url, `${home}/whole`);
    equal((await inspectWorkspace(host, { folder: `${home}/whole` })).branch, "main");
  });
});

Deno.test("inspectWorkspace leaves the repository as it is", async () => {
  await withHome(async (home, host) => {
    const { folder, write, commit } = await makeRepository(`${home}/app`);
    await write("a.txt", "a");
    await commit("First");
    await write("a.txt", "b");
    const look = async (): Promise<string[]> => {
      const { stdout } = await realGitHost.run(
        ["find", folder, "-type", "f", "-printf", "%P %s %T@ %i\n"],
      );
      return new TextDecoder().decode(stdout).split("\n").sort();
    };
    const before = await look();
    await inspectWorkspace(host, { folder });
    deepEqual(await look(), before);
  });
});

Deno.test("inspectWorkspace trusts a repository of another user only if the person does", async () => {
  await withHome(async (home, { run, env }) => {
    const { folder, commit } = await makeRepository(`${home}/app`);
    await commit("First");
    const asAnother = (argv: readonly string[], options: RunOptions = {}): Promise<RunResult> =>
      run(argv, { ...options, env: { ...options.env, GIT_TEST_ASSUME_DIFFERENT_OWNER: "1" } });
    const host = {
      run: Object.assign(asAnother, { duplex: run.duplex, terminal: run.terminal }),
      env,
    };
    await rejects(inspectWorkspace(host, { folder }), coded("workspace-unsafe", /safe\.directory/));
    await Deno.writeTextFile(`${home}/.gitconfig`, `[safe]\n\tdirectory = ${folder}\n`);
    equal((await inspectWorkspace(host, { folder })).branch, "main");
  });
});
