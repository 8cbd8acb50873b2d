/** Gets each request its exchange with an upstream: on an idle connection, in a session with others, or on a new connection. */

import { printHost } from "../../lib/egress/host.ts";
import { BottleError } from "../../lib/errors.ts";
import type { ByteDuplex } from "./body.ts";
import type { Connector, Destination, Made } from "./connector.ts";
import { Http1Upstream } from "./http1_upstream.ts";
import type { ConnectionPool, Lease } from "./pool.ts";
import { UpstreamConnection } from "./upstream_connection.ts";
import type { UpstreamExchange } from "./upstream_exchange.ts";

export type { Destination } from "./connector.ts";

/** What a request asks of its exchange. */
export interface OpenOptions {
  /** The client speaks HTTP/2, and so may we. */
  readonly http2: boolean;
  /** The connection will leave HTTP: it must be one to the upstream itself. */
  readonly isUpgrade?: boolean;
}

/** What {@linkcode Dialer} takes. */
export interface DialerOptions {
  readonly connector: Connector;
  readonly pool: ConnectionPool;
  readonly connectionsPerOrigin: number;
}

/** Shares connections among requests; what may be reached at all is the connector's to say, each time anew. */
export class Dialer {
  readonly #options: DialerOptions;
  /** Connections of an origin, in use or idle. */
  readonly #open = new Map<string, number>();

  constructor(options: DialerOptions) {
    this.#options = options;
  }

  /** Whether the addresses of a host are checked: not those that the company proxy resolves. */
  isChecked({ target }: Destination): boolean {
    return target.host.kind === "ip" || this.#options.connector.proxyFor(target) === undefined;
  }

  /** An exchange on what is connected already, to an address that the route may use at this moment; undefined: open. */
  reuse(
    destination: Destination,
    { isUpgrade = false }: OpenOptions,
  ): UpstreamExchange | undefined {
    if (isUpgrade) return undefined;
    const { connector, pool } = this.#options;
    const lease = pool.take(
      this.#originOf(destination),
      (address) => connector.mayUse(destination, address),
    );
    return lease && this.#lend(destination, lease, true);
  }

  /**
   * An exchange on a new connection.
   *
   * @throws {BottleError} what {@linkcode Connector.connect} throws; `too-many`
   */
  async open(
    destination: Destination,
    { isUpgrade = false }: OpenOptions,
    signal: AbortSignal,
  ): Promise<UpstreamExchange> {
    const layer = destination.scheme === "https"
      ? { kind: "tls", alpn: ["http/1.1"] } as const
      : { kind: isUpgrade ? "raw" : "plain" } as const;
    const { lease } = await this.#connect(
      destination,
      () => this.#options.connector.connect(destination, layer, signal),
    );
    return this.#lend(destination, lease, false, isUpgrade);
  }

  /** Bytes to the upstream as they are. @throws {BottleError} as {@linkcode Dialer.open} */
  async openRaw(destination: Destination, signal: AbortSignal): Promise<ByteDuplex> {
    const { lease: { connection } } = await this.#connect(
      destination,
      () => this.#options.connector.connect(destination, { kind: "raw" }, signal),
    );
    return {
      read: () => connection.read(),
      write: (bytes) => connection.write(bytes),
      end: () => connection.end(),
      destroy: () => connection.close(),
    };
  }

  async #connect(
    destination: Destination,
    connect: () => Promise<Made>,
  ): Promise<{ readonly lease: Lease; readonly protocol: string | undefined }> {
    const origin = this.#originOf(destination);
    const leave = this.#enter(origin, destination);
    try {
      const { conn, address, protocol } = await connect();
      const connection = new UpstreamConnection(conn, leave);
      return { lease: { connection, origin, address, madeAt: performance.now() }, protocol };
    } catch (error) {
      leave();
      throw error;
    }
  }

  /** Counts a connection. @returns what to call when it is closed, once */
  #enter(origin: string, { target }: Destination): () => void {
    const open = this.#open.get(origin) ?? 0;
    if (open >= this.#options.connectionsPerOrigin) {
      throw new BottleError(`Too many connections to ${JSON.stringify(printHost(target.host))}`, {
        code: "too-many",
      });
    }
    this.#open.set(origin, open + 1);
    return () => {
      const left = (this.#open.get(origin) ?? 1) - 1;
      if (left > 0) this.#open.set(origin, left);
      else this.#open.delete(origin);
    };
  }

  #lend(
    { scheme, target }: Destination,
    lease: Lease,
    isReused: boolean,
    isTunnel = scheme === "https",
  ): UpstreamExchange {
    const proxy = isTunnel ? undefined : this.#options.connector.proxyFor(target);
    return new Http1Upstream({
      connection: lease.connection,
      isReused,
      giveBack: (keepAliveMs) => this.#options.pool.give(lease, keepAliveMs),
      ...(proxy === undefined ? {} : { proxyFields: proxy.fields }),
    });
  }

  /** What no two upstreams have in common: scheme, name, port, and the way there. */
  #originOf({ scheme, target }: Destination): string {
    const way = this.#options.connector.proxyFor(target) === undefined ? "direct" : "proxy";
    return `${scheme}|${printHost(target.host)}|${target.port}|${way}`;
  }
}
