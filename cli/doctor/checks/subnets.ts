/** Whether the addresses that bottles' networks come from are free. */

import { probeRoutes } from "../../../backends/docker/probe.ts";
import { overlaps, parseRanges } from "../../../backends/docker/subnets.ts";
import { type Cidr, cidrContains, printCidr } from "../../../lib/egress/host/cidr.ts";
import { BottleError } from "../../../lib/errors.ts";
import { type Finding, note, ok, problem, warning } from "../finding.ts";
import { notChecked } from "../not_checked.ts";
import { probeOptions } from "../probe_options.ts";
import { engineNetworks, interfaceBlocks, parseRoutes, type TakenBlock } from "../routes.ts";
import type { Check, Scene } from "../scene.ts";

const VARIABLE = "BOT_BOTTLE_SUBNETS";
const FIX = `Set ${VARIABLE} to a range that nothing else uses, like 10.77.0.0/16`;

/** The check. */
export const subnets: Check = {
  name: "subnets",
  run: async (scene, signal) => {
    const { context } = scene.services;
    const ranges = readRanges(context.env(VARIABLE));
    if ("level" in ranges) return [ranges];
    if (scene.docker === null) return [notChecked(scene.docker)];
    const [networks, routes] = await Promise.all([
      engineNetworks(scene.docker.engine, signal),
      hostRoutes(scene, signal),
    ]);
    const here = interfaceBlocks(Deno.networkInterfaces());
    const taken = [...networks, ...routes ?? [], ...here];
    const unseen = routes === null
      ? [note("The routes of the engine's host were not seen: a VPN's may overlap")]
      : [];
    return [...judgeSubnets(ranges, taken), ...unseen];
  },
};

/** Null: no container may see them, or there is none to look with. */
async function hostRoutes(
  scene: Scene,
  signal: AbortSignal,
): Promise<readonly TakenBlock[] | null> {
  const options = await probeOptions(scene, signal);
  if (scene.docker === null || options === null) return null;
  try {
    return parseRoutes(await probeRoutes(scene.docker.engine, options));
  } catch {
    signal.throwIfAborted();
    return null;
  }
}

/** A range that can't be parsed keeps every bottle from starting. */
function readRanges(text: string | undefined): readonly Cidr[] | Finding {
  try {
    return parseRanges(text);
  } catch (error) {
    if (!(error instanceof BottleError)) throw error;
    return problem(error.message, error.hint ?? FIX);
  }
}

/** Each overlap with what is no bottle's, once, by its widest owner; and how much room there is. */
export function judgeSubnets(
  ranges: readonly Cidr[],
  taken: readonly TakenBlock[],
): readonly Finding[] {
  const shown = ranges.map(printCidr).join(", ");
  const meets = taken.filter(({ block }) => ranges.some((range) => overlaps(range, block)));
  const foreign = widest(meets.filter(({ kind }) => kind !== "bottle"));
  const networks = foreign.filter(({ kind }) => kind === "network");
  const used = meets.filter(({ kind }) => kind === "bottle").length;
  const total = ranges.reduce((sum, range) => sum + roomIn(range, networks), 0);
  const room = Math.max(0, total - used);
  const facts = { ranges: ranges.map(printCidr), used, room };
  const overlapping = foreign.map(({ block, whose, kind }) => {
    const text = `${shown} overlaps ${printCidr(block)}, ${whose}`;
    return kind === "network"
      ? note(`${text}: bottles get the rest`, null, facts)
      : warning(`${text}: a bottle's own addresses may hide some of it`, FIX, facts);
  });
  const bottles = `${used} in use, room for ${room} more`;
  if (room === 0) return [...overlapping, problem(`${shown} has no room for bottles`, FIX, facts)];
  return overlapping.length > 0
    ? overlapping
    : [ok(`${shown} is free for bottles: ${bottles}`, facts)];
}

/** Subnets of a range that no network of the engine's has. */
function roomIn(range: Cidr, networks: readonly TakenBlock[]): number {
  return networks.reduce((room, { block }) => {
    if (!overlaps(range, block)) return room;
    return room - subnetCount(Math.max(range.bits, block.bits));
  }, subnetCount(range.bits));
}

/** A network that is smaller than a bottle's subnet takes a whole one. */
function subnetCount(bits: number): number {
  return 2 ** Math.max(0, 29 - bits);
}

/** The engine's networks are routes and interfaces of its host too: one mention is enough. */
function widest(blocks: readonly TakenBlock[]): readonly TakenBlock[] {
  return blocks.filter((one, at) =>
    !blocks.some((other, index) =>
      index !== at && other.block.bits <= one.block.bits &&
      cidrContains(other.block, one.block.base) &&
      (other.block.bits < one.block.bits || index < at)
    )
  );
}
