/** Which start of an agent's container runs: each has a network namespace of its own, and a seal of its own or none. */

import type { AgentStart } from "../../lib/bottle.ts";
import { BottleError } from "../../lib/errors.ts";
import type { Engine } from "../engine/engine.ts";
import { EngineErrorCode } from "../engine/errors.ts";

/** Of containers that run; one that went meanwhile is left out. One call for all. */
export async function readStarts(
  engine: Engine,
  containers: readonly string[],
  signal?: AbortSignal,
): Promise<readonly AgentStart[]> {
  if (containers.length === 0) return [];
  const format = "{{.Id}}\t{{.State.StartedAt}}\t{{.State.Running}}";
  // What is gone makes the call fail, and the others are told all the same.
  const result = await engine.raw(
    ["container", "inspect", "--format", format, ...containers],
    signal === undefined ? {} : { signal },
  );
  return new TextDecoder().decode(result.stdout).split("\n").flatMap((line) => {
    const [container = "", startedAt = "", running] = line.trim().split("\t");
    return running === "true" ? [{ container, startedAt }] : [];
  });
}

/** Of one that runs. @throws {BottleError} `container-not-running` */
export async function readStart(
  engine: Engine,
  container: string,
  signal?: AbortSignal,
): Promise<AgentStart> {
  const [start] = await readStarts(engine, [container], signal);
  if (start !== undefined) return start;
  throw new BottleError("The agent's container does not run", {
    code: EngineErrorCode.notRunning,
    hint: "`bot-bottle list` shows what became of it",
  });
}

/** Whether both are the same start. */
export function isSameStart(one: AgentStart, other: AgentStart): boolean {
  return one.container === other.container && one.startedAt === other.startedAt;
}
