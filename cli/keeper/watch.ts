/** What a keeper does all day: holds a stream to the bundle, and sees to it that it does not outlive its bottle. */

import type { Backend } from "../../backends/backend.ts";
import type { Clock } from "../../lib/context.ts";
import type { ControlClient } from "../../lib/control/client.ts";
import type { Slug } from "../../lib/names.ts";

/** What {@linkcode watchBottle} takes. */
export interface WatchOptions {
  readonly backend: Pick<Backend, "isUp" | "control">;
  readonly slug: Slug;
  readonly clock: Clock;
  /** Ends the watch. */
  readonly signal: AbortSignal;
  /** Told whenever the stream opens or ends. */
  readonly onStream: (stream: "up" | "down") => void;
  readonly onLog: (line: string) => void;
  /** Whether the home still has the bottle's folder. */
  readonly isRemembered: () => Promise<boolean>;
}

/** How long one question to the engine may take, in milliseconds. */
const ASK_MS = 30_000;
/** An agent's container may end while the bundle goes on, which no stream tells: it is looked for so often. */
const LOOK_MS = 60_000;
/** Between the end of a stream and the next one, doubled up to the second figure as long as the engine does not answer. */
const FIRST_PAUSE_MS = 500;
const LAST_PAUSE_MS = 60_000;
/** Containers that are being restarted are down for a moment: they are looked for again after this. */
const RESTART_MS = 3_000;

/** Resolves when the bottle does not run any more, or when nobody remembers it. Rejects only by its signal. */
export async function watchBottle(options: WatchOptions): Promise<void> {
  const { clock, signal, onLog } = options;
  let pauseMs = FIRST_PAUSE_MS;
  while (await options.isRemembered()) {
    signal.throwIfAborted();
    try {
      if (
        !await isUp(options) && !await clock.sleep(RESTART_MS, signal).then(() => isUp(options))
      ) {
        return;
      }
      pauseMs = FIRST_PAUSE_MS;
      await holdStream(options);
    } catch (error) {
      signal.throwIfAborted();
      // Engines come back, and bottles with them.
      onLog(error instanceof Error ? error.message : String(error));
      pauseMs = Math.min(pauseMs * 2, LAST_PAUSE_MS);
    }
    await clock.sleep(pauseMs, signal);
  }
}

async function isUp({ backend, slug, signal }: WatchOptions): Promise<boolean> {
  return await backend.isUp(slug, AbortSignal.any([signal, AbortSignal.timeout(ASK_MS)]));
}

/** Returns when the stream has ended, or the bottle has. */
async function holdStream(options: WatchOptions): Promise<void> {
  const { backend, slug, clock, signal, onStream, onLog } = options;
  await using control = await backend.control(slug, signal);
  // The channel's program starts even where no init listens: its answer is what counts.
  await control.call("ready", null, { signal, timeoutMs: ASK_MS });
  onStream("up");
  try {
    while (await lasts(control, clock, signal)) {
      if (!await isUp(options)) return;
    }
    onLog("The control stream ended");
  } finally {
    onStream("down");
  }
}

/** Whether the stream is still open after a while. */
async function lasts(control: ControlClient, clock: Clock, signal: AbortSignal): Promise<boolean> {
  const enough = new AbortController();
  const either = AbortSignal.any([signal, enough.signal]);
  try {
    return await Promise.race([
      control.closed.then(() => false),
      clock.sleep(LOOK_MS, either).then(() => true),
    ]);
  } finally {
    enough.abort();
  }
}
