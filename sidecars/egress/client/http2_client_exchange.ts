/** One request that came on a stream of HTTP/2, and its answer. */

import type { Http2Stream } from "../../../lib/egress/http2/stream.ts";
import { responseFields } from "../../../lib/egress/http2/response_fields.ts";
import type { ConnectTarget } from "../../../lib/egress/judge/judge_connect.ts";
import type { BodyFraming, HeaderList, RequestHead } from "../../../lib/egress/message.ts";
import type { BodyReader } from "../body/body.ts";
import type { ClientExchange, ResponseStart, ResponseWriter } from "./client_exchange.ts";
import { Http2Body } from "../http2/http2_body.ts";
import { Http2Writer } from "../http2/http2_writer.ts";
import type { Watch } from "../watchdog.ts";

/** What {@linkcode Http2ClientExchange} takes. */
export interface Http2ClientExchangeOptions {
  readonly stream: Http2Stream;
  readonly head: RequestHead;
  readonly tunnel: ConnectTarget;
  /** Of this stream alone. */
  readonly watch: Watch;
}

/** The client's side of an exchange that is one of many on its connection. */
export class Http2ClientExchange implements ClientExchange {
  readonly head: RequestHead;
  readonly tunnel: ConnectTarget;
  readonly watch: Watch;
  readonly response: ResponseWriter;
  readonly upgrade = undefined;
  readonly #stream: Http2Stream;

  constructor({ stream, head, tunnel, watch }: Http2ClientExchangeOptions) {
    this.head = head;
    this.tunnel = tunnel;
    this.watch = watch;
    this.response = new Http2Response(stream);
    this.#stream = stream;
  }

  get isAwaited(): boolean {
    return this.#stream.send.isAwaited;
  }

  get isBroken(): boolean {
    return this.#stream.isReset;
  }

  get fault(): Error | undefined {
    return this.#stream.fault;
  }

  set onBroken(callback: (() => void) | undefined) {
    this.#stream.onBroken = callback;
    if (this.#stream.isReset) callback?.();
  }

  body(framing: BodyFraming): BodyReader {
    return new Http2Body(this.#stream.receive, framing);
  }

  abort(): void {
    this.#stream.reset("internal-error");
  }

  /** The exchange is over. What is still to come of the request is not wanted (RFC 9113, 8.1). */
  close(): void {
    this.#stream.reset(this.#stream.send.isEnded ? "no-error" : "internal-error");
    this.#stream.receive.drop();
  }
}

class Http2Response extends Http2Writer implements ResponseWriter {
  readonly #stream: Http2Stream;

  constructor(stream: Http2Stream) {
    super(() => stream);
    this.#stream = stream;
  }

  async interim(status: number, _reason: string, headers: HeaderList): Promise<void> {
    this.#stream.writeHead(responseFields(status, headers, { kind: "none" }), false);
    await this.#stream.send.flush();
  }

  start({ status, headers, framing }: ResponseStart): void {
    this.hold(responseFields(status, headers, framing));
  }
}
