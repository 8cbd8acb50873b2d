/** Rows of the gate without the bottle's own credentials: whoever pushes chooses names, ids and paths that stand in them. */

import type { AuditRow } from "../egress/audit/audit_row.ts";
import type { PushRecord } from "./push_record.ts";

/** In the place of a text in which one was found. */
export const HIDDEN_TEXT = "(hidden: a credential of this bottle is in it)";

/**
 * Makes what takes them out. A push that is refused by its refs alone was never scanned, and its row names them.
 *
 * @param holds whether one is in a text, in any spelling
 *
 * @example
 * ```ts
 * import { gitRowRedactor } from "./redact_row.ts";
 * const row = {
 *   time: "2026-01-02T03:04:05.678Z", kind: "git", method: "fetch", scheme: "", host: "", port: 0,
 *   path: "/token-12345678/info/refs", verdict: "blocked", status: 0, bytes_up: 0, bytes_down: 0, duration_ms: 0,
 * } as const;
 * if (/1234/.test(gitRowRedactor((text) => text.includes("12345678"))(row).path)) throw new Error("it shows");
 * ```
 */
export function gitRowRedactor(holds: (text: string) => boolean): (row: AuditRow) => AuditRow {
  const hide = (text: string): string => holds(text) ? HIDDEN_TEXT : text;
  return (row) => ({
    ...row,
    path: hide(row.path),
    ...(row.detail === undefined ? {} : { detail: hide(row.detail) }),
    ...(row.push === undefined ? {} : { push: hideNames(row.push, holds, hide) }),
  });
}

function hideNames(
  push: PushRecord,
  holds: (text: string) => boolean,
  hide: (text: string) => string,
): PushRecord {
  // The old id is what the pusher says that the ref was: any digits.
  const hideId = (id: string): string => holds(id) ? "0".repeat(id.length) : id;
  return {
    ...push,
    refs: push.refs.map((one) => ({
      ...one,
      ref: hide(one.ref),
      old: hideId(one.old),
      new: hideId(one.new),
    })),
    findings: push.findings.map((one) => ({ ...one, path: hide(one.path) })),
  };
}
