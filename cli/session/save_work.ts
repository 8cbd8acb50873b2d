/** Saving the agent's work before a bottle stops or goes: what `diff` and `fetch` then work on. */

import { join } from "node:path";
import { BottleError } from "../../lib/errors.ts";
import type { BottleState } from "../../lib/state/state.ts";
import type { Guest } from "../../lib/workspace/collect.ts";
import { isSafelyHome, saveWork } from "../../lib/workspace/saved_work.ts";
import type { Services } from "../command.ts";
import { collecting } from "../ui/collecting.ts";

/** What became of it. */
export interface SavedWork {
  /** With what is known of the work now. */
  readonly state: BottleState;
  /** Why it could not be saved; null: it was, or there is no workspace. */
  readonly problem: string | null;
  /** Whether removing the bottle would lose nothing of the agent's work. */
  readonly isSafe: boolean;
}

/** How long the end of a session, or `stop`, waits for the guest's git, in milliseconds. */
const END_MS = 5 * 60_000;

/**
 * Collects a bottle's work into its state's folder. Never throws for the guest's sake: an agent that has broken its repository must
 * not keep its bottle from stopping.
 *
 * @param openGuest the bottle's programs; may throw where it does not run
 * @param signal not the session's: it may have ended by Ctrl-C, and the work is to be saved all the same
 */
export async function saveWorkOf(
  services: Pick<Services, "context" | "settings" | "states">,
  state: BottleState,
  openGuest: () => Guest | Promise<Guest>,
  signal?: AbortSignal,
): Promise<SavedWork> {
  const { context, states } = services;
  const { workspace, slug } = state;
  if (workspace === null) return { state, problem: null, isSafe: true };
  try {
    const guest = await openGuest();
    using progress = collecting(services);
    const work = await saveWork(guest, {
      folder: join(context.home, "state", slug),
      guestFolder: workspace.guest_folder,
      include: workspace.include,
      // Not what was fetched: a branch that is deleted meanwhile must not take the saved work with it.
      known: [workspace.base],
      now: context.clock.now(),
      timeoutMs: END_MS,
      onBytes: progress.onBytes,
      ...(signal === undefined ? {} : { signal }),
    });
    progress.done();
    const changed = await states.update(slug, ({ workspace: latest }) => ({
      workspace: latest === null ? null : { ...latest, work },
    }));
    const isSafe = changed.workspace === null || isSafelyHome(changed.workspace);
    return { state: changed, problem: null, isSafe };
  } catch (error) {
    signal?.throwIfAborted();
    const isStopped = error instanceof BottleError && error.code === "bottle-not-running";
    if (isStopped && workspace.work !== null) {
      return { state, problem: null, isSafe: isSafelyHome(workspace) };
    }
    const problem = error instanceof BottleError
      ? error.message
      : `unexpected: ${error instanceof Error ? error.message : String(error)}`;
    return { state, problem, isSafe: false };
  }
}
