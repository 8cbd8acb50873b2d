/** Rows on their way to the ledger, and the rule that nothing passes that could not be recorded. */

import type { AuditRow } from "./audit_row.ts";

/** So many rows may wait or be promised; architecture.md, "The control channel". */
export const AUDIT_CAPACITY = 1_000;
const BATCH = 100;

/** A place kept for the row of an exchange that goes on. Ends by exactly one of the two. */
export interface Reservation {
  /** @throws {Error} if it has ended */
  commit(row: AuditRow): void;
  /** For what came to nothing that would need a row. Ended already: does nothing. */
  release(): void;
}

/** What {@linkcode AuditQueue} takes; defaults {@linkcode AUDIT_CAPACITY} and 100. */
export interface AuditQueueOptions {
  readonly capacity?: number;
  /** Rows in a batch, at most. */
  readonly batch?: number;
  /** Milliseconds since 1970; default the clock. */
  readonly now?: () => number;
}

/**
 * A bounded queue with one batch under way. An exchange reserves its row before it starts; while rows that are not
 * acknowledged and reservations fill the queue, none may start.
 *
 * @example
 * ```ts
 * import { AuditQueue } from "./audit_queue.ts";
 * const queue = new AuditQueue({ capacity: 1 });
 * if (!queue.reserve() || queue.reserve()) throw new Error("expected one place");
 * ```
 */
export class AuditQueue {
  readonly #capacity: number;
  readonly #batch: number;
  readonly #now: () => number;
  readonly #waiting: AuditRow[] = [];
  #underWay: readonly AuditRow[] = [];
  #reserved = 0;
  #dropped = 0;

  constructor(options: AuditQueueOptions = {}) {
    const { capacity = AUDIT_CAPACITY, batch = BATCH, now = Date.now } = options;
    this.#capacity = capacity;
    this.#batch = batch;
    this.#now = now;
  }

  /** Rows that the ledger has not acknowledged. */
  get unacknowledged(): number {
    return this.#waiting.length + this.#underWay.length;
  }

  /** No place is left: answer 503, `audit-unavailable`. */
  get isFull(): boolean {
    return this.unacknowledged + this.#reserved >= this.#capacity;
  }

  /** A place for an exchange's row; undefined if there is none: the exchange may not start. */
  reserve(): Reservation | undefined {
    if (this.isFull) return undefined;
    this.#reserved++;
    let isOpen = true;
    const end = (): boolean => {
      if (!isOpen) return false;
      isOpen = false;
      this.#reserved--;
      return true;
    };
    return {
      commit: (row) => {
        if (!end()) throw new Error("The row of this exchange was written already");
        this.#waiting.push(row);
      },
      release: () => void end(),
    };
  }

  /**
   * Adds a row of something that let nothing pass (a refusal, a look-up); false, and counted, if there is no
   * place.
   */
  add(row: AuditRow): boolean {
    if (this.isFull) {
      this.#dropped++;
      return false;
    }
    this.#waiting.push(row);
    return true;
  }

  /** The next rows, oldest first; undefined if there are none or a batch is under way. */
  take(): readonly AuditRow[] | undefined {
    if (this.#underWay.length > 0 || this.#waiting.length === 0) return undefined;
    this.#underWay = this.#waiting.splice(0, this.#batch);
    return this.#underWay;
  }

  /** The ledger has the batch on disk. What {@linkcode add} could not take meanwhile is told in one row. */
  acknowledge(): void {
    this.#underWay = [];
    if (this.#dropped === 0 || this.isFull) return;
    this.#waiting.push(droppedRow(this.#dropped, this.#now()));
    this.#dropped = 0;
  }

  /** The ledger has not taken the batch: its rows come first in the next one. */
  putBack(): void {
    this.#waiting.unshift(...this.#underWay);
    this.#underWay = [];
  }
}

function droppedRow(count: number, now: number): AuditRow {
  return {
    time: new Date(now).toISOString(),
    kind: "notice",
    method: "",
    scheme: "",
    host: "",
    port: 0,
    path: "",
    verdict: "blocked",
    reason: "audit-unavailable",
    detail:
      `Refusals and look-ups not recorded while the ledger was down and nothing passed: ${count}`,
    status: 0,
    bytes_up: 0,
    bytes_down: 0,
    duration_ms: 0,
  };
}
