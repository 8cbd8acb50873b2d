/** Reads a connection ahead of whoever takes its bytes: the next piece comes in while the last one goes out. */

/** Of each of two buffers: one is lent while the other is filled. */
const BUFFER_BYTES = 64 * 1024;
/** As much as a read of TLS gives at most, one record (RFC 8446, 5.1): a buffer with less room than that is full. */
const RECORD_BYTES = 16 * 1024;

/** What can be read. */
export interface Readable {
  /** @returns how much of the buffer is filled; null at the end */
  read(buffer: Uint8Array): Promise<number | null>;
}

/** A read under way, and where its bytes go. */
export interface PendingRead {
  readonly count: Promise<number | null>;
  /** At least 16 KiB. */
  readonly buffer: Uint8Array;
}

/** Holds at most 64 KiB that nobody has taken: who takes none stops the sender. It begins to read when it is made. */
export class ReadAhead {
  readonly #source: Readable;
  #buffer = new Uint8Array(BUFFER_BYTES);
  /** Made when it is needed: many bodies are over before. */
  #other: Uint8Array<ArrayBuffer> | undefined;
  #filled = 0;
  #taken = 0;
  #pending: PendingRead | undefined;
  #isOver = false;
  #hasFailed = false;
  #fault: unknown;
  #hasLeft = false;
  #wake: (() => void) | undefined;

  constructor(source: Readable) {
    this.#source = source;
    this.#fill();
  }

  /** Whether there is anything to be taken: bytes, the end, or a failure. */
  get hasMore(): boolean {
    return this.#taken < this.#filled || this.#isOver || this.#hasFailed;
  }

  /**
   * All that has come, never empty, valid until the next call; undefined at the end.
   *
   * @throws what reading threw
   */
  async read(): Promise<Uint8Array | undefined> {
    while (!this.hasMore) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
    if (this.#taken === this.#filled) {
      if (this.#hasFailed) throw this.#fault;
      return undefined;
    }
    const piece = this.#buffer.subarray(this.#taken, this.#filled);
    this.#taken = this.#filled;
    // What was lent before came back with this call: the other buffer is free.
    if (this.#isFull && this.#pending === undefined) this.#turn();
    return piece;
  }

  /** Reads no further. @returns the read under way, which is the caller's now; undefined: there is none */
  leave(): PendingRead | undefined {
    this.#hasLeft = true;
    return this.#pending;
  }

  #turn(): void {
    const other = this.#other ?? new Uint8Array(BUFFER_BYTES);
    this.#other = this.#buffer;
    this.#buffer = other;
    this.#filled = this.#taken = 0;
    this.#fill();
  }

  get #isFull(): boolean {
    return this.#filled > BUFFER_BYTES - RECORD_BYTES;
  }

  #fill(): void {
    if (this.#pending !== undefined || this.#isFull || this.#isOver || this.#hasFailed) return;
    const buffer = this.#buffer.subarray(this.#filled);
    const count = this.#source.read(buffer);
    this.#pending = { count, buffer };
    count.then((count) => this.#onRead(count), (fault) => this.#onFault(fault));
  }

  #onRead(count: number | null): void {
    this.#pending = undefined;
    if (this.#hasLeft) return;
    if (count === null) this.#isOver = true;
    else this.#filled += count;
    this.#fill();
    this.#wake?.();
  }

  #onFault(fault: unknown): void {
    this.#pending = undefined;
    this.#hasFailed = true;
    this.#fault = fault;
    this.#wake?.();
  }
}
