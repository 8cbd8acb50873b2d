/** The step of collecting work, as it goes. */

import type { Services } from "../command.ts";
import { createProgress } from "./progress.ts";

/** The step. Disposed without `done()`: it failed. */
export interface CollectingStep extends Disposable {
  /** Bytes that have come so far. */
  readonly onBytes: (bytes: number) => void;
  readonly done: () => void;
}

const MIB = 1024 ** 2;

/** Begins it. What comes is told in MiB. */
export function collecting(services: Pick<Services, "context" | "settings">): CollectingStep {
  // A diff in a pipe, or a file, is no launch: only who looks at a terminal is told.
  const { context, settings } = services;
  const isWatched = context.out.isTerminal.stderr;
  const progress = createProgress(context, { ...settings, quiet: settings.quiet || !isWatched });
  const step = progress.step("Collecting the agent's work");
  let bytes = 0;
  return {
    onBytes: (now) => {
      if (Math.floor(now / MIB) !== Math.floor(bytes / MIB)) {
        step.line(`${Math.floor(now / MIB)} MiB`);
      }
      bytes = now;
    },
    done: () => step.done(bytes === 0 ? "" : sizeText(bytes)),
    [Symbol.dispose]: () => {
      step[Symbol.dispose]();
      progress[Symbol.dispose]();
    },
  };
}

function sizeText(bytes: number): string {
  return bytes < MIB ? `${Math.ceil(bytes / 1024)} KiB` : `${Math.round(bytes / MIB)} MiB`;
}
