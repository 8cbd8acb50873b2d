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
import { escapeControl } from "../egress/escape.ts";
import type { AuditRow, FailReason, LedgerRow, PolicyChange } from "../egress/audit/audit_row.ts";
import { MAX_CHANGED_HOSTS } from "../egress/audit/policy_row.ts";
import { type BlockReason, blockReasons } from "../egress/reason.ts";

/** What a row tells of. */
export const AUDIT_KINDS = ["http", "connect", "dns", "self-test", "notice", "policy"] as const;
/** How it was to travel. */
export const AUDIT_SCHEMES = ["http", "https", "dns", ""] as const;
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
export const auditReasons: readonly (BlockReason | FailReason)[] = [
  ...Object.keys(blockReasons).filter((key): key is BlockReason =>
    Object.hasOwn(blockReasons, key)
  ),
  ...FAIL_REASONS,
];

/** Longest text of a row, in UTF-16 units: a path has 2,048, escaped at most six times that. */
export const LONGEST_TEXT = 2048 * 6;
/** Longest name in a row: of a method, a route, a mark. */
export const SHORT_TEXT = 1024;

/** Takes the known fields only, their texts escaped. @throws {BottleError} `shape-invalid` */
export function parseAuditRow(value: unknown): AuditRow {
  const row = readShape(value, "row");
  const reason = optional(row, "reason", () => readChoice(row, "reason", auditReasons));
  const detail = optional(row, "detail", () => readShown(row, "detail", LONGEST_TEXT));
  const route = optional(row, "route", () => readShown(row, "route", SHORT_TEXT));
  const credential = optional(row, "credential", () => readShown(row, "credential", SHORT_TEXT));
  const marks = optional(row, "marks", () => parseMarks(row));
  const change = optional(row, "change", () => parseChange(readShape(row.change, "change")));
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

/** The ledger's own escaping: rows of an egress that was taken over must not trick whoever reads them. */
function readShown(from: Shape, key: string, maxLength: number): string {
  const shown = escapeControl(readText(from, key, maxLength));
  return readText({ [key]: shown }, key, maxLength);
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
