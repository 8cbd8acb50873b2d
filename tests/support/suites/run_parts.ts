/** The parts of a whole run, in the order in which a mistake shows soonest. */

import type { Run } from "../../../lib/process/run.ts";
import { measureCoverage } from "../coverage/measure.ts";
import type { SuiteResult, Trouble } from "../report/report.ts";
import { runChecks } from "./checks.ts";
import { buildImages } from "./images.ts";
import { runSuite } from "./run_suite.ts";
import { LANES, type Suite, UNIT } from "./suites.ts";

/** Names of all parts. */
export const PARTS: readonly string[] = [
  "checks",
  UNIT.name,
  ...LANES.flat().map(({ name }) => name),
];

/** Whether one of these parts needs an engine. */
export function usesEngine(wanted: ReadonlySet<string>): boolean {
  return LANES.flat().some(({ name }) => wanted.has(name));
}

/** What running the parts takes. */
export interface RunPartsOptions {
  readonly run: Run;
  readonly env: (name: string) => string | undefined;
  /** Which of {@linkcode PARTS}. */
  readonly wanted: ReadonlySet<string>;
  /** A folder for reports, logs and coverage. */
  readonly work: string;
  /** A folder for the homes that the tests make. */
  readonly homes: string;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** How the parts ended. */
export interface PartsResult {
  readonly suites: readonly SuiteResult[];
  readonly troubles: readonly Trouble[];
}

/** Runs the parts that are wanted, the later ones also when earlier ones failed; rejects only if the signal ended it. */
export async function runParts(options: RunPartsOptions): Promise<PartsResult> {
  const { run, env, wanted, work, signal, say } = options;
  const suites: SuiteResult[] = [];
  const troubles: Trouble[] = [];
  if (wanted.has("checks")) troubles.push(...await runChecks(run, signal, say));
  if (wanted.has(UNIT.name)) {
    const profiles = `${work}/coverage`;
    suites.push(await runOne(UNIT, options, { coverage: profiles }));
    troubles.push(...await coverageTroubles(options, profiles));
  }
  if (usesEngine(wanted)) {
    troubles.push(...await buildImages({ run, env, home: work, signal, say }));
  }
  suites.push(...await runLanes(options));
  return { suites, troubles };
}

/** All lanes have ended when this does, also when one of them failed. */
async function runLanes(options: RunPartsOptions): Promise<SuiteResult[]> {
  const lanes = await Promise.allSettled(LANES.map((lane) => runLane(lane, options)));
  return lanes.flatMap((lane) => {
    if (lane.status === "rejected") throw lane.reason;
    return lane.value;
  });
}

async function runLane(lane: readonly Suite[], options: RunPartsOptions): Promise<SuiteResult[]> {
  const results: SuiteResult[] = [];
  for (const suite of lane) {
    if (options.wanted.has(suite.name)) results.push(await runOne(suite, options));
  }
  return results;
}

async function runOne(
  suite: Suite,
  { run, work, homes, signal, say }: RunPartsOptions,
  coverage: { readonly coverage?: string } = {},
): Promise<SuiteResult> {
  say(`${suite.name}: begins`);
  const home = await Deno.makeTempDir({ dir: homes, prefix: `${suite.name}-` });
  const result = await runSuite(suite, {
    run,
    reports: work,
    // Nothing that a test starts may find the home of the person who runs it, and what it leaves must be told from
    // what others start.
    env: { TMPDIR: homes, BOT_BOTTLE_HOME: home },
    signal,
    onLine: (line) => line.trim() === "" || say(`${suite.name} | ${line}`),
    ...coverage,
  });
  say(`${suite.name}: ended with ${result.exitCode}`);
  return result;
}

async function coverageTroubles(
  { run, say }: RunPartsOptions,
  profiles: string,
): Promise<Trouble[]> {
  try {
    const verdicts = await measureCoverage(run, profiles);
    verdicts.forEach(({ line }) => say(`coverage: ${line}`));
    return verdicts.filter(({ ok }) => !ok).map(({ line, missing }) => ({
      title: `Coverage of ${line}`,
      details: missing.join("\n"),
    }));
  } catch (error) {
    return [{ title: "Coverage could not be measured", details: String(error) }];
  }
}
