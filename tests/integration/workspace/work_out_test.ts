import assert from "node:assert/strict";
import { createRun } from "../../../lib/process/create_run.ts";
import { type Slug } from "../../../lib/names.ts";
import { type Cli, type CliOptions, makeCli } from "../../support/cli.ts";
import { craftCommit, craftTree } from "../../support/crafted_commits.ts";
import { localGuest, makeWorkStage, type WorkStage } from "../../support/work_stage.ts";

interface Work extends AsyncDisposable {
  readonly cli: Cli;
  readonly stage: WorkStage;
  readonly slug: Slug;
}

/** A bottle that runs, whose workspace is the stage's agent: its guest is this machine. */
async function makeWork(options: CliOptions = {}): Promise<Work> {
  await using undo = new AsyncDisposableStack();
  const stage = undo.use(await makeWorkStage());
  const cli = undo.use(
    await makeCli({
      programs: createRun(),
      env: { PATH: Deno.env.get("PATH") ?? "" },
      stream: localGuest.stream,
      ...options,
    }),
  );
  const started = await cli.run("start", "demo", "--yes", "--detach");
  assert.equal(started.code, 0, started.stderr);
  const [state] = (await cli.states.all()).states;
  assert.ok(state !== undefined);
  await cli.states.update(state.slug, {
    workspace: {
      folder: stage.person.folder,
      branch: "main",
      base: stage.base,
      include: [],
      is_shallow: false,
      guest_folder: stage.agent.folder,
      fetched: null,
      work: null,
    },
  });
  const moved = undo.move();
  return { cli, stage, slug: state.slug, [Symbol.asyncDispose]: () => moved.disposeAsync() };
}

Deno.test("diff shows the whole work, or a part of it", async () => {
  await using work = await makeWork();
  const { cli, stage: { agent }, slug } = work;
  assert.match((await cli.run("diff", slug)).stderr, /Nothing has changed/);
  await agent.write("a.txt", "two\n");
  await agent.commit("Second");
  await agent.write("b.txt", "new\n");
  const all = await cli.run("diff", slug);
  assert.equal(all.code, 0, all.stderr);
  assert.match(all.stdout, /-one\n\+two/);
  assert.match(all.stdout, /\+new/);
  const committed = await cli.run("diff", slug, "--committed");
  assert.match(committed.stdout, /\+two/);
  assert.doesNotMatch(committed.stdout, /\+new/);
  const uncommitted = await cli.run("diff", slug, "--uncommitted");
  assert.doesNotMatch(uncommitted.stdout, /\+two/);
  assert.match(uncommitted.stdout, /\+new/);
  assert.equal((await cli.run("diff", slug, "--committed", "--uncommitted")).code, 2);
  assert.equal((await cli.run("diff", slug, "--stat", "--json")).code, 2);
});

Deno.test("diff lets nothing of the agent's reach a terminal but visible characters", async () => {
  await using work = await makeWork({ typed: [] });
  const { cli, stage: { agent }, slug } = work;
  await agent.write("b\u202e.txt", "\x1b]0;owned\x07 \x9b2J \u202e tab\there\r\n");
  await agent.git("-c", "user.name=\x1b[2Jx", "add", "--all");
  await agent.git("commit", "--quiet", "--message", "\x1b[31mred\x1b[m");
  for (
    const args of [["diff", slug], ["diff", slug, "--stat"], ["fetch", slug, "--accept", "names"]]
  ) {
    const { code, stdout, stderr } = await cli.run(...args);
    assert.equal(code, 0, stderr);
    // deno-lint-ignore no-control-regex
    assert.doesNotMatch(stdout + stderr, /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]/);
  }
  assert.match((await cli.run("diff", slug)).stdout, /\\x1b\]0;owned\\x07 .*tab\there/);
});

Deno.test("diff --json names commits, files, findings and what to look at", async () => {
  await using work = await makeWork();
  const { cli, stage: { agent, base }, slug } = work;
  await agent.git("mv", "a.txt", "moved.txt");
  await agent.write("package.json", '{"scripts":{"test":"x"}}\n');
  await agent.write("Makefile", "all:\n");
  await Deno.symlink("/etc", `${agent.folder}/etc`);
  const head = await agent.commit("Second");
  const json = JSON.parse((await cli.run("diff", slug, "--json")).stdout);
  assert.deepEqual([json.base, json.head, json.branch, json.is_related], [
    base,
    head,
    "main",
    true,
  ]);
  assert.deepEqual(json.commits, [
    { id: head, subject: "Second", author: "Ada", date: "2026-01-02T03:04:05.000Z" },
  ]);
  assert.deepEqual(
    json.files.map((
      file: { status: string; path: string; old_path: string | null },
    ) => [file.status, file.path, file.old_path]),
    [
      ["added", "Makefile", null],
      ["added", "etc", null],
      ["renamed", "moved.txt", "a.txt"],
      ["added", "package.json", null],
    ],
  );
  assert.deepEqual(json.findings, [{
    kind: "links",
    path: "etc",
    why: "leads to an absolute path",
  }]);
  assert.deepEqual(json.warnings.map(({ path }: { path: string }) => path), [
    "Makefile",
    "package.json",
  ]);
});

Deno.test("fetch brings a branch, remembers it, and says how to go on", async () => {
  await using work = await makeWork();
  const { cli, stage: { agent, person }, slug } = work;
  assert.match((await cli.run("fetch", slug)).stderr, /has committed nothing/);
  const head = await agent.commit("Second");
  await agent.write("b.txt", "new\n");
  const fetched = await cli.run("fetch", slug);
  assert.equal(fetched.code, 0, fetched.stderr);
  assert.match(fetched.stdout, /^[0-9a-f]{12} Second\n$/);
  assert.match(fetched.stderr, /git merge bot\/demo-abcde\n/);
  assert.match(fetched.stderr, /--uncommitted \| git apply/);
  assert.equal(await person.git("rev-parse", "bot/demo-abcde"), head);
  assert.equal((await cli.states.read(slug)).workspace?.fetched, head);
  const again = JSON.parse((await cli.run("fetch", slug, "--branch", "mine", "--json")).stdout);
  assert.deepEqual([again.outcome, again.branch, again.to], ["created", "mine", head]);
  assert.equal((await cli.run("fetch", slug, "--branch", "a..b")).code, 2);
  assert.equal((await cli.run("fetch", slug, "--accept", "everything")).code, 2);
});

Deno.test("fetch refuses what could harm, and takes only what is accepted", async () => {
  await using work = await makeWork();
  const { cli, stage, slug } = work;
  const { agent, person, base } = stage;
  const link = { name: "out", mode: "120000", is: { text: "../.." } } as const;
  await craftCommit(agent, await craftTree(agent, [link]), base);
  const refused = await cli.run("fetch", slug);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /"out" leads out of the tree/);
  assert.match(refused.stderr, /pass --accept links/);
  assert.equal((await cli.run("fetch", slug, "--accept", "names,submodules")).code, 1);
  assert.equal((await cli.run("fetch", slug, "--accept", "links")).code, 0);

  const line = { name: "a\nb", is: { text: "x" } } as const;
  await craftCommit(agent, await craftTree(agent, [line]), base);
  const never = await cli.run("fetch", slug, "--force", "--accept", "links,names,submodules");
  assert.equal(never.code, 1);
  assert.match(never.stderr, /Have the agent take it out/);
  assert.notEqual(
    await person.git("rev-parse", "bot/demo-abcde"),
    await agent.git("rev-parse", "HEAD"),
  );
});

Deno.test("diff prints no patch into a pipe that would bring what fetch refuses", async () => {
  await using work = await makeWork();
  const { cli, stage: { agent }, slug } = work;
  await agent.commit("Second");
  await Deno.symlink("/etc", `${agent.folder}/out`);
  for (const part of [[], ["--uncommitted"], ["--quiet"]]) {
    const refused = await cli.run("diff", slug, ...part);
    assert.deepEqual([refused.code, refused.stdout], [1, ""]);
    assert.match(refused.stderr, /"out" leads to an absolute path[^]*pass --accept links/);
  }
  assert.equal((await cli.run("diff", slug, "--stat")).code, 0);
  const accepted = await cli.run("diff", slug, "--uncommitted", "--accept", "links");
  assert.equal(accepted.code, 0);
  assert.match(accepted.stdout, /new file mode 120000/);
});

Deno.test("stop saves the work; diff and fetch then work on what was saved, cleanup moves it to the archive", async () => {
  await using work = await makeWork();
  const { cli, stage, slug } = work;
  const { agent, person } = stage;
  const head = await agent.commit("Second");
  const stopped = await cli.run("stop", slug);
  assert.match(stopped.stderr, /take them with `bot-bottle fetch demo-abcde`/);
  const bundle = `${cli.home}/state/${slug}/work.bundle`;
  assert.equal((await Deno.stat(bundle)).mode, 0o100600);
  assert.equal((await cli.states.read(slug)).workspace?.work?.head, head);

  // The guest is gone: what was saved is all there is.
  await Deno.remove(agent.folder, { recursive: true });
  const listed = await cli.run("cleanup", slug, "--dry-run", "--json");
  assert.deepEqual(JSON.parse(listed.stdout).unfetched, [slug]);
  const removed = await cli.run("cleanup", slug, "--yes");
  assert.match(removed.stderr, /kept for 30 days: `bot-bottle fetch demo-abcde`/);
  await assert.rejects(() => Deno.stat(bundle), Deno.errors.NotFound);
  assert.equal((await cli.run("fetch", slug)).code, 0);
  assert.equal(await person.git("rev-parse", "bot/demo-abcde"), head);
  assert.match((await cli.run("diff", slug)).stderr, /before the bottle was removed/);
});

Deno.test("stop says why work can't be saved, and keeps what was saved before", async () => {
  await using work = await makeWork();
  const { cli, stage: { agent }, slug } = work;
  await agent.commit("Second");
  await Deno.rename(`${agent.folder}/.git`, `${agent.folder}/.gone`);
  const stopped = await cli.run("stop", slug);
  assert.equal(stopped.code, 0);
  assert.match(stopped.stderr, /could not be saved: .*no git repository any more/);
  assert.match((await cli.run("diff", slug)).stderr, /was not saved when the bottle stopped/);
});

Deno.test("A session that ended well goes only if nothing of the agent's work would be lost", async () => {
  const ends: (() => Promise<void>)[] = [];
  await using stage = await makeWorkStage();
  await using cli = await makeCli({
    programs: createRun(),
    env: { PATH: Deno.env.get("PATH") ?? "" },
    stream: localGuest.stream,
    typed: ["y", "y", "y"],
    attach: async () => {
      const [state] = (await cli.states.all()).states;
      assert.ok(state !== undefined);
      await cli.states.update(state.slug, {
        workspace: {
          folder: stage.person.folder,
          branch: "main",
          base: stage.base,
          include: [],
          is_shallow: false,
          guest_folder: stage.agent.folder,
          fetched: null,
          work: null,
        },
      });
      await ends.shift()?.();
      return 0;
    },
  });
  ends.push(() => Promise.resolve());
  const clean = await cli.run("start", "demo");
  assert.match(clean.stderr, /is gone/);
  ends.push(() => stage.agent.write("new.txt", "x\n"));
  const dirty = await cli.run("start", "demo");
  assert.match(dirty.stderr, /is kept/);
  assert.match(dirty.stderr, /What it has not committed: `bot-bottle diff demo-\w+ --uncommitted`/);
});

Deno.test("diff and fetch say what is missing: a workspace, the repository, a bottle", async () => {
  await using work = await makeWork();
  const { cli, stage, slug } = work;
  await stage.agent.commit("Second");
  const moved = `${stage.root}/moved`;
  await Deno.rename(stage.person.folder, moved);
  const gone = await cli.run("fetch", slug);
  assert.match(gone.stderr, /not at ".*" any more/);
  assert.match(gone.stderr, /--repository DIR/);
  assert.equal((await cli.run("fetch", slug, "--repository", moved)).code, 0);
  await cli.states.update(slug, { workspace: null });
  assert.match((await cli.run("diff", slug)).stderr, /has no workspace/);
  assert.match((await cli.run("fetch", "demo-zzzzz")).stderr, /No bottle "demo-zzzzz"/);
});
