/** `stop`: ends a bottle's processes and keeps it. */

import { BottleError } from "../../lib/errors.ts";
import { parseSlug } from "../../lib/names.ts";
import type { Services } from "../command.ts";
import { archiveBottle, rowsOf } from "./audit_export.ts";

/** What came of it. */
export interface Stopped {
  /** Why the audit could not be saved now; it stays on the bottle's volume. */
  readonly auditProblem: string | null;
}

/** Saves the audit, then stops agent and bundle. @throws {BottleError} `bottle-unknown`, `bottle-busy` */
export async function stop(services: Services, name: string): Promise<Stopped> {
  const { states, context } = services;
  const slug = parseSlug(name);
  const state = await states.read(slug);
  const backend = await services.backend();
  using _lock = await states.lock(slug);
  let auditProblem: string | null = null;
  try {
    const rows = await rowsOf(backend, slug, context.signal);
    await archiveBottle(context.home, state, rows, context.clock.now());
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof BottleError)) throw error;
    auditProblem = error.message;
  }
  await backend.stop(slug, context.signal);
  await states.update(slug, { phase: "stopped" });
  return { auditProblem };
}
