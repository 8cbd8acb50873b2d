/** Idle connections to upstreams, by name, address and port. */

import type { UpstreamConnection, UpstreamTarget } from "./upstream_connection.ts";

/** What {@linkcode ConnectionPool} takes. */
export interface PoolOptions {
  readonly idlePerOrigin: number;
  readonly pooledMs: number;
}

interface Idle {
  readonly connection: UpstreamConnection;
  readonly since: number;
}

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

  /** A connection that nobody uses; it is the caller's until given back. */
  take(target: UpstreamTarget): UpstreamConnection | undefined {
    const key = poolKey(target);
    const idle = this.#idle.get(key);
    const newest = idle?.pop();
    if (idle?.length === 0) this.#idle.delete(key);
    if (newest === undefined) return undefined;
    if (performance.now() - newest.since > this.#options.pooledMs) {
      newest.connection.unpark();
      newest.connection.close();
      return this.take(target);
    }
    newest.connection.unpark();
    return newest.connection;
  }

  /** Takes a connection back whose last response is read to its end and leaves nothing behind. */
  give(target: UpstreamTarget, connection: UpstreamConnection): void {
    const key = poolKey(target);
    const idle = this.#idle.get(key) ?? [];
    if (this.#isClosed || idle.length >= this.#options.idlePerOrigin) return connection.close();
    idle.push({ connection, since: performance.now() });
    this.#idle.set(key, idle);
    connection.park(() => {
      this.#remove(key, connection);
      connection.close();
    });
  }

  /** Closes what has been idle for too long: call it now and then. */
  sweep(): void {
    const limit = performance.now() - this.#options.pooledMs;
    for (const [key, idle] of this.#idle) {
      for (const { connection, since } of [...idle]) {
        if (since > limit) break;
        this.#remove(key, connection);
        connection.unpark();
        connection.close();
      }
    }
  }

  /** Closes all that is idle. */
  clear(): void {
    for (const idle of this.#idle.values()) {
      for (const { connection } of idle) {
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

  #remove(key: string, connection: UpstreamConnection): void {
    const left = (this.#idle.get(key) ?? []).filter((idle) => idle.connection !== connection);
    if (left.length > 0) this.#idle.set(key, left);
    else this.#idle.delete(key);
  }
}

function poolKey(target: UpstreamTarget): string {
  return `${target.tlsName ?? ""}|${target.address}|${target.port}`;
}
