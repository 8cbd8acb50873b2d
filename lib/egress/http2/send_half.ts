/** Our direction of one stream: what waits for the peer's windows. */

import type { HeaderList } from "../message.ts";

const FLUSHED: Promise<void> = Promise.resolve();

/** Pieces in their order, and the end. */
export class SendHalf {
  readonly streamId: number;
  /** What the peer takes of this stream; below 0 where it has taken back. */
  window: number;
  /** Whether the scheduler has it in one of its lists. */
  isQueued = false;
  readonly #schedule: (half: SendHalf) => void;
  #pieces: Uint8Array[] = [];
  #pendingBytes = 0;
  #isEnding = false;
  #isEnded = false;
  #trailers: HeaderList = [];
  #failure: Error | undefined;
  #flushed: PromiseWithResolvers<void> | undefined;

  /** @param schedule called when there is something to send, or may be */
  constructor(streamId: number, window: number, schedule: (half: SendHalf) => void) {
    this.streamId = streamId;
    this.window = window;
    this.#schedule = schedule;
  }

  /** Whether a flush waits for the peer. */
  get isAwaited(): boolean {
    return this.#flushed !== undefined;
  }

  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** The end is to be sent behind what waits. */
  get isEnding(): boolean {
    return this.#isEnding;
  }

  /** The end is sent. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Nothing will be sent any more. */
  get isOver(): boolean {
    return this.#isEnded || this.#failure !== undefined;
  }

  /** Go with the end. */
  get trailers(): HeaderList {
    return this.#trailers;
  }

  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Holds a piece, which must not change before it is flushed. */
  add(piece: Uint8Array): void {
    if (piece.length === 0 || this.#failure !== undefined) return;
    this.#pieces.push(piece);
    this.#pendingBytes += piece.length;
  }

  /** Resolves when the peer's windows have had room for everything. */
  flush(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#isEnded || this.#pendingBytes === 0 && !this.#isEnding) return FLUSHED;
    this.#flushed ??= Promise.withResolvers();
    this.#schedule(this);
    return this.#flushed.promise;
  }

  /** Ends it behind what waits, and flushes. */
  end(trailers: HeaderList): Promise<void> {
    this.#isEnding = true;
    this.#trailers = trailers;
    return this.flush();
  }

  /** The next bytes, at most so many: they are on their way then. */
  take(most: number): Uint8Array {
    const first = this.#pieces[0] ?? new Uint8Array();
    const taken = first.subarray(0, most);
    if (taken.length === first.length) this.#pieces.shift();
    else this.#pieces[0] = first.subarray(taken.length);
    this.#pendingBytes -= taken.length;
    this.window -= taken.length;
    return taken;
  }

  /** The end is written. */
  markEnded(): void {
    this.#isEnded = true;
    this.settle();
  }

  /** Everything is written. */
  settle(): void {
    this.#flushed?.resolve();
    this.#flushed = undefined;
  }

  /** Nothing more can be sent. */
  fail(error: Error): void {
    if (this.isOver) return;
    this.#failure = error;
    this.#pieces = [];
    this.#pendingBytes = 0;
    this.#flushed?.reject(error);
    this.#flushed = undefined;
  }
}
