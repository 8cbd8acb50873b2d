/** Work that many ask for and that is done once for all of them. */

import { unlessAborted } from "../../lib/unless_aborted.ts";

interface Run {
  readonly done: Promise<void>;
  readonly over: AbortController;
  waiting: number;
}

/**
 * Those who ask before a run has begun share it; those who ask while one goes on share the next, as the one that goes on may
 * have looked already. So whoever waited knows what was so after they had asked, and there are two runs at most.
 */
export class SharedRun {
  readonly #work: (signal: AbortSignal) => Promise<void>;
  readonly #gatherMs: number;
  #last: Promise<void> = Promise.resolve();
  #next: Run | undefined;

  /** @param gatherMs how long a run waits for more who ask */
  constructor(work: (signal: AbortSignal) => Promise<void>, gatherMs: number) {
    this.#work = work;
    this.#gatherMs = gatherMs;
  }

  /**
   * Waits for a run that begins after this call.
   *
   * @param signal stops waiting; the run is aborted when nobody waits for it any more
   * @throws what the work throws; the signal's reason
   */
  async join(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const run = this.#next ??= this.#begin();
    run.waiting++;
    try {
      await unlessAborted(run.done, signal);
    } finally {
      run.waiting--;
      if (run.waiting === 0) {
        run.over.abort(signal.reason);
        // Nobody may join what is given up.
        if (this.#next === run) this.#next = undefined;
      }
    }
  }

  #begin(): Run {
    const over = new AbortController();
    const done = this.#doNext(this.#last, over.signal);
    this.#last = done.catch(() => {});
    return { done, over, waiting: 0 };
  }

  async #doNext(before: Promise<void>, signal: AbortSignal): Promise<void> {
    await before;
    await new Promise((resolve) => setTimeout(resolve, this.#gatherMs));
    // From here on it may look, and whoever comes gets another. One that was given up has been replaced already.
    signal.throwIfAborted();
    this.#next = undefined;
    await this.#work(signal);
  }
}
