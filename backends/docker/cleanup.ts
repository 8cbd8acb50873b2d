/** What a cleanup removes, and the removing. */

import type { CleanupItem, CleanupSelection } from "../backend.ts";
import { BottleError } from "../../lib/errors.ts";
import type { Slug } from "../../lib/names.ts";
import type { Engine } from "../engine/engine.ts";
import { engineError, EngineErrorCode } from "../engine/errors.ts";
import type { Inventory } from "./inventory.ts";

/**
 * Chooses, in the order of removal: containers, then the networks and volumes that they held. A bottle runs if any of
 * its containers does: also one that is just being launched, and a builder. The home's outer network goes when no
 * container of the home would be left.
 */
export function planCleanup(
  inventory: Inventory,
  selection: CleanupSelection,
): readonly CleanupItem[] {
  const running = new Set(
    inventory.containers.filter(({ state }) => isUp(state)).map(({ slug }) => slug),
  );
  const wanted = (slug: Slug | null): boolean =>
    (selection.slugs.length === 0 || (slug !== null && selection.slugs.includes(slug))) &&
    (selection.includeRunning || !running.has(slug));
  const containers = inventory.containers.filter(({ slug }) => wanted(slug));
  const isLast = containers.length === inventory.containers.length;
  const networks = inventory.networks.filter(({ role, slug }) =>
    role === "outer" ? isLast && selection.slugs.length === 0 : wanted(slug)
  );
  const volumes = inventory.volumes.filter(({ slug }) => wanted(slug));
  return [
    ...containers.map(({ id, name, slug, state }): CleanupItem => ({
      kind: "container",
      name,
      id,
      slug,
      running: isUp(state),
    })),
    ...networks.map(({ id, name, slug }): CleanupItem => ({
      kind: "network",
      name,
      id,
      slug,
      running: false,
    })),
    ...volumes.map(({ id, name, slug }): CleanupItem => ({
      kind: "volume",
      name,
      id,
      slug,
      running: false,
    })),
  ];
}

function isUp(state: string): boolean {
  return state === "running" || state === "paused" || state === "restarting";
}

/**
 * Removes what is in the inventory, taken anew, and in `items`: an item that is not ours any more, or never was, is
 * left alone. One call a kind, in the items' order of kinds; goes on past failures.
 *
 * @throws {BottleError} `cleanup-incomplete` with a line for each thing that is left
 */
export async function removeItems(
  engine: Engine,
  inventory: Inventory,
  items: readonly CleanupItem[],
  signal?: AbortSignal,
): Promise<void> {
  const chosen = (
    kind: CleanupItem["kind"],
    ours: readonly { readonly id: string }[],
  ): string[] => {
    const ids = new Set(ours.map(({ id }) => id));
    return items.filter((item) => item.kind === kind && ids.has(item.id)).map(({ id }) => id);
  };
  const failures = [
    ...await remove(engine, CONTAINER_RM, chosen("container", inventory.containers), signal),
    ...(await Promise.all([
      remove(engine, NETWORK_RM, chosen("network", inventory.networks), signal),
      remove(engine, VOLUME_RM, chosen("volume", inventory.volumes), signal),
    ])).flat(),
  ];
  if (failures.length > 0) throw cleanupIncomplete(failures);
}

/** The error for what is left. @param left a line for each thing */
export function cleanupIncomplete(left: readonly string[]): BottleError {
  return new BottleError("Some of it could not be removed", {
    code: "cleanup-incomplete",
    details: left,
    hint: "Run `bot-bottle cleanup` again",
  });
}

/** `--volumes`: anonymous ones that an image declares. */
const CONTAINER_RM = ["rm", "--force", "--volumes"] as const;
const NETWORK_RM = ["network", "rm"] as const;
const VOLUME_RM = ["volume", "rm"] as const;

/** The engine removes what it can and names the rest; what is gone already is no failure. */
async function remove(
  engine: Engine,
  command: readonly string[],
  ids: readonly string[],
  signal: AbortSignal | undefined,
): Promise<string[]> {
  if (ids.length === 0) return [];
  const result = await engine.raw([...command, ...ids], signal === undefined ? {} : { signal });
  if (result.code === 0) return [];
  const lines = new TextDecoder().decode(result.stderr).split("\n").filter((line) =>
    line.trim() !== "" &&
    !/no such |not found|removal of container .* is already in progress/i.test(line) &&
    // The client's last line only says that there was a line before.
    !/^exit status \d+$/.test(line)
  );
  const error = engineError(command, result);
  if (error.code === EngineErrorCode.unreachable || error.code === EngineErrorCode.notPermitted) {
    throw error;
  }
  return lines;
}
