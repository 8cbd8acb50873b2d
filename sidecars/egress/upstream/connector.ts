/** Makes connections to upstreams: addresses looked up, checked, and connected to as they were checked. */

import type { IpAddress } from "../../../lib/egress/host/address.ts";
import { checkAddresses, type OpenBlocks } from "../../../lib/egress/host/destination.ts";
import { printHost } from "../../../lib/egress/host/host.ts";
import type { ConnectTarget } from "../../../lib/egress/judge/judge_connect.ts";
import { isPrivateName } from "../../../lib/egress/host/private_name.ts";
import type { Route } from "../../../lib/egress/route/route.ts";
import { BottleError } from "../../../lib/errors.ts";
import type { AddressBook } from "./addresses.ts";
import { type CompanyProxy, openTunnel } from "./company_proxy.ts";
import { interleaveFamilies, raceConnect } from "./connect_race.ts";
import { failure } from "../exchange/failure.ts";
import type { EngineLimits } from "../limits.ts";
import { closeQuietly, type Conn, connectTcp, secure, type TlsOptions } from "./tcp.ts";

/** What a request needs a connection for. */
export interface Destination {
  readonly scheme: "http" | "https";
  readonly target: ConnectTarget;
  readonly route: Route;
}

/** What {@linkcode Connector} takes. */
export interface ConnectorOptions {
  readonly addresses: AddressBook;
  readonly exceptions: OpenBlocks;
  /** Undefined: there is none. */
  readonly proxy: CompanyProxy | undefined;
  readonly caCerts: readonly string[];
  readonly limits: Pick<EngineLimits, "connectMs" | "connectInAllMs" | "staggerMs">;
}

/** What is to be spoken on a connection. */
export type Layer =
  | { readonly kind: "tls"; readonly alpn: TlsOptions["alpn"] }
  /** A tunnel also through the company proxy: bytes arrive as they are. */
  | { readonly kind: "raw" }
  /** The company proxy itself answers, if there is one. */
  | { readonly kind: "plain" };

/** A connection that was made. */
export interface Made {
  readonly conn: Conn;
  /** The one that was checked; undefined: the company proxy's. */
  readonly address: IpAddress | undefined;
  /** What TLS agreed on. */
  readonly protocol: string | undefined;
}

/** Connects. */
export class Connector {
  readonly #options: ConnectorOptions;

  constructor(options: ConnectorOptions) {
    this.#options = options;
  }

  /** The proxy by which a host is reached; undefined: directly. A joined network's hosts are known to nobody but its engine. */
  proxyFor({ host }: ConnectTarget): CompanyProxy | undefined {
    const { proxy, exceptions } = this.#options;
    if (proxy === undefined || proxy.isDirect(host)) return undefined;
    return exceptions.has(printHost(host)) ? undefined : proxy;
  }

  /** Whether an address that a connection has may be used by the route: of the company proxy's, whether the name may. */
  mayUse(destination: Destination, address: IpAddress | undefined): boolean {
    const { target: { host }, route } = destination;
    if (address === undefined) return this.#findNameFault(destination) === undefined;
    return checkAddresses(host, [address], route, this.#options.exceptions).ok;
  }

  /**
   * Connects to the first address that takes one. The signal, and a limit of our own, end it.
   *
   * @throws {BottleError} `unresolvable`, `private-address`, `upstream-tls`, `upstream-unreachable`, `upstream-proxy`
   */
  async connect(destination: Destination, layer: Layer, signal: AbortSignal): Promise<Made> {
    const made = await limited(this.#options.limits.connectInAllMs, signal, async (either) => {
      const proxy = this.proxyFor(destination.target);
      return proxy === undefined
        ? await this.#connectDirectly(destination, layer, either)
        : await this.#connectThrough(proxy, destination, layer, either);
    });
    if (signal.aborted) closeQuietly(made.conn);
    signal.throwIfAborted();
    return made;
  }

  async #connectDirectly(
    destination: Destination,
    layer: Layer,
    signal: AbortSignal,
  ): Promise<Made> {
    const { addresses, limits: { connectMs } } = this.#options;
    const { host, port } = destination.target;
    let left = interleaveFamilies(
      this.#check(destination, await addresses.lookUp(host, signal)),
    );
    for (;;) {
      const { connection, address } = await this.#race(left, port, signal);
      try {
        const made = await limited(
          connectMs,
          signal,
          (either) => this.#addLayer(connection, destination, layer, either),
        );
        return { ...made, address };
      } catch (error) {
        left = left.filter((other) => other !== address);
        // A certificate that does not verify is an answer: the next address is not asked for a kinder one.
        if (!isUnreachable(error) || left.length === 0 || signal.aborted) throw error;
      }
    }
  }

  async #connectThrough(
    proxy: CompanyProxy,
    destination: Destination,
    layer: Layer,
    signal: AbortSignal,
  ): Promise<Made> {
    const fault = this.#findNameFault(destination);
    if (fault !== undefined) throw fault;
    const tcp = await this.#reachProxy(proxy, signal);
    if (layer.kind !== "plain") await openTunnel(tcp, proxy, destination.target, signal);
    return { ...await this.#addLayer(tcp, destination, layer, signal), address: undefined };
  }

  async #reachProxy(proxy: CompanyProxy, signal: AbortSignal): Promise<Deno.TcpConn> {
    try {
      const found = await this.#options.addresses.lookUp(proxy.host, signal);
      if (found.length === 0) throw failure("upstream-unreachable");
      return (await this.#race(interleaveFamilies(found), proxy.port, signal)).connection;
    } catch (error) {
      if (!(error instanceof BottleError)) throw error;
      const why = error.code === "unresolvable" ? "does not resolve" : "cannot be reached";
      throw failure("upstream-proxy", `The company proxy ${why}`);
    }
  }

  #race(
    addresses: readonly IpAddress[],
    port: number,
    signal: AbortSignal,
  ): Promise<{ readonly connection: Deno.TcpConn; readonly address: IpAddress }> {
    const { connectMs, staggerMs } = this.#options.limits;
    return raceConnect(addresses, {
      attempt: ({ text }, given) =>
        limited(connectMs, given, (either) => connectTcp(text, port, either)),
      discard: closeQuietly,
      staggerMs,
      signal,
    });
  }

  async #addLayer(
    conn: Deno.TcpConn,
    { target: { host } }: Destination,
    layer: Layer,
    signal: AbortSignal,
  ): Promise<Omit<Made, "address">> {
    if (layer.kind !== "tls") return { conn, protocol: undefined };
    const name = host.kind === "name" ? host.name : host.address.text;
    return await secure(
      conn,
      { name, caCerts: this.#options.caCerts, alpn: layer.alpn },
      signal,
    );
  }

  #check(destination: Destination, found: readonly IpAddress[]): readonly IpAddress[] {
    const { target, route } = destination;
    const decision = checkAddresses(target.host, found, route, this.#options.exceptions);
    if (decision.ok) return decision.addresses;
    throw new BottleError(decision.detail, { code: decision.reason });
  }

  /** The company proxy would resolve it inside the company: what a name alone tells is judged here. */
  #findNameFault({ target: { host }, route }: Destination): BottleError | undefined {
    if (host.kind === "ip") {
      const decision = checkAddresses(host, [host.address], route, this.#options.exceptions);
      return decision.ok ? undefined : new BottleError(decision.detail, { code: decision.reason });
    }
    if (route.allow_private === true || !isPrivateName(host.name)) return undefined;
    const detail = `${JSON.stringify(host.name)} is a name of private networks`;
    return new BottleError(detail, { code: "private-address" });
  }
}

function isUnreachable(error: unknown): boolean {
  return error instanceof BottleError && error.code === "upstream-unreachable";
}

/** Gives up after a while as if nobody were there. */
async function limited<T>(
  ms: number,
  signal: AbortSignal,
  work: (either: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), ms);
  try {
    return await work(AbortSignal.any([signal, deadline.signal]));
  } catch (error) {
    if (error instanceof BottleError || signal.aborted) throw error;
    throw deadline.signal.aborted ? failure("upstream-unreachable") : error;
  } finally {
    clearTimeout(timer);
  }
}
