import assert from "node:assert/strict";
import { fc } from "../../../../lib/deps/fast_check.ts";
import type { BottleError } from "../../../../lib/errors.ts";
import { DEFAULT_RESOURCES } from "../../../../lib/manifest/effective.ts";
import { ManifestIndex } from "../../../../lib/manifest/index.ts";
import type { Manifest } from "../../../../lib/manifest/types.ts";
import { envSource } from "../../../support/plan.ts";
import { manifestFiles, markdown } from "../../../support/manifest_files.ts";

async function load(
  bottles: Record<string, unknown>,
  agent: Record<string, unknown> = {},
): Promise<Manifest> {
  const index = ManifestIndex.fromObjects({ bottles, agents: { a: { bottle: "dev", ...agent } } });
  return await index.loadForAgent("a");
}

const provider = { template: "claude" };

function literals({ bottle }: Manifest): Record<string, string> {
  return Object.fromEntries(
    [...bottle.env].map((
      [name, { value }],
    ) => [name, value.kind === "literal" ? value.value : "?"]),
  );
}

Deno.test("loadForAgent fills in the defaults", async () => {
  const { bottle, gitUser } = await load({ dev: { agent_provider: provider } });
  assert.deepEqual(bottle.resources, DEFAULT_RESOURCES);
  assert.deepEqual(bottle.resourceSources, {});
  assert.equal(bottle.log.value, "all");
  assert.equal(bottle.supervise, undefined);
  assert.deepEqual([bottle.routes, [...bottle.env], gitUser], [[], [], {}]);
});

Deno.test("loadForAgent folds parents left to right and keeps where each value came from", async () => {
  await using files = await manifestFiles({
    "home/agents/a.md": markdown("bottle: dev"),
    "home/bottles/dev.md": markdown(
      "extends: [base, github]\nenv: { C: dev }\nresources: { pids: 99 }\negress: { log: off }",
    ),
    "home/bottles/base.md": markdown(
      "agent_provider: { template: claude }\nenv: { A: base, B: base, C: base }\nresources: { cpus: 1, memory: 1g, pids: 50 }",
    ),
    "home/bottles/github.md": markdown(
      "env: { B: github, C: github }\negress: { routes: [{ host: API.github.com. }] }",
    ),
  });
  const manifest = await (await ManifestIndex.load({ home: files.home })).loadForAgent("a");
  const { bottle } = manifest;
  assert.deepEqual(literals(manifest), { A: "base", B: "github", C: "dev" });
  assert.deepEqual(bottle.env.get("C")?.place, {
    file: `${files.home}/bottles/dev.md`,
    line: 3,
    column: 11,
  });
  assert.deepEqual(bottle.resources, { cpus: 1, memoryBytes: 1024 ** 3, pids: 99 });
  assert.equal(bottle.resourceSources.memoryBytes?.place.file, `${files.home}/bottles/base.md`);
  assert.equal(bottle.log.value, "off");
  assert.equal(bottle.routes[0]?.value.host, "api.github.com", "canonical");
  assert.deepEqual(bottle.chain.map((file) => file.split("/").at(-1)), [
    "base.md",
    "github.md",
    "dev.md",
  ]);
});

Deno.test("loadForAgent: in a diamond the shared parent counts once, before both that extend it", async () => {
  const manifest = await load({
    base: { agent_provider: provider, env: { X: "base", Y: "base" } },
    left: { extends: "base", env: { X: "left" } },
    right: { extends: "base", env: { Z: "right" } },
    dev: { extends: ["left", "right"] },
  });
  assert.deepEqual(literals(manifest), { X: "left", Y: "base", Z: "right" });
});

Deno.test("loadForAgent: explicit empties clear what parents said", async () => {
  const full = {
    agent_provider: provider,
    env: { A: "1" },
    egress: { log: "off", routes: [{ host: "a.example" }] },
    "git-gate": { user: { name: "A" } },
    resources: { cpus: 1 },
  };
  const cleared = await load({
    full,
    dev: { extends: "full", env: {}, egress: {}, "git-gate": {}, resources: {} },
  });
  const { bottle } = cleared;
  assert.deepEqual([bottle.env.size, bottle.routes, bottle.gitUser], [0, [], {}]);
  assert.deepEqual([bottle.log.value, bottle.resources], ["all", DEFAULT_RESOURCES]);
  const routes = await load({
    full,
    dev: { extends: "full", egress: { routes: [] }, "git-gate": { user: {} } },
  });
  assert.deepEqual([routes.bottle.routes, routes.bottle.log.value], [[], "off"]);
  assert.deepEqual(routes.bottle.gitUser, {});
});

Deno.test("loadForAgent lays the agent's git user over the bottle's, field by field", async () => {
  const bottles = {
    dev: {
      agent_provider: provider,
      "git-gate": { user: { name: "Bot", email: "bot@example.com" } },
    },
  };
  const cases: [user: Record<string, string>, name: string, email: string][] = [
    [{}, "Bot", "bot@example.com"],
    [{ name: "Reviewer" }, "Reviewer", "bot@example.com"],
    [{ email: "r@example.com" }, "Bot", "r@example.com"],
    [{ name: "R", email: "r@example.com" }, "R", "r@example.com"],
  ];
  for (const [user, name, email] of cases) {
    const { gitUser } = await load(bottles, { "git-gate": { user } });
    assert.deepEqual([gitUser.name?.value, gitUser.email?.value], [name, email]);
    assert.equal(gitUser.name?.place.file, user["name"] ? "<agent a>" : "<bottle dev>");
  }
});

Deno.test("loadForAgent reads routes into the form that plans use", async () => {
  const { bottle } = await load({
    dev: {
      agent_provider: provider,
      egress: {
        routes: [
          { host: "*.Example.com", ports: [8443], allow_private: true },
          { host: "a.example", matches: [{ methods: ["GET"] }, {}], tls: "intercept" },
          { host: "b.example", auth: { scheme: "header", token_ref: "T", header: "X-Api-Key" } },
          { host: "c.example", auth: { scheme: "basic", token_ref: "T", username: "me" } },
        ],
      },
    },
  });
  assert.deepEqual(bottle.routes.map((route) => route.value), [
    { host: "*.example.com", ports: [8443], allow_private: true },
    { host: "a.example", matches: [{ methods: ["GET"] }, {}] },
    {
      host: "b.example",
      auth: { scheme: "header", token_ref: envSource("T"), header: "x-api-key" },
    },
    { host: "c.example", auth: { scheme: "basic", token_ref: envSource("T"), username: "me" } },
  ]);
});

Deno.test("loadForAgent accepts Claude Code's own keys, and skills by name", async () => {
  const { agent } = await load({ dev: { agent_provider: provider } }, {
    skills: ["review", "release"],
    name: "x",
    description: ["y"],
    model: null,
    color: 1,
    memory: {},
  });
  assert.deepEqual(agent.skills.map((skill) => skill.value), ["review", "release"]);
});

Deno.test("loadForAgent: the child wins over every parent, whatever the order of files", async () => {
  const value = fc.option(fc.stringMatching(/^[a-z]{1,5}$/), { nil: undefined });
  const layer = (own: string | undefined): Record<string, unknown> =>
    own === undefined ? {} : { env: { X: own } };
  await fc.assert(
    fc.asyncProperty(value, value, value, value, async (base, left, right, dev) => {
      const manifest = await load({
        base: { agent_provider: provider, ...layer(base) },
        left: { extends: ["base"], ...layer(left) },
        right: { extends: "base", ...layer(right) },
        dev: { extends: ["left", "right"], ...layer(dev) },
      });
      assert.equal(literals(manifest)["X"], dev ?? right ?? left ?? base);
    }),
    { numRuns: 50 },
  );
});

Deno.test("ManifestIndex.problems tells what is broken anywhere, each problem once", async () => {
  await using files = await manifestFiles({
    "home/bottles/base.md": markdown("envv: {}"),
    "home/bottles/dev.md": markdown("extends: base\nagent_provider: { template: scripted }"),
    "home/bottles/part.md": markdown("env: { A: b }"),
    "home/bottles/lost.md": markdown("extends: gone"),
    "home/agents/one.md": markdown("bottle: dev"),
    "home/agents/two.md": markdown("bottle: dev"),
    "home/agents/none.md": markdown("skills: []"),
  });
  const problems = await (await ManifestIndex.load({ home: files.home })).problems();
  assert.deepEqual(
    problems.map(({ message, place, code }) => [place.file.split("/").at(-1), code ?? "", message]),
    [
      ["base.md", "", 'Unknown key "envv"'],
      ["lost.md", "bottle-unknown", 'No bottle "gone" to extend: lost -> gone'],
      ["none.md", "bottle-missing", "The agent names no bottle"],
    ],
  );
});

Deno.test("loadForAgent tells of an unknown provider among the other problems, where it is written", async () => {
  await using files = await manifestFiles({
    "home/agents/a.md": markdown("bottle: dev\nskils: []"),
    "home/bottles/dev.md": markdown("extends: base\nenv: { A: 1 }"),
    "home/bottles/base.md": markdown("agent_provider: { template: cluade }\nsupervise: yes"),
  });
  const index = await ManifestIndex.load({ home: files.home });
  const providers = ["claude", "scripted"];
  await assert.rejects(index.loadForAgent("a", { providers }), (error: BottleError) => {
    const all = error.details.join("\n");
    assert.match(all, /base\.md:2:29: No provider "cluade" \(Did you mean "claude"\?\)/);
    assert.match(all, /Unknown key "skils"/);
    assert.match(all, /dev\.md:3:11: "env\.A" must be text/);
    return true;
  });
});

Deno.test("loadForAgent minds the effective provider only, and any where it knows of none", async () => {
  const bottles = {
    base: { agent_provider: { template: "cluade" } },
    dev: { extends: "base", agent_provider: { template: "scripted" } },
  };
  const index = ManifestIndex.fromObjects({
    bottles,
    agents: { a: { bottle: "dev" }, b: { bottle: "base" } },
  });
  const providers = ["claude", "scripted"];
  assert.equal(
    (await index.loadForAgent("a", { providers })).bottle.provider.value.template,
    "scripted",
  );
  assert.equal((await index.loadForAgent("b")).bottle.provider.value.template, "cluade");
  await assert.rejects(index.loadForAgent("b", { providers }), {
    code: "provider-unknown",
    hint: 'Did you mean "claude"?',
  });
});
