import assert from "node:assert/strict";
import { parseSlug, type Slug } from "../../../lib/names.ts";
import { systemClock } from "../../../lib/clock.ts";
import { type Cli, type CliResult, makeCli } from "../../support/cli.ts";
import { markdown } from "../../support/manifest_files.ts";

const SLUG = "demo-abcde";
const START = ["start", "demo", "--yes", "--detach", "--quiet"] as const;
const files = {
  "home/bottles/dev.md": markdown([
    "agent_provider: { template: scripted }",
    "egress:",
    "  routes:",
    "    - host: api.github.com",
    "      matches: [{ methods: [GET] }]",
    "      auth: { scheme: bearer, token_ref: GITHUB_TOKEN }",
    '    - host: "*.example.com"',
  ].join("\n")),
  "home/agents/demo.md": markdown("bottle: dev", "echo hello"),
} as const;
const env = { GITHUB_TOKEN: "tok-marker" };

async function started(options: Parameters<typeof makeCli>[0] = {}): Promise<Cli> {
  const cli = await makeCli({ files, env, ...options });
  assert.equal((await cli.run(...START)).code, 0);
  return cli;
}

function slug(): Slug {
  return parseSlug(SLUG);
}

function hosts(cli: Cli): readonly string[] {
  return (cli.backend.routes.get(slug())?.get().routes ?? []).map(({ host }) => host);
}

Deno.test("allow opens a host at once, says the rule and what the manifest needs", async (t) => {
  await using cli = await started();
  const { code, stdout, stderr } = await cli.run(
    ...["allow", SLUG, "Registry.NPMJS.org.", "--method", "get,head", "--path", "/left-pad/*"],
    ...["--path", "/ping", "--port", "8443"],
  );
  assert.equal(code, 0, stderr);
  await t.assertSnapshot(`${stdout}---\n${stderr}`);
  assert.deepEqual(hosts(cli), ["api.github.com", "*.example.com", "registry.npmjs.org"]);
  const { route_changes: changes } = await cli.states.read(slug());
  assert.deepEqual(changes.map(({ action, host }) => [action, host]), [
    ["allow", "registry.npmjs.org"],
  ]);
});

Deno.test("allow and deny --json are stable", async (t) => {
  await using cli = await started();
  const allowed = await cli.run(
    "allow",
    SLUG,
    "a.test",
    "api.github.com",
    "--path",
    "/x",
    "--json",
  );
  await t.assertSnapshot(allowed.stdout);
  await t.assertSnapshot((await cli.run("deny", SLUG, "a.test", "b.test", "--json")).stdout);
});

Deno.test("allow says what is allowed already, and keeps nothing of it", async () => {
  await using cli = await started();
  const again = await cli.run(
    "allow",
    SLUG,
    "www.example.com",
    "api.github.com",
    "--method",
    "GET",
  );
  assert.match(again.stdout, /^already {2}www\.example\.com\nalready {2}api\.github\.com {2}GET/);
  assert.equal(again.stderr, "");
  assert.deepEqual((await cli.states.read(slug())).route_changes, []);
});

Deno.test("allow adds to a route under its credential, and says so", async () => {
  await using cli = await started();
  const { stdout, stderr } = await cli.run("allow", SLUG, "api.github.com", "--method", "POST");
  assert.equal(stdout, "allowed  api.github.com  GET or POST  [auth: bearer]\n");
  assert.match(stderr, /! The bearer credential of "api\.github\.com" goes out/);
});

Deno.test("allow has a wildcard, or everything under a credential, typed in full", async () => {
  await using cli = await started({ typed: ["yes", "*.test.org", "api.github.com"] });
  const refused = await cli.run("allow", SLUG, "*.test.org");
  assert.deepEqual([refused.code, refused.stdout], [1, ""]);
  assert.match(refused.stderr, /nothing was changed/);
  assert.deepEqual(hosts(cli), ["api.github.com", "*.example.com"]);
  assert.equal((await cli.run("allow", SLUG, "*.test.org")).code, 0);
  assert.equal((await cli.run("allow", SLUG, "api.github.com")).code, 0);

  await using script = await started();
  const asked = await script.run("allow", SLUG, "*.test.org");
  assert.equal(asked.code, 2);
  assert.match(asked.stderr, /stdin is not a terminal\nhint: Pass --yes/);
  assert.equal((await script.run("allow", SLUG, "*.test.org", "api.github.com", "--yes")).code, 0);
});

const wrong: readonly (readonly [args: readonly string[], message: RegExp])[] = [
  [["allow", SLUG, "https://a.test/x"], /is no host: "https:\/\/a\.test\/x"/],
  [["allow", SLUG, "*.co.uk"], /wildcard over a public suffix/],
  [["allow", SLUG, "10.0.0.1"], /"10\.0\.0\.1" is a private address\nhint: Only a manifest/],
  [["allow", SLUG, "169.254.169.254"], /is a metadata address/],
  [["allow", SLUG, "[::1]"], /is a loopback address/],
  [["allow", SLUG, "a.test", "--method", "CONNECT"], /Not a method .*"CONNECT"/],
  [["allow", SLUG, "a.test", "--path", "v1"], /Not a path of a route: "v1"/],
  [["allow", SLUG, "a.test", "--path", "/a/../*"], /Not a path of a route: .*a dot segment/],
  [["allow", SLUG, "a.test", "--port", "70000"], /Not a port: "70000"/],
  [["allow", SLUG, "a.test", "--for", "soon"], /Not a time: "soon"/],
  [["allow", SLUG], /Missing required argument "host"/],
  [["allow", SLUG, "a.test", "--allow-private"], /Unknown option "--allow-private"/],
  [["deny", SLUG, "a b"], /is no host: "a b"/],
];

for (const [args, message] of wrong) {
  Deno.test(`${args.join(" ")} is a mistake on the command line`, async () => {
    await using cli = await started();
    const { code, stdout, stderr } = await cli.run(...args);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, message);
    assert.deepEqual(hosts(cli), ["api.github.com", "*.example.com"]);
  });
}

Deno.test("deny takes a route, and says where it is written and that its credential stays away", async () => {
  await using cli = await started();
  const { stdout, stderr } = await cli.run("deny", SLUG, "api.github.com", "nobody.test");
  assert.equal(
    stdout,
    "denied   api.github.com\nno route nobody.test: it was not allowed\n",
  );
  assert.match(stderr, /api\.github\.com: manifest \/root\/home\/bottles\/dev\.md:/);
  assert.match(stderr, /brings no credential back/);
  assert.deepEqual(hosts(cli), ["*.example.com"]);
});

Deno.test("deny names the wildcard that a host is open by, and changes nothing of what it was asked with it", async () => {
  await using cli = await started();
  const { code, stderr } = await cli.run("deny", SLUG, "api.github.com", "www.example.com");
  assert.equal(code, 1);
  assert.match(stderr, /The wildcard "\*\.example\.com" lets "www\.example\.com" through/);
  assert.deepEqual(hosts(cli), ["api.github.com", "*.example.com"]);
  assert.deepEqual((await cli.states.read(slug())).route_changes, []);
});

Deno.test("allow reads the routes again when another command was quicker, and loses none of its changes", async () => {
  await using cli = await started({ routeConflicts: 3 });
  assert.equal((await cli.run("allow", SLUG, "a.test")).code, 0);
  assert.deepEqual(hosts(cli), [
    ...["api.github.com", "*.example.com"],
    ...["other-2.test", "other-3.test", "other-4.test"],
    "a.test",
  ]);
});

Deno.test("a denial that is quicker than the answer to an allowance is the last word in what is kept, too", async () => {
  await using cli = await started();
  const routes = cli.backend.routes.get(slug());
  assert.ok(routes);
  let denied: Promise<CliResult> | undefined;
  routes.beforeAnswer = async () => {
    if (denied !== undefined) return;
    denied = cli.run("deny", SLUG, "a.test");
    const waits = new AbortController();
    await Promise.race([denied, systemClock.sleep(200, waits.signal).catch(() => {})]);
    waits.abort();
  };
  assert.equal((await cli.run("allow", SLUG, "a.test")).code, 0);
  assert.equal((await denied)?.code, 0);
  assert.ok(!hosts(cli).includes("a.test"));
  const { route_changes: changes } = await cli.states.read(slug());
  assert.deepEqual(changes.map(({ action, host }) => [action, host]), [["deny", "a.test"]]);
});

Deno.test("allow gives up on routes that never stand still", async () => {
  await using cli = await started({ routeConflicts: 1_000 });
  const { code, stderr } = await cli.run("allow", SLUG, "a.test");
  assert.equal(code, 1);
  assert.match(stderr, /The routes have changed/);
  assert.deepEqual((await cli.states.read(slug())).route_changes, []);
});

Deno.test("allow changes nothing while egress is down", async () => {
  await using cli = await started({ isEgressDown: true });
  const { code, stderr } = await cli.run("allow", SLUG, "a.test");
  assert.equal(code, 1);
  assert.match(stderr, /"egress" is backing-off/);
  assert.deepEqual((await cli.states.read(slug())).route_changes, []);
});

Deno.test("resume makes the changes again without asking, and drops what has expired", async () => {
  await using cli = await started();
  await cli.run("allow", SLUG, "a.test", "--method", "GET");
  await cli.run("deny", SLUG, "*.example.com");
  await cli.run("allow", SLUG, "b.test", "--for", "1s");
  await cli.run("stop", SLUG);
  const past = await cli.states.read(slug());
  await cli.states.update(slug(), {
    route_changes: past.route_changes.map((change) =>
      change.host === "b.test" ? { ...change, expires_at: "2020-01-02T03:04:05.000Z" } : change
    ),
  });
  const { code, stderr } = await cli.run("resume", SLUG, "--detach");
  assert.equal(code, 0, stderr);
  assert.doesNotMatch(stderr, /manifests have changed/);
  assert.deepEqual(hosts(cli), ["api.github.com", "a.test"]);
});

Deno.test("resume shows the changes where the manifests have changed, and what of them no longer fits", async () => {
  await using cli = await started({ typed: ["n"] });
  await cli.run("deny", SLUG, "api.github.com");
  await cli.run("stop", SLUG);
  await cli.write(
    "home/bottles/dev.md",
    markdown(
      'agent_provider: { template: scripted }\negress: { routes: [{ host: "*.github.com" }] }',
    ),
  );
  const { stderr } = await cli.run("resume", SLUG, "--detach");
  assert.match(stderr, /Changed +denied {2}api\.github\.com/);
  assert.match(stderr, /!! You denied "api\.github\.com", and it is open: The wildcard/);
});

Deno.test("resume says that what was allowed without a credential now passes with one", async () => {
  await using cli = await started({ typed: ["n"] });
  await cli.run("allow", SLUG, "a.test");
  await cli.run("stop", SLUG);
  const route =
    "{ host: a.test, matches: [{ methods: [GET] }], auth: { scheme: bearer, token_ref: GITHUB_TOKEN } }";
  await cli.write(
    "home/bottles/dev.md",
    markdown(`agent_provider: { template: scripted }\negress: { routes: [${route}] }`),
  );
  const { stderr } = await cli.run("resume", SLUG, "--detach");
  assert.match(
    stderr,
    /!! What you allowed for "a\.test" passes with the bearer credential of its route/,
  );
});

Deno.test("allow and deny of a bottle that is stopped hold from its next resume on", async () => {
  await using cli = await started();
  await cli.run("stop", SLUG);
  const { code, stdout, stderr } = await cli.run("allow", SLUG, "a.test");
  assert.deepEqual([code, stdout], [0, "allowed  a.test  everything\n"]);
  assert.match(stderr, /does not run: it holds from its next `bot-bottle resume` on/);
  assert.equal((await cli.run("deny", SLUG, "*.example.com")).code, 0);
  await cli.run("resume", SLUG, "--detach");
  assert.deepEqual(hosts(cli), ["api.github.com", "a.test"]);
});

Deno.test("info shows what a running bottle may reach, and where each route comes from", async () => {
  await using cli = await started();
  await cli.run("allow", SLUG, "a.test");
  assert.match(
    (await cli.run("info", SLUG)).stdout,
    /Routes in force, revision 2\nROUTE +FROM\n(?:.*\n)*a\.test {2}everything +allow\n/,
  );
  const { routes_in_force: routes } = JSON.parse((await cli.run("info", SLUG, "--json")).stdout);
  assert.deepEqual([routes.revision, routes.routes.length], [2, 3]);
  assert.equal(JSON.parse((await cli.run("info", "demo", "--json")).stdout).routes_in_force, null);
  await cli.run("stop", SLUG);
  assert.equal(JSON.parse((await cli.run("info", SLUG, "--json")).stdout).routes_in_force, null);
});
