import assert from "node:assert/strict";
import type { AuditRow } from "../../../../lib/egress/audit/audit_row.ts";
import { AuditSender } from "../../../../sidecars/audit/audit_sender.ts";
import { auditRow } from "../../../support/audit_rows.ts";

const PATIENCE_MS = 60_000;
const refused = auditRow({
  verdict: "blocked",
  reason: "method",
  status: 403,
  bytes_up: 0,
  bytes_down: 0,
});

function commit(sender: AuditSender, row: AuditRow, times: number): void {
  for (let time = 0; time < times; time++) sender.reserve()?.commit(row);
}

Deno.test("AuditSender counts refusals alike without a place each, and tells them when it is closed", async () => {
  const rows: AuditRow[] = [];
  const sender = new AuditSender((batch) => Promise.resolve(void rows.push(...batch)));
  commit(sender, refused, 5_000);
  commit(sender, auditRow({ path: "/allowed" }), 2);
  await sender.close(PATIENCE_MS);
  assert.deepEqual(rows.map(({ count, path }) => [path, count]), [
    ["/", undefined],
    ["/allowed", undefined],
    ["/allowed", undefined],
    ["/", 4_999],
  ]);
});

Deno.test("AuditSender loses no count where the ledger is down, and takes them when it is back", async () => {
  const rows: AuditRow[] = [];
  let isDown = true;
  const sender = new AuditSender((batch) => {
    if (isDown) return Promise.reject(new Error("down"));
    return Promise.resolve(void rows.push(...batch));
  });
  commit(sender, refused, 7);
  commit(sender, auditRow(), 999);
  assert.equal(sender.reserve(), undefined, "the queue is full");
  isDown = false;
  await sender.close(PATIENCE_MS);
  assert.equal(rows.length, 1_001);
  assert.equal(rows.at(-1)?.count, 6);
});

Deno.test("AuditSender takes credentials out of every row before it is folded", async () => {
  const rows: AuditRow[] = [];
  const redact = (row: AuditRow): AuditRow => ({ ...row, host: "redacted" });
  const sender = new AuditSender((batch) => Promise.resolve(void rows.push(...batch)), { redact });
  commit(sender, { ...refused, host: "a" }, 1);
  commit(sender, { ...refused, host: "b" }, 2);
  sender.add(auditRow({ host: "c" }));
  await sender.close(PATIENCE_MS);
  assert.deepEqual(rows.map(({ host, count }) => [host, count]), [
    ["redacted", undefined],
    ["redacted", undefined],
    ["redacted", 2],
  ]);
});
