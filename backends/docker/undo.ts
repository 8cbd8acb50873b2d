/** Taking back what a launch made. */

import type { Progress } from "../backend.ts";
import type { Engine } from "../engine/engine.ts";
import { planCleanup, removeItems } from "./cleanup.ts";
import { type LabelFilter, takeInventory } from "./inventory.ts";
import { type OuterNetworkOptions, removeUnusedOuterNetwork } from "./outer_network.ts";

/**
 * Removes everything with these labels, running or not, and the home's outer network if it was the last. By labels
 * and not by what was noted down: a call that was cut off may have made something all the same. Call it when every
 * call of the launch has settled.
 *
 * @throws {BottleError} `cleanup-incomplete`, or what the engine says
 */
export async function removeLabelled(
  engine: Engine,
  outer: OuterNetworkOptions,
  labels: LabelFilter,
): Promise<void> {
  const inventory = await takeInventory(engine, labels);
  const items = planCleanup(inventory, { slugs: [], includeRunning: true });
  try {
    await removeItems(engine, inventory, items);
  } finally {
    await removeUnusedOuterNetwork(engine, outer);
  }
}

/** As {@linkcode removeLabelled}, for the way out of a failure: that failure is what the person must see. */
export async function undoLaunch(
  engine: Engine,
  outer: OuterNetworkOptions,
  labels: LabelFilter,
  progress: Progress,
): Promise<void> {
  using step = progress.step("Undo");
  try {
    await removeLabelled(engine, outer, labels);
    step.done("nothing is left");
  } catch (error) {
    step.line(error instanceof Error ? error.message : String(error));
    step.line("Something may be left: `bot-bottle cleanup` removes it");
  }
}
