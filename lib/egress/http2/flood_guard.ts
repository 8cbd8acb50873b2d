/** What a peer may do that costs it little and us much. */

import { TokenBucket } from "./budget.ts";
import { connectionError } from "./error_code.ts";
import type { FrameWriter } from "./frame_writer.ts";
import type { Http2Limits } from "./limits.ts";

/** The budgets of one connection: what is over one of them ends it with ENHANCE_YOUR_CALM. */
export class FloodGuard {
  readonly #limits: Http2Limits;
  readonly #resets: TokenBucket;
  readonly #idleFrames: TokenBucket;
  #controlBytes = 0;

  /** @param now milliseconds */
  constructor(limits: Http2Limits, now: () => number) {
    this.#limits = limits;
    this.#resets = new TokenBucket(limits.resets, now);
    this.#idleFrames = new TokenBucket(limits.idleFrames, now);
  }

  /** A frame that moves nothing. @throws {BottleError} `http2-enhance-your-calm` */
  spend(): void {
    if (this.#idleFrames.take()) return;
    throw connectionError("enhance-your-calm", "Too many frames that move nothing");
  }

  /** A frame that does. */
  earn(): void {
    this.#idleFrames.earn(this.#limits.idleFramesEarned);
  }

  /** A stream that came to nothing: cheap to ask for and dear to begin. @throws {BottleError} `http2-enhance-your-calm` */
  countReset(): void {
    if (this.#resets.take()) return;
    throw connectionError("enhance-your-calm", "Too many streams that came to nothing");
  }

  /**
   * Writes an answer to a frame: those of a peer that asks on and on, and reads nothing, would fill our memory.
   *
   * @throws {BottleError} `http2-enhance-your-calm`
   */
  control(writer: FrameWriter, write: () => void): void {
    const before = writer.length;
    write();
    this.#controlBytes += writer.length - before;
    if (this.#controlBytes <= this.#limits.controlBytes) return;
    throw connectionError("enhance-your-calm", "Too many frames whose answers are not read");
  }

  /** Everything that was written has been taken. */
  onTaken(): void {
    this.#controlBytes = 0;
  }
}
