import assert from "node:assert/strict";
import { chainRows, EMPTY_CHAIN } from "../../../../lib/audit/chain.ts";
import { FINDING_KINDS, gateReasonNames } from "../../../../lib/audit/push.ts";
import { AUDIT_KINDS, auditReasons, parseAuditRow } from "../../../../lib/audit/row.ts";
import {
  auditJsonSchema,
  auditRowSchema,
  ledgerLineSchema,
} from "../../../../lib/audit/row_schema.ts";
import { fc } from "../../../../lib/deps/fast_check.ts";
import { AuditQueue } from "../../../../lib/egress/audit/audit_queue.ts";
import type { AuditRow } from "../../../../lib/egress/audit/audit_row.ts";
import { gitRow } from "../../../../lib/git_gate/push_row.ts";
import { DnsLog } from "../../../../lib/egress/dns/dns_log.ts";
import { policyRow } from "../../../../lib/egress/audit/policy_row.ts";
import { RefusalFold } from "../../../../lib/egress/audit/refusal_fold.ts";
import { ExchangeRecord } from "../../../../sidecars/egress/exchange/record.ts";
import { auditRow } from "../../../support/audit_rows.ts";

Deno.test("auditJsonSchema prints the schema of a line", async (t) => {
  await t.assertSnapshot(auditJsonSchema());
});

/** Rows as the program itself makes them. */
function realRows(): readonly AuditRow[] {
  const exchanges = (["http", "connect", "self-test"] as const).map((kind) => {
    const record = new ExchangeRecord();
    record.kind = kind;
    record.method = "GET";
    record.path = "/a?key=x";
    record.marks.push("foreign-credential");
    record.credential = "bearer";
    record.hasLeft = true;
    record.route = "*.example.com";
    const outcome = { verdict: "blocked", reason: "no-match", detail: "why\x00" } as const;
    return record.toRow(outcome, (text) => text);
  });
  const dns = new DnsLog();
  const asked = { name: "x.example", type: "A", isKnown: false };
  const looked = [0, 1, 2].flatMap((now) => dns.note(asked, now));
  const queue = new AuditQueue({ capacity: 1 });
  for (let n = 0; n < 3; n++) queue.add(auditRow());
  const notices = [0, 1].flatMap(() => {
    const rows = queue.take() ?? [];
    queue.acknowledge();
    return rows;
  });
  const route = { host: "a.test", matches: [{ methods: ["GET"] }], origin: "allow" };
  const fold = new RefusalFold();
  const refused = auditRow({ verdict: "blocked", reason: "method", bytes_up: 0, bytes_down: 0 });
  for (let now = 0; now < 3; now++) fold.take(refused, now);
  const https = { scheme: "https", host: "a.test", port: 443, path: "/a.git" } as const;
  const git = { name: "a", upstream: { ...https, username: "x", token: null } };
  const pushed = {
    verdict: "failed",
    reason: "upstream-refused",
    detail: "refs/heads/a: no",
    refs: [{ ref: "refs/heads/a", old: "0".repeat(40), new: "1".repeat(40), accepted: true }],
    findings: [{ rule: "x", kind: "path", path: "a", line: 0, object: "" }],
  } as const;
  return [
    gitRow("push", git, { ...pushed, started: 0, ended: 1 }),
    ...exchanges,
    ...looked,
    ...dns.flush(0, true),
    ...notices,
    policyRow({ added: [route], removed: [route], changed: [] }, 2, 0),
    ...[fold.due(0, true)].filter((row) => row !== undefined),
  ];
}

Deno.test("auditRowSchema holds for real rows of every kind, and the ledger takes them", () => {
  const rows = realRows();
  assert.deepEqual(new Set(rows.map(({ kind }) => kind)), new Set(AUDIT_KINDS));
  for (const row of rows) assert.deepEqual(auditRowSchema.parse(row), parseAuditRow(row));
  for (const line of chainRows(EMPTY_CHAIN, rows)) ledgerLineSchema.parse(line);
});

const word = fc.string({ unit: fc.constantFrom("a", "Z", "0", "/", ".", '"', "\u00e9") });
const hosts = fc.array(word, { maxLength: 3 });
const count = fc.oneof(fc.nat(), fc.constant(Number.MAX_SAFE_INTEGER));
const ref = {
  ref: "refs/heads/a",
  old: "0".repeat(40),
  new: "a".repeat(40),
  accepted: false,
  reason: "push-ref",
};
const finding = {
  rule: "x",
  what: "x",
  kind: "note",
  path: "a",
  line: 1,
  object: "",
  allowed_by_comment: true,
};
const objectId = fc.constantFrom("", "0".repeat(40), "a1".repeat(32));
const push = fc.record({
  repo: word,
  refs: fc.array(
    fc.record({
      ref: word,
      old: objectId,
      new: objectId,
      accepted: fc.boolean(),
      reason: fc.constantFrom(...gateReasonNames),
    }, { noNullPrototype: true, requiredKeys: ["ref", "old", "new", "accepted"] }),
    { maxLength: 3 },
  ),
  refs_more: count,
  findings: fc.array(
    fc.record({
      rule: word,
      what: word,
      kind: fc.constantFrom(...FINDING_KINDS),
      path: word,
      line: count,
      object: objectId,
      allowed_by_comment: fc.boolean(),
    }, { noNullPrototype: true, requiredKeys: ["rule", "kind", "path", "line", "object"] }),
    { maxLength: 3 },
  ),
  findings_more: count,
  objects: count,
}, { noNullPrototype: true, requiredKeys: ["repo", "refs", "findings", "objects"] });
const row = fc.record({
  time: word,
  kind: fc.constantFrom(...AUDIT_KINDS),
  method: word,
  scheme: fc.constantFrom("http", "https", "dns", "ssh", ""),
  host: word,
  port: count,
  path: word,
  verdict: fc.constantFrom("allowed", "blocked", "failed"),
  reason: fc.constantFrom(...auditReasons),
  detail: word,
  route: word,
  credential: word,
  marks: hosts,
  change: fc.record({
    by: fc.constant("host"),
    revision: count,
    added: hosts,
    removed: hosts,
    changed: hosts,
  }, { noNullPrototype: true }),
  push,
  count,
  last_time: word,
  status: count,
  bytes_up: count,
  bytes_down: count,
  duration_ms: count,
}, {
  noNullPrototype: true,
  requiredKeys: [
    ...["time", "kind", "method", "scheme", "host", "port", "path", "verdict"] as const,
    ...["status", "bytes_up", "bytes_down", "duration_ms"] as const,
  ],
});

Deno.test("auditRowSchema and parseAuditRow agree about pushes with something wrong in them", () => {
  const junk = fc.constantFrom<unknown>(
    ...["", "x", "A".repeat(40), "a".repeat(41), "a".repeat(1_025), -1, 0.5, true, [], [1], {}],
    ...[[{}], new Array(101).fill(ref), new Array(100).fill(ref), new Array(51).fill(finding)],
    new Array(50).fill(finding),
  );
  const places = [
    ...["repo", "refs", "refs_more", "findings", "findings_more", "objects"].map((key) => [key]),
    ...Object.keys(ref).map((key) => ["refs", key]),
    ...Object.keys(finding).map((key) => ["findings", key]),
  ];
  fc.assert(
    fc.property(fc.constantFrom(...places), junk, ([list = "", key], wrong) => {
      const inner = list === "refs" ? ref : finding;
      const changed = key === undefined ? wrong : [{ ...inner, [key]: wrong }];
      const value = auditRow({ kind: "git" });
      const push = { repo: "a", refs: [], findings: [], objects: 1, [list]: changed };
      const taken = parsed({ ...value, push });
      const isTaken = auditRowSchema.safeParse({ ...value, push }).success;
      assert.equal(isTaken, taken !== undefined, `${list} ${key} ${String(wrong).slice(0, 40)}`);
      if (taken !== undefined) assert.deepEqual(taken, { ...value, push });
    }),
    { numRuns: 1_000 },
  );
});

/** The row as the parser takes it over, or undefined. */
function parsed(value: unknown): AuditRow | undefined {
  try {
    return parseAuditRow(value);
  } catch {
    return undefined;
  }
}

Deno.test("auditRowSchema takes every row that parseAuditRow gives", () => {
  fc.assert(fc.property(row, (value) => {
    assert.deepEqual(parsed(value), value);
    assert.deepEqual(auditRowSchema.parse(value), value);
  }));
});

Deno.test("auditRowSchema and parseAuditRow agree about rows with something wrong in them", () => {
  const junk = fc.constantFrom<unknown>(
    ...["", "x", "allowed", "http", "a".repeat(1_025), "a".repeat(20_000)],
    ...[-1, 0.5, 2 ** 53, NaN, true, [], ["x"], [1], new Array(33).fill("m"), {}, { by: "host" }],
  );
  // What has no sense there is none: the parser takes a clock's odd duration for 0.
  const keys = Object.keys(auditRowSchema.shape).filter((key) => key !== "duration_ms");
  fc.assert(
    fc.property(row, fc.constantFrom(...keys), junk, (value, key, wrong) => {
      const changed = { ...value, [key]: wrong };
      const taken = parsed(changed);
      const isTaken = auditRowSchema.safeParse(changed).success;
      assert.equal(isTaken, taken !== undefined, `${key} ${String(wrong).slice(0, 40)}`);
      if (taken !== undefined) assert.deepEqual(taken, changed);
    }),
    { numRuns: 1_000 },
  );
});
