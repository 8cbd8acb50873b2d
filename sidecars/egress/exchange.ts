/** One request and its answer: judged, carried out, recorded. */

import type { Reservation } from "../../lib/egress/audit_queue.ts";
import { printAuthority } from "../../lib/egress/authority.ts";
import type { HeaderList, RequestHead } from "../../lib/egress/message.ts";
import { passableTrailers } from "../../lib/egress/http1/trailers.ts";
import {
  type AllowedRequest,
  judgeRequest,
  type RequestDecision,
} from "../../lib/egress/judge_request.ts";
import { stripQuery } from "../../lib/egress/query_credentials.ts";
import { type BlockReason, blockReasons } from "../../lib/egress/reason.ts";
import { BottleError } from "../../lib/errors.ts";
import { answerExchange, finish, refusalOf, refuse, refuseUnrecorded } from "./answer.ts";
import { isFailReason } from "./failure.ts";
import { forward, type OutboundRequest } from "./forward.ts";
import type { ClientSide, EngineParts, NextStep } from "./parts.ts";
import type { Policy } from "./policy.ts";
import { ExchangeRecord, type Outcome } from "./record.ts";
import { failureAnswer, jsonAnswer, refusalAnswer } from "./respond.ts";
import { isForSelf, runSelfTest } from "./self_test.ts";

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
    const result = await forward({ ...parts, ...side, destination: decision, request, record });
    finish(parts, record, reservation, { verdict: "allowed" });
    return result.isClientReusable
      ? { kind: "next" }
      : { kind: "end", discardRest: result.discardRest };
  } catch (error) {
    return await endFailed(parts, side, record, reservation, outcomeOf(error));
  }
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
  const stripped = stripQuery(allowed.path, route);
  if (swapped.isForeign || stripped.foreign) record.marks.push("foreign-credential");
  const authority = printAuthority(target.host, target.port, scheme);
  return {
    method: head.method,
    path: stripped.target,
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

async function endFailed(
  parts: EngineParts,
  side: ClientSide,
  record: ExchangeRecord,
  reservation: Reservation,
  outcome: Exclude<Outcome, { verdict: "allowed" }>,
): Promise<NextStep> {
  if (record.status !== 0 || side.client.isBroken) {
    finish(parts, record, reservation, outcome);
    return { kind: "gone" };
  }
  const answer = outcome.verdict === "blocked"
    ? refusalAnswer(outcome.reason, outcome.detail, record.target, record.route)
    : failureAnswer(outcome.reason, outcome.detail);
  return await answerExchange(parts, side, { record, reservation, answer, outcome });
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
  return { verdict: "blocked", reason: refusalOf(error).reason, detail };
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
  if (!result.ok) {
    const { detail } = result;
    return await refuse(parts, side, record, reservation, {
      ok: false,
      reason: "no-match",
      detail,
    });
  }
  return await answerExchange(parts, side, {
    record,
    reservation,
    answer: jsonAnswer(200, { sha256: result.sha256 }),
    outcome: { verdict: "allowed" },
  });
}
