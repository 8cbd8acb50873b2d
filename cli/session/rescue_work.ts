/** Work that was never fetched, of bottles that are about to go: into their archives. */

import { join } from "node:path";
import type { Backend, OpenedGuest } from "../../backends/backend.ts";
import type { Slug } from "../../lib/names.ts";
import { archiveWork } from "../../lib/state/archived_work.ts";
import type { BottleState } from "../../lib/state/state.ts";
import { isSafelyHome } from "../../lib/workspace/saved_work.ts";
import type { Services } from "../command.ts";
import { openSealedGuest } from "./agent_start.ts";
import { saveWorkOf } from "./save_work.ts";

/** What became of it. */
export interface RescuedWork {
  /** Bottles whose work lies in the archive now, for `diff` and `fetch`. */
  readonly archived: readonly Slug[];
  /** Bottles whose work could not be had, each with the reason. */
  readonly problems: readonly string[];
}

/** Collects from those that run, then moves what was saved. The caller holds the bottles' locks. */
export async function rescueWork(
  services: Services,
  backend: Backend,
  states: readonly BottleState[],
): Promise<RescuedWork> {
  const { context } = services;
  const archived: Slug[] = [];
  const problems: string[] = [];
  for (const state of states) {
    if (state.workspace === null) continue;
    const { slug } = state;
    const openGuest = (): Promise<OpenedGuest> => openSealedGuest(backend, state, context.signal);
    const saved = await saveWorkOf(services, state, openGuest, context.signal);
    if (saved.problem !== null) problems.push(`${slug}: ${saved.problem}`);
    const { workspace } = saved.state;
    if (workspace === null || workspace.work === null || isSafelyHome(workspace)) continue;
    await archiveWork(context.home, slug, workspace, join(context.home, "state", slug));
    archived.push(slug);
  }
  return { archived, problems };
}
