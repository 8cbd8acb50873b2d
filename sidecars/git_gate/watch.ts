/** A time that runs only while somebody is waited for. */

/** Calls back when one wait took too long. */
export class Watch {
  readonly #limitMs: number;
  readonly #onLate: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(limitMs: number, onLate: () => void) {
    this.#limitMs = limitMs;
    this.#onLate = onLate;
  }

  /** The wait begins. */
  start(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#onLate, this.#limitMs);
  }

  /** If a wait goes on, it begins anew. */
  again(): void {
    if (this.#timer !== undefined) this.start();
  }

  /** It is over. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
