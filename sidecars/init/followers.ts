/** Who wants to see rows as they come. */

import type { AuditTailParams, AuditTailResult } from "../../lib/control/protocol.ts";
import type { LedgerRow } from "../../lib/egress/audit/audit_row.ts";

/** What a follower asks the ledger for. */
export type TailQuery = Pick<AuditTailParams, "after" | "limit" | "verdict">;

/** One `audit.tail` with `follow`. */
export interface FollowerOptions {
  /** Rows up to this sequence number it has already. */
  readonly after: number;
  readonly verdict: "blocked" | undefined;
  readonly tail: (query: TailQuery) => Promise<AuditTailResult>;
  /** Hands a row over; resolves when the stream has taken it, so that a slow reader slows only itself. */
  readonly send: (row: LedgerRow) => Promise<void>;
}

const PAGE = 500;

/** Reads on whenever it is told that there is more. */
export class Follower {
  readonly #options: FollowerOptions;
  #after: number;
  #isStopped = false;
  #isReading = false;
  #isStale = false;

  constructor(options: FollowerOptions) {
    this.#options = options;
    this.#after = options.after;
  }

  /** There are rows that it may not have: never waits for them to be read. */
  wake(): void {
    this.#isStale = true;
    if (!this.#isReading) void this.#read();
  }

  stop(): void {
    this.#isStopped = true;
  }

  async #read(): Promise<void> {
    this.#isReading = true;
    try {
      while (this.#isStale && !this.#isStopped) {
        this.#isStale = false;
        await this.#readPage();
      }
    } catch {
      // The ledger is down: it is woken again by the first row after that.
    } finally {
      this.#isReading = false;
    }
  }

  async #readPage(): Promise<void> {
    const { verdict } = this.#options;
    const page = await this.#options.tail({
      after: this.#after,
      limit: PAGE,
      ...(verdict === undefined ? {} : { verdict }),
    });
    for (const row of page.rows) {
      if (this.#isStopped) return;
      await this.#options.send(row);
      this.#after = row.seq;
    }
    if (page.more || page.rows.length === PAGE) this.#isStale = true;
  }
}
