/** A long-running program of our own, under a user of its own, spoken to over its stdin and stdout. */

import { LineSplitter } from "./line_splitter.ts";
import { stopProcess } from "./stop.ts";
import type { ProcessUser } from "./user.ts";

/** What {@linkcode startDaemon} starts. */
export interface DaemonSpec {
  /** Program and arguments; never a value from a configuration. */
  readonly argv: readonly string[];
  /** Who it runs as; absent: the caller. Supplementary groups are dropped with it. */
  readonly user?: ProcessUser;
  /** Its whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** Gets each line of its stderr. */
  readonly onStderr: (line: string) => void;
}

/** How a daemon ended. */
export interface DaemonExit {
  /** 128 + signal number if a signal ended it. */
  readonly code: number;
  readonly signal: string | null;
}

/** A running daemon. */
export interface DaemonProcess {
  readonly pid: number;
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  readonly ended: Promise<DaemonExit>;
  /** TERM, a wait of `graceMs`, KILL; resolves when it has ended. */
  stop(graceMs: number): Promise<void>;
}

/** Starts a daemon. @throws what the kernel says when it can't */
export function startDaemon(spec: DaemonSpec): DaemonProcess {
  const [program = "", ...args] = spec.argv;
  const child = new Deno.Command(program, {
    args,
    clearEnv: true,
    env: { ...spec.env },
    cwd: "/",
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    ...spec.user,
  }).spawn();
  const logged = readLines(child.stderr, new LineSplitter(spec.onStderr));
  const ended = child.status.then(async ({ code, signal }) => {
    await logged;
    return { code, signal };
  });
  return {
    pid: child.pid,
    readable: child.stdout,
    writable: child.stdin,
    ended,
    stop: async (graceMs) => {
      await stopProcess(child, graceMs);
      await ended;
    },
  };
}

async function readLines(from: ReadableStream<Uint8Array>, lines: LineSplitter): Promise<void> {
  for await (const chunk of from) lines.push(chunk);
  lines.end();
}
