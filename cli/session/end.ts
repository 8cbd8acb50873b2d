/** The end of a session: what is removed, what is kept, and what the person is told. */

import type { Bottle } from "../../lib/bottle.ts";
import type { LedgerRow } from "../../lib/egress/audit_row.ts";
import { ExitCode } from "../../lib/errors.ts";
import type { Services } from "../command.ts";
import { archiveBottle, countRows, fetchAudit } from "./audit_export.ts";
import { leftoverOf } from "./launch.ts";
import type { Outcome, SessionSummary } from "./outcome.ts";

/** What became of the bottle. */
export interface Ending {
  readonly isKept: boolean;
  /** Where its audit was saved; null if the ledger did not answer. */
  readonly archive: string | null;
  /** Why the audit could not be saved. */
  readonly auditProblem: string | null;
  readonly summary: SessionSummary;
}

/**
 * Ends a bottle's session. An agent that ended well by itself leaves nothing but the archive; any other end, and a
 * bottle that was started to be kept, leaves its containers stopped. An audit that can't be saved keeps the bottle too.
 */
export async function endSession(
  services: Services,
  bottle: Bottle,
  outcome: Outcome,
  startedAt: Date,
): Promise<Ending> {
  const { states, context, leftovers } = services;
  const { slug } = bottle.plan;
  const now = context.clock.now();
  using _lock = await states.lock(slug);
  const state = await states.update(slug, {
    last: { ended_at: now.toISOString(), exit_code: outcome.exitCode, by: outcome.by },
  });

  let rows: readonly LedgerRow[] = [];
  let archive: string | null = null;
  let auditProblem: string | null = null;
  try {
    rows = await fetchAudit(bottle.control);
    archive = await archiveBottle(context.home, state, rows, now);
  } catch (error) {
    auditProblem = error instanceof Error ? error.message : String(error);
  }

  const endedWell = outcome.by === "agent" && outcome.exitCode === ExitCode.ok;
  const isKept = !endedWell || state.keep || archive === null;
  if (isKept) {
    await bottle.stop();
    await bottle.control[Symbol.asyncDispose]();
    await states.update(slug, { phase: "stopped" });
  } else {
    await bottle[Symbol.asyncDispose]();
    await states.remove(slug);
  }
  leftovers.delete(leftoverOf(bottle.plan));
  return {
    isKept,
    archive,
    auditProblem,
    summary: {
      slug,
      exit_code: outcome.exitCode,
      by: outcome.by,
      duration_ms: now.getTime() - startedAt.getTime(),
      ...countRows(rows),
      pushes: 0,
      proposals: 0,
    },
  };
}
