/** `cleanup`: saves what is worth it, then removes bottles and what crashes left. */

import type { Backend } from "../../backends/backend.ts";
import { BottleError } from "../../lib/errors.ts";
import { isSlug, type Slug } from "../../lib/names.ts";
import { removeIfThere } from "../../lib/state/scraps.ts";
import type { CopyOut } from "../../lib/state/transcript.ts";
import type { Services } from "../command.ts";
import { type ArchivedBottle, exportAudit } from "./audit_export.ts";
import { knownKeys, type StayingKey, withdrawRecords } from "./deploy_keys.ts";
import { type CleanupPlan, runningSlugs } from "./plan_cleanup.ts";
import { type RescuedWork, rescueWork } from "./rescue_work.ts";
import { saveTranscript } from "./save_transcript.ts";
import { type TakenBottle, takeOver } from "./take_over.ts";
import { removeThrowaways } from "./throwaways.ts";

/** What a cleanup saved, and could not save. */
export interface CleanedUp {
  /** Bottles whose audit could not be saved, each with the reason. */
  readonly unsavedAudits: readonly string[];
  /** Bottles whose agent program's transcript could not be saved, each with the reason. */
  readonly unsavedTranscripts: readonly string[];
  readonly work: RescuedWork;
  /** Deploy keys that could not be removed: the next cleanup tries again. */
  readonly stayingKeys: readonly StayingKey[];
}

/**
 * Saves the audits, and work that was never fetched, as far as they can still be had; then removes. What has begun to run since it
 * was planned stays, unless it was about what runs.
 */
export async function carryOutCleanup(
  services: Services,
  plan: CleanupPlan,
): Promise<CleanedUp> {
  const { signal } = services.context;
  const backend = await services.backend();
  await using held = new AsyncDisposableStack();
  const taken = new Map<Slug, TakenBottle>();
  for (const { slug } of plan.states) {
    const bottle = await takeIfThere(services, slug);
    // One that another cleanup was quicker with is as it should be.
    if (bottle !== undefined) taken.set(slug, held.use(bottle));
  }
  const running = plan.includesRunning ? new Set<Slug>() : await runningSlugs(services);
  const states = plan.states.filter(({ slug }) => taken.has(slug) && !running.has(slug));
  const items = plan.items.filter(({ slug }) => slug === null || !running.has(slug));
  const unsavedAudits = await problemsOf(
    [...states, ...forgottenBottles({ ...plan, items })],
    (bottle) => saveAudit(services, backend, bottle),
  );
  const unsavedTranscripts = await problemsOf(states, (state) => {
    const copy: CopyOut = (path, into) => backend.copyOut(state.slug, path, into, signal);
    return saveTranscript(services, state, copy);
  });
  const work = await rescueWork(services, backend, states);
  await backend.cleanup(items, signal);
  const known = new Set(plan.states.map(({ slug }) => slug));
  const planned = new Set(plan.deployKeys.map(({ slug }) => slug));
  // Looked for again, now that nobody else changes them: another session may have left another key since.
  const gone = (await knownKeys(services)).records.filter(({ slug }) =>
    planned.has(slug) && (taken.has(slug) || !known.has(slug)) && !running.has(slug)
  );
  const stayingKeys = await withdrawRecords(services, gone, signal);
  for (const { slug } of states) {
    await services.states.remove(slug);
    taken.get(slug)?.settle();
  }
  for (const { name } of plan.corrupted) await removeCorrupted(services, name);
  await removeThrowaways(services.context, plan.throwaways);
  await removeIfThere(plan.scraps);
  return { unsavedAudits, unsavedTranscripts, work, stayingKeys };
}

async function takeIfThere(services: Services, slug: Slug): Promise<TakenBottle | undefined> {
  try {
    return await takeOver(services, slug, { signal: services.context.signal });
  } catch (error) {
    if (error instanceof BottleError && error.code === "bottle-unknown") return undefined;
    throw error;
  }
}

/** It may have been half made when it was looked at. */
async function removeCorrupted({ states }: Services, name: string): Promise<void> {
  const { corrupted } = await states.all();
  const isStill = corrupted.some((each) => each.name === name);
  if (isStill && isSlug(name) && !await states.isLocked(name)) await states.remove(name);
}

/** Bottles that the engine has something of, and no state that can be read: what their slugs tell of them. */
function forgottenBottles(plan: CleanupPlan): readonly ArchivedBottle[] {
  const known = new Set(plan.states.map(({ slug }) => slug));
  const slugs = new Set(
    plan.items.flatMap(({ slug }) => slug === null || known.has(slug) ? [] : [slug]),
  );
  return [...slugs].map((slug) => ({ slug, agent: slug.slice(0, slug.lastIndexOf("-")) }));
}

async function problemsOf<T extends { readonly slug: Slug }>(
  bottles: readonly T[],
  save: (bottle: T) => Promise<string | null>,
): Promise<readonly string[]> {
  const problems = await Promise.all(bottles.map(async (bottle) => {
    const problem = await save(bottle);
    return problem === null ? [] : [`${bottle.slug}: ${problem}`];
  }));
  return problems.flat();
}

async function saveAudit(
  services: Services,
  backend: Backend,
  bottle: ArchivedBottle,
): Promise<string | null> {
  const { context } = services;
  try {
    await exportAudit({ context, backend }, bottle);
    return null;
  } catch (error) {
    context.signal.throwIfAborted();
    return error instanceof Error ? error.message : String(error);
  }
}
