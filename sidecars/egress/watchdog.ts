/** Time-outs for many connections from one timer: setting one is a store, not a system call. */

const TICK_MS = 250;

/** One connection's deadline. */
export interface Watch {
  /** Called once for each time that the watch was armed and expired. */
  onExpire: () => void;
  /** Expires `ms` from now unless armed again or disarmed before; up to 250 ms late. */
  arm(ms: number): void;
  /** Expires `ms` from now however often it is armed, unless disarmed before. */
  bound(ms: number): void;
  disarm(): void;
  /** Takes it off the watchdog. */
  end(): void;
}

/** Holds the deadlines of one proxy. */
export class Watchdog implements Disposable {
  readonly #watches = new Set<Deadline>();
  readonly #timer: ReturnType<typeof setInterval>;

  constructor() {
    this.#timer = setInterval(() => this.#sweep(), TICK_MS);
  }

  /** A new deadline, not armed. */
  watch(): Watch {
    const watch = new Deadline((ended) => void this.#watches.delete(ended));
    this.#watches.add(watch);
    return watch;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#watches.clear();
  }

  #sweep(): void {
    const now = performance.now();
    for (const watch of this.#watches) watch.expireAt(now);
  }
}

class Deadline implements Watch {
  onExpire: () => void = () => {};
  readonly #onEnd: (watch: Deadline) => void;
  #at = Infinity;
  #bound = Infinity;

  constructor(onEnd: (watch: Deadline) => void) {
    this.#onEnd = onEnd;
  }

  arm(ms: number): void {
    this.#at = performance.now() + ms;
  }

  bound(ms: number): void {
    this.#bound = performance.now() + ms;
  }

  disarm(): void {
    this.#at = Infinity;
    this.#bound = Infinity;
  }

  end(): void {
    this.#onEnd(this);
  }

  expireAt(now: number): void {
    if (now < this.#at && now < this.#bound) return;
    this.disarm();
    this.onExpire();
  }
}
