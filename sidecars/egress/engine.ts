/** The proxy, put together from one configuration. */

import type { EgressMethods } from "../../lib/control/protocol.ts";
import type { AuditRow } from "../../lib/egress/audit/audit_row.ts";
import type { CertificateAuthority, EgressConfig } from "../../lib/egress/config.ts";
import { policyRow } from "../../lib/egress/audit/policy_row.ts";
import { rowRedactor } from "../../lib/egress/audit/redact_row.ts";
import type { Route } from "../../lib/egress/route/route.ts";
import { checkReplacement } from "../../lib/egress/route/route_diff.ts";
import { BottleError } from "../../lib/errors.ts";
import { certificateFingerprint, createAuthority } from "../../lib/pki/authority.ts";
import { LeafIssuer } from "../../lib/pki/leaf.ts";
import { AddressBook, type Resolve } from "./upstream/addresses.ts";
import { type AppendRows, AuditSender } from "../audit/audit_sender.ts";
import { compileProxy } from "./upstream/company_proxy.ts";
import { Connector } from "./upstream/connector.ts";
import { Counters } from "./counters.ts";
import { Dialer } from "./upstream/dialer.ts";
import { startDnsServer } from "./dns/dns_server.ts";
import { testFlowControl } from "./client/flow_control.ts";
import { startHttp2Session } from "./upstream/http2_upstream.ts";
import { defaultLimits, type EngineLimits } from "./limits.ts";
import { listen } from "./client/listener.ts";
import { Policy } from "./policy.ts";
import { ConnectionPool } from "./upstream/pool.ts";
import { resolveHost } from "./upstream/resolver.ts";
import { SessionPool } from "./upstream/session_pool.ts";
import { type ReserveBytes, reserveInMemory, RouteMeters } from "./inspect/route_meters.ts";
import { TlsFront } from "./client/tls_front.ts";
import { Watchdog } from "./watchdog.ts";

/** What {@linkcode startEngine} takes. */
export interface EngineOptions {
  /** Checked by `parseEgressConfig`. */
  readonly config: EgressConfig;
  /** Where rows go. */
  readonly append: AppendRows;
  /** One line about an error that is a bug; never holds a value of the traffic. */
  readonly onLog: (line: string) => void;
  /** The system's resolver unless told. */
  readonly resolve?: Resolve;
  readonly limits?: Partial<EngineLimits>;
  /** Where routes' budgets are kept; for as long as it runs unless told. */
  readonly reserveBytes?: ReserveBytes;
}

/** A running proxy. */
export interface Engine {
  readonly port: number;
  readonly ca: CertificateAuthority;
  /** SHA-256 of the CA's certificate in hexadecimal. */
  readonly caSha256: string;
  stats(): EgressMethods["stats"][1];
  /**
   * Swaps the routes at once: the next request of any connection goes by the new ones, one that is under way ends as
   * it began. Idle connections to upstreams are closed.
   *
   * @throws {BottleError} what `checkReplacement` says; `audit-unavailable`; nothing has changed then
   */
  replaceRoutes(routes: readonly Route[], revision: number): void;
  /** Stops accepting, lets open exchanges finish for at most 2 s, hands the last rows over. */
  close(): Promise<void>;
}

const GRACE_MS = 2_000;
/** Init waits 3 s in all. */
const LAST_ROWS_MS = 800;
const SWEEP_MS = 5_000;

/**
 * Starts listening.
 *
 * @throws {BottleError} `flow-control-missing`, `ca-invalid`, `listen-failed`, `dns-listen`, what {@linkcode Policy} throws
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const { config, onLog } = options;
  const limits = { ...defaultLimits, ...options.limits };
  await testFlowControl();
  const ca = config.ca ?? await createAuthority(new Date());
  const issuer = await LeafIssuer.open(ca, { now: () => new Date() });
  const policy = new Policy(config);
  await using stack = new AsyncDisposableStack();
  const audit = new AuditSender(options.append, { redact: rowRedactor(secretsOf(config)) });
  stack.defer(() => audit.close(LAST_ROWS_MS));
  const watchdog = stack.use(new Watchdog());
  const pool = stack.use(new ConnectionPool(limits));
  const sessions = stack.use(new SessionPool(limits));
  const sweeping = setInterval(() => {
    pool.sweep();
    sessions.sweep();
  }, SWEEP_MS);
  stack.defer(() => clearInterval(sweeping));
  const resolve = options.resolve ?? ((name, signal) => resolveHost(name, { signal }));
  const counters = new Counters();
  const closing = new AbortController();
  const listener = await listen({
    policy,
    audit,
    counters,
    limits,
    meters: new RouteMeters(options.reserveBytes ?? reserveInMemory()),
    watchdog,
    closing: closing.signal,
    front: new TlsFront(issuer, limits.headMs),
    dialer: new Dialer({
      connector: new Connector({
        addresses: new AddressBook(resolve),
        exceptions: policy.exceptions,
        proxy: config.upstream_proxy === null ? undefined : compileProxy(config.upstream_proxy),
        caCerts: config.extra_ca_pem === null ? [] : [config.extra_ca_pem],
        limits,
      }),
      pool,
      sessions,
      startSession: (connection, onEnd) => startHttp2Session(connection, onEnd, limits.http2),
      connectionsPerOrigin: limits.connectionsPerOrigin,
    }),
    onBug: (error) => onLog(describeBug(error)),
  }, config.listen);
  stack.defer(() => listener.close(GRACE_MS));
  stack.defer(() => closing.abort());
  if (config.dns !== null) {
    const { address, port, names } = config.dns;
    const onRow = (row: AuditRow): void => audit.add(row);
    stack.use(
      await startDnsServer({ listen: { address, port }, names, peers: config.peers, onRow }),
    );
  }
  const running = stack.move();
  return {
    port: listener.port,
    ca,
    caSha256: await certificateFingerprint(ca.cert_pem),
    stats: () => counters.toStats(),
    replaceRoutes: (routes, revision) => {
      const now = Date.now();
      const row = policyRow(checkReplacement(policy.routes, routes, now), revision, now);
      const place = audit.reserve();
      if (place === undefined) {
        throw new BottleError("The audit takes no more rows, and nothing changes unrecorded", {
          code: "audit-unavailable",
        });
      }
      try {
        policy.replaceRoutes(routes);
        place.commit(row);
      } finally {
        place.release();
      }
      pool.clear();
      sessions.clear();
    },
    close: () => running.disposeAsync(),
  };
}

/** The values that no row may show. */
function secretsOf({ tokens, self_test: selfTest }: EgressConfig): readonly string[] {
  const values = Object.values(tokens).filter((value) => value !== undefined);
  return selfTest === null ? values : [...values, selfTest.value];
}

/** The message may quote what it choked on: only the kind and the place are told. */
function describeBug(error: unknown): string {
  if (!(error instanceof Error)) return `Unexpected ${typeof error}`;
  const place = (error.stack ?? "").split("\n").find((line) => line.startsWith("    at ")) ?? "";
  return `Unexpected ${error.name}${place.replace("    ", " ")}`;
}
