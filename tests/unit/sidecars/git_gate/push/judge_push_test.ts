import assert from "node:assert/strict";
import { DEFAULT_RULES, type RepoRules } from "../../../../../lib/git_gate/config.ts";
import type { RefCommand } from "../../../../../lib/git_gate/ref_command.ts";
import type { Mirror } from "../../../../../sidecars/git_gate/mirror.ts";
import { changedPaths } from "../../../../../sidecars/git_gate/push/changed_paths.ts";
import { judgePush } from "../../../../../sidecars/git_gate/push/judge_push.ts";
import { type LocalRepo, makeLocalRepo } from "../../../../support/git/local_push.ts";

/** A commit on a branch: files by path, undefined for one that goes. */
async function commit(
  { fastImport }: LocalRepo,
  branch: string,
  files: Readonly<Record<string, string | undefined>>,
  ...parents: readonly string[]
): Promise<void> {
  const [from, ...merged] = parents;
  await fastImport([
    `commit refs/heads/${branch}`,
    "committer Ada <ada@example.com> 1767323045 +0000",
    "data 1",
    "x",
    ...(from === undefined ? [] : [`from ${from}^0`]),
    ...merged.map((parent) => `merge ${parent}^0`),
    ...Object.entries(files).flatMap(([path, text]) =>
      text === undefined ? [`D ${path}`] : [`M 100644 inline ${path}`, `data ${text.length}`, text]
    ),
    "",
  ].join("\n"));
}

/** Paths that a push of these branches changes; `old`: what a branch was. */
async function paths(
  repo: LocalRepo,
  refs: readonly string[],
  old: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  const { mirror, quarantine, commands } = await repo.push(refs);
  const asked = await Promise.all(commands.map(async (command): Promise<RefCommand> => {
    const was = old[command.ref];
    return was === undefined ? command : { ...command, old: await repo.git(["rev-parse", was]) };
  }));
  const { signal } = new AbortController();
  const objects = { mirror, env: { ...quarantine }, signal };
  return (await changedPaths(objects, asked, () => true)).toSorted();
}

async function withBase(): Promise<LocalRepo> {
  const repo = await makeLocalRepo();
  await commit(repo, "main", { "a": "1\n", "d/b": "1\n" });
  await repo.mirrorAll();
  return repo;
}

Deno.test("changedPaths of a new branch are those of its own commits", async () => {
  await using repo = await withBase();
  await commit(repo, "topic", { "c": "1\n" }, "refs/heads/main");
  await commit(repo, "topic", { "c": undefined, "e/f": "1\n" }, "refs/heads/topic");
  assert.deepEqual(await paths(repo, ["refs/heads/topic"]), ["c", "e/f"]);
});

Deno.test("changedPaths of a branch that begins anew are all that it has", async () => {
  await using repo = await withBase();
  await commit(repo, "orphan", { "o": "1\n", "p/q": "1\n" });
  assert.deepEqual(await paths(repo, ["refs/heads/orphan"]), ["o", "p/q"]);
});

Deno.test("changedPaths of a rename are where it was and where it is", async () => {
  await using repo = await withBase();
  await commit(repo, "topic", { "a": undefined, "z": "1\n" }, "refs/heads/main");
  assert.deepEqual(await paths(repo, ["refs/heads/topic"]), ["a", "z"]);
});

Deno.test("changedPaths of a merge are those that it changes against any parent", async () => {
  await using repo = await withBase();
  await commit(repo, "side", { "s": "1\n" }, "refs/heads/main");
  await commit(repo, "other", { "t": "1\n" }, "refs/heads/main");
  await repo.mirrorAll();
  const files = { "s": "1\n", "own": "1\n" };
  await commit(repo, "merged", files, "refs/heads/other", "refs/heads/side");
  assert.deepEqual(await paths(repo, ["refs/heads/merged"]), ["own", "s", "t"]);
});

Deno.test("changedPaths leaves out what comes to be as the HEAD branch has it", async () => {
  await using repo = await withBase();
  await commit(repo, "topic", { "t": "1\n" }, "refs/heads/main");
  await repo.mirrorAll();
  await commit(repo, "main", { "m": "2\n", "a": undefined }, "refs/heads/main");
  await repo.mirrorAll();
  const merged = { "m": "2\n", "a": undefined };
  await commit(repo, "merged", merged, "refs/heads/topic", "refs/heads/main");
  assert.deepEqual(await paths(repo, ["refs/heads/merged"]), ["t"]);
  // Set back, as one that merges and keeps what it had.
  await commit(repo, "ours", {}, "refs/heads/topic", "refs/heads/main");
  assert.deepEqual(await paths(repo, ["refs/heads/ours"]), ["a", "m", "t"]);
  // Changed, and as it was in the end.
  await commit(repo, "undone", { "m": "3\n" }, "refs/heads/main");
  await commit(repo, "undone", { "m": "2\n" }, "refs/heads/undone");
  assert.deepEqual(await paths(repo, ["refs/heads/undone"]), ["m"]);
  // Followed by a rebase.
  await commit(repo, "rebased", { "t": "2\n" }, "refs/heads/main");
  const was = { "refs/heads/rebased": "refs/heads/topic" };
  assert.deepEqual(await paths(repo, ["refs/heads/rebased"], was), ["t"]);
});

Deno.test("changedPaths of a branch that is set back are what it loses", async () => {
  await using repo = await withBase();
  await commit(repo, "topic", { "m": "1\n" }, "refs/heads/main");
  await commit(repo, "topic", { "m": "2\n" }, "refs/heads/topic");
  await repo.mirrorAll();
  await repo.git(["branch", "-f", "back", "topic~1"]);
  const was = { "refs/heads/back": "refs/heads/topic" };
  assert.deepEqual(await paths(repo, ["refs/heads/back"], was), ["m"]);
  assert.deepEqual(await paths(repo, ["refs/heads/back"]), []);
});

Deno.test("changedPaths tells a path whose name is no UTF-8, whatever becomes of it", async () => {
  await using repo = await withBase();
  await commit(repo, "topic", { '"x\\377"': "1\n" }, "refs/heads/main");
  await repo.mirrorAll();
  await commit(repo, "topic", { '"x\\377"': undefined }, "refs/heads/topic");
  assert.deepEqual(await paths(repo, ["refs/heads/topic"]), ["x\ufffd"]);
});

Deno.test("changedPaths are told with the names that they have, lines and quotes in them", async () => {
  await using repo = await withBase();
  await commit(repo, "odd", { '"x\\ny\\"\\303\\244"': "1\n" }, "refs/heads/main");
  assert.deepEqual(await paths(repo, ["refs/heads/odd"]), ['x\ny"\u00e4']);
});

Deno.test("changedPaths refuses what git can't tell", async () => {
  await using repo = await withBase();
  const { mirror, quarantine } = await repo.push([]);
  const objects = { mirror, env: { ...quarantine }, signal: new AbortController().signal };
  const unknown = { ref: "refs/heads/a", old: "0".repeat(40), new: "1".repeat(40) };
  await assert.rejects(changedPaths(objects, [unknown], () => true), { code: "push-malformed" });
});

/** The same repository with a real upstream and these rules. */
function ruled(mirror: Mirror, rules: Partial<RepoRules>): Mirror {
  const upstream = { ...mirror.repo.upstream, scheme: "https", token: "t", username: "x" } as const;
  return {
    repo: { ...mirror.repo, upstream, rules: { ...DEFAULT_RULES, ...rules } },
    folder: mirror.folder,
    git: (args, options) => mirror.git(args, options),
    gitStream: (args, options) => mirror.gitStream(args, options),
    refresh: (signal) => mirror.refresh(signal),
    exclusive: (work, signal) => mirror.exclusive(work, signal),
    headBranch: () => Promise.resolve("refs/heads/main"),
  };
}

Deno.test("judgePush tells a branch that moves on from one that is forced", async () => {
  await using repo = await withBase();
  const old = await repo.git(["rev-parse", "main"]);
  await commit(repo, "main", { "n": "1\n" }, "refs/heads/main");
  await commit(repo, "evil", { "n": "1\n" });
  const reasons = async (
    ref: string,
    rules: Partial<RepoRules> = {},
    name = "refs/heads/main",
  ): Promise<readonly string[]> => {
    const { mirror, quarantine, commands } = await repo.push([ref]);
    const refusals = await judgePush({
      objects: {
        mirror: ruled(mirror, rules),
        env: { ...quarantine },
        signal: new AbortController().signal,
      },
      commands: commands.map((command) => ({ ...command, ref: name, old })),
      size: { objects: 3, bytes: 300 },
    });
    return refusals.map(({ reason }) => reason);
  };
  assert.deepEqual(await reasons("refs/heads/main"), []);
  assert.deepEqual(await reasons("refs/heads/evil"), ["push-force"]);
  assert.deepEqual(await reasons("refs/heads/evil", { protected: [] }), []);
  assert.deepEqual(await reasons("refs/heads/evil", {}, "refs/heads/other"), []);
  assert.deepEqual(await reasons("refs/heads/evil", { force: false }, "refs/heads/other"), [
    "push-force",
  ]);
  assert.deepEqual(await reasons("refs/heads/main", { approve_paths: ["n", "a"] }), [
    "push-approval",
  ]);
  assert.deepEqual(await reasons("refs/heads/main", { max_objects: 2 }), ["push-too-big"]);
});
