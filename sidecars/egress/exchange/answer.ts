/** Exchanges that end with an answer of the proxy's own, and the record of every exchange. */

import type { Reservation } from "../../../lib/egress/audit/audit_queue.ts";
import { http1ErrorCode } from "../../../lib/egress/http1/malformed.ts";
import type { ConnectTarget, Refused } from "../../../lib/egress/judge/judge_connect.ts";
import { isOfSelfTest } from "../../../lib/egress/audit/self_test_row.ts";
import type { BlockReason } from "../../../lib/egress/reason.ts";
import { BottleError } from "../../../lib/errors.ts";
import type { ClientExchange } from "../client/client_exchange.ts";
import type { EngineParts } from "../parts.ts";
import { ExchangeRecord, type Outcome } from "./record.ts";
import { type Answer, refusalAnswer, sendAnswer } from "./respond.ts";
import type { LimitRefusal } from "../inspect/route_meters.ts";

/** Whoever gets an answer: also where there was no request that was understood. */
export type Answered = Pick<ClientExchange, "tunnel" | "response" | "watch" | "abort">;

/** Writes the row of an exchange; nothing of it may pass after. */
export function finish(
  { policy, counters }: EngineParts,
  record: ExchangeRecord,
  reservation: Reservation,
  outcome: Outcome,
): void {
  if (!isOfSelfTest(record)) counters.count(outcome, record.bytesUp, record.bytesDown);
  const isKept = policy.log === "all" || policy.log === "blocked" && outcome.verdict !== "allowed";
  if (isKept) reservation.commit(record.toRow(outcome, policy.redact));
  else reservation.release();
}

/** How an answer of the proxy's own is given. */
export interface AnswerOptions {
  readonly record: ExchangeRecord;
  /** Undefined: there is no place for a row. */
  readonly reservation: Reservation | undefined;
  readonly answer: Answer;
  readonly outcome: Outcome;
  /** The request is read to its end, so that another may follow. */
  readonly isReusable?: boolean;
}

/** Records an exchange and answers it. */
export async function answerExchange(
  parts: EngineParts,
  client: Answered,
  { record, reservation, answer, outcome, isReusable = false }: AnswerOptions,
): Promise<void> {
  const { watch } = client;
  record.status = answer.status;
  if (reservation === undefined) parts.counters.count(outcome, 0, 0);
  else finish(parts, record, reservation, outcome);
  watch.onExpire = (): void => client.abort();
  watch.arm(parts.limits.idleMs);
  try {
    const isHead = record.method === "HEAD";
    await sendAnswer(client.response, answer, { isLast: !isReusable, isHead });
  } catch {
    client.abort();
  } finally {
    watch.disarm();
  }
}

/** Refuses an exchange. */
export async function refuse(
  parts: EngineParts,
  client: Answered,
  record: ExchangeRecord,
  reservation: Reservation,
  refused: LimitRefusal & { readonly isReusable?: boolean },
): Promise<void> {
  const { reason, detail, route, retryAfterS, isReusable = false } = refused;
  record.route = route;
  await answerExchange(parts, client, {
    record,
    reservation,
    answer: refusalAnswer(reason, detail, record.target, route, retryAfterS),
    outcome: { verdict: "blocked", reason, detail },
    isReusable,
  });
}

/** Refuses because no row could be written. */
export async function refuseUnrecorded(
  parts: EngineParts,
  client: Answered,
  record: ExchangeRecord,
): Promise<void> {
  const reason = "audit-unavailable";
  const detail = "The audit takes no more rows, and nothing passes unrecorded";
  await answerExchange(parts, client, {
    record,
    reservation: undefined,
    answer: refusalAnswer(reason, detail, record.target, undefined),
    outcome: { verdict: "blocked", reason, detail },
  });
}

/** Refuses what never became an exchange: a head that does not parse, a CONNECT. */
export async function refuseHead(
  parts: EngineParts,
  client: Answered,
  refused: Refused,
  kind: "http" | "connect" = "http",
): Promise<void> {
  const record = new ExchangeRecord();
  record.kind = kind;
  record.method = kind === "connect" ? "CONNECT" : "";
  record.scheme = kind === "connect" || client.tunnel !== undefined ? "https" : "";
  record.target = refused.target ?? client.tunnel;
  const reservation = parts.audit.reserve();
  return reservation === undefined
    ? await refuseUnrecorded(parts, client, record)
    : await refuse(parts, client, record, reservation, refused);
}

/** Records a tunnel that was granted and then cut: what came in it was not the TLS, or not the HTTP/2, that has to follow. */
export function recordUnanswered(
  parts: EngineParts,
  target: ConnectTarget,
  detail: string,
  reason: BlockReason = "protocol",
): void {
  const record = new ExchangeRecord();
  record.kind = "connect";
  record.method = "CONNECT";
  record.scheme = "https";
  record.target = target;
  const reservation = parts.audit.reserve();
  const outcome = { verdict: "blocked", reason, detail } as const;
  if (reservation !== undefined) finish(parts, record, reservation, outcome);
}

/** Turns an error of the codec into a refusal; throws any other. */
export function refusalOf(error: unknown): Refused {
  const code = http1ErrorCode(error);
  if (code === undefined || !(error instanceof BottleError)) throw error;
  const reason = code === "http-too-large" ? "too-large" : "protocol";
  return { ok: false, reason, detail: error.message };
}
