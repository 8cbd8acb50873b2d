/** Counters since the configuration came. */

import type { EgressMethods } from "../../lib/control/protocol.ts";
import type { Outcome } from "./exchange/record.ts";

/** Added to by every exchange. */
export class Counters {
  openConnections = 0;
  /** Exchanges that are not over. */
  inFlight = 0;
  #requests = 0;
  #blocked = 0;
  #failed = 0;
  #bytesUp = 0;
  #bytesDown = 0;

  count(outcome: Outcome, bytesUp: number, bytesDown: number): void {
    this.#requests++;
    if (outcome.verdict === "blocked") this.#blocked++;
    if (outcome.verdict === "failed") this.#failed++;
    this.#bytesUp += bytesUp;
    this.#bytesDown += bytesDown;
  }

  /** As the control channel's `stats` has them. */
  toStats(): EgressMethods["stats"][1] {
    return {
      requests: this.#requests,
      blocked: this.#blocked,
      failed: this.#failed,
      bytes_up: this.#bytesUp,
      bytes_down: this.#bytesDown,
      open_connections: this.openConnections,
    };
  }
}
