/** Whose turn it is to send: one frame of each stream after the other, as far as the windows let them. */

import type { FrameWriter } from "./frame_writer.ts";
import type { HpackEncoder } from "./hpack_encoder.ts";
import { FIRST_WINDOW_BYTES, MAX_FRAME_BYTES, MAX_WINDOW_BYTES } from "./limits.ts";
import type { SendHalf } from "./send_half.ts";

/** What {@linkcode SendScheduler} takes. */
export interface SendSchedulerOptions {
  readonly writer: FrameWriter;
  readonly encoder: HpackEncoder;
  /** Called when there is something to send. */
  readonly onReady: () => void;
  /** Called for each frame of a body. */
  readonly onData: () => void;
  /** Called when a stream's end is written. */
  readonly onEnded: (half: SendHalf) => void;
}

/** Shares one connection among its streams. */
export class SendScheduler {
  readonly #options: SendSchedulerOptions;
  #ready: SendHalf[] = [];
  /** These wait for the connection's window. */
  #starved: SendHalf[] = [];
  #window = FIRST_WINDOW_BYTES;

  constructor(options: SendSchedulerOptions) {
    this.#options = options;
  }

  /** A stream has something to send, or a larger window. */
  queue(half: SendHalf): void {
    if (half.isQueued || half.isOver) return;
    half.isQueued = true;
    this.#ready.push(half);
    this.#options.onReady();
  }

  /** The connection's window grows. @returns false: beyond what a window may be */
  grow(increment: number): boolean {
    this.#window += increment;
    if (this.#window > MAX_WINDOW_BYTES) return false;
    if (this.#starved.length > 0) {
      this.#ready.push(...this.#starved);
      this.#starved = [];
      this.#options.onReady();
    }
    return true;
  }

  /** Writes until so many bytes wait to be sent, or no stream can go on. */
  fill(bytes: number): void {
    const { writer } = this.#options;
    while (writer.length < bytes) {
      const half = this.#ready.shift();
      if (half === undefined) return;
      half.isQueued = false;
      if (!half.isOver) this.#step(half);
    }
  }

  #step(half: SendHalf): void {
    if (half.pendingBytes === 0) {
      if (half.isEnding) this.#end(half);
      else half.settle();
      return;
    }
    // It is queued again by the peer's WINDOW_UPDATE.
    if (half.window <= 0) return;
    if (this.#window <= 0) {
      half.isQueued = true;
      this.#starved.push(half);
      return;
    }
    const piece = half.take(Math.min(MAX_FRAME_BYTES, half.window, this.#window));
    this.#window -= piece.length;
    const isLast = half.pendingBytes === 0;
    const isEnd = isLast && half.isEnding && half.trailers.length === 0;
    this.#options.writer.data(half.streamId, piece, isEnd);
    this.#options.onData();
    if (isEnd) this.#markEnded(half);
    else if (isLast && half.isEnding) this.#end(half);
    else if (isLast) half.settle();
    else this.queue(half);
  }

  #end(half: SendHalf): void {
    const { writer, encoder } = this.#options;
    if (half.trailers.length === 0) writer.data(half.streamId, new Uint8Array(), true);
    else writer.headers(half.streamId, encoder.encode(half.trailers), true);
    this.#markEnded(half);
  }

  #markEnded(half: SendHalf): void {
    half.markEnded();
    this.#options.onEnded(half);
  }
}
