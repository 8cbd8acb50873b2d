/** Gets a connection to an upstream for one request: addresses looked up, checked, and connected to as they were checked. */

import type { IpAddress } from "../../lib/egress/address.ts";
import { checkAddresses, type OpenBlocks } from "../../lib/egress/destination.ts";
import type { ConnectTarget } from "../../lib/egress/judge_connect.ts";
import type { Route } from "../../lib/egress/route.ts";
import { BottleError } from "../../lib/errors.ts";
import type { AddressBook } from "./addresses.ts";
import type { ConnectionPool } from "./pool.ts";
import { UpstreamConnection, type UpstreamTarget } from "./upstream_connection.ts";

/** What a request needs a connection for. */
export interface Destination {
  readonly scheme: "http" | "https";
  readonly target: ConnectTarget;
  readonly route: Route;
}

/** A connection that is one exchange's alone until it is given back or closed. */
export interface Lease {
  readonly connection: UpstreamConnection;
  readonly target: UpstreamTarget;
}

/** What {@linkcode Dialer} takes. */
export interface DialerOptions {
  readonly addresses: AddressBook;
  readonly exceptions: OpenBlocks;
  readonly pool: ConnectionPool;
  readonly caCerts: readonly string[];
  readonly connectMs: number;
}

/** Connects. */
export class Dialer {
  readonly #options: DialerOptions;

  constructor(options: DialerOptions) {
    this.#options = options;
  }

  /** An idle connection to an address that is, at this moment, one that the route may use; undefined: connect. */
  reuse(destination: Destination): Lease | undefined {
    const known = this.#options.addresses.recall(destination.target.host);
    if (known === undefined) return undefined;
    for (const address of this.#check(destination, known)) {
      const target = this.#targetAt(destination, address);
      const connection = this.#options.pool.take(target);
      if (connection !== undefined) return { connection, target };
    }
    return undefined;
  }

  /**
   * A new connection, to the first address that takes one.
   *
   * @throws {BottleError} `unresolvable`, `private-address`, `upstream-tls`, `upstream-unreachable`
   */
  async connect(destination: Destination, signal: AbortSignal): Promise<Lease> {
    const { host } = destination.target;
    const { addresses } = this.#options;
    const found = addresses.recall(host) ?? await addresses.lookUp(host, signal);
    let failure: unknown;
    for (const address of this.#check(destination, found)) {
      signal.throwIfAborted();
      const target = this.#targetAt(destination, address);
      const deadline = new AbortController();
      const timer = setTimeout(() => deadline.abort(), this.#options.connectMs);
      try {
        const either = AbortSignal.any([signal, deadline.signal]);
        return { connection: await UpstreamConnection.connect(target, either), target };
      } catch (error) {
        failure = error;
        // A certificate that does not verify is an answer: the next address is not asked for a kinder one.
        if (error instanceof BottleError && error.code === "upstream-tls") break;
      } finally {
        clearTimeout(timer);
      }
    }
    throw failure;
  }

  /** Keeps a connection for the next request. */
  giveBack({ target, connection }: Lease): void {
    this.#options.pool.give(target, connection);
  }

  #check(destination: Destination, found: readonly IpAddress[]): readonly IpAddress[] {
    const { target, route } = destination;
    const decision = checkAddresses(target.host, found, route, this.#options.exceptions);
    if (decision.ok) return decision.addresses;
    throw new BottleError(decision.detail, { code: decision.reason });
  }

  #targetAt({ scheme, target }: Destination, address: IpAddress): UpstreamTarget {
    const { host, port } = target;
    const name = host.kind === "name" ? host.name : host.address.text;
    return {
      address: address.text,
      port,
      tlsName: scheme === "https" ? name : undefined,
      caCerts: this.#options.caCerts,
    };
  }
}
