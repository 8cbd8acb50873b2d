import assert from "node:assert/strict";
import { chainRows, EMPTY_CHAIN } from "../../../lib/audit/chain.ts";
import type { AuditRow } from "../../../lib/egress/audit/audit_row.ts";
import { auditRow } from "../../support/audit_rows.ts";
import { type Cli, makeCli } from "../../support/cli.ts";

const START = ["start", "demo", "--yes", "--detach", "--quiet"] as const;
const SLUG = "demo-abcde";
/** What the contexts of tests take for now. */
const NOW = "2026-01-02T03:04:05.678Z";

const minutesAgo = (minutes: number): string =>
  new Date(Date.parse(NOW) - minutes * 60_000).toISOString();

const rows: readonly AuditRow[] = [
  auditRow({ path: "/1", time: minutesAgo(60), host: "api.example.com" }),
  auditRow({ path: "/2", time: minutesAgo(20), host: "api.example.com", method: "POST" }),
  auditRow({
    path: "/3",
    time: minutesAgo(9),
    host: "evil.test",
    verdict: "blocked",
    reason: "host-not-allowed",
    count: 12,
    last_time: minutesAgo(8),
  }),
  auditRow({
    path: "/4",
    time: minutesAgo(1),
    verdict: "failed",
    reason: "upstream-closed",
    route: "*.example.com",
    marks: ["foreign-credential"],
  }),
];
const file = chainRows(EMPTY_CHAIN, rows).map((row) => `${JSON.stringify(row)}\n`).join("");

async function paths(cli: Cli, ...args: string[]): Promise<string> {
  const { stdout, stderr, code } = await cli.run("audit", ...args, "--json");
  assert.equal(code, 0, stderr);
  return stdout.split("\n").filter((line) => line !== "")
    .map((line) => JSON.parse(line).row.path).join("");
}

const table: readonly (readonly [args: readonly string[], paths: string])[] = [
  [[], "/1/2/3/4"],
  [["--host", "*.EXAMPLE.com"], "/1/2"],
  [["--host", "evil*,example.com"], "/3/4"],
  [["--method", "post"], "/2"],
  [["--verdict", "blocked,failed"], "/3/4"],
  [["--verdict", "failed", "--blocked"], "/3/4"],
  [["--blocked"], "/3"],
  [["--reason", "upstream-closed"], "/4"],
  [["--mark", "foreign-credential"], "/4"],
  [["--route", "*.example.com"], "/4"],
  [["--since", "20m"], "/2/3/4"],
  [["--since", minutesAgo(8)], "/3/4"],
  [["--since", "2026-01-02", "--until", "9m"], "/1/2/3"],
  [["--last", "2"], "/3/4"],
  [["-n", "1", "--verdict", "allowed"], "/2"],
  [["-n", "9"], "/1/2/3/4"],
  [["--host", "nowhere"], ""],
];

Deno.test("audit --method takes git's push and fetch, which rows have in lower case", async () => {
  const saved = ["push", "fetch", "POST"].map((method) => auditRow({ method, path: `/${method}` }));
  const piped = chainRows(EMPTY_CHAIN, saved).map((row) => `${JSON.stringify(row)}\n`).join("");
  await using cli = await makeCli({ piped });
  assert.equal(await paths(cli, "--file", "-", "--method", "PUSH,post"), "/push/POST");
  await using other = await makeCli({ piped });
  assert.equal(await paths(other, "--file", "-", "--method", "fetch"), "/fetch");
});

Deno.test("audit filters alike the rows of a bottle, of an archive, of a file and of stdin", async () => {
  await using cli = await makeCli({ rows, piped: file });
  await cli.run("run", "demo", "--prompt", "x", "--quiet");
  const saved = await cli.write("saved.jsonl", file);
  await cli.run(...START);
  const [running = ""] = cli.backend.entries.keys();
  for (const [args, wanted] of table) {
    assert.equal(await paths(cli, running, ...args), wanted, args.join(" "));
    assert.equal(await paths(cli, SLUG, ...args), wanted, args.join(" "));
    assert.equal(await paths(cli, "--file", saved, ...args), wanted, args.join(" "));
    assert.equal(await paths(cli, "--file", "-", ...args), wanted, args.join(" "));
  }
});

Deno.test("audit --follow shows the last rows, and none of those before them", async () => {
  await using cli = await makeCli({ rows });
  await cli.run(...START);
  for (const [args, wanted] of table) {
    if (args.includes("--until")) continue;
    assert.equal(await paths(cli, SLUG, "--follow", ...args), wanted, args.join(" "));
  }
});

Deno.test("audit shows how often a refusal came, and until when", async () => {
  await using cli = await makeCli({ rows });
  await cli.run(...START);
  const { stdout } = await cli.run("audit", SLUG, "--blocked");
  assert.match(stdout, /evil\.test\/3 +12 times until 02:56:05; host-not-allowed$/m);
});

Deno.test("audit fits its columns by the page, so that an audit of any length prints", async () => {
  const many = Array.from({ length: 2_500 }, (_, n) => auditRow({ path: `/${n}` }));
  await using cli = await makeCli({ rows: many });
  await cli.run(...START);
  const lines = (await cli.run("audit", SLUG)).stdout.trimEnd().split("\n");
  assert.equal(lines.length, 2_501);
  assert.match(lines[0] ?? "", /^TIME/);
  assert.equal(lines.filter((line) => line.startsWith("TIME")).length, 1);
});

Deno.test("an export has every row of a long audit, and its count is of every refusal", async () => {
  const many = Array.from(
    { length: 10_050 },
    (_, n) =>
      auditRow(n === 0 ? { verdict: "blocked", reason: "method", count: 5 } : { path: `/${n}` }),
  );
  await using cli = await makeCli({ rows: many });
  const { stdout } = await cli.run("run", "demo", "--prompt", "x", "--json");
  const { requests, blocked } = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "");
  assert.deepEqual([requests, blocked], [10_054, 5]);
  const checked = await cli.run("audit", SLUG, "--verify");
  assert.deepEqual([checked.code, checked.stdout], [0, "The chain of 10050 rows holds\n"]);
});

Deno.test("audit --verify checks a file or stdin without any bottle, and tells all faults", async () => {
  await using cli = await makeCli({ piped: file });
  const saved = await cli.write("saved.jsonl", file);
  for (const args of [["--verify", saved], ["--file", saved, "--verify"], ["--verify", "-"]]) {
    const { code, stdout } = await cli.run("audit", ...args);
    assert.deepEqual([code, stdout], [0, "The chain of 4 rows holds\n"], args.join(" "));
  }
  const lines = file.split("\n");
  const bad = await cli.write("bad.jsonl", `${lines[0]}\n${lines[2]}\n${lines[3]?.slice(0, 50)}`);
  const { code, stdout } = await cli.run("audit", "--verify", bad);
  assert.equal(code, 3);
  assert.equal(stdout, "The chain does not hold: row 2 is missing\n  line 3 is cut off\n");
  const json = await cli.run("audit", "--verify", bad, "--json");
  assert.equal(json.code, 3);
  const { holds, problem, faults, fault_count: count, rows: read } = JSON.parse(json.stdout);
  assert.deepEqual([holds, problem, faults.length, count, read], [
    false,
    "row 2 is missing",
    2,
    2,
    2,
  ]);
});

Deno.test("audit --verify takes a bottle's name behind it too", async () => {
  await using cli = await makeCli({ rows });
  await cli.run(...START);
  assert.equal((await cli.run("audit", "--verify", SLUG)).stdout, "The chain of 4 rows holds\n");
});

Deno.test("audit --verify finds rows that were cut off an archive", async () => {
  await using cli = await makeCli({ rows });
  await cli.run("run", "demo", "--prompt", "x");
  const path = `${cli.home}/archive/${SLUG}/audit.jsonl`;
  await Deno.writeTextFile(path, file.split("\n").slice(0, 2).map((line) => `${line}\n`).join(""));
  const { code, stdout } = await cli.run("audit", SLUG, "--verify");
  assert.deepEqual([code, stdout], [3, "The chain does not hold: rows 3 to 4 are missing\n"]);
});

Deno.test("audit of a file that is none says which, and what to name", async () => {
  await using cli = await makeCli();
  const missing = await cli.run("audit", "--file", "nowhere.jsonl");
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /Cannot read "nowhere.jsonl"\nhint: Name a file that/);
  assert.match((await cli.run("audit", "--verify", cli.home)).stderr, /is a folder\nhint: /);
  const bad = await cli.write("bad.jsonl", "x\n");
  const { code, stderr } = await cli.run("audit", "--file", bad);
  assert.equal(code, 1);
  assert.match(stderr, /Cannot read line 1 of ".*bad.jsonl"\nhint: .*--verify/);
});

const mistakes: readonly (readonly [args: readonly string[], message: RegExp])[] = [
  [[], /Whose audit\?/],
  [[SLUG, "--file", "x"], /A bottle and a file at once/],
  [[SLUG, "--verify", "x"], /--verify names a file besides/],
  [[SLUG, "--verify", "--blocked"], /--verify checks all rows/],
  [[SLUG, "--last", "2", "--verify"], /--verify checks all rows/],
  [[SLUG, "--verdict", "denied"], /Not a verdict: "denied"\nhint: .*allowed, blocked, failed/],
  [[SLUG, "--reason", "no-mach"], /No reason "no-mach"\nhint: Did you mean "no-match"\?/],
  [[SLUG, "--mark", "foreign"], /No mark "foreign"\nhint: Take of: foreign-credential, /],
  [[SLUG, "--since", "yesterday"], /Not a moment: "yesterday"\nhint: /],
  [[SLUG, "--since", "2026-13-01"], /Not a moment/],
  [[SLUG, "--since", "1m", "--until", "2m"], /--since is later than --until/],
  [[SLUG, "--last", "0"], /Not a number of rows: "0"/],
  [[SLUG, "--host", ""], /An empty word/],
  [[SLUG, "--follow", "--until", "1m"], /Nothing comes before --until/],
  [["--file", "x", "--follow"], /Nothing comes to a file/],
];
for (const [args, message] of mistakes) {
  Deno.test(`audit ends with 2 and a hint at ${JSON.stringify(args)}`, async () => {
    await using cli = await makeCli();
    const { code, stderr } = await cli.run("audit", ...args);
    assert.equal(code, 2, stderr);
    assert.match(stderr, message);
    assert.match(stderr, /^hint: /m);
  });
}
