/** What `cleanup` would remove: bottles, and what crashes left. */

import type { CleanupItem } from "../../backends/backend.ts";
import { parseSlug, type Slug } from "../../lib/names.ts";
import type { BottleState } from "../../lib/state/state.ts";
import type { CorruptedState, KnownStates } from "../../lib/state/store.ts";
import { findHomeId } from "../../lib/home_id.ts";
import { bottleBusy } from "../../lib/state/lock.ts";
import { findScraps } from "../../lib/state/scraps.ts";
import type { DeployKeyRecord } from "../../lib/deploy_key/record.ts";
import type { Services } from "../command.ts";
import { knownKeys } from "./deploy_keys.ts";
import { isBusy } from "./take.ts";
import { type LeftThrowaway, planThrowaways } from "./throwaways.ts";

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
  /** Deploy keys of theirs, and of bottles that nothing else is left of. */
  readonly deployKeys: readonly DeployKeyRecord[];
  /** Of demos and self-tests that were killed. */
  readonly throwaways: readonly LeftThrowaway[];
  /** Half-written files, absolute. */
  readonly scraps: readonly string[];
  /** Whether it is about bottles that run, too. */
  readonly includesRunning: boolean;
}

/** Looks, and removes nothing. */
export async function planCleanup(
  services: Services,
  request: CleanupRequest,
): Promise<CleanupPlan> {
  const { context } = services;
  const backend = await services.backend();
  // Before the states: a bottle is remembered before its key is asked for, so that a record without one is of none that is being launched.
  const { records } = await knownKeys(services);
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
    deployKeys: records.filter(({ slug }) => isMeant(slug)),
    states: known.states.filter(({ slug }) => isMeant(slug)),
    corrupted: known.corrupted.filter(({ name }) => isMeant(name)),
    throwaways: asked ? [] : await planThrowaways(context),
    scraps: asked ? [] : await findScraps(context.home, context.clock.now()),
    includesRunning: asked || request.all,
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

/** Bottles of which something runs, in the engine's words. */
export async function runningSlugs(services: Services): Promise<ReadonlySet<Slug>> {
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
