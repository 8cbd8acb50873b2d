/** Agents' images on the real engine: built once, rebuilt, broken off, removed. */

import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { createDockerBackend } from "../../../backends/docker/backend.ts";
import { inspectImage } from "../../../backends/engine/image.ts";
import { ManifestIndex } from "../../../lib/manifest/index.ts";
import { homeId } from "../../../lib/names.ts";
import { findProvider } from "../../../providers/registry.ts";
import { BASE, buildImage, engine, extraCa, isNotShared, openImages } from "./image_subject.ts";

/** Images that nobody named, of everybody. */
async function nameless(): Promise<readonly string[]> {
  const args = ["image", "ls", "--quiet", "--no-trunc", "--filter", "dangling=true"];
  return (await engine.docker(args)).split("\n").filter((id) => id !== "").sort();
}

Deno.test("launch builds a Dockerfile with its folder, the operator's CA and no more, and once for the same inputs", async () => {
  await using images = await openImages();
  const { folder } = images;
  await Deno.mkdir(`${folder}/sub`);
  await Deno.writeTextFile(`${folder}/sub/tool.sh`, "#!/bin/sh\necho tool\n");
  await Deno.chmod(`${folder}/sub/tool.sh`, 0o755);
  await Deno.writeTextFile(`${folder}/left-out`, "x");
  await Deno.writeTextFile(`${folder}/.dockerignore`, "left-out\n");
  const text = `FROM ${BASE}\nCOPY . /opt/own/\n`;
  const plan = await images.plan(text);
  {
    await using bottle = await images.launch(plan);
    equal((await bottle.exec(["/opt/own/sub/tool.sh"])).stdout, "tool\n");
    const { stdout } = await bottle.exec([
      "bash",
      "-c",
      "ls -A /opt/own; cat /opt/own/extra-ca.pem",
    ]);
    ok(!stdout.includes("left-out"), stdout);
    ok(stdout.includes("extra-ca.pem") && stdout.endsWith(await extraCa() ?? ""), "the CA");
  }
  equal(images.builds(), 1);
  const again = await images.plan(text);
  equal(again.image, plan.image);
  await using _second = await images.launch(again);
  equal(images.builds(), 1);
  const changes: readonly (() => Promise<void>)[] = [
    () => Deno.writeTextFile(`${folder}/sub/tool.sh`, "#!/bin/sh\necho other\n"),
    () => Deno.chmod(`${folder}/sub/tool.sh`, 0o700),
    () => Deno.rename(`${folder}/sub/tool.sh`, `${folder}/sub/tools.sh`),
  ];
  const tags = new Set([plan.image]);
  for (const change of changes) {
    await change();
    tags.add((await images.plan(text)).image);
  }
  equal(tags.size, 4);
});

Deno.test("two launches at once build an image once", async () => {
  await using images = await openImages();
  const text = `FROM ${BASE}\nRUN sleep 2 && echo ${crypto.randomUUID()} > /built\n`;
  const plans = [await images.plan(text), await images.plan(text)];
  const bottles = await Promise.all(plans.map((plan) => images.launch(plan)));
  const ids = await Promise.all(
    bottles.map((bottle) =>
      engine.docker(["container", "inspect", "--format", "{{.Image}}", bottle.plan.containerName])
    ),
  );
  for (const bottle of bottles) await bottle[Symbol.asyncDispose]();
  equal(images.builds(), 1);
  equal(ids[0], ids[1]);
  ok(images.lines.includes("Another launch builds it: waiting"), images.lines.join("\n"));
});

Deno.test("a version reaches the Dockerfile's argument, and one that nothing takes starts nothing", async () => {
  await using images = await openImages();
  const provider = await findProvider("scripted");
  const takes = createDockerBackend(images.subject.context, {
    providers: () => Promise.resolve({ ...provider, versionArg: "TOOL_VERSION" }),
  });
  const text = `FROM ${BASE}\nARG TOOL_VERSION=1\nRUN echo "$TOOL_VERSION" > /version\n`;
  await rejects(images.plan(text, { version: "2.0.1" }), { code: "version-unsupported" });
  const manifest = ManifestIndex.fromObjects({
    bottles: {
      plain: {
        agent_provider: {
          template: "scripted",
          dockerfile: `${images.folder}/Dockerfile`,
          version: "2.0.1",
        },
      },
    },
    agents: { probe: { bottle: "plain", prompt: "" } },
  });
  const plan = await takes.prepare({ manifest, agent: "probe" });
  await using bottle = await images.launch(plan);
  equal((await bottle.exec(["cat", "/version"])).stdout, "2.0.1\n");
});

Deno.test("--rebuild builds anew on the engine's copy of a base that can't be pulled, and the old image goes", async () => {
  await using images = await openImages();
  const text = `FROM ${BASE}\nRUN head -c 8 /dev/urandom | base64 > /built\n`;
  await (await images.launch(await images.plan(text)))[Symbol.asyncDispose]();
  const plan = await images.plan(text);
  const before = await inspectImage(engine, plan.image);
  await using _bottle = await images.launch(await images.plan(text, { spec: { rebuild: true } }));
  const after = await inspectImage(engine, plan.image);
  ok(before !== undefined && after !== undefined && before.id !== after.id);
  equal(await inspectImage(engine, before.id), undefined, "nothing used the old one");
  ok(
    images.lines.some((line) => line.endsWith("the engine's copy of the base image is used")),
    images.lines.join("\n"),
  );
});

Deno.test("a resumed bottle runs nothing that its image's variables lead to before the seal", async () => {
  await using images = await openImages();
  const plan = await images.plan(`FROM ${BASE}\nENV LD_PRELOAD=/home/node/x.so\n`, {
    spec: { keep: true },
  });
  const bottle = await images.launch(plan);
  await bottle.exec(["bash", "-c", "echo not a library > /home/node/x.so"]);
  await bottle[Symbol.asyncDispose]();
  const again = await images.subject.resume(plan);
  // The loader would complain of such a file in every program's stderr.
  equal((await again.exec(["true"])).stderr, "");
  await again.control[Symbol.asyncDispose]();
});

Deno.test("a resumed bottle runs nothing as uid 0 that the agent has left in a folder of its image's PATH", async () => {
  await using images = await openImages();
  const plan = await images.plan(`FROM ${BASE}\nENV PATH=/home/node/bin:$PATH\n`, {
    spec: { keep: true },
  });
  const bottle = await images.launch(plan);
  const leave = `mkdir ~/bin && cd ~/bin && for name in sh cat mkdir chmod tar bash; do
    printf '#!/bin/bash\\n/usr/bin/id -u >> /home/node/uids; exec /bin/%s "$@"\\n' "$name" > "$name"
  done && /bin/chmod 755 ~ * && touch ~/uids && /bin/chmod 666 ~/uids`;
  equal((await bottle.exec(["/bin/bash", "-c", leave], { bare: true })).code, 0);
  await bottle[Symbol.asyncDispose]();
  const again = await images.subject.resume(plan);
  const { stdout } = await again.exec(["/bin/sort", "--unique", "/home/node/uids"], { bare: true });
  // What runs as node may be node's.
  equal(stdout, "1000\n");
  await again.control[Symbol.asyncDispose]();
});

Deno.test("an image is asked once whether it will do", async () => {
  await using images = await openImages();
  const plan = await images.plan(`FROM ${BASE}\nENV ASKED=1\n`);
  const checks = (): number =>
    images.subject.calls.filter((argv) => argv.includes("bot-bottle.role=builder")).length;
  await (await images.launch(plan))[Symbol.asyncDispose]();
  equal(checks(), 1);
  await using _bottle = await images.launch(await images.plan(`FROM ${BASE}\nENV ASKED=1\n`));
  equal(checks(), 1);
});

Deno.test("a build that is broken off leaves no container and no image without a name", async () => {
  await using images = await openImages();
  const before = await nameless();
  const word = crypto.randomUUID();
  const plan = await images.plan(
    `FROM ${BASE}\nRUN echo ${word} > /x\nRUN echo at ${word}; sleep 60\n`,
  );
  const abort = new AbortController();
  const reason = new Error("Ctrl-C");
  const progress = {
    step: () => ({
      line: (text: string) => {
        // BuildKit puts the step and the time before it.
        if (text.endsWith(`at ${word}`)) abort.abort(reason);
      },
      done: () => undefined,
      [Symbol.dispose]: () => undefined,
    }),
  };
  await rejects(
    images.subject.launch(plan, { signal: abort.signal, progress }),
    (error) => error === reason,
  );
  const commands = await engine.docker(["ps", "--all", "--no-trunc", "--format", "{{.Command}}"]);
  ok(!commands.includes(word), commands);
  const left = (await nameless()).filter((id) => !before.includes(id));
  const ofBuild: string[] = [];
  for (const id of left) {
    const { code, stdout } = await engine.raw(["history", "--no-trunc", id]);
    if (code === 0 && new TextDecoder().decode(stdout).includes(word)) ofBuild.push(id);
  }
  deepEqual(ofBuild, []);
  equal(await inspectImage(engine, plan.image), undefined);
});

Deno.test("cleanup of images takes those of the home that nothing uses, and no derived, used or foreign one", async () => {
  await using images = await openImages();
  const { backend, home } = images.subject;
  const text = (n: number): string => `FROM ${BASE}\nENV CLEANUP=${crypto.randomUUID()} N=${n}\n`;
  const [free, held] = [await images.plan(text(1)), await images.plan(text(2))];
  for (const plan of [free, held]) await (await images.launch(plan))[Symbol.asyncDispose]();
  const derived = `bot-bottle-test-derived:${crypto.randomUUID().slice(0, 8)}`;
  await buildImage(derived, `FROM ${free.image}\nENV MINE=1\n`);
  const container = await engine.docker(["create", held.image, "true"]);
  try {
    const selection = { slugs: [], includeRunning: true };
    const found = await backend.plannedCleanup(home, { ...selection, images: true });
    const items = found.filter(isNotShared);
    deepEqual(items.map(({ kind, name }) => `${kind} ${name}`), [`image ${free.image}`]);
    ok((items[0]?.bytes ?? 0) > 1_000_000);
    deepEqual(await backend.plannedCleanup(home, selection), [], "only when asked for");
    const ofAnother = homeId("/another/home");
    deepEqual(await backend.plannedCleanup(ofAnother, { ...selection, images: true }), []);
    await backend.cleanup(items);
    equal(await inspectImage(engine, free.image), undefined);
    ok(await inspectImage(engine, held.image) !== undefined);
    ok(await inspectImage(engine, derived) !== undefined);
  } finally {
    await engine.docker(["rm", container]);
    await engine.docker(["image", "rm", derived]);
  }
});

Deno.test("what a build that failed has left goes with the next cleanup", async () => {
  await using images = await openImages();
  const { backend, home } = images.subject;
  const word = crypto.randomUUID();
  const plan = await images.plan(`FROM ${BASE}\nRUN echo ${word} > /x\nRUN exit 3\n`);
  await rejects(images.launch(plan), { code: "image-build-failed" });
  const items = await backend.plannedCleanup(home, { slugs: [], includeRunning: false });
  deepEqual(items.map(({ kind }) => kind), ["image"]);
  const [item] = items;
  const history = await engine.docker(["history", "--no-trunc", item?.id ?? ""]);
  ok(history.includes(word), history);
  await backend.cleanup(items);
  equal(await inspectImage(engine, item?.id ?? ""), undefined);
  deepEqual(await backend.plannedCleanup(home, { slugs: [], includeRunning: false }), []);
});
