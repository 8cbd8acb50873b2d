/** Rows that arrive by themselves, handed out to a loop that asks for them. */

import type { LedgerRow } from "../egress/audit/audit_row.ts";

/** One follower's rows. Ended, it gives out what it holds, then throws the reason or is done. */
export class RowQueue {
  readonly #rows: LedgerRow[] = [];
  #wake = Promise.withResolvers<void>();
  #end: { readonly error: unknown } | undefined;

  push(row: LedgerRow): void {
    this.#rows.push(row);
    this.#wake.resolve();
  }

  /** The first end counts. */
  end(error: unknown): void {
    this.#end ??= { error };
    this.#wake.resolve();
  }

  /** Rows after `seq`, for as long as they come. */
  async *after(seq: number): AsyncGenerator<LedgerRow, void, void> {
    let last = seq;
    while (true) {
      for (let row = this.#rows.shift(); row !== undefined; row = this.#rows.shift()) {
        if (row.seq <= last) continue;
        last = row.seq;
        yield row;
      }
      if (this.#end !== undefined) throw this.#end.error;
      await this.#wake.promise;
      this.#wake = Promise.withResolvers<void>();
    }
  }
}
