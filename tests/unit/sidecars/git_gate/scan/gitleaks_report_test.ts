import assert from "node:assert/strict";
import {
  readCutReport,
  readReport,
} from "../../../../../sidecars/git_gate/scan/gitleaks_report.ts";

/** As 8.16 writes it. */
const FOUND = {
  Description: "AWS",
  StartLine: 2,
  EndLine: 2,
  StartColumn: 1,
  EndColumn: 20,
  Match: "x",
  Secret: "x",
  File: "/run/scan/0/17",
  RuleID: "aws-access-token",
};

function read(...findings: readonly unknown[]): ReturnType<typeof readReport> {
  return readReport(new TextEncoder().encode(JSON.stringify(findings)));
}

Deno.test("readReport reads rule, words, file and lines, and nothing that was found", () => {
  assert.deepEqual(read(FOUND), [
    { rule: "aws-access-token", what: "AWS", file: "17", line: 2, endLine: 2 },
  ]);
});

Deno.test("readReport takes a line feed behind a secret for the end of its line", () => {
  assert.equal(read({ ...FOUND, EndLine: 3, EndColumn: 1 })[0]?.endLine, 2);
  assert.equal(read({ ...FOUND, EndLine: 5, EndColumn: 2 })[0]?.endLine, 5);
});

Deno.test("readCutReport reads the findings that are whole, wherever the report breaks off", () => {
  const text = JSON.stringify([FOUND, FOUND, FOUND], null, 1);
  const first = text.indexOf("\n },") + 4;
  for (let cut = first; cut <= text.length; cut++) {
    const found = readCutReport(new TextEncoder().encode(text.slice(0, cut)));
    assert.equal(found.length, cut < text.indexOf("\n },", first) + 4 ? 1 : 2);
  }
  assert.throws(() => readCutReport(new TextEncoder().encode(text.slice(0, first - 1))), {
    code: "scan-failed",
  });
});

for (
  const [name, text] of Object.entries({
    nothing: "",
    rubbish: "Segmentation fault",
    "a report that breaks off": '[{"RuleID":',
    "another shape": "{}",
    "a finding without a line": '[{"RuleID":"a","Description":"b","File":"c"}]',
    "a line that is no number": JSON.stringify([{ ...FOUND, StartLine: "2" }]),
  })
) {
  Deno.test(`readReport refuses ${name}`, () => {
    assert.throws(() => readReport(new TextEncoder().encode(text)), { code: "scan-failed" });
  });
}
