/** Where the attacks on the proxy take place: a proxy, upstreams that keep what they get, and ways to them. */

import type { AuditRow } from "../../../lib/egress/audit/audit_row.ts";
import type { EgressConfig } from "../../../lib/egress/config.ts";
import type { Route } from "../../../lib/egress/route/route.ts";
import type { EngineLimits } from "../../../sidecars/egress/limits.ts";
import type { Leaf } from "../../../lib/pki/leaf.ts";
import {
  leafForNames,
  type TestAuthority,
  testAuthority,
} from "../../support/egress/certificates.ts";
import { egressDocument } from "../../support/egress/document.ts";
import { answering, type Behaviour, startRecorder } from "../../support/egress/recorder.ts";
import { eventually, patiently, Wire } from "../../support/egress/wire.ts";
import { fill, HOSTS, type OwnHost, PLACEHOLDERS, type Ports, routesTo, TOKENS } from "./hosts.ts";
import { type AttackedProxy, openEngine, openProgram } from "./proxy.ts";
import { type Sink, startSink } from "./sink.ts";

/** What differs from stage to stage. */
export interface StageOptions {
  /** Tells the proxy what a name resolves to: then its engine runs in the test's own process. */
  readonly resolve?: (name: string) => readonly string[];
  /** Other limits than the program's: the same. */
  readonly limits?: Partial<EngineLimits>;
  /** Further upstreams, by the key of their host: `{expired}` is `expired.localhost` and its port. */
  readonly upstreams?: Readonly<Record<string, OwnUpstream>>;
  /** Further routes. */
  readonly routes?: (ports: Ports) => readonly Omit<Route, "origin">[];
  /** Further keys of the configuration. */
  readonly config?: (ports: Ports) => Partial<EgressConfig>;
}

/** An upstream that is not like the others. */
export interface OwnUpstream {
  /** Its certificate, and what has to be trusted for it besides the stage's authority; absent: plain TCP. */
  readonly certificate?: (
    authority: TestAuthority,
    name: string,
  ) => Promise<{ readonly leaf: Leaf; readonly caPem?: string }>;
  /** Default: answers `ok`. */
  readonly behaviour?: Behaviour;
  /** Besides host, port and `allow_private`. */
  readonly route?: Partial<Route>;
}

/** A stage. */
export interface Stage extends AsyncDisposable {
  readonly proxy: AttackedProxy;
  readonly sink: Sink;
  readonly ports: Ports;
  /** `{open}` and its like, filled in. */
  fill(text: string): string;
  /** A connection to the proxy itself. */
  plain(): Promise<Wire>;
  /** A tunnel with TLS in it. @throws if it is not granted, or the handshake fails */
  tunnel(authority: string, options?: TunnelOptions): Promise<Wire>;
  /** Rows since the last call of {@linkcode Stage.mark}. */
  news(): readonly AuditRow[];
  /** Forgets what has been seen so far. @param label the names' first label from now on */
  mark(label: string): void;
  /** All rows of attacks, once the proxy has ended: it ends here. */
  lastRows(): Promise<readonly AuditRow[]>;
  /** Asks for something that is allowed, and waits until it has arrived and is in the audit: all before it is, too. */
  fence(): Promise<void>;
}

/** How a tunnel differs from an honest one. */
export interface TunnelOptions {
  /** Default: the tunnel's host. An address: none is sent. */
  readonly serverName?: string;
  /** Default: `http/1.1`. */
  readonly alpn?: string[];
}

const FENCE = "fence.localhost";

/** Opens one. */
export async function openStage(options: StageOptions = {}): Promise<Stage> {
  await using undo = new AsyncDisposableStack();
  const authority = await testAuthority();
  const leaf = await leafForNames(authority.ca, Object.values(HOSTS).map((name) => `*.${name}`));
  const sink = undo.use(startSink(leaf));
  const gate = undo.use(
    startRecorder(undefined, answering("HTTP/1.1 204 No Content\r\n\r\n")),
  );
  const ports = { tls: sink.tls.port, http: sink.http.port };
  const own = new Map<string, OwnHost>();
  const trusted = [authority.ca.cert_pem];
  const ownRoutes: Omit<Route, "origin">[] = [];
  for (const [key, { certificate, behaviour, route }] of Object.entries(options.upstreams ?? {})) {
    const name = `${key}.localhost`;
    const made = await certificate?.(authority, name);
    if (made?.caPem !== undefined) trusted.push(made.caPem);
    const recorder = startRecorder(made?.leaf, behaviour);
    sink.add(recorder);
    // A certificate is for one name.
    const isBelow = made === undefined;
    own.set(key, { name, port: recorder.port, isBelow });
    ownRoutes.push({
      host: isBelow ? `*.${name}` : name,
      ports: [recorder.port],
      allow_private: true,
      ...route,
    });
  }
  const routes = [
    ...ownRoutes,
    ...routesTo(ports),
    ...options.routes?.(ports) ?? [],
    { host: FENCE, ports: [gate.port], allow_private: true },
  ];
  const config = egressDocument({
    routes: routes.map((route) => ({ ...route, origin: "red team" })),
    tokens: TOKENS,
    placeholders: PLACEHOLDERS,
    extra_ca_pem: trusted.join("\n"),
    ...options.config?.(ports),
  });
  const { resolve, limits } = options;
  const proxy = undo.use(
    resolve === undefined && limits === undefined ? await openProgram(config) : await openEngine(
      config,
      {
        ...(resolve === undefined ? {} : { resolve }),
        ...(limits === undefined ? {} : { limits }),
      },
    ),
  );
  const wires = undo.adopt<Wire[]>([], (all) => all.forEach((wire) => wire.close()));
  const keep = (wire: Wire): Wire => {
    wires.push(wire);
    return wire;
  };
  const connect = async (): Promise<Deno.TcpConn> => {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port: proxy.port });
    conn.setNoDelay(true);
    return conn;
  };
  let label = "";
  let seen = 0;
  let fences = 0;
  const isAttack = (row: AuditRow): boolean => row.host !== FENCE;
  const owned = undo.move();
  return {
    proxy,
    sink,
    ports,
    fill: (text) => fill(text, { ports, label, own }),
    plain: async () => keep(new Wire(await connect())),
    tunnel: async (target, { serverName, alpn = ["http/1.1"] } = {}) => {
      const conn = await connect();
      const wire = keep(new Wire(conn));
      await wire.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);
      const { status, body } = await wire.response("HEAD");
      if (status !== 200) throw new Error(`refused: ${status} ${body}`);
      const tls = await Deno.startTls(conn, {
        hostname: serverName ?? target.replace(/:[0-9]+$/, ""),
        caCerts: [proxy.caPem],
        alpnProtocols: alpn,
      });
      const inner = keep(new Wire(tls));
      await patiently(tls.handshake());
      return inner;
    },
    news: () => proxy.rows.slice(seen).filter(isAttack),
    mark: (next) => {
      label = next;
      seen = proxy.rows.length;
      sink.mark();
    },
    lastRows: async () => {
      await proxy.end();
      return proxy.rows.filter(isAttack);
    },
    fence: async () => {
      const path = `/fence-${++fences}`;
      const host = `${FENCE}:${gate.port}`;
      using wire = new Wire(await connect());
      await wire.write(`GET http://${host}${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
      const { status } = await wire.response();
      if (status !== 204) throw new Error(`what is allowed does not pass: ${status}`);
      await eventually(() => proxy.rows.some((row) => row.host === FENCE && row.path === path));
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
