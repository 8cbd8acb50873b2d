/** The hidden verb `keeper`: one process a bottle, started by `start`, `run`, `resume` and `attach`. */

import { readLines } from "../../lib/control/lines.ts";
import { BottleError, ExitCode } from "../../lib/errors.ts";
import { createBackend } from "../backend.ts";
import { createHost } from "../library.ts";
import { createDoor, doorFolder } from "./door.ts";
import { keep } from "./keeper.ts";
import { type KeeperSeed, MAX_KEEPER_LINE, parseSeed } from "./protocol.ts";

/** What surrounds a keeper. */
export interface KeeperHost {
  readonly env: (name: string) => string | undefined;
  /** Aborted by SIGTERM. */
  readonly signal: AbortSignal;
  readonly stdin: ReadableStream<Uint8Array>;
  /** Writes the one line that its starter waits for, and closes stdout. */
  readonly answer: (line: string) => Promise<void>;
  readonly pid: number;
  readonly uid: number | null;
}

/** Runs a keeper to its end and returns the exit code; never throws. Without a seed, as when its starter dies, it ends at once. */
export async function keeperMain(host: KeeperHost): Promise<number> {
  const { answer } = host;
  let isReady = false;
  try {
    const seed = await readSeed(host.stdin, host.signal);
    if (seed === undefined) return ExitCode.ok;
    const context = createHost({ env: host.env, home: seed.home, signal: host.signal });
    await keep({
      seed,
      backend: createBackend(context),
      door: createDoor(doorFolder(host.uid), host.uid, context.clock),
      clock: context.clock,
      pid: host.pid,
      signal: host.signal,
      onReady: () => {
        isReady = true;
        void answer(JSON.stringify({ ready: true }));
      },
    });
    return ExitCode.ok;
  } catch (error) {
    // The message of any other error may quote what it choked on: the seed, that is.
    const why = error instanceof BottleError
      ? error.message
      : `An unexpected ${error instanceof Error ? error.name : typeof error}`;
    if (!isReady) await answer(JSON.stringify({ error: why }));
    return ExitCode.failed;
  }
}

async function readSeed(
  stdin: ReadableStream<Uint8Array>,
  signal: AbortSignal,
): Promise<KeeperSeed | undefined> {
  const reader = stdin.getReader();
  // A starter whose launch failed ends it before it was told anything, and waits for its end.
  const stop = (): void => void reader.cancel().catch(() => undefined);
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  try {
    for await (const line of readLines(reader, MAX_KEEPER_LINE)) {
      return parseSeed(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(line)));
    }
    return undefined;
  } finally {
    signal.removeEventListener("abort", stop);
    await reader.cancel().catch(() => undefined);
  }
}
