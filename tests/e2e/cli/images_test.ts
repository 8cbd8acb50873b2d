/** Images from the command line: which one and why, a bottle from it, what resume says of a change, and the cleanup. */

import { deepEqual, equal, ok } from "node:assert/strict";
import { engine, makeHome } from "./program.ts";

Deno.test("a Dockerfile of the bottle's own is shown, built, missed at resume when it changes, and removed", async () => {
  await using home = await makeHome();
  const { folder } = home;
  const base = await home.run("info", "demo", "--json");
  const scripted: string = JSON.parse(base.stdout).plan.provider.image.tag;
  await Deno.mkdir(`${folder}/bottles/own`);
  const dockerfile = `${folder}/bottles/own/Dockerfile`;
  const text = `FROM ${scripted}\nCOPY greeting /greeting\nRUN echo ${crypto.randomUUID()}\n`;
  await Deno.writeTextFile(dockerfile, text);
  await Deno.writeTextFile(`${folder}/bottles/own/greeting`, "hello\n");
  await Deno.writeTextFile(
    `${folder}/bottles/dev.md`,
    "---\nagent_provider: { template: scripted, dockerfile: own/Dockerfile }\n---\n",
  );

  const shown = await home.run("info", "demo");
  ok(shown.stdout.includes(dockerfile), shown.stdout);
  ok(shown.stdout.includes("instead of Dockerfile of provider scripted"), shown.stdout);
  const json = await home.run("start", "demo", "--dry-run", "--json");
  const { image } = JSON.parse(json.stdout).provider;
  deepEqual(image.candidates.map(({ state }: { state: string }) => state), [
    ...["absent", "absent", "chosen", "passed_over"],
  ]);
  deepEqual([image.kind, image.dockerfile, image.context.files], ["build", dockerfile, 2]);
  const other = await home.run("start", "demo", "--dry-run", "--json", "--image", "tools:1");
  const ready = JSON.parse(other.stdout).provider.image;
  deepEqual([ready.kind, ready.tag, ready.origin], ["ready", "tools:1", "--image"]);

  const slug = await home.startBottle();
  equal((await home.run("exec", slug, "--", "cat", "/greeting")).stdout, "hello\n");
  equal((await home.run("stop", slug)).code, 0);
  await Deno.writeTextFile(`${folder}/bottles/own/greeting`, "changed\n");
  const resumed = await home.run("resume", slug, "--detach", "--yes");
  equal(resumed.code, 0, resumed.stderr);
  ok(resumed.stderr.includes(`this one keeps its files, of "${image.tag}"`), resumed.stderr);
  await Deno.remove(`${folder}/bottles/own`, { recursive: true });
  equal((await home.run("exec", slug, "--", "cat", "/greeting")).stdout, "hello\n");

  const held = await home.run("cleanup", "--images", "-n", "--json");
  const names = (stdout: string): readonly string[] =>
    JSON.parse(stdout).items.map(({ name }: { name: string }) => name);
  ok(!names(held.stdout).includes(image.tag), "a container is made of it");
  const planned = await home.run("cleanup", "--images", "--all", "-n");
  ok(new RegExp(`image +${image.tag} +\\d+ MiB`).test(planned.stdout), planned.stdout);
  ok(!planned.stdout.includes(scripted), "another home has built it, or nobody needs it gone");
  const removed = await home.run("cleanup", slug, "--yes");
  equal(removed.code, 0, removed.stderr);
  const free = await home.run("cleanup", "--images", "--json", "-n");
  ok(names(free.stdout).includes(image.tag), free.stdout);
  equal((await engine.raw(["image", "rm", image.tag])).code, 0);
});

Deno.test("mistakes about images are told at their place, before anything is started", async () => {
  await using home = await makeHome();
  const wrong = await home.run("start", "demo", "--yes", "--detach", "--image", "--privileged");
  equal(wrong.code, 2, wrong.stderr);
  await Deno.writeTextFile(
    `${home.folder}/bottles/dev.md`,
    "---\nagent_provider:\n  template: scripted\n  dockerfile: missing/Dockerfile\n---\n",
  );
  const missing = await home.run("start", "demo", "--yes", "--detach", "--json");
  const { error } = JSON.parse(missing.stderr);
  deepEqual([error.code, error.file, error.line, error.column], [
    ...["dockerfile-missing", `${home.folder}/bottles/dev.md`, 4, 15],
  ]);
  deepEqual(await home.left(), []);
});
