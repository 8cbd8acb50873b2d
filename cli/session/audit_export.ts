/** The audit of a bottle, brought to the host. */

import type { Backend } from "../../backends/backend.ts";
import type { Context } from "../../lib/context.ts";
import type { ControlClient } from "../../lib/control/client.ts";
import type { LedgerRow } from "../../lib/egress/audit/audit_row.ts";
import { isOfSelfTest } from "../../lib/egress/audit/self_test_row.ts";
import { BottleError } from "../../lib/errors.ts";
import { VERSION } from "../../lib/names.ts";
import { type Rows, writeArchive } from "../../lib/state/archive.ts";
import { expireArchives } from "../../lib/state/archive_expiry.ts";
import type { BottleState } from "../../lib/state/state.ts";

/** How long a bundle may take to answer when it is asked for its rows, and again for each of their pages. */
const ANSWER_MS = 30_000;
/** Of a page there are never so many. */
const PAGE = 1_000;

/** All rows that the ledger has, as they come. */
export async function* ledgerRows(control: ControlClient): AsyncGenerator<LedgerRow, void, void> {
  const late = new AbortController();
  const isLate = (): void => late.abort(new DOMException("No answer", "TimeoutError"));
  let timer = setTimeout(isLate, ANSWER_MS);
  try {
    await drainEgress(control, late.signal);
    let count = 0;
    for await (const row of control.audit({ after: 0 }, late.signal)) {
      yield row;
      if (++count % PAGE !== 0) continue;
      clearTimeout(timer);
      timer = setTimeout(isLate, ANSWER_MS);
    }
  } finally {
    clearTimeout(timer);
  }
}

/** Egress answers after the rows that it sent before, on the same stream: then the ledger has them all. */
async function drainEgress(control: ControlClient, signal: AbortSignal): Promise<void> {
  try {
    await control.call("stats", null, { signal });
  } catch (error) {
    // One that is down sends none, and the ledger has what it got.
    if (!(error instanceof BottleError) || error.code !== "control-refused") throw error;
  }
}

/** What an archive tells of a bottle; of one that nobody remembers only what its name says. */
export type ArchivedBottle =
  & Pick<BottleState, "slug" | "agent">
  & Partial<Pick<BottleState, "bottle" | "label" | "created_at" | "last">>;

/**
 * Saves the audit of a bottle, whatever state it is in: from its bundle, or where no bundle answers from the volume.
 *
 * @throws {BottleError} what the backend says
 */
export async function exportAudit(
  { context, backend }: { readonly context: Context; readonly backend: Backend },
  bottle: ArchivedBottle,
): Promise<void> {
  const { home, signal, clock } = context;
  try {
    await using control = await backend.control(bottle.slug, signal);
    await archiveBottle(home, bottle, ledgerRows(control), clock.now());
  } catch (error) {
    signal.throwIfAborted();
    // What is wrong with the host's disk is not the bundle's to answer for.
    if (!(error instanceof BottleError) || isOfDisk(error)) throw error;
    await archiveBottle(home, bottle, backend.storedAudit(bottle.slug, signal), clock.now());
  }
}

function isOfDisk({ code }: BottleError): boolean {
  return code === "disk-full" || code === "not-writable";
}

/** Writes a bottle's archive, and removes archives that have expired; returns what its summary says of the rows. */
export async function archiveBottle(
  home: string,
  bottle: ArchivedBottle,
  rows: Rows,
  now: Date,
): Promise<RowCounts> {
  const counts = { requests: 0, blocked: 0 };
  await writeArchive(home, {
    slug: bottle.slug,
    agent: bottle.agent,
    bottle: bottle.bottle ?? null,
    label: bottle.label ?? null,
    version: VERSION,
    created_at: bottle.created_at ?? null,
    archived_at: now.toISOString(),
    exit_code: bottle.last?.exit_code ?? null,
    by: bottle.last?.by ?? null,
  }, counted(rows, counts));
  // The next one tries again: this archive is written.
  await expireArchives(home, now).catch(() => []);
  return counts;
}

/** What a summary says of rows: exchanges through the proxy, and those refused. Look-ups and the self-test are not counted. */
export interface RowCounts {
  readonly requests: number;
  readonly blocked: number;
}

/** Counts rows while they pass. A row may tell of several refusals alike. */
async function* counted(
  rows: Rows,
  counts: { requests: number; blocked: number },
): AsyncGenerator<LedgerRow, void, void> {
  for await (const stored of rows) {
    const { kind, verdict, count = 1 } = stored.row;
    if ((kind === "http" || kind === "connect") && !isOfSelfTest(stored.row)) {
      counts.requests += count;
      if (verdict === "blocked") counts.blocked += count;
    }
    yield stored;
  }
}
