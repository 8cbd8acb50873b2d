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

Deno.test("parseAuditRow escapes what a terminal could be tricked by, whoever sent the row", () => {
  const sent = { host: "a\x1b]0;x\x07", path: "/\u202e", detail: "a\nb", method: "G\x9b1m" };
  const row = parseAuditRow({
    ...full,
    ...sent,
    marks: ["\x00"],
    route: "\r",
    credential: "\u2028",
  });
  assert.equal(row.host, "a\\x1b]0;x\\x07");
  assert.equal(row.path, "/\\u202e");
  assert.equal(row.detail, "a\\x0ab");
  assert.equal(row.method, "G\\x9b1m");
  assert.deepEqual([row.marks, row.route, row.credential], [["\\x00"], "\\x0d", "\\u2028"]);
  assert.deepEqual(parseAuditRow(row), row);
});

Deno.test("parseAuditRow refuses a text that is too long once it is escaped", () => {
  assert.throws(() => parseAuditRow({ ...full, host: "\x00".repeat(10_000) }), {
    code: "shape-invalid",
  });
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

const pushed = {
  repo: "widget",
  refs: [{ ref: "refs/heads/a", old: "0".repeat(40), new: "a".repeat(64), accepted: true }],
  findings: [{ rule: "x", kind: "file", path: "a", line: 1, object: "" }],
  objects: 1,
} as const;

Deno.test("parseAuditRow takes a push over, and escapes the names in it", () => {
  const row = auditRow({ kind: "git", method: "push", scheme: "ssh", push: pushed });
  assert.deepEqual(parseAuditRow(row), row);
  const [ref] = pushed.refs;
  const [finding] = pushed.findings;
  const sent = {
    ...pushed,
    repo: "\x00",
    refs: [{ ...ref, ref: "a\x1b[2J", note: "unknown" }],
    findings: [{ ...finding, rule: "\x9b", path: "\u202e" }],
  };
  const { push } = parseAuditRow({ ...row, push: sent });
  assert.equal(push?.repo, "\\x00");
  assert.deepEqual(push?.refs, [{ ...ref, ref: "a\\x1b[2J" }]);
  assert.deepEqual(push?.findings, [{ ...finding, rule: "\\x9b", path: "\\u202e" }]);
});

Deno.test("parseAuditRow refuses a push with an object id that is none, or an unknown reason", () => {
  const [ref] = pushed.refs;
  for (const wrong of [{ old: "A".repeat(40) }, { new: "a" }, { reason: "no-match" }]) {
    const push = { ...pushed, refs: [{ ...ref, ...wrong }] };
    assert.throws(() => parseAuditRow({ ...full, push }), { code: "shape-invalid" });
  }
});

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
