import assert from "node:assert/strict";
import { makeCli } from "../../support/cli.ts";

Deno.test("init writes a bottle and an agent that can be started", async () => {
  await using cli = await makeCli({
    files: {},
    env: { CLAUDE_CODE_OAUTH_TOKEN: "sk-ant-oat01-x" },
  });
  const { code, stdout } = await cli.run(
    "init",
    "--yes",
    "--provider",
    "claude",
    "--host",
    "example.com",
  );
  assert.equal(code, 0);
  assert.equal(stdout, "/root/home/bottles/dev.md\n/root/home/agents/coder.md\n");
  const plan = JSON.parse((await cli.run("start", "coder", "--dry-run", "--json")).stdout);
  assert.deepEqual(plan.egress.routes.map((route: { host: string }) => route.host), [
    "api.anthropic.com",
    "example.com",
  ]);
  const { mode } = await Deno.stat(`${cli.home}/bottles/dev.md`);
  assert.equal((mode ?? 0) & 0o777, 0o600);
});

Deno.test("init asks at most four questions", async () => {
  await using cli = await makeCli({ files: {}, typed: ["", "MY_TOKEN", "writer", ""] });
  const { code, stderr } = await cli.run("init");
  assert.equal(code, 0);
  assert.equal(stderr.match(/\): /g)?.length, 4);
  assert.match(await Deno.readTextFile(`${cli.home}/bottles/dev.md`), /auth_token: MY_TOKEN/);
  assert.match(await Deno.readTextFile(`${cli.home}/agents/writer.md`), /bottle: dev/);
});

Deno.test("init never overwrites, and says so before it writes anything", async () => {
  await using cli = await makeCli({ files: { "home/agents/coder.md": "mine" } });
  const { code, stderr } = await cli.run("init", "--yes", "--provider", "scripted");
  assert.equal(code, 1);
  assert.match(stderr, /error: ".*\/agents\/coder\.md" exists already/);
  assert.equal(await Deno.readTextFile(`${cli.home}/agents/coder.md`), "mine");
  await assert.rejects(Deno.stat(`${cli.home}/bottles/dev.md`));
});

Deno.test("init leaves nothing behind when an answer does not hold", async () => {
  await using cli = await makeCli({ files: {} });
  const { code, stderr } = await cli.run(
    "init",
    "--yes",
    "--provider",
    "scripted",
    "--host",
    "*.com",
  );
  assert.equal(code, 1);
  assert.match(stderr, /\*\.com/);
  assert.deepEqual(await Array.fromAsync(Deno.readDir(`${cli.home}/bottles`)), []);
});

Deno.test("init does not take a path for a name", async () => {
  await using cli = await makeCli({ files: {} });
  const { code } = await cli.run("init", "--yes", "--provider", "scripted", "--agent", "../../x");
  assert.notEqual(code, 0);
  await assert.rejects(Deno.stat(`${cli.root}/x.md`));
});

Deno.test("init without a terminal names the flag", async () => {
  await using cli = await makeCli({ files: {} });
  const { code, stderr } = await cli.run("init");
  assert.equal(code, 2);
  assert.match(stderr, /hint: Pass --yes/);
});
