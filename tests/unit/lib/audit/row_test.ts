import assert from "node:assert/strict";
import { parseAuditRow, parseLedgerRow } from "../../../../lib/audit/row.ts";
import { auditRow } from "../../../support/audit_rows.ts";

const full = auditRow({
  verdict: "blocked",
  reason: "host-not-allowed",
  detail: "why",
  route: "*.example.com",
  credential: "bearer",
  marks: ["foreign-credential"],
});

Deno.test("parseAuditRow takes a row with all fields and one with the needed ones", () => {
  assert.deepEqual(parseAuditRow(full), full);
  assert.deepEqual(parseAuditRow(auditRow()), auditRow());
});

Deno.test("parseAuditRow drops fields that it does not know", () => {
  assert.deepEqual(parseAuditRow({ ...full, token: "x" }), full);
});

Deno.test("parseAuditRow rounds a duration, and takes one that makes no sense for none", () => {
  const durations = [[1.6, 2], [-5, 0], [NaN, 0], [Infinity, 0], ["7", 0], [undefined, 0]] as const;
  for (const [given, kept] of durations) {
    assert.equal(parseAuditRow({ ...full, duration_ms: given }).duration_ms, kept);
  }
});

const bad: readonly [string, unknown][] = [
  ["nothing", null],
  ["a list", [full]],
  ["an unknown kind", { ...full, kind: "smtp" }],
  ["an unknown verdict", { ...full, verdict: "maybe" }],
  ["an unknown reason", { ...full, reason: "constructor" }],
  ["a port that is a text", { ...full, port: "443" }],
  ["a port below 0", { ...full, port: -1 }],
  ["half a byte", { ...full, bytes_up: 0.5 }],
  ["a host that is too long", { ...full, host: "a".repeat(20_000) }],
  ["too many marks", { ...full, marks: new Array(33).fill("m") }],
  ["a mark that is a number", { ...full, marks: [1] }],
  ["a row without a time", { ...full, time: undefined }],
];
for (const [name, value] of bad) {
  Deno.test(`parseAuditRow refuses ${name}`, () => {
    assert.throws(() => parseAuditRow(value), { code: "shape-invalid" });
  });
}

Deno.test("parseAuditRow does not quote a value that it refuses", () => {
  assert.throws(
    () => parseAuditRow({ ...full, verdict: "sk-secret" }),
    (error: Error) => !error.message.includes("sk-secret"),
  );
});

Deno.test("parseLedgerRow reads number, row and hash", () => {
  const row = { seq: 7, row: full, hash: "a".repeat(64) };
  assert.deepEqual(parseLedgerRow(row), row);
  assert.throws(() => parseLedgerRow({ ...row, seq: "7" }), { code: "shape-invalid" });
});
