/** Takes one allowed request to its upstream and the response back, both streaming, neither collected. */

import type { FailReason } from "../../../lib/egress/audit/audit_row.ts";
import { http1ErrorCode } from "../../../lib/egress/http1/malformed.ts";
import type { HeaderList } from "../../../lib/egress/message.ts";
import { headSize } from "../../../lib/egress/route/route_limits.ts";
import { BottleError } from "../../../lib/errors.ts";
import type { BodyReader } from "../body/body.ts";
import type { ClientExchange } from "../client/client_exchange.ts";
import type { Destination, Dialer, OpenOptions } from "../upstream/dialer.ts";
import { failure } from "./failure.ts";
import type { EngineLimits } from "../limits.ts";
import type { ExchangeRecord } from "./record.ts";
import { relayResponse } from "./relay_response.ts";
import { settledWithin } from "../settled_within.ts";
import type { RequestScan } from "../inspect/request_scan.ts";
import type { ResponseRedaction } from "../inspect/response_redaction.ts";
import { isEmpty, RequestBody } from "./request_body.ts";
import type { RequestStart, UpstreamExchange } from "../upstream/upstream_exchange.ts";
import type { WebSocketRequest } from "../websocket/websocket_upgrade.ts";

/** A request as it leaves. */
export interface OutboundRequest {
  /** Credentials swapped, `host` canonical. */
  readonly start: RequestStart;
  /** Whether the client can send another request on its connection, once this one is over. */
  readonly isPersistent: boolean;
  readonly passTrailers: (trailers: HeaderList) => HeaderList;
  /** Counts a body by the route's limits, and looks through it. */
  readonly meter: (body: BodyReader) => BodyReader;
  /** Counts what leaves otherwise; undefined: nobody counts it. */
  readonly spend?: (bytes: number) => Promise<void> | undefined;
  /** Looks through what the client sends behind its head. */
  readonly scan: RequestScan;
  /** Takes the credential out of the answer; undefined: none is put on. */
  readonly redaction: ResponseRedaction | undefined;
  /** It asks to go on as a WebSocket. */
  readonly webSocket?: WebSocketRequest;
}

/** One exchange's surroundings. */
export interface ForwardJob {
  readonly dialer: Dialer;
  readonly destination: Destination;
  readonly request: OutboundRequest;
  readonly client: ClientExchange;
  readonly limits: EngineLimits;
  readonly record: ExchangeRecord;
  /** Aborted when the proxy shuts down. */
  readonly closing: AbortSignal;
}

/** Reads what the client still sends of a request, to nowhere. */
export type DiscardRest = () => Promise<void>;

/** The upstream has answered, and the client has the answer. */
export interface Forwarded {
  readonly discardRest: DiscardRest;
  /** Why the rest of the request's body was not sent; undefined: it was, or nobody wanted it. */
  readonly fault: unknown;
}

/**
 * Forwards. When it throws and `record.status` is 0 the client has got nothing yet; else it has been cut off, so that it
 * can't take a part for the whole.
 *
 * @throws {BottleError} a refusal's reason as code (`unresolvable`, `private-address`, `upstream-tls`), one of
 * `FailReason`, or `http-malformed` and `http-too-large` for the request's body
 */
export async function forward(job: ForwardJob): Promise<Forwarded> {
  const state = new ForwardState(job);
  const { client, dialer, destination } = job;
  const { watch } = client;
  client.onBroken = (): void => state.abort("client-closed");
  watch.onExpire = (): void => state.expire();
  try {
    watch.bound(job.limits.totalMs);
    watch.arm(job.limits.silenceMs);
    state.throwIfAborted();
    const first = dialer.reuse(destination, state.options) ?? await state.open();
    const forwarded = await state.tryOnce(first);
    if (forwarded !== undefined) return forwarded;
    // Its head leaves twice: an upstream that closes on every request is not to be told more than the route may.
    await job.request.spend?.(headSize(job.request.start));
    job.record.marks.push("sent-again");
    return await state.exchange(await state.open());
  } finally {
    client.onBroken = undefined;
    watch.disarm();
  }
}

/** RFC 9110, 9.2.2: what a proxy may send again though the upstream may have done it already. */
const IDEMPOTENT: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);

class ForwardState {
  readonly #job: ForwardJob;
  readonly #gone = new AbortController();
  #upstream: UpstreamExchange | undefined;
  #body: RequestBody | undefined;
  #aborted: FailReason | undefined;
  /** What the request asks of a connection. */
  readonly options: OpenOptions;

  constructor(job: ForwardJob) {
    this.#job = job;
    const isUpgrade = job.request.start.upgrade !== undefined;
    this.options = { http2: job.client.head.version === "2" && !isUpgrade, isUpgrade };
  }

  /** Gives up what is in flight, and remembers why: the read or write that waits fails without knowing. */
  abort(reason: FailReason): void {
    this.#aborted ??= reason;
    this.#gone.abort();
    this.#upstream?.abort();
  }

  expire(): void {
    const { client } = this.#job;
    const isWriting = client.isAwaited;
    this.abort(isWriting || this.#body?.isClients === true ? "client-timeout" : "upstream-timeout");
    // It would be waited for until it reads, and it may never.
    if (isWriting) client.abort();
  }

  /** @throws {BottleError} `client-closed` */
  throwIfAborted(): void {
    if (this.#aborted !== undefined) throw this.#why(undefined);
  }

  /** On a new connection. */
  async open(): Promise<UpstreamExchange> {
    const { dialer, destination } = this.#job;
    try {
      return await dialer.open(destination, this.options, this.#gone.signal);
    } catch (error) {
      throw this.#why(error);
    }
  }

  /**
   * Undefined: it came to nothing, and may go again. Either the connection had been given up meanwhile, and doing it twice
   * is doing it once; or the upstream said that it had not begun.
   */
  async tryOnce(upstream: UpstreamExchange): Promise<Forwarded | undefined> {
    try {
      return await this.exchange(upstream);
    } catch (error) {
      const { request: { start: { framing, method } }, record } = this.#job;
      const isStale = upstream.isReused && !upstream.hasAnswered && IDEMPOTENT.has(method);
      const isUndone = record.status === 0 && (upstream.isRefused || isStale);
      // A client's own fault is no reason to send it again.
      const isUpstreams = this.#aborted === undefined && codeOf(error) === "upstream-closed";
      if (isUndone && isUpstreams && isEmpty(framing)) return undefined;
      throw error;
    }
  }

  async exchange(upstream: UpstreamExchange): Promise<Forwarded> {
    const { request, record, limits, client } = this.#job;
    const { watch } = client;
    this.#upstream = upstream;
    const body = this.#body = new RequestBody({
      source: request.meter(client.body(request.start.framing)),
      sink: upstream.request,
      passTrailers: request.passTrailers,
      onProgress: (bytes) => {
        record.bytesUp += bytes;
        watch.arm(body.isSent ? limits.silenceMs : limits.idleMs);
      },
      // An upstream that takes no more may have answered already: only the client's failure ends the response.
      onFailure: (error) => {
        if (codeOf(error) !== "upstream-closed") upstream.abort();
      },
    });
    record.hasLeft = true;
    const sending = body.send(request.start);
    watch.arm(body.isSent ? limits.silenceMs : limits.idleMs);
    try {
      const isError = await relayResponse({ ...this.#job, upstream, body });
      // An upstream that answers early may take the rest of the body for a request of its own.
      const isEarly = !body.isSent;
      if (isEarly) await settledWithin(isError ? 0 : limits.lingerMs, [sending]);
      upstream.release(!isEarly);
      const fault = body.failure === undefined ? undefined : this.#why(undefined);
      return { discardRest: () => body.discardRest(), fault };
    } catch (error) {
      upstream.abort();
      const reason = this.#why(error);
      if (record.status !== 0) client.abort();
      throw reason;
    }
  }

  /** The first cause of a failure: what we gave up for, else the request's body, else the response. */
  #why(error: unknown): unknown {
    if (this.#aborted === "client-closed") {
      const { client, closing } = this.#job;
      return client.fault ??
        failure("client-closed", closing.aborted ? "The proxy shut down" : undefined);
    }
    if (this.#aborted !== undefined) return failure(this.#aborted);
    const ofBody = this.#body?.failure;
    if (ofBody === undefined || codeOf(ofBody) === "upstream-closed") return error;
    return http1ErrorCode(ofBody) === "http-truncated" ? failure("client-closed") : ofBody;
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof BottleError ? error.code : undefined;
}
