import assert from "node:assert/strict";
import { sealAgent, sealArgs } from "../../../../backends/docker/seal.ts";
import { judgeFindings } from "../../../../backends/docker/self_test.ts";
import { createEngine } from "../../../../backends/engine/engine.ts";
import { homeId, parseSlug } from "../../../../lib/names.ts";
import { fakeRun } from "../../../support/context.ts";

const spec = {
  home: homeId("/home/ann/.bot-bottle"),
  slug: parseSlug("demo-ab12c"),
  agent: "bot-bottle-demo-ab12c-agent",
  image: "bot-bottle-bundle:1",
  bundle: "10.213.0.2",
  runtime: null,
};

Deno.test("sealArgs gives the capabilities of networking, in the agent's network and nowhere else", () => {
  const args = sealArgs(spec);
  const capabilities = args.filter((arg) => arg.startsWith("--cap-"));
  assert.deepEqual(capabilities, ["--cap-drop=ALL", "--cap-add=NET_ADMIN", "--cap-add=NET_RAW"]);
  assert.equal(args[args.indexOf("--network") + 1], `container:${spec.agent}`);
  assert.deepEqual(args.filter((arg) => /^--(privileged|pid|ipc|volume|mount)/.test(arg)), []);
  assert.equal(args.at(-1), spec.bundle);
});

Deno.test("sealArgs takes the kernel's own runtime where the agent's may be another", () => {
  assert.ok(!sealArgs(spec).some((arg) => arg.startsWith("--runtime")));
  assert.ok(sealArgs({ ...spec, runtime: "runsc" }).includes("--runtime=runc"));
});

Deno.test("sealAgent says what the kernel lacks", async () => {
  const run = fakeRun(() => ({ code: 1, stderr: new TextEncoder().encode("no tables\n") }));
  await assert.rejects(sealAgent(createEngine({ run }), spec), {
    code: "seal-failed",
    exitCode: 125,
    details: ["no tables"],
  });
});

Deno.test("sealAgent passes on what is wrong with the engine itself", async () => {
  const stderr = new TextEncoder().encode(
    "docker: Error response from daemon: cannot join network of a non running container: f00.\n",
  );
  const run = fakeRun(() => ({ code: 125, stderr }));
  await assert.rejects(sealAgent(createEngine({ run }), spec), {
    code: "docker-failed",
    exitCode: 125,
    message: '"docker run" failed: cannot join network of a non running container: f00',
  });
});

Deno.test("judgeFindings takes a bottle whose datagrams go out for unsealed", () => {
  const subnet = {
    cidr: "10.213.0.0/29",
    gateway: "10.213.0.1",
    bundle: "10.213.0.2",
    agent: "10.213.0.3",
  };
  for (const sealed of [["no"], [], ["bash: echo: write error: Network is unreachable"]]) {
    const findings = new Map([["end", ["1"]], ["sealed", sealed]]);
    assert.match(judgeFindings(findings, subnet, "value") ?? "", /not sealed/);
  }
});
