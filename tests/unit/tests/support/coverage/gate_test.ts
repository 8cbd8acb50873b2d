import assert from "node:assert/strict";
import { type Gate, GATES, judge } from "../../../../support/coverage/gate.ts";
import { parseLcov } from "../../../../support/coverage/lcov.ts";

const LCOV = `SF:/repo/lib/a.ts
FN:1,a
BRDA:2,0,0,0
BRDA:2,0,1,3
BRDA:5,1,0,-
DA:1,1
DA:2,0
DA:3,12
end_of_record
SF:/elsewhere/b.ts
DA:1,1
end_of_record
`;

Deno.test("parseLcov counts lines and branches of each file", () => {
  assert.deepEqual(parseLcov(LCOV, "/repo/"), [
    { file: "lib/a.ts", lines: { found: 3, hit: 2 }, branches: { found: 3, hit: 1 } },
    { file: "/elsewhere/b.ts", lines: { found: 1, hit: 1 }, branches: { found: 0, hit: 0 } },
  ]);
});

const gate: Gate = { title: "lines of lib/", of: "lines", files: /^lib\//, least: 90 };

function covered(file: string, found: number, hit: number): ReturnType<typeof parseLcov>[number] {
  return { file, lines: { found, hit }, branches: { found: 0, hit: 0 } };
}

Deno.test("judge sums over the gate's files only", () => {
  const verdict = judge(gate, [covered("lib/a.ts", 100, 90), covered("cli/b.ts", 100, 0)]);
  assert.equal(verdict.ok, true);
  assert.equal(verdict.line, "lines of lib/: 90.0 % (at least 90 %)");
  assert.deepEqual(verdict.missing, ["lib/a.ts: 10 of 100 lines not run"]);
});

Deno.test("judge does not round a miss up to the bound", () => {
  const verdict = judge(gate, [covered("lib/a.ts", 10_000, 8_999)]);
  assert.equal(verdict.ok, false);
  assert.equal(verdict.line, "lines of lib/: 89.9 % (at least 90 %)");
});

Deno.test("judge names the files that miss most first", () => {
  const verdict = judge(gate, [
    covered("lib/a.ts", 10, 9),
    covered("lib/b.ts", 10, 1),
    covered("lib/c.ts", 10, 10),
  ]);
  assert.deepEqual(verdict.missing, [
    "lib/b.ts: 9 of 10 lines not run",
    "lib/a.ts: 1 of 10 lines not run",
  ]);
});

Deno.test("judge fails where nothing was measured", () => {
  for (const each of GATES) assert.equal(judge(each, []).ok, false, each.title);
});
