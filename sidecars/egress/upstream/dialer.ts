/** Gets each request its exchange with an upstream: on an idle connection, in a session with others, or on a new connection. */

import type { IpAddress } from "../../../lib/egress/host/address.ts";
import { printHost } from "../../../lib/egress/host/host.ts";
import { BottleError } from "../../../lib/errors.ts";
import type { ByteDuplex } from "../body/body.ts";
import type { Connector, Destination, Layer } from "./connector.ts";
import { failure } from "../exchange/failure.ts";
import { Http1Upstream } from "./http1_upstream.ts";
import type { ConnectionPool, Lease } from "./pool.ts";
import type { SessionPool } from "./session_pool.ts";
import { unlessAborted } from "../../../lib/unless_aborted.ts";
import { UpstreamConnection } from "./upstream_connection.ts";
import type { UpstreamExchange } from "./upstream_exchange.ts";
import type { StartSession, UpstreamSession } from "./upstream_session.ts";

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
  readonly sessions: SessionPool;
  readonly startSession: StartSession;
  readonly connectionsPerOrigin: number;
}

/** A session, and the exchange that it was begun for. */
interface Begun {
  readonly session: UpstreamSession;
  readonly exchange: UpstreamExchange;
}

const MAX_REMEMBERED = 1_000;

/** Shares connections among requests; what may be reached at all is the connector's to say, each time anew. */
export class Dialer {
  readonly #options: DialerOptions;
  /** Connections of an origin, in use or idle. */
  readonly #open = new Map<string, number>();
  /** Origins that a request is connecting to, which may come to be a session for others too; else why it failed. */
  readonly #beginning = new Map<string, Promise<BottleError | undefined>>();
  readonly #withoutHttp2 = new Set<string>();

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
    { http2, isUpgrade = false }: OpenOptions,
  ): UpstreamExchange | undefined {
    if (isUpgrade) return undefined;
    const { connector, pool, sessions } = this.#options;
    const origin = this.#originOf(destination);
    const mayUse = (address: IpAddress | undefined): boolean =>
      connector.mayUse(destination, address);
    const shared = http2 ? sessions.open(origin, mayUse) : undefined;
    if (shared !== undefined) return shared;
    const lease = pool.take(origin, mayUse);
    return lease && this.#lend(destination, lease, true);
  }

  /**
   * An exchange on a new connection, or in a session that somebody is beginning at this moment.
   *
   * @throws {BottleError} what {@linkcode Connector.connect} throws; `too-many`
   * @throws the signal's reason, once aborted
   */
  async open(
    destination: Destination,
    options: OpenOptions,
    signal: AbortSignal,
  ): Promise<UpstreamExchange> {
    const { http2, isUpgrade = false } = options;
    if (destination.scheme === "http") {
      const layer = { kind: isUpgrade ? "raw" : "plain" } as const;
      const { lease } = await this.#connect(destination, layer, signal);
      return this.#lend(destination, lease, false, isUpgrade);
    }
    if (!http2) {
      const layer = { kind: "tls", alpn: ["http/1.1"] } as const;
      const { lease } = await this.#connect(destination, layer, signal);
      return this.#lend(destination, lease, false);
    }
    const origin = this.#originOf(destination);
    for (;;) {
      const beginning = this.#beginning.get(origin);
      if (beginning === undefined || this.#withoutHttp2.has(origin)) {
        return await this.#openEither(destination, signal);
      }
      const failed = await unlessAborted(beginning, signal);
      if (failed !== undefined) throw failed;
      const joined = this.reuse(destination, options);
      if (joined !== undefined) return joined;
    }
  }

  /** Bytes to the upstream as they are. @throws {BottleError} as {@linkcode Dialer.open} */
  async openRaw(destination: Destination, signal: AbortSignal): Promise<ByteDuplex> {
    const { lease } = await this.#connect(destination, { kind: "raw" }, signal);
    return duplexOf(lease.connection);
  }

  /** Whichever protocol the upstream prefers. Whoever wants a session meanwhile waits: many at once are one connection. */
  async #openEither(destination: Destination, signal: AbortSignal): Promise<UpstreamExchange> {
    const origin = this.#originOf(destination);
    const begun = Promise.withResolvers<BottleError | undefined>();
    const isFirst = !this.#beginning.has(origin);
    if (isFirst) this.#beginning.set(origin, begun.promise);
    let failed: BottleError | undefined;
    let ready = Promise.resolve();
    try {
      const layer = { kind: "tls", alpn: ["h2", "http/1.1"] } as const;
      const { lease, protocol } = await this.#connect(destination, layer, signal);
      this.#remember(origin, protocol);
      if (protocol !== "h2") return this.#lend(destination, lease, false);
      const { session, exchange } = this.#begin(lease);
      ready = session.ready;
      return exchange;
    } catch (error) {
      // What this request gave up, the others have not.
      if (error instanceof BottleError && !signal.aborted) failed = error;
      throw error;
    } finally {
      // What joins before the upstream has said how many it takes is refused beyond that.
      void ready.then(() => {
        if (isFirst) this.#beginning.delete(origin);
        begun.resolve(failed);
      });
    }
  }

  #begin({ connection, origin, address, madeAt }: Lease): Begun {
    const { sessions, startSession } = this.#options;
    const session = startSession(duplexOf(connection), () => sessions.remove(pooled));
    const pooled = { session, origin, address, madeAt };
    const exchange = session.open();
    if (exchange === undefined) {
      session.close();
      throw failure("upstream-closed");
    }
    sessions.add(pooled);
    return { session, exchange };
  }

  /** Nobody waits for a session with an upstream that is known to have none. */
  #remember(origin: string, protocol: string | undefined): void {
    this.#withoutHttp2.delete(origin);
    if (protocol === "h2") return;
    const [oldest] = this.#withoutHttp2;
    if (this.#withoutHttp2.size >= MAX_REMEMBERED && oldest !== undefined) {
      this.#withoutHttp2.delete(oldest);
    }
    this.#withoutHttp2.add(origin);
  }

  async #connect(
    destination: Destination,
    layer: Layer,
    signal: AbortSignal,
  ): Promise<{ readonly lease: Lease; readonly protocol: string | undefined }> {
    const origin = this.#originOf(destination);
    const leave = this.#enter(origin, destination);
    try {
      const { conn, address, protocol } = await this.#options.connector.connect(
        destination,
        layer,
        signal,
      );
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
    const through = scheme === "http" ? this.#options.connector.proxyFor(target) : undefined;
    const proxy = isTunnel ? undefined : through;
    // Through the company proxy to the upstream itself: the next plain request would show it the proxy's credentials.
    const isForOne = isTunnel && through !== undefined;
    return new Http1Upstream({
      connection: lease.connection,
      isReused,
      giveBack: (keepAliveMs) =>
        isForOne ? lease.connection.close() : this.#options.pool.give(lease, keepAliveMs),
      ...(proxy === undefined ? {} : { proxyFields: proxy.fields }),
    });
  }

  /** What no two upstreams have in common: scheme, name, port, and the way there. */
  #originOf({ scheme, target }: Destination): string {
    const way = this.#options.connector.proxyFor(target) === undefined ? "direct" : "proxy";
    return `${scheme}|${printHost(target.host)}|${target.port}|${way}`;
  }
}

function duplexOf(connection: UpstreamConnection): ByteDuplex {
  return {
    read: () => connection.read(),
    write: (bytes) => connection.write(bytes),
    end: () => connection.end(),
    destroy: () => connection.close(),
  };
}
