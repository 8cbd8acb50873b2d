import assert from "node:assert/strict";
import { verbs } from "../../../cli/verbs.ts";
import { BottleError } from "../../../lib/errors.ts";
import { markdown } from "../../support/manifest_files.ts";
import { demoFiles, makeCli } from "../../support/cli.ts";

Deno.test("main prints the overview for --help, help and no arguments", async (t) => {
  await using cli = await makeCli();
  const { code, stdout, stderr } = await cli.run("--help");
  assert.deepEqual([code, stderr], [0, ""]);
  await t.assertSnapshot(stdout);
  assert.equal((await cli.run()).stdout, stdout);
  assert.equal((await cli.run("help")).stdout, stdout);
  assert.ok(stdout.split("\n").every((line) => line.length <= 80), "wider than 80 columns");
});

for (const { name: verb } of verbs) {
  Deno.test(`main prints the help of ${verb} with examples`, async (t) => {
    await using cli = await makeCli();
    const { code, stdout, stderr } = await cli.run(verb, "--help");
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /\nExamples:\n {2}\$ /);
    await t.assertSnapshot(stdout);
    assert.equal((await cli.run("help", verb)).stdout, stdout);
  });
}

const usage: readonly (readonly [args: readonly string[], message: RegExp, hint: RegExp])[] = [
  [["strat"], /^error: Unknown command "strat"$/m, /^hint: Did you mean start\?$/m],
  [["start", "--kep"], /^error: Unknown option "--kep"$/m, /^hint: Did you mean --keep\?$/m],
  [["stop"], /^error: Missing required argument "slug"$/m, /^hint: See `bot-bottle stop --help`$/m],
  [["run", "demo"], /Required option "-p, --prompt <text>" not specified/, /run --help/],
  [["run", "demo", "--prompt", "x", "--timeout", "5"], /Not a time: "5"/, /like 10m/],
  [["run", "demo", "--prompt", " "], /The prompt is empty/, /stdin/],
  [["start", "demo", "--bundle-network", "=x"], /Not a network with hosts: "=x"/, /NAME=host/],
  [["schema", "botle"], /No schema "botle"/, /bottle, agent, egress-config, audit/],
  [["list", "agnts"], /Nothing to list by the name "agnts"/, /agents, bottles or nothing/],
  [["stop", "../../etc"], /Not a bottle's name: "..\/..\/etc"/, /bot-bottle list/],
  [["init", "--provider", "cdx"], /"cdx" is invalid/, /init --help/],
];

for (const [args, message, hint] of usage) {
  Deno.test(`main ends with 2 and a hint at ${JSON.stringify(args)}`, async () => {
    await using cli = await makeCli();
    const { code, stdout, stderr } = await cli.run(...args);
    assert.equal(code, 2);
    assert.equal(stdout, "");
    assert.match(stderr, message);
    assert.match(stderr, hint);
  });
}

Deno.test("main prints an error as one JSON object with --json", async () => {
  await using cli = await makeCli({
    files: {
      ...demoFiles,
      "home/bottles/dev.md": markdown("agent_provider: { template: scripted }\nroutes: 1"),
    },
  });
  const { code, stderr } = await cli.run("start", "demo", "--dry-run", "--json");
  assert.equal(code, 1);
  const { error } = JSON.parse(stderr);
  assert.equal(error.code, "manifest-invalid");
  assert.deepEqual([error.file, error.line, error.column], ["/root/home/bottles/dev.md", 3, 1]);
  assert.match(error.message, /"routes"/);
});

Deno.test("main does not take a --json behind -- for its own", async () => {
  await using cli = await makeCli();
  const { stderr } = await cli.run("exec", "demo-abcde", "--", "ls", "--json");
  assert.match(stderr, /^error: No bottle "demo-abcde"/);
});

Deno.test("main calls what is no BottleError a bug, with its stack under --verbose", async () => {
  await using cli = await makeCli({
    onLaunch: () => Promise.reject(new TypeError("x is not a function")),
  });
  const plain = await cli.run("run", "demo", "--prompt", "x");
  assert.equal(plain.code, 1);
  assert.match(plain.stderr, /^error: Unexpected: x is not a function\nhint: This is a bug/m);
  assert.doesNotMatch(plain.stderr, / at /);
  assert.match((await cli.run("run", "demo", "--prompt", "x", "--verbose")).stderr, /TypeError/);
});

Deno.test("main escapes what an error quotes", async () => {
  await using cli = await makeCli();
  const { stderr } = await cli.run("start", "a\u001b[2J\u202eb", "--dry-run");
  // deno-lint-ignore no-control-regex -- they are what is looked for
  assert.doesNotMatch(stderr, /[\u001b\u202e]/);
});

Deno.test("main ends with 130 whatever an abort broke", async () => {
  const interrupt = new AbortController();
  await using cli = await makeCli({
    signal: interrupt.signal,
    onLaunch: () => {
      interrupt.abort(new BottleError("Interrupted", { code: "interrupted", exitCode: 130 }));
      return Promise.reject(new Error("docker: killed"));
    },
  });
  const { code, stderr } = await cli.run("run", "demo", "--prompt", "x");
  assert.equal(code, 130);
  assert.match(stderr, /^Interrupted$/m);
  assert.deepEqual((await cli.states.all()).states, []);
});
