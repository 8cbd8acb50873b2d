/** `cleanup`: removes bottles, and what crashes left. */

import type { Backend, CleanupItem } from "../../backends/backend.ts";
import { parseSlug, type Slug } from "../../lib/names.ts";
import type { BottleState } from "../../lib/state/state.ts";
import type { CorruptedState, KnownStates } from "../../lib/state/store.ts";
import type { Services } from "../command.ts";
import { archiveBottle, rowsOf } from "./audit_export.ts";
import { homeIdOf } from "./home.ts";

/** Which bottles it is about. */
export interface CleanupRequest {
  /** Slugs, or folder names of corrupted states; empty: all that do not run. */
  readonly names: readonly string[];
  /** `--all`: running ones too. */
  readonly all: boolean;
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
  const broken = new Set(known.corrupted.map((state) => state.name));
  const slugs = request.names.filter((name) => !broken.has(name)).map(parseSlug);
  const asked = request.names.length > 0;
  const items = asked && slugs.length === 0 ? [] : await backend.plannedCleanup(
    await homeIdOf(context.home),
    { slugs, includeRunning: request.all || asked },
    context.signal,
  );
  return { items, ...forgotten(known, request, slugs, items, await runningSlugs(services)) };
}

function forgotten(
  known: KnownStates,
  request: CleanupRequest,
  slugs: readonly Slug[],
  items: readonly CleanupItem[],
  running: ReadonlySet<Slug>,
): Pick<CleanupPlan, "states" | "corrupted"> {
  if (request.names.length > 0) {
    return {
      states: known.states.filter((state) => slugs.includes(state.slug)),
      corrupted: known.corrupted.filter((state) => request.names.includes(state.name)),
    };
  }
  const removed = new Set(items.map((item) => item.slug));
  return {
    states: known.states.filter((state) => removed.has(state.slug) || !running.has(state.slug)),
    corrupted: known.corrupted,
  };
}

async function runningSlugs(services: Services): Promise<ReadonlySet<Slug>> {
  const backend = await services.backend();
  const found = await backend.list(await homeIdOf(services.context.home), services.context.signal);
  return new Set(
    found.filter((bottle) => bottle.state === "running" || bottle.state === "shut")
      .map((bottle) => bottle.slug),
  );
}

/** Saves the audits that can still be read, then removes. Returns what could not be saved. */
export async function carryOutCleanup(
  services: Services,
  plan: CleanupPlan,
): Promise<readonly string[]> {
  const backend = await services.backend();
  const problems = await Promise.all(plan.states.map(async (state) => {
    const problem = await saveAudit(services, backend, state);
    return problem === undefined ? [] : [`${state.slug}: ${problem}`];
  }));
  await backend.cleanup(plan.items, services.context.signal);
  for (const state of plan.states) await services.states.remove(state.slug);
  for (const state of plan.corrupted) await services.states.remove(state.name);
  return problems.flat();
}

async function saveAudit(
  services: Services,
  backend: Backend,
  state: BottleState,
): Promise<string | undefined> {
  const { context } = services;
  try {
    const rows = await rowsOf(backend, state.slug, context.signal);
    await archiveBottle(context.home, state, rows, context.clock.now());
    return undefined;
  } catch (error) {
    context.signal.throwIfAborted();
    return error instanceof Error ? error.message : String(error);
  }
}
