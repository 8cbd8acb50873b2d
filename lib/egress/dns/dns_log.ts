/** Look-ups as audit rows: each name is told, a flood of them is counted. */

import type { AuditRow } from "../audit/audit_row.ts";
import type { DnsAsked } from "./dns_policy.ts";
import { escapeControl } from "../escape.ts";

/** A look-up is folded with its like for so long. */
export const DNS_WINDOW_MS = 60_000;
/** So many different look-ups are told in a window, so that a flood can't fill the ledger. */
export const DNS_NAMES_PER_WINDOW = 60;

/**
 * Folds look-ups. A name that the bottle has is told once. Of the others, within a window, the first of each name and
 * type becomes a row at once; repeats, and names beyond the bound, are counted and told in one row when the window
 * has passed.
 *
 * @example
 * ```ts
 * import { DnsLog } from "./dns_log.ts";
 * const log = new DnsLog();
 * const asked = { name: "example.com", type: "A", isKnown: false };
 * if (log.note(asked, 0).length !== 1 || log.note(asked, 1).length !== 0) throw new Error("not folded");
 * ```
 */
export class DnsLog {
  readonly #known = new Set<string>();
  readonly #told = new Set<string>();
  #start = 0;
  #repeats = 0;
  #untold = 0;

  /** Takes a look-up; answers the rows that are due. @param now milliseconds since 1970 */
  note(asked: DnsAsked, now: number): readonly AuditRow[] {
    const due = this.flush(now);
    if (asked.isKnown) {
      if (this.#known.has(asked.name)) return due;
      this.#known.add(asked.name);
      return [...due, lookupRow(asked, now)];
    }
    if (this.#told.size === 0 && this.#untold === 0) this.#start = now;
    const key = `${asked.type} ${asked.name}`;
    if (this.#told.has(key)) {
      this.#repeats++;
      return due;
    }
    if (this.#told.size >= DNS_NAMES_PER_WINDOW) {
      this.#untold++;
      return due;
    }
    this.#told.add(key);
    return [...due, lookupRow(asked, now)];
  }

  /**
   * Ends the window if it has passed, or at once when `isLast`; answers its summary if something was only counted.
   */
  flush(now: number, isLast = false): readonly AuditRow[] {
    if (!isLast && now - this.#start < DNS_WINDOW_MS) return [];
    const summary = this.#repeats + this.#untold > 0
      ? [summaryRow(this.#repeats, this.#untold, now)]
      : [];
    this.#told.clear();
    this.#repeats = 0;
    this.#untold = 0;
    return summary;
  }
}

function lookupRow({ name, type, isKnown }: DnsAsked, now: number): AuditRow {
  const host = escapeControl(name);
  if (isKnown) return { ...row(now), method: type, host, verdict: "allowed" };
  return {
    ...row(now),
    method: type,
    host,
    verdict: "blocked",
    reason: "host-not-allowed",
    detail: "No look-up leaves the bottle",
  };
}

function summaryRow(repeats: number, untold: number, now: number): AuditRow {
  const detail = `Within the last ${DNS_WINDOW_MS / 1_000} s also ${repeats} repeats, ` +
    `and ${untold} look-ups beyond the ${DNS_NAMES_PER_WINDOW} that are told`;
  return {
    ...row(now),
    method: "",
    host: "",
    verdict: "blocked",
    reason: "host-not-allowed",
    detail,
  };
}

function row(now: number): Omit<AuditRow, "method" | "host" | "verdict"> {
  return {
    time: new Date(now).toISOString(),
    kind: "dns",
    scheme: "dns",
    port: 53,
    path: "",
    status: 0,
    bytes_up: 0,
    bytes_down: 0,
    duration_ms: 0,
  };
}
