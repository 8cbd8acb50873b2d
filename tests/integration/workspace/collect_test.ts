import assert from "node:assert/strict";
import { BottleError } from "../../../lib/errors.ts";
import { collectWork, type Guest } from "../../../lib/workspace/collect.ts";
import { localGuest, makeWorkStage } from "../../support/work_stage.ts";

/** A guest that prints this and ends so. */
function printing(script: string): Guest {
  return { stream: (_argv, options) => localGuest.stream(["sh", "-c", script], options) };
}

async function failsWith(code: string, doing: () => Promise<unknown>): Promise<void> {
  await assert.rejects(doing, (error) => {
    assert.ok(error instanceof BottleError, String(error));
    assert.equal(error.code, code);
    return true;
  });
}

Deno.test("collectWork finds nothing where nothing was done", async () => {
  await using stage = await makeWorkStage();
  const { facts, bytes, file } = await stage.collect();
  assert.deepEqual(facts, {
    head: stage.base,
    branch: "main",
    uncommitted: null,
    leftOut: "none",
    elsewhere: 0,
  });
  assert.equal(bytes, null);
  await assert.rejects(() => Deno.stat(file), Deno.errors.NotFound);
});

Deno.test("collectWork brings commits, and what is not committed as a commit on top; the repository stays as it was", async () => {
  await using stage = await makeWorkStage({
    "a.txt": "one\n",
    "gone.txt": "x\n",
    ".gitignore": "*.log\n",
  });
  const { agent } = stage;
  await agent.write("a.txt", "two\n");
  const head = await agent.commit("Second");
  await agent.write("new.txt", "new\n");
  await agent.write("ignored.log", "no\n");
  await agent.write("a.txt", "three\n");
  await Deno.remove(`${agent.folder}/gone.txt`);
  await agent.git("add", "a.txt");
  const before = await agent.git("status", "--porcelain");
  const objects = await agent.git("count-objects", "-v");

  await using quarantine = await stage.open();
  assert.equal(quarantine.head, head);
  assert.ok(quarantine.uncommitted !== null);
  const changed = await quarantine.git.text([
    "diff-tree",
    "-r",
    "--name-status",
    head,
    quarantine.uncommitted,
  ]);
  assert.deepEqual(changed.trim().split("\n"), ["M\ta.txt", "D\tgone.txt", "A\tnew.txt"]);

  assert.equal(await agent.git("status", "--porcelain"), before);
  assert.equal(await agent.git("count-objects", "-v"), objects);
  assert.equal(await agent.git("for-each-ref", "--format=%(refname)"), "refs/heads/main");
  const left = (await Array.fromAsync(Deno.readDir(`${agent.folder}/.git`))).map(({ name }) =>
    name
  );
  assert.ok(!left.some((name) => name.startsWith("bot-bottle")));
  assert.equal((await Deno.stat(`${stage.root}/0.bundle`)).mode, 0o100600);
});

Deno.test("collectWork leaves files out that were brought in uncommitted", async () => {
  await using stage = await makeWorkStage();
  await stage.agent.write("secret.env", "x\n");
  await stage.agent.write("folder/one", "x\n");
  await stage.agent.write("other", "x\n");
  await using quarantine = await stage.open();
  assert.ok(quarantine.uncommitted !== null);
  const { facts } = await stage.collect({ include: ["secret.env", "folder", "other"] });
  assert.equal(facts.uncommitted, null);
});

Deno.test("collectWork counts commits that only other branches and the stash have", async () => {
  await using stage = await makeWorkStage();
  const { agent } = stage;
  await agent.git("switch", "--quiet", "--create", "side");
  await agent.commit("Aside");
  await agent.git("switch", "--quiet", "main");
  await agent.write("a.txt", "stashed\n");
  await agent.git("stash", "--quiet");
  const { facts } = await stage.collect();
  // A stash is two commits: of the work tree, and of the index.
  assert.deepEqual([facts.elsewhere, facts.uncommitted, facts.head], [3, null, stage.base]);
});

Deno.test("collectWork takes a detached HEAD, a branch with an odd name, and a merge in progress", async () => {
  await using stage = await makeWorkStage();
  const { agent } = stage;
  await agent.git("switch", "--quiet", "--create", "side");
  await agent.write("a.txt", "side\n");
  await agent.commit("Side");
  await agent.git("switch", "--quiet", "main");
  await agent.write("a.txt", "main\n");
  const head = await agent.commit("Main");
  await assert.rejects(() => agent.git("merge", "side"));
  assert.equal(await agent.git("diff", "--name-only", "--diff-filter=U"), "a.txt");
  const merging = await stage.collect();
  assert.equal(merging.facts.head, head);
  assert.ok(merging.facts.uncommitted !== null);

  await agent.git("merge", "--abort");
  await agent.git("switch", "--quiet", "--create", "weird-$(id)-`x`;'");
  assert.equal((await stage.collect()).facts.branch, null);
  await agent.git("switch", "--quiet", "--detach");
  assert.deepEqual((await stage.collect()).facts.branch, null);
});

Deno.test("collectWork brings what it can past a nested repository without a commit, and says that some is missing", async () => {
  await using stage = await makeWorkStage();
  await stage.agent.git("init", "--quiet", "nested");
  await stage.agent.write("new.txt", "x\n");
  const { facts } = await stage.collect();
  assert.equal(facts.leftOut, "some");
  assert.ok(facts.uncommitted !== null);
});

Deno.test("collectWork leaves uncommitted files out that are more than its limit, and still brings the commits", async () => {
  await using stage = await makeWorkStage();
  await stage.agent.write("a.txt", "two\n");
  const head = await stage.agent.commit("Second");
  await Deno.writeFile(`${stage.agent.folder}/big`, crypto.getRandomValues(new Uint8Array(60_000)));
  const { facts, bytes } = await stage.collect({ maxBytes: 40 * 1024 });
  assert.deepEqual([facts.head, facts.uncommitted, facts.leftOut], [head, null, "too-big"]);
  assert.ok(bytes !== null && bytes < 2000);
});

Deno.test("collectWork says what is wrong with a workspace that is no repository any more", async () => {
  await using stage = await makeWorkStage();
  const { folder } = stage.agent;
  const message = async (): Promise<string> => {
    const error = await stage.collect().then(() => undefined, (error: unknown) => error);
    assert.ok(error instanceof BottleError && error.code === "work-missing", String(error));
    return error.message;
  };
  await Deno.writeTextFile(`${folder}/.git/HEAD`, "ref: refs/heads/none\n");
  assert.match(await message(), /HEAD leads to no commit/);
  await Deno.writeTextFile(`${folder}/.git/HEAD`, "0".repeat(40));
  assert.match(await message(), /HEAD leads to no commit/);
  await Deno.remove(`${folder}/.git`, { recursive: true });
  assert.match(await message(), /no git repository/);
  await Deno.remove(folder, { recursive: true });
  assert.match(await message(), /folder is gone/);
});

Deno.test("collectWork does not take a repository above the workspace for it", async () => {
  await using stage = await makeWorkStage();
  const inner = `${stage.agent.folder}/inner`;
  await Deno.mkdir(inner);
  await failsWith("work-missing", () => stage.collect({ guestFolder: inner }));
});

Deno.test("collectWork bounds what a guest prints, and how long it takes", async () => {
  const folder = await Deno.makeTempDir();
  const request = { guestFolder: "/x", known: [], file: `${folder}/x` };
  const head =
    `echo bot-bottle-work 1; echo state ok; echo head ${
      "a".repeat(40)
    }; echo 'branch '; echo 'uncommitted '; ` +
    "echo left-out none; echo elsewhere 0; echo bundle yes; echo";
  try {
    await failsWith(
      "work-too-big",
      () => collectWork(printing(`${head}; exec cat /dev/zero`), { ...request, maxBytes: 100_000 }),
    );
    assert.ok((await Deno.stat(request.file)).size <= 100_000);
    await Deno.remove(request.file);
    await failsWith("work-unreadable", () => collectWork(printing("exec cat /dev/zero"), request));
    await failsWith("work-unreadable", () => collectWork(printing("yes"), request));
    await failsWith("work-broken-off", () => collectWork(printing(`${head}; exit 3`), request));
    await Deno.remove(request.file);
    await failsWith("work-broken-off", () => collectWork(printing("exit 0"), request));
    const none = head.replace("bundle yes", "bundle no");
    await failsWith("work-broken-off", () => collectWork(printing(`${none}; echo more`), request));
    await failsWith(
      "timeout",
      () => collectWork(printing("exec sleep 100"), { ...request, timeoutMs: 100 }),
    );
    const aborted = AbortSignal.abort(new BottleError("Interrupted", { code: "interrupted" }));
    await failsWith(
      "interrupted",
      () => collectWork(printing("true"), { ...request, signal: aborted }),
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
