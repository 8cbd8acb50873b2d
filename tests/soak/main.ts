/** `deno task soak`: hours of use in minutes. Text on stderr as it goes, tables on stdout; exit code 1 if anything was not as it has to be. */

import { table } from "../bench/start/stats.ts";
import { soakEgress } from "./egress/soak.ts";
import { soakLaunch } from "./launch/soak.ts";
import { soakLife } from "./life/soak.ts";
import { parseSoakOptions, type SoakOptions, USAGE } from "./options.ts";
import { seededRandom } from "./random.ts";
import type { SoakReport } from "./report.ts";

/** Below this a run is all warm-up. */
const MIN_MINUTES_OF_MEMORY = 2;
const PAUSE_MS = 5;

const started = performance.now();
const encoder = new TextEncoder();

function say(line: string): void {
  const seconds = Math.round((performance.now() - started) / 1000);
  Deno.stderr.writeSync(encoder.encode(`${String(seconds).padStart(5)} s  ${line}\n`));
}

async function soak(options: SoakOptions, signal: AbortSignal): Promise<number> {
  const { minutes, rounds, requests, connections, kills, parts, seed } = options;
  say(`seed ${seed}`);
  const random = seededRandom(seed);
  const reports: SoakReport[] = [];
  if (parts.has("launch")) reports.push(await soakLaunch({ rounds, random, say, signal }));
  if (parts.has("life") && !signal.aborted) {
    reports.push(await soakLife({ rounds: kills, random, say, signal }));
  }
  if (parts.has("egress") && !signal.aborted) {
    const isMemoryJudged = minutes >= MIN_MINUTES_OF_MEMORY;
    const ms = minutes * 60_000;
    const load = { ms, pauseMs: PAUSE_MS, requests, connections };
    reports.push(await soakEgress({ ...load, random, isMemoryJudged, say, signal }));
  }
  for (const { rows } of reports) Deno.stdout.writeSync(encoder.encode(`\n${table(rows)}\n`));
  const violations = reports.flatMap((report) => report.violations);
  const verdict = signal.aborted ? "interrupted" : violations.length === 0 ? "passed" : "failed";
  const lines = [
    ...violations.map((text) => `violation: ${text}`),
    `soak ${verdict}, seed ${seed}`,
  ];
  Deno.stdout.writeSync(encoder.encode(`\n${lines.join("\n")}\n`));
  return verdict === "passed" ? 0 : verdict === "failed" ? 1 : 130;
}

const options = parseSoakOptions(Deno.args, crypto.getRandomValues(new Uint32Array(1))[0] ?? 0);
if (options === undefined) {
  Deno.stderr.writeSync(encoder.encode(`${USAGE}\n`));
  Deno.exit(2);
}
const ending = new AbortController();
Deno.addSignalListener("SIGINT", () => {
  say("interrupted: finishing what is under way");
  ending.abort();
});
Deno.exit(await soak(options, ending.signal));
