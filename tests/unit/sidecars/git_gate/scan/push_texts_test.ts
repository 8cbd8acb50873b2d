import assert from "node:assert/strict";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import { listNewObjects } from "../../../../../sidecars/git_gate/scan/new_objects.ts";
import { type PushText, pushTexts } from "../../../../../sidecars/git_gate/scan/push_texts.ts";
import type { PushToScan } from "../../../../../sidecars/git_gate/scan/push_to_scan.ts";
import { type LocalRepo, makeLocalRepo } from "../../../../support/git/local_push.ts";

const never = new AbortController().signal;

async function textsOf(push: PushToScan): Promise<readonly PushText[]> {
  const objects = await listNewObjects(push, never);
  return await Array.fromAsync(pushTexts(push, objects, never));
}

function textOf({ text }: PushText): string {
  return new TextDecoder("latin1").decode(text?.bytes ?? new Uint8Array());
}

/** `kind path: text` of all, sorted; identities and what is only bytes left out. */
function told(texts: readonly PushText[]): readonly string[] {
  return texts
    .filter(({ text, place }) => text !== undefined && place.kind !== "identity")
    .map((one) => `${one.place.kind} ${one.place.path}: ${textOf(one).trim()}`).toSorted();
}

async function write(repo: LocalRepo, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${repo.folder}/${name}`, text);
  }
  await repo.git(["add", "--all"]);
}

async function commit(
  repo: LocalRepo,
  message: string,
  files: Readonly<Record<string, string>> = {},
): Promise<void> {
  await write(repo, files);
  await repo.git(["commit", "--quiet", "--allow-empty", "--message", message]);
}

Deno.test("pushTexts tells what is new to the upstream, and nothing that it has", async () => {
  await using repo = await makeLocalRepo();
  await commit(repo, "first", { "a.txt": "a1\na2\n", "old.txt": "x\n" });
  await repo.mirrorAll();
  await commit(repo, "second", { "a.txt": "a1\nnew\na2\n", "b.txt": "b1\n" });
  const texts = await textsOf(await repo.push(["refs/heads/main"]));
  assert.deepEqual(told(texts), [
    "file a.txt: a1\nnew\na2",
    "file b.txt: b1",
    "message message: second",
    "path b.txt: b.txt",
    "ref refs/heads/main: refs/heads/main",
  ]);
  const changed = texts.find(({ place }) => place.path === "a.txt");
  assert.deepEqual([1, 2, 3].map((line) => changed?.text?.isNew(line)), [false, true, false]);
});

Deno.test("pushTexts of a new branch without commits tells its name only", async () => {
  await using repo = await makeLocalRepo();
  await commit(repo, "first", { "a.txt": "a" });
  await repo.mirrorAll();
  await repo.git(["branch", "topic"]);
  assert.deepEqual(told(await textsOf(await repo.push(["refs/heads/topic"]))), [
    "ref refs/heads/topic: refs/heads/topic",
  ]);
});

Deno.test("pushTexts tells everything where the upstream is empty", async () => {
  await using repo = await makeLocalRepo();
  await commit(repo, "first", { "a.txt": "a" });
  assert.deepEqual(told(await textsOf(await repo.push(["refs/heads/main"]))), [
    "file a.txt: a",
    "message message: first",
    "path a.txt: a.txt",
    "ref refs/heads/main: refs/heads/main",
  ]);
});

Deno.test("pushTexts tells what a merge alone brings, and what a later commit takes back", async () => {
  await using repo = await makeLocalRepo();
  await commit(repo, "first", { "a.txt": "base\n" });
  await repo.mirrorAll();
  await repo.git(["checkout", "--quiet", "-b", "side"]);
  await commit(repo, "side", { "side.txt": "side\n" });
  await repo.git(["checkout", "--quiet", "main"]);
  await commit(repo, "gone soon", { "gone.txt": "gone\n" });
  await repo.git(["rm", "--quiet", "gone.txt"]);
  await repo.git(["commit", "--quiet", "--message", "gone"]);
  await repo.git(["merge", "--quiet", "--no-commit", "side"]);
  await commit(repo, "merge", { "a.txt": "base\nevil\n", "evil.txt": "only here\n" });
  const texts = told(await textsOf(await repo.push(["refs/heads/main"])));
  assert.deepEqual(texts.filter((line) => /^(file|path)/.test(line)), [
    "file a.txt: base\nevil",
    "file evil.txt: only here",
    "file gone.txt: gone",
    "file side.txt: side",
    "path evil.txt: evil.txt",
    "path gone.txt: gone.txt",
    "path side.txt: side.txt",
  ]);
});

Deno.test("pushTexts tells objects that no ref reaches, but not what the mirror had", async () => {
  await using repo = await makeLocalRepo();
  await commit(repo, "first", { "a.txt": "mirrored\n" });
  await repo.mirrorAll();
  const [had = ""] = (await repo.git(["rev-parse", "HEAD:a.txt"])).split("\n");
  const make = (stdin: string, ...args: readonly string[]): Promise<string> =>
    repo.git(["hash-object", "-w", ...args, "--stdin"], { stdin });
  const blob = await make("loose text");
  const tree = await repo.git(["mktree"], { stdin: `100644 blob ${blob}\tloose name\n` });
  const loose = await repo.git(["commit-tree", tree, "-m", "loose commit"]);
  const texts = await textsOf(await repo.push([], [had, blob, tree, loose]));
  assert.deepEqual(told(texts), [
    "message message: loose commit",
    "object : loose text",
    "path : loose name",
  ]);
});

Deno.test("pushTexts tells tags, notes, and the names of trees that a tag names", async () => {
  await using repo = await makeLocalRepo();
  await commit(repo, "first", { "a.txt": "a" });
  await repo.mirrorAll();
  await repo.git(["notes", "add", "--message", "a note"]);
  const blob = await repo.git(["hash-object", "-w", "--stdin"], { stdin: "tagged" });
  const tree = await repo.git(["mktree"], { stdin: `100644 blob ${blob}\tdeep\n` });
  const top = await repo.git(["mktree"], { stdin: `040000 tree ${tree}\tfolder\n` });
  await repo.git(["tag", "--annotate", "--message", "tag words", "v1", top]);
  const texts = told(await textsOf(await repo.push(["refs/notes/commits", "refs/tags/v1"])));
  assert.equal(texts.filter((line) => line.startsWith("note ")).length, 1);
  assert.ok(
    texts.some((line) => line.startsWith("tag refs/tags/v1: ") && line.includes("tag words")),
  );
  for (const line of ["object : tagged", "path : deep", "path : folder"]) {
    assert.ok(texts.includes(line), `${line} in ${texts.join("; ")}`);
  }
});

Deno.test("pushTexts tells names of submodules, and of folders without files", async () => {
  await using repo = await makeLocalRepo();
  await commit(repo, "first", { "a.txt": "a" });
  await repo.mirrorAll();
  const empty = await repo.git(["mktree"], { stdin: "" });
  const inner = await repo.git(["mktree"], { stdin: `040000 tree ${empty}\tdeep\n` });
  const entries = `160000 commit ${"1".repeat(40)}\tsub\n040000 tree ${inner}\tfolder\n`;
  const tree = await repo.git(["mktree"], { stdin: entries });
  const id = await repo.git(["commit-tree", tree, "-p", "HEAD", "-m", "names"]);
  await repo.git(["branch", "names", id]);
  const texts = told(await textsOf(await repo.push(["refs/heads/names"])));
  assert.deepEqual(texts.filter((line) => line.startsWith("path ")), [
    "path folder/deep: folder/deep",
    "path folder: folder",
    "path sub: sub",
  ]);
});

Deno.test("pushTexts tells options, and no name of a ref that goes", async () => {
  await using repo = await makeLocalRepo();
  await commit(repo, "first", { "a.txt": "a" });
  await repo.mirrorAll();
  const push = await repo.push(["refs/heads/main"]);
  const none = "0".repeat(40);
  const commands = push.commands.map(({ ref, new: id }) => ({ ref, old: id, new: none }));
  assert.deepEqual(told(await textsOf({ ...push, commands, options: ["ci.skip"] })), [
    "message push option: ci.skip",
  ]);
});

Deno.test("pushTexts is not told by attributes or replacements what a file is", async () => {
  await using repo = await makeLocalRepo();
  await commit(repo, "first", { "a.txt": "a\n" });
  await repo.mirrorAll();
  await commit(repo, "second", { ".gitattributes": "* -diff -text binary\n", "a.txt": "a\nb\n" });
  const [harmless = "", real = ""] = (await repo.git(["rev-parse", "HEAD~1", "HEAD"])).split("\n");
  await repo.git(["replace", real, harmless]);
  const push = await repo.push(["refs/heads/main"]);
  const commands = push.commands.map((command) => ({ ...command, new: real }));
  assert.ok(told(await textsOf({ ...push, commands })).includes("file a.txt: a\nb"));
});

Deno.test("pushTexts looks through what goes back and forth: no version stands for the other", async () => {
  await using repo = await makeLocalRepo();
  await commit(repo, "first", { "b.txt": "b" });
  await repo.mirrorAll();
  for (const [at, text] of ["1\n2", "1\n3", "1\n2", "1\n3"].entries()) {
    await commit(repo, `${at}`, { "a.txt": text });
  }
  assert.deepEqual([...await newLines(await repo.push(["refs/heads/main"]))].toSorted(), [
    "1",
    "2",
    "3",
  ]);
});

/** Lines of files that count as new. */
async function newLines(push: PushToScan): Promise<ReadonlySet<string>> {
  const seen = new Set<string>();
  for (const one of await textsOf(push)) {
    if (one.place.kind !== "file") continue;
    for (const [at, line] of textOf(one).split("\n").entries()) {
      if (line !== "" && one.text?.isNew(at + 1) === true) seen.add(line);
    }
  }
  return seen;
}

/** Texts that share lines, and which of them each commit has in which file, and its parents: so many commits back. */
const history = fc.record({
  texts: fc.array(
    fc.uniqueArray(fc.nat(8), { minLength: 1, maxLength: 4 }).map((lines) => lines.join("\n")),
    { minLength: 2, maxLength: 4 },
  ),
  commits: fc.array(
    fc.record({
      back: fc.array(fc.constantFrom(1, 1, 1, 2, 5), { minLength: 1, maxLength: 2 }),
      files: fc.dictionary(fc.constantFrom("a", "d/b"), fc.nat(3), {
        minKeys: 1,
        noNullPrototype: true,
      }),
    }),
    { minLength: 3, maxLength: 14 },
  ),
});

type History = typeof history extends fc.Arbitrary<infer T> ? T : never;

function importStream({ texts, commits }: History): string {
  return commits.map(({ back, files }, at) => {
    const parents = [...new Set(back.map((steps) => at - steps))].filter((parent) => parent >= 0);
    return [
      `commit refs/heads/c${at}`,
      `mark :${at + 1}`,
      `committer Ada <ada@example.com> ${1_700_000_000 + at} +0000`,
      "data 0",
      ...parents.map((parent, index) => `${index === 0 ? "from" : "merge"} :${parent + 1}`),
      ...Object.entries(files).map(([name, which]) => {
        const text = texts[which % texts.length] ?? "";
        return `M 100644 inline ${name}\ndata ${text.length}\n${text}`;
      }),
      "",
    ].join("\n");
  }).join("\n");
}

/** All lines of all files that the revisions reach; none of them is `#`. */
async function linesOfFiles(repo: LocalRepo, revisions: readonly string[]): Promise<Set<string>> {
  const list = await repo.git(["rev-list", "--objects", "--no-object-names", ...revisions]);
  const stdin = `${list}\n`;
  const kinds = await repo.git(["cat-file", "--batch-check=%(objecttype) %(objectname)"], {
    stdin,
  });
  const files = kinds.split("\n").filter((line) => line.startsWith("blob "))
    .map((line) => `${line.slice(5)}\n`).join("");
  const all = await repo.git(["cat-file", "--batch=#"], { stdin: files });
  return new Set(all.split("\n").filter((line) => line !== "#" && line !== ""));
}

Deno.test("pushTexts lets no line escape: each is looked through, or in a file that the upstream has", async () => {
  await fc.assert(
    fc.asyncProperty(history, fc.nat(4), async ({ texts, commits }, upstream) => {
      await using repo = await makeLocalRepo();
      const old = commits.slice(0, upstream).map((_, at) => `refs/heads/c${at}`);
      await repo.fastImport(importStream({ texts, commits: commits.slice(0, upstream) }));
      await repo.mirrorAll();
      await repo.fastImport(importStream({ texts, commits }));
      const refs = commits.map((_, at) => `refs/heads/c${at}`).slice(upstream);
      if (refs.length === 0) return;
      const seen = await newLines(await repo.push(refs));
      const known = old.length === 0 ? new Set<string>() : await linesOfFiles(repo, old);
      for (const line of await linesOfFiles(repo, [...refs, ...old.map((ref) => `^${ref}`)])) {
        assert.ok(seen.has(line) || known.has(line), `"${line}" escaped`);
      }
    }),
    { numRuns: 8 },
  );
});

Deno.test("pushTexts refuses trees that unfold without end: git ends by its bound of memory", async () => {
  await using repo = await makeLocalRepo();
  await commit(repo, "first", { "a.txt": "a" });
  await repo.mirrorAll();
  const blob = await repo.git(["hash-object", "-w", "--stdin"], { stdin: "x" });
  let entry = `100644 blob ${blob}`;
  // Ten names for one tree, twelve deep: a trillion paths out of a dozen objects.
  for (let depth = 0; depth < 12; depth++) {
    const stdin = Array.from({ length: 10 }, (_, at) => `${entry}\tf${at}\n`).join("");
    entry = `040000 tree ${await repo.git(["mktree"], { stdin })}`;
  }
  const bomb = await repo.git(["commit-tree", entry.slice(-40), "-m", "bomb"]);
  await repo.git(["update-ref", "refs/heads/bomb", bomb]);
  const push = await repo.push(["refs/heads/bomb"]);
  await assert.rejects(textsOf(push), { code: "scan-failed" });
});
