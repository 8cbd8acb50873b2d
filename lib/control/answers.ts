/** Init's answers as the host reads them: a bundle is not trusted with the shape of what it says. */

import { parseLedgerRow } from "../audit/row.ts";
import type {
  AuditRowNotice,
  AuditTailResult,
  ConfigureResult,
  DaemonState,
  HostMethods,
  ReadyResult,
  StatsResult,
} from "./protocol.ts";
import { parseRoutesResult } from "./route_answer.ts";
import { readChoice, readCount, readFlag, readList, readShape, readText } from "./shape.ts";

/** A reader for each method's answer. Each throws a `BottleError` `shape-invalid`. */
export const answers: { readonly [M in keyof HostMethods]: (value: unknown) => HostMethods[M][1] } =
  {
    "configure": parseConfigureResult,
    "ready": parseReadyResult,
    "audit.tail": parseAuditTailResult,
    "stats": parseStatsResult,
    "routes.get": parseRoutesResult,
    "routes.put": (value) => ({ revision: readCount(readShape(value, "routes.put"), "revision") }),
    "shutdown": (): null => null,
  };

/** @throws {BottleError} `shape-invalid` */
export function parseAuditRowNotice(value: unknown): AuditRowNotice {
  const shape = readShape(value, "audit.row");
  return { subscription: readCount(shape, "subscription"), row: parseLedgerRow(shape.row) };
}

/** @throws {BottleError} `shape-invalid` */
export function parseAuditTailResult(value: unknown): AuditTailResult {
  const shape = readShape(value, "audit.tail");
  return {
    rows: readList(shape, "rows", 10_000).map(parseLedgerRow),
    last: readCount(shape, "last"),
    more: readFlag(shape, "more"),
  };
}

function parseConfigureResult(value: unknown): ConfigureResult {
  const shape = readShape(value, "configure");
  return {
    ca_pem: readText(shape, "ca_pem", 16 * 1024),
    ca_sha256: readText(shape, "ca_sha256", 64),
  };
}

function parseReadyResult(value: unknown): ReadyResult {
  const shape = readShape(value, "ready");
  return {
    configured: readFlag(shape, "configured"),
    ready: readFlag(shape, "ready"),
    daemons: readList(shape, "daemons", 16).map(parseDaemonState),
    configuration: shape.configuration === null ? null : parseConfigureResult(shape.configuration),
  };
}

function parseDaemonState(value: unknown): DaemonState {
  const shape = readShape(value, "daemon");
  return {
    name: readChoice(shape, "name", ["egress", "git-gate", "supervise"]),
    state: readChoice(shape, "state", ["starting", "ready", "backing-off", "stopped"]),
    restarts: readCount(shape, "restarts"),
    log: readList(shape, "log", 1000).map((line) => readText({ line }, "line", 64 * 1024)),
  };
}

function parseStatsResult(value: unknown): StatsResult {
  const shape = readShape(value, "stats");
  return {
    requests: readCount(shape, "requests"),
    blocked: readCount(shape, "blocked"),
    failed: readCount(shape, "failed"),
    bytes_up: readCount(shape, "bytes_up"),
    bytes_down: readCount(shape, "bytes_down"),
    open_connections: readCount(shape, "open_connections"),
    rows: readCount(shape, "rows"),
  };
}
