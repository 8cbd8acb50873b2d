/** The agent's prompt as a file of the guest. */

import type { GuestEntry } from "../bottle.ts";
import type { BottlePlan } from "../plan/plan.ts";

/** The prompt file: always there, readable by its owner alone. */
export function promptEntry(plan: BottlePlan): GuestEntry {
  return { path: plan.promptFile, mode: 0o600, content: plan.manifest.agent.prompt };
}

/** What `bottle.promptPath` becomes: null when the prompt has nothing but white space. */
export function promptPathOf(plan: BottlePlan): string | null {
  return plan.manifest.agent.prompt.trim() === "" ? null : plan.promptFile;
}
