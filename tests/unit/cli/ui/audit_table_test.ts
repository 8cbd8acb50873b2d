import assert from "node:assert/strict";
import { auditLines } from "../../../../cli/ui/audit_table.ts";
import { fc } from "../../../../lib/deps/fast_check.ts";
import type { AuditRow } from "../../../../lib/egress/audit/audit_row.ts";
import type { PushedRef } from "../../../../lib/git_gate/push_record.ts";
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

Deno.test("auditLines names a push by its repository and refs, and a fetch by its upstream", () => {
  const ref = (name: string): PushedRef => ({
    ref: name,
    old: "0".repeat(40),
    new: "a".repeat(40),
    accepted: true,
  });
  const refs = ["refs/heads/main", "refs/tags/v1"].map(ref);
  const git = {
    kind: "git",
    scheme: "ssh",
    host: "git.example.com",
    port: 22,
    path: "/a",
  } as const;
  const push = { repo: "widget", refs, findings: [], objects: 1 };
  assert.match(lineOf({ ...git, method: "push", push }), / push +widget: heads\/main, tags\/v1$/);
  const many = { ...push, refs: [...refs, ...refs], refs_more: 7 };
  assert.match(lineOf({ ...git, push: many }), /heads\/main, tags\/v1, heads\/main and 8 more$/);
  const long = { ...push, refs: [ref("a".repeat(200))], refs_more: 1 };
  assert.match(lineOf({ ...git, push: long }), /widget: a+… and 1 more$/);
  assert.match(lineOf({ ...git, method: "fetch" }), / fetch +git\.example\.com\/a$/);
});
