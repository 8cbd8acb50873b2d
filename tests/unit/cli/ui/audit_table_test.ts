import assert from "node:assert/strict";
import { auditLines } from "../../../../cli/ui/audit_table.ts";
import { fc } from "../../../../lib/deps/fast_check.ts";
import type { AuditRow } from "../../../../lib/egress/audit/audit_row.ts";
import { auditRow } from "../../../support/audit_rows.ts";

function lineOf(row: Partial<AuditRow>): string {
  const stored = { seq: 1, row: auditRow(row), hash: "0".repeat(64) };
  const [, line = ""] = auditLines([stored], { useColor: false, width: Infinity });
  return line;
}

Deno.test("auditLines shows the end of a long host: whose it is stands there", () => {
  const line = lineOf({ host: `api.github.com.${"a".repeat(60)}.evil.example`, path: "/login" });
  assert.match(line, /…a+\.evil\.example\/login/);
  assert.doesNotMatch(line, /github/);
  assert.match(lineOf({ host: "api.github.com", path: "/a" }), / api\.github\.com\/a$/);
});

Deno.test("auditLines lets nothing through that a terminal obeys, in whatever field it stands", () => {
  const text = fc.string({
    unit: fc.constantFrom("a", "\x1b", "\x9b", "\n", "\r", "\u202e", "\u200b", "\ud800"),
  });
  const fields = fc.constantFrom(
    "time",
    "method",
    "host",
    "path",
    "reason",
    "detail",
    "credential",
  );
  fc.assert(fc.property(fields, text, (field, value) => {
    const line = lineOf({ verdict: "blocked", [field]: value, marks: [value] });
    assert.doesNotMatch(line, /[\p{Cc}\p{Cf}\p{Cs}]/u);
  }));
});
