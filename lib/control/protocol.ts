/**
 * What travels on the control channel: JSON-RPC 2.0, one message a line, host ↔ init over the unix socket, and
 * init ↔ each daemon over its stdin and stdout.
 */

import type { AuditRow, LedgerRow } from "../egress/audit_row.ts";
import type { CertificateAuthority, EgressConfig } from "../egress/config.ts";

/** In the bundle; its folder is root's, mode 0700. */
export const CONTROL_SOCKET = "/run/bot-bottle/control.sock";

/** First message of a bottle: everything, secrets included, in one document. */
export interface ConfigureDocument {
  readonly version: 1;
  readonly slug: string;
  readonly egress: EgressConfig;
  readonly ledger: LedgerConfig;
}

/** The ledger's part. */
export interface LedgerConfig {
  /** Path of the database in the bundle. */
  readonly path: string;
}

/** What `configure` answers. */
export interface ConfigureResult {
  readonly ca_pem: string;
  /** SHA-256 of the certificate, 64 lower-case hex digits. */
  readonly ca_sha256: string;
}

/** The daemons of a bundle. */
export type DaemonName = "egress" | "supervise";

/** How one daemon is. */
export interface DaemonState {
  readonly name: DaemonName;
  readonly state: "starting" | "ready" | "backing-off" | "stopped";
  readonly restarts: number;
  /** Last lines of its stderr, newest last, control characters escaped. */
  readonly log: readonly string[];
}

/** `ready`: `configured` is false after a restart without a person: the bottle stays shut. */
export interface ReadyResult {
  readonly configured: boolean;
  readonly ready: boolean;
  readonly daemons: readonly DaemonState[];
}

/** Counters since `configure`. */
export interface StatsResult {
  readonly requests: number;
  readonly blocked: number;
  readonly failed: number;
  readonly bytes_up: number;
  readonly bytes_down: number;
  readonly open_connections: number;
  /** Rows in the ledger. */
  readonly rows: number;
}

/** `audit.tail`: with `follow`, rows that come later arrive as notifications `audit.row` on the same stream. */
export interface AuditTailParams {
  /** Only rows after this sequence number; 0: all. */
  readonly after?: number;
  /** The newest so many; default 1,000, at most 10,000. */
  readonly limit?: number;
  readonly verdict?: "blocked";
  readonly follow?: boolean;
}

/** What `audit.tail` answers. */
export interface AuditTailResult {
  readonly rows: readonly LedgerRow[];
  /** The last sequence number in the ledger. */
  readonly last: number;
}

/** Methods that init serves to the host: name → [params, result]. */
export interface HostMethods {
  "configure": [ConfigureDocument, ConfigureResult];
  "ready": [null, ReadyResult];
  "audit.tail": [AuditTailParams, AuditTailResult];
  "stats": [null, StatsResult];
  "shutdown": [null, null];
}

/** Methods that egress serves to init. */
export interface EgressMethods {
  "configure": [EgressConfig, { readonly ca: CertificateAuthority; readonly ca_sha256: string }];
  "stats": [null, Omit<StatsResult, "rows">];
  /** Stops accepting, lets open exchanges finish for at most 2 s, then ends. */
  "shutdown": [null, null];
}

/** Methods that the ledger (in the supervise process) serves to init. */
export interface LedgerMethods {
  "configure": [LedgerConfig, { readonly last: number }];
  /** Appends in order; the answer is the acknowledgement. */
  "audit.append": [{ readonly rows: readonly AuditRow[] }, { readonly last: number }];
  "audit.tail": [Omit<AuditTailParams, "follow">, AuditTailResult];
  "shutdown": [null, null];
}

/** Methods that init serves to egress. */
export interface InitMethods {
  /** Forwarded to the ledger; answered when the rows are on disk. */
  "audit.append": [{ readonly rows: readonly AuditRow[] }, { readonly last: number }];
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
} as const;
