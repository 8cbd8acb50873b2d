/** What `list` shows: bottles put together from what the engine has, and each bundle's own word. */

import type { BottleSummary } from "../backend.ts";
import type { AgentStart } from "../../lib/bottle.ts";
import type { ReadyResult } from "../../lib/control/protocol.ts";
import type { Slug } from "../../lib/names.ts";
import type { FoundContainer, Inventory } from "./inventory.ts";

/** What a bundle answered to `ready`, or why it could not be asked. */
export type BundleWord = ReadyResult | { readonly unreachable: string };

/** Slugs of all bottles, in order of their names. */
export function slugsOf(inventory: Inventory): readonly Slug[] {
  const all = [...inventory.containers, ...inventory.networks, ...inventory.volumes];
  return [...new Set(all.flatMap(({ slug }) => slug === null ? [] : [slug]))].sort();
}

/** The bottle's container of that role. */
export function containerOf(
  inventory: Pick<Inventory, "containers">,
  slug: Slug,
  role: "agent" | "bundle",
): FoundContainer | undefined {
  return inventory.containers.find((one) => one.slug === slug && one.role === role);
}

/** One bottle. @param ask for bundles that run @param starts of agents that run */
export async function summarise(
  inventory: Inventory,
  slug: Slug,
  ask: (bundle: FoundContainer) => Promise<BundleWord>,
  starts: readonly AgentStart[] = [],
): Promise<BottleSummary> {
  const agent = containerOf(inventory, slug, "agent");
  const bundle = containerOf(inventory, slug, "bundle");
  const word = agent?.state === "running" && bundle?.state === "running"
    ? await ask(bundle)
    : undefined;
  return {
    slug,
    ...judge(agent, bundle, word),
    agent: agent === undefined ? null : {
      id: agent.id,
      image: agent.image,
      createdAt: agent.createdAt,
      start: starts.find(({ container }) => container === agent.id) ?? null,
    },
    bundle: bundle === undefined ? null : { id: bundle.id, image: bundle.image },
    backend: "docker",
  };
}

/** The state, and why it is not `running`. */
export function judge(
  agent: FoundContainer | undefined,
  bundle: FoundContainer | undefined,
  word: BundleWord | undefined,
): Pick<BottleSummary, "state" | "why"> {
  if (agent === undefined && bundle === undefined) {
    return { state: "broken", why: "Only networks or volumes are left of it" };
  }
  if (agent === undefined) return { state: "broken", why: "Its agent's container is gone" };
  if (bundle === undefined) return { state: "broken", why: "Its bundle is gone" };
  if (agent.state !== "running") {
    const ended = agent.state === "exited"
      ? /^Exited \((\d+)\)/.exec(agent.status)?.[1]
      : undefined;
    // 143 and 137: what a stop leaves.
    const isStop = ended === "143" || ended === "137" || ended === "0";
    return {
      state: "stopped",
      why: isStop ? null : `Its agent's container is ${agent.status || agent.state}`,
    };
  }
  if (bundle.state !== "running") {
    return { state: "shut", why: `Its bundle does not run (${bundle.status || bundle.state})` };
  }
  if (word === undefined) return { state: "shut", why: "Its bundle was not asked" };
  if ("unreachable" in word) {
    return { state: "shut", why: `Its bundle does not answer: ${word.unreachable}` };
  }
  if (!word.configured) {
    return { state: "shut", why: "Its bundle was restarted and has no configuration any more" };
  }
  const down = word.daemons.filter((daemon) => daemon.state !== "ready");
  if (word.ready && down.length === 0) return { state: "running", why: null };
  return {
    state: "shut",
    why: `Not ready: ${down.map(({ name, state }) => `${name} is ${state}`).join(", ")}`,
  };
}
