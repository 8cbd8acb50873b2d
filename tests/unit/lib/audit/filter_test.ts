import assert from "node:assert/strict";
import { type AuditFilter, matchesFilter, matchesText } from "../../../../lib/audit/filter.ts";
import { fc } from "../../../../lib/deps/fast_check.ts";
import { auditRow } from "../../../support/audit_rows.ts";

const row = auditRow({
  time: "2026-01-02T03:04:05.678Z",
  host: "api.example.com",
  method: "POST",
  verdict: "blocked",
  reason: "no-match",
  route: "*.example.com",
  marks: ["foreign-credential", "sent-in-part"],
});
const at = Date.parse(row.time);

const table: readonly (readonly [name: string, filter: AuditFilter, isWanted: boolean])[] = [
  ["nothing", {}, true],
  ["its host", { hosts: ["api.example.com"] }, true],
  ["its host in another case", { hosts: ["API.Example.com"] }, true],
  ["a pattern", { hosts: ["*.example.com"] }, true],
  ["one of two patterns", { hosts: ["x", "api*"] }, true],
  ["another host", { hosts: ["example.com"] }, false],
  ["its method", { methods: ["GET", "POST"] }, true],
  ["another method", { methods: ["GET"] }, false],
  ["its verdict", { verdicts: ["blocked"] }, true],
  ["another verdict", { verdicts: ["allowed", "failed"] }, false],
  ["its reason", { reasons: ["no-match"] }, true],
  ["another reason", { reasons: ["method"] }, false],
  ["one of its marks", { marks: ["sent-in-part"] }, true],
  ["another mark", { marks: ["sent"] }, false],
  ["its route", { routes: ["*.example.com"] }, true],
  ["another route that has its host", { routes: ["api.example.com"] }, false],
  ["its very moment", { since: at, until: at }, true],
  ["later moments", { since: at + 1 }, false],
  ["earlier moments", { until: at - 1 }, false],
  ["all but one", { hosts: ["api*"], methods: ["POST"], verdicts: ["allowed"] }, false],
];
for (const [name, filter, isWanted] of table) {
  Deno.test(`matchesFilter with ${name} is ${isWanted}`, () => {
    assert.equal(matchesFilter(row, filter), isWanted);
  });
}

Deno.test("matchesFilter wants no row without what it asks for", () => {
  const plain = auditRow();
  for (const filter of [{ reasons: ["method"] }, { routes: ["x"] }, { marks: ["x"] }]) {
    assert.equal(matchesFilter(plain, filter), false);
  }
});

Deno.test("matchesFilter takes a row of several refusals from the first of them to the last", () => {
  const folded = { ...row, count: 9, last_time: new Date(at + 1_000).toISOString() };
  assert.equal(matchesFilter(folded, { since: at + 1_000 }), true);
  assert.equal(matchesFilter(folded, { since: at + 1_001 }), false);
  assert.equal(matchesFilter(folded, { until: at }), true);
});

Deno.test("matchesText is what the pattern is as an expression", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", ".", "*"), maxLength: 8 });
  fc.assert(fc.property(text, text.map((value) => value.replaceAll("*", "x")), (pattern, value) => {
    const source = pattern.split("*").map((part) => part.replaceAll(".", "\\.")).join(".*");
    assert.equal(matchesText(pattern, value), new RegExp(`^${source}$`).test(value));
  }));
});
