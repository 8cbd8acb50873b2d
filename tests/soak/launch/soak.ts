/** The launches' half of a soak: broken off at any instant, several at once, and nothing may be left. */

import { makeHome, type TestHome } from "../../e2e/cli/program.ts";
import type { Random } from "../random.ts";
import { type Say, type SoakReport, Violations } from "../report.ts";
import {
  breakOff,
  type BrokenEnd,
  type BrokenLaunch,
  chooseBreak,
  describeBreak,
} from "./break_off.ts";
import { killInBundle } from "./kill_bundle.ts";
import { leftOf, ofAgent } from "./left.ts";

/** What {@linkcode soakLaunch} takes. */
export interface LaunchSoakOptions {
  readonly rounds: number;
  readonly random: Random;
  readonly say: Say;
  readonly signal: AbortSignal;
}

/** A round is a launch: at once are two or three, each with an agent of its own. */
const AGENTS = ["one", "two", "three"] as const;
/** One round in so many kills in a bundle instead. */
const BUNDLE_PART = 1 / 5;

/** Runs it. */
export async function soakLaunch(options: LaunchSoakOptions): Promise<SoakReport> {
  const { rounds, random, say, signal } = options;
  const violations = new Violations();
  const counts = new Map<string, number>();
  const count = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1);
  const launchMs = await timeLaunch();
  say(`launch: a whole one takes ${launchMs} ms`);
  for (let done = 0; done < rounds && !signal.aborted;) {
    const size = Math.min(rounds - done, 2 + random.below(AGENTS.length - 1));
    try {
      await using home = await makeHome();
      await writeAgents(home);
      await runWave({ home, size, random, launchMs, violations, count });
    } catch (error) {
      violations.add(`launch: ${error instanceof Error ? error.message : String(error)}`);
    }
    done += size;
    say(`launch: ${done} of ${rounds} rounds, ${violations.list.length} violations`);
  }
  return {
    rows: [["launch", "rounds"], ...[...counts].sort().map(([what, n]) => [what, n])],
    violations: violations.list,
  };
}

interface Wave {
  readonly home: TestHome;
  readonly size: number;
  readonly random: Random;
  readonly launchMs: number;
  readonly violations: Violations;
  readonly count: (what: string) => void;
}

/** Some at once in one home; what is left of each is looked at by its agent's name before the home is cleaned up. */
async function runWave(wave: Wave): Promise<void> {
  const { home, size, violations } = wave;
  const ends = await Promise.all(AGENTS.slice(0, size).map((agent) => runRound(wave, agent)));
  const left = await leftOf(home);
  for (const { agent, what, mayLeave } of ends) {
    const names = ofAgent(left, agent);
    if (!mayLeave && names.length > 0) violations.add(`${what}: left ${names.join(", ")}`);
  }
  const { code, stderr } = await home.run("cleanup", "--all", "--yes");
  const after = await leftOf(home);
  if (code !== 0 || after.length > 0) {
    const what = ends.map((end) => end.what).join("; ");
    violations.add(`${what}: cleanup ended with ${code} and left ${after.join(", ")}: ${stderr}`);
  }
}

interface RoundEnd {
  readonly agent: string;
  readonly what: string;
  readonly mayLeave: boolean;
}

async function runRound(wave: Wave, agent: string): Promise<RoundEnd> {
  const { home, random, violations, count } = wave;
  if (random.chance(BUNDLE_PART)) {
    const trouble = await killInBundle(home, agent, random);
    const what = `a process of the bundle of ${agent} killed`;
    if (trouble !== undefined) violations.add(`${agent}: ${trouble}`);
    count("process of a bundle killed, bottle ended");
    return { agent, what, mayLeave: trouble !== undefined };
  }
  const plan = chooseBreak(random, agent, wave.launchMs);
  const end = await breakOff(home, plan);
  const what = describeBreak(plan);
  count(`${plan.verb}, ${plan.by}: ${end.kind}`);
  if (end.kind === "wrong") violations.add(`${what}: ${end.what}`);
  if (end.kind === "kept") await removeKept(wave, plan, end);
  return { agent, what, mayLeave: end.kind === "killed" || end.kind === "wrong" };
}

async function removeKept(
  { home, violations }: Wave,
  plan: BrokenLaunch,
  { slug }: Extract<BrokenEnd, { kind: "kept" }>,
): Promise<void> {
  const { code, stderr } = await home.run("cleanup", slug, "--yes");
  if (code !== 0) {
    violations.add(`${describeBreak(plan)}: cleanup of ${slug} ended with ${code}: ${stderr}`);
  }
}

/** The second launch of a home: the first may build images. */
async function timeLaunch(): Promise<number> {
  await using home = await makeHome();
  await home.startBottle();
  const started = performance.now();
  await home.startBottle();
  return Math.round(performance.now() - started);
}

async function writeAgents({ folder }: TestHome): Promise<void> {
  for (const agent of AGENTS) {
    await Deno.writeTextFile(`${folder}/agents/${agent}.md`, "---\nbottle: dev\n---\n");
  }
}
