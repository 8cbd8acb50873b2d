/** Agents' images on the real engine: built, taken ready-made, checked, rebuilt, broken off, removed. */

import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import type { CleanupItem } from "../../../backends/backend.ts";
import { createDockerBackend } from "../../../backends/docker/backend.ts";
import { createEngine } from "../../../backends/engine/engine.ts";
import { inspectImage } from "../../../backends/engine/image.ts";
import { BottleError } from "../../../lib/errors.ts";
import { ManifestIndex } from "../../../lib/manifest/index.ts";
import { packTar } from "../../../lib/archive/pack.ts";
import { homeId } from "../../../lib/names.ts";
import type { BottlePlan } from "../../../lib/plan/plan.ts";
import type { BottleSpec } from "../../../lib/plan/spec.ts";
import { createRun } from "../../../lib/process/create_run.ts";
import { findProvider } from "../../../providers/registry.ts";
import { providerImage } from "../../support/provider_image.ts";
import { createSubject, type Subject } from "../conformance/subject.ts";

const engine = createEngine({ run: createRun() });

/** The image that the other tests start from: what is built here begins from it, for a guest's programs are in it. */
const BASE = providerImage(await findProvider("scripted"), await extraCa()).tag;

async function extraCa(): Promise<string | null> {
  const file = Deno.env.get("BOT_BOTTLE_EXTRA_CA") ?? "";
  return file === "" ? null : await Deno.readTextFile(file);
}

/** A subject whose images and marks go with it, and whose bottles take a Dockerfile of a folder of its own. */
interface ImageSubject extends AsyncDisposable {
  readonly subject: Subject;
  /** Where the Dockerfile and its context lie. */
  readonly folder: string;
  readonly lines: readonly string[];
  plan(
    dockerfile: string,
    more?: { readonly spec?: Partial<BottleSpec>; readonly version?: string },
  ): Promise<BottlePlan>;
  launch(plan: BottlePlan): ReturnType<Subject["launch"]>;
  /** How many builds were begun. */
  builds(): number;
}

async function open(): Promise<ImageSubject> {
  const cache = await Deno.makeTempDir({ prefix: "bot-bottle-test-" });
  const subject = await createSubject(
    (context) => createDockerBackend(context, { providers: findProvider }),
    { env: { XDG_CACHE_HOME: cache } },
  );
  const folder = `${subject.context.home}/own`;
  await Deno.mkdir(folder);
  const lines: string[] = [];
  const progress = {
    step: () => ({
      line: (text: string) => void lines.push(text),
      done: () => undefined,
      [Symbol.dispose]: () => undefined,
    }),
  };
  return {
    subject,
    folder,
    lines,
    plan: async (dockerfile, { spec = {}, version } = {}) => {
      await Deno.writeTextFile(`${folder}/Dockerfile`, dockerfile);
      const provider = {
        template: "scripted",
        dockerfile: `${folder}/Dockerfile`,
        ...(version === undefined ? {} : { version }),
      };
      return await subject.prepare({ bottle: { agent_provider: provider } }, spec);
    },
    launch: (plan) => subject.launch(plan, { progress }),
    builds: () =>
      subject.calls.filter((argv) => argv[1] === "build" && argv.includes("--tag")).length,
    [Symbol.asyncDispose]: async () => {
      const { backend, home } = subject;
      const all = { slugs: [], includeRunning: true, images: true };
      await backend.cleanup((await backend.plannedCleanup(home, all)).filter(isNotShared));
      await subject[Symbol.asyncDispose]();
      await Deno.remove(cache, { recursive: true });
    },
  };
}

/** The bundle's image, should this home have been the first to build it, is what the other tests start from. */
function isNotShared({ name }: CleanupItem): boolean {
  return !name.startsWith("bot-bottle-bundle:");
}

/** Images that nobody named, of everybody. */
async function nameless(): Promise<readonly string[]> {
  const args = ["image", "ls", "--quiet", "--no-trunc", "--filter", "dangling=true"];
  return (await engine.docker(args)).split("\n").filter((id) => id !== "").sort();
}

/** Names of the volumes that a container has. */
async function volumesOf(container: string): Promise<readonly string[]> {
  const format = "{{range .Mounts}}{{.Name}}\n{{end}}";
  const text = await engine.docker(["container", "inspect", "--format", format, container]);
  return text.split("\n").filter((name) => name !== "");
}

Deno.test("launch builds a Dockerfile with its folder, the operator's CA and no more, and once for the same inputs", async () => {
  await using images = await open();
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
  await using images = await open();
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
  await using images = await open();
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
  await using images = await open();
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

Deno.test("a ready-made image is taken as it is, and neither its health check, its user, its volumes nor its variables count", async () => {
  await using images = await open();
  const name = `bot-bottle-test-nasty:${crypto.randomUUID().slice(0, 8)}`;
  const nasty = `FROM ${BASE}
RUN useradd --no-create-home other && mkdir /data && echo data > /data/file
VOLUME /data /home/node/cache
ENV HTTP_PROXY=http://192.0.2.1:1 https_proxy=http://192.0.2.1:1 ALL_PROXY=socks5://192.0.2.1:1 \\
    LD_PRELOAD=/home/node/x.so LD_LIBRARY_PATH=/home/node BASH_ENV=/home/node/start.sh \\
    NODE_TLS_REJECT_UNAUTHORIZED=0 KEPT=yes
HEALTHCHECK --interval=1s CMD touch /tmp/health
STOPSIGNAL SIGWINCH
WORKDIR /root
USER other
EXPOSE 22
LABEL bot-bottle.slug=other-aaaaa bot-bottle.role=bundle bot-bottle.home=000000000000
ENTRYPOINT ["/bin/false"]
CMD ["false"]
`;
  await buildImage(name, nasty);
  try {
    let declared: readonly string[] = [];
    const plan = await images.subject.prepare({}, { image: name });
    {
      await using bottle = await images.launch(plan);
      declared = await volumesOf(plan.containerName);
      const { stdout } = await bottle.exec(["bash", "-c", "id -un; pwd; env"]);
      const lines = stdout.split("\n");
      deepEqual(lines.slice(0, 2), ["node", "/home/node"]);
      ok(lines.includes("KEPT=yes"));
      ok(lines.includes("HTTP_PROXY=http://egress:9099"), stdout);
      ok(lines.includes("https_proxy=http://egress:9099"), stdout);
      for (const blank of ["ALL_PROXY", "LD_PRELOAD", "LD_LIBRARY_PATH", "BASH_ENV"]) {
        ok(lines.includes(`${blank}=`), blank);
      }
      const format =
        "{{json .Config.Healthcheck.Test}} {{.Config.StopSignal}} {{json .Config.Labels}}";
      const config = await engine.docker([
        ...["container", "inspect", "--format", format, plan.containerName],
      ]);
      ok(config.startsWith('["NONE"] SIGTERM '), config);
      ok(config.includes(`"bot-bottle.slug":"${plan.slug}"`), config);
      equal((await bottle.exec(["bash", "-c", "sleep 2; ls /tmp"])).stdout, "");
      ok((await bottle.exec(["cat", "/data/file"])).stdout === "data\n");
    }
    equal(declared.length, 2);
    const there = await engine.docker(["volume", "ls", "--quiet"]);
    for (const name of declared) {
      ok(!there.includes(name), "the image's volumes go with the bottle");
    }
  } finally {
    await engine.docker(["image", "rm", name]);
  }
});

Deno.test("a resumed bottle runs nothing that its image's variables lead to before the seal", async () => {
  await using images = await open();
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

Deno.test("an image that can't be a guest is refused with all that it lacks, before anything is made of it", async () => {
  await using images = await open();
  const name = `bot-bottle-test-bare:${crypto.randomUUID().slice(0, 8)}`;
  await buildImage(name, "FROM debian:trixie-slim\nRUN rm -f /usr/bin/tar\n");
  try {
    const plan = await images.subject.prepare({}, { image: name });
    await rejects(images.launch(plan), (error) => {
      ok(error instanceof BottleError);
      deepEqual([error.code, error.exitCode], ["image-unfit", 125]);
      const details = error.details.join("\n");
      for (const word of ["user node", "/home/node", "GNU tar", "git"]) {
        ok(details.includes(word), `${word}: ${details}`);
      }
      ok(!details.includes("bash") && !details.includes("/bin/sleep"), details);
      return true;
    });
    const { backend, home } = images.subject;
    deepEqual(await backend.plannedCleanup(home, { slugs: [], includeRunning: true }), []);
  } finally {
    await engine.docker(["image", "rm", name]);
  }
});

Deno.test("an image that the engine has not and can't pull is named, and so is one whose shell does not run", async () => {
  await using images = await open();
  const missing = await images.subject.prepare({}, { image: "registry.invalid/no/such:1" });
  await rejects(images.launch(missing), { code: "image-unavailable", exitCode: 125 });
  const name = `bot-bottle-test-empty:${crypto.randomUUID().slice(0, 8)}`;
  await buildImage(name, "FROM scratch\nCOPY Dockerfile /\n");
  try {
    const empty = await images.subject.prepare({}, { image: name });
    await rejects(images.launch(empty), (error) => {
      ok(error instanceof BottleError && error.code === "image-unfit");
      ok(error.details[0]?.includes("/bin/sh does not run"), error.details.join("\n"));
      return true;
    });
  } finally {
    await engine.docker(["image", "rm", name]);
  }
});

Deno.test("an image is asked once whether it will do", async () => {
  await using images = await open();
  const plan = await images.plan(`FROM ${BASE}\nENV ASKED=1\n`);
  const checks = (): number =>
    images.subject.calls.filter((argv) => argv.includes("bot-bottle.role=builder")).length;
  await (await images.launch(plan))[Symbol.asyncDispose]();
  equal(checks(), 1);
  await using _bottle = await images.launch(await images.plan(`FROM ${BASE}\nENV ASKED=1\n`));
  equal(checks(), 1);
});

Deno.test("a build that is broken off leaves no container and no image without a name", async () => {
  await using images = await open();
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
  await using images = await open();
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

/** An image of the test's own, without a label of ours. */
async function buildImage(name: string, dockerfile: string): Promise<void> {
  const stdin = await packTar([{ name: "Dockerfile", mode: 0o644, content: dockerfile }]);
  await engine.docker(["build", "--quiet", "--tag", name, "--force-rm", "-"], { stdin });
}
