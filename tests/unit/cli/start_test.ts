import assert from "node:assert/strict";
import { BottleError } from "../../../lib/errors.ts";
import { markdown } from "../../support/manifest_files.ts";
import { type CliOptions, demoFiles, makeCli } from "../../support/cli.ts";

const SLUG = "demo-abcde";

Deno.test("start shows the plan, takes a yes, attaches, and removes what ended well", async (t) => {
  await using cli = await makeCli({ typed: ["y"] });
  const { code, stdout, stderr } = await cli.run("start", "demo");
  assert.deepEqual([code, stdout], [0, ""]);
  await t.assertSnapshot(stderr);
  assert.deepEqual(cli.backend.calls, [
    `launch ${SLUG}`,
    "attach bash /home/node/.bot-bottle/prompt.sh",
    `remove ${SLUG}`,
  ]);
  assert.deepEqual((await cli.states.all()).states, []);
  assert.ok((await Deno.stat(`${cli.home}/archive/${SLUG}/audit.jsonl`)).isFile);
});

for (const answer of ["", "n", "yep", "Yes please"]) {
  Deno.test(`start does nothing at the answer "${answer}"`, async () => {
    await using cli = await makeCli({ typed: [answer] });
    const { code, stderr } = await cli.run("start", "demo");
    assert.equal(code, 1);
    assert.match(stderr, /Nothing was started\n$/);
    assert.deepEqual(cli.backend.calls, []);
  });
}

Deno.test("start takes the only agent, and asks for a name where there are more", async () => {
  await using one = await makeCli();
  assert.equal((await one.run("start", "--dry-run")).code, 0);
  await using two = await makeCli({
    files: { ...demoFiles, "home/agents/other.md": markdown("bottle: dev") },
  });
  const { code, stderr } = await two.run("start", "--dry-run");
  assert.equal(code, 2);
  assert.match(stderr, /hint: Name one: demo, other/);
});

Deno.test("start --dry-run --json prints the plan and asks the engine nothing", async () => {
  await using cli = await makeCli({
    availability: { usable: false, problem: "no engine", hint: "" },
  });
  const { code, stdout } = await cli.run("start", "demo", "--dry-run", "--json");
  assert.equal(code, 0);
  assert.equal(JSON.parse(stdout).slug, SLUG);
});

Deno.test("start names the flag where stdin is no terminal", async () => {
  await using cli = await makeCli();
  const attach = await cli.run("start", "demo", "--yes");
  assert.deepEqual([attach.code, attach.stdout], [2, ""]);
  assert.match(attach.stderr, /hint: Pass --detach, or use `bot-bottle run`/);
  const ask = await cli.run("start", "demo", "--detach");
  assert.equal(ask.code, 2);
  assert.match(ask.stderr, /stdin is not a terminal\nhint: Pass --yes/);
  assert.deepEqual(cli.backend.calls, []);
});

Deno.test("start ends with 125 and the hint where the engine is not usable", async () => {
  await using cli = await makeCli({
    availability: { usable: false, problem: 'No "docker" command', hint: "Install Docker" },
  });
  const { code, stderr } = await cli.run("start", "demo", "--yes", "--detach");
  assert.equal(code, 125);
  assert.equal(stderr, 'error: No "docker" command\nhint: Install Docker\n');
});

Deno.test("start turns a failed launch into 125 and leaves nothing", async () => {
  await using cli = await makeCli({
    onLaunch: () =>
      Promise.reject(
        new BottleError("Cannot build", { code: "build-failed", details: ["E: no such package"] }),
      ),
  });
  const { code, stderr } = await cli.run("start", "demo", "--yes", "--detach", "--quiet");
  assert.equal(code, 125);
  assert.equal(stderr, "error: Cannot build\n  E: no such package\n");
  assert.deepEqual(await Array.fromAsync(Deno.readDir(`${cli.home}/state`)), []);
});

Deno.test("start refuses an agent of the repository with --yes until it is trusted", async () => {
  await using cli = await makeCli({
    files: {
      "home/bottles/dev.md": demoFiles["home/bottles/dev.md"],
      ".git/HEAD": "ref: refs/heads/main\n",
      ".bot-bottle/agents/theirs.md": markdown("bottle: dev", "rm -rf /"),
    },
  });
  const refused = await cli.run("start", "theirs", "--yes", "--detach");
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /hint: Read its prompt, then pass --trust-repo/);
  assert.equal((await cli.run("run", "theirs", "--prompt", "x")).code, 2);
  assert.deepEqual(cli.backend.calls, []);
  assert.equal((await cli.run("start", "theirs", "--yes", "--detach", "--trust-repo")).code, 0);
});

Deno.test("start asks for the variables that the bottle asks for, and stores no answer", async () => {
  const env: string[] = [];
  await using cli = await makeCli({
    typed: ["y", "T-4711"],
    files: {
      ...demoFiles,
      "home/bottles/dev.md": markdown(
        'agent_provider: { template: scripted }\nenv: { TICKET: "?Which ticket?" }',
      ),
    },
    onLaunch: (_plan, { answers }) => {
      env.push(...answers.values());
      return Promise.resolve();
    },
  });
  const { code, stderr } = await cli.run("start", "demo", "--keep");
  assert.equal(code, 0, stderr);
  assert.match(stderr, /Which ticket\? \[TICKET\]: /);
  assert.deepEqual(env, ["T-4711"]);
  const state = await Deno.readTextFile(`${cli.home}/state/${SLUG}/state.json`);
  assert.doesNotMatch(state, /4711/);
});

const endings: readonly {
  readonly what: string;
  readonly options: CliOptions;
  readonly args: readonly string[];
  readonly code: number;
  readonly isKept: boolean;
}[] = [
  { what: "exit 0", options: {}, args: [], code: 0, isKept: false },
  { what: "exit 0 with --keep", options: {}, args: ["--keep"], code: 0, isKept: true },
  { what: "exit 7", options: { exec: () => ({ code: 7 }) }, args: [], code: 7, isKept: true },
  {
    what: "a limit",
    options: {
      exec: (_argv, { timeoutMs }) => {
        assert.equal(timeoutMs, 60_000);
        throw new BottleError("Timed out", { code: "timeout", exitCode: 124 });
      },
    },
    args: ["--timeout", "1m"],
    code: 124,
    isKept: true,
  },
  {
    what: "exit 0 without its audit",
    options: { isLedgerDown: true },
    args: [],
    code: 0,
    isKept: true,
  },
];

for (const { what, options, args, code, isKept } of endings) {
  Deno.test(`run ${isKept ? "keeps" : "removes"} the bottle at ${what}`, async () => {
    await using cli = await makeCli(options);
    const result = await cli.run("run", "demo", "--prompt", "x", ...args);
    assert.equal(result.code, code);
    const { states } = await cli.states.all();
    assert.deepEqual(states.map(({ phase }) => phase), isKept ? ["stopped"] : []);
    assert.equal(cli.backend.calls.includes(`stop ${SLUG}`), isKept);
    assert.equal(result.stderr.includes(`bot-bottle resume ${SLUG}`), isKept);
  });
}

Deno.test("run gives the prompt to the agent, streams what it says and ends with the summary", async () => {
  await using cli = await makeCli({
    piped: "from a pipe",
    rows: [row("allowed", "ok.example"), row("blocked", "no.example")],
    exec: (argv, { stdin, onLine }) => {
      assert.deepEqual([argv, stdin], [["bash", "-s"], "from a pipe"]);
      onLine?.("hello", "stdout");
      onLine?.("oops", "stderr");
      return { code: 0 };
    },
  });
  const { code, stdout, stderr } = await cli.run("run", "demo", "--prompt", "-", "--json");
  assert.equal(code, 0);
  const [said, summary = ""] = stdout.split("\n");
  assert.equal(said, "hello");
  assert.match(stderr, /^oops$/m);
  assert.deepEqual(JSON.parse(summary), {
    slug: SLUG,
    exit_code: 0,
    by: "agent",
    duration_ms: 0,
    requests: 2,
    blocked: 1,
    pushes: 0,
    proposals: 0,
  });
});

Deno.test("run names host variables that are not set, and starts nothing", async () => {
  await using cli = await makeCli({
    files: {
      ...demoFiles,
      "home/bottles/dev.md": markdown(
        "agent_provider: { template: scripted }\nenv: { A: '${HOST_A}' }",
      ),
    },
  });
  const { code, stderr } = await cli.run("run", "demo", "--prompt", "x");
  assert.equal(code, 125);
  assert.match(stderr, /The host variable "HOST_A" is not set/);
  assert.deepEqual(cli.backend.calls, []);
});

/** A row of the audit. */
function row(
  verdict: "allowed" | "blocked",
  host: string,
): NonNullable<CliOptions["rows"]>[number] {
  return {
    time: "2026-01-02T03:04:05.678Z",
    kind: "http",
    method: "GET",
    scheme: "https",
    host,
    port: 443,
    path: "/",
    verdict,
    ...(verdict === "blocked" ? { reason: "host-not-allowed" as const } : {}),
    status: verdict === "blocked" ? 403 : 200,
    bytes_up: 0,
    bytes_down: 0,
    duration_ms: 1,
  };
}
