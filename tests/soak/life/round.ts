/** One bottle's life, with a kill in it. */

import type { TestHome } from "../../e2e/cli/program.ts";
import { launch, type Launched } from "../launch/program.ts";
import { ofAgent } from "../launch/left.ts";
import { type Kill, type Stage, STAGES } from "./plan.ts";
import { processesWith } from "./processes.ts";

/** What a life takes. */
export interface Life {
  readonly home: TestHome;
  /** No other bottle is of this agent. */
  readonly agent: string;
  readonly kill: Kill;
}

/** How it went until the kill. */
export interface LifeEnd {
  /** Null: no bottle was left by the time it hit. */
  readonly slug: string | null;
  /** Hosts that the agent asked for and was refused: the audit has to know them, whatever happened since. */
  readonly asked: readonly string[];
  readonly wrong: readonly string[];
}

/** Lives it: stage by stage up to the one that is hit. */
export async function liveUntilKilled(life: Life): Promise<LifeEnd> {
  const { home, agent, kill } = life;
  const asked: string[] = [];
  for (const stage of STAGES) {
    const slug = await findSlug(home, agent);
    if (slug === null && stage !== "start") {
      return { slug, asked, wrong: [`no bottle before "${stage}"`] };
    }
    const host = `${stage.replace(" ", "-")}.example`;
    const running = launch(home, argvOf(stage, { agent, slug: slug ?? "", host }));
    const isHit = stage === kill.stage;
    const strike = isHit ? startStrike(life, running) : undefined;
    const { code, stderr } = await running.ended;
    await strike?.over();
    if (stage.startsWith("work") && code === REFUSED) asked.push(host);
    if (isHit) return { slug: await findSlug(home, agent), asked, wrong: [] };
    if (code !== (stage.startsWith("work") ? REFUSED : 0)) {
      return { slug, asked, wrong: [`"${stage}" ended with ${code}: ${stderr}`] };
    }
  }
  throw new Error(`No stage "${kill.stage}"`);
}

/** curl's exit code for a proxy that answers CONNECT with 403. */
const REFUSED = 56;

function argvOf(
  stage: Stage,
  { agent, slug, host }: { readonly agent: string; readonly slug: string; readonly host: string },
): readonly string[] {
  switch (stage) {
    case "start":
      return ["start", agent, "--yes", "--detach"];
    case "work":
    case "work again":
      return ["exec", slug, "--", "curl", "-sS", "-m", "20", `https://${host}/`];
    case "stop":
      return ["stop", slug];
    case "resume":
      return ["resume", slug, "--detach"];
    case "cleanup":
      return ["cleanup", slug, "--yes"];
    default:
      return stage satisfies never;
  }
}

/** The slug of the agent's only bottle, by its state. */
export async function findSlug(home: TestHome, agent: string): Promise<string | null> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(`${home.folder}/state`)) names.push(name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return ofAgent(names, agent)[0] ?? null;
}

/** Hits once, at its time or when the stage is over, whichever comes first. */
function startStrike({ home, agent, kill }: Life, running: Launched): { over(): Promise<void> } {
  const hit = async (): Promise<void> => {
    if (kill.victim !== "keeper") {
      running.signal(kill.signal, kill.victim === "command and its group");
      return;
    }
    const slug = await findSlug(home, agent);
    if (slug === null) return;
    for (const { pid } of await processesWith(` keeper ${slug}`)) signalIfThere(pid, kill.signal);
  };
  const done = Promise.withResolvers<void>();
  const timer = setTimeout(() => void hit().then(done.resolve, done.reject), kill.atMs);
  return {
    over: async () => {
      if (kill.victim === "keeper") return await done.promise;
      clearTimeout(timer);
    },
  };
}

function signalIfThere(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
