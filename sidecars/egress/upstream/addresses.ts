/** Addresses of names, remembered for as long as their records hold; every use is checked anew. */

import type { IpAddress } from "../../../lib/egress/host/address.ts";
import type { Host, HostName } from "../../../lib/egress/host/host.ts";
import type { Resolution } from "./resolver.ts";
import { unlessAborted } from "../../../lib/unless_aborted.ts";

/** Asks the resolver. */
export type Resolve = (name: HostName, signal: AbortSignal) => Promise<Resolution>;

/** A burst of requests is one look-up, though a record's own time be 0. */
const MIN_MS = 1_000;
/** A name that has moved is found at its new place soon, whatever its record says; an engine's aliases say 600 s. */
const MAX_MS = 60_000;
/** That there is no address: it may come at any moment. */
const NEGATIVE_MS = 2_000;
const MAX_NAMES = 1_000;

interface Known {
  readonly addresses: readonly IpAddress[];
  readonly until: number;
}

/** One question under way, and how many wait for it. */
interface Asked {
  readonly answer: Promise<readonly IpAddress[]>;
  readonly stop: AbortController;
  waiting: number;
}

/** Looks names up. */
export class AddressBook {
  readonly #resolve: Resolve;
  readonly #now: () => number;
  readonly #known = new Map<HostName, Known>();
  readonly #asked = new Map<HostName, Asked>();

  /** @param now milliseconds of a clock that never goes back */
  constructor(resolve: Resolve, now: () => number = () => performance.now()) {
    this.#resolve = resolve;
    this.#now = now;
  }

  /**
   * The addresses of a host, unchecked; empty if there are none.
   *
   * @throws {BottleError} `unresolvable`
   * @throws the signal's reason, once aborted
   */
  async lookUp(host: Host, signal: AbortSignal): Promise<readonly IpAddress[]> {
    const known = this.#recall(host);
    if (known !== undefined) return known;
    if (host.kind === "ip") return [host.address];
    signal.throwIfAborted();
    const asked = this.#asked.get(host.name) ?? this.#ask(host.name);
    asked.waiting++;
    try {
      return await unlessAborted(asked.answer, signal);
    } finally {
      if (--asked.waiting === 0) this.#forget(host.name, asked);
    }
  }

  #recall(host: Host): readonly IpAddress[] | undefined {
    if (host.kind === "ip") return [host.address];
    const known = this.#known.get(host.name);
    if (known === undefined) return undefined;
    if (known.until > this.#now()) return known.addresses;
    this.#known.delete(host.name);
    return undefined;
  }

  /** All who ask for a name at once share one question. */
  #ask(name: HostName): Asked {
    const stop = new AbortController();
    const asked: Asked = { stop, answer: this.#answer(name, stop.signal), waiting: 0 };
    this.#asked.set(name, asked);
    const forget = (): void => this.#forget(name, asked);
    asked.answer.then(forget, forget);
    return asked;
  }

  /** It is answered, or nobody wants it any more: whoever comes next asks anew. */
  #forget(name: HostName, asked: Asked): void {
    asked.stop.abort();
    if (this.#asked.get(name) === asked) this.#asked.delete(name);
  }

  async #answer(name: HostName, signal: AbortSignal): Promise<readonly IpAddress[]> {
    const { addresses, ttlMs } = await this.#resolve(name, signal);
    const holdsMs = addresses.length === 0
      ? NEGATIVE_MS
      : Math.min(Math.max(ttlMs, MIN_MS), MAX_MS);
    this.#makeRoom();
    this.#known.set(name, { addresses, until: this.#now() + holdsMs });
    return addresses;
  }

  /** Names that nobody asked for again go first; the oldest after them. */
  #makeRoom(): void {
    if (this.#known.size < MAX_NAMES) return;
    const now = this.#now();
    for (const [name, { until }] of this.#known) if (until <= now) this.#known.delete(name);
    const [oldest] = this.#known.keys();
    if (this.#known.size >= MAX_NAMES && oldest !== undefined) this.#known.delete(oldest);
  }
}
