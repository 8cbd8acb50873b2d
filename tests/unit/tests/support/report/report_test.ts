import assert from "node:assert/strict";
import type { TestCase } from "../../../../support/report/junit.ts";
import { type SuiteResult, summarise } from "../../../../support/report/report.ts";
import { parseExpectedSkips } from "../../../../support/report/skips.ts";

const passed: TestCase = { file: "tests/a_test.ts", name: "a", outcome: "passed", failure: "" };
const failed: TestCase = { ...passed, name: "b", outcome: "failed", failure: "Error: x\n    at y" };
const skipped: TestCase = { ...passed, name: "c (needs: kvm)", outcome: "skipped" };

function suite(given: Partial<SuiteResult>): SuiteResult {
  return {
    name: "unit",
    exitCode: 0,
    tests: [passed],
    files: ["tests/a_test.ts"],
    uncaught: [],
    ...given,
  };
}

Deno.test("summarise counts the cases and ends with them", () => {
  const report = summarise(
    [suite({}), suite({ name: "e2e", tests: [passed, skipped] })],
    [],
    ["tests/a_test.ts: c (needs: kvm)", "tests/a_test.ts: never skipped here (needs: kvm)"],
  );
  assert.deepEqual(report, {
    ok: true,
    lines: ["skipped: tests/a_test.ts: c (needs: kvm)", "2 passed, 0 failed, 1 skipped"],
  });
});

Deno.test("summarise shows failures after skips", () => {
  const report = summarise([suite({ exitCode: 1, tests: [failed, skipped, passed] })], [], [
    "tests/a_test.ts: c (needs: kvm)",
  ]);
  assert.deepEqual(report, {
    ok: false,
    lines: [
      "skipped: tests/a_test.ts: c (needs: kvm)",
      "FAILED tests/a_test.ts: b",
      "  Error: x",
      "      at y",
      "1 passed, 1 failed, 1 skipped",
    ],
  });
});

const TROUBLES: readonly (readonly [what: string, suites: SuiteResult[], line: RegExp])[] = [
  ["no suite at all", [], /^FAILED No test ran$/],
  ["a suite without a test", [suite({ tests: [], files: [] })], /^FAILED No test ran$/],
  [
    "a suite that crashed",
    [suite({ tests: undefined, exitCode: 139 })],
    /^FAILED unit: ended with 139 and left no report$/,
  ],
  [
    "a file that did not load",
    [suite({ exitCode: 1, files: ["tests/a_test.ts", "tests/b_test.ts"] })],
    /^FAILED tests\/b_test.ts: not one test of it ran$/,
  ],
  [
    "a suite that fails without a failed test",
    [suite({ exitCode: 1 })],
    /^FAILED unit: ended with 1 though no test failed$/,
  ],
  [
    "an error that no test caught",
    [suite({ exitCode: 1, tests: [failed], uncaught: [{ title: "uncaught", details: "why" }] })],
    /^FAILED uncaught$/,
  ],
  [
    "a skip that names no need",
    [suite({ tests: [passed, { ...skipped, name: "c" }] })],
    /^FAILED tests\/a_test.ts: c: skipped without "needs: …" in its name$/,
  ],
  [
    "a skip that was not expected",
    [suite({ tests: [passed, skipped] })],
    /^FAILED .*: skipped, but not in tests\/expected_skips.txt$/,
  ],
];

for (const [what, suites, line] of TROUBLES) {
  Deno.test(`summarise fails on ${what}`, () => {
    const report = summarise(suites, [], ["tests/a_test.ts: c"]);
    assert.equal(report.ok, false);
    assert.ok(report.lines.some((text) => line.test(text)), report.lines.join("\n"));
    assert.match(report.lines.at(-1) ?? "", /^\d+ passed, [1-9]\d* failed, \d+ skipped$/);
  });
}

Deno.test("summarise counts each trouble as a failure and shows its details", () => {
  const troubles = [{ title: "deno lint", details: "line 1\nline 2" }];
  assert.deepEqual(summarise([suite({})], troubles, []).lines, [
    "FAILED deno lint",
    "  line 1",
    "  line 2",
    "1 passed, 1 failed, 0 skipped",
  ]);
});

Deno.test("parseExpectedSkips drops comments and empty lines", () => {
  assert.deepEqual(parseExpectedSkips("# why\n\n  tests/a_test.ts: b (needs: kvm)  \n"), [
    "tests/a_test.ts: b (needs: kvm)",
  ]);
});
