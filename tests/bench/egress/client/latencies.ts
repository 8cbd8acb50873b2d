/** Times of many exchanges. */

import type { Figures } from "../job.ts";

const WARM_UP_MS = 500;

/** Collects those that begin after the warm-up and end before the end. The warm-up begins with {@linkcode start}. */
export class Latencies {
  readonly #seconds: number;
  #from = Infinity;
  readonly #values: number[] = [];
  #exchanges = 0;

  /** @param seconds of measuring, after the warm-up */
  constructor(seconds: number) {
    this.#seconds = seconds;
  }

  /** All connections are open: from here on it is about the exchanges. */
  start(): void {
    this.#from = performance.now() + WARM_UP_MS;
  }

  /** Whether it is time to end. */
  get isOver(): boolean {
    return performance.now() >= this.#from + this.#seconds * 1000;
  }

  /** @param from `performance.now()` at its begin @param to the same at its end */
  add(from: number, to: number): void {
    this.#exchanges++;
    if (from >= this.#from && to <= this.#from + this.#seconds * 1000) this.#values.push(to - from);
  }

  /** Rate and percentiles. */
  figures(): Figures {
    const sorted = this.#values.sort((a, b) => a - b);
    const at = (part: number): number => sorted[Math.floor(sorted.length * part)] ?? NaN;
    return {
      // Those of the warm-up too: what a proxy's processor time is divided by.
      exchanges: this.#exchanges,
      per_second: sorted.length / this.#seconds,
      p50_ms: at(0.5),
      p99_ms: at(0.99),
    };
  }
}
