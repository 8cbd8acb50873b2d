/** The audit of a bottle, brought to the host. */

import type { Backend } from "../../backends/backend.ts";
import type { ControlClient } from "../../lib/control/client.ts";
import type { LedgerRow } from "../../lib/egress/audit_row.ts";
import { isOfSelfTest } from "../../lib/egress/self_test_row.ts";
import { BottleError } from "../../lib/errors.ts";
import { type Slug, VERSION } from "../../lib/names.ts";
import { type ArchivedSession, writeArchive } from "../../lib/state/archive.ts";
import { expireArchives } from "../../lib/state/archive_expiry.ts";
import type { BottleState } from "../../lib/state/state.ts";

/** How long a bundle may take to answer when it is asked for its rows. */
const ANSWER_MS = 30_000;

/** All rows that the ledger has. */
export async function fetchAudit(control: ControlClient): Promise<readonly LedgerRow[]> {
  const signal = AbortSignal.timeout(ANSWER_MS);
  await drainEgress(control, signal);
  const rows: LedgerRow[] = [];
  for await (const row of control.audit({ after: 0 }, signal)) rows.push(row);
  return rows;
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

/**
 * All rows of a bottle, whatever state it is in: from its bundle, or where no bundle answers from the volume.
 *
 * @throws {BottleError} what the backend says
 */
export async function rowsOf(
  backend: Backend,
  slug: Slug,
  signal: AbortSignal,
): Promise<readonly LedgerRow[]> {
  try {
    await using control = await backend.control(slug, signal);
    return await fetchAudit(control);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof BottleError)) throw error;
    return await backend.storedAudit(slug, signal);
  }
}

/** What an archive tells of a bottle; of one that nobody remembers only what its name says. */
export type ArchivedBottle =
  & Pick<BottleState, "slug" | "agent">
  & Partial<Pick<BottleState, "bottle" | "label" | "created_at" | "last">>;

/** Writes a bottle's archive, and removes archives that have expired; returns the folder. */
export async function archiveBottle(
  home: string,
  bottle: ArchivedBottle,
  rows: readonly LedgerRow[],
  now: Date,
): Promise<string> {
  const session: ArchivedSession = {
    slug: bottle.slug,
    agent: bottle.agent,
    bottle: bottle.bottle ?? null,
    label: bottle.label ?? null,
    version: VERSION,
    created_at: bottle.created_at ?? null,
    archived_at: now.toISOString(),
    exit_code: bottle.last?.exit_code ?? null,
    by: bottle.last?.by ?? null,
    rows: rows.length,
  };
  const folder = await writeArchive(home, session, rows);
  // The next one tries again: this archive is written.
  await expireArchives(home, now).catch(() => []);
  return folder;
}

/** What a summary says of the rows: exchanges through the proxy, and those refused. Look-ups and the self-test are not counted. */
export function countRows(rows: readonly LedgerRow[]): { requests: number; blocked: number } {
  const exchanges = rows.filter((row) =>
    (row.row.kind === "http" || row.row.kind === "connect") && !isOfSelfTest(row.row)
  );
  return {
    requests: countFolded(exchanges),
    blocked: countFolded(exchanges.filter(({ row }) => row.verdict === "blocked")),
  };
}

/** A row may tell of several refusals alike. */
function countFolded(rows: readonly LedgerRow[]): number {
  return rows.reduce((sum, { row: { count = 1 } }) => sum + count, 0);
}
