import { equal, ok } from "node:assert/strict";
import { createRun } from "../../../../lib/process/create_run.ts";
import { countPacks } from "../../../../sidecars/git_gate/mirror_files.ts";
import { tidyPacks } from "../../../../sidecars/git_gate/tidy_packs.ts";
import { makeLocalRepo } from "../../../support/git/local_push.ts";

const PUSHES = 60;
const NEVER = new AbortController().signal;

Deno.test("tidyPacks leaves few packs of many, loses nothing, and keeps its hands off one that is held", async () => {
  await using repo = await makeLocalRepo();
  const { mirror } = await repo.push([]);
  const run = createRun();
  const inMirror = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await run(["git", `--git-dir=${mirror.folder}`, ...args]);
    equal(code, 0, new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout).trim();
  };
  await inMirror("config", "fetch.unpackLimit", "1");
  await inMirror("config", "gc.auto", "0");
  for (let at = 0; at < PUSHES; at++) {
    const lines = [`commit refs/heads/b${at}`, `committer Ada <a@example.com> ${at} +0000`];
    await repo.fastImport(
      [...lines, "data 1", "m", `M 100644 inline ${at}.txt`, "data 2", "a", ""].join("\n"),
    );
    await repo.mirrorAll();
  }
  const packs = `${mirror.folder}/objects/pack`;
  const [held = ""] = (await Array.fromAsync(Deno.readDir(packs)))
    .map(({ name }) => name).filter((name) => name.endsWith(".pack"));
  await Deno.writeTextFile(`${packs}/${held.replace(/pack$/, "keep")}`, "receive-pack\n");
  equal(await countPacks(mirror.folder), PUSHES);
  const refs = await inMirror("for-each-ref");

  await tidyPacks(mirror, NEVER);

  ok(await countPacks(mirror.folder) <= 5);
  ok((await Deno.stat(`${packs}/${held}`)).isFile);
  equal(await inMirror("for-each-ref"), refs);
  equal(await inMirror("fsck", "--full", "--strict", "--no-progress"), "");
});

Deno.test("tidyPacks leaves a few packs as they are", async () => {
  await using repo = await makeLocalRepo();
  const { mirror } = await repo.push([]);
  const asked: string[] = [];
  const git = (args: readonly string[]): ReturnType<typeof mirror.git> => {
    asked.push(args.join(" "));
    return mirror.git(args);
  };
  await tidyPacks({ folder: mirror.folder, git, exclusive: (work) => work() }, NEVER);
  equal(asked.length, 0);
});
