/** The peer's direction of one stream: what has come and waits for its reader, and how much more may come. */

import type { HeaderList } from "../message.ts";
import { FIRST_WINDOW_BYTES } from "./limits.ts";
import { ReceiveQueue } from "./receive_queue.ts";

/** What {@linkcode ReceiveHalf} asks of its connection. */
export interface ReceiveHost {
  /** Lets the peer send so much more. */
  credit(bytes: number): void;
  /** Whether the window may grow by so much. */
  grow(bytes: number): boolean;
}

/** Its window moves only when a reader has taken the bytes: a stream that nobody reads holds one window, and no other. */
export class ReceiveHalf {
  readonly #host: ReceiveHost;
  readonly #most: number;
  readonly #queue = new ReceiveQueue();
  #window = FIRST_WINDOW_BYTES;
  #target = FIRST_WINDOW_BYTES;
  #taken = 0;
  #isEnded = false;
  #trailers: HeaderList = [];
  #failure: Error | undefined;
  #reader: PromiseWithResolvers<void> | undefined;

  /** @param most what the window may grow to */
  constructor(host: ReceiveHost, most: number) {
    this.#host = host;
    this.#most = most;
  }

  /** The peer has sent its end. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** The end, and nothing waits. */
  get isDone(): boolean {
    return this.#isEnded && this.#queue.length === 0;
  }

  /** Bytes that wait for the reader. */
  get heldBytes(): number {
    return this.#queue.length;
  }

  /** By how much the window has grown. */
  get grownBytes(): number {
    return this.#target - FIRST_WINDOW_BYTES;
  }

  /** Known once it is ended. */
  get trailers(): HeaderList {
    return this.#trailers;
  }

  /** @param flowBytes padding included @returns false: more than the window had room for */
  onData(data: Uint8Array, flowBytes: number, isEnd: boolean): boolean {
    this.#window -= flowBytes;
    if (this.#window < 0) return false;
    this.#taken += flowBytes - data.length;
    if (data.length > 0) this.#queue.push(data);
    if (isEnd) this.#isEnded = true;
    this.#wake();
    return true;
  }

  /** The stream ends. */
  onEnd(trailers: HeaderList): void {
    this.#trailers = trailers;
    this.#isEnded = true;
    this.#wake();
  }

  /** Nothing more will come. What is whole can still be read. */
  fail(error: Error): void {
    if (this.#isEnded || this.#failure !== undefined) return;
    this.#failure = error;
    this.#queue.clear();
    this.#wake();
  }

  /** Nobody reads it any more. */
  drop(): void {
    this.#queue.clear();
  }

  /**
   * The next piece, which is the caller's.
   *
   * @param beforeWait called before the peer is waited for
   * @returns undefined at the end
   */
  async read(beforeWait?: () => Promise<void>): Promise<Uint8Array | undefined> {
    let hasFlushed = false;
    for (;;) {
      const piece = this.#queue.take();
      if (piece !== undefined) {
        this.#credit(piece.length);
        return piece;
      }
      if (this.#isEnded) return undefined;
      if (this.#failure !== undefined) throw this.#failure;
      if (!hasFlushed && beforeWait !== undefined) {
        hasFlushed = true;
        await beforeWait();
        continue;
      }
      this.#reader = Promise.withResolvers();
      await this.#reader.promise;
    }
  }

  /** A reader that keeps up gets a larger window: one of 64 KiB carries 640 kB/s over 100 ms. */
  #credit(bytes: number): void {
    this.#taken += bytes;
    if (this.#isEnded || this.#failure !== undefined || this.#taken * 2 < this.#target) return;
    let credit = this.#taken;
    const growth = Math.min(this.#target, this.#most - this.#target);
    if (this.#queue.length === 0 && growth > 0 && this.#host.grow(growth)) {
      this.#target += growth;
      credit += growth;
    }
    this.#taken = 0;
    this.#window += credit;
    this.#host.credit(credit);
  }

  #wake(): void {
    this.#reader?.resolve();
    this.#reader = undefined;
  }
}
