/** Audit rows as they come in from a stream: egress may be broken, the ledger may not. */

import {
  optional,
  readChoice,
  readCount,
  readList,
  readShape,
  readText,
  type Shape,
} from "../control/shape.ts";
import type { AuditRow, FailReason, LedgerRow, PolicyChange } from "../egress/audit/audit_row.ts";
import { MAX_CHANGED_HOSTS } from "../egress/audit/policy_row.ts";
import { type BlockReason, blockReasons } from "../egress/reason.ts";
import { type GateReason, gateReasons, isGateReason } from "../git_gate/reason.ts";
import { parsePushRecord } from "./push.ts";
import { LONGEST_TEXT, readShown, SHORT_TEXT } from "./shown.ts";

export { LONGEST_TEXT, SHORT_TEXT } from "./shown.ts";

/** What a row tells of. */
export const AUDIT_KINDS = [
  "http",
  "connect",
  "dns",
  "git",
  "self-test",
  "notice",
  "policy",
] as const;
/** How it was to travel. */
export const AUDIT_SCHEMES = ["http", "https", "dns", "ssh", ""] as const;
/** What became of it. */
export const AUDIT_VERDICTS = ["allowed", "blocked", "failed"] as const;
const FAIL_REASONS = [
  "upstream-unreachable",
  "upstream-timeout",
  "upstream-protocol",
  "upstream-unreadable",
  "upstream-closed",
  "upstream-proxy",
  "client-closed",
  "client-timeout",
] as const satisfies readonly FailReason[];
/** Why rows say that something did not pass, or came to nothing. */
export const auditReasons: readonly (BlockReason | FailReason | GateReason)[] = [
  ...Object.keys(blockReasons).filter((key): key is BlockReason =>
    Object.hasOwn(blockReasons, key)
  ),
  ...FAIL_REASONS,
  ...Object.keys(gateReasons).filter(isGateReason),
];

/** Takes the known fields only, their texts escaped. @throws {BottleError} `shape-invalid` */
export function parseAuditRow(value: unknown): AuditRow {
  const row = readShape(value, "row");
  const reason = optional(row, "reason", () => readChoice(row, "reason", auditReasons));
  const detail = optional(row, "detail", () => readShown(row, "detail", LONGEST_TEXT));
  const route = optional(row, "route", () => readShown(row, "route", SHORT_TEXT));
  const credential = optional(row, "credential", () => readShown(row, "credential", SHORT_TEXT));
  const marks = optional(row, "marks", () => parseMarks(row));
  const change = optional(row, "change", () => parseChange(readShape(row.change, "change")));
  const push = optional(row, "push", () => parsePushRecord(row.push));
  const count = optional(row, "count", () => readCount(row, "count"));
  const lastTime = optional(row, "last_time", () => readShown(row, "last_time", 40));
  return {
    time: readShown(row, "time", 40),
    kind: readChoice(row, "kind", AUDIT_KINDS),
    method: readShown(row, "method", SHORT_TEXT),
    scheme: readChoice(row, "scheme", AUDIT_SCHEMES),
    host: readShown(row, "host", LONGEST_TEXT),
    port: readCount(row, "port"),
    path: readShown(row, "path", LONGEST_TEXT),
    verdict: readChoice(row, "verdict", AUDIT_VERDICTS),
    ...(reason === undefined ? {} : { reason }),
    ...(detail === undefined ? {} : { detail }),
    ...(route === undefined ? {} : { route }),
    ...(credential === undefined ? {} : { credential }),
    ...(marks === undefined ? {} : { marks }),
    ...(change === undefined ? {} : { change }),
    ...(push === undefined ? {} : { push }),
    ...(count === undefined ? {} : { count }),
    ...(lastTime === undefined ? {} : { last_time: lastTime }),
    status: readCount(row, "status"),
    bytes_up: readCount(row, "bytes_up"),
    bytes_down: readCount(row, "bytes_down"),
    duration_ms: Math.round(readDuration(row.duration_ms)),
  };
}

/** @throws {BottleError} `shape-invalid` */
export function parseLedgerRow(value: unknown): LedgerRow {
  const shape = readShape(value, "ledger row");
  return {
    seq: readCount(shape, "seq"),
    row: parseAuditRow(shape.row),
    hash: readText(shape, "hash", 64),
  };
}

function parseMarks(row: Shape): readonly string[] {
  return readList(row, "marks", 32).map((mark) => readShown({ mark }, "mark", SHORT_TEXT));
}

function parseChange(shape: Shape): PolicyChange {
  const hosts = (key: string): readonly string[] =>
    readList(shape, key, MAX_CHANGED_HOSTS).map((host) => readShown({ host }, "host", 256));
  return {
    by: readChoice(shape, "by", ["host"]),
    revision: readCount(shape, "revision"),
    added: hosts("added"),
    removed: hosts("removed"),
    changed: hosts("changed"),
  };
}

/** Clocks give fractions, and a clock that was set back gives less than nothing. */
function readDuration(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? Math.max(0, value) : 0;
}
