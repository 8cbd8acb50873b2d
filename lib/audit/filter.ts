/** Which rows of an audit are wanted: the one rule for the ledger, for archives and for files. */

import type { AuditRow, Verdict } from "../egress/audit/audit_row.ts";

/** All that is given must hold, and of each list one entry; what is absent holds for every row. */
export interface AuditFilter {
  /** Patterns over the whole host, without case: a star stands for any characters. */
  readonly hosts?: readonly string[];
  /** Methods as rows have them; of look-ups the record type. */
  readonly methods?: readonly string[];
  readonly verdicts?: readonly Verdict[];
  readonly reasons?: readonly string[];
  /** A row has several marks: one of them must be among these. */
  readonly marks?: readonly string[];
  /** Host patterns of the routes that decided, to the letter. */
  readonly routes?: readonly string[];
  /** Milliseconds since 1970: rows from then on. */
  readonly since?: number;
  /** Milliseconds since 1970: rows up to then. */
  readonly until?: number;
}

/**
 * Whether a row is wanted. One that tells of several refusals counts from the first of them to the last.
 *
 * @example
 * ```ts
 * import { matchesFilter } from "./filter.ts";
 * const row = {
 *   time: "2026-01-02T03:04:05.678Z", kind: "http", method: "GET", scheme: "https", host: "api.example.com", port: 443,
 *   path: "/", verdict: "allowed", status: 200, bytes_up: 0, bytes_down: 2, duration_ms: 1,
 * } as const;
 * if (!matchesFilter(row, { hosts: ["*.example.com"], methods: ["GET"] })) throw new Error("expected the row");
 * if (matchesFilter(row, { verdicts: ["blocked"] })) throw new Error("it was allowed");
 * ```
 */
export function matchesFilter(row: AuditRow, filter: AuditFilter): boolean {
  return isOneOf(filter.methods, row.method) && isOneOf(filter.verdicts, row.verdict) &&
    isOneOf(filter.reasons, row.reason) && isOneOf(filter.routes, row.route) &&
    (filter.hosts?.some((pattern) => matchesText(pattern, row.host)) ?? true) &&
    (filter.marks?.some((mark) => row.marks?.includes(mark) ?? false) ?? true) &&
    isWithin(row, filter);
}

/** Whether a text fits a pattern whose stars stand for any characters, none among them; without case. */
export function matchesText(pattern: string, text: string): boolean {
  const [first = "", ...rest] = pattern.toLowerCase().split("*");
  const folded = text.toLowerCase();
  const last = rest.pop();
  if (last === undefined) return folded === first;
  if (!folded.startsWith(first) || !folded.endsWith(last)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = folded.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= folded.length - last.length;
}

function isOneOf(wanted: readonly string[] | undefined, value: string | undefined): boolean {
  return wanted === undefined || value !== undefined && wanted.includes(value);
}

function isWithin(row: AuditRow, { since, until }: AuditFilter): boolean {
  return (since === undefined || Date.parse(row.last_time ?? row.time) >= since) &&
    (until === undefined || Date.parse(row.time) <= until);
}
