/** Which start of an agent's container its last launch or resume sealed, as it is remembered. */

import type { Backend, BottleSummary, OpenedGuest } from "../../backends/backend.ts";
import type { AgentStart } from "../../lib/bottle.ts";
import { BottleError } from "../../lib/errors.ts";
import type { BottleState } from "../../lib/state/state.ts";

/** For `state.json`. */
export function rememberStart(start: AgentStart): NonNullable<BottleState["agent_start"]> {
  return { container: start.container, started_at: start.startedAt };
}

/** From `state.json`. */
export function recallStart(remembered: NonNullable<BottleState["agent_start"]>): AgentStart {
  return { container: remembered.container, startedAt: remembered.started_at };
}

/** Whether the container was started by somebody else since: its network is sealed by nobody (docs/adr/0005). */
export function isUnsealed(
  running: AgentStart,
  remembered: BottleState["agent_start"],
): boolean {
  return remembered === null || running.container !== remembered.container ||
    running.startedAt !== remembered.started_at;
}

/** The same of a bottle as the engine shows it: its agent runs, unsealed. */
export function isRestarted(
  { agent }: Pick<BottleSummary, "agent">,
  state: Pick<BottleState, "agent_start" | "phase">,
): boolean {
  // A launch notes the start when it is done.
  if (state.phase === "launching" || agent === null || agent.start === null) return false;
  return isUnsealed(agent.start, state.agent_start);
}

/** Nothing is run where what it starts could reach more than the bundle. @throws {BottleError} `agent-unsealed` */
export function refuseUnsealed(
  running: AgentStart,
  { slug, agent_start: sealed }: Pick<BottleState, "slug" | "agent_start">,
): void {
  if (!isUnsealed(running, sealed)) return;
  throw new BottleError(
    `The agent's container of "${slug}" was started by hand: nothing seals its network`,
    {
      code: "agent-unsealed",
      hint: `\`bot-bottle resume ${slug}\` starts it as it should be`,
    },
  );
}

/** The guest's programs of a bottle whose network is sealed. @throws {BottleError} as the backend's; `agent-unsealed` */
export async function openSealedGuest(
  backend: Backend,
  state: Pick<BottleState, "slug" | "agent_start">,
  signal: AbortSignal,
): Promise<OpenedGuest> {
  const guest = await backend.openGuest(state.slug, signal);
  refuseUnsealed(guest.agentStart, state);
  return guest;
}
