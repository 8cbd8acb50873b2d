/** The egress daemon: under init, or alone. */

import { BottleError } from "../../lib/errors.ts";

/** What {@linkcode runEgress} takes. */
export interface EgressOptions {
  /** None: a daemon of init. `--config -`: alone, the configuration on stdin. */
  readonly args: readonly string[];
}

/**
 * Runs until it is told to end. Needs no permission but the network.
 *
 * @throws {BottleError} `usage`, and what the modes throw
 */
export async function runEgress({ args }: EgressOptions): Promise<void> {
  const streams = { readable: Deno.stdin.readable, writable: Deno.stdout.writable };
  if (args.length === 0) {
    const { runDaemon } = await import("./daemon_mode.ts");
    return await runDaemon(streams, log);
  }
  if (args.length !== 2 || args[0] !== "--config" || args[1] !== "-") {
    throw new BottleError("Usage: sidecars egress [--config -]", { code: "usage", exitCode: 2 });
  }
  const { runAlone } = await import("./alone_mode.ts");
  const ending = new AbortController();
  const end = (): void => ending.abort();
  for (const signal of ["SIGTERM", "SIGINT"] as const) Deno.addSignalListener(signal, end);
  try {
    await runAlone({ ...streams, onLog: log, signal: ending.signal });
  } finally {
    for (const signal of ["SIGTERM", "SIGINT"] as const) Deno.removeSignalListener(signal, end);
  }
}

function log(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}
