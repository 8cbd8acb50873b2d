/** The one network of a home that leads out. Bundles only are on it, and they can't see each other. */

import { BottleError } from "../../lib/errors.ts";
import { type HomeId, Label, outerNetworkName } from "../../lib/names.ts";
import type { Engine } from "../engine/engine.ts";
import { EngineErrorCode } from "../engine/errors.ts";
import { filterArgs, labelArgs } from "./labels.ts";

/**
 * The network's id; makes it if it isn't there. Safe against others that do the same at the same moment: Docker before
 * 25 lets two networks have one name, so whoever made the younger one removes it again.
 *
 * Takes no signal, like every creation.
 */
export async function ensureOuterNetwork(engine: Engine, home: HomeId): Promise<string> {
  const [found] = await outerNetworks(engine, home);
  if (found !== undefined) return found;
  const made = await createOuter(engine, home);
  const [oldest] = await outerNetworks(engine, home);
  if (oldest === undefined) return await ensureOuterNetwork(engine, home);
  if (made !== undefined && made !== oldest) await engine.raw(["network", "rm", made]);
  return oldest;
}

/**
 * Removes the network if no bottle of the home is left, running or kept; otherwise does nothing. The engine itself
 * refuses while a bundle is connected, so a launch at the same moment at worst has to make it again.
 */
export async function removeUnusedOuterNetwork(engine: Engine, home: HomeId): Promise<void> {
  const bottles = await engine.docker([
    "ps",
    "--all",
    "--quiet",
    ...filterArgs({ [Label.home]: home }),
  ]);
  if (bottles !== "") return;
  const ids = await outerNetworks(engine, home);
  if (ids.length > 0) await engine.raw(["network", "rm", ...ids]);
}

/** The argv that makes it. */
export function outerNetworkArgs(home: HomeId): string[] {
  return [
    "network",
    "create",
    "--driver",
    "bridge",
    "--ipv6=false",
    "--opt",
    "com.docker.network.bridge.enable_icc=false",
    ...labelArgs({ home, slug: null, role: "outer" }),
    outerNetworkName(home),
  ];
}

/** Undefined if another was quicker. */
async function createOuter(engine: Engine, home: HomeId): Promise<string | undefined> {
  try {
    return await engine.docker(outerNetworkArgs(home));
  } catch (error) {
    if (error instanceof BottleError && error.code === EngineErrorCode.nameTaken) return undefined;
    throw error;
  }
}

/** Ids, the oldest first. */
async function outerNetworks(engine: Engine, home: HomeId): Promise<string[]> {
  const filters = filterArgs({ [Label.home]: home, [Label.role]: "outer" });
  const format = "{{.CreatedAt}}\t{{.ID}}";
  const lines = await engine.docker([
    "network",
    "ls",
    "--no-trunc",
    "--format",
    format,
    ...filters,
  ]);
  return lines.split("\n").filter(Boolean).sort().map((line) => line.slice(line.indexOf("\t") + 1));
}
