import assert from "node:assert/strict";
import { BottleError } from "../../../lib/errors.ts";
import { type Quarantine, QUARANTINE_LIMITS } from "../../../lib/workspace/quarantine.ts";
import { craftCommit, craftTree } from "../../support/crafted_commits.ts";
import { makeWorkStage, type WorkStage } from "../../support/work_stage.ts";

async function refusal(opening: Promise<Quarantine>): Promise<BottleError> {
  try {
    await using _quarantine = await opening;
  } catch (error) {
    assert.ok(error instanceof BottleError, String(error));
    return error;
  }
  throw new Error("it was let in");
}

/** A bundle of the agent's, with other prerequisites or refs than `collect.sh` asks for. */
async function bundle(stage: WorkStage, ...what: string[]): Promise<string> {
  const file = `${stage.root}/${crypto.randomUUID()}`;
  await stage.agent.git("bundle", "create", "--quiet", file, ...what);
  return file;
}

Deno.test("openQuarantine imports commits, and removes them when it is disposed", async () => {
  await using stage = await makeWorkStage();
  await stage.agent.write("a.txt", "two\n");
  const head = await stage.agent.commit("Second");
  let folder: string;
  {
    await using quarantine = await stage.open();
    assert.deepEqual([quarantine.head, quarantine.isRelated], [head, true]);
    folder = (await quarantine.git.text(["rev-parse", "--absolute-git-dir"])).trim();
  }
  await assert.rejects(() => Deno.stat(folder), Deno.errors.NotFound);
  await assert.rejects(() => stage.person.git("cat-file", "-e", head));
});

Deno.test("openQuarantine takes work without a bundle: a HEAD that the person has", async () => {
  await using stage = await makeWorkStage();
  await stage.person.commit("Later");
  await using quarantine = await stage.open();
  assert.equal(quarantine.head, stage.base);
});

Deno.test("openQuarantine tells unrelated history", async () => {
  await using stage = await makeWorkStage();
  await stage.agent.git("switch", "--quiet", "--orphan", "fresh");
  await stage.agent.write("b.txt", "b\n");
  await stage.agent.commit("Anew");
  await using quarantine = await stage.open();
  assert.equal(quarantine.isRelated, false);
});

Deno.test("openQuarantine works on SHA-256, and on a shallow clone", async () => {
  await using stage = await makeWorkStage({ "a.txt": "one\n" }, "--object-format=sha256");
  const head = await stage.agent.commit("Second");
  await using quarantine = await stage.open();
  assert.equal(quarantine.head, head);

  await using deep = await makeWorkStage();
  await deep.person.commit("Second");
  await deep.person.commit("Third");
  const url = `file://${deep.person.folder}`;
  await Deno.rename(deep.person.folder, `${deep.person.folder}-all`);
  await deep.agent.git("clone", "--quiet", "--depth=1", `${url}-all`, deep.person.folder);
  const tip = await deep.person.git("rev-parse", "HEAD");
  await Deno.remove(deep.agent.folder, { recursive: true });
  await deep.person.git("clone", "--quiet", `file://${deep.person.folder}`, deep.agent.folder);
  const work = await deep.agent.commit("Work");
  const file = `${deep.root}/shallow`;
  await deep.agent.git("update-ref", "refs/bot-bottle/head", work);
  await deep.agent.git("bundle", "create", "--quiet", file, "refs/bot-bottle/head", `^${tip}`);
  // The base of the stage lies beyond the boundary here: the clone's own tip is the base.
  const error = await refusal(deep.openFile(file, { head: work }));
  assert.equal(error.code, "base-gone");
});

Deno.test("openQuarantine refuses a bundle that builds on commits which the person lacks", async () => {
  await using stage = await makeWorkStage();
  const middle = await stage.agent.commit("Middle");
  const head = await stage.agent.commit("Last");
  await stage.agent.git("update-ref", "refs/bot-bottle/head", head);
  const file = await bundle(stage, "refs/bot-bottle/head", `^${middle}`);
  const error = await refusal(stage.openFile(file, { head }));
  assert.deepEqual([error.code, error.message.includes(middle)], ["base-gone", true]);
});

Deno.test("openQuarantine refuses other refs than were asked for, and other commits", async () => {
  await using stage = await makeWorkStage();
  const head = await stage.agent.commit("Second");
  await stage.agent.git("update-ref", "refs/bot-bottle/head", head);
  await stage.agent.git("update-ref", "refs/bot-bottle/other", head);
  const other = await bundle(
    stage,
    "refs/bot-bottle/head",
    "refs/bot-bottle/other",
    `^${stage.base}`,
  );
  assert.equal((await refusal(stage.openFile(other, { head }))).code, "work-refused");
  const fine = await bundle(stage, "refs/bot-bottle/head", `^${stage.base}`);
  assert.equal(
    (await refusal(stage.openFile(fine, { head: "e".repeat(40) }))).code,
    "work-refused",
  );
  assert.equal(
    (await refusal(stage.openFile(fine, { head, uncommitted: head }))).code,
    "work-refused",
  );
  await using quarantine = await stage.openFile(fine, { head });
  assert.equal(quarantine.head, head);
});

Deno.test("openQuarantine refuses a pack that is cut short, changed, or followed by more", async () => {
  await using stage = await makeWorkStage();
  await stage.agent.write("b.txt", "text ".repeat(1000));
  const head = await stage.agent.commit("Second");
  const { file } = await stage.collect();
  const whole = await Deno.readFile(file);
  const spoilt = async (bytes: Uint8Array): Promise<string> => {
    const path = `${stage.root}/spoilt`;
    await Deno.writeFile(path, bytes);
    return (await refusal(stage.openFile(path, { head }))).code;
  };
  assert.equal(await spoilt(whole.slice(0, -30)), "work-refused");
  const flipped = whole.slice();
  const at = flipped.length - 40;
  flipped[at] = (flipped[at] ?? 0) ^ 0xff;
  assert.equal(await spoilt(flipped), "work-refused");
  assert.equal(await spoilt(new TextEncoder().encode("no bundle\n")), "work-unreadable");
});

Deno.test("openQuarantine refuses what git's own check calls broken or dangerous", async (t) => {
  await using stage = await makeWorkStage();
  const { agent, base } = stage;
  const file = { text: "x" } as const;
  const trees = {
    "a folder .git": [{ name: ".git", is: [{ name: "config", is: file }] }],
    "a file .GIT": [{ name: ".GIT", is: file }],
    "a .git with what HFS+ ignores": [{ name: ".g\u200cit", is: file }],
    "a short name of NTFS": [{ name: "git~1", is: file }],
    "..": [{ name: "..", is: [{ name: "x", is: file }] }],
    ".": [{ name: ".", is: [{ name: "x", is: file }] }],
    "a name with a slash": [{ name: "a/b", is: file }],
    "one name twice": [{ name: "a", is: file }, { name: "a", is: { text: "y" } }],
    "a wrong order": [{ name: "b", is: file }, { name: "a", is: file }],
    "a .gitmodules that is a link": [{ name: ".gitmodules", mode: "120000", is: { text: "../x" } }],
    "a submodule's URL that is an option": [{
      name: ".gitmodules",
      is: { text: '[submodule "x"]\n\tpath = x\n\turl = --upload-pack=touch /tmp/x;\n' },
    }],
    "a submodule's name that climbs": [{
      name: ".gitmodules",
      is: { text: '[submodule "../../x"]\n\tpath = x\n\turl = https://example.com\n' },
    }],
  } as const;
  for (const [what, entries] of Object.entries(trees)) {
    await t.step(what, async () => {
      await craftCommit(agent, await craftTree(agent, entries), base);
      assert.equal((await refusal(stage.open())).code, "work-refused");
      await agent.git("update-ref", "HEAD", base);
    });
  }
});

Deno.test("openQuarantine refuses what unpacks to more than its limits", async () => {
  await using stage = await makeWorkStage();
  await Deno.writeFile(`${stage.agent.folder}/zeros`, new Uint8Array(20 * 1024 ** 2));
  await stage.agent.commit("Zeros");
  const { bytes } = await stage.collect();
  assert.ok(bytes !== null && bytes < 100_000, `${bytes}`);
  const total = { ...QUARANTINE_LIMITS, unpackedBytes: 10 * 1024 ** 2 };
  assert.equal((await refusal(stage.open({ limits: total }))).code, "work-too-big");
  const memory = { ...QUARANTINE_LIMITS, memoryBytes: 10 * 1024 ** 2 };
  assert.equal((await refusal(stage.open({ limits: memory }))).code, "work-refused");
  const objects = { ...QUARANTINE_LIMITS, objects: 2 };
  assert.equal((await refusal(stage.open({ limits: objects }))).code, "work-too-big");
  const pack = { ...QUARANTINE_LIMITS, packBytes: 1000 };
  assert.equal((await refusal(stage.open({ limits: pack }))).code, "work-refused");
  await using quarantine = await stage.open();
  assert.ok(quarantine.isRelated);
});

Deno.test("openQuarantine says that the commit which the agent began with is gone", async () => {
  await using stage = await makeWorkStage();
  const head = await stage.agent.commit("Second");
  const { file } = await stage.collect();
  await Deno.remove(`${stage.person.folder}/.git`, { recursive: true });
  await stage.person.git("init", "--quiet");
  const error = await refusal(stage.openFile(file, { head }));
  assert.equal(error.code, "base-gone");
});

Deno.test("openQuarantine is not misled by replaced objects of the agent's or the person's", async () => {
  await using stage = await makeWorkStage();
  const { agent, person, base } = stage;
  await agent.write("a.txt", "good\n");
  const good = await agent.commit("Good");
  await agent.write("a.txt", "bad\n");
  const bad = await agent.commit("Bad");
  await agent.git("reset", "--quiet", "--hard", good);
  await agent.git("replace", good, bad);
  await person.git("replace", base, await person.commit("Later"));
  await using quarantine = await stage.open();
  assert.equal(quarantine.head, good);
  const text = await quarantine.git.text(["cat-file", "blob", `${good}:a.txt`]);
  assert.equal(text, "good\n");
});
