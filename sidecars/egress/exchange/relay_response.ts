/** Reads the upstream's response and writes it to the client as it comes. */

import { passableTrailers } from "../../../lib/egress/http1/trailers.ts";
import type { HeaderList } from "../../../lib/egress/message.ts";
import { failure } from "./failure.ts";
import type { ForwardJob } from "./forward.ts";
import type { RequestBody } from "./request_body.ts";
import type { AnswerHead, UpstreamExchange } from "../upstream/upstream_exchange.ts";
import { relayUpgrade } from "../websocket/websocket_upgrade.ts";

/** A response's surroundings. */
export interface ResponseJob extends ForwardJob {
  readonly upstream: UpstreamExchange;
  readonly body: RequestBody;
}

/** Interim responses before a final one: an upstream that sends more is only keeping us busy. */
const MAX_INTERIM = 16;

/** What the proxy says of itself begins so: an upstream that could would pass for it, and tell the agent what to ask for. */
const OWN_PREFIX = "x-bot-bottle-";

/**
 * Relays one response.
 *
 * @returns whether it is an error, status 400 and above: the rest of the request's body is of no use then
 * @throws {BottleError} `upstream-protocol`, `upstream-closed`, `client-closed`
 */
export async function relayResponse(job: ResponseJob): Promise<boolean> {
  const { client, upstream, request, record, limits } = job;
  const { response, watch } = client;
  const head = await readFinalHead(job);
  if (head.status === 101) {
    await relayUpgrade(job, { ...head, headers: responseHeaders(head, request.start.method) });
    return false;
  }
  response.start({
    status: head.status,
    reason: head.reason,
    headers: responseHeaders(head, request.start.method),
    framing: head.framing,
    isLast: !request.isPersistent || !job.body.isSent,
  });
  record.status = head.status;
  const body = request.redaction?.body(upstream.body()) ?? upstream.body();
  const flush = (): Promise<void> => response.flush();
  for (;;) {
    if (response.isFull) await response.flush();
    const piece = await body.read(flush);
    if (piece === undefined) break;
    watch.arm(job.body.isSent ? limits.silenceMs : limits.idleMs);
    record.bytesDown += piece.length;
    response.add(piece);
  }
  const trailers = withoutWithheld(passableTrailers(body.trailers));
  await response.end(request.redaction?.fields(trailers) ?? trailers);
  return head.status >= 400;
}

async function readFinalHead(job: ResponseJob): Promise<AnswerHead> {
  const { client, upstream, request, limits } = job;
  for (let interim = 0; interim <= MAX_INTERIM; interim++) {
    const answer = await upstream.head();
    const head = request.redaction?.head(answer) ?? answer;
    if (head.status >= 200 || head.status === 101) return head;
    client.watch.arm(job.body.isSent ? limits.silenceMs : limits.idleMs);
    const headers = responseHeaders(head, request.start.method);
    await client.response.interim(head.status, head.reason, headers);
  }
  throw failure("upstream-protocol", "Too many interim responses");
}

function responseHeaders({ headers, status, framing }: AnswerHead, method: string): HeaderList {
  const kept = withoutWithheld(headers);
  // Here a length says how long the body would be.
  const isAboutBody = status === 304 || method === "HEAD" && status >= 200 && status !== 204;
  return framing.kind === "none" && !isAboutBody
    ? kept.filter(([name]) => name.toLowerCase() !== "content-length")
    : kept;
}

function withoutWithheld(headers: HeaderList): HeaderList {
  return headers.filter(([name]) => {
    const key = name.toLowerCase();
    // `alt-svc` would send the client past the proxy's name checks, to another host or to QUIC.
    return key !== "alt-svc" && !key.startsWith(OWN_PREFIX);
  });
}
