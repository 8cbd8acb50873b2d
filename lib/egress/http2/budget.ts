/** How often a thing may happen. */

import type { Budget } from "./limits.ts";

/** A bucket of tokens: full at first, refilled with time. */
export class TokenBucket {
  readonly #budget: Budget;
  readonly #now: () => number;
  #tokens: number;
  #since: number;

  /** @param now milliseconds */
  constructor(budget: Budget, now: () => number) {
    this.#budget = budget;
    this.#now = now;
    this.#tokens = budget.burst;
    this.#since = now();
  }

  /** Takes one; false when there is none. */
  take(): boolean {
    if (this.#tokens < 1) this.#refill();
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }

  /** Gives some back: what it was taken for turned out to be of use. */
  earn(count: number): void {
    this.#tokens = Math.min(this.#budget.burst, this.#tokens + count);
  }

  /** Only when it is empty: asking the clock costs more than the rest. */
  #refill(): void {
    const now = this.#now();
    this.earn((now - this.#since) / 1000 * this.#budget.perSecond);
    this.#since = now;
  }
}
