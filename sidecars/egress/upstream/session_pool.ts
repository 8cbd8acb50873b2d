/** Connections to upstreams that carry many exchanges, by origin. */

import type { IpAddress } from "../../../lib/egress/host/address.ts";
import type { UpstreamExchange } from "./upstream_exchange.ts";
import type { UpstreamSession } from "./upstream_session.ts";

/** What {@linkcode SessionPool} takes. */
export interface SessionPoolOptions {
  readonly pooledMs: number;
  readonly reusedMs: number;
}

/** A session, and what is known of its connection. */
export interface PooledSession {
  readonly session: UpstreamSession;
  /** As a lease has it. */
  readonly origin: string;
  /** The one that was checked; undefined: the company proxy's. */
  readonly address: IpAddress | undefined;
  /** When it was made, by `performance.now()`. */
  readonly madeAt: number;
}

/** Shares sessions; who opens one adds it. */
export class SessionPool implements Disposable {
  readonly #options: SessionPoolOptions;
  readonly #pooled = new Map<string, Set<PooledSession>>();
  /** Since when nothing is under way, as the sweeps saw it. */
  readonly #idleSince = new WeakMap<PooledSession, number>();

  constructor(options: SessionPoolOptions) {
    this.#options = options;
  }

  /** Sessions in all. */
  get size(): number {
    let size = 0;
    for (const sessions of this.#pooled.values()) size += sessions.size;
    return size;
  }

  /**
   * An exchange in a session that takes one more.
   *
   * @param mayUse judges its address anew: a session that may not be used gets no other exchange
   */
  open(
    origin: string,
    mayUse: (address: IpAddress | undefined) => boolean,
  ): UpstreamExchange | undefined {
    for (const pooled of this.#pooled.get(origin) ?? []) {
      const isOld = performance.now() - pooled.madeAt > this.#options.reusedMs;
      if (isOld || !mayUse(pooled.address)) {
        this.#retire(pooled);
        continue;
      }
      const exchange = pooled.session.open();
      if (exchange === undefined) continue;
      this.#idleSince.delete(pooled);
      return exchange;
    }
    return undefined;
  }

  add(pooled: PooledSession): void {
    const sessions = this.#pooled.get(pooled.origin) ?? new Set();
    this.#pooled.set(pooled.origin, sessions.add(pooled));
  }

  /** Forgets a session: its connection is closed. */
  remove(pooled: PooledSession): void {
    const sessions = this.#pooled.get(pooled.origin);
    if (sessions?.delete(pooled) && sessions.size === 0) this.#pooled.delete(pooled.origin);
  }

  /** Closes what has been idle for too long: call it now and then. */
  sweep(): void {
    const now = performance.now();
    for (const pooled of this.#all()) {
      const since = this.#idleSince.get(pooled);
      if (pooled.session.active > 0) this.#idleSince.delete(pooled);
      else if (since === undefined) this.#idleSince.set(pooled, now);
      else if (now - since > this.#options.pooledMs) this.#retire(pooled);
    }
  }

  /** Lets every session end what is under way, and no more. */
  clear(): void {
    for (const pooled of this.#all()) this.#retire(pooled);
  }

  [Symbol.dispose](): void {
    for (const { session } of this.#all()) session.close();
    this.#pooled.clear();
  }

  #all(): readonly PooledSession[] {
    return [...this.#pooled.values()].flatMap((sessions) => [...sessions]);
  }

  #retire(pooled: PooledSession): void {
    this.remove(pooled);
    pooled.session.retire();
  }
}
