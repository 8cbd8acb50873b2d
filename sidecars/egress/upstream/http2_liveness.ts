/** Whether the other side of a shared connection is still there. */

import type { Http2Limits } from "../../../lib/egress/http2/limits.ts";

/**
 * Asks when a request relies on a connection that has been silent for a while, and only then: servers of gRPC end connections
 * that ask without a reason.
 */
export class Liveness {
  readonly #limits: Pick<Http2Limits, "quietMs" | "pingMs">;
  readonly #ask: () => void;
  readonly #onDead: () => void;
  #receivedAt = performance.now();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param ask sends something that must be answered @param onDead called when it was not */
  constructor(
    limits: Pick<Http2Limits, "quietMs" | "pingMs">,
    ask: () => void,
    onDead: () => void,
  ) {
    this.#limits = limits;
    this.#ask = ask;
    this.#onDead = onDead;
  }

  /** Something has come. */
  onReceived(): void {
    this.#receivedAt = performance.now();
    this.end();
  }

  /** A request is about to go out. */
  onRequest(): void {
    const isQuiet = performance.now() - this.#receivedAt > this.#limits.quietMs;
    if (!isQuiet || this.#timer !== undefined) return;
    this.#ask();
    this.#timer = setTimeout(() => this.#onDead(), this.#limits.pingMs);
  }

  /** Waits for nothing any more. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
