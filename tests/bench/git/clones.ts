/** Cloning all of it: by ssh, through a gate that has it, through one that has nothing yet. */

import type { Gate } from "../../support/git/gate.ts";
import type { BenchStage } from "./bench_stage.ts";

/** Milliseconds of each clone. */
export interface CloneTimes {
  readonly ssh: readonly number[];
  readonly warm: readonly number[];
  readonly cold: readonly number[];
}

/** In turn, so that a busy moment hits all. */
export async function measureClones(stage: BenchStage, rounds: number): Promise<CloneTimes> {
  const times = { ssh: [0].slice(1), warm: [0].slice(1), cold: [0].slice(1) };
  const clone = async (url: string): Promise<number> => {
    const ms = await stage.time(`git clone --quiet ${url} clone`);
    await stage.client.sh("rm -rf clone");
    return ms;
  };
  const { url } = stage.upstream;
  await clone(url);
  for (let round = 0; round < rounds; round++) {
    await using gate: Gate = await stage.startGate();
    times.ssh.push(await clone(url));
    times.cold.push(await clone(stage.gateUrl(gate)));
    times.warm.push(await clone(stage.gateUrl(gate)));
  }
  return times;
}
