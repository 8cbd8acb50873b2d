/** The one network of a home that leads out. Bundles only are on it, and they can't see each other. */

import { holdLock } from "../bundle/hold_lock.ts";
import type { Clock } from "../../lib/context.ts";
import { type HomeId, Label, outerNetworkName } from "../../lib/names.ts";
import type { Engine } from "../engine/engine.ts";
import { filterArgs, labelArgs } from "../engine/labels.ts";

/** Whose network, and how others of the same home are kept from making or removing it at the same time. */
export interface OuterNetworkOptions {
  readonly home: HomeId;
  /** The home's folder: the lock lies there. */
  readonly folder: string;
  readonly clock: Clock;
}

/**
 * The network's id; makes it if it isn't there. Under a lock: Docker before 25 lets two networks have one name when
 * they are made at the same moment, and then starts no container on either ("ambiguous").
 *
 * Takes no signal, like every creation.
 */
export async function ensureOuterNetwork(
  engine: Engine,
  options: OuterNetworkOptions,
): Promise<string> {
  const [there] = await outerNetworks(engine, options.home);
  if (there !== undefined) return there;
  await using _lock = await lockOuter(options);
  const [found] = await outerNetworks(engine, options.home);
  return found ?? await engine.docker(outerNetworkArgs(options.home));
}

/**
 * Removes the network if no bottle of the home is left, running or kept; otherwise does nothing. A launch that has
 * found it and holds it with no container yet has to make it again.
 */
export async function removeUnusedOuterNetwork(
  engine: Engine,
  options: OuterNetworkOptions,
): Promise<void> {
  await using _lock = await lockOuter(options);
  const [bottles, ids] = await Promise.all([
    engine.docker(["ps", "--all", "--quiet", ...filterArgs({ [Label.home]: options.home })]),
    outerNetworks(engine, options.home),
  ]);
  if (bottles === "" && ids.length > 0) await engine.raw(["network", "rm", ...ids]);
}

async function lockOuter({ folder, clock }: OuterNetworkOptions): Promise<AsyncDisposable> {
  return await holdLock(`${folder}/state/outer-network.lock`, clock);
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

/** Ids; one, unless somebody else's hand was at work. */
async function outerNetworks(engine: Engine, home: HomeId): Promise<string[]> {
  const filters = filterArgs({ [Label.home]: home, [Label.role]: "outer" });
  const ids = await engine.docker(["network", "ls", "--no-trunc", "--quiet", ...filters]);
  return ids.split("\n").filter((id) => id !== "");
}
