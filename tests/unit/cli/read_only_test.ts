import assert from "node:assert/strict";
import { listPresets, presetText } from "../../../lib/manifest/presets.ts";
import { type CliOptions, makeCli } from "../../support/cli.ts";
import { markdown } from "../../support/manifest_files.ts";

const START = ["start", "demo", "--yes", "--detach", "--quiet"] as const;
const SLUG = "demo-abcde";

const rows: NonNullable<CliOptions["rows"]> = [
  {
    time: "2026-01-02T03:04:05.678Z",
    kind: "http",
    method: "POST",
    scheme: "https",
    host: "api.example.com",
    port: 443,
    path: "/v1/messages",
    verdict: "allowed",
    route: "api.example.com",
    credential: "bearer",
    status: 200,
    bytes_up: 12,
    bytes_down: 345,
    duration_ms: 67,
  },
  {
    time: "2026-01-02T03:04:06.678Z",
    kind: "connect",
    method: "CONNECT",
    scheme: "https",
    host: "evil.example\u001b[2J\u202e",
    port: 8443,
    path: "",
    verdict: "blocked",
    reason: "host-not-allowed",
    status: 403,
    bytes_up: 0,
    bytes_down: 0,
    duration_ms: 1,
  },
];

Deno.test("audit prints a table with what the agent chose escaped", async (t) => {
  await using cli = await makeCli({ rows });
  await cli.run(...START);
  await t.assertSnapshot((await cli.run("audit", SLUG)).stdout);
  const blocked = (await cli.run("audit", SLUG, "--blocked", "--json")).stdout.trimEnd();
  assert.equal(JSON.parse(blocked).row.reason, "host-not-allowed");
});

Deno.test("audit reads the archive of a bottle that is gone, and checks its chain", async () => {
  await using cli = await makeCli({ rows });
  await cli.run("run", "demo", "--prompt", "x");
  assert.equal(cli.backend.entries.size, 0);
  assert.match((await cli.run("audit", SLUG)).stdout, /api\.example\.com\/v1\/messages/);
  const whole = await cli.run("audit", SLUG, "--verify");
  assert.deepEqual([whole.code, whole.stdout], [0, "The chain of 2 rows holds\n"]);

  const file = `${cli.home}/archive/${SLUG}/audit.jsonl`;
  await Deno.writeTextFile(
    file,
    (await Deno.readTextFile(file)).replace("/v1/messages", "/v1/files"),
  );
  const changed = await cli.run("audit", SLUG, "--verify");
  assert.deepEqual(
    [changed.code, changed.stdout],
    [3, "The chain does not hold: row 1 is not what was recorded\n"],
  );
  await Deno.writeTextFile(file, "{}\n");
  assert.match((await cli.run("audit", SLUG)).stderr, /Cannot read line 1 of the archived audit/);
});

Deno.test("info tells the plan and where each value is written", async (t) => {
  await using cli = await makeCli({
    env: { GH: "x" },
    files: {
      "home/bottles/base.md": markdown("env: { LEVEL: debug }"),
      "home/bottles/dev.md": markdown(`
extends: base
agent_provider: { template: scripted }
git-gate: { user: { name: Bot } }
egress:
  routes:
    - host: api.github.com
      auth: { scheme: bearer, token_ref: GH }`),
      "home/agents/demo.md": markdown("bottle: dev", "true"),
    },
  });
  await t.assertSnapshot((await cli.run("info", "demo")).stdout);
  await t.assertSnapshot((await cli.run("info", "demo", "--effective")).stdout);
  const { plan, effective } = JSON.parse((await cli.run("info", "demo", "--json")).stdout);
  assert.equal(plan.bottle.name, "dev");
  assert.ok(effective.some((value: { key: string }) => value.key === "env.LEVEL"));
});

Deno.test("info still tells the values where the plan can't be made", async () => {
  await using cli = await makeCli({
    files: {
      "home/bottles/dev.md": markdown("agent_provider: { template: claude, auth_token: NOT_SET }"),
      "home/agents/demo.md": markdown("bottle: dev"),
    },
  });
  const { code, stdout, stderr } = await cli.run("info", "demo");
  assert.equal(code, 0);
  assert.match(
    stderr,
    /^! It can't be started now: The host variable "NOT_SET" is not set\n {2}\w/,
  );
  assert.match(stdout, /agent_provider\.auth_token +← NOT_SET/);
});

Deno.test("info tells of a bottle what the engine really holds it to", async (t) => {
  await using cli = await makeCli({ limits: { memoryBytes: 0, memorySwapBytes: -1, pids: null } });
  assert.match((await cli.run(...START)).stderr, /^! The engine dropped the limit "pids"/m);
  const { stdout } = await cli.run("info", SLUG);
  assert.match(
    stdout,
    /^ {2}In force +runtime runc, 2 CPUs, no limit of memory, no limit of proc/m,
  );
  assert.match(stdout, /^! The engine dropped the limit "memory": the agent can use up the mach/m);
  await t.assertSnapshot(JSON.parse((await cli.run("info", SLUG, "--json")).stdout).in_force);
  cli.backend.entries.clear();
  assert.equal(JSON.parse((await cli.run("info", SLUG, "--json")).stdout).in_force, null);
});

Deno.test("list agents shows the file that won and the one it hides", async () => {
  await using cli = await makeCli({
    files: {
      "home/agents/demo.md": markdown("bottle: dev"),
      ".git/HEAD": "",
      ".bot-bottle/agents/demo.md": markdown("bottle: dev"),
      ".bot-bottle/bottles/evil.md": markdown("env: {}"),
    },
  });
  const { stdout, stderr } = await cli.run("list", "agents");
  assert.match(
    stdout,
    /demo +home +\/root\/home\/agents\/demo\.md \(hides \/root\/\.bot-bottle\/agents\/demo\.md\)/,
  );
  assert.match(stderr, /a repository can't grant itself credentials/);
});

Deno.test("list bottles shows the presets after the home's own", async () => {
  await using cli = await makeCli();
  const { stdout } = await cli.run("list", "bottles");
  assert.match(stdout, /^dev +\/root\/home\/bottles\/dev\.md$/m);
  assert.match(stdout, /^builtin\/npm +\(preset\) Installs packages from npm's public registry$/m);
  const { bottles, presets } = JSON.parse((await cli.run("list", "bottles", "--json")).stdout);
  assert.deepEqual(bottles.map(({ name }: { name: string }) => name), ["dev"]);
  assert.deepEqual(presets, listPresets());
});

Deno.test("info prints a preset as it is written, and in JSON what it opens", async () => {
  await using cli = await makeCli();
  const { code, stdout } = await cli.run("info", "builtin/npm");
  assert.deepEqual([code, stdout], [0, presetText("builtin/npm")]);
  const { preset } = JSON.parse((await cli.run("info", "builtin/npm", "--json")).stdout);
  assert.deepEqual(Object.keys(preset), ["name", "summary", "routes", "text"]);
  assert.equal(preset.routes[0].host, "registry.npmjs.org");
});

Deno.test("info names the nearest preset to one that does not exist", async () => {
  await using cli = await makeCli();
  const near = await cli.run("info", "builtin/nmp");
  assert.equal(near.code, 1);
  assert.match(near.stderr, /No preset "builtin\/nmp"[^]*Did you mean "builtin\/npm"\?/);
  assert.match((await cli.run("info", "builtin/x\u001b[2J")).stderr, /list bottles/);
});

for (const what of ["bottle", "agent", "egress-config", "audit"]) {
  Deno.test(`schema ${what} prints a JSON Schema`, async () => {
    await using cli = await makeCli();
    const { code, stdout } = await cli.run("schema", what);
    assert.equal(code, 0);
    assert.match(JSON.parse(stdout).$schema, /json-schema\.org/);
  });
}

Deno.test("version says what runs", async () => {
  await using cli = await makeCli();
  const { stdout } = await cli.run("version");
  assert.match(stdout, /^bot-bottle \d+\.\d+\.\d+ \(Deno /);
  assert.equal((await cli.run("--version")).stdout, stdout);
  assert.deepEqual(Object.keys(JSON.parse((await cli.run("version", "--json")).stdout)), [
    "version",
    "deno",
    "os",
    "arch",
  ]);
});
