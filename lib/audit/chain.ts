/**
 * The hash chain of the audit: a row that is changed, dropped, added or moved afterwards breaks every hash behind it.
 * A chain proves order and wholeness, not authorship: who may write the whole file may write a whole new chain.
 */

import { createHash } from "node:crypto";
import type { AuditRow, LedgerRow } from "../egress/audit/audit_row.ts";

/** The hash before the first row: 64 zeroes. */
export const GENESIS = "0".repeat(64);

/** The end of a chain: what the next row is chained to. */
export interface ChainEnd {
  /** Sequence number of the last row; 0 before the first. */
  readonly seq: number;
  /** Its hash, 64 lower-case hex digits. */
  readonly hash: string;
}

/** The end of a chain without rows. */
export const EMPTY_CHAIN: ChainEnd = { seq: 0, hash: GENESIS };

/** Where and why a chain does not hold. */
export interface ChainBreak {
  readonly seq: number;
  readonly why: "gap" | "hash";
}

/**
 * JSON with its keys in code-unit order and no spaces: the same value gives the same bytes, whoever wrote it.
 * Keys whose value is undefined are left out, as `JSON.stringify` does.
 *
 * @example
 * ```ts
 * import { canonicalJson } from "./chain.ts";
 * if (canonicalJson({ b: [1], a: "x" }) !== `{"a":"x","b":[1]}`) throw new Error("not canonical");
 * ```
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(
    value,
    (_key, inner: unknown) =>
      typeof inner === "object" && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => a < b ? -1 : 1))
        : inner,
  );
}

/** SHA-256 over the previous hash and the row's canonical JSON, 64 lower-case hex digits. */
export function chainHash(previousHash: string, canonicalRow: string): string {
  return createHash("sha256").update(previousHash).update(canonicalRow).digest("hex");
}

/** Chains rows to what there is. */
export function chainRows(end: ChainEnd, rows: readonly AuditRow[]): readonly LedgerRow[] {
  let { seq, hash } = end;
  return rows.map((row) => {
    seq++;
    hash = chainHash(hash, canonicalJson(row));
    return { seq, row, hash };
  });
}

/**
 * Checks rows that follow `end` (default: from the first row on).
 *
 * @returns the first break, or undefined if there is none
 */
export function findBreak(
  rows: Iterable<LedgerRow>,
  end: ChainEnd = EMPTY_CHAIN,
): ChainBreak | undefined {
  let { seq, hash } = end;
  for (const row of rows) {
    seq++;
    if (row.seq !== seq) return { seq, why: "gap" };
    hash = chainHash(hash, canonicalJson(row.row));
    if (row.hash !== hash) return { seq, why: "hash" };
  }
  return undefined;
}
