/** Takes rows to the ledger, in batches, and again until they are acknowledged. */

import { AuditQueue, type Reservation } from "../../lib/egress/audit/audit_queue.ts";
import type { AuditRow } from "../../lib/egress/audit/audit_row.ts";
import { RefusalFold } from "../../lib/egress/audit/refusal_fold.ts";

/**
 * Hands rows over; resolves once they are recorded.
 *
 * @param first number of the first row, from 1: rows that come again, as their acknowledgement got lost, are known by it
 */
export type AppendRows = (
  rows: readonly AuditRow[],
  first: number,
  signal: AbortSignal,
) => Promise<void>;

const RETRY_MS = 500;
/** How long an exchange waits for a place while rows are on their way: under load an acknowledgement takes parts of a second. */
const PLACE_MS = 2_000;
/** Rows that come within this go together: under load a write for each row is a tenth of the proxy's work. */
const GATHER_MS = 5;
/** How often it looks whether refusals that were counted are to be told. */
const FOLDED_MS = 5_000;

/** What {@linkcode AuditSender} takes besides where rows go. */
export interface AuditSenderOptions {
  /** Takes credentials out of a row; default: nothing does. */
  readonly redact?: (row: AuditRow) => AuditRow;
  /** Rows that go at once, at most: of big ones fewer. Default: the queue's. */
  readonly batch?: number;
}

/** The way of all rows, on which refusals are folded; stopped by {@linkcode AuditSender.close}. */
export class AuditSender {
  readonly #queue: AuditQueue;
  readonly #fold = new RefusalFold();
  readonly #append: AppendRows;
  readonly #redact: (row: AuditRow) => AuditRow;
  readonly #stopped = new AbortController();
  #acknowledged = 0;
  #room: PromiseWithResolvers<void> | undefined;
  #sending: Promise<void> | undefined;
  #telling: ReturnType<typeof setTimeout> | undefined;

  constructor(append: AppendRows, options: AuditSenderOptions = {}) {
    const { redact = (row): AuditRow => row, batch } = options;
    this.#queue = new AuditQueue(batch === undefined ? {} : { batch });
    this.#append = append;
    this.#redact = redact;
  }

  /** A place for an exchange's row; undefined: nothing may pass now. */
  reserve(): Reservation | undefined {
    const reservation = this.#queue.reserve();
    if (reservation === undefined) return undefined;
    const release = (): void => {
      reservation.release();
      this.#callNext();
    };
    return {
      commit: (row) => {
        const told = this.#fold.take(this.#redact(row), performance.now());
        if (told === undefined) {
          release();
          this.#tellLater();
          return;
        }
        reservation.commit(told);
        this.#send();
      },
      release,
    };
  }

  /**
   * As {@linkcode AuditSender.reserve}, but what comes faster than the ledger writes waits its turn.
   *
   * @returns undefined: there was no place for `limitMs`, and nothing may pass now
   */
  async waitForPlace(limitMs = PLACE_MS): Promise<Reservation | undefined> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), limitMs);
    const gaveUp = Promise.withResolvers<void>();
    const giveUp = (): void => gaveUp.resolve();
    const either = AbortSignal.any([late.signal, this.#stopped.signal]);
    either.addEventListener("abort", giveUp);
    try {
      for (;;) {
        const reservation = this.reserve();
        if (reservation !== undefined || either.aborted) return reservation;
        this.#room ??= Promise.withResolvers();
        await Promise.race([this.#room.promise, gaveUp.promise]);
      }
    } finally {
      clearTimeout(timer);
      either.removeEventListener("abort", giveUp);
    }
  }

  /**
   * Whether the ledger takes rows now: an empty batch is written and answered as any other. A place alone says only
   * that a row can wait; what is rare and can't be undone asks for more.
   *
   * @param limitMs how long the answer may take
   */
  async isRecording(limitMs = PLACE_MS): Promise<boolean> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), limitMs);
    try {
      const signal = AbortSignal.any([late.signal, this.#stopped.signal]);
      await this.#append([], this.#acknowledged + 1, signal);
      return true;
    } catch {
      return false;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Adds the row of something that let nothing pass. */
  add(row: AuditRow): void {
    if (this.#queue.add(this.#redact(row))) this.#send();
  }

  /** Waits at most `graceMs` for the ledger to take what there is, and what was only counted. */
  async close(graceMs: number): Promise<void> {
    const timer = setTimeout(() => this.#stopped.abort(), graceMs);
    clearTimeout(this.#telling);
    this.#tell(true);
    while (this.#sending !== undefined) {
      await this.#sending;
      this.#tell(true);
    }
    clearTimeout(timer);
    this.#stopped.abort();
  }

  /** What was counted stays counted while the queue is full: none of it is lost. */
  #tell(isLast: boolean): void {
    while (!this.#queue.isFull) {
      const row = this.#fold.due(performance.now(), isLast);
      if (row === undefined) return;
      this.add(row);
    }
  }

  #tellLater(): void {
    this.#telling ??= setTimeout(() => {
      this.#telling = undefined;
      this.#tell(false);
      if (this.#fold.isWaiting) this.#tellLater();
    }, FOLDED_MS);
  }

  /** There may be room: those who wait for a place look again. */
  #callNext(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }

  #send(): void {
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
      if (this.#queue.unacknowledged > 0 && !this.#stopped.signal.aborted) this.#send();
    });
  }

  async #sendAll(): Promise<void> {
    const { signal } = this.#stopped;
    await pause(GATHER_MS, signal);
    for (let rows = this.#queue.take(); rows !== undefined; rows = this.#queue.take()) {
      try {
        await this.#append(rows, this.#acknowledged + 1, signal);
        this.#acknowledged += rows.length;
        this.#queue.acknowledge();
        this.#callNext();
      } catch {
        this.#queue.putBack();
        await pause(RETRY_MS, signal);
      }
      if (signal.aborted) return;
    }
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const stop = (): void => resolve();
  signal.addEventListener("abort", stop);
  if (signal.aborted) resolve();
  await promise;
  clearTimeout(timer);
  signal.removeEventListener("abort", stop);
}
