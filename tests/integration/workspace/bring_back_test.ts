import assert from "node:assert/strict";
import { BottleError } from "../../../lib/errors.ts";
import { parseBranchName } from "../../../lib/workspace/branch_name.ts";
import { bringBack, type Brought } from "../../../lib/workspace/bring_back.ts";
import { findPersonRepository } from "../../../lib/workspace/person_repository.ts";
import { openQuarantine } from "../../../lib/workspace/quarantine.ts";
import { makeHostileRepository } from "../../support/hostile_repository.ts";
import { realGitHost } from "../../support/repository.ts";
import { localGuest, makeWorkStage, oid, type WorkStage } from "../../support/work_stage.ts";
import { collectWork } from "../../../lib/workspace/collect.ts";

async function bring(
  stage: WorkStage,
  options: { readonly branch?: string; readonly force?: boolean } = {},
): Promise<Brought> {
  await using quarantine = await stage.open();
  return await bringBack(quarantine, {
    repository: await stage.repository(),
    branch: parseBranchName(options.branch ?? "bot/x"),
    force: options.force ?? false,
    message: "a test",
  });
}

async function refusal(doing: Promise<unknown>): Promise<string> {
  const error = await doing.then(() => undefined, (error: unknown) => error);
  assert.ok(error instanceof BottleError, String(error));
  return error.code;
}

Deno.test("bringBack makes a branch, moves it forward, and leaves it where nothing is new", async () => {
  await using stage = await makeWorkStage();
  const { agent, person } = stage;
  await agent.write("b.txt", "b\n");
  const first = await agent.commit("Second");
  assert.deepEqual(await bring(stage), { kind: "created", from: null, to: first });
  const second = await agent.commit("Third");
  assert.deepEqual(await bring(stage), { kind: "forwarded", from: first, to: second });
  assert.deepEqual(await bring(stage), { kind: "unchanged", from: second, to: second });
  assert.equal(await person.git("rev-parse", "bot/x"), second);
  assert.equal(await person.git("symbolic-ref", "HEAD"), "refs/heads/main");
  assert.equal(await person.git("status", "--porcelain"), "");
  assert.equal(await person.git("fsck", "--no-dangling"), "");
});

Deno.test("bringBack brings HEAD's commits and not what was uncommitted", async () => {
  await using stage = await makeWorkStage();
  await stage.agent.commit("Second");
  await stage.agent.write("secret.txt", "not asked for\n");
  const { facts } = await stage.collect();
  await bring(stage);
  assert.ok(facts.uncommitted !== null);
  const blob = await stage.agent.git("hash-object", "secret.txt");
  await assert.rejects(() => stage.person.git("cat-file", "-e", blob));
});

Deno.test("bringBack goes over other commits only by force", async () => {
  await using stage = await makeWorkStage();
  const { agent, person } = stage;
  const first = await agent.commit("Second");
  await bring(stage);
  await agent.git("commit", "--quiet", "--amend", "--allow-empty", "--message", "Other");
  assert.equal(await refusal(bring(stage)), "not-a-fast-forward");
  assert.equal(await person.git("rev-parse", "bot/x"), first);
  const brought = await bring(stage, { force: true });
  assert.deepEqual([brought.kind, brought.from], ["forced", first]);
});

Deno.test("bringBack never writes a branch that is checked out, in any work tree, nor one that is another's name", async () => {
  await using stage = await makeWorkStage();
  const { agent, person, root } = stage;
  await agent.commit("Second");
  assert.equal(await refusal(bring(stage, { branch: "main", force: true })), "branch-checked-out");
  await person.git("worktree", "add", "--quiet", "-b", "linked", `${root}/linked`);
  assert.equal(
    await refusal(bring(stage, { branch: "linked", force: true })),
    "branch-checked-out",
  );
  await person.git("branch", "real");
  await person.git("symbolic-ref", "refs/heads/alias", "refs/heads/real");
  assert.equal(await refusal(bring(stage, { branch: "alias", force: true })), "branch-symbolic");
  await person.git("branch", "bot");
  assert.equal(await refusal(bring(stage)), "branch-not-written");
});

Deno.test("bringBack brings unrelated history whole", async () => {
  await using stage = await makeWorkStage();
  await stage.agent.git("switch", "--quiet", "--orphan", "fresh");
  await stage.agent.write("b.txt", "b\n");
  const head = await stage.agent.commit("Anew");
  await bring(stage);
  assert.equal(await stage.person.git("log", "--format=%H", "bot/x"), head);
});

Deno.test("bringBack obeys nothing in the person's configuration that starts a program", async () => {
  await using stage = await makeWorkStage();
  const person = await makeHostileRepository(`${stage.root}/hostile`, `${stage.root}/canaries`);
  const base = oid(
    (await Deno.readTextFile(`${person.folder}/.git/refs/heads/main`)).trim(),
  );
  const repository = await findPersonRepository(realGitHost, person.folder);
  // The agent's own copy: plain files, for any git that speaks to the hostile repository would start what it names.
  const agent = `${stage.root}/copy`;
  const run = (await import("../../../lib/process/create_run.ts")).createRun();
  await run(["cp", "-r", person.folder, agent]);
  await Deno.writeTextFile(`${agent}/.git/config`, "[core]\n\trepositoryformatversion = 0\n");
  await Deno.remove(`${agent}/.git/hooks`, { recursive: true });
  await Deno.remove(`${agent}/.gitattributes`);
  await run([
    "git",
    "-C",
    agent,
    "-c",
    "user.name=x",
    "-c",
    "user.email=x@x",
    "commit",
    "-qam",
    "Work",
  ]);
  for await (const { name } of Deno.readDir(`${stage.root}/canaries`)) {
    if (name.endsWith(".ran")) await Deno.remove(`${stage.root}/canaries/${name}`);
  }
  const file = `${stage.root}/work`;
  const { facts } = await collectWork(localGuest, { guestFolder: agent, known: [base], file });
  await using quarantine = await openQuarantine(realGitHost, {
    repository,
    facts,
    bundle: file,
    base,
  });
  const brought = await bringBack(quarantine, {
    repository,
    branch: parseBranchName("bot/x"),
    force: false,
    message: "a test",
  });
  assert.equal(brought.kind, "created");
  assert.equal(
    (await Deno.readTextFile(`${person.folder}/.git/refs/heads/bot/x`)).trim(),
    facts.head,
  );
  assert.deepEqual(await person.ran(), []);
});

Deno.test("findPersonRepository says that the repository is gone, or bare", async () => {
  await using stage = await makeWorkStage();
  const { person, root } = stage;
  const at = (folder: string): Promise<unknown> => findPersonRepository(realGitHost, folder);
  assert.equal(await refusal(at(`${root}/nowhere`)), "workspace-gone");
  await Deno.mkdir(`${person.folder}/sub`);
  assert.equal(await refusal(at(`${person.folder}/sub`)), "workspace-gone");
  await person.git("init", "--quiet", "--bare", `${root}/bare`);
  assert.equal(await refusal(at(`${root}/bare`)), "workspace-bare");
  await Deno.remove(`${person.folder}/.git`, { recursive: true });
  assert.equal(await refusal(at(person.folder)), "workspace-gone");
});
