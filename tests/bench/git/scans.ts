/** What the scan costs: the same push through a gate that scans and one that does not. */

import type { Gate } from "../../support/git/gate.ts";
import type { BenchStage } from "./bench_stage.ts";
import { sourceText } from "./source_text.ts";

/** Milliseconds of each push, and its size. */
export interface ScanTimes {
  /** MiB of new files. */
  readonly mebibytes: number;
  readonly scanned: readonly number[];
  readonly unscanned: readonly number[];
}

/** About 60 bytes each. */
const LINES = 140_000;

/** Each push is one commit of one big source file. */
export async function measureScans(
  stage: BenchStage,
  gates: Readonly<Record<"scanned" | "unscanned", Gate>>,
  rounds: number,
): Promise<ScanTimes> {
  const times = { scanned: [0].slice(1), unscanned: [0].slice(1) };
  let bytes = 0;
  const push = async (url: string, name: string, round: number): Promise<number> => {
    const { code, stdout, stderr } = await stage.client.sh(`set -e
      rm -rf scan-${name}; git clone --quiet --depth 1 ${url} scan-${name}
      ${sourceText(LINES, `${name}${round}`)} >scan-${name}/big.js
      cd scan-${name}; git add .; git commit --quiet --message 'Much'; wc --bytes <big.js`);
    if (code !== 0) throw new Error(stderr);
    bytes = Number(stdout);
    return await stage.time(
      `git -C scan-${name} push --quiet origin HEAD:refs/heads/${name}-${round}`,
    );
  };
  for (let round = 0; round < rounds; round++) {
    times.scanned.push(await push(stage.gateUrl(gates.scanned), "scanned", round));
    times.unscanned.push(await push(stage.gateUrl(gates.unscanned), "unscanned", round));
  }
  return { ...times, mebibytes: bytes / 1024 ** 2 };
}
