/** Reads the upstream's response and writes it to the client as it comes. */

import { bodyDecoder } from "../../lib/egress/http1/body_decoder.ts";
import { splitConnectionHeaders } from "../../lib/egress/http1/connection_headers.ts";
import { responseFraming } from "../../lib/egress/http1/framing.ts";
import { http1ErrorCode } from "../../lib/egress/http1/malformed.ts";
import type { BodyFraming, HeaderList, ResponseHead } from "../../lib/egress/message.ts";
import { parseResponseHead } from "../../lib/egress/http1/response_head.ts";
import { passableTrailers } from "../../lib/egress/http1/trailers.ts";
import {
  withFraming,
  writeChunk,
  writeLastChunk,
  writeResponseHead,
} from "../../lib/egress/http1/writer.ts";
import { BottleError } from "../../lib/errors.ts";
import type { Lease } from "./dialer.ts";
import { failure } from "./failure.ts";
import type { ForwardJob } from "./forward.ts";
import { Output } from "./output.ts";
import type { RequestBody } from "./request_body.ts";

/** A response's surroundings. */
export interface ResponseJob extends ForwardJob {
  readonly lease: Lease;
  readonly body: RequestBody;
}

/** What is left of both connections. */
export interface ResponseResult {
  readonly isClientReusable: boolean;
  readonly isUpstreamReusable: boolean;
  /** Status 400 and above: the rest of the request's body is of no use. */
  readonly isError: boolean;
}

/** Interim responses before a final one: an upstream that sends more is only keeping us busy. */
const MAX_INTERIM = 16;

/** What the proxy says of itself begins so: an upstream that could would pass for it, and tell the agent what to ask for. */
const OWN_PREFIX = "x-bot-bottle-";

/**
 * Relays one response.
 *
 * @throws {BottleError} `upstream-protocol`, `upstream-closed`, `client-closed`
 */
export async function relayResponse(job: ResponseJob): Promise<ResponseResult> {
  const { client, lease, request, record } = job;
  const upstream = lease.connection.reader;
  const head = await readFinalHead(job);
  const framing = ofUpstream(() => responseFraming(head, request.method));
  const incoming = ofUpstream(() => splitConnectionHeaders(head.headers, head.version));
  const outgoing = outgoingFraming(framing, request.version === "1.1");
  const isClientReusable = request.isPersistent && request.version === "1.1" &&
    job.body.isSent;
  const output = new Output((bytes) => client.write(bytes));
  output.add(writeResponseHead({
    status: head.status,
    reason: head.reason,
    headers: [
      ...responseHeaders(incoming.headers, outgoing, head.status, request.method),
      ...(isClientReusable ? [] : [["Connection", "close"] as const]),
    ],
  }));
  record.status = head.status;
  const decoder = bodyDecoder(framing);
  const flush = (): Promise<void> => output.flush();
  for (;;) {
    if (output.isFull) await output.flush();
    const piece = await fromUpstream(() => upstream.readBody(decoder, flush));
    if (piece === undefined) break;
    job.watch.arm(job.body.isSent ? job.limits.silenceMs : job.limits.idleMs);
    record.bytesDown += piece.length;
    output.add(outgoing.kind === "chunked" ? writeChunk(piece) : piece);
  }
  if (outgoing.kind === "chunked") {
    output.add(writeLastChunk(withoutWithheld(passableTrailers(decoder.trailers))));
  }
  await output.flush();
  return {
    isClientReusable,
    isUpstreamReusable: incoming.isPersistent && framing.kind !== "until-close" &&
      !upstream.hasBuffered,
    isError: head.status >= 400,
  };
}

async function readFinalHead(job: ResponseJob): Promise<ResponseHead> {
  const { client, lease, request, limits, watch } = job;
  for (let interim = 0; interim <= MAX_INTERIM; interim++) {
    const text = await fromUpstream(() => lease.connection.reader.readHead());
    if (text === undefined) throw failure("upstream-closed");
    const head = ofUpstream(() => parseResponseHead(text));
    if (head.status >= 200) return head;
    if (head.status === 101) throw failure("upstream-protocol", "An upgrade that nobody asked for");
    watch.arm(job.body.isSent ? limits.silenceMs : limits.idleMs);
    if (request.version === "1.0") continue;
    const { headers } = ofUpstream(() => splitConnectionHeaders(head.headers, head.version));
    await client.write(writeResponseHead({
      status: head.status,
      reason: head.reason,
      headers: responseHeaders(headers, { kind: "none" }, head.status, request.method),
    }));
  }
  throw failure("upstream-protocol", "Too many interim responses");
}

function outgoingFraming(framing: BodyFraming, isChunkedKnown: boolean): BodyFraming {
  switch (framing.kind) {
    case "none":
    case "length":
      return framing;
    case "chunked":
    case "until-close":
      return isChunkedKnown ? { kind: "chunked" } : { kind: "until-close" };
    default:
      return framing satisfies never;
  }
}

function responseHeaders(
  headers: HeaderList,
  framing: BodyFraming,
  status: number,
  method: string,
): HeaderList {
  const kept = withoutWithheld(headers);
  // Here a length says how long the body would be.
  const isAboutBody = status === 304 || method === "HEAD" && status >= 200 && status !== 204;
  return isAboutBody ? kept : withFraming(kept, framing);
}

function withoutWithheld(headers: HeaderList): HeaderList {
  return headers.filter(([name]) => {
    const key = name.toLowerCase();
    // `alt-svc` would send the client past the proxy's name checks, to another host or to QUIC.
    return key !== "alt-svc" && !key.startsWith(OWN_PREFIX);
  });
}

/** Errors of the codec, said of the upstream. */
function ofUpstream<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw asUpstreamFault(error);
  }
}

async function fromUpstream<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw asUpstreamFault(error);
  }
}

function asUpstreamFault(error: unknown): unknown {
  const code = http1ErrorCode(error);
  if (code === undefined || !(error instanceof BottleError)) return error;
  return code === "http-truncated"
    ? failure("upstream-closed", error.message)
    : failure("upstream-protocol", error.message);
}
