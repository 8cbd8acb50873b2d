import assert from "node:assert/strict";
import type { Bottle } from "../../../../lib/bottle.ts";
import type { BottlePlan } from "../../../../lib/plan/plan.ts";
import { certificateFingerprints } from "../../../../lib/provision/pem.ts";
import { provision } from "../../../../lib/provision/provision.ts";
import type { ProvisionStep } from "../../../../lib/provision/step.ts";
import { type BottleCall, fakeBottle, type FakeBottleOptions } from "../../../support/bottle.ts";
import { fakeAgentPlan, type FakeManifest, fakeManifest, fakePlan } from "../../../support/plan.ts";

const caPem = "-----BEGIN CERTIFICATE-----\nAAECAwQF\n-----END CERTIFICATE-----\n";
const endpoints = { caPem, caSha256: certificateFingerprints(caPem).join() };

function bottleFor(
  plan: BottlePlan,
  given: Omit<FakeBottleOptions, "plan"> = {},
): ReturnType<typeof fakeBottle> {
  return fakeBottle({
    plan,
    endpoints,
    exec: (argv, options) => ({
      ...options.user === "root" ? { stdout: caPem } : {},
      ...given.exec?.(argv, options),
    }),
    ...given.cpIn === undefined ? {} : { cpIn: given.cpIn },
  });
}

function planWith(manifest: FakeManifest = {}): BottlePlan {
  return fakePlan({
    manifest: fakeManifest(manifest),
    agent: fakeAgentPlan({
      files: [
        { path: "/home/node/.rc", content: "rc", mode: 0o600, owner: "node" },
        { path: "/etc/agent.conf", content: "conf", mode: 0o644, owner: "root" },
      ],
      commands: [{ argv: ["agent", "--setup"], purpose: "set the agent up" }],
    }),
  });
}

function shown(calls: readonly BottleCall[]): readonly string[] {
  return calls.map((call) =>
    call.kind === "cpIn"
      ? `${call.as} copies ${call.entries.map(({ path }) => path).join(" ")}`
      : `${call.options.user} runs ${call.argv[0] === "sh" ? call.argv[3] : call.argv.join(" ")}`
  ).sort();
}

Deno.test("provision takes one tar an owner and runs no step twice", async () => {
  const plan = planWith({ gitUser: { name: "Bot" } });
  const bottle = bottleFor(plan);
  await provision(bottle, plan, {});
  assert.deepEqual(shown(bottle.calls), [
    "node copies /home/node/.bot-bottle/prompt.md /home/node/.rc",
    "node runs agent --setup",
    "node runs configure-git",
    "root copies /etc/agent.conf",
    "root runs install-ca",
  ]);
});

Deno.test("provision copies the prompt with mode 0600 for node and tells where it is", async () => {
  const plan = planWith({ prompt: "Be careful.\n" });
  const bottle = bottleFor(plan);
  await provision(bottle, plan, {});
  const copied = bottle.calls.flatMap((call) =>
    call.kind === "cpIn" && call.as === "node" ? call.entries : []
  );
  assert.deepEqual(copied[0], { path: plan.promptFile, mode: 0o600, content: "Be careful.\n" });
  assert.equal(bottle.promptPath, plan.promptFile);
});

for (const prompt of ["", " \n\t\n"]) {
  Deno.test(`provision copies the empty prompt ${JSON.stringify(prompt)} and gives null as its path`, async () => {
    const plan = planWith({ prompt });
    const bottle = bottleFor(plan);
    bottle.promptPath = "/old";
    await provision(bottle, plan, {});
    assert.match(shown(bottle.calls)[0] ?? "", /prompt\.md/);
    assert.equal(bottle.promptPath, null);
  });
}

Deno.test("provision runs what a step needs only when its files are there", async () => {
  const plan = planWith();
  const order: string[] = [];
  const bottle = bottleFor(plan, {
    exec: (argv) => (order.push(argv[0] ?? ""), {}),
    cpIn: (_entries, as) => void order.push(as),
  });
  await provision(bottle, plan, {});
  assert.ok(order.indexOf("agent") > order.indexOf("node"), order.join());
  assert.ok(order.indexOf("agent") > order.indexOf("root"), order.join());
});

Deno.test("provision lets a provider wrap a step: its default runs within, after the others", async () => {
  const plan = planWith({ gitUser: { name: "Bot" } });
  const bottle = bottleFor(plan);
  const wrap = (name: string): ProvisionStep => async (bottle, _plan, next) => {
    await bottle.exec([`before ${name}`], { user: "node" });
    await next();
    await bottle.exec([`after ${name}`], { user: "node" });
  };
  await provision(bottle, plan, { applyProvision: wrap("files"), provisionCa: wrap("ca") });
  const order = bottle.calls.map((call) => shown([call])[0]);
  assert.deepEqual(order.slice(2), [
    "node runs before ca",
    "root runs install-ca",
    "node runs after ca",
    "node runs before files",
    "root copies /etc/agent.conf",
    "node copies /home/node/.rc",
    "node runs agent --setup",
    "node runs after files",
  ]);
  assert.deepEqual(order.slice(0, 2).sort(), [
    "node copies /home/node/.bot-bottle/prompt.md",
    "node runs configure-git",
  ]);
});

Deno.test("provision lets a provider replace a step by never calling its default", async () => {
  const plan = planWith();
  const bottle = bottleFor(plan);
  const seen: Bottle[] = [];
  await provision(bottle, plan, { provisionCa: (given) => Promise.resolve(void seen.push(given)) });
  assert.deepEqual(seen, [bottle]);
  assert.doesNotMatch(shown(bottle.calls).join(), /install-ca/);
});

Deno.test("provision names a failed command by its purpose", async () => {
  const plan = planWith();
  const bottle = bottleFor(plan, {
    exec: (argv) => argv[0] === "agent" ? { code: 3, stdout: "no licence\n" } : {},
  });
  await assert.rejects(provision(bottle, plan, {}), {
    code: "provision-command",
    message: 'Cannot set the agent up: "agent" ended with 3',
    details: ["no licence"],
  });
});

Deno.test("provision runs no command of a step whose files did not arrive", async () => {
  const plan = planWith();
  const bottle = bottleFor(plan, {
    cpIn: (_entries, as) => {
      if (as === "root") throw new Error("disk full");
    },
  });
  await assert.rejects(provision(bottle, plan, {}), /disk full/);
  assert.doesNotMatch(shown(bottle.calls).join(), /agent --setup/);
});

Deno.test("provision again lays settings over what the agent program wrote there", async () => {
  const settings = {
    path: "/home/node/.agent.json",
    content: `{"key":"new"}`,
    mode: 0o600,
    owner: "node",
    again: "merge-json",
  } as const;
  const plan = fakePlan({ agent: fakeAgentPlan({ files: [settings] }) });
  const exec = (argv: readonly string[]): { stdout?: string } =>
    argv[0] === "head" ? { stdout: `{"key":"old","theme":"light"}` } : {};
  const contentAfter = async (again: boolean): Promise<unknown> => {
    const bottle = bottleFor(plan, { exec });
    await provision(bottle, plan, {}, { again });
    const entry = bottle.calls
      .flatMap((call) => call.kind === "cpIn" ? call.entries : [])
      .find(({ path }) => path === settings.path);
    assert.ok(entry !== undefined && "content" in entry && typeof entry.content === "string");
    return JSON.parse(entry.content);
  };
  assert.deepEqual(await contentAfter(false), { key: "new" });
  assert.deepEqual(await contentAfter(true), { key: "new", theme: "light" });
});
