/** How a session ended. */

import { BottleError, ExitCode } from "../../lib/errors.ts";
import type { Slug } from "../../lib/names.ts";

/** Who ended it, and with which code. */
export interface Outcome {
  readonly exitCode: number;
  readonly by: "agent" | "bot-bottle";
}

/** `run --json`: the last line of stdout. */
export interface SessionSummary {
  readonly slug: Slug;
  readonly exit_code: number;
  readonly by: "agent" | "bot-bottle";
  readonly duration_ms: number;
  /** Exchanges through the proxy. */
  readonly requests: number;
  /** Those of them that were refused. */
  readonly blocked: number;
  /** Pushes through the git gate; 0 as long as a bottle has none. */
  readonly pushes: number;
  /** Questions of the agent to a person; 0 as long as it can't ask. */
  readonly proposals: number;
}

/** The outcome of a session that an error broke off: a limit, Ctrl-C, a failure of the engine. */
export function brokenOff(error: unknown): Outcome {
  const exitCode = error instanceof BottleError ? error.exitCode : ExitCode.failed;
  return { exitCode, by: "bot-bottle" };
}

/** An abort or a limit is an outcome that the summary tells; anything else is news. */
export function isExpected(error: unknown): boolean {
  return error instanceof BottleError &&
    (error.exitCode === ExitCode.interrupted || error.exitCode === ExitCode.timeout);
}
