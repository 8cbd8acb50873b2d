/** One request and its answer: judged, carried out, recorded. */

import type { Reservation } from "../../../lib/egress/audit/audit_queue.ts";
import { printAuthority } from "../../../lib/egress/host/authority.ts";
import { limitAcceptEncoding } from "../../../lib/egress/response/content_coding.ts";
import { printHost } from "../../../lib/egress/host/host.ts";
import {
  type HeaderList,
  headerValues,
  listElements,
  type RequestHead,
} from "../../../lib/egress/message.ts";
import { passableTrailers } from "../../../lib/egress/http1/trailers.ts";
import {
  type AllowedRequest,
  judgeRequest,
  type RequestDecision,
} from "../../../lib/egress/judge/judge_request.ts";
import { dropSteering } from "../../../lib/egress/judge/overrides.ts";
import { stripQuery } from "../../../lib/egress/credential/query_credentials.ts";
import { answerExchange, finish, refusalOf, refuse, refuseUnrecorded } from "./answer.ts";
import { answerSelf } from "./answer_self.ts";
import type { BodyReader } from "../body/body.ts";
import type { ClientExchange } from "../client/client_exchange.ts";
import { type DiscardRest, forward, type OutboundRequest } from "./forward.ts";
import { outcomeOf } from "./outcome.ts";
import { inspect } from "../inspect/inspect.ts";
import type { EngineParts } from "../parts.ts";
import { ExchangeRecord, type Outcome } from "./record.ts";
import { failureAnswer, refusalAnswer } from "./respond.ts";
import { isForSelf } from "./self_test.ts";
import { isEmpty } from "./request_body.ts";
import { askWebSocket } from "../websocket/websocket_upgrade.ts";

/**
 * Carries one request out. Never throws for what a client or an upstream does.
 *
 * @returns what is left to do where the request's body was not read to its end; undefined: nothing
 */
export async function runExchange(
  parts: EngineParts,
  client: ClientExchange,
): Promise<DiscardRest | undefined> {
  parts.counters.inFlight++;
  try {
    return await carryOut(parts, client);
  } finally {
    parts.counters.inFlight--;
  }
}

async function carryOut(
  parts: EngineParts,
  client: ClientExchange,
): Promise<DiscardRest | undefined> {
  const { head, tunnel } = client;
  const record = new ExchangeRecord();
  record.method = head.method;
  record.scheme = tunnel === undefined ? "http" : "https";
  record.target = tunnel;
  const reservation = parts.audit.reserve() ?? await parts.audit.waitForPlace();
  if (reservation === undefined) {
    await refuseUnrecorded(parts, client, record);
    return undefined;
  }
  try {
    return await carryOutRecorded(parts, client, record, reservation);
  } catch (error) {
    await endFailed(parts, client, record, reservation, outcomeOf(error));
    return undefined;
  }
}

async function carryOutRecorded(
  parts: EngineParts,
  client: ClientExchange,
  record: ExchangeRecord,
  reservation: Reservation,
): Promise<DiscardRest | undefined> {
  const { head, tunnel } = client;
  if (tunnel === undefined && isForSelf(head)) {
    await answerSelf(parts, client, record, reservation);
    return undefined;
  }
  const decision = judge(parts, client);
  record.target = decision.target ?? record.target;
  record.path = decision.path ?? "";
  if (!decision.ok) {
    await refuse(parts, client, record, reservation, decision);
    return undefined;
  }
  record.route = decision.route.host;
  if (parts.counters.inFlight > parts.limits.inFlight) {
    const detail = `${parts.limits.inFlight} requests are under way`;
    const tooMany = { ok: false, reason: "too-many", detail, route: record.route } as const;
    await refuse(parts, client, record, reservation, tooMany);
    return undefined;
  }
  if (!parts.dialer.isChecked(decision)) record.marks.push("address-not-checked");
  const request = outbound(parts, decision, head, record);
  if (decision.route.limits !== undefined) {
    const over = await parts.meters.admit(decision, request.start);
    if (over !== undefined) {
      const isReusable = request.isPersistent && decision.framing.kind === "none";
      await refuse(parts, client, record, reservation, { ...over, isReusable });
      return undefined;
    }
  }
  const { dialer, limits, closing } = parts;
  const job = { dialer, limits, closing, client, destination: decision, request, record };
  const { discardRest, fault } = await forward(job);
  finish(parts, record, reservation, endOf(fault));
  return discardRest;
}

function judge(parts: EngineParts, { head, tunnel }: ClientExchange): RequestDecision {
  try {
    return judgeRequest(parts.policy.table, head, tunnel);
  } catch (error) {
    return refusalOf(error);
  }
}

function outbound(
  { policy, meters }: EngineParts,
  allowed: AllowedRequest,
  head: RequestHead,
  record: ExchangeRecord,
): OutboundRequest {
  const { route, scheme, target } = allowed;
  const out = route.limits?.bytes_out;
  const { scan, redaction } = inspect(policy, allowed, record);
  const checked = scan.head({
    host: printHost(target.host),
    path: allowed.path,
    headers: allowed.headers,
  });
  const swapped = policy.swap(checked.headers, route, scheme);
  record.credential = swapped.credential;
  const stripped = stripQuery(checked.path, route);
  // Behind stars nobody knows a placeholder any more.
  const { isForeign } = checked.headers === allowed.headers
    ? swapped
    : policy.swap(allowed.headers, route, scheme);
  const readBody = isEmpty(allowed.framing) ? asItIs : scan.body(allowed.headers);
  const authority = printAuthority(target.host, target.port, scheme);
  const named = swapped.headers.map((field) =>
    field[0].toLowerCase() === "host" ? [field[0], authority] as const : field
  );
  const headers = redaction === undefined ? named : limitAcceptEncoding(named);
  const webSocket = allowed.upgrade === undefined ? undefined : askWebSocket(headers, route);
  if (isForeign || stripped.foreign || webSocket?.isForeign === true) {
    record.marks.push("foreign-credential");
  }
  return {
    start: {
      method: head.method,
      scheme,
      authority,
      path: stripped.target,
      headers: webSocket?.headers ?? headers,
      framing: allowed.framing,
      takesTrailers: listElements(headerValues(head.headers, "te")).includes("trailers"),
      ...(allowed.upgrade !== undefined && { upgrade: allowed.upgrade }),
    },
    isPersistent: allowed.isPersistent && head.version !== "1.0",
    // A credential of the agent's would leave in a trailer as well as in a header.
    passTrailers: (trailers: HeaderList) =>
      policy.strip(scan.trailers(dropSteering(passableTrailers(trailers))), route),
    meter: (body) => meters.meter(route, readBody(body)),
    scan,
    redaction,
    ...(out !== undefined && { spend: (bytes) => meters.spend(route.host, bytes, out) }),
    ...(webSocket !== undefined && { webSocket }),
  };
}

/** An answer that came before the whole body did: what was then refused of it is told, and not who of both went away. */
function endOf(fault: unknown): Outcome {
  if (fault === undefined) return { verdict: "allowed" };
  const outcome = outcomeOf(fault);
  return outcome.verdict === "blocked" ? outcome : { verdict: "allowed" };
}

function asItIs(body: BodyReader): BodyReader {
  return body;
}

async function endFailed(
  parts: EngineParts,
  client: ClientExchange,
  record: ExchangeRecord,
  reservation: Reservation,
  outcome: Exclude<Outcome, { verdict: "allowed" }>,
): Promise<void> {
  if (record.status !== 0 || client.isBroken) {
    finish(parts, record, reservation, outcome);
    return client.abort();
  }
  const answer = outcome.verdict === "blocked"
    ? refusalAnswer(outcome.reason, outcome.detail, record.target, record.route)
    : failureAnswer(outcome.reason, outcome.detail);
  await answerExchange(parts, client, { record, reservation, answer, outcome });
}
