import assert from "node:assert/strict";
import { join } from "node:path";
import { BottleError } from "../../../../lib/errors.ts";
import { ManifestIndex } from "../../../../lib/manifest/index.ts";
import { manifestFiles, markdown } from "../../../support/manifest_files.ts";

const BOTTLE = markdown("agent_provider: { template: claude, auth_token: TOKEN }");
const AGENT = markdown("bottle: dev", "Be careful");

function isError(code: string, message?: RegExp, hint?: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof BottleError, String(error));
    assert.equal(error.code, code, error.message);
    if (message) assert.match(error.message, message);
    if (hint) assert.match(error.hint ?? "", hint);
    return true;
  };
}

Deno.test("ManifestIndex.load lists names, and reads nothing that isn't asked for", async () => {
  await using files = await manifestFiles({
    "home/agents/b.md": AGENT,
    "home/agents/a.md": "broken",
    "home/agents/README.md": "x",
    "home/agents/notes.txt": "x",
    "home/agents/sub.md/x": "a folder",
    "home/bottles/dev.md": BOTTLE,
    "home/bottles/broken.md": "---\n[",
  });
  const index = await ManifestIndex.load({ home: files.home, cwd: files.root });
  assert.deepEqual(index.agents(), [
    { name: "a", file: join(files.home, "agents/a.md"), origin: "home" },
    { name: "b", file: join(files.home, "agents/b.md"), origin: "home" },
  ]);
  assert.deepEqual(index.bottles().map((bottle) => bottle.name), ["broken", "dev"]);
  assert.equal(index.warnings.length, 1);
  assert.match(index.warnings[0] ?? "", /README.md" is not read/);

  const manifest = await index.loadForAgent("b");
  assert.equal(manifest.agent.prompt, "Be careful");
  assert.equal(manifest.bottle.name, "dev");
});

Deno.test("ManifestIndex.load takes a home that isn't there for an empty one", async () => {
  const index = await ManifestIndex.load({ home: "/nowhere/at/all", cwd: "/" });
  assert.deepEqual([index.agents(), index.bottles(), index.warnings], [[], [], []]);
  await assert.rejects(
    index.loadForAgent("x"),
    isError("agent-unknown", /No agent "x"/, /bot-bottle init/),
  );
});

Deno.test("ManifestIndex.load says it when a folder can't be listed", async () => {
  await using files = await manifestFiles({ "home/bottles": "a file" });
  assert.deepEqual((await ManifestIndex.load({ home: files.home })).bottles(), []);
  const loop = join(files.root, "loop");
  await Deno.symlink(loop, loop);
  await assert.rejects(
    ManifestIndex.load({ home: loop }),
    isError("home-unreadable", /Cannot list/),
  );
});

Deno.test("loadForAgent names the nearest agent or bottle", async () => {
  const index = ManifestIndex.fromObjects({
    bottles: { dev: { agent_provider: { template: "claude" } } },
    agents: { reviewer: { bottle: "dev" } },
  });
  await assert.rejects(
    index.loadForAgent("reviewr"),
    isError("agent-unknown", /No agent "reviewr"/, /Did you mean "reviewer"/),
  );
  await assert.rejects(
    index.loadForAgent("reviewer", { bottle: "dve" }),
    isError("bottle-unknown", /No bottle "dve"/, /Did you mean "dev"/),
  );
  await assert.rejects(
    index.loadForAgent("something-else"),
    isError("agent-unknown", /./, /bot-bottle list agents/),
  );
});

Deno.test("loadForAgent takes the bottle that was asked for over the agent's", async () => {
  const index = ManifestIndex.fromObjects({
    bottles: {
      dev: { agent_provider: { template: "claude" } },
      other: { agent_provider: { template: "scripted" } },
    },
    agents: { a: { bottle: "dev" }, free: {}, lost: { bottle: "nope" } },
  });
  assert.equal((await index.loadForAgent("a", { bottle: "other" })).bottle.name, "other");
  assert.equal((await index.loadForAgent("free", { bottle: "other" })).bottle.name, "other");
  assert.equal((await index.loadForAgent("lost", { bottle: "other" })).bottle.name, "other");
  await assert.rejects(
    index.loadForAgent("free"),
    isError("bottle-missing", /names no bottle/, /--bottle/),
  );
});

Deno.test("a manifest that isn't one readable file of a sane size is refused", async () => {
  await using files = await manifestFiles({ "home/bottles/dev.md": BOTTLE });
  await files.write("home/agents/big.md", markdown("bottle: dev", "x".repeat(262_144)));
  await files.write("home/agents/bytes.md", new Uint8Array([0x2d, 0x2d, 0x2d, 0x0a, 0xff, 0xfe]));
  await files.write("home/agents/bare.md", "Just a prompt");
  await files.write("home/agents/gone.md", AGENT);
  await Deno.symlink("/dev/zero", join(files.home, "agents/device.md"));
  await Deno.symlink("loop.md", join(files.home, "agents/loop.md"));
  await files.write("elsewhere/linked.md", AGENT);
  await Deno.symlink(join(files.root, "elsewhere/linked.md"), join(files.home, "agents/linked.md"));
  const index = await ManifestIndex.load({ home: files.home });
  await Deno.remove(join(files.home, "agents/gone.md"));

  await assert.rejects(index.loadForAgent("big"), isError("manifest-too-large", /256 KiB/));
  await assert.rejects(index.loadForAgent("bytes"), isError("manifest-invalid", /UTF-8/));
  await assert.rejects(index.loadForAgent("bare"), isError("manifest-invalid", /does not begin/));
  await assert.rejects(index.loadForAgent("gone"), isError("manifest-invalid", /gone/));
  await assert.rejects(index.loadForAgent("device"), isError("manifest-unsafe", /regular file/));
  await assert.rejects(index.loadForAgent("loop"), isError("manifest-unreadable", /Cannot read/));
  assert.equal(
    (await index.loadForAgent("linked")).agent.origin,
    "home",
    "the person's own links are followed",
  );
});

Deno.test("a repository's agents are found from the working directory up to its root", async () => {
  await using files = await manifestFiles({
    "home/bottles/dev.md": BOTTLE,
    "home/agents/mine.md": AGENT,
    "repo/.git/HEAD": "x",
    "repo/.bot-bottle/agents/mine.md": markdown("bottle: dev", "Not yours"),
    "repo/.bot-bottle/agents/shipped.md": markdown("bottle: dev", "Root"),
    "repo/.bot-bottle/agents/near.md": markdown("bottle: dev", "Root"),
    "repo/pkg/.bot-bottle/agents/near.md": markdown("bottle: dev", "Package"),
    ".bot-bottle/agents/outside.md": AGENT,
    "repo/other/.bot-bottle/agents/aside.md": AGENT,
    "repo/pkg/deep/er/x": "",
  });
  const index = await ManifestIndex.load({
    home: files.home,
    cwd: join(files.root, "repo/pkg/deep/er"),
  });
  assert.deepEqual(
    index.agents().map(({ name, origin, shadows }) => [name, origin, shadows ?? null]),
    [
      ["mine", "home", join(files.root, "repo/.bot-bottle/agents/mine.md")],
      ["near", "repository", join(files.root, "repo/.bot-bottle/agents/near.md")],
      ["shipped", "repository", null],
    ],
  );
  assert.equal((await index.loadForAgent("mine")).agent.prompt, "Be careful");
  assert.equal((await index.loadForAgent("mine")).agent.shadows, index.agents()[0]?.shadows);
  assert.equal((await index.loadForAgent("near")).agent.prompt, "Package");
  assert.equal((await index.loadForAgent("shipped")).agent.origin, "repository");
});

Deno.test("outside a repository no folder on the way up is read", async () => {
  await using files = await manifestFiles({ ".bot-bottle/agents/planted.md": AGENT, "work/x": "" });
  const index = await ManifestIndex.load({ home: files.home, cwd: join(files.root, "work") });
  assert.deepEqual(index.agents(), []);
});

Deno.test("the home is no repository folder, even inside a repository of dotfiles", async () => {
  await using files = await manifestFiles({
    ".git/HEAD": "x",
    ".bot-bottle/agents/mine.md": AGENT,
    ".bot-bottle/bottles/dev.md": BOTTLE,
  });
  const index = await ManifestIndex.load({
    home: join(files.root, ".bot-bottle"),
    cwd: files.root,
  });
  assert.deepEqual(index.agents().map(({ name, origin, shadows }) => [name, origin, shadows]), [
    ["mine", "home", undefined],
  ]);
  assert.deepEqual(index.warnings, []);
});

Deno.test("a repository's bottles are ignored, with one warning", async () => {
  await using files = await manifestFiles({
    "home/bottles/dev.md": BOTTLE,
    "repo/.git": "gitdir: elsewhere",
    "repo/.bot-bottle/bottles/dev.md": markdown("agent_provider: { template: scripted }"),
    "repo/.bot-bottle/bottles/evil.md": markdown("agent_provider: { template: scripted }"),
    "repo/a/.bot-bottle/bottles/evil.md": markdown("agent_provider: { template: scripted }"),
    "repo/.bot-bottle/agents/shipped.md": markdown("bottle: dev"),
    "repo/.bot-bottle/agents/wants.md": markdown("bottle: evil"),
  });
  const index = await ManifestIndex.load({ home: files.home, cwd: join(files.root, "repo/a") });
  assert.deepEqual(index.bottles().map((bottle) => bottle.name), ["dev"]);
  assert.equal(index.warnings.length, 1);
  assert.match(index.warnings[0] ?? "", /ignored: a repository can't grant itself credentials/);
  assert.equal((await index.loadForAgent("shipped")).bottle.provider.value.template, "claude");
  await assert.rejects(index.loadForAgent("wants"), isError("bottle-unknown", /No bottle "evil"/));
});

Deno.test("a repository's agent can't define or widen a bottle", async () => {
  await using files = await manifestFiles({
    "home/bottles/dev.md": BOTTLE,
    "repo/.git/HEAD": "x",
    "repo/.bot-bottle/agents/a.md": markdown(
      "bottle: dev\negress: { routes: [{ host: evil.example }] }",
    ),
    "repo/.bot-bottle/agents/b.md": markdown("bottle: dev\nenv: { A: '${AWS_SECRET}' }"),
    "repo/.bot-bottle/agents/c.md": markdown("bottle: dev\ngit-gate: { repos: {} }"),
    "repo/.bot-bottle/agents/d.md": markdown("bottle: ../../evil"),
    "repo/.bot-bottle/agents/e.md": markdown("bottle: dev\nextends: x"),
  });
  const index = await ManifestIndex.load({ home: files.home, cwd: join(files.root, "repo") });
  await assert.rejects(
    index.loadForAgent("a"),
    isError("manifest-invalid", /Unknown key "egress"/),
  );
  await assert.rejects(index.loadForAgent("b"), isError("manifest-invalid", /Unknown key "env"/));
  await assert.rejects(
    index.loadForAgent("c"),
    isError("manifest-invalid", /repos belong to the bottle/),
  );
  await assert.rejects(
    index.loadForAgent("d"),
    isError("manifest-invalid", /must be the name of a bottle/),
  );
  await assert.rejects(
    index.loadForAgent("e"),
    isError("manifest-invalid", /Unknown key "extends"/),
  );
});

Deno.test("a repository's links are not followed: they would put the person's files into a prompt", async () => {
  await using files = await manifestFiles({
    "home/bottles/dev.md": BOTTLE,
    "secrets/agents/linked.md": markdown("bottle: dev", "private"),
    "repo/.git/HEAD": "x",
    "repo/.bot-bottle/agents/x.md": AGENT,
    "repo/sub/.bot-bottle/y": "",
    "repo/sub/deep/y": "",
  });
  const target = join(files.root, "secrets/agents/linked.md");
  await Deno.symlink(target, join(files.root, "repo/.bot-bottle/agents/linked.md"));
  await Deno.symlink(
    join(files.root, "secrets/agents"),
    join(files.root, "repo/sub/.bot-bottle/agents"),
  );
  await Deno.symlink(join(files.root, "secrets"), join(files.root, "repo/sub/deep/.bot-bottle"));
  const index = await ManifestIndex.load({
    home: files.home,
    cwd: join(files.root, "repo/sub/deep"),
  });
  assert.deepEqual(index.agents().map((agent) => agent.name), ["linked", "x"]);
  await assert.rejects(index.loadForAgent("linked"), isError("manifest-unsafe", /can't be a link/));
});

Deno.test("ManifestIndex.fromObjects reads what a program has", async () => {
  const index = ManifestIndex.fromObjects({
    bottles: {
      base: { agent_provider: { template: "claude" }, env: { A: "1" } },
      dev: { extends: "base", env: { B: "2" } },
    },
    agents: { reviewer: { bottle: "dev", prompt: "Hi", description: "x" } },
  });
  const { agent, bottle } = await index.loadForAgent("reviewer");
  assert.deepEqual([agent.origin, agent.prompt, agent.file], ["object", "Hi", "<agent reviewer>"]);
  assert.deepEqual([...bottle.env.keys()], ["A", "B"]);
  assert.deepEqual(bottle.chain, ["<bottle base>", "<bottle dev>"]);
});

Deno.test("ManifestIndex.fromObjects refuses names and credentials as files do", async () => {
  const token = `ghp${"_"}Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8Qr9St0Uv1Wx2`;
  const bottles = { dev: { agent_provider: { template: "claude" } } };
  assert.throws(
    () => ManifestIndex.fromObjects({ bottles, agents: { "../x": {} } }),
    isError("manifest-name", /\.\.\/x/),
  );
  for (
    const agent of [{ bottle: "dev", prompt: token }, {
      bottle: "dev",
      description: [{ [token]: 1 }],
    }]
  ) {
    const index = ManifestIndex.fromObjects({ bottles, agents: { a: agent } });
    await assert.rejects(index.loadForAgent("a"), isError("manifest-credential"));
  }
  const cyclic: Record<string, unknown> = {};
  cyclic["self"] = cyclic;
  const index = ManifestIndex.fromObjects({ bottles, agents: { a: cyclic } });
  await assert.rejects(index.loadForAgent("a"), isError("manifest-invalid"));
});

Deno.test("ManifestIndex.load looks for no repository in what can't be looked at", async () => {
  await using files = await manifestFiles();
  const loop = join(files.root, "loop");
  await Deno.symlink(loop, loop);
  await assert.rejects(
    ManifestIndex.load({ home: files.home, cwd: join(loop, "x") }),
    /symbolic|loop/i,
  );
});
