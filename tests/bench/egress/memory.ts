/** How much memory a contestant takes, at rest and while transfers stand still. */

import type { Contestant } from "./contestant.ts";
import type { Client } from "./client_process.ts";
import type { Figures } from "./job.ts";
import { familyOf, usageOf } from "./usage.ts";

const TRANSFERS = 50;
const JOB_MS = 30_000;
/** It has settled once it has grown by less than this in a second; or after as many looks. */
const STILL_MB = 1;
const LOOKS = 15;

/** Idle: right now. */
export async function idleMemory({ pid }: Contestant): Promise<Figures> {
  if (pid === null) return {};
  return { resident_mb: (await usageOf(await familyOf(pid))).residentMb };
}

/** With so many transfers of 256 MiB whose receiver reads nothing. */
export async function stalledMemory(
  client: Client,
  { way, pid }: Contestant,
  direction: "down" | "up",
): Promise<Figures> {
  if (pid === null) return {};
  try {
    await client.run(way, { kind: "stall", transfers: TRANSFERS, direction }, JOB_MS);
    return { resident_mb: await settledMemory(pid) };
  } finally {
    await client.run(way, { kind: "release" }, JOB_MS);
  }
}

/** The most that is seen until it stands still. */
async function settledMemory(pid: number): Promise<number> {
  let most = 0;
  for (let look = 0; look < LOOKS; look++) {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const { residentMb } = await usageOf(await familyOf(pid));
    if (residentMb < most + STILL_MB) return Math.max(most, residentMb);
    most = residentMb;
  }
  return most;
}
