import assert from "node:assert/strict";
import { makeHome, type TestHome } from "./program.ts";

/** Requests that a bottle without routes refuses, as `policy test` is asked and as curl is. */
const REFUSED: readonly (readonly [method: string, url: string])[] = [
  ["GET", "https://x.example/"],
  ["GET", "http://x.example/a?b"],
  ["POST", "http://x.example:8080/"],
  ["GET", "https://192.0.2.1/"],
];

interface Line {
  readonly seq: number;
  readonly row: {
    readonly kind: string;
    readonly host: string;
    readonly reason?: string;
    readonly count?: number;
  };
}

async function linesOf(home: TestHome, ...args: string[]): Promise<readonly Line[]> {
  const { code, stdout, stderr } = await home.run("audit", ...args, "--json");
  assert.equal(code, 0, stderr);
  return stdout.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

async function curl(home: TestHome, slug: string, method: string, url: string): Promise<void> {
  // Refused: the status is in the audit.
  await home.run(
    "exec",
    slug,
    "--",
    "curl",
    "-s",
    "--globoff",
    "-o",
    "/dev/null",
    "-X",
    method,
    url,
  );
}

Deno.test("a bottle's audit tells what policy test says, folds a flood, and holds wherever it is checked", async () => {
  await using home = await makeHome();
  const slug = await home.startBottle();

  for (const [method, url] of REFUSED) {
    const before = (await linesOf(home, slug)).at(-1)?.seq ?? 0;
    await curl(home, slug, method, url);
    const rows = (await linesOf(home, slug)).filter(({ seq, row }) =>
      seq > before && (row.kind === "http" || row.kind === "connect")
    );
    const tested = await home.run("policy", "test", slug, method, url, "--json");
    assert.equal(tested.code, 3, tested.stderr);
    assert.deepEqual(rows.map(({ row }) => row.reason), [JSON.parse(tested.stdout).reason], url);
  }

  const flood = "for n in 1 2 3 4 5 6 7 8 9; do curl -s -o /dev/null http://flood.example/; done";
  await home.run("exec", slug, "--", "sh", "-c", flood);
  assert.deepEqual((await linesOf(home, slug, "--blocked", "-n", "1")).map(({ row }) => row.host), [
    "flood.example",
  ]);

  assert.equal((await home.run("audit", slug, "--verify")).code, 0);
  const { stdout } = await home.run("audit", slug, "--json");
  const piped = await home.start(["audit", "--verify", "-"], { stdin: stdout });
  assert.equal(piped.code, 0, piped.stdout);
  const cut = await home.start(["audit", "--verify", "-"], { stdin: stdout.slice(0, -20) });
  assert.equal(cut.code, 3);
  assert.match(cut.stdout, /^The chain does not hold: line \d+ is cut off$/m);

  assert.equal((await home.run("stop", slug)).code, 0);
  assert.equal((await home.run("cleanup", slug, "--yes")).code, 0);
  const saved = await linesOf(home, slug, "--host", "flood.example");
  // Two rows, but on a machine so slow that the flood takes longer than a window.
  assert.ok(saved.length < 9, `${saved.length} rows`);
  assert.equal(saved.reduce((sum, { row: { count = 1 } }) => sum + count, 0), 9);
  const archived = await home.run("audit", slug, "--verify");
  assert.equal(archived.code, 0, archived.stdout);
});
