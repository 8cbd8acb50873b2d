/** `deno task cov`: the unit suite with coverage, held against the gates. */

import { createRun } from "../../../lib/process/create_run.ts";
import { runSuite } from "../suites/run_suite.ts";
import { UNIT } from "../suites/suites.ts";
import { measureCoverage } from "./measure.ts";

const run = createRun();
const encoder = new TextEncoder();
const print = (line: string): void => void Deno.stdout.writeSync(encoder.encode(line + "\n"));

const work = await Deno.makeTempDir({ prefix: "bot-bottle-cov-" });
try {
  const lines: string[] = [];
  const { exitCode } = await runSuite(UNIT, {
    run,
    reports: work,
    env: {},
    coverage: `${work}/profiles`,
    signal: new AbortController().signal,
    onLine: (line) => void lines.push(line),
  });
  if (exitCode !== 0) lines.slice(-80).forEach(print);
  const verdicts = await measureCoverage(run, `${work}/profiles`);
  for (const { ok, line, missing } of verdicts) {
    print(`${ok ? "ok" : "FAILED"} ${line}`);
    missing.forEach((file) => print(`  ${file}`));
  }
  Deno.exitCode = exitCode === 0 && verdicts.every(({ ok }) => ok) ? 0 : 1;
} finally {
  await Deno.remove(work, { recursive: true });
}
