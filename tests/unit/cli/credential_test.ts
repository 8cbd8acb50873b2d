/** Credentials that come from commands and files: when they are asked for, and where their values never get to. */

import assert from "node:assert/strict";
import { type Cli, type CliOptions, makeCli } from "../../support/cli.ts";
import { markdown } from "../../support/manifest_files.ts";

const SLUG = "demo-abcde";
const START = ["start", "demo", "--yes", "--detach"] as const;

/** A bottle whose credentials come from a variable, a command and a file. */
const BOTTLE = `
agent_provider: { template: scripted }
egress:
  routes:
    - { host: a.example, auth: { scheme: bearer, token_ref: TOKEN } }
    - { host: b.example, auth: { scheme: bearer, token_ref: { command: [pass, show, b] } } }
    - { host: c.example, auth: { scheme: token, token_ref: { command: [pass, show, b] } } }
    - { host: d.example, auth: { scheme: bearer, token_ref: { file: ~/token } } }`;

const CLAUDE = (fields: string): string =>
  `agent_provider: { template: claude, auth_token: { command: [pass, show, claude]${fields} } }`;

interface Asked {
  readonly cli: Cli;
  /** Commands that ran, each as one text. */
  readonly commands: string[];
  /** What each launch and resume was given, by key. */
  readonly given: Record<string, string>[];
}

async function makeBottle(
  bottle: string,
  prints: string,
  options: CliOptions = {},
): Promise<Asked> {
  const commands: string[] = [];
  const given: Record<string, string>[] = [];
  const variables: Record<string, string> = { TOKEN: "canary-variable" };
  const cli = await makeCli({
    env: variables,
    files: {
      "home/bottles/dev.md": markdown(bottle),
      "home/agents/demo.md": markdown("bottle: dev", "true"),
      "token": "canary-file\n",
    },
    program: (argv) => {
      commands.push(argv.join(" "));
      return { stdout: new TextEncoder().encode(prints) };
    },
    onLaunch: (_plan, { secrets }) => {
      given.push(Object.fromEntries([...secrets].map(([key, secret]) => [key, secret.reveal()])));
      return Promise.resolve();
    },
    ...options,
  });
  variables["HOME"] = cli.root;
  await Deno.chmod(`${cli.root}/token`, 0o600);
  return { cli, commands, given };
}

Deno.test("start asks each source once, after the yes, and launches with the values", async () => {
  const { cli, commands, given } = await makeBottle(BOTTLE, "canary-command\n", { typed: ["y"] });
  await using _cli = cli;
  const { code, stderr } = await cli.run("start", "demo");
  assert.equal(code, 0, stderr);
  assert.deepEqual(commands, ["pass show b"]);
  assert.deepEqual(given, [{
    "TOKEN": "canary-variable",
    'command:["pass","show","b"]': "canary-command",
    "file:~/token": "canary-file",
  }]);
  assert.match(stderr, /b\.example .*\[auth: bearer ← "pass show b"\]\n/);
  assert.match(stderr, /c\.example .*\[auth: token ← "pass show b"\]\n/);
  assert.match(stderr, /d\.example .*\[auth: bearer ← "~\/token"\]\n/);
  assert.ok(stderr.indexOf("Start it?") < stderr.indexOf('Running "pass show b" for a credential'));
});

Deno.test("no command runs before a yes", async () => {
  const { cli, commands } = await makeBottle(BOTTLE, "canary-command", { typed: ["n", "n"] });
  await using _cli = cli;
  await cli.run("start", "demo");
  await cli.run("start", "demo", "--dry-run", "--json");
  await cli.run("info", "demo", "--json");
  assert.deepEqual(commands, []);
});

Deno.test("values of all three kinds are in nothing that is printed or stored", async () => {
  const { cli, given } = await makeBottle(BOTTLE, "canary-command");
  await using _cli = cli;
  const outputs = [
    await cli.run(...START),
    await cli.run("info", "demo"),
    await cli.run("info", "demo", "--json"),
    await cli.run("info", SLUG),
    await cli.run("list", "--json"),
    await cli.run("start", "demo", "--dry-run", "--json"),
    await cli.run("exec", SLUG, "--", "true"),
    await cli.run("stop", SLUG),
    await cli.run("resume", SLUG, "--detach"),
    await cli.run("audit", SLUG),
  ];
  assert.equal(given.length, 2, "the launch and the resume got them");
  assert.deepEqual(outputs.map(({ code }) => code), outputs.map(() => 0));
  assert.doesNotMatch(outputs.map(({ stdout, stderr }) => stdout + stderr).join(""), /canary/);
  for (const file of await filesBelow(cli.home)) {
    assert.doesNotMatch(await Deno.readTextFile(file), /canary/, file);
  }
});

Deno.test("info and --dry-run --json name the sources", async () => {
  const { cli } = await makeBottle(BOTTLE, "");
  await using _cli = cli;
  const { stdout } = await cli.run("info", "demo", "--json");
  const { plan, effective } = JSON.parse(stdout);
  assert.deepEqual(plan.egress.tokens, [
    {
      slot: "EGRESS_TOKEN_1",
      source: { kind: "env", host_variable: "TOKEN" },
      begins_with: null,
    },
    {
      slot: "EGRESS_TOKEN_2",
      source: { kind: "command", argv: ["pass", "show", "b"], type: null },
      begins_with: null,
    },
    { slot: "EGRESS_TOKEN_3", source: { kind: "file", path: "~/token" }, begins_with: null },
  ]);
  const values = effective.map(({ value }: { readonly value: string }) => value).join("\n");
  assert.match(values, /bearer ← "pass show b"$/m);
  assert.match(values, /bearer ← "~\/token"$/m);
});

Deno.test("attach and exec ask no source and need no credential", async () => {
  const variables: Record<string, string> = { TOKEN: "canary-variable" };
  const { cli, commands } = await makeBottle(BOTTLE, "canary-command", { env: variables });
  await using _cli = cli;
  variables["HOME"] = cli.root;
  assert.equal((await cli.run(...START)).code, 0);
  commands.length = 0;
  delete variables["TOKEN"];
  await Deno.remove(`${cli.root}/token`);
  for (const args of [["exec", SLUG, "--", "true"], ["attach", SLUG]]) {
    const { code, stderr } = await cli.run(...args);
    assert.equal(code, 0, stderr);
  }
  assert.deepEqual(commands, []);
});

Deno.test("attach keeps to the kind of credential that the bottle was launched with", async () => {
  const variables: Record<string, string> = { KEY: "sk-ant-api03-canary" };
  const { cli } = await makeBottle(
    "agent_provider: { template: claude, auth_token: KEY }",
    "",
    { env: variables },
  );
  await using _cli = cli;
  await cli.run(...START);
  delete variables["KEY"];
  const { code, stderr } = await cli.run("attach", SLUG);
  assert.equal(code, 0, stderr);
  const [state] = (await cli.states.all()).states;
  assert.equal(state?.credential_type, "api_key");
});

Deno.test("resume asks the sources again", async () => {
  const { cli, commands, given } = await makeBottle(BOTTLE, "canary-command");
  await using _cli = cli;
  await cli.run(...START);
  await cli.run("stop", SLUG);
  await Deno.writeTextFile(`${cli.root}/token`, "canary-new");
  const { code, stderr } = await cli.run("resume", SLUG, "--detach");
  assert.equal(code, 0, stderr);
  assert.deepEqual(commands, ["pass show b", "pass show b"]);
  assert.equal(given[1]?.["file:~/token"], "canary-new");
});

Deno.test("a command that fails stops the start with 125, its place and nothing that it printed", async () => {
  const { cli } = await makeBottle(BOTTLE, "", {
    program: () => ({ code: 2, stdout: new TextEncoder().encode("canary-command") }),
  });
  await using _cli = cli;
  const { code, stderr } = await cli.run(...START, "--quiet");
  assert.equal(code, 125);
  assert.equal(
    stderr,
    'error: The command "pass show b" failed with exit code 2\n  at /root/home/bottles/dev.md:6:7\n' +
      'hint: Run it yourself to see why "pass" gives no credential\n',
  );
  assert.deepEqual(cli.backend.calls, []);
  assert.deepEqual((await cli.states.all()).states, []);
});

Deno.test("a file that is open to others is refused while planning", async () => {
  const { cli, commands } = await makeBottle(BOTTLE, "canary-command");
  await using _cli = cli;
  await Deno.chmod(`${cli.root}/token`, 0o644);
  const { code, stderr } = await cli.run("start", "demo", "--dry-run");
  assert.equal(code, 125);
  assert.match(stderr, /The file "~\/token" is open to other users: its mode is 0644/);
  assert.deepEqual(commands, []);
});

const kinds: readonly [fields: string, prints: string, code: number, stderr: RegExp][] = [
  ["", "sk-ant-oat01-canary", 0, /bearer ← "pass show claude"/],
  [", kind: oauth_token", "sk-ant-oat01-canary", 0, /bearer ← "pass show claude"/],
  [", kind: api_key", "sk-ant-api03-canary", 0, /header ← "pass show claude"/],
  [
    "",
    "sk-ant-api03-canary",
    125,
    /does not begin with "sk-ant-oat"\n.*\n.*write kind: api_key beside/,
  ],
  [
    ", kind: api_key",
    "sk-ant-oat01-canary",
    125,
    /"sk-ant-api"\n.*\n.*write kind: oauth_token beside/,
  ],
];

for (const [fields, prints, code, said] of kinds) {
  Deno.test(`claude takes {command${fields}} that prints ${prints.slice(0, 12)}: ${code}`, async () => {
    const { cli, commands } = await makeBottle(CLAUDE(fields), prints);
    await using _cli = cli;
    const result = await cli.run(...START);
    assert.equal(result.code, code, result.stderr);
    assert.match(result.stderr, said);
    assert.doesNotMatch(result.stderr, /canary/);
    assert.deepEqual(commands, ["pass show claude"]);
  });
}

async function filesBelow(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory, isFile } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) found.push(...await filesBelow(path));
    else if (isFile) found.push(path);
  }
  return found;
}
