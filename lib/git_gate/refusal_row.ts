/** A request that is for no declared repository, as a row of the audit. */

import type { AuditRow } from "../egress/audit/audit_row.ts";
import { escapeControl } from "../egress/escape.ts";
import { type GateReason, gateReasons } from "./reason.ts";

const MAX_PATH = 256;

/** @param path what was asked for, as it was sent @param now milliseconds since 1970 */
export function refusalRow(reason: GateReason, path: string, now: number): AuditRow {
  return {
    time: new Date(now).toISOString(),
    kind: "git",
    method: "fetch",
    scheme: "",
    host: "",
    port: 0,
    path: escapeControl(path.slice(0, MAX_PATH)),
    verdict: "blocked",
    reason,
    detail: gateReasons[reason],
    status: 0,
    bytes_up: 0,
    bytes_down: 0,
    duration_ms: 0,
  };
}
