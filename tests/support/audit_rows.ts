/** Audit rows for tests. */

import type { AuditRow } from "../../lib/egress/audit/audit_row.ts";

/** A row that was allowed; whatever a test needs otherwise is given. */
export function auditRow(given: Partial<AuditRow> = {}): AuditRow {
  return {
    time: "2026-01-02T03:04:05.678Z",
    kind: "http",
    method: "GET",
    scheme: "https",
    host: "example.com",
    port: 443,
    path: "/",
    verdict: "allowed",
    status: 200,
    bytes_up: 1,
    bytes_down: 2,
    duration_ms: 3,
    ...given,
  };
}
