/** A connection of HTTP/2 to an upstream, and its exchanges. */

import { responseFraming } from "../../../lib/egress/http1/framing.ts";
import { splitConnectionHeaders } from "../../../lib/egress/http1/connection_headers.ts";
import { defaultHttp2Limits, type Http2Limits } from "../../../lib/egress/http2/limits.ts";
import { requestFields } from "../../../lib/egress/http2/request_fields.ts";
import type { Http2Stream } from "../../../lib/egress/http2/stream.ts";
import type { BodyFraming } from "../../../lib/egress/message.ts";
import type { BodyReader, ByteDuplex } from "../body/body.ts";
import { failure } from "../exchange/failure.ts";
import { Http2Body } from "../http2/http2_body.ts";
import { Http2Link } from "../http2/http2_link.ts";
import { Liveness } from "./http2_liveness.ts";
import { Http2Writer } from "../http2/http2_writer.ts";
import type {
  AnswerHead,
  RequestStart,
  RequestWriter,
  UpstreamExchange,
} from "./upstream_exchange.ts";
import { asUpstreamFault, UpstreamBody } from "./upstream_fault.ts";
import type { UpstreamSession } from "./upstream_session.ts";

/**
 * Begins a session on a connection whose TLS agreed on `h2`, and which nobody has written to.
 *
 * @param onEnd called once when the connection is closed, by whomever
 */
export function startHttp2Session(
  connection: ByteDuplex,
  onEnd: () => void,
  limits: Http2Limits = defaultHttp2Limits,
): UpstreamSession {
  return new Http2Session(connection, onEnd, limits);
}

class Http2Session implements UpstreamSession {
  readonly #link: Http2Link;
  readonly #transport: ByteDuplex;
  readonly #onEnd: () => void;
  readonly #limits: Http2Limits;
  readonly #alive: Liveness;
  readonly #ready = Promise.withResolvers<void>();
  #active = 0;
  /** Exchanges that have no stream yet: there must be one left for each. */
  #reserved = 0;
  #hasServed = false;
  /** How many times something has come. */
  #received = 0;
  #isRetired = false;
  #isClosed = false;

  constructor(transport: ByteDuplex, onEnd: () => void, limits: Http2Limits) {
    this.#transport = transport;
    this.#onEnd = onEnd;
    this.#limits = limits;
    this.#link = new Http2Link(transport, {
      role: "client",
      limits,
      onReceived: () => {
        this.#received++;
        this.#alive.onReceived();
      },
      onChange: () => this.#settle(),
    });
    this.#alive = new Liveness(limits, () => this.#link.connection.ping(), () => this.close());
    void this.#link.run().then(() => this.close());
  }

  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  get active(): number {
    return this.#active;
  }

  get isOver(): boolean {
    return this.#isRetired || this.#isClosed || this.#link.connection.isClosing;
  }

  open(): UpstreamExchange | undefined {
    const { connection } = this.#link;
    const isFull = this.#active >= this.#limits.streams ||
      (connection.hasSettings ? connection.freeStreams <= this.#reserved : this.#hasServed);
    if (this.isOver || isFull) return undefined;
    // Among others it is no idle connection that the upstream may have given up: it says itself what it has not begun.
    const isReused = this.#hasServed && this.#active === 0;
    this.#active++;
    this.#reserved++;
    this.#hasServed = true;
    let isOpen = false;
    return new Http2Upstream({
      isReused,
      received: () => this.#received,
      open: () => {
        isOpen = true;
        this.#reserved--;
        if (connection.freeStreams === 0) throw failure("upstream-closed");
        this.#alive.onRequest();
        return connection.open();
      },
      onEnd: () => {
        this.#active--;
        if (!isOpen) this.#reserved--;
        this.#settle();
      },
    });
  }

  retire(): void {
    this.#isRetired = true;
    this.#settle();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#alive.end();
    this.#link.connection.end();
    this.#transport.destroy();
    this.#onEnd();
  }

  /** Closed when it is of no use any more, with a goodbye. */
  #settle(): void {
    const { connection } = this.#link;
    if (connection.hasSettings || this.isOver) this.#ready.resolve();
    if (this.#isClosed || !this.isOver) return;
    if (!connection.isOver && this.#active > 0) return;
    connection.goAway();
    connection.end();
    void this.#link.flushed().then(() => this.close());
  }
}

interface Http2UpstreamOptions {
  readonly isReused: boolean;
  /** How many times something has come on the connection. */
  readonly received: () => number;
  /** Called at most once, when the head goes out. */
  readonly open: () => Http2Stream;
  /** Called once. */
  readonly onEnd: () => void;
}

/** One exchange on a stream of its own. */
class Http2Upstream implements UpstreamExchange {
  readonly protocol = "h2";
  readonly isReused: boolean;
  readonly request: RequestWriter;
  readonly upgrade = undefined;
  readonly #onEnd: () => void;
  readonly #received: () => number;
  readonly #opened = Promise.withResolvers<Http2Stream>();
  #stream: Http2Stream | undefined;
  #method = "";
  #framing: BodyFraming = { kind: "none" };
  #receivedBefore = Infinity;
  #hasEnded = false;

  constructor({ isReused, received, open, onEnd }: Http2UpstreamOptions) {
    this.isReused = isReused;
    this.#received = received;
    this.#onEnd = onEnd;
    // It may fail while nobody waits for the answer.
    this.#opened.promise.catch(() => {});
    this.request = new Http2Request(
      () => this.#open(open),
      (method) => this.#method = method,
    );
  }

  get hasAnswered(): boolean {
    return this.#received() > this.#receivedBefore;
  }

  get isRefused(): boolean {
    return this.#stream?.wasRefused ?? false;
  }

  async head(): Promise<AnswerHead> {
    const stream = await this.#opened.promise;
    try {
      const head = await stream.heads.take();
      this.#framing = responseFraming(head, this.#method);
      const { headers } = splitConnectionHeaders(head.headers, head.version);
      return { status: head.status, reason: "", headers, framing: this.#framing };
    } catch (error) {
      throw asUpstreamFault(error);
    }
  }

  body(): BodyReader {
    const stream = this.#stream;
    if (stream === undefined) throw failure("upstream-protocol");
    return new UpstreamBody(new Http2Body(stream.receive, this.#framing));
  }

  release(isClean: boolean): void {
    this.#stream?.reset(isClean ? "no-error" : "cancel");
    this.#end();
  }

  abort(): void {
    this.#stream?.reset("cancel");
    this.#end();
  }

  #open(open: () => Http2Stream): Http2Stream {
    try {
      if (this.#hasEnded) throw failure("upstream-closed");
      this.#stream = open();
      this.#receivedBefore = this.#received();
      this.#opened.resolve(this.#stream);
      return this.#stream;
    } catch (error) {
      this.#opened.reject(error);
      throw error;
    }
  }

  #end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#opened.reject(failure("upstream-closed"));
    this.#stream?.receive.drop();
    this.#onEnd();
  }
}

class Http2Request extends Http2Writer implements RequestWriter {
  readonly #onMethod: (method: string) => void;

  constructor(open: () => Http2Stream, onMethod: (method: string) => void) {
    super(open);
    this.#onMethod = onMethod;
  }

  start(head: RequestStart): void {
    this.#onMethod(head.method);
    this.hold(requestFields(head));
  }
}
