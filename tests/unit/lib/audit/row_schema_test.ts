import assert from "node:assert/strict";
import { chainRows, EMPTY_CHAIN } from "../../../../lib/audit/chain.ts";
import { AUDIT_KINDS, auditReasons, parseAuditRow } from "../../../../lib/audit/row.ts";
import {
  auditJsonSchema,
  auditRowSchema,
  ledgerLineSchema,
} from "../../../../lib/audit/row_schema.ts";
import { fc } from "../../../../lib/deps/fast_check.ts";
import { AuditQueue } from "../../../../lib/egress/audit/audit_queue.ts";
import type { AuditRow } from "../../../../lib/egress/audit/audit_row.ts";
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
  return [
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
const row = fc.record({
  time: word,
  kind: fc.constantFrom(...AUDIT_KINDS),
  method: word,
  scheme: fc.constantFrom("http", "https", "dns", ""),
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
