/** What killed programs have left of the bottles that they started for themselves: a demo's, a self-test's. */

import type { Backend, CleanupItem } from "../../backends/backend.ts";
import type { Context } from "../../lib/context.ts";
import { findHomeId } from "../../lib/home_id.ts";
import { claimAbandoned, findAbandoned, removeAbandoned } from "../../lib/state/throwaway.ts";
import { createBackend } from "../backend.ts";

/** A throw-away home whose program has ended without removing it. */
export interface LeftThrowaway {
  /** Absolute. */
  readonly folder: string;
  /** In the engine, in the order of removal. */
  readonly items: readonly CleanupItem[];
}

type MakeBackend = (context: Context) => Pick<Backend, "plannedCleanup" | "cleanup">;

/** Those of a home. Removes nothing. @throws what the backend says */
export async function planThrowaways(
  context: Context,
  makeBackend: MakeBackend = createBackend,
): Promise<readonly LeftThrowaway[]> {
  const folders = await findAbandoned(context.home);
  return await Promise.all(folders.map(async (folder) => {
    const own = { ...context, home: folder };
    return { folder, items: await itemsOf(makeBackend(own), own) };
  }));
}

/**
 * Removes those of the planned that are still abandoned: first what the engine has of each, then its folder, without which nobody would
 * find the rest.
 *
 * @throws {BottleError} `cleanup-incomplete`, or what the engine says
 */
export async function removeThrowaways(
  context: Context,
  planned: readonly LeftThrowaway[],
  makeBackend: MakeBackend = createBackend,
): Promise<void> {
  if (planned.length === 0) return;
  await using held = new AsyncDisposableStack();
  for (const claimed of await claimAbandoned(context.home)) {
    held.use(claimed);
    if (!planned.some(({ folder }) => folder === claimed.folder)) continue;
    const own = { ...context, home: claimed.folder };
    const backend = makeBackend(own);
    await backend.cleanup(await itemsOf(backend, own), context.signal);
    await removeAbandoned(claimed);
  }
}

/** Nobody works with any of it: its programs run for nobody, and its images were made for it alone. */
async function itemsOf(
  backend: ReturnType<MakeBackend>,
  { home, signal }: Context,
): Promise<readonly CleanupItem[]> {
  const selection = { slugs: [], includeRunning: true, images: true };
  const items = await backend.plannedCleanup(await findHomeId(home), selection, signal);
  // The bundle's is the same for every home.
  return items.filter(({ kind, name }) => kind !== "image" || !name.startsWith(BUNDLE_IMAGE));
}

const BUNDLE_IMAGE = "bot-bottle-bundle:";
