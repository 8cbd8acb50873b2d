/** One launch that is broken off at some instant. */

import type { TestHome } from "../../e2e/cli/program.ts";
import type { Random } from "../random.ts";
import { launch } from "./program.ts";

/** How a launch is broken off. */
export type Break = "SIGINT" | "SIGKILL";

/** A launch to be made, every choice taken. */
export interface BrokenLaunch {
  readonly agent: string;
  readonly verb: "start" | "run";
  readonly by: Break;
  /** Also to the programs that the launch has started. */
  readonly toGroup: boolean;
  readonly atMs: number;
}

/** What came of it. */
export type BrokenEnd =
  /** Nothing may be left of it. */
  | { readonly kind: "interrupted" }
  /** A bottle that is there by right: the launch was done, or its agent at work. */
  | { readonly kind: "kept"; readonly slug: string }
  /** A run that was over before. */
  | { readonly kind: "over" }
  /** Anything may be left: `cleanup` has to remove it. */
  | { readonly kind: "killed" }
  | { readonly kind: "wrong"; readonly what: string };

/** Chooses. @param launchMs what a whole launch takes */
export function chooseBreak(random: Random, agent: string, launchMs: number): BrokenLaunch {
  return {
    agent,
    verb: random.chance(0.5) ? "start" : "run",
    by: random.chance(0.6) ? "SIGINT" : "SIGKILL",
    toGroup: random.chance(0.5),
    atMs: random.below(launchMs * 1.3),
  };
}

/** In words, for a person who wants it again. */
export function describeBreak({ agent, verb, by, toGroup, atMs }: BrokenLaunch): string {
  return `${verb} ${agent}, ${by} to ${toGroup ? "its group" : "it alone"} after ${atMs} ms`;
}

/** Makes the launch, and breaks it off. */
export async function breakOff(home: TestHome, plan: BrokenLaunch): Promise<BrokenEnd> {
  const { agent, verb, by, toGroup, atMs } = plan;
  const launched = launch(
    home,
    verb === "start"
      ? ["start", agent, "--yes", "--detach"]
      : ["run", agent, "--prompt", "sleep 1"],
  );
  const timer = setTimeout(() => launched.signal(by, toGroup), atMs);
  const { code, stdout, stderr } = await launched.ended;
  clearTimeout(timer);
  const slug = new RegExp(`\\b${agent}-[a-z0-9]{5}\\b`).exec(
    verb === "start" ? stdout : keptBy(stderr),
  );
  if (by === "SIGKILL" && code === 137) return { kind: "killed" };
  if (slug !== null && (verb === "start" ? code === 0 : code === 130)) {
    return { kind: "kept", slug: slug[0] };
  }
  if (code === 0) return { kind: "over" };
  if (by === "SIGINT" && code === 130) return { kind: "interrupted" };
  return { kind: "wrong", what: `ended with ${code}: ${stderr.trim().slice(-600)}` };
}

function keptBy(stderr: string): string {
  return stderr.split("\n").filter((line) => line.includes("bot-bottle resume")).join("\n");
}
