/** Pushing a little on top of much: by ssh, and through a gate. */

import type { Gate } from "../../support/git/gate.ts";
import type { BenchStage } from "./bench_stage.ts";
import { sourceText } from "./source_text.ts";

/** Milliseconds of each push. */
export interface PushTimes {
  readonly ssh: readonly number[];
  readonly gate: readonly number[];
}

/** Files of a push, and lines of each. */
const FILES = 5;
const LINES = 200;

/** In turn; each push is one commit of five source files. The gate does not scan: see {@linkcode bundleUnscanned}. */
export async function measurePushes(
  stage: BenchStage,
  gate: Gate,
  rounds: number,
): Promise<PushTimes> {
  const urls = { ssh: stage.upstream.url, gate: stage.gateUrl(gate) };
  for (const [side, url] of Object.entries(urls)) {
    await stage.client.git(["clone", "--quiet", "--depth", "50", url, `push-${side}`]);
  }
  const push = async (side: "ssh" | "gate", round: number): Promise<number> => {
    const make = Array.from(
      { length: FILES },
      (_, at) => `${sourceText(LINES, `${side}${round}x${at}`)} >push-${side}/new${at}.js`,
    );
    await stage.client.sh(`${make.join("\n")}
      cd push-${side} && git add . && git commit --quiet --message "Change ${round}"`);
    return await stage.time(`git -C push-${side} push --quiet origin HEAD:refs/heads/push-${side}`);
  };
  const times = { ssh: [0].slice(1), gate: [0].slice(1) };
  for (let round = -1; round < rounds; round++) {
    const ssh = await push("ssh", round);
    const gated = await push("gate", round);
    // The first of each makes the branch.
    if (round < 0) continue;
    times.ssh.push(ssh);
    times.gate.push(gated);
  }
  return times;
}
