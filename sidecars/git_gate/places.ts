/** So many at a time; the others wait their turn. */

import { unlessAborted } from "../../lib/unless_aborted.ts";

/** Bounds how much goes on at once. */
export class Places {
  readonly #waiting = new Set<PromiseWithResolvers<void>>();
  #free: number;

  /** @param count how many there are */
  constructor(count: number) {
    this.#free = count;
  }

  /**
   * Waits for a place, in the order of coming.
   *
   * @returns gives it back; called again it does nothing
   * @throws the signal's reason
   */
  async take(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#free > 0) {
      this.#free--;
    } else {
      const turn = Promise.withResolvers<void>();
      this.#waiting.add(turn);
      try {
        await unlessAborted(turn.promise, signal);
      } catch (error) {
        // It may have been its turn at that very moment.
        if (!this.#waiting.delete(turn)) this.#giveBack();
        throw error;
      }
    }
    let isHeld = true;
    return () => {
      if (isHeld) this.#giveBack();
      isHeld = false;
    };
  }

  #giveBack(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#free++;
      return;
    }
    this.#waiting.delete(next);
    next.resolve();
  }
}
