import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { createDockerBackend } from "../../../backends/docker/backend.ts";
import { createEngine } from "../../../backends/engine/engine.ts";
import { BottleError } from "../../../lib/errors.ts";
import { resourceName } from "../../../lib/names.ts";
import { BottlePlan } from "../../../lib/plan/plan.ts";
import { createRun } from "../../../lib/process/create_run.ts";
import { findProvider } from "../../../providers/registry.ts";
import { fakeImage } from "../../support/plan.ts";
import { createSubject, type Subject, type SubjectOptions } from "../conformance/subject.ts";

const engine = createEngine({ run: createRun() });

function open(options?: SubjectOptions): Promise<Subject> {
  return createSubject(
    (context) => createDockerBackend(context, { providers: findProvider }),
    options,
  );
}

/** Eight addresses that no other test takes. */
const RANGE = "10.214.77.0/28";
const HALVES = ["10.214.77.0/29", "10.214.77.8/29"];

Deno.test("launch takes the subnet that is free, and says so when none is", async () => {
  const taken = `bot-bottle-test-${crypto.randomUUID().slice(0, 8)}`;
  await engine.docker(["network", "create", "--internal", "--subnet", HALVES[0] ?? "", taken]);
  try {
    await using subject = await open({ env: { BOT_BOTTLE_SUBNETS: RANGE } });
    const plan = await subject.prepare();
    await using bottle = await subject.launch(plan);
    deepEqual(bottle.endpoints.noProxy, ["10.214.77.10"]);
    await rejects(subject.launch(await subject.prepare()), (error) => {
      ok(error instanceof BottleError);
      deepEqual([error.code, error.exitCode], ["subnets-used-up", 125]);
      ok(error.hint?.includes("BOT_BOTTLE_SUBNETS"));
      return true;
    });
    equal((await subject.backend.list(subject.home)).length, 1);
  } finally {
    await engine.docker(["network", "rm", taken]);
  }
});

Deno.test("launch shows the last lines of a build that fails, keeps the log, leaves nothing", async () => {
  await using subject = await open();
  const plan = await subject.prepare();
  const image = fakeImage({
    tag: "bot-bottle-test-broken:1",
    dockerfile: `FROM debian:trixie-slim\nRUN echo the last word of ${plan.slug} && exit 3\n`,
  });
  const broken = new BottlePlan({ ...plan.fields, agent: { ...plan.agent, image } });
  const error = await subject.launch(broken).then(() => undefined, (error: unknown) => error);
  ok(error instanceof BottleError);
  deepEqual([error.code, error.exitCode], ["image-build-failed", 125]);
  const word = `the last word of ${plan.slug}`;
  ok(error.details.includes(word), error.details.join("\n"));
  const [, log] = /"(.+)"/.exec(error.hint ?? "") ?? [];
  ok((await Deno.readTextFile(log ?? "")).includes(word));
  // A step of a build runs in a container that has none of our labels.
  const commands = await engine.docker(["ps", "--all", "--no-trunc", "--format", "{{.Command}}"]);
  ok(!commands.includes(word));
  deepEqual(
    await subject.backend.plannedCleanup(subject.home, { slugs: [], includeRunning: true }),
    [],
  );
});

Deno.test("launch names a network that the bundle can't join", async () => {
  await using subject = await open();
  const plan = await subject.prepare({}, {
    bundleNetworks: [{ name: "no-such-network", hosts: ["db.example"] }],
  });
  await rejects(subject.launch(plan), { code: "network-unknown" });
});

Deno.test("launch under a range that is none stops before anything starts", async () => {
  for (const range of ["nonsense", "10.0.0.0/30", "8.8.8.0/24", "fd00::/64", ""]) {
    await using subject = await open({ env: { BOT_BOTTLE_SUBNETS: range } });
    const plan = await subject.prepare();
    await rejects(subject.launch(plan), { code: "subnets-invalid", exitCode: 2 }, range);
    deepEqual(subject.calls, []);
  }
});

Deno.test("a bundle that died is told by list, lets nothing out, and is resumed", async () => {
  await using subject = await open();
  const plan = await subject.prepare({}, { keep: true });
  const bottle = await subject.launch(plan);
  const bundle = resourceName(plan.slug, "bundle");
  const curl = ["curl", "--silent", "--max-time", "3", "http://denied.example/"];
  ok((await bottle.exec(curl)).stdout.includes("blocked"));

  await engine.docker(["kill", "--signal", "KILL", bundle]);
  await bottle.control[Symbol.asyncDispose]();
  ok((await bottle.exec(curl)).code !== 0);
  const [dead] = await subject.backend.list(subject.home);
  equal(dead?.state, "shut");
  ok(dead?.why?.includes("Exited (137)"), dead?.why ?? "");

  await engine.docker(["start", bundle]);
  const [shut] = await subject.backend.list(subject.home);
  equal(shut?.state, "shut");
  ok(shut?.why?.includes("no configuration"), shut?.why ?? "");
  ok((await bottle.exec(curl)).code !== 0);

  const again = await subject.resume(plan);
  ok((await again.exec(curl)).stdout.includes("blocked"));
  equal((await subject.backend.list(subject.home))[0]?.state, "running");
  await again.control[Symbol.asyncDispose]();
});

Deno.test("resume joins an outer network that was made anew", async () => {
  await using subject = await open();
  const plan = await subject.prepare({}, { keep: true });
  await (await subject.launch(plan))[Symbol.asyncDispose]();
  const outer = `bot-bottle-${subject.home}-outer`;
  await engine.docker(["network", "rm", outer]);
  const again = await subject.resume(plan);
  equal((await again.exec(["echo", "up"])).stdout, "up\n");
  await again.control[Symbol.asyncDispose]();
});

Deno.test("resume starts no container whose first program is the agent's own", async () => {
  await using subject = await open();
  const plan = await subject.prepare({}, { keep: true });
  const first = await subject.launch(plan);
  const [bundle = ""] = first.endpoints.noProxy;
  // As uid 0, which nobody should be: a program that sends before the seal is there.
  const program = `#!/bin/bash
for ((n = 0; n < 300; n++)); do
  echo > /dev/udp/${bundle.replace(/\d+$/, "255")}/9 && echo sent >> /tmp/sent
  /tmp/sleep 0.01
done 2> /dev/null
exec /tmp/sleep infinity`;
  const script = `cp /usr/bin/sleep /tmp/sleep && rm /usr/bin/sleep && cat > /usr/bin/sleep &&
    chmod 755 /usr/bin/sleep`;
  const planted = await first.exec(["bash", "-c", script], { user: "root", stdin: program });
  equal(planted.code, 0, planted.stderr);
  await first[Symbol.asyncDispose]();
  await rejects(subject.resume(plan), { code: "agent-altered", exitCode: 125 });
  equal((await subject.backend.list(subject.home))[0]?.state, "stopped");
});

Deno.test("an agent that can reach the host fails the self-test, and the launch is undone", async () => {
  // Without the option that keeps the bridge from having an address, and with a seal that seals nothing.
  await using subject = await openWith((argv) =>
    argv.includes("create")
      ? argv.filter((word, at) => word !== INHIBIT && argv[at + 1] !== INHIBIT)
      : argv.map((word, at) => argv[at - 1] === "-c" && argv[at + 1] === "seal" ? "exit 0" : word)
  );
  await rejects(subject.launch(await subject.prepare()), (error) => {
    ok(error instanceof BottleError);
    deepEqual([error.code, error.exitCode], ["self-test-failed", 125]);
    return true;
  });
  deepEqual(
    await subject.backend.plannedCleanup(subject.home, { slugs: [], includeRunning: true }),
    [],
  );
});

const INHIBIT = "com.docker.network.bridge.inhibit_ipv4=true";

/** A subject whose engine calls are changed on their way: what the product has no switch for. */
async function openWith(change: (argv: readonly string[]) => readonly string[]): Promise<Subject> {
  return await createSubject((context) => {
    const { run } = context;
    const changed = Object.assign(
      (...[argv, options]: Parameters<typeof run>) => run(change(argv), options),
      { duplex: run.duplex, terminal: run.terminal },
    );
    return createDockerBackend({ ...context, run: changed }, { providers: findProvider });
  });
}

Deno.test("availability says what to do about an engine that isn't there", async () => {
  const host = { DOCKER_HOST: "unix:///nonexistent/docker.sock" };
  const real = createRun();
  const run = Object.assign(
    (...[argv, options]: Parameters<typeof real>) => real(argv, { ...options, env: host }),
    { duplex: real.duplex, terminal: real.terminal },
  );
  await using subject = await open();
  const backend = createDockerBackend({ ...subject.context, run }, { providers: findProvider });
  const answer = await backend.availability();
  ok(!answer.usable);
  ok(answer.problem.includes("unix:///nonexistent/docker.sock"), answer.problem);
  ok(answer.hint.includes("Start the engine"));
  const here = await subject.backend.availability();
  ok(here.usable);
});
