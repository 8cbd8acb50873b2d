/**
 * `deno task test [part…]`: the checks, the suites and what is left behind, as one report whose last line holds the
 * counts. Parts: checks, unit, integration, e2e, redteam; all unless told.
 */

import { homeIdOf } from "../../../cli/session/home.ts";
import { createRun } from "../../../lib/process/create_run.ts";
import type { Verdict } from "../coverage/gate.ts";
import { measureCoverage } from "../coverage/measure.ts";
import { type SuiteResult, summarise, type Trouble } from "../report/report.ts";
import { parseExpectedSkips } from "../report/skips.ts";
import { runChecks } from "./checks.ts";
import { ROOT } from "./files.ts";
import { buildImages } from "./images.ts";
import {
  type Leftover,
  leftoversOf,
  listLeftovers,
  newLeftovers,
  removeLeftovers,
} from "./leftovers.ts";
import { runSuite } from "./run_suite.ts";
import { LANES, type Suite, UNIT } from "./suites.ts";

const PARTS = ["checks", UNIT.name, ...LANES.flat().map(({ name }) => name)];

const run = createRun();
const interrupt = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, () => interrupt.abort(new Error(`Ended by ${signal}`)));
}
const started = Date.now();
const encoder = new TextEncoder();

function say(line: string): void {
  const seconds = Math.round((Date.now() - started) / 1000);
  Deno.stdout.writeSync(encoder.encode(`[${seconds} s] ${line}\n`));
}

function print(line: string): void {
  Deno.stdout.writeSync(encoder.encode(line + "\n"));
}

const unknown = Deno.args.filter((part) => !PARTS.includes(part));
if (unknown.length > 0) {
  print(`No part "${unknown.join(" ")}"; there are ${PARTS.join(", ")}`);
  Deno.exit(2);
}
const wanted = new Set(Deno.args.length > 0 ? Deno.args : PARTS);
Deno.exit(await main());

async function main(): Promise<number> {
  const work = await Deno.makeTempDir({ prefix: "bot-bottle-test-" });
  const homes = `${work}/homes`;
  await Deno.mkdir(homes);
  const usesEngine = LANES.flat().some(({ name }) => wanted.has(name));
  const ownHome = await homeIdOf(
    Deno.env.get("BOT_BOTTLE_HOME") ?? `${Deno.env.get("HOME") ?? ""}/.bot-bottle`,
  );
  const before = usesEngine ? await listLeftovers(run) : [];
  const leftBehind = async (): Promise<Leftover[]> =>
    usesEngine ? newLeftovers(before, await listLeftovers(run), ownHome) : [];
  try {
    const { suites, troubles } = await runAll(work, homes, usesEngine);
    troubles.push(...(await leftBehind()).map(({ kind, name }) => ({
      title: `Left behind: ${kind} "${name}"`,
      details: "",
    })));
    const expected = parseExpectedSkips(await Deno.readTextFile(`${ROOT}tests/expected_skips.txt`));
    const report = summarise(suites, troubles, expected);
    print("");
    report.lines.forEach(print);
    return report.ok ? 0 : 1;
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    say(`${String(interrupt.signal.reason)}; removing what the tests made`);
    return 130;
  } finally {
    await removeLeftovers(run, await leftoversOf(homes, await leftBehind()));
    await Deno.remove(work, { recursive: true });
  }
}

async function runAll(work: string, homes: string, usesEngine: boolean): Promise<{
  readonly suites: SuiteResult[];
  readonly troubles: Trouble[];
}> {
  const suites: SuiteResult[] = [];
  const troubles: Trouble[] = [];
  const runOne: RunOne = (suite, coverage) => runIn(work, homes, suite, coverage);
  if (wanted.has("checks")) troubles.push(...await runChecks(run, interrupt.signal, say));
  if (wanted.has(UNIT.name)) {
    suites.push(await runOne(UNIT, `${work}/coverage`));
    troubles.push(...await coverageTroubles(`${work}/coverage`));
  }
  if (usesEngine) troubles.push(...await buildAll(work));
  suites.push(...await runLanes(runOne));
  return { suites, troubles };
}

function buildAll(home: string): Promise<Trouble[]> {
  const env = (name: string): string | undefined => Deno.env.get(name);
  return buildImages({ run, env, home, signal: interrupt.signal, say });
}

type RunOne = (suite: Suite, coverage?: string) => Promise<SuiteResult>;

/** All lanes have ended when this does, also when one of them failed. */
async function runLanes(runOne: RunOne): Promise<SuiteResult[]> {
  const lanes = await Promise.allSettled(LANES.map((lane) => runLane(lane, runOne)));
  return lanes.flatMap((lane) => {
    if (lane.status === "rejected") throw lane.reason;
    return lane.value;
  });
}

async function runLane(lane: readonly Suite[], runOne: RunOne): Promise<SuiteResult[]> {
  const results: SuiteResult[] = [];
  for (const suite of lane) {
    if (wanted.has(suite.name)) results.push(await runOne(suite));
  }
  return results;
}

async function runIn(
  reports: string,
  homes: string,
  suite: Suite,
  coverage?: string,
): Promise<SuiteResult> {
  say(`${suite.name}: begins`);
  const result = await runSuite(suite, {
    run,
    reports,
    // Nothing that a test starts may find the home of the person who runs it, and what it leaves must be told from
    // what others start.
    env: {
      TMPDIR: homes,
      BOT_BOTTLE_HOME: await Deno.makeTempDir({ dir: homes, prefix: `${suite.name}-` }),
    },
    signal: interrupt.signal,
    onLine: (line) => line.trim() === "" || say(`${suite.name} | ${line}`),
    ...coverage === undefined ? {} : { coverage },
  });
  say(`${suite.name}: ended with ${result.exitCode}`);
  return result;
}

async function coverageTroubles(profiles: string): Promise<Trouble[]> {
  let verdicts: Verdict[];
  try {
    verdicts = await measureCoverage(run, profiles);
  } catch (error) {
    return [{ title: "Coverage could not be measured", details: String(error) }];
  }
  verdicts.forEach(({ line }) => say(`coverage: ${line}`));
  return verdicts.filter(({ ok }) => !ok).map(({ line, missing }) => ({
    title: `Coverage of ${line}`,
    details: missing.join("\n"),
  }));
}
