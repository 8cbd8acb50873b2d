/** The end of a session: what is removed, what is kept, and what the person is told. */

import type { Bottle } from "../../lib/bottle.ts";
import { ExitCode } from "../../lib/errors.ts";
import type { Services } from "../command.ts";
import { archiveBottle, ledgerRows, type RowCounts } from "./audit_export.ts";
import { type StayingKey, withdrawDeployKeys } from "./deploy_keys.ts";
import { TO_THE_END } from "./gate_keys.ts";
import { leftoverOf } from "./launch.ts";
import type { Outcome, SessionSummary } from "./outcome.ts";
import { type SavedWork, saveWorkOf } from "./save_work.ts";
import { saveTranscript } from "./save_transcript.ts";
import { takeIfThere } from "./take.ts";

/** What became of the bottle. */
export interface Ending {
  readonly isKept: boolean;
  /** Why the audit could not be saved; null: it was. */
  readonly auditProblem: string | null;
  /** Why the agent program's transcript could not be saved; null: it was, there is none, or the bottle is kept anyway. */
  readonly transcriptProblem: string | null;
  /** The agent's work in its workspace; null: the bottle is gone already. */
  readonly work: SavedWork | null;
  /** Deploy keys that could not be removed. */
  readonly stayingKeys: readonly StayingKey[];
  readonly summary: SessionSummary;
}

/** How long another command that is stopping the bottle under the agent may take, in milliseconds. */
const OTHERS_MS = 60_000;
/** Of an audit that nobody could read. */
const NOTHING: RowCounts = { requests: 0, blocked: 0 };

/**
 * Ends a bottle's session. An agent that ended well by itself leaves nothing but the archive; any other end, and a
 * bottle that was started to be kept, leaves its containers stopped. Work that would be lost, and an audit that can't be
 * saved, keep the bottle too.
 */
export async function endSession(
  services: Services,
  bottle: Bottle,
  outcome: Outcome,
  startedAt: Date,
): Promise<Ending> {
  const { context, leftovers } = services;
  const { slug } = bottle.plan;
  const now = context.clock.now();
  const summary = (counts: RowCounts): SessionSummary => ({
    slug,
    exit_code: outcome.exitCode,
    by: outcome.by,
    duration_ms: now.getTime() - startedAt.getTime(),
    requests: counts.requests,
    blocked: counts.blocked,
    pushes: 0,
    proposals: 0,
  });
  using lock = await takeIfThere(services, slug, { patienceMs: OTHERS_MS });
  if (lock === undefined) {
    // Another command has removed the bottle under the agent, its audit saved.
    await bottle.control[Symbol.asyncDispose]();
    leftovers.delete(leftoverOf(bottle.plan));
    return {
      isKept: false,
      auditProblem: null,
      transcriptProblem: null,
      work: null,
      stayingKeys: [],
      summary: summary(NOTHING),
    };
  }
  try {
    return await endLocked(services, bottle, { outcome, now, summary });
  } catch (error) {
    // A disk that is full, most likely. What can't be remembered must not run on for it; the first error is the one to tell.
    await bottle.stop().catch(() => undefined);
    await bottle.control[Symbol.asyncDispose]();
    await withdrawDeployKeys(services, slug, TO_THE_END).catch(() => undefined);
    leftovers.delete(leftoverOf(bottle.plan));
    throw error;
  }
}

/** What an end is made from. */
interface EndFacts {
  readonly outcome: Outcome;
  readonly now: Date;
  readonly summary: (counts: RowCounts) => SessionSummary;
}

async function endLocked(
  services: Services,
  bottle: Bottle,
  { outcome, now, summary }: EndFacts,
): Promise<Ending> {
  const { states, context, leftovers } = services;
  const { slug } = bottle.plan;
  const state = await states.update(slug, {
    last: { ended_at: now.toISOString(), exit_code: outcome.exitCode, by: outcome.by },
  });

  let counts: RowCounts = NOTHING;
  let auditProblem: string | null = null;
  try {
    counts = await archiveBottle(context.home, state, ledgerRows(bottle.control), now);
  } catch (error) {
    auditProblem = error instanceof Error ? error.message : String(error);
  }

  const work = await saveWorkOf(services, state, () => bottle);
  const endedWell = outcome.by === "agent" && outcome.exitCode === ExitCode.ok;
  const mayGo = endedWell && !state.keep && auditProblem === null && work.isSafe;
  const transcriptProblem = mayGo
    ? await saveTranscript(services, state, (path, into) => bottle.cpOut(path, into))
    : null;
  const isKept = !mayGo || transcriptProblem !== null;
  if (isKept) {
    await bottle.stop();
    await bottle.control[Symbol.asyncDispose]();
    await states.update(slug, { phase: "stopped" });
  } else {
    await bottle[Symbol.asyncDispose]();
  }
  // Once nobody holds them any more.
  const stayingKeys = await withdrawDeployKeys(services, slug, TO_THE_END);
  if (!isKept) await states.remove(slug);
  leftovers.delete(leftoverOf(bottle.plan));
  return {
    isKept,
    auditProblem,
    transcriptProblem,
    work,
    stayingKeys,
    summary: summary(counts),
  };
}
