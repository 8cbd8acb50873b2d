/** One writer at a time, in the order in which they came. */

import { unlessAborted } from "../../lib/unless_aborted.ts";

/** Held by whoever writes to a mirror. */
export class WriterLock {
  #last: Promise<void> = Promise.resolve();

  /**
   * Does this when all who came before are done.
   *
   * @param signal stops waiting for the turn; work that has begun goes on
   */
  async exclusive<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const before = this.#last;
    const { promise, resolve: release } = Promise.withResolvers<void>();
    this.#last = promise;
    try {
      await (signal === undefined ? before : unlessAborted(before, signal));
    } catch (error) {
      // Those behind still wait for those before.
      void before.then(release);
      throw error;
    }
    try {
      return await work();
    } finally {
      release();
    }
  }
}
