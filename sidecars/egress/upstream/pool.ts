/** Idle connections to upstreams, by origin. */

import type { IpAddress } from "../../../lib/egress/host/address.ts";
import type { UpstreamConnection } from "./upstream_connection.ts";

/** What {@linkcode ConnectionPool} takes. */
export interface PoolOptions {
  readonly idlePerOrigin: number;
  readonly pooledMs: number;
  readonly reusedMs: number;
}

/** A connection that is one exchange's alone until it is given back or closed. */
export interface Lease {
  readonly connection: UpstreamConnection;
  /** Scheme, name, port and way, as one text: connections of one origin are alike. */
  readonly origin: string;
  /** The one that was checked; undefined: the company proxy's. */
  readonly address: IpAddress | undefined;
  /** When it was made, by `performance.now()`. */
  readonly madeAt: number;
}

interface Idle {
  readonly lease: Lease;
  /** When it is too old to be taken. */
  readonly until: number;
}

/** What an upstream says of its patience is reckoned from its side: a request takes a while to arrive. */
const MARGIN_MS = 1_000;

/** Keeps connections for the next request to the same place; the newest is taken first. */
export class ConnectionPool implements Disposable {
  readonly #options: PoolOptions;
  readonly #idle = new Map<string, Idle[]>();
  #isClosed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** Idle connections in all. */
  get size(): number {
    let size = 0;
    for (const idle of this.#idle.values()) size += idle.length;
    return size;
  }

  /**
   * A connection that nobody uses; it is the caller's until given back.
   *
   * @param mayUse judges its address anew: what may not be used is closed
   */
  take(origin: string, mayUse: (address: IpAddress | undefined) => boolean): Lease | undefined {
    const idle = this.#idle.get(origin);
    if (idle === undefined) return undefined;
    for (let newest = idle.pop(); newest !== undefined; newest = idle.pop()) {
      if (idle.length === 0) this.#idle.delete(origin);
      const { lease, until } = newest;
      lease.connection.unpark();
      if (until > performance.now() && mayUse(lease.address)) return lease;
      lease.connection.close();
    }
    return undefined;
  }

  /**
   * Takes a connection back whose last response is read to its end and leaves nothing behind.
   *
   * @param keepAliveMs how long the upstream says that it waits; undefined: it does not say
   */
  give(lease: Lease, keepAliveMs: number = Infinity): void {
    const { connection, origin, madeAt } = lease;
    const { idlePerOrigin, pooledMs, reusedMs } = this.#options;
    const now = performance.now();
    const until = Math.min(now + pooledMs, now + keepAliveMs - MARGIN_MS, madeAt + reusedMs);
    const idle = this.#idle.get(origin) ?? [];
    if (this.#isClosed || until <= now || idle.length >= idlePerOrigin) return connection.close();
    idle.push({ lease, until });
    this.#idle.set(origin, idle);
    connection.park(() => {
      this.#remove(lease);
      connection.close();
    });
  }

  /** Closes what has been idle for too long: call it now and then. */
  sweep(): void {
    const now = performance.now();
    for (const idle of [...this.#idle.values()]) {
      for (const { lease, until } of [...idle]) {
        if (until > now) continue;
        this.#remove(lease);
        lease.connection.unpark();
        lease.connection.close();
      }
    }
  }

  /** Closes all that is idle. */
  clear(): void {
    for (const idle of this.#idle.values()) {
      for (const { lease: { connection } } of idle) {
        connection.unpark();
        connection.close();
      }
    }
    this.#idle.clear();
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    this.clear();
  }

  #remove(lease: Lease): void {
    const left = (this.#idle.get(lease.origin) ?? []).filter((idle) => idle.lease !== lease);
    if (left.length > 0) this.#idle.set(lease.origin, left);
    else this.#idle.delete(lease.origin);
  }
}
