/** What a peer may send on a connection in all. */

import { connectionError } from "./error_code.ts";
import { FIRST_WINDOW_BYTES, type Http2Limits } from "./limits.ts";

/**
 * It is given back as soon as it is used: were it to wait for readers, streams that nobody reads would hold up all others. What
 * bounds the memory are the windows of the streams, and here the sum of what those have grown by.
 */
export class ConnectionWindow {
  readonly #limits: Pick<Http2Limits, "connectionWindowBytes" | "grownWindowBytes">;
  #window = FIRST_WINDOW_BYTES;
  #used = 0;
  #grown = 0;

  constructor(limits: Pick<Http2Limits, "connectionWindowBytes" | "grownWindowBytes">) {
    this.#limits = limits;
  }

  /** What it grows by at first. */
  first(): number {
    const increment = this.#limits.connectionWindowBytes - this.#window;
    this.#window += increment;
    return increment;
  }

  /** @returns what to give back now @throws {BottleError} `http2-flow-control-error` */
  take(bytes: number): number {
    this.#window -= bytes;
    if (this.#window < 0) {
      throw connectionError("flow-control-error", "More bytes than the connection's window has");
    }
    this.#used += bytes;
    if (this.#used * 2 < this.#limits.connectionWindowBytes) return 0;
    const credit = this.#used;
    this.#used = 0;
    this.#window += credit;
    return credit;
  }

  /** Whether a stream's window may grow by so much. */
  growStream(bytes: number): boolean {
    if (this.#grown + bytes > this.#limits.grownWindowBytes) return false;
    this.#grown += bytes;
    return true;
  }

  /** A stream is gone, whose window had grown by so much. */
  shrinkStream(bytes: number): void {
    this.#grown -= bytes;
  }
}
