import assert from "node:assert/strict";
import type { BottleError } from "../../../../lib/errors.ts";
import { ManifestIndex } from "../../../../lib/manifest/index.ts";
import {
  isPresetName,
  listPresets,
  presetNames,
  presetSources,
  presetText,
} from "../../../../lib/manifest/presets.ts";
import type { ManifestRoute } from "../../../../lib/manifest/types.ts";
import { manifestFiles, markdown } from "../../../support/manifest_files.ts";
import { effectiveRoutes } from "../../../support/presets.ts";

const provider = { template: "scripted" };

async function routesOf(
  bottles: Readonly<Record<string, unknown>>,
): Promise<readonly ManifestRoute[]> {
  const index = ManifestIndex.fromObjects({ bottles, agents: { demo: { bottle: "dev" } } });
  return (await index.loadForAgent("demo")).bottle.routes.map(({ value }) => value);
}

async function problemOf(extended: unknown): Promise<BottleError> {
  return await routesOf({ dev: { extends: extended, agent_provider: provider } }).then(
    () => assert.fail("it loaded"),
    (error: BottleError) => error,
  );
}

Deno.test("presetNames has those that the manual names, sorted", () => {
  const names = ["crates", "debian", "github", "gitlab", "npm", "pypi"];
  assert.deepEqual(presetNames(), names.map((name) => `builtin/${name}`));
  assert.deepEqual(listPresets().map(({ name }) => name), presetNames());
  assert.ok(presetNames().every(isPresetName));
  for (const name of ["npm", "builtin/", "builtin/../npm", "builtin/Npm", "x/npm", "builtin/a/b"]) {
    assert.equal(isPresetName(name), false, name);
  }
});

for (const name of presetNames()) {
  Deno.test(`${name} is a manifest of routes that read and carry no credential`, async () => {
    const document = await presetSources().get(name)?.read();
    assert.deepEqual(document?.problems, []);
    assert.deepEqual(Object.keys(Object(document?.tree?.value)), ["egress"]);
    const routes = await routesOf({ dev: { extends: name, agent_provider: provider } });
    assert.ok(routes.length > 0);
    for (const { host, ports, auth, allow_private, matches = [] } of routes) {
      assert.ok(!host.includes("*"), host);
      assert.deepEqual([ports, auth, allow_private], [undefined, undefined, undefined], host);
      assert.ok(matches.length > 0, host);
      for (const { methods = [], paths } of matches) {
        assert.ok(methods.length > 0, host);
        const isRead = methods.every((method) => method === "GET" || method === "HEAD");
        assert.ok(isRead || methods.join() === "POST" && paths !== undefined, `${host} ${methods}`);
        const isWide = paths?.some(({ value }) => value === "/" || value === "/**");
        assert.ok(!isWide, `${host}: all paths are written by leaving paths out`);
      }
    }
  });

  Deno.test(`${name} says what it opens, refuses, lets out, and how to add a credential`, () => {
    const text = presetText(name) ?? "";
    for (
      const heading of [
        "## Why each rule is there",
        "## What is refused",
        "## What can leave by it",
      ]
    ) assert.ok(text.includes(heading), heading);
    assert.match(text, /## With (a credential|your token)/);
    assert.match(text, /takes the place of the preset's route for the same host, whole/);
    const { summary = "" } = listPresets().find((entry) => entry.name === name) ?? {};
    assert.match(summary, /^[A-Z][^:`]{10,60}$/);
  });

  Deno.test(`${name} opens what it opened`, async (t) => {
    const routes = await effectiveRoutes(name);
    assert.ok(routes.every(({ origin }) => origin.startsWith(`manifest ${name}:`)));
    await t.assertSnapshot(routes.map(({ origin: _, ...route }) => route));
  });
}

Deno.test("a bottle's own route takes the place of a preset's for the same host, whole", async () => {
  const own = { host: "registry.npmjs.org", matches: [{ methods: ["GET"] }] };
  const bottles = {
    shared: { extends: ["builtin/npm", "builtin/pypi"] },
    dev: { extends: "shared", agent_provider: provider, egress: { routes: [own] } },
  };
  const routes = await routesOf(bottles);
  assert.deepEqual(routes.find(({ host }) => host === own.host), own);
  assert.ok(routes.some(({ host }) => host === "pypi.org"));
});

Deno.test("a preset in a diamond counts once, and an empty list clears it", async () => {
  const bottles = {
    a: { extends: "builtin/npm" },
    b: { extends: "builtin/npm" },
    dev: { extends: ["a", "b"], agent_provider: provider },
  };
  assert.equal((await routesOf(bottles)).length, 1);
  const cleared = { ...bottles.dev, egress: { routes: [] } };
  assert.deepEqual(await routesOf({ ...bottles, dev: cleared }), []);
});

Deno.test("a preset that does not exist is an error that names the nearest", async () => {
  const cases: [extended: unknown, message: RegExp, hint: RegExp][] = [
    ["builtin/nmp", /No preset "builtin\/nmp" to extend: dev -> builtin\/nmp/, /"builtin\/npm"\?/],
    [["builtin/npm", "builtin/zzz"], /No preset "builtin\/zzz"/, /list bottles/],
    ["npm", /No bottle "npm" to extend/, /Did you mean "builtin\/npm"\?/],
    ["bultin/npm", /"extends" must be the name of a bottle/, /Did you mean "builtin\/npm"\?/],
    ["builtin/NPM", /must be the name of a bottle/, /Did you mean "builtin\/npm"\?/],
    ["builtin/../../x", /must be the name of a bottle/, /builtin\/ and the name of a preset/],
  ];
  for (const [extended, message, hint] of cases) {
    const { message: said, hint: told } = await problemOf(extended);
    assert.match(said, message);
    assert.match(told ?? "", hint, said);
  }
});

Deno.test("a preset is no bottle to start", async () => {
  const index = ManifestIndex.fromObjects({
    bottles: { dev: { agent_provider: provider } },
    agents: { demo: { bottle: "dev" }, lost: { bottle: "builtin/npm" } },
  });
  await assert.rejects(index.loadForAgent("demo", { bottle: "builtin/npm" }), {
    code: "bottle-unknown",
    hint: "Write extends: builtin/npm in a bottle of yours",
  });
  await assert.rejects(index.loadForAgent("lost"), /must be the name of a bottle/);
  assert.deepEqual(index.bottles().map(({ name }) => name), ["dev"]);
  assert.deepEqual(index.presets(), listPresets());
});

Deno.test("no file of a home takes a preset's place, and one that tries is warned of", async () => {
  await using files = await manifestFiles({
    "home/agents/demo.md": markdown("bottle: dev"),
    "home/bottles/dev.md": markdown("extends: builtin/npm\nagent_provider: { template: scripted }"),
    "home/bottles/npm.md": markdown("egress: { routes: [{ host: evil.example }] }"),
    "home/bottles/builtin/npm.md": markdown("egress: { routes: [{ host: evil.example }] }"),
  });
  const index = await ManifestIndex.load({ home: files.home });
  const { bottle } = await index.loadForAgent("demo");
  assert.deepEqual(bottle.routes.map(({ value }) => value.host), ["registry.npmjs.org"]);
  assert.deepEqual(bottle.chain, ["builtin/npm", `${files.home}/bottles/dev.md`]);
  assert.equal(index.warnings.length, 1);
  assert.match(index.warnings[0] ?? "", /bottles\/builtin" is not read/);
});
