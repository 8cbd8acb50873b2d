/** One exchange, as the audit keeps it. */

import type { PushRecord } from "../../git_gate/push_record.ts";
import type { GateReason } from "../../git_gate/reason.ts";
import type { BlockReason } from "../reason.ts";

/** What became of it. `failed`: allowed, but the upstream or the client broke it off. */
export type Verdict = "allowed" | "blocked" | "failed";

/** One row of the audit. Control characters are escaped, values of credentials redacted. */
export interface AuditRow {
  /** RFC 3339, UTC, milliseconds. */
  readonly time: string;
  /**
   * What was asked: an exchange, a tunnel that was refused or went through untouched, a look-up, a push or a fetch by git;
   * `policy`: the routes were changed.
   */
  readonly kind: "http" | "connect" | "dns" | "git" | "self-test" | "notice" | "policy";
  /** Method; for DNS the record type; for git `push` or `fetch`. */
  readonly method: string;
  /** Empty where it is not known. */
  readonly scheme: "http" | "https" | "dns" | "ssh" | "";
  /** As the agent asked for it, in canonical form. */
  readonly host: string;
  /** 0 where there is none. */
  readonly port: number;
  /** Path and redacted query; at most 2,048 characters. */
  readonly path: string;
  /** What became of it. */
  readonly verdict: Verdict;
  /** Absent when allowed. */
  readonly reason?: BlockReason | FailReason | GateReason;
  /** The reason in words. */
  readonly detail?: string;
  /** The host pattern of the route that decided. */
  readonly route?: string;
  /** Scheme of the credential that went out with it; absent if none did. */
  readonly credential?: string;
  /** Things worth a look, of `auditMarks`. */
  readonly marks?: readonly string[];
  /** Of a `policy` row: what was changed. */
  readonly change?: PolicyChange;
  /** Of a push: what was asked for, and what became of each ref. */
  readonly push?: PushRecord;
  /** So many refusals alike, from 2: see `RefusalFold`. Absent: the row is of one. `time` is the first's. */
  readonly count?: number;
  /** When the last of them came. Absent without `count`. */
  readonly last_time?: string;
  /** Status sent to the agent; 0 if none was. */
  readonly status: number;
  /** Body bytes from the agent to the upstream. */
  readonly bytes_up: number;
  /** Body bytes from the upstream to the agent. */
  readonly bytes_down: number;
  /** From the first byte of the request to the end, in milliseconds. */
  readonly duration_ms: number;
}

/** A change of the routes while the bottle runs. What the routes let pass then is in the row's `detail`. */
export interface PolicyChange {
  /** Who made it: the person, on the host. */
  readonly by: "host";
  /** Of the routes after it. */
  readonly revision: number;
  /** Hosts that have a route now and had none. */
  readonly added: readonly string[];
  /** Hosts whose route is gone. */
  readonly removed: readonly string[];
  /** Hosts whose route lets other requests pass than before. */
  readonly changed: readonly string[];
}

/** Why an allowed exchange came to nothing. */
export type FailReason =
  | "upstream-unreachable"
  | "upstream-timeout"
  | "upstream-protocol"
  | "upstream-unreadable"
  | "upstream-closed"
  | "upstream-proxy"
  | "client-closed"
  | "client-timeout";

/** A row in the ledger, chained: `hash` = SHA-256 over the previous hash and this row's JSON. */
export interface LedgerRow {
  /** From 1, without gaps. */
  readonly seq: number;
  /** What happened. */
  readonly row: AuditRow;
  /** 64 hex digits. */
  readonly hash: string;
}
