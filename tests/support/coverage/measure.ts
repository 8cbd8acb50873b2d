/** From V8's coverage profiles to verdicts. */

import type { Run } from "../../../lib/process/run.ts";
import { ROOT } from "../suites/files.ts";
import { GATES, judge, type Verdict } from "./gate.ts";
import { parseLcov } from "./lcov.ts";

/** Holds the profiles in a folder against each gate. @throws Error if there are none that can be read. */
export async function measureCoverage(run: Run, profiles: string): Promise<Verdict[]> {
  const argv = [Deno.execPath(), "coverage", "--lcov", `--include=^file://${ROOT}lib/`, profiles];
  const { code, stdout, stderr } = await run(argv, { env: { NO_COLOR: "1" } });
  if (code !== 0) throw new Error(`deno coverage: ${new TextDecoder().decode(stderr)}`);
  const coverage = parseLcov(new TextDecoder().decode(stdout), ROOT);
  return GATES.map((gate) => judge(gate, coverage));
}
