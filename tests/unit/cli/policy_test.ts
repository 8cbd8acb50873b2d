import assert from "node:assert/strict";
import { type Cli, makeCli } from "../../support/cli.ts";
import { markdown } from "../../support/manifest_files.ts";

const files = {
  "home/bottles/dev.md": markdown(`
extends: builtin/debian
agent_provider: { template: claude, auth_token: CLAUDE }
egress:
  routes:
    - host: api.github.com
      matches:
        - methods: [GET, HEAD]
          paths: [{ type: prefix, value: /repos/team }]
      auth: { scheme: bearer, token_ref: GH }
    - host: "*.amazonaws.com"
    - host: db.test
      ports: [8443]
      allow_private: true`),
  "home/bottles/part.md": markdown("egress: { routes: [{ host: pastebin.com }] }"),
  "home/bottles/open.md": markdown(
    "agent_provider: { template: scripted }\negress: { routes: [{ host: x.test }] }",
  ),
  "home/agents/demo.md": markdown("bottle: dev"),
} as const;

function home(options: Parameters<typeof makeCli>[0] = {}): Promise<Cli> {
  return makeCli({ files, env: { CLAUDE: "sk-ant-oat01-x", GH: "marker-5f2a91c3" }, ...options });
}

Deno.test("policy test says step by step what passes, with which credential", async (t) => {
  await using cli = await home();
  const url = "https://api.github.com/repos/team/x?token=abc";
  const { code, stdout, stderr } = await cli.run(
    ...["policy", "test", "demo", "GET", url],
    ...["-H", "authorization: Bearer abc", "--header", "accept: a/b"],
  );
  assert.deepEqual([code, stderr], [0, ""]);
  await t.assertSnapshot(stdout);
  assert.doesNotMatch(stdout, /marker-5f2a91c3|abc/);
  const secrets = await cli.run(
    ...["policy", "test", "demo", "GET", "https://ann:s3cret@api.github.com/?api_key=s3cret"],
    ...["-H", "x-note: s3cret", "--json"],
  );
  assert.equal(secrets.code, 3);
  assert.doesNotMatch(secrets.stdout + secrets.stderr, /s3cret/);
});

Deno.test("policy test says which step refuses, and the smallest change that lets it pass", async (t) => {
  await using cli = await home();
  const asked = [
    ["POST", "https://api.github.com/repos/team/x/issues"],
    ["GET", "https://api.github.com/user"],
    ["GET", "https://new.test/it's"],
    ["GET", "https://new.test/a*"],
    ["GET", "https://db.test/"],
    ["GET", "https://user@db.test/"],
    ["POST", "https://api.anthropic.com/v1/files"],
  ] as const;
  for (const [method, url] of asked) {
    const { code, stdout } = await cli.run("policy", "test", "demo", method, url);
    assert.equal(code, 3);
    await t.assertSnapshot(stdout);
  }
});

Deno.test("policy test takes the addresses that it is given", async () => {
  await using cli = await home();
  const test = (...args: string[]): ReturnType<Cli["run"]> =>
    cli.run("policy", "test", "demo", "GET", ...args, "--json");
  const url = "http://deb.debian.org/debian/";
  const inside = await test(url, "--address", "203.0.114.1", "--address", "10.0.0.1");
  assert.equal(inside.code, 3);
  assert.equal(JSON.parse(inside.stdout).reason, "private-address");
  const outside = await test(url, "--address", "203.0.114.1");
  assert.equal(JSON.parse(outside.stdout).address_open, false);
  assert.equal((await test("https://db.test:8443/", "--address", "10.0.0.1")).code, 0);
});

Deno.test("policy test --resolve asks this machine's resolver, and only for what would pass", async () => {
  const asked: string[] = [];
  const answers: Readonly<Record<string, string>> = {
    "deb.debian.org": "203.0.114.1 STREAM deb.debian.org\n203.0.114.1 DGRAM\n2606:4700::1 STREAM\n",
    "a.amazonaws.com": "ip_address: 10.0.0.1\n",
  };
  await using cli = await home({
    program: (argv) => {
      const host = argv.at(-1) ?? "";
      asked.push(host);
      return { stdout: new TextEncoder().encode(answers[host] ?? "") };
    },
  });
  const test = async (url: string, ...args: string[]): Promise<[number, string | null, string]> => {
    const { code, stdout } = await cli.run("policy", "test", "demo", "GET", url, "--json", ...args);
    const { reason, steps } = JSON.parse(stdout);
    return [code, reason, steps.at(-1).detail];
  };
  const debian = "http://deb.debian.org/debian/";
  assert.deepEqual(await test(debian, "--resolve"), [0, null, "203.0.114.1, 2606:4700::1"]);
  assert.deepEqual((await test("https://a.amazonaws.com/", "--resolve")).slice(0, 2), [
    3,
    "private-address",
  ]);
  assert.deepEqual((await test("https://b.amazonaws.com/", "--resolve")).slice(0, 2), [
    3,
    "unresolvable",
  ]);
  assert.deepEqual(asked, ["deb.debian.org", "a.amazonaws.com", "b.amazonaws.com"]);
  assert.equal((await test("https://evil.test/", "--resolve"))[1], "host-not-allowed");
  await test(debian);
  await test(debian, "--resolve", "--address", "203.0.114.1");
  assert.equal(asked.length, 3);
});

Deno.test("policy test --json is one stable object", async (t) => {
  await using cli = await home();
  const passes = await cli.run(
    "policy",
    "test",
    "demo",
    "GET",
    "http://deb.debian.org/debian/",
    "--json",
  );
  await t.assertSnapshot(JSON.parse(passes.stdout));
  const refused = await cli.run(
    "policy",
    "test",
    "demo",
    "PUT",
    "http://deb.debian.org/debian/",
    "--json",
  );
  await t.assertSnapshot(JSON.parse(refused.stdout));
});

Deno.test("policy test needs no credential, and says what it takes for granted", async () => {
  await using cli = await home({ env: {} });
  const { code, stdout } = await cli.run(
    ...["policy", "test", "demo", "POST", "https://api.anthropic.com/v1/messages"],
  );
  assert.equal(code, 0);
  assert.match(stdout, /^! The host variable "CLAUDE" is not set: .* taken for an OAuth token$/m);
});

Deno.test("policy test takes another bottle, and says of a repository's agent whose it is", async () => {
  await using cli = await home({
    files: { ...files, ".git/HEAD": "", ".bot-bottle/agents/theirs.md": markdown("bottle: open") },
  });
  const other = await cli.run(
    "policy",
    "test",
    "demo",
    "GET",
    "https://x.test/",
    "--bottle",
    "open",
  );
  assert.equal(other.code, 0);
  const theirs = await cli.run("policy", "test", "theirs", "GET", "https://x.test/");
  assert.match(
    theirs.stdout,
    /^! The agent comes from a repository: ".*theirs\.md" is not yours$/m,
  );
});

Deno.test("policy test of a bottle that exists goes by what was allowed for it", async () => {
  await using cli = await home();
  await cli.run("start", "demo", "--yes", "--detach", "--quiet");
  const test = (): ReturnType<Cli["run"]> =>
    cli.run("policy", "test", "demo-abcde", "GET", "https://new.test/a");
  const before = await test();
  assert.equal(before.code, 3);
  const command = /^ {2}bot-bottle (allow demo-abcde .*)$/m.exec(before.stdout)?.[1];
  assert.equal(command, "allow demo-abcde new.test --method GET --path /a");
  assert.equal((await cli.run(...command.split(" "))).code, 0);
  assert.equal((await test()).code, 0);
});

Deno.test("policy test knows a bottle's own placeholder from another's", async () => {
  await using cli = await home();
  await cli.run("start", "demo", "--yes", "--detach", "--quiet");
  const test = (owner: string): ReturnType<Cli["run"]> =>
    cli.run(
      ...["policy", "test", "demo-abcde", "POST", "https://api.anthropic.com/v1/messages"],
      ...[
        "-H",
        `authorization: Bearer sk-ant-oat01-bot-bottle-${owner}-${"A".repeat(22)}`,
        "--json",
      ],
    );
  assert.equal(JSON.parse((await test("demo-abcde")).stdout).sent.foreign_credential, false);
  const { code, stdout } = await test("demo-zzzzz");
  assert.deepEqual(
    [code, stdout.includes("misplaced-placeholder")],
    [0, true],
    "the provider's own host",
  );
});

Deno.test("policy lint tells what bottles open, each finding once", async (t) => {
  await using cli = await home();
  const { code, stdout } = await cli.run("policy", "lint");
  assert.equal(code, 3);
  await t.assertSnapshot(stdout);
  const one = await cli.run("policy", "lint", "demo", "dev", "--json");
  const { findings } = JSON.parse(one.stdout);
  assert.deepEqual(
    new Set(findings.map(({ host }: { host: string }) => host)),
    new Set([
      "*.amazonaws.com",
      "db.test",
    ]),
  );
  await t.assertSnapshot(findings[0]);
});

Deno.test("policy lint ends with 0 where nothing is to be warned of, and with 3 for notes if it is to be strict", async () => {
  await using cli = await home();
  const nothing = await cli.run("policy", "lint", "open", "--strict");
  assert.deepEqual([nothing.code, nothing.stdout], [0, "Nothing found\n"]);
  assert.equal((await cli.run("policy", "lint", "builtin/github")).code, 0);
  assert.equal((await cli.run("policy", "lint", "builtin/github", "--strict")).code, 3);
});

Deno.test("policy lint of a preset tells no warning: they only read", async () => {
  await using cli = await home();
  const names = ["crates", "debian", "github", "gitlab", "npm", "pypi"];
  const { code, stdout } = await cli.run(
    "policy",
    "lint",
    ...names.map((name) => `builtin/${name}`),
  );
  assert.equal(code, 0, stdout);
});

const mistakes: readonly (readonly [args: readonly string[], code: number, message: RegExp])[] = [
  [[], 2, /What of the policy\?/],
  [["tset"], 2, /Too many arguments/],
  [["test", "demo", "get", "https://x.test"], 2, /Not a method: "get"\nhint: .* GET <url>/],
  [["test", "demo", "GET", "x.test"], 2, /Not a request that a client could send/],
  [["test", "demo", "GET", "https://x.test", "-H", "a b"], 2, /Not a header field: a name/],
  [["test", "demo", "GET", "https://x.test", "--address", "1.2"], 2, /Not an address: "1\.2"/],
  [["test", "dmo", "GET", "https://x.test"], 1, /No agent "dmo"\nhint: Did you mean "demo"/],
  [["lint", "dve"], 1, /No agent "dve"/],
];
for (const [args, code, message] of mistakes) {
  Deno.test(`policy ends with ${code} and a hint at ${JSON.stringify(args)}`, async () => {
    await using cli = await home();
    const result = await cli.run("policy", ...args);
    assert.equal(result.code, code, result.stderr);
    assert.match(result.stderr, message);
    assert.match(result.stderr, /^hint: /m);
  });
}

for (const verb of ["test", "lint"]) {
  Deno.test(`policy ${verb} --help has examples`, async (t) => {
    await using cli = await home();
    const { code, stdout } = await cli.run("policy", verb, "--help");
    assert.equal(code, 0);
    assert.match(stdout, /\nExamples:\n/);
    await t.assertSnapshot(stdout);
  });
}
