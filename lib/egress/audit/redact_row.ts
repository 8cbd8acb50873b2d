/** Rows of the audit without credentials, whoever wrote them down and in whatever spelling. */

import { Buffer } from "node:buffer";
import type { AuditRow } from "./audit_row.ts";
import { secretFinder } from "../scan/secret_finder.ts";
import { overwrite } from "../scan/stream_scan.ts";

/** Parts the fields in one text: rows have control characters escaped. */
const PART = 0x0a;

/**
 * Makes what takes values out of the texts of a row that come from outside: host, path and detail, so that a credential
 * asked for as a host's label or looked up as a name is in no audit. It is replaced by as many `*`.
 *
 * @param secrets as `spellSecret` takes them
 *
 * @example
 * ```ts
 * import { rowRedactor } from "./redact_row.ts";
 * const row = {
 *   time: "2026-01-02T03:04:05.678Z", kind: "dns", method: "A", scheme: "dns", host: "SK-live.12345678.example", port: 53,
 *   path: "", verdict: "blocked", status: 0, bytes_up: 0, bytes_down: 0, duration_ms: 0,
 * } as const;
 * if (/1234/.test(rowRedactor(["sk-live-12345678"])(row).host)) throw new Error("it shows");
 * ```
 */
export function rowRedactor(secrets: readonly string[]): (row: AuditRow) => AuditRow {
  const finder = secretFinder(secrets);
  if (finder === undefined) return (row) => row;
  return (row) => {
    const { host, path, detail = "" } = row;
    const bytes = Buffer.from(`${host}\n${path}\n${detail}`);
    const ranges: number[] = [];
    finder.search(bytes, (found) => void ranges.push(...found.ranges));
    if (ranges.length === 0) return row;
    const afterHost = Buffer.byteLength(host);
    const afterPath = afterHost + 1 + Buffer.byteLength(path);
    overwrite(bytes, ranges);
    // One that goes on from a field to the next is overwritten across the border between them.
    bytes[afterHost] = bytes[afterPath] = PART;
    return {
      ...row,
      host: bytes.toString("utf8", 0, afterHost),
      path: bytes.toString("utf8", afterHost + 1, afterPath),
      ...(row.detail === undefined ? {} : { detail: bytes.toString("utf8", afterPath + 1) }),
    };
  };
}
