/** A program of a daemon's whose stdin and stdout stream, and that ends with all that it has started. */

import { StderrTail } from "./stderr_tail.ts";
import { spawn } from "./spawn.ts";
import { stopProcess } from "./stop.ts";

/** Options of {@linkcode startStreamed}. */
export interface StreamedOptions {
  /** Its whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** Default: where we are. */
  readonly cwd?: string;
  /** Whether it reads from us; default: it reads nothing. */
  readonly hasStdin?: boolean;
  /** It lives so long at most, in milliseconds. */
  readonly limitMs: number;
  /** Bytes of memory that each of its processes may take for data; what it maps from files is not counted. */
  readonly dataBytes: number;
  /** Gets each line of stderr. A carriage return ends a line too: progress. */
  readonly onStderr?: (line: string) => void;
  /** Ends it. */
  readonly signal?: AbortSignal;
}

/** How it ended. */
export interface StreamedEnd {
  /** Exit code; 128 + signal number; {@linkcode TIMED_OUT}: its time was over. */
  readonly code: number;
  /** The last 16 KiB of stderr, lines of progress left out. */
  readonly stderr: string;
}

/** A program that runs. Disposal ends it. */
export interface Streamed extends AsyncDisposable {
  /** Closed already without `hasStdin`. */
  readonly stdin: WritableStream<Uint8Array>;
  readonly stdout: ReadableStream<Uint8Array>;
  /** Never rejects. */
  readonly ended: Promise<StreamedEnd>;
  /** TERM to its group, a wait, KILL; resolves when it has ended. One that has ended is no error. */
  stop(): Promise<void>;
}

/** Exit code of a program that had its time; timeout(1). */
export const TIMED_OUT = 124;
/** How long the group may take to end by itself after TERM. */
const KILL_AFTER_S = 2;
/** timeout(1) kills its group first: this is for one that does not answer either. */
const GRACE_MS = (KILL_AFTER_S + 1) * 1_000;

/**
 * Starts it. `timeout` passes on TERM to the whole group, which a daemon can't: Deno lets nobody signal a group without the
 * permission to run anything.
 *
 * @throws {BottleError} `program-missing`
 */
export function startStreamed(argv: readonly string[], options: StreamedOptions): Streamed {
  options.signal?.throwIfAborted();
  const { hasStdin = false, limitMs, dataBytes } = options;
  const child = spawn([
    ...["/usr/bin/prlimit", `--data=${dataBytes}`],
    ...["/usr/bin/timeout", `--kill-after=${KILL_AFTER_S}`, String(Math.ceil(limitMs / 1_000))],
    ...argv,
  ], {
    stdin: hasStdin ? "piped" : "null",
    stdout: "piped",
    stderr: "piped",
    env: options.env,
    cwd: options.cwd,
    clearEnv: true,
    ownSession: true,
  });
  const tail = new StderrTail(child.stderr, options.onStderr);
  const stop = (): Promise<void> => stopProcess(child, GRACE_MS);
  const abort = (): void => void stop();
  options.signal?.addEventListener("abort", abort, { once: true });
  const ended = child.status.then(async ({ code }) => {
    options.signal?.removeEventListener("abort", abort);
    return { code, stderr: await tail.last() };
  });
  return {
    stdin: hasStdin ? child.stdin : new WritableStream(),
    stdout: child.stdout,
    ended,
    stop,
    [Symbol.asyncDispose]: async (): Promise<void> => {
      await stop();
      if (hasStdin && !child.stdin.locked) await child.stdin.abort().catch(() => {});
      if (!child.stdout.locked) await child.stdout.cancel().catch(() => {});
      await ended;
    },
  };
}
