/** The real proxy in this process, and clients of it. All names resolve to 127.0.0.1 unless told. */

import type { AuditRow } from "../../../lib/egress/audit/audit_row.ts";
import type { EgressConfig } from "../../../lib/egress/config.ts";
import { type IpAddress, parseAddress } from "../../../lib/egress/host/address.ts";
import type { Route } from "../../../lib/egress/route/route.ts";
import { parseEgressConfig } from "../../../lib/egress/config_schema.ts";
import type { HostName } from "../../../lib/egress/host/host.ts";
import type { AppendRows } from "../../../sidecars/audit/audit_sender.ts";
import { type Engine, startEngine } from "../../../sidecars/egress/engine.ts";
import type { EngineLimits } from "../../../sidecars/egress/limits.ts";
import type { ReserveBytes } from "../../../sidecars/egress/inspect/route_meters.ts";
import { eventually, patiently, Wire } from "./wire.ts";

/** A route for a test: its origin is filled in. */
export type TestRoute = Omit<Route, "origin">;

/** What {@linkcode startProxy} takes. */
export interface ProxyOptions {
  readonly routes: readonly TestRoute[];
  readonly tokens?: EgressConfig["tokens"];
  readonly placeholders?: EgressConfig["placeholders"];
  /** Trusted for upstreams. */
  readonly caPem?: string;
  readonly peers?: readonly string[];
  readonly log?: EgressConfig["log"];
  readonly selfTest?: EgressConfig["self_test"];
  readonly upstreamProxy?: EgressConfig["upstream_proxy"];
  readonly privateExceptions?: EgressConfig["private_exceptions"];
  readonly limits?: Partial<EngineLimits>;
  readonly resolve?: (name: HostName, signal: AbortSignal) => Promise<readonly IpAddress[]>;
  /** How long its answers hold, in milliseconds. */
  readonly ttlMs?: number;
  readonly append?: AppendRows;
  readonly reserveBytes?: ReserveBytes;
}

/** What a client has to know of a proxy, in this process or in another: where it is, and whose leaves it serves. */
export interface ProxyDoor {
  readonly engine: { readonly port: number; readonly ca: { readonly cert_pem: string } };
}

/** A running proxy. */
export interface Proxy extends AsyncDisposable {
  readonly engine: Engine;
  /** Rows so far. */
  readonly rows: readonly AuditRow[];
  /** What it wrote about bugs: a test that looks at it wants none. */
  readonly log: readonly string[];
  /** A connection to the proxy itself. */
  plain(): Promise<Wire>;
  /** A tunnel with TLS in it. @throws if it is not granted */
  tunnel(authority: string, serverName?: string, alpnProtocols?: string[]): Promise<Wire>;
  /** Waits for so many rows. */
  rowCount(count: number): Promise<void>;
}

/** The address that every name has here. */
export const LOOPBACK: IpAddress = address("127.0.0.1");

/** An address for a test's resolver. */
export function address(text: string): IpAddress {
  const parsed = parseAddress(text);
  if (parsed === undefined) throw new Error(`no address: ${text}`);
  return parsed;
}

/** Starts a proxy. */
export async function startProxy(options: ProxyOptions): Promise<Proxy> {
  const rows: AuditRow[] = [];
  const log: string[] = [];
  const config = parseEgressConfig({
    listen: { address: "127.0.0.1", port: 0 },
    dns: null,
    peers: options.peers ?? ["127.0.0.1"],
    routes: options.routes.map((route) => ({ ...route, origin: "test" })),
    tokens: options.tokens ?? {},
    placeholders: options.placeholders ?? [],
    extra_ca_pem: options.caPem ?? null,
    upstream_proxy: options.upstreamProxy ?? null,
    private_exceptions: options.privateExceptions ?? [],
    log: options.log ?? "all",
    self_test: options.selfTest ?? null,
    ca: null,
  });
  const engine = await startEngine({
    config,
    append: options.append ?? ((batch) => Promise.resolve(void rows.push(...batch))),
    onLog: (line) => log.push(line),
    resolve: async (name, signal) => {
      const addresses = await options.resolve?.(name, signal) ?? [LOOPBACK];
      return { addresses, ttlMs: options.ttlMs ?? 5_000 };
    },
    limits: options.limits ?? {},
    ...(options.reserveBytes !== undefined && { reserveBytes: options.reserveBytes }),
  });
  const wires: Wire[] = [];
  const keep = (wire: Wire): Wire => {
    wires.push(wire);
    return wire;
  };
  const connect = (): Promise<Deno.TcpConn> =>
    Deno.connect({ hostname: "127.0.0.1", port: engine.port });
  return {
    engine,
    rows,
    log,
    plain: async () => keep(new Wire(await connect())),
    tunnel: async (
      authority,
      serverName = authority.replace(/:[0-9]+$/, ""),
      alpnProtocols = ["http/1.1"],
    ) => {
      const conn = await connect();
      const wire = keep(new Wire(conn));
      await wire.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
      const { status, body } = await wire.response("HEAD");
      if (status !== 200) throw new Error(`refused: ${status} ${body}`);
      const tls = await Deno.startTls(conn, {
        hostname: serverName,
        caCerts: [engine.ca.cert_pem],
        alpnProtocols,
      });
      const inner = keep(new Wire(tls));
      await patiently(tls.handshake());
      return inner;
    },
    rowCount: (count) => eventually(() => rows.length >= count),
    async [Symbol.asyncDispose](): Promise<void> {
      for (const wire of wires) wire.close();
      await engine.close();
    },
  };
}
