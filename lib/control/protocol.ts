/**
 * What travels on the control channel: JSON-RPC 2.0, one message a line, host ↔ init over the unix socket, and
 * init ↔ each daemon over its stdin and stdout.
 */

import type { AuditRow, LedgerRow } from "../egress/audit/audit_row.ts";
import type { CertificateAuthority, EgressConfig } from "../egress/config.ts";
import type { Route } from "../egress/route/route.ts";
import type { ByteWish, GrantedBytes } from "../egress/route/route_limits.ts";
import type { GitGateConfig } from "../git_gate/config.ts";

/** In the bundle; its folder is root's, mode 0700. */
export const CONTROL_SOCKET = "/run/bot-bottle/control.sock";

/** In the bundle: where the ledger's volume is mounted. Its owner is the ledger's user, mode 0700. */
export const LEDGER_FOLDER = "/var/lib/bot-bottle/ledger";
/** The database on that volume. */
export const LEDGER_PATH = `${LEDGER_FOLDER}/ledger.db`;

/** First message of a bottle: everything, secrets included, in one document. */
export interface ConfigureDocument {
  /** Of this format. */
  readonly version: 1;
  /** Of the bottle. */
  readonly slug: string;
  /** Egress's part. */
  readonly egress: EgressConfig;
  /** git-gate's part; null: the bottle has no repositories, and no such daemon. */
  readonly git_gate: GitGateConfig | null;
  /** The ledger's part. */
  readonly ledger: LedgerConfig;
}

/** The ledger's part. */
export interface LedgerConfig {
  /** Path of the database in the bundle. */
  readonly path: string;
}

/** What `configure` answers. */
export interface ConfigureResult {
  /** The bottle's CA certificate, PEM. */
  readonly ca_pem: string;
  /** SHA-256 of the certificate, 64 lower-case hex digits. */
  readonly ca_sha256: string;
}

/** The daemons of a bundle. */
export type DaemonName = "egress" | "git-gate" | "supervise";

/** How one daemon is. */
export interface DaemonState {
  /** Which one. */
  readonly name: DaemonName;
  /** Where it is in its life. */
  readonly state: "starting" | "ready" | "backing-off" | "stopped";
  /** How often init has started it again. */
  readonly restarts: number;
  /** Last lines of its stderr, newest last, control characters escaped. */
  readonly log: readonly string[];
}

/** `ready`: `configured` is false after a restart without a person: the bottle stays shut. */
export interface ReadyResult {
  /** `configure` was called. */
  readonly configured: boolean;
  /** All daemons are ready. */
  readonly ready: boolean;
  /** Each of them. */
  readonly daemons: readonly DaemonState[];
  /** What `configure` answered: for whoever opens a bottle that another process launched. */
  readonly configuration: ConfigureResult | null;
}

/** Counters of the egress that runs now: they begin anew with a restart; the ledger has every exchange. */
export interface StatsResult {
  /** Exchanges. */
  readonly requests: number;
  /** Exchanges that were refused. */
  readonly blocked: number;
  /** Exchanges that were allowed and came to nothing. */
  readonly failed: number;
  /** Body bytes to upstreams. */
  readonly bytes_up: number;
  /** Body bytes to the agent. */
  readonly bytes_down: number;
  /** The agent's connections now. */
  readonly open_connections: number;
  /** Rows in the ledger. */
  readonly rows: number;
}

/** `audit.tail`: with `follow`, rows that come later arrive as notifications `audit.row` on the same stream. */
export interface AuditTailParams {
  /** Rows after this sequence number, the oldest first: 0 is from the beginning. Absent: the newest rows. */
  readonly after?: number;
  /** So many rows at most; default 1,000, at most 10,000. */
  readonly limit?: number;
  /** Refused exchanges only. */
  readonly verdict?: "blocked";
  /** Later rows too, as notifications. */
  readonly follow?: boolean;
  /** Chosen by the caller, repeated in each notification: two followers on one stream are told apart. Default 0. */
  readonly subscription?: number;
}

/** What `audit.tail` answers. */
export interface AuditTailResult {
  /** In ascending order. */
  readonly rows: readonly LedgerRow[];
  /** The last sequence number in the ledger. */
  readonly last: number;
  /** Rows that were asked for did not fit into one answer: ask again, `after` the last one. */
  readonly more: boolean;
}

/** Parameters of the notification `audit.row`, init → host. */
export interface AuditRowNotice {
  readonly subscription: number;
  readonly row: LedgerRow;
}

/** Parameters of the notification `audit.unfollow`, host → init. */
export interface AuditUnfollow {
  readonly subscription: number;
}

/** `routes.get`: the routes in force. Those that have expired are among them, and let nothing pass. */
export interface RoutesResult {
  /** Each host once. */
  readonly routes: readonly Route[];
  /** 1 after `configure`, one more with each change. */
  readonly revision: number;
}

/** `routes.put`: all routes, in the place of all there are. */
export interface RoutesPutParams {
  /** A credential stays only on the host that has it, and so does `allow_private`. */
  readonly routes: readonly Route[];
  /** The revision that the caller has read: `conflict` if the routes have changed since. */
  readonly expected_revision: number;
}

/** Methods that init serves to the host: name → [params, result]. */
export interface HostMethods {
  /** Once, first: the daemons start with it. */
  "configure": [ConfigureDocument, ConfigureResult];
  /** How the bundle is. */
  "ready": [null, ReadyResult];
  /** Rows of the ledger. */
  "audit.tail": [AuditTailParams, AuditTailResult];
  /** Egress's counters. */
  "stats": [null, StatsResult];
  /** What may be reached now. */
  "routes.get": [null, RoutesResult];
  /** Swaps what may be reached, at once and whole or not at all; open exchanges go on to their end. */
  "routes.put": [RoutesPutParams, { readonly revision: number }];
  /** Ends the daemons in order. */
  "shutdown": [null, null];
}

/** Methods that egress serves to init. */
export interface EgressMethods {
  "configure": [EgressConfig, { readonly ca: CertificateAuthority; readonly ca_sha256: string }];
  "stats": [null, Omit<StatsResult, "rows">];
  /** `revision` is what the audit calls the routes; the answer is the acknowledgement: they are in force. */
  "routes.put": [{ readonly routes: readonly Route[]; readonly revision: number }, null];
  /** Stops accepting, lets open exchanges finish for at most 2 s, then ends. */
  "shutdown": [null, null];
}

/** Methods that git-gate serves to init. */
export interface GitGateMethods {
  /** The answer is the acknowledgement: it serves. */
  "configure": [GitGateConfig, Readonly<Record<string, never>>];
  /** Stops accepting, ends what is open, then itself. */
  "shutdown": [null, null];
}

/** Rows for the ledger; at most 1,000, each at most 16 KiB of JSON. */
export interface AuditAppendParams {
  readonly rows: readonly AuditRow[];
  /**
   * Number of the first of these rows, counted by its sender from 1. A batch that is sent again because its
   * acknowledgement got lost is then not written twice. Absent: written as it comes.
   */
  readonly first?: number;
}

/** Methods that the ledger (in the supervise process) serves to init. */
export interface LedgerMethods {
  "configure": [LedgerConfig, { readonly last: number }];
  /** Appends in order; the answer is the acknowledgement: the rows are on disk. */
  "audit.append": [AuditAppendParams & { readonly source: string }, { readonly last: number }];
  "audit.tail": [Omit<AuditTailParams, "follow" | "subscription">, AuditTailResult];
  /** Reserves bytes of a route's budget, as many as are left; the answer is the acknowledgement: it is on disk. */
  "bytes.reserve": [ByteWish, GrantedBytes];
  "shutdown": [null, null];
}

/** Methods that init serves to egress, and the first of them to git-gate; at most four calls of a daemon at once. */
export interface InitMethods {
  /** Forwarded to the ledger; answered when the rows are on disk. `notReady` while the ledger is down: hold them. */
  "audit.append": [AuditAppendParams, { readonly last: number }];
  /** Forwarded to the ledger. */
  "bytes.reserve": [ByteWish, GrantedBytes];
}

/** The error codes used besides JSON-RPC's own. */
export const RpcErrorCode = {
  parse: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
  /** `configure` has not been called, or the daemon asked for is down. */
  notReady: -32000,
  /** `configure` was called before. */
  alreadyConfigured: -32001,
  /** What was asked for can't be done, for the reason that the message says. */
  refused: -32002,
  /** What was to be changed is not what the caller has read: read it again. */
  conflict: -32003,
} as const;
