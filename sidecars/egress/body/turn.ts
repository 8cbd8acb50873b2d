/** Turns of the event loop: what has come is read without waiting, and many small pieces of it would keep all others waiting. */

/** Pieces of one body before others have their turn: of the smallest some 10 ms, of ordinary ones more than 10 MB. */
const MAX_PIECES = 200;

/** Of one body. */
export class Turn {
  #pieces = 0;

  /** Counts a piece; a promise to wait for where others are to have their turn first. */
  next(): Promise<void> | undefined {
    if (++this.#pieces < MAX_PIECES) return undefined;
    this.#pieces = 0;
    // By a timer: what is set for the loop's next turn alone comes before most of what others wait for.
    return new Promise((resolve) => void setTimeout(resolve, 0));
  }
}
