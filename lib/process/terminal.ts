/** A program that gets the person's terminal. */

import type { RunOptions } from "./run.ts";
import { spawn } from "./spawn.ts";
import { stopProcess } from "./stop.ts";

/** `Run.terminal`: stdio inherited, same session, so that keys, resizes and Ctrl-C reach the program itself. */
export async function runInTerminal(
  argv: readonly string[],
  options: Pick<RunOptions, "env" | "signal"> = {},
): Promise<number> {
  options.signal?.throwIfAborted();
  const child = spawn(argv, {
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
    ownSession: false,
    ...(options.env === undefined ? {} : { env: options.env }),
  });
  let stopped: Promise<void> | undefined;
  const abort = (): void => {
    stopped = stopProcess(child);
  };
  options.signal?.addEventListener("abort", abort, { once: true });
  try {
    const { code } = await child.status;
    await stopped;
    options.signal?.throwIfAborted();
    return code;
  } finally {
    options.signal?.removeEventListener("abort", abort);
  }
}
