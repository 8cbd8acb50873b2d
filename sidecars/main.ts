/** The one entry of everything that runs in the bundle: `init`, `egress`, `git-gate` or `supervise`. */

import { BottleError } from "../lib/errors.ts";

/** Each daemon loads its own code only. */
async function run(name: string | undefined, args: readonly string[]): Promise<void> {
  switch (name) {
    case "init":
      return await runInit();
    case "egress":
      return await (await import("./egress/main.ts")).runEgress({ args });
    case "git-gate": {
      const streams = { readable: Deno.stdin.readable, writable: Deno.stdout.writable };
      return await (await import("./git_gate/main.ts")).runGitGate({ ...streams, onLog: log });
    }
    case "supervise": {
      const streams = { readable: Deno.stdin.readable, writable: Deno.stdout.writable };
      return await (await import("./supervise/main.ts")).runSupervise(streams);
    }
    default:
      throw new BottleError("Usage: sidecars init | egress [--config -] | git-gate | supervise", {
        code: "usage",
        exitCode: 2,
      });
  }
}

async function runInit(): Promise<void> {
  const { runInit } = await import("./init/main.ts");
  const { endLeftovers, startSidecar } = await import("./init/daemons.ts");
  const { systemClock } = await import("../lib/clock.ts");
  const ending = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    Deno.addSignalListener(signal, () => ending.abort());
  }
  await runInit({
    start: (daemon, options) => startSidecar(daemon, import.meta.filename ?? "", options),
    endLeftovers,
    clock: systemClock,
    signal: ending.signal,
    onLog: log,
  });
}

function log(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}

/** An unexpected error's message may quote what it choked on: its place is told instead. */
function describe(error: unknown): string {
  if (error instanceof BottleError) return error.message;
  if (!(error instanceof Error)) return "Unknown error";
  const frames = (error.stack ?? "").split("\n").filter((line) => line.startsWith("    at "));
  return [error.name, ...frames].join("\n");
}

const [name, ...args] = Deno.args;
try {
  await run(name, args);
  Deno.exit(0);
} catch (error) {
  log(describe(error));
  Deno.exit(error instanceof BottleError ? error.exitCode : 1);
}
