/** When, whom and how a kill hits in the life of a bottle. */

import type { Random } from "../random.ts";

/** What a person does with a bottle, in order. */
export const STAGES = ["start", "work", "stop", "resume", "work again", "cleanup"] as const;

/** One of them. */
export type Stage = typeof STAGES[number];

/** A kill, every choice taken. */
export interface Kill {
  /** While this goes on. */
  readonly stage: Stage;
  readonly atMs: number;
  /** The command line, with or without the programs that it has started; or the bottle's keeper. */
  readonly victim: "command" | "command and its group" | "keeper";
  readonly signal: "SIGKILL" | "SIGTERM" | "SIGINT" | "SIGHUP";
}

/** The longest that a stage takes, in launches; a kill later than its end hits nobody, or the keeper. */
const LONGEST: Readonly<Record<Stage, number>> = {
  "start": 1.5,
  "work": 0.4,
  "stop": 0.8,
  "resume": 1.5,
  "work again": 0.4,
  "cleanup": 0.8,
};

/** Chooses. @param launchMs what a launch takes on this machine now */
export function chooseKill(random: Random, launchMs: number): Kill {
  const stage = random.pick(STAGES);
  return {
    stage,
    atMs: Math.floor(random.below(1000) / 1000 * LONGEST[stage] * launchMs),
    victim: random.pick(["command", "command and its group", "keeper"]),
    // What nobody can clean up after is the most frequent.
    signal: random.chance(0.5) ? "SIGKILL" : random.pick(["SIGTERM", "SIGINT", "SIGHUP"]),
  };
}

/** In words. */
export function describeKill({ stage, atMs, victim, signal }: Kill): string {
  return `${signal} to the ${victim} ${atMs} ms into "${stage}"`;
}
