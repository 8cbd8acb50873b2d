import assert from "node:assert/strict";
import { type Cli, demoFiles, makeCli } from "../../support/cli.ts";
import { markdown } from "../../support/manifest_files.ts";

const SLUG = "theirs-abcde";
const AGENT = ".bot-bottle/agents/theirs.md";
const START = ["start", "theirs", "--detach", "--quiet"] as const;

/** A repository that ships an agent, and a home with two bottles: the person means it to have the first. */
async function makeRepository(typed?: readonly string[]): Promise<Cli> {
  return await makeCli({
    files: {
      "home/bottles/dev.md": demoFiles["home/bottles/dev.md"],
      "home/bottles/rich.md": markdown(
        "agent_provider: { template: scripted }\nenv: { DEPLOY_KEY: '${DEPLOY_KEY}' }",
      ),
      ".git/HEAD": "ref: refs/heads/main\n",
      [AGENT]: markdown("bottle: dev", "Be kind"),
    },
    env: { DEPLOY_KEY: "marker-1" },
    ...(typed === undefined ? {} : { typed }),
  });
}

Deno.test("an agent of a repository is marked wherever a plan is shown", async () => {
  await using cli = await makeRepository(["n"]);
  const mark = /^!! The agent comes from a repository: its prompt in ".*theirs\.md" is not yours$/m;
  assert.match((await cli.run("start", "theirs", "--dry-run")).stdout, mark);
  assert.match((await cli.run("info", "theirs")).stdout, mark);
  const asked = await cli.run("start", "theirs");
  assert.match(asked.stderr, mark);
  assert.equal(asked.code, 1, "the answer was no");
  assert.deepEqual(cli.backend.calls, []);
});

for (
  const args of [
    [...START, "--yes"],
    ["run", "theirs", "--prompt", "x"],
  ]
) {
  Deno.test(`${args[0]} takes a repository's agent unasked only with --trust-repo`, async () => {
    await using cli = await makeRepository();
    const refused = await cli.run(...args);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /comes with the repository, and nobody is asked/);
    assert.deepEqual(cli.backend.calls, []);
    assert.equal((await cli.run(...args, "--trust-repo")).code, 0);
  });
}

Deno.test("resume takes a repository's agent unasked only with --trust-repo", async () => {
  await using cli = await makeRepository();
  await cli.run(...START, "--yes", "--trust-repo");
  await cli.run("stop", SLUG);
  const refused = await cli.run("resume", SLUG, "--detach", "--yes");
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /pass --trust-repo/);
  assert.equal((await cli.run("resume", SLUG, "--detach")).code, 0, "the person agreed before");
});

for (
  const [what, text] of [
    ["prompt", markdown("bottle: dev", "Be evil")],
    ["bottle", markdown("bottle: rich", "Be kind")],
  ] as const
) {
  Deno.test(`a repository's agent whose ${what} changed since the yes gets nothing more without another`, async () => {
    await using cli = await makeRepository();
    await cli.run(...START, "--yes", "--trust-repo");
    assert.equal((await cli.run("exec", SLUG, "--", "true")).code, 0);
    await cli.write(AGENT, text);

    const before = [...cli.backend.calls];
    for (const args of [["exec", SLUG, "--", "env"], ["attach", SLUG]]) {
      const refused = await cli.run(...args);
      assert.equal(refused.code, 1, args[0]);
      assert.match(refused.stderr, /has changed since you agreed to it/);
    }
    assert.deepEqual(cli.backend.calls, before);

    assert.equal((await cli.run("stop", SLUG)).code, 0);
    const unasked = await cli.run("resume", SLUG, "--detach", "--yes");
    assert.equal(unasked.code, 2, "nobody was asked");
    const nobody = await cli.run("resume", SLUG, "--detach");
    assert.equal(nobody.code, 2, "there is nobody to ask");
    assert.match(nobody.stderr, /The manifests have changed since this bottle was started/);
    assert.equal((await cli.run("resume", SLUG, "--detach", "--yes", "--trust-repo")).code, 0);
    assert.equal((await cli.run("exec", SLUG, "--", "true")).code, 0);
  });
}

Deno.test("exec and attach take what the person changed in the home", async () => {
  await using cli = await makeCli();
  await cli.run("start", "demo", "--yes", "--detach", "--quiet");
  await cli.write("home/agents/demo.md", markdown("bottle: dev", "Something else"));
  assert.equal((await cli.run("exec", "demo-abcde", "--", "true")).code, 0);
});
