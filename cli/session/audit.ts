/** `audit`: the rows of a bottle that runs, of one whose audit was saved, or of a file. */

import { type AuditFilter, matchesFilter } from "../../lib/audit/filter.ts";
import type { LedgerRow } from "../../lib/egress/audit/audit_row.ts";
import type { Services } from "../command.ts";
import { type AuditPlace, type AuditSource, openAudit } from "./audit_source.ts";
import { parseSaved } from "./saved_audit.ts";

/** What `audit` is asked for. */
export interface AuditRequest {
  readonly place: AuditPlace;
  readonly filter: AuditFilter;
  /** The newest so many of those that the filter lets through; absent: all. */
  readonly last?: number | undefined;
  /** Rows that come later too, until the bottle or the person ends it. */
  readonly follow: boolean;
}

/**
 * The rows, oldest first: from the ledger of a bottle that is there, else from the archive, or from a file.
 *
 * @throws {BottleError} what the backend says of a bottle that has no archive; `audit-corrupted`, `audit-unreadable`
 */
export async function* readAudit(
  services: Services,
  { place, filter, last, follow }: AuditRequest,
): AsyncGenerator<LedgerRow, void, void> {
  await using source = await openAudit(services, place);
  const rows = rowsOf(source, { filter, follow, signal: services.context.signal });
  if (last === undefined) {
    for await (const row of rows) {
      if (matchesFilter(row.row, filter)) yield row;
    }
    return;
  }
  yield* newest(rows, {
    filter,
    count: last,
    known: follow && source.kind === "ledger" ? source.last : Infinity,
  });
}

interface RowsOptions {
  readonly filter: AuditFilter;
  readonly follow: boolean;
  readonly signal: AbortSignal;
}

async function* rowsOf(
  source: AuditSource,
  { filter, follow, signal }: RowsOptions,
): AsyncGenerator<LedgerRow, void, void> {
  switch (source.kind) {
    case "rows":
      yield* source.rows;
      return;
    case "lines":
      yield* parseSaved(source.lines, source.name);
      return;
    case "ledger": {
      const { verdicts } = filter;
      const isBlocked = verdicts?.length === 1 && verdicts[0] === "blocked";
      // A follower tells by the number of a row what was there before: it needs them all.
      const less = isBlocked && !follow ? { verdict: "blocked" as const } : {};
      yield* source.control.audit({ after: 0, follow, ...less }, signal);
      return;
    }
  }
  source satisfies never;
}

/** Keeps what it may have to give out, and no more; behind `known`, rows go out as they come. */
async function* newest(
  rows: AsyncIterable<LedgerRow>,
  { filter, count, known }: { filter: AuditFilter; count: number; known: number },
): AsyncGenerator<LedgerRow, void, void> {
  let kept: LedgerRow[] = [];
  let isShown = known === 0;
  for await (const row of rows) {
    if (row.seq > known && !isShown) {
      yield* kept.splice(0).slice(-count);
      isShown = true;
    }
    if (matchesFilter(row.row, filter)) {
      if (isShown) yield row;
      else if (kept.push(row) >= 2 * count) kept = kept.slice(-count);
    }
    if (row.seq === known) {
      yield* kept.splice(0).slice(-count);
      isShown = true;
    }
  }
  yield* kept.slice(-count);
}
