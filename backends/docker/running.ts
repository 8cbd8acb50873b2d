/** Opening bottles that are there already, and starting kept ones again. */

import { readStarts } from "./agent_start.ts";
import { openBundle, startBundle } from "../bundle/bundle.ts";
import type { BottleSummary } from "../backend.ts";
import type { ControlClient } from "../../lib/control/client.ts";
import { BottleError, ExitCode } from "../../lib/errors.ts";
import { type HomeId, outerNetworkName, resourceName, type Slug } from "../../lib/names.ts";
import type { Engine } from "../engine/engine.ts";
import { EngineErrorCode } from "../engine/errors.ts";
import { findContainers, type FoundContainer, type Inventory, ownedBy } from "./inventory.ts";
import { type BundleWord, containerOf, slugsOf, summarise } from "./list.ts";
import { ensureOuterNetwork, type OuterNetworkOptions } from "./outer_network.ts";
import { type BottleSubnet, parseBottleSubnet } from "./subnets.ts";

/** How long a bundle may take to say how it is, in milliseconds. */
const ASK_MS = 3_000;

/** The two containers of a bottle. @throws {BottleError} `bottle-unknown`; `bottle-broken` if one is missing */
export async function findBottle(
  engine: Engine,
  home: HomeId,
  slug: Slug,
  signal?: AbortSignal,
): Promise<{ readonly agent: FoundContainer; readonly bundle: FoundContainer }> {
  const containers = await findContainers(engine, ownedBy(home, slug), signal);
  if (containers.length === 0) {
    throw new BottleError(`No bottle "${slug}"`, {
      code: "bottle-unknown",
      hint: "`bot-bottle list` shows those there are",
    });
  }
  const agent = containerOf({ containers }, slug, "agent");
  const bundle = containerOf({ containers }, slug, "bundle");
  if (agent !== undefined && bundle !== undefined) return { agent, bundle };
  throw new BottleError(`Parts of the bottle "${slug}" are missing`, {
    code: "bottle-broken",
    hint: `\`bot-bottle cleanup ${slug}\` removes what is left`,
  });
}

/** The control channel of a bundle that runs. @throws {BottleError} `bottle-unknown`, `bottle-not-running` */
export async function openControlOf(
  engine: Engine,
  home: HomeId,
  slug: Slug,
  signal?: AbortSignal,
): Promise<ControlClient> {
  const containers = await findContainers(engine, ownedBy(home, slug), signal);
  const bundle = containerOf({ containers }, slug, "bundle");
  if (bundle === undefined) await findBottle(engine, home, slug, signal);
  if (bundle?.state !== "running") throw notRunning(slug);
  return openBundle(engine, slug);
}

/** `bottle-not-running`. */
export function notRunning(slug: Slug): BottleError {
  return new BottleError(`The bottle "${slug}" does not run`, {
    code: "bottle-not-running",
    hint: `\`bot-bottle resume ${slug}\` starts it again`,
  });
}

/** All bottles; those that run are asked at the same time. */
export async function listBottles(
  engine: Engine,
  inventory: Inventory,
): Promise<readonly BottleSummary[]> {
  const agents = inventory.containers.filter(({ role, state }) =>
    role === "agent" && state === "running"
  );
  const starts = readStarts(engine, agents.map(({ id }) => id));
  return await Promise.all(
    slugsOf(inventory).map(async (slug) =>
      await summarise(inventory, slug, () => askBundle(engine, slug), await starts)
    ),
  );
}

/** Whether both containers of a bottle run; a pause is no end. */
export async function isBottleUp(
  engine: Engine,
  home: HomeId,
  slug: Slug,
  signal?: AbortSignal,
): Promise<boolean> {
  const containers = await findContainers(engine, ownedBy(home, slug), signal);
  const up = containers.filter(({ state }) => state === "running" || state === "paused");
  return (["agent", "bundle"] as const).every((role) =>
    containerOf({ containers: up }, slug, role) !== undefined
  );
}

/** What the bundle says of itself. Never throws: what can't be asked is what the person wants to know. */
export async function askBundle(engine: Engine, slug: Slug): Promise<BundleWord> {
  await using control = openBundle(engine, slug);
  try {
    return await control.call("ready", null, { timeoutMs: ASK_MS });
  } catch (error) {
    return { unreachable: error instanceof Error ? error.message : String(error) };
  }
}

/** The subnet of a kept bottle. @throws {BottleError} `bottle-broken` if its network is gone */
export async function subnetOf(
  engine: Engine,
  slug: Slug,
  signal: AbortSignal,
): Promise<BottleSubnet> {
  const format = "{{range .IPAM.Config}}{{.Subnet}}{{end}}";
  const args = ["network", "inspect", "--format", format, resourceName(slug, "inner")];
  const cidr = await engine.docker(args, { signal }).catch((error: unknown) => {
    if (error instanceof BottleError && error.code === EngineErrorCode.notFound) return "";
    throw error;
  });
  const subnet = parseBottleSubnet(cidr.trim());
  if (subnet !== undefined) return subnet;
  throw new BottleError(`The network of the bottle "${slug}" is gone`, {
    code: "bottle-broken",
    exitCode: ExitCode.cannotStart,
    hint: `\`bot-bottle cleanup ${slug}\` removes what is left`,
  });
}

/**
 * Starts both containers of a kept bottle. A bundle that still runs, shut, is started anew: only a new init takes a
 * configuration.
 */
export async function startContainers(
  engine: Engine,
  outer: OuterNetworkOptions,
  slug: Slug,
  found: { readonly agent: FoundContainer; readonly bundle: FoundContainer },
): Promise<void> {
  if (found.bundle.state === "running") {
    await engine.docker(["stop", "--time", "5", found.bundle.id]);
  }
  await rejoinOuter(engine, outer, found.bundle);
  await startBundle(engine, slug);
  if (found.agent.state !== "running") await engine.docker(["start", found.agent.id]);
}

/** A cleanup may have removed the outer network and another launch made a new one: the bundle only knows the old. */
async function rejoinOuter(
  engine: Engine,
  options: OuterNetworkOptions,
  bundle: FoundContainer,
): Promise<void> {
  const name = outerNetworkName(options.home);
  const outer = await ensureOuterNetwork(engine, options);
  const format = `{{with index .NetworkSettings.Networks "${name}"}}{{.NetworkID}}{{end}}`;
  const joined = await engine.docker(["container", "inspect", "--format", format, bundle.id]);
  if (joined === outer) return;
  if (joined !== "") await engine.raw(["network", "disconnect", "--force", name, bundle.id]);
  await engine.docker(["network", "connect", outer, bundle.id]);
}
