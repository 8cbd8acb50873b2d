/** `cleanup`: removes bottles, and what crashes left. */

import type { Backend, CleanupItem } from "../../backends/backend.ts";
import { parseSlug, type Slug } from "../../lib/names.ts";
import type { BottleState } from "../../lib/state/state.ts";
import type { CopyOut } from "../../lib/state/transcript.ts";
import type { CorruptedState, KnownStates } from "../../lib/state/store.ts";
import { findHomeId } from "../../lib/home_id.ts";
import { bottleBusy } from "../../lib/state/lock.ts";
import type { Services } from "../command.ts";
import { archiveBottle, type ArchivedBottle, rowsOf } from "./audit_export.ts";
import { type RescuedWork, rescueWork } from "./rescue_work.ts";
import { saveTranscript } from "./save_transcript.ts";
import { isBusy, takeIfThere } from "./take.ts";

/** Which bottles it is about. */
export interface CleanupRequest {
  /** Slugs, or folder names of corrupted states; empty: all that do not run. */
  readonly names: readonly string[];
  /** `--all`: running ones too. */
  readonly all: boolean;
  /** `--images`: images too that no container needs then. */
  readonly images: boolean;
}

/** What a cleanup would remove. */
export interface CleanupPlan {
  /** In the engine, in the order of removal. */
  readonly items: readonly CleanupItem[];
  /** Remembered bottles to forget. */
  readonly states: readonly BottleState[];
  readonly corrupted: readonly CorruptedState[];
}

/** Looks, and removes nothing. */
export async function planCleanup(
  services: Services,
  request: CleanupRequest,
): Promise<CleanupPlan> {
  const { context } = services;
  const backend = await services.backend();
  const known = await services.states.all();
  const slugs = request.names.map(parseSlug);
  const asked = request.names.length > 0;
  const found = await backend.plannedCleanup(
    await findHomeId(context.home),
    { slugs, includeRunning: request.all || asked, images: request.images },
    context.signal,
  );
  const busy = await busySlugs(services, known, slugs);
  // The image of a bottle that is being launched has no container yet.
  const isLaunching = known.states.some(({ slug, phase }) =>
    phase === "launching" && busy.has(slug)
  );
  const items = found.filter(({ kind, slug }) =>
    kind === "image" ? !isLaunching : slug === null || !busy.has(slug)
  );
  const kept = asked || request.all ? busy : busy.union(await runningSlugs(services));
  const isMeant = (slug: string): boolean =>
    asked ? slugs.some((each) => each === slug) : ![...kept].some((each) => each === slug);
  return {
    items,
    states: known.states.filter(({ slug }) => isMeant(slug)),
    corrupted: known.corrupted.filter(({ name }) => isMeant(name)),
  };
}

/** A bottle that another command is just launching has containers that don't run yet: they are not left over. */
async function busySlugs(
  services: Services,
  known: KnownStates,
  asked: readonly Slug[],
): Promise<ReadonlySet<Slug>> {
  const busy = new Set<Slug>();
  await Promise.all(known.states.map(async ({ slug }) => {
    if (!await isBusy(services, slug)) return;
    // Who names a bottle is told that it is busy.
    if (asked.includes(slug)) throw bottleBusy(slug);
    busy.add(slug);
  }));
  return busy;
}

async function runningSlugs(services: Services): Promise<ReadonlySet<Slug>> {
  const backend = await services.backend();
  const found = await backend.list(
    await findHomeId(services.context.home),
    services.context.signal,
  );
  return new Set(
    found.filter((bottle) => bottle.state === "running" || bottle.state === "shut")
      .map((bottle) => bottle.slug),
  );
}

/** What a cleanup saved, and could not save. */
export interface CleanedUp {
  /** Bottles whose audit could not be saved, each with the reason. */
  readonly unsavedAudits: readonly string[];
  /** Bottles whose agent program's transcript could not be saved, each with the reason. */
  readonly unsavedTranscripts: readonly string[];
  readonly work: RescuedWork;
}

/** Saves the audits, and work that was never fetched, as far as they can still be had; then removes. */
export async function carryOutCleanup(
  services: Services,
  plan: CleanupPlan,
): Promise<CleanedUp> {
  const backend = await services.backend();
  using locks = new DisposableStack();
  const { signal } = services.context;
  const states: BottleState[] = [];
  for (const state of plan.states) {
    const lock = locks.use(await takeIfThere(services, state.slug, { signal }));
    // One that another cleanup was quicker with is as it should be.
    if (lock !== undefined) states.push(state);
  }
  const unsavedAudits = await problemsOf(
    [...states, ...forgottenBottles(plan)],
    (bottle) => saveAudit(services, backend, bottle),
  );
  const unsavedTranscripts = await problemsOf(states, (state) => {
    const copy: CopyOut = (path, into) => backend.copyOut(state.slug, path, into, signal);
    return saveTranscript(services, state, copy);
  });
  const work = await rescueWork(services, backend, states);
  await backend.cleanup(plan.items, services.context.signal);
  for (const state of states) await services.states.remove(state.slug);
  for (const state of plan.corrupted) await services.states.remove(state.name);
  return { unsavedAudits, unsavedTranscripts, work };
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
    const rows = await rowsOf(backend, bottle.slug, context.signal);
    await archiveBottle(context.home, bottle, rows, context.clock.now());
    return null;
  } catch (error) {
    context.signal.throwIfAborted();
    return error instanceof Error ? error.message : String(error);
  }
}
