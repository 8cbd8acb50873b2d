/** Takes one allowed request to its upstream and the response back, both streaming, neither collected. */

import type { FailReason } from "../../lib/egress/audit_row.ts";
import { http1ErrorCode } from "../../lib/egress/http1/malformed.ts";
import type { MessageReader } from "../../lib/egress/http1/message_reader.ts";
import type { BodyFraming, HeaderList, HttpVersion } from "../../lib/egress/message.ts";
import { withFraming, writeRequestHead } from "../../lib/egress/http1/writer.ts";
import { BottleError } from "../../lib/errors.ts";
import type { ClientStream } from "./client_stream.ts";
import type { Destination, Dialer, Lease } from "./dialer.ts";
import { failure } from "./failure.ts";
import type { EngineLimits } from "./limits.ts";
import type { ExchangeRecord } from "./record.ts";
import { RequestBody } from "./request_body.ts";
import { relayResponse } from "./relay_response.ts";
import type { Watch } from "./watchdog.ts";

/** A request as it leaves. */
export interface OutboundRequest {
  readonly method: string;
  readonly path: string;
  /** Credentials swapped, `host` canonical, without fields of the connection. */
  readonly headers: HeaderList;
  readonly framing: BodyFraming;
  /** The client's. */
  readonly version: HttpVersion;
  readonly isPersistent: boolean;
  readonly passTrailers: (trailers: HeaderList) => HeaderList;
}

/** One exchange's surroundings. */
export interface ForwardJob {
  readonly dialer: Dialer;
  readonly destination: Destination;
  readonly request: OutboundRequest;
  readonly client: ClientStream;
  readonly reader: MessageReader;
  readonly watch: Watch;
  readonly limits: EngineLimits;
  readonly record: ExchangeRecord;
}

/** What is left to do with the client's connection. */
export interface ForwardResult {
  readonly isClientReusable: boolean;
  /** Reads what the client still sends of this request, to nowhere. */
  readonly discardRest: () => Promise<void>;
}

/**
 * Forwards. When it throws and `record.status` is 0 the client has got nothing yet; else its connection has been cut,
 * so that it can't take a part for the whole.
 *
 * @throws {BottleError} a refusal's reason as code (`unresolvable`, `private-address`, `upstream-tls`), one of
 * `FailReason`, or `http-malformed` and `http-too-large` for the request's body
 */
export async function forward(job: ForwardJob): Promise<ForwardResult> {
  const state = new ForwardState(job);
  const { client, watch, dialer, destination } = job;
  client.onBroken = (): void => state.abort("client-closed");
  watch.onExpire = (): void => state.expire();
  try {
    const idle = dialer.reuse(destination);
    if (idle !== undefined) {
      const result = await state.tryReused(idle);
      if (result !== undefined) return result;
    }
    watch.arm(job.limits.silenceMs);
    return await state.exchange(await state.connect());
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
  #lease: Lease | undefined;
  #body: RequestBody | undefined;
  #aborted: FailReason | undefined;

  constructor(job: ForwardJob) {
    this.#job = job;
  }

  /** Gives up what is in flight, and remembers why: the read or write that waits fails without knowing. */
  abort(reason: FailReason): void {
    this.#aborted ??= reason;
    this.#gone.abort();
    this.#lease?.connection.close();
  }

  expire(): void {
    const isClientSlow = this.#body !== undefined && !this.#body.isSent;
    this.abort(isClientSlow ? "client-timeout" : "upstream-timeout");
  }

  async connect(): Promise<Lease> {
    try {
      return await this.#job.dialer.connect(this.#job.destination, this.#gone.signal);
    } catch (error) {
      throw this.#why(error);
    }
  }

  /** Undefined: the idle connection was dead, and the request may go again: doing it twice is doing it once. */
  async tryReused(lease: Lease): Promise<ForwardResult | undefined> {
    try {
      return await this.exchange(lease);
    } catch (error) {
      const { framing, method } = this.#job.request;
      const isBodiless = framing.kind === "none" ||
        framing.kind === "length" && framing.length === 0;
      const isUnanswered = lease.connection.received === 0 && this.#aborted === undefined;
      if (IDEMPOTENT.has(method) && isBodiless && isUnanswered) return undefined;
      throw error;
    }
  }

  async exchange(lease: Lease): Promise<ForwardResult> {
    const { request, record, watch, limits, reader } = this.#job;
    this.#lease = lease;
    const body = this.#body = new RequestBody({
      reader,
      framing: request.framing,
      write: (bytes) => lease.connection.write(bytes),
      passTrailers: request.passTrailers,
      onProgress: (bytes) => {
        record.bytesUp += bytes;
        watch.arm(body.isSent ? limits.silenceMs : limits.idleMs);
      },
      // An upstream that takes no more may have answered already: only the client's failure ends the response.
      onFailure: (error) => {
        if (codeOf(error) !== "upstream-closed") lease.connection.close();
      },
    });
    watch.arm(body.isSent ? limits.silenceMs : limits.idleMs);
    const head = writeRequestHead({
      method: request.method,
      target: request.path,
      headers: withFraming(request.headers, request.framing),
    });
    record.hasLeft = true;
    const sending = body.send(head);
    try {
      const result = await relayResponse({ ...this.#job, lease, body });
      // An upstream that answers early may take the rest of the body for a request of its own.
      const isEarly = !body.isSent;
      if (isEarly) await within(sending, result.isError ? 0 : limits.lingerMs);
      if (result.isUpstreamReusable && !isEarly) this.#job.dialer.giveBack(lease);
      else lease.connection.close();
      return {
        isClientReusable: result.isClientReusable && body.isSent,
        discardRest: () => body.discardRest(),
      };
    } catch (error) {
      lease.connection.close();
      const reason = this.#why(error);
      if (record.status !== 0) this.#job.client.destroy();
      throw reason;
    }
  }

  /** The first cause of a failure: what we gave up for, else the request's body, else the response. */
  #why(error: unknown): unknown {
    if (this.#aborted !== undefined) return failure(this.#aborted);
    const ofBody = this.#body?.failure;
    if (ofBody === undefined || codeOf(ofBody) === "upstream-closed") return error;
    return http1ErrorCode(ofBody) === "http-truncated" ? failure("client-closed") : ofBody;
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof BottleError ? error.code : undefined;
}

async function within(work: Promise<void>, ms: number): Promise<void> {
  if (ms === 0) return;
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(() => late.resolve(), ms);
  await Promise.race([work, late.promise]);
  clearTimeout(timer);
}
