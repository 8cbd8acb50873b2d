/** Kills at random instants of a bottle's life: afterwards `cleanup` leaves nothing, and nothing is lost that was to be kept. */

import { makeHome, type TestHome, until } from "../../e2e/cli/program.ts";
import { leftOf, ofAgent } from "../launch/left.ts";
import type { Random } from "../random.ts";
import { type Say, type SoakReport, Violations } from "../report.ts";
import { chooseKill, describeKill } from "./plan.ts";
import { processesWith } from "./processes.ts";
import { type LifeEnd, liveUntilKilled } from "./round.ts";

/** What {@linkcode soakLife} takes. */
export interface LifeSoakOptions {
  readonly rounds: number;
  readonly random: Random;
  readonly say: Say;
  readonly signal: AbortSignal;
}

/** Lives that go on at once in one home, each with an agent of its own. */
const AGENTS = ["one", "two", "three"] as const;
/** How long a program that lost the one that started it may go on. */
const ORPHANS_MS = 30_000;

/** Runs it. Beside the lives that are hit, one bottle in the same home is left alone, and has to stay as it is. */
export async function soakLife(options: LifeSoakOptions): Promise<SoakReport> {
  const { rounds, random, say, signal } = options;
  const violations = new Violations();
  const counts = new Map<string, number>();
  await using home = await makeHome();
  for (const agent of AGENTS) {
    await Deno.writeTextFile(`${home.folder}/agents/${agent}.md`, "---\nbottle: dev\n---\n");
  }
  // The first launch of a home may build images.
  await home.startBottle();
  const began = performance.now();
  const bystander = await home.startBottle();
  const launchMs = performance.now() - began;
  for (let done = 0; done < rounds && !signal.aborted;) {
    const size = Math.min(rounds - done, AGENTS.length);
    const kills = AGENTS.slice(0, size).map((agent) => ({
      agent,
      kill: chooseKill(random, launchMs),
    }));
    await Promise.all(kills.map(async ({ agent, kill }) => {
      const what = `round ${done}, ${agent}: ${describeKill(kill)}`;
      const key = `${kill.signal} to the ${kill.victim}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
      try {
        const end = await liveUntilKilled({ home, agent, kill });
        for (const wrong of [...end.wrong, ...await cleanUp(home, agent, end)]) {
          violations.add(`${what}: ${wrong}`);
        }
      } catch (error) {
        violations.add(`${what}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }));
    const stands = await home.run("exec", bystander, "--", "true");
    if (stands.code !== 0) violations.add(`round ${done}: the bystander: ${stands.stderr}`);
    done += size;
    say(`life: ${done} of ${rounds} kills, ${violations.list.length} violations`);
  }
  return {
    rows: [["life", "kills"], ...[...counts].sort().map(([what, n]) => [what, n])],
    violations: violations.list,
  };
}

/** What a person does who finds the mess. @returns what is wrong after it */
async function cleanUp(home: TestHome, agent: string, end: LifeEnd): Promise<readonly string[]> {
  const wrong: string[] = [];
  const { slug } = end;
  const list = await home.run("list", "--json");
  if (list.code !== 0) wrong.push(`list ended with ${list.code}: ${list.stderr}`);
  if (slug !== null) {
    // A call of the engine that was under way when its caller was killed still comes to its end.
    const isQuiet = async (): Promise<boolean> =>
      (await processesWith(slug)).every(({ command }) => !command.startsWith("docker "));
    await until(`the engine's calls for ${slug} are over`, isQuiet, ORPHANS_MS);
    const { code, stderr } = await home.run("cleanup", slug, "--yes");
    if (code !== 0) wrong.push(`cleanup ended with ${code}: ${stderr}`);
    const left = ofAgent(await leftOf(home), agent);
    if (left.length > 0) wrong.push(`left ${left.join(", ")}`);
    const keeperIsGone = async (): Promise<boolean> => (await processesWith(slug)).length === 0;
    await until(`no process of ${slug} is left`, keeperIsGone, ORPHANS_MS);
    const audit = await home.run("audit", slug);
    const lost = end.asked.filter((host) => !audit.stdout.includes(host));
    if (lost.length > 0) wrong.push(`the audit lost ${lost.join(", ")}: ${audit.stderr}`);
  } else {
    const left = ofAgent(await leftOf(home), agent);
    if (left.length > 0) wrong.push(`no state, and left ${left.join(", ")}`);
  }
  return wrong;
}
