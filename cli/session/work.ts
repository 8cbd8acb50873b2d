/** What happens in a bottle between its launch and its end. */

import type { Bottle } from "../../lib/bottle.ts";
import type { Context } from "../../lib/context.ts";
import { escapeControl } from "../../lib/egress/escape.ts";
import type { Outcome } from "./outcome.ts";

/** Gives the agent program the person's terminal, until it ends. */
export async function workInteractively(
  bottle: Bottle,
  options: {
    /** The agent has been in this bottle before: its program continues there. */
    readonly isContinued: boolean;
    readonly env?: Readonly<Record<string, string>>;
    readonly signal: AbortSignal;
  },
): Promise<Outcome> {
  const { agent } = bottle.plan;
  const command = options.isContinued
    ? agent.resume(bottle.promptPath)
    : agent.launch(bottle.promptPath);
  const { env, signal } = options;
  const exitCode = await bottle.attach(
    command.argv,
    { cwd: agent.workFolder, signal, ...(env === undefined ? {} : { env }) },
  );
  return { exitCode, by: "agent" };
}

/** Runs the agent program on one prompt; what it says goes out line by line. @throws {BottleError} `timeout` */
export async function workHeadlessly(
  bottle: Bottle,
  options: {
    readonly prompt: string;
    readonly timeoutMs?: number;
    readonly context: Pick<Context, "out" | "signal">;
  },
): Promise<Outcome> {
  const { out, signal } = options.context;
  const command = bottle.plan.agent.headless(bottle.promptPath);
  const result = await bottle.exec(command.argv, {
    cwd: bottle.plan.agent.workFolder,
    signal,
    onLine: (line, from) =>
      from === "stdout"
        ? out.stdout(`${out.isTerminal.stdout ? escapeControl(line) : line}\n`)
        : out.stderr(`${out.isTerminal.stderr ? escapeControl(line) : line}\n`),
    ...(command.stdin === "prompt" ? { stdin: options.prompt } : {}),
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
  });
  return { exitCode: result.code, by: "agent" };
}
