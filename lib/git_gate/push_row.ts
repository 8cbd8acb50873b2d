/** A push or a fetch through the gate, as a row of the audit. */

import type { AuditRow, Verdict } from "../egress/audit/audit_row.ts";
import { escapeControl } from "../egress/escape.ts";
import type { GateRepo, GateUpstream } from "./config.ts";
import type { PushedRef, PushFinding, PushRecord } from "./push_record.ts";
import type { GateReason } from "./reason.ts";

/** So many refs a row names, at most; fewer where their names are long. */
const MAX_REFS = 100;
/** So many findings a row names, at most. */
const MAX_FINDINGS = 50;
/** Longest name of a ref, or path of a finding, in UTF-16 units: a cut one ends in an ellipsis. */
const MAX_NAME = 255;
/** What names may take of a row together: a ledger is full for good at 1 GiB, and an agent chooses the names. */
const MAX_NAMES = 8 * 1024;
/** Longest detail, in UTF-16 units. */
const MAX_DETAIL = 1_024;
/** In the place of a ref's name in which the scan found something. */
export const HIDDEN_REF = "(hidden: something was found in its name)";

/** What became of a push or a fetch. */
export interface GitOutcome {
  /** `blocked`: the gate said no. `failed`: the upstream did, or the way to it, to at least one ref. */
  readonly verdict: Verdict;
  /** Absent where it was allowed. */
  readonly reason?: GateReason;
  /** The reason in words, of one line; escaped here. */
  readonly detail?: string;
  /** All refs of a push. */
  readonly refs?: readonly PushedRef[];
  readonly findings?: readonly PushFinding[];
  /** Objects that came with a push. */
  readonly objects?: number;
  /** Bytes of packs that went on to the upstream. */
  readonly bytesUp?: number;
}

/** Since when, and until when: milliseconds since 1970. */
export interface GitSpan {
  readonly started: number;
  readonly ended: number;
}

/** @param method what was asked for */
export function gitRow(
  method: "push" | "fetch",
  repo: Pick<GateRepo, "name" | "upstream">,
  outcome: GitOutcome & GitSpan,
): AuditRow {
  const { verdict, reason, detail, bytesUp = 0, started, ended } = outcome;
  const { scheme, host, port } = repo.upstream;
  return {
    time: new Date(started).toISOString(),
    kind: "git",
    method,
    scheme,
    host,
    port,
    path: shownPath(repo.upstream),
    verdict,
    ...(reason === undefined ? {} : { reason }),
    ...(detail === undefined ? {} : { detail: cut(escapeControl(detail), MAX_DETAIL) }),
    ...(method === "push" ? { push: recordOf(repo.name, outcome) } : {}),
    status: 0,
    bytes_up: bytesUp,
    bytes_down: 0,
    duration_ms: Math.max(0, Math.round(ended - started)),
  };
}

/** As a url has it: what is relative to the user's home begins with `/~/`. */
export function shownPath({ scheme, path }: GateUpstream): string {
  if (scheme === "https" || path.startsWith("/")) return path;
  return path.startsWith("~") ? `/${path}` : `/~/${path}`;
}

function recordOf(repo: string, outcome: GitOutcome): PushRecord {
  const { refs = [], findings = [], objects = 0 } = outcome;
  const isHidden = hiddenRefs(findings, refs);
  const named = withinBounds(
    refs.map((ref) => ({ ...ref, ref: isHidden(ref.ref) ? HIDDEN_REF : shown(ref.ref) })),
    ({ ref }) => ref.length,
    MAX_REFS,
  );
  const told = withinBounds(
    findings.map(({ what, ...finding }) => ({
      ...finding,
      ...(what === undefined ? {} : { what: shown(what) }),
      path: finding.kind === "ref" ? HIDDEN_REF : shown(finding.path),
    })),
    ({ path, what = "" }) => path.length + what.length,
    MAX_FINDINGS,
  );
  return {
    repo,
    refs: named,
    ...(named.length === refs.length ? {} : { refs_more: refs.length - named.length }),
    findings: told,
    ...(told.length === findings.length ? {} : { findings_more: findings.length - told.length }),
    objects,
  };
}

/** A finding in a ref's name tells which; where it does not, any of them may be the one. */
function hiddenRefs(
  findings: readonly PushFinding[],
  refs: readonly PushedRef[],
): (ref: string) => boolean {
  const found = new Set(findings.filter(({ kind }) => kind === "ref").map(({ path }) => path));
  if (found.size === 0) return () => false;
  const known = new Set(refs.map(({ ref }) => ref));
  return found.isSubsetOf(known) ? (ref) => found.has(ref) : () => true;
}

function shown(name: string): string {
  return cut(escapeControl(name), MAX_NAME);
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).toWellFormed()}…`;
}

/** The first of them, as many as fit. */
function withinBounds<T>(all: readonly T[], size: (one: T) => number, most: number): readonly T[] {
  let left = MAX_NAMES;
  const end = all.slice(0, most).findIndex((one) => (left -= size(one)) < 0);
  return all.slice(0, end < 0 ? most : end);
}
