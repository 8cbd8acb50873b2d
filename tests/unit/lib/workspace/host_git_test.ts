import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { BottleError } from "../../../../lib/errors.ts";
import { createRun } from "../../../../lib/process/create_run.ts";
import type { Run, RunOptions, RunResult } from "../../../../lib/process/run.ts";
import { hostGit } from "../../../../lib/workspace/host_git.ts";
import { scratchRepository } from "../../../../lib/workspace/scratch_repository.ts";
import { fakeRun } from "../../../support/context.ts";
import { writeProgram } from "../../../support/program_file.ts";
import { makeHostileRepository } from "../../../support/hostile_repository.ts";
import { makeRepository, realGitHost } from "../../../support/repository.ts";

const MISSING = "1".repeat(40);

Deno.test("hostGit starts nothing that a repository names", async () => {
  const home = await Deno.makeTempDir();
  try {
    const folder = `${home}/repository`;
    const hostile = await makeHostileRepository(folder, `${home}/canaries`);
    deepEqual(await hostile.ran(), []);
    const git = hostGit(realGitHost, { folder });
    const head = (await git.text(["rev-parse", "HEAD"])).trim();
    match(head, /^[0-9a-f]{40}$/);
    await git.text(["symbolic-ref", "HEAD"]);
    await git.text(["for-each-ref"]);
    await git.text(["update-ref", "refs/heads/other", head]);
    await git.text(["update-ref", "-d", "refs/heads/other"]);
    await git.text(["cat-file", "-p", head]);
    await git.text(["log", "-1"]);
    await git.text(["bundle", "create", `${home}/all.bundle`, "HEAD"]);
    equal((await git(["cat-file", "-e", MISSING])).code, 1);
    ok((await git(["fetch", "evil", MISSING])).code !== 0);
    deepEqual(await hostile.ran(), []);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});

Deno.test("hostGit asks no file system monitor, not even where an index is read", async () => {
  const home = await Deno.makeTempDir();
  try {
    const { folder, git, write, commit } = await makeRepository(`${home}/repository`);
    await write("file.txt", "x");
    await commit("First");
    const script = `${home}/monitor`;
    await writeProgram(script, `#!/bin/sh\n: > ${home}/ran\n`);
    await git("config", "core.fsmonitor", script);
    await hostGit(realGitHost, { folder }).text(["status", "--porcelain"]);
    await rejects(Deno.stat(`${home}/ran`), Deno.errors.NotFound);
    await git("status");
    ok((await Deno.stat(`${home}/ran`)).isFile, "a plain git asks it");
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});

Deno.test("scratchRepository reads a hostile work tree by a copy of its index, and starts nothing", async () => {
  const home = await Deno.makeTempDir();
  try {
    const folder = `${home}/repository`;
    const hostile = await makeHostileRepository(folder, `${home}/canaries`);
    await using scratch = await scratchRepository(realGitHost, {
      objectFormat: "sha1",
      borrow: [`${folder}/.git/objects`],
    });
    const git = hostGit(realGitHost, {
      folder,
      gitDir: scratch.folder,
      workTree: folder,
      indexFile: `${scratch.folder}/index`,
    });
    await Deno.copyFile(`${folder}/.git/index`, `${scratch.folder}/index`);
    // Older than any file of the tree: git then looks at each, however quickly the file was changed after its commit.
    await Deno.utime(`${scratch.folder}/index`, 1, 1);
    const head = await hostGit(realGitHost, { folder }).text(["rev-parse", "HEAD"]);
    await scratch.git.text(["update-ref", "refs/heads/main", head.trim()]);
    equal(await git.text(["status", "--porcelain"]), " M file.txt\n");
    match(await git.text(["diff", "HEAD"]), /-first\n\+other/);
    match(await git.text(["log", "-p", "--no-textconv"]), /\+first/);
    deepEqual(await hostile.ran(), []);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});

Deno.test("a hostile repository of the tests does start its programs where git is not held", async () => {
  const home = await Deno.makeTempDir();
  try {
    const folder = `${home}/repository`;
    const hostile = await makeHostileRepository(folder, `${home}/canaries`);
    const run = createRun();
    const plain = (...args: string[]): Promise<unknown> => run(["git", "-C", folder, ...args]);
    await plain("status");
    await plain("diff");
    await plain("update-ref", "refs/heads/other", "HEAD");
    await plain("cat-file", "-e", MISSING);
    const ran = await hostile.ran();
    for (
      const name of ["core.fsmonitor", "filter.clean", "hook.reference-transaction", "remote.ext"]
    ) {
      ok(ran.includes(name), `${name} in ${ran}`);
    }
    ok(ran.includes("diff.command") || ran.includes("diff.external"), String(ran));
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});

Deno.test("hostGit inherits nothing of the caller's environment but PATH and the temporary folder", async () => {
  const seen: RunOptions[] = [];
  const run = fakeRun((_argv, options) => (seen.push(options), {}));
  const env = (name: string): string => `of ${name}`;
  await hostGit({ run, env }, { folder: "/somewhere" })(["status"]);
  const [options] = seen;
  equal(options?.clearEnv, true);
  const inherited = Object.entries(options?.env ?? {}).filter(([, value]) =>
    value.startsWith("of ")
  );
  deepEqual(inherited.map(([name]) => name).sort(), ["PATH", "SUDO_UID", "TMPDIR"]);
});

Deno.test("hostGit is not led elsewhere by GIT_ variables of its caller", async () => {
  const home = await Deno.makeTempDir();
  const hostile = {
    GIT_DIR: "/nowhere",
    GIT_WORK_TREE: "/nowhere",
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "core.bare",
    GIT_CONFIG_VALUE_0: "true",
  };
  try {
    const { folder, commit } = await makeRepository(`${home}/repository`);
    const head = await commit("First");
    // Not by `Deno.env.set`: other tests of the same process would be led away too.
    const real = createRun();
    const inheriting = (argv: readonly string[], options: RunOptions = {}): Promise<RunResult> =>
      real(argv, {
        ...options,
        env: { ...(options.clearEnv === true ? {} : hostile), ...options.env },
      });
    const { duplex, terminal } = real;
    const run: Run = Object.assign(inheriting, { duplex, terminal });
    const led = await run(["git", "-C", folder, "rev-parse", "HEAD"]);
    equal(led.code, 128);
    const git = hostGit({ ...realGitHost, run }, { folder });
    equal((await git.text(["rev-parse", "HEAD"])).trim(), head);
    equal((await git.text(["rev-parse", "--is-bare-repository"])).trim(), "false");
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});

Deno.test("hostGit says what git said, and what to do where there is none", async () => {
  const home = await Deno.makeTempDir();
  try {
    const git = hostGit(realGitHost, { folder: home });
    await rejects(git.text(["rev-parse", "HEAD"]), (error) => {
      ok(error instanceof BottleError);
      equal(error.code, "git-failed");
      match(error.details.join("\n"), /not a git repository/);
      return true;
    });
    // A folder without programs as PATH.
    const none = hostGit({ ...realGitHost, env: (): string => home }, { folder: home });
    await rejects(
      none(["version"]),
      (error) => error instanceof BottleError && error.code === "git-missing",
    );
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});

Deno.test("hostGit streams, and reads a file of this machine only where it is allowed to", async () => {
  const home = await Deno.makeTempDir();
  try {
    const { folder, commit } = await makeRepository(`${home}/repository`);
    const head = await commit("First");
    const git = hostGit(realGitHost, { folder });
    const bundle = git.stream(["bundle", "create", "-", "HEAD"]);
    await bundle.writable.close();
    const file = `${home}/all.bundle`;
    await bundle.readable.pipeTo((await Deno.create(file)).writable);
    equal((await bundle.ended).code, 0);
    await using scratch = await scratchRepository(realGitHost, { objectFormat: "sha1" });
    const fetch = ["fetch", "--no-tags", file, "HEAD:refs/heads/got"];
    match((await scratch.git(fetch)).stderr, /transport 'file' not allowed/);
    await scratch.git.text(fetch, { allowFile: true });
    equal((await scratch.git.text(["rev-parse", "got"])).trim(), head);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});
