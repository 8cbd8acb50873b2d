import assert from "node:assert/strict";
import { checkWork } from "../../../lib/workspace/check_work.ts";
import { type Finding, MAX_FINDINGS } from "../../../lib/workspace/findings.ts";
import { craftCommit, type CraftedEntry, craftTree } from "../../support/crafted_commits.ts";
import { makeWorkStage, oid, type WorkStage } from "../../support/work_stage.ts";

async function found(stage: WorkStage): Promise<readonly Finding[]> {
  await using quarantine = await stage.open();
  const { git, base, head } = quarantine;
  return await checkWork(git, { base, tip: head });
}

async function inTree(stage: WorkStage, entries: readonly CraftedEntry[]): Promise<string[]> {
  await craftCommit(stage.agent, await craftTree(stage.agent, entries), stage.base);
  const findings = await found(stage);
  await stage.agent.git("update-ref", "HEAD", stage.base);
  return findings.map(({ kind, path }) => `${kind} ${path}`);
}

const file = { text: "x" } as const;
const link = (name: string, target: string): CraftedEntry => ({
  name,
  mode: "120000",
  is: { text: target },
});

Deno.test("checkWork finds nothing in honest work", async () => {
  await using stage = await makeWorkStage();
  const { agent } = stage;
  await agent.write("src/deep/b.ts", "b\n");
  await Deno.symlink("deep/b.ts", `${agent.folder}/src/link`);
  await agent.commit("Second");
  await agent.git("rm", "-r", "--quiet", "src");
  await agent.commit("Third");
  assert.deepEqual(await found(stage), []);
});

Deno.test("checkWork finds names that git lets pass", async () => {
  await using stage = await makeWorkStage();
  const entries: CraftedEntry[] = [
    { name: "a\nb", is: file },
    { name: "a\x1b]0;x\x07", is: file },
    { name: "b\\c", is: file },
    { name: "folder", is: [{ name: "git~2", is: file }] },
    { name: "\u202egpj.exe", is: file },
  ];
  assert.deepEqual(await inTree(stage, entries), [
    "unsafe a\nb",
    "unsafe a\x1b]0;x\x07",
    "unsafe folder/git~2",
    "names b\\c",
    "names \u202egpj.exe",
  ]);
});

Deno.test("checkWork finds links that lead out, also through others", async () => {
  await using stage = await makeWorkStage();
  const entries = [
    link("absolute", "/etc/passwd"),
    { name: "d", is: [link("fine", "../file"), link("out", "../../x"), link("up", "..")] },
    { name: "file", is: file },
    link("hooks", ".git/hooks"),
    link("through", "d/up/.."),
  ];
  assert.deepEqual((await inTree(stage, entries)).sort(), [
    "links absolute",
    "links d/out",
    "links hooks",
    "links through",
  ]);
});

Deno.test("checkWork finds what a commit in between had, though the last one has it no more", async () => {
  await using stage = await makeWorkStage();
  const { agent } = stage;
  await Deno.symlink("/etc", `${agent.folder}/etc`);
  await agent.commit("In");
  await agent.git("rm", "--quiet", "etc");
  await agent.commit("Out");
  assert.deepEqual((await found(stage)).map(({ kind, path }) => [kind, path]), [["links", "etc"]]);
});

Deno.test("checkWork finds what a merge brings that neither side had", async () => {
  await using stage = await makeWorkStage();
  const { agent, base } = stage;
  const one = await agent.commit("One");
  const tree = await craftTree(agent, [link("out", "..")]);
  const merge = await agent.git("commit-tree", "-p", one, "-p", base, "-m", "Merge", tree);
  await agent.git("update-ref", "HEAD", merge);
  assert.deepEqual((await found(stage)).map(({ kind }) => kind), ["links"]);
});

Deno.test("checkWork finds submodules, and what says where they come from", async () => {
  await using stage = await makeWorkStage();
  const entries: CraftedEntry[] = [
    {
      name: ".gitmodules",
      is: { text: '[submodule "x"]\n\tpath = x\n\turl = https://example.com/x\n' },
    },
    { name: "x", mode: "160000", is: { oid: stage.base } },
  ];
  assert.deepEqual(await inTree(stage, entries), ["submodules .gitmodules", "submodules x"]);
});

Deno.test("checkWork finds files that are one where case makes no difference", async () => {
  await using stage = await makeWorkStage({ "readme": "x", "src/a": "x" });
  const { agent } = stage;
  await agent.write("README", "y");
  await agent.write("Src/b", "y");
  await agent.write("caf\u00e9", "y");
  await agent.write("cafe\u0301", "y");
  await agent.commit("Second");
  assert.deepEqual((await found(stage)).map(({ kind, path }) => `${kind} ${path}`).sort(), [
    "names README",
    "names Src",
    "names cafe\u0301",
  ]);
});

Deno.test("checkWork leaves alone what the person's own commit has", async () => {
  await using stage = await makeWorkStage({ "odd\\name": "x", "MAKEFILE": "x", "makefile": "x" });
  const { person, agent } = stage;
  await Deno.symlink("/etc", `${person.folder}/etc`);
  await person.git("update-index", "--add", "--cacheinfo", `160000,${stage.base},sub`);
  await person.git("add", "etc");
  await person.git("commit", "--quiet", "--message", "More");
  const base = await person.git("rev-parse", "HEAD");
  await agent.git("pull", "--quiet", person.folder, "main");
  await agent.write("odd\\name", "y");
  await agent.write("MAKEFILE", "y");
  await agent.git("add", "odd\\name", "MAKEFILE");
  await agent.git("commit", "--quiet", "--message", "Second");
  const { file: path } = await stage.collect();
  await using quarantine = await stage.openFile(path, {
    head: await agent.git("rev-parse", "HEAD"),
  });
  const { git, head } = quarantine;
  const { oid } = await import("../../support/work_stage.ts");
  assert.deepEqual(await checkWork(git, { base: oid(base), tip: head }), []);
  // Against the older base all of it is new.
  const all = await checkWork(git, { base: stage.base, tip: head });
  assert.deepEqual(all.map(({ kind, path }) => `${kind} ${path}`).sort(), [
    "links etc",
    "submodules sub",
  ]);
});

Deno.test("checkWork lists something of each kind, however many there are of another", async () => {
  await using stage = await makeWorkStage();
  const names = Array.from({ length: 300 }, (_, at) => ({ name: `a${at}\\b`, is: file }));
  const entries = [...names, link("out", "/etc"), { name: "x\nz", is: file }];
  entries.sort((a, b) => a.name < b.name ? -1 : 1);
  const listed = await inTree(stage, entries);
  assert.ok(listed.includes("links out"));
  assert.ok(listed.includes("unsafe x\nz"));
  assert.equal(listed.filter((line) => line.startsWith("names ")).length, MAX_FINDINGS);
});

Deno.test("checkWork stops at folders that lie too deep, and at names that are too long, before they fill the memory", async () => {
  await using stage = await makeWorkStage();
  for (const [name, depth] of [["d".repeat(200), 40], ["d", 200]] as const) {
    let entries: readonly CraftedEntry[] = [{ name: "f", is: file }];
    for (let at = 0; at < depth; at++) entries = [{ name, is: entries }];
    await assert.rejects(() => inTree(stage, entries), { code: "work-too-big" });
  }
});

Deno.test("checkWork counts the length of changed paths, not only their number", async () => {
  await using stage = await makeWorkStage();
  for (let at = 0; at < 10; at++) await stage.agent.write(`${"d".repeat(200)}/${at}`, "x");
  const tip = await stage.agent.commit("Long names");
  await using quarantine = await stage.open();
  const { git, base } = quarantine;
  await checkWork(git, { base, tip: oid(tip), maxPathCharacters: 3000 });
  await assert.rejects(
    () => checkWork(git, { base, tip: oid(tip), maxPathCharacters: 2000 }),
    { code: "work-too-big" },
  );
});

Deno.test("checkWork stops at a tree that unfolds without end", async () => {
  await using stage = await makeWorkStage();
  const { agent, base } = stage;
  let tree = await craftTree(agent, [{ name: "f", is: file }]);
  for (let level = 0; level < 9; level++) {
    const entries = Array.from(
      { length: 10 },
      (_, at) => ({ name: `d${at}`, mode: "40000", is: { oid: tree } }),
    );
    tree = await craftTree(agent, entries);
  }
  await craftCommit(agent, tree, base);
  await using quarantine = await stage.open();
  const { git, head } = quarantine;
  await assert.rejects(() => checkWork(git, { base, tip: head, maxChanges: 10_000 }), {
    code: "work-too-big",
  });
});
