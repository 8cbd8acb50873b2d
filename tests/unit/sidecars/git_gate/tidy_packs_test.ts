import { equal, ok } from "node:assert/strict";
import { createRun } from "../../../../lib/process/create_run.ts";
import { sizesOfPacks } from "../../../../sidecars/git_gate/mirror_files.ts";
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
  equal((await sizesOfPacks(mirror.folder)).length, PUSHES);
  const refs = await inMirror("for-each-ref");

  await tidyPacks(mirror, { before: undefined, signal: NEVER });

  ok((await sizesOfPacks(mirror.folder)).length <= 5);
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
  await tidyPacks({ folder: mirror.folder, git, exclusive: (work) => work() }, {
    before: undefined,
    signal: NEVER,
  });
  equal(asked.length, 0);
});

Deno.test("tidyPacks leaves out what no ref leads to any more, once there is much", async () => {
  await using repo = await makeLocalRepo();
  const { mirror } = await repo.push([]);
  const noise = (): string => crypto.getRandomValues(new Uint8Array(60_000)).toBase64();
  const commit = async (branch: string): Promise<void> => {
    const text = noise();
    const lines = [`commit refs/heads/${branch}`, "committer Ada <a@example.com> 0 +0000"];
    const file = ["M 100644 inline a.txt", `data ${text.length}`, text, ""];
    await repo.fastImport([...lines, "data 1", "m", ...file].join("\n"));
    await repo.mirrorAll();
  };
  await Deno.writeTextFile(
    `${mirror.folder}/config`,
    "[core]\nbare = true\n[fetch]\nunpackLimit = 1\n[gc]\nauto = 0\n",
  );
  const bytes = async (): Promise<number> =>
    (await sizesOfPacks(mirror.folder)).reduce((all, size) => all + size, 0);
  await commit("main");
  const options = { signal: NEVER, growth: 50_000 };
  const before = await tidyPacks(mirror, { ...options, before: undefined });
  equal(before, await bytes());
  for (const branch of ["a", "b", "c", "d"]) {
    await commit(branch);
    await repo.git(["update-ref", "-d", `refs/heads/${branch}`]);
  }
  await repo.mirrorAll();
  ok(await bytes() > 4 * before);

  const after = await tidyPacks(mirror, { ...options, before });

  equal(after, await bytes());
  ok(after < 1.1 * before);
  const { code } = await mirror.git(["fsck", "--full", "--strict", "--no-progress"]);
  equal(code, 0);
});
