import assert from "node:assert/strict";
import { auditRow } from "../../support/audit_rows.ts";
import { markdown } from "../../support/manifest_files.ts";
import { makeCli } from "../../support/cli.ts";

const SLUG = "demo-abcde";
const START = ["start", "demo", "--yes", "--detach", "--quiet"] as const;

Deno.test("a detached bottle is listed, entered, stopped, resumed and cleaned up", async () => {
  await using cli = await makeCli({ attach: (argv) => argv[0] === "sh" ? 42 : 0 });
  assert.equal((await cli.run(...START)).stdout, `${SLUG}\n`);

  assert.match((await cli.run("list")).stdout, /demo-abcde +demo +running +0s +396 MiB +0 +0/);
  assert.equal((await cli.run("exec", SLUG, "--", "sh", "-c", "exit 42")).code, 42);
  assert.equal((await cli.run("attach", SLUG)).code, 0);
  assert.ok(cli.backend.calls.includes("attach sh -c exit 42"));

  assert.equal((await cli.run("stop", SLUG)).code, 0);
  assert.match((await cli.run("list")).stdout, /stopped/);
  const shut = await cli.run("exec", SLUG, "--", "true");
  assert.equal(shut.code, 1);
  assert.match(shut.stderr, /does not run/);

  assert.equal((await cli.run("resume", SLUG, "--detach")).code, 0);
  assert.match((await cli.run("list")).stdout, /running/);

  assert.match(
    (await cli.run("cleanup", "-n", SLUG)).stdout,
    /container +bot-bottle-demo-abcde-agent +running/,
  );
  assert.equal((await cli.run("cleanup", SLUG)).code, 2, "nobody to ask");
  assert.equal((await cli.run("cleanup", SLUG, "--yes")).code, 0);
  assert.deepEqual((await cli.states.all()).states, []);
  assert.equal(cli.backend.entries.size, 0);
});

Deno.test("list --json and cleanup --json are stable", async (t) => {
  await using cli = await makeCli();
  await cli.run(...START, "--label", "nightly");
  await t.assertSnapshot((await cli.run("list", "--json")).stdout);
  await cli.run("stop", SLUG);
  await t.assertSnapshot((await cli.run("cleanup", "--yes", "--json")).stdout);
});

Deno.test("list says what is shut, gone, unremembered or corrupted, and cleanup removes that", async () => {
  await using cli = await makeCli();
  for (let times = 0; times < 3; times++) await cli.run(...START);
  const [shut, gone, forgotten] = (await cli.states.all()).states.map(({ slug }) => slug);
  assert.ok(shut !== undefined && gone !== undefined && forgotten !== undefined);
  const entry = cli.backend.entries.get(shut);
  assert.ok(entry);
  entry.state = "shut";
  cli.backend.entries.delete(gone);
  await cli.states.remove(forgotten);
  await cli.write("home/state/demo-zzzzz/state.json", '{"schema":1,');

  const { stdout, stderr } = await cli.run("list");
  assert.match(stdout, new RegExp(`${shut} .* shut .* the bundle was restarted without a person`));
  assert.match(stdout, new RegExp(`${gone} .* broken .* its containers are gone from the engine`));
  assert.match(stdout, new RegExp(`${forgotten} .* running .* nothing is remembered of it`));
  assert.match(
    stderr,
    /! Skipped "demo-zzzzz": Cannot read the state in ".*": not JSON; `bot-bottle cleanup` removes it/,
  );

  assert.equal((await cli.run("cleanup", "--yes", forgotten)).code, 0);
  assert.match(
    (await cli.run("audit", forgotten, "--verify")).stdout,
    /holds/,
    "saved before it went",
  );
  assert.equal((await cli.run("cleanup", "--yes")).code, 0);
  const left = await cli.states.all();
  assert.deepEqual([left.states.map(({ slug }) => slug), left.corrupted], [[shut], []]);
});

Deno.test("resume asks again only when the manifests have changed", async () => {
  await using cli = await makeCli({ typed: ["n"] });
  await cli.run(...START);
  await cli.run("stop", SLUG);
  assert.equal((await cli.run("resume", SLUG, "--detach")).code, 0);
  await cli.run("stop", SLUG);

  const changed =
    "agent_provider: { template: scripted }\negress: { routes: [{ host: example.com }] }";
  await cli.write("home/bottles/dev.md", markdown(changed));
  const { code, stderr } = await cli.run("resume", SLUG, "--detach");
  assert.equal(code, 1);
  assert.match(stderr, /The manifests have changed[\s\S]*example\.com[\s\S]*Nothing was started/);
  assert.equal((await cli.run("resume", SLUG, "--detach", "--yes")).code, 0);
});

Deno.test("a bottle that exists is entered and resumed whatever becomes of its Dockerfile", async () => {
  await using cli = await makeCli({
    files: {
      "home/agents/demo.md": markdown("bottle: dev"),
      "home/bottles/dev.md": markdown(
        "agent_provider: { template: scripted, dockerfile: own/Dockerfile }",
      ),
      "home/bottles/own/Dockerfile": "FROM x\n",
    },
  });
  assert.equal((await cli.run(...START)).code, 0);
  await cli.write("home/bottles/own/Dockerfile", "FROM y\n");
  assert.equal((await cli.run("exec", SLUG, "--", "true")).code, 0);
  await cli.run("stop", SLUG);
  const changed = await cli.run("resume", SLUG, "--detach");
  assert.equal(changed.code, 0);
  assert.match(changed.stderr, /this one keeps its files/);
  await cli.run("stop", SLUG);
  await cli.write(
    "home/bottles/dev.md",
    markdown(
      "agent_provider: { template: scripted, dockerfile: gone/Dockerfile }",
    ),
  );
  const gone = await cli.run("resume", SLUG, "--detach");
  assert.deepEqual([gone.code, /keeps its files/.test(gone.stderr)], [0, false], gone.stderr);
  assert.match((await cli.run(...START)).stderr, /No Dockerfile/, "a new one needs it");
});

Deno.test("resume refuses a bottle that runs", async () => {
  await using cli = await makeCli();
  await cli.run(...START);
  const { code, stderr } = await cli.run("resume", SLUG, "--detach");
  assert.equal(code, 1);
  assert.match(stderr, /runs already\nhint: Enter it with `bot-bottle attach demo-abcde`/);
  assert.ok(!cli.backend.calls.includes(`resume ${SLUG}`));
});

Deno.test("cleanup leaves a bottle alone that another command is launching", async () => {
  await using cli = await makeCli();
  await cli.run(...START);
  await cli.run("stop", SLUG);
  const [state] = (await cli.states.all()).states;
  assert.ok(state);
  {
    using _lock = await cli.states.lock(state.slug);
    assert.match((await cli.run("cleanup", "--yes")).stderr, /Nothing to remove/);
    assert.match((await cli.run("cleanup", "--yes", SLUG)).stderr, /Another command is starting/);
    assert.equal(cli.backend.entries.size, 1);
  }
  assert.equal((await cli.run("cleanup", "--yes")).code, 0);
  assert.equal(cli.backend.entries.size, 0);
});

Deno.test("start says that the bottle is gone when another command removed it under the agent", async () => {
  await using cli = await makeCli({
    typed: ["y"],
    attach: async () => {
      await cli.run("cleanup", SLUG, "--yes");
      return 137;
    },
  });
  const { code, stderr } = await cli.run("start", "demo");
  assert.equal(code, 137);
  assert.match(stderr, /The bottle "demo-abcde" is gone/);
  assert.match((await cli.run("audit", SLUG, "--verify")).stdout, /holds/);
});

Deno.test("cleanup saves the transcript of a bottle that is stopped", async () => {
  await using cli = await makeCli({ files: claudeFiles, env: { KEY: "sk-ant-api03-x" } });
  await cli.run(...START);
  await cli.run("stop", SLUG);
  assert.equal((await cli.run("cleanup", "--yes")).code, 0);
  assert.ok(cli.backend.calls.includes(`copyOut ${SLUG} /home/node/.claude/projects`));
});

Deno.test("attach continues in a bottle where the agent has been before", async () => {
  await using cli = await makeCli({ files: claudeFiles, env: { KEY: "sk-ant-api03-x" } });
  await cli.run(...START);
  await cli.run("attach", SLUG);
  await cli.run("attach", SLUG);
  const [first, second] = cli.backend.calls.filter((call) => call.startsWith("attach"));
  assert.doesNotMatch(first ?? "", /--resume/);
  assert.match(second ?? "", /--resume/);
});

Deno.test("two commands can't change one bottle at once", async () => {
  await using cli = await makeCli();
  await cli.run(...START);
  const [state] = (await cli.states.all()).states;
  assert.ok(state);
  cli.keepers.kill(state.slug);
  using _lock = await cli.states.lock(state.slug);
  const { code, stderr } = await cli.run("stop", SLUG);
  assert.equal(code, 1);
  assert.match(stderr, /Another command is starting, stopping or removing "demo-abcde"/);
});

Deno.test("no command writes a credential into the home", async () => {
  await using cli = await makeCli({ files: claudeFiles, env: { KEY: "sk-ant-api03-marker" } });
  await cli.run(...START);
  await cli.run("stop", SLUG);
  for (const file of await filesBelow(cli.home)) {
    assert.doesNotMatch(await Deno.readTextFile(file), /marker/, file);
  }
});

const claudeFiles = {
  "home/bottles/dev.md": markdown("agent_provider: { template: claude, auth_token: KEY }"),
  "home/agents/demo.md": markdown("bottle: dev"),
};

async function filesBelow(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    found.push(...isDirectory ? await filesBelow(path) : [path]);
  }
  return found;
}

Deno.test("stop saves the audit while egress is down: the ledger answers for itself", async () => {
  const row = auditRow();
  await using cli = await makeCli({ rows: [row], isEgressDown: true });
  await cli.run("start", "demo", "--yes", "--detach");
  const { code, stderr } = await cli.run("stop", SLUG);
  assert.equal(code, 0, stderr);
  const saved = await Deno.readTextFile(`${cli.home}/archive/${SLUG}/audit.jsonl`);
  assert.deepEqual(JSON.parse(saved).row, row);
});
