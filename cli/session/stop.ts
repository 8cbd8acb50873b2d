/** `stop`: ends a bottle's processes and keeps it. */

import type { OpenedGuest } from "../../backends/backend.ts";
import { BottleError } from "../../lib/errors.ts";
import { parseSlug } from "../../lib/names.ts";
import type { Services } from "../command.ts";
import { openSealedGuest } from "./agent_start.ts";
import { exportAudit } from "./audit_export.ts";
import { type StayingKey, withdrawDeployKeys } from "./deploy_keys.ts";
import { type SavedWork, saveWorkOf } from "./save_work.ts";
import { takeOver } from "./take_over.ts";

/** What came of it. */
export interface Stopped {
  /** Why the audit could not be saved now; it stays on the bottle's volume. */
  readonly auditProblem: string | null;
  /** The agent's work in its workspace. */
  readonly work: SavedWork;
  /** Deploy keys that could not be removed. */
  readonly stayingKeys: readonly StayingKey[];
}

/** Saves the audit and the agent's work, stops agent and bundle, and removes the deploy keys. @throws {BottleError} `bottle-unknown`, `bottle-busy` */
export async function stop(services: Services, name: string): Promise<Stopped> {
  const { states, context } = services;
  const slug = parseSlug(name);
  const state = await states.read(slug);
  const backend = await services.backend();
  await using taken = await takeOver(services, slug, { signal: context.signal });
  let auditProblem: string | null = null;
  try {
    await exportAudit({ context, backend }, state);
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof BottleError)) throw error;
    auditProblem = error.message;
  }
  const openGuest = (): Promise<OpenedGuest> => openSealedGuest(backend, state, context.signal);
  const work = await saveWorkOf(services, state, openGuest, context.signal);
  await backend.stop(slug, context.signal);
  taken.settle();
  await states.update(slug, { phase: "stopped" });
  const stayingKeys = await withdrawDeployKeys(services, slug, context.signal);
  return { auditProblem, work, stayingKeys };
}
