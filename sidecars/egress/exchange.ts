/** One request and its answer: judged, carried out, recorded. */

import { printAuthority } from "../../lib/egress/authority.ts";
import type { Reservation } from "../../lib/egress/audit_queue.ts";
import { http1ErrorCode } from "../../lib/egress/http1/malformed.ts";
import type { MessageReader } from "../../lib/egress/http1/message_reader.ts";
import type { HeaderList, RequestHead } from "../../lib/egress/http1/message.ts";
import { passableTrailers } from "../../lib/egress/http1/trailers.ts";
import type { ConnectTarget, Refused } from "../../lib/egress/judge_connect.ts";
import {
  type AllowedRequest,
  judgeRequest,
  type RequestDecision,
} from "../../lib/egress/judge_request.ts";
import { type BlockReason, blockReasons } from "../../lib/egress/reason.ts";
import { BottleError } from "../../lib/errors.ts";
import type { AuditSender } from "./audit_sender.ts";
import type { ClientStream } from "./client_stream.ts";
import type { Counters } from "./counters.ts";
import type { Dialer } from "./dialer.ts";
import { isFailReason } from "./failure.ts";
import { forward, type OutboundRequest } from "./forward.ts";
import type { EngineLimits } from "./limits.ts";
import type { Policy } from "./policy.ts";
import { ExchangeRecord, type Outcome } from "./record.ts";
import { type Answer, failureAnswer, jsonAnswer, refusalAnswer, sendAnswer } from "./respond.ts";
import { isForSelf, runSelfTest } from "./self_test.ts";
import type { Watch } from "./watchdog.ts";

/** What all exchanges of a proxy share. */
export interface EngineParts {
  readonly policy: Policy;
  readonly dialer: Dialer;
  readonly audit: AuditSender;
  readonly counters: Counters;
  readonly limits: EngineLimits;
  /** Aborted when the proxy shuts down: connections end after the exchange at hand. */
  readonly closing: AbortSignal;
}

/** One client connection, and where its tunnel leads. */
export interface ClientSide {
  readonly client: ClientStream;
  readonly reader: MessageReader;
  readonly watch: Watch;
  /** Undefined: the connection to the proxy itself. */
  readonly tunnel: ConnectTarget | undefined;
  /** Whether it is between two requests: then a shutdown need not wait for it. */
  readonly activity: { isIdle: boolean };
}

/** Whether another request may follow on the connection; if not, what the client still sends is to be read away. */
export type NextStep =
  | { readonly kind: "next" }
  | { readonly kind: "end"; readonly discardRest?: () => Promise<void> }
  | { readonly kind: "gone" };

/** Carries one request out. Never throws for what a client or an upstream does. */
export async function runExchange(
  parts: EngineParts,
  side: ClientSide,
  head: RequestHead,
): Promise<NextStep> {
  const record = new ExchangeRecord();
  record.method = head.method;
  record.scheme = side.tunnel === undefined ? "http" : "https";
  record.target = side.tunnel;
  const reservation = parts.audit.reserve();
  if (reservation === undefined) return await refuseUnrecorded(parts, side, record);
  if (side.tunnel === undefined && isForSelf(head)) {
    return await answerSelfTest(parts, side, head, record, reservation);
  }
  const decision = judge(parts, side, head);
  record.target = decision.target ?? record.target;
  record.path = decision.path ?? "";
  if (!decision.ok) return await refuse(parts, side, record, reservation, decision);
  record.route = decision.route.host;
  try {
    const request = outbound(parts.policy, decision, head, record);
    const destination = decision;
    const { dialer, limits } = parts;
    const { client, reader, watch } = side;
    const result = await forward({
      dialer,
      destination,
      request,
      client,
      reader,
      watch,
      limits,
      record,
    });
    finish(parts, record, reservation, { verdict: "allowed" });
    return result.isClientReusable
      ? { kind: "next" }
      : { kind: "end", discardRest: result.discardRest };
  } catch (error) {
    return await endFailed(parts, side, record, reservation, error);
  }
}

/** Refuses what was read so badly that there is no request: a head that does not parse. */
export async function refuseHead(
  parts: EngineParts,
  side: ClientSide,
  refused: Refused,
  kind: "http" | "connect" = "http",
): Promise<NextStep> {
  const record = new ExchangeRecord();
  record.kind = kind;
  record.method = kind === "connect" ? "CONNECT" : "";
  record.scheme = side.tunnel === undefined && kind === "http" ? "" : "https";
  record.target = refused.target ?? side.tunnel;
  const reservation = parts.audit.reserve();
  if (reservation === undefined) return await refuseUnrecorded(parts, side, record);
  return await refuse(parts, side, record, reservation, refused);
}

/** Records a tunnel that was granted and then used for something else than the TLS that has to follow. */
export function recordUnanswered(parts: EngineParts, target: ConnectTarget, detail: string): void {
  const record = new ExchangeRecord();
  record.kind = "connect";
  record.method = "CONNECT";
  record.scheme = "https";
  record.target = target;
  const reservation = parts.audit.reserve();
  const outcome = { verdict: "blocked", reason: "protocol", detail } as const;
  if (reservation !== undefined) finish(parts, record, reservation, outcome);
}

/** Turns a malformed or oversized head into a refusal; any other error is passed on. */
export function refusalOf(error: unknown): Refused {
  const code = http1ErrorCode(error);
  if (code === undefined || !(error instanceof BottleError)) throw error;
  const reason = code === "http-too-large" ? "too-large" : "protocol";
  return { ok: false, reason, detail: error.message };
}

function judge(parts: EngineParts, side: ClientSide, head: RequestHead): RequestDecision {
  try {
    return judgeRequest(parts.policy.table, head, side.tunnel);
  } catch (error) {
    return refusalOf(error);
  }
}

function outbound(
  policy: Policy,
  allowed: AllowedRequest,
  head: RequestHead,
  record: ExchangeRecord,
): OutboundRequest {
  const { route, scheme, target } = allowed;
  const swapped = policy.swap(allowed.headers, route, scheme);
  record.credential = swapped.credential;
  if (swapped.isForeign) record.marks.push("foreign-credential");
  const authority = printAuthority(target.host, target.port, scheme);
  return {
    method: head.method,
    path: allowed.path,
    headers: swapped.headers.map((field) =>
      field[0].toLowerCase() === "host" ? [field[0], authority] as const : field
    ),
    framing: allowed.framing,
    version: head.version,
    isPersistent: allowed.isPersistent,
    // A credential of the agent's would leave in a trailer as well as in a header.
    passTrailers: (trailers: HeaderList) => policy.strip(passableTrailers(trailers), route),
  };
}

async function refuse(
  parts: EngineParts,
  side: ClientSide,
  record: ExchangeRecord,
  reservation: Reservation,
  refused: Refused,
): Promise<NextStep> {
  const { reason, detail, route } = refused;
  record.route = route;
  const answer = refusalAnswer(reason, detail, record.target, route);
  const outcome = { verdict: "blocked", reason, detail } as const;
  return await answerLast(parts, side, record, reservation, answer, outcome);
}

/** Says it, records it, and closes: what follows on the connection may be the body of what was refused. */
async function answerLast(
  parts: EngineParts,
  { client, reader, watch }: ClientSide,
  record: ExchangeRecord,
  reservation: Reservation,
  answer: Answer,
  outcome: Outcome,
): Promise<NextStep> {
  record.status = answer.status;
  finish(parts, record, reservation, outcome);
  watch.onExpire = (): void => client.destroy();
  watch.arm(parts.limits.idleMs);
  try {
    await sendAnswer(client, answer, { isLast: true, isHead: record.method === "HEAD" });
  } catch {
    return { kind: "gone" };
  }
  return { kind: "end", discardRest: () => reader.discard() };
}

async function endFailed(
  parts: EngineParts,
  side: ClientSide,
  record: ExchangeRecord,
  reservation: Reservation,
  error: unknown,
): Promise<NextStep> {
  const outcome = outcomeOf(error);
  if (record.status !== 0 || side.client.isBroken) {
    side.client.destroy();
    finish(parts, record, reservation, outcome);
    return { kind: "gone" };
  }
  const answer = outcome.verdict === "blocked"
    ? refusalAnswer(outcome.reason, outcome.detail, record.target, record.route)
    : failureAnswer(outcome.reason, outcome.detail);
  return await answerLast(parts, side, record, reservation, answer, outcome);
}

function outcomeOf(error: unknown): Exclude<Outcome, { verdict: "allowed" }> {
  if (!(error instanceof BottleError)) {
    // A bug of ours. Its message may quote what it choked on, so that only its kind is told.
    const name = error instanceof Error ? error.name : typeof error;
    return { verdict: "failed", reason: "upstream-protocol", detail: `Internal error (${name})` };
  }
  const { code, message, details } = error;
  const detail = [message, ...details].join(": ");
  if (isBlockReason(code)) return { verdict: "blocked", reason: code, detail };
  if (isFailReason(code)) return { verdict: "failed", reason: code, detail };
  const { reason } = refusalOf(error);
  return { verdict: "blocked", reason, detail };
}

function isBlockReason(code: string): code is BlockReason {
  return Object.hasOwn(blockReasons, code);
}

async function answerSelfTest(
  parts: EngineParts,
  side: ClientSide,
  head: RequestHead,
  record: ExchangeRecord,
  reservation: Reservation,
): Promise<NextStep> {
  record.kind = "self-test";
  const result = runSelfTest(head, parts.policy.selfTest);
  if (result.ok) {
    const answer = jsonAnswer(200, { sha256: result.sha256 });
    return await answerLast(parts, side, record, reservation, answer, { verdict: "allowed" });
  }
  const refused: Refused = { ok: false, reason: "no-match", detail: result.detail };
  return await refuse(parts, side, record, reservation, refused);
}

async function refuseUnrecorded(
  parts: EngineParts,
  { client, reader, watch }: ClientSide,
  record: ExchangeRecord,
): Promise<NextStep> {
  const reason = "audit-unavailable";
  const detail = "The audit takes no more rows, and nothing passes unrecorded";
  parts.counters.count({ verdict: "blocked", reason, detail }, 0, 0);
  watch.onExpire = (): void => client.destroy();
  watch.arm(parts.limits.idleMs);
  try {
    const answer = refusalAnswer(reason, detail, record.target, undefined);
    await sendAnswer(client, answer, { isLast: true, isHead: record.method === "HEAD" });
  } catch {
    return { kind: "gone" };
  }
  return { kind: "end", discardRest: () => reader.discard() };
}

function finish(
  { policy, counters }: EngineParts,
  record: ExchangeRecord,
  reservation: Reservation,
  outcome: Outcome,
): void {
  counters.count(outcome, record.bytesUp, record.bytesDown);
  const isKept = policy.log === "all" || policy.log === "blocked" && outcome.verdict !== "allowed";
  if (isKept) reservation.commit(record.toRow(outcome, policy.redact));
  else reservation.release();
}
