/** The limits of an agent's container: what was asked for against what is in force. Pure. */

import type { Resources } from "../manifest/types.ts";

/** What an engine says of a container. 0 or null: there is no such limit. */
export interface LimitsInForce {
  /** Memory, in bytes. */
  readonly memoryBytes: number;
  /** Memory and swap together, in bytes; -1: as much swap as the machine has. */
  readonly memorySwapBytes: number;
  /** CPUs, fractions allowed. */
  readonly cpus: number;
  /** Processes and threads. */
  readonly pids: number | null;
}

/** One of them. */
export type LimitName = "memory" | "swap" | "cpus" | "pids";

/** Those that were asked for and aren't in force as asked: engines without root drop what their cgroups can't do. */
export function droppedLimits(asked: Resources, real: LimitsInForce): readonly LimitName[] {
  const dropped: LimitName[] = [];
  if (real.memoryBytes !== asked.memoryBytes) dropped.push("memory");
  // Without a memory limit there is none on top of it either.
  else if (real.memorySwapBytes !== asked.memoryBytes) dropped.push("swap");
  if (Math.abs(real.cpus - asked.cpus) > 1e-6) dropped.push("cpus");
  if (real.pids !== asked.pids) dropped.push("pids");
  return dropped;
}

/** What a limit that is not in force means: a sentence without a full stop. */
export function describeDropped(limit: LimitName): string {
  return `The engine dropped the limit "${limit}": ${MEANING[limit]}`;
}

const MEANING: Readonly<Record<LimitName, string>> = {
  memory: "the agent can use up the machine's memory",
  swap: "the agent can use swap beyond its memory",
  cpus: "the agent can use all CPUs",
  pids: "the agent can start processes without end",
};
