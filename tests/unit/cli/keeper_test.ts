import assert from "node:assert/strict";
import { hangUp } from "../../../cli/hang_up.ts";
import { BottleError } from "../../../lib/errors.ts";
import { parseSlug } from "../../../lib/names.ts";
import { makeCli } from "../../support/cli.ts";
import { markdown } from "../../support/manifest_files.ts";

const SLUG = parseSlug("demo-abcde");
const START = ["start", "demo", "--yes", "--detach", "--quiet"] as const;
const forwarding = {
  "home/bottles/dev.md": markdown(
    "agent_provider: { template: scripted }\nenv: { SEEN: '${FROM_HOST}', LITERAL: here }",
  ),
  "home/agents/demo.md": markdown("bottle: dev"),
};

Deno.test("start leaves a keeper that has the lock and the guest's variables from outside", async () => {
  await using cli = await makeCli({ files: forwarding, env: { FROM_HOST: "value" } });
  await cli.run(...START);
  assert.deepEqual(cli.keepers.alive.get(SLUG)?.environment, { SEEN: "value" });
  assert.ok(await cli.states.isLocked(SLUG));
  const { bottles: [bottle] } = JSON.parse((await cli.run("list", "--json")).stdout);
  assert.deepEqual(bottle.keeper, { pid: 4711, since: "2026-01-02T03:04:05.678Z" });
});

for (const [verb, ...rest] of [["stop", SLUG], ["cleanup", SLUG, "--yes"]] as const) {
  Deno.test(`${verb} has the keeper let go`, async () => {
    await using cli = await makeCli();
    await cli.run(...START);
    assert.equal((await cli.run(verb, ...rest)).code, 0);
    assert.equal(cli.keepers.alive.size, 0);
  });
}

Deno.test("cleanup that is only asked what it would do lets no keeper go", async () => {
  await using cli = await makeCli();
  await cli.run(...START);
  await cli.run("cleanup", "-n", SLUG);
  assert.match((await cli.run("cleanup", "-n", "--all")).stdout, /demo-abcde/);
  assert.equal(cli.keepers.alive.size, 1);
});

Deno.test("a session's end takes the bottle back from its keeper", async () => {
  await using cli = await makeCli({ typed: ["y"] });
  assert.equal((await cli.run("start", "demo")).code, 0);
  assert.deepEqual(cli.keepers.asked, [`release ${SLUG}`]);
  assert.equal(cli.keepers.alive.size, 0);
});

Deno.test("resume leaves a new keeper", async () => {
  await using cli = await makeCli();
  await cli.run(...START);
  await cli.run("stop", SLUG);
  await cli.run("resume", SLUG, "--detach");
  assert.equal(cli.keepers.alive.size, 1);
});

Deno.test("exec takes the guest's variables from the keeper, not from this shell", async () => {
  const env: Record<string, string> = { FROM_HOST: "then" };
  const seen: unknown[] = [];
  await using cli = await makeCli({
    files: forwarding,
    env,
    attach: (_, options) => {
      seen.push(options.env);
      return 0;
    },
  });
  await cli.run(...START);
  delete env.FROM_HOST;
  assert.equal((await cli.run("exec", SLUG, "--", "true")).code, 0);
  assert.deepEqual(seen, [{ SEEN: "then" }]);

  cli.keepers.kill(SLUG);
  const { code, stderr } = await cli.run("exec", SLUG, "--", "true");
  assert.equal(code, 125);
  assert.match(stderr, /"FROM_HOST" is not set/);
  env.FROM_HOST = "now";
  assert.equal((await cli.run("exec", SLUG, "--", "true")).code, 0);
  assert.deepEqual(seen.at(-1), { SEEN: "now" });
  assert.equal(cli.keepers.alive.size, 0, "exec comes and goes");
});

Deno.test("attach and exec have the placeholder that the launch had", async () => {
  const seen: (string | undefined)[] = [];
  await using cli = await makeCli({
    files: {
      "home/bottles/dev.md": markdown("agent_provider: { template: claude, auth_token: KEY }"),
      "home/agents/demo.md": markdown("bottle: dev"),
    },
    env: { KEY: "sk-ant-api03-x" },
    attach: (_, options) => {
      seen.push(options.env?.["ANTHROPIC_API_KEY"]);
      return 0;
    },
  });
  await cli.run(...START);
  const launched = cli.backend.entries.get(SLUG)?.plan.agent.env["ANTHROPIC_API_KEY"];
  assert.match(launched ?? "", /^sk-ant-api03-bot-bottle-/);
  await cli.run("exec", SLUG, "--", "true");
  await cli.run("attach", SLUG);
  assert.deepEqual(seen, [launched, launched]);

  cli.keepers.kill(SLUG);
  await cli.run("attach", SLUG);
  await cli.run("exec", SLUG, "--", "true");
  assert.notEqual(seen[2], launched, "nobody knows it any more");
  assert.equal(seen[3], seen[2], "what attach drew is kept");
});

Deno.test("attach starts a keeper where there is none, and list had said so", async () => {
  await using cli = await makeCli({ files: forwarding, env: { FROM_HOST: "value" } });
  await cli.run(...START);
  cli.keepers.kill(SLUG);
  assert.match((await cli.run("list")).stdout, /running .* it has lost its keeper/);
  assert.equal((await cli.run("attach", SLUG)).code, 0);
  assert.deepEqual(cli.keepers.alive.get(SLUG)?.environment, { SEEN: "value" });
  assert.doesNotMatch((await cli.run("list")).stdout, /keeper/);
});

Deno.test("a bottle starts without a keeper that can't, and says so", async () => {
  await using cli = await makeCli();
  cli.keepers.isBroken = true;
  const { code, stderr } = await cli.run(...START);
  assert.equal(code, 0);
  assert.match(stderr, /! No keeper/);
  assert.equal((await cli.run("stop", SLUG)).code, 0);
});

Deno.test("a container that was started by hand is listed as such, entered by nobody, and resumed", async () => {
  await using cli = await makeCli();
  await cli.run(...START);
  const entry = cli.backend.entries.get(SLUG);
  assert.ok(entry);
  entry.start = { ...entry.start, startedAt: "by hand" };
  assert.match((await cli.run("list")).stdout, /shut .* its network is not sealed/);
  for (const verb of [["exec", SLUG, "--", "true"], ["attach", SLUG], ["cp", `${SLUG}:/x`, "."]]) {
    const { code, stderr } = await cli.run(...verb);
    assert.equal(code, 1);
    assert.match(stderr, /was started by hand: nothing seals its network/);
  }
  assert.ok(!cli.backend.calls.some((call) => /^(attach|exec)/.test(call)));
  assert.equal((await cli.run("resume", SLUG, "--detach")).code, 0);
  assert.equal((await cli.run("exec", SLUG, "--", "true")).code, 0);
});

Deno.test("a bottle runs on with its keeper when the terminal is closed under its agent", async () => {
  const closed = new AbortController();
  await using cli = await makeCli({
    typed: ["y"],
    signal: closed.signal,
    attach: () => {
      closed.abort(hangUp());
      throw closed.signal.reason;
    },
  });
  assert.equal((await cli.run("start", "demo")).code, 130);
  assert.equal(cli.backend.entries.get(SLUG)?.state, "running");
  assert.equal((await cli.states.read(SLUG)).phase, "running");
  assert.equal(cli.keepers.alive.size, 1);
});

Deno.test("Ctrl-C stops the bottle and keeps it", async () => {
  const interrupted = new AbortController();
  await using cli = await makeCli({
    typed: ["y"],
    signal: interrupted.signal,
    attach: () => {
      interrupted.abort(new BottleError("Interrupted", { code: "interrupted", exitCode: 130 }));
      throw interrupted.signal.reason;
    },
  });
  assert.equal((await cli.run("start", "demo")).code, 130);
  assert.equal(cli.backend.entries.get(SLUG)?.state, "stopped");
  assert.equal(cli.keepers.alive.size, 0);
});
