import { equal, ok } from "node:assert/strict";
import { DEFAULT_RULES } from "../../../../lib/git_gate/config.ts";
import { createRun } from "../../../../lib/process/create_run.ts";
import { BareMirror } from "../../../../sidecars/git_gate/bare_mirror.ts";
import { GitRunner } from "../../../../sidecars/git_gate/git.ts";
import { Places } from "../../../../sidecars/git_gate/places.ts";

const UPSTREAM = {
  ...{ scheme: "https", host: "git.example.com", port: 443, path: "/a" } as const,
  ...{ username: "", token: null },
};

Deno.test("BareMirror knows how long ago it was as the upstream is", async () => {
  const root = await Deno.makeTempDir({ prefix: "bot-bottle-test-mirror-" });
  try {
    const [theirs, ours] = [`${root}/theirs`, `${root}/ours`];
    const run = createRun();
    const git = async (...args: readonly string[]): Promise<void> =>
      equal((await run(["git", ...args])).code, 0);
    await git("init", "--quiet", "--bare", "--initial-branch=main", theirs);
    await git("clone", "--quiet", "--bare", theirs, ours);
    const config = `${root}/gitconfig`;
    await Deno.writeTextFile(
      config,
      `[protocol "file"]\nallow = always\n[remote "upstream"]\nurl = ${theirs}\n`,
    );
    let now = 1_000;
    const mirror = new BareMirror({
      repo: { name: "a", upstream: UPSTREAM, push: "allow", rules: DEFAULT_RULES },
      folder: ours,
      runner: new GitRunner({ serve: config, upstream: config, ssh: "" }),
      refreshes: new Places(1),
      now: () => now,
    });
    ok(!mirror.isRefreshed && !mirror.isRefreshedWithin(60_000));
    await mirror.refresh(new AbortController().signal);
    now += 59_999;
    ok(mirror.isRefreshedWithin(60_000));
    now += 1;
    ok(!mirror.isRefreshedWithin(60_000));
    ok(mirror.isRefreshed);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
