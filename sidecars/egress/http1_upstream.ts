/** One request to an upstream that speaks HTTP/1.1. */

import { bodyDecoder } from "../../lib/egress/http1/body_decoder.ts";
import { splitConnectionHeaders } from "../../lib/egress/http1/connection_headers.ts";
import { responseFraming } from "../../lib/egress/http1/framing.ts";
import { http1ErrorCode } from "../../lib/egress/http1/malformed.ts";
import { parseResponseHead } from "../../lib/egress/http1/response_head.ts";
import {
  withFraming,
  writeChunk,
  writeLastChunk,
  writeRequestHead,
} from "../../lib/egress/http1/writer.ts";
import type { BodyFraming, HeaderList } from "../../lib/egress/message.ts";
import { BottleError } from "../../lib/errors.ts";
import type { BodyReader, ByteDuplex } from "./body.ts";
import { failure } from "./failure.ts";
import { Http1Body } from "./http1_body.ts";
import { Output } from "./output.ts";
import type { UpstreamConnection } from "./upstream_connection.ts";
import type {
  AnswerHead,
  RequestStart,
  RequestWriter,
  UpstreamExchange,
} from "./upstream_exchange.ts";

/** What {@linkcode Http1Upstream} takes. */
export interface Http1UpstreamOptions {
  /** Nobody else's until it is released. */
  readonly connection: UpstreamConnection;
  readonly isReused: boolean;
  /** Takes it back: it is ready for another request. Otherwise it is closed. */
  readonly giveBack: () => void;
}

/** One exchange over a connection of its own. */
export class Http1Upstream implements UpstreamExchange {
  readonly protocol = "http/1.1";
  readonly isReused: boolean;
  readonly request: RequestWriter;
  readonly #connection: UpstreamConnection;
  readonly #giveBack: () => void;
  #method = "";
  #framing: BodyFraming = { kind: "none" };
  #isPersistent = false;

  constructor({ connection, isReused, giveBack }: Http1UpstreamOptions) {
    this.#connection = connection;
    this.#giveBack = giveBack;
    this.isReused = isReused;
    this.request = new Http1Request(connection, (method) => this.#method = method);
  }

  get hasAnswered(): boolean {
    return this.#connection.received > 0;
  }

  async head(): Promise<AnswerHead> {
    try {
      const text = await this.#connection.reader.readHead();
      if (text === undefined) throw failure("upstream-closed");
      const head = parseResponseHead(text);
      const { status, reason } = head;
      this.#framing = responseFraming(head, this.#method);
      const { headers, isPersistent } = splitConnectionHeaders(head.headers, head.version);
      this.#isPersistent = isPersistent;
      return { status, reason, headers, framing: this.#framing };
    } catch (error) {
      throw asUpstreamFault(error);
    }
  }

  body(): BodyReader {
    return new UpstreamBody(new Http1Body(this.#connection.reader, bodyDecoder(this.#framing)));
  }

  release(isClean: boolean): void {
    const isReusable = isClean && this.#isPersistent && this.#framing.kind !== "until-close" &&
      !this.#connection.reader.hasBuffered;
    if (isReusable) this.#giveBack();
    else this.#connection.close();
  }

  abort(): void {
    this.#connection.close();
  }

  upgrade(): ByteDuplex {
    const connection = this.#connection;
    return {
      read: () => connection.reader.readRaw(),
      write: (bytes) => connection.write(bytes),
      end: () => connection.end(),
      destroy: () => connection.close(),
    };
  }
}

class Http1Request implements RequestWriter {
  readonly #output: Output;
  readonly #onMethod: (method: string) => void;
  #isChunked = false;

  constructor(connection: UpstreamConnection, onMethod: (method: string) => void) {
    this.#output = new Output((bytes) => connection.write(bytes));
    this.#onMethod = onMethod;
  }

  get isFull(): boolean {
    return this.#output.isFull;
  }

  start({ method, path, headers, framing, takesTrailers, upgrade }: RequestStart): void {
    this.#onMethod(method);
    this.#isChunked = framing.kind === "chunked";
    const framed = withFraming(headers, framing);
    const ofConnection: HeaderList = [
      ...(upgrade === undefined ? [] : [["Connection", "Upgrade"], ["Upgrade", upgrade]] as const),
      ...(takesTrailers ? [["Connection", "TE"], ["TE", "trailers"]] as const : []),
    ];
    this.#output.add(writeRequestHead({
      method,
      target: path,
      headers: ofConnection.length === 0 ? framed : [...framed, ...ofConnection],
    }));
  }

  add(piece: Uint8Array): void {
    this.#output.add(this.#isChunked ? writeChunk(piece) : piece);
  }

  flush(): Promise<void> {
    return this.#output.flush();
  }

  end(trailers: HeaderList): Promise<void> {
    if (this.#isChunked) this.#output.add(writeLastChunk(trailers));
    return this.#output.flush();
  }
}

/** Errors of the codec, said of the upstream. */
class UpstreamBody implements BodyReader {
  readonly #body: BodyReader;

  constructor(body: BodyReader) {
    this.#body = body;
  }

  get isDone(): boolean {
    return this.#body.isDone;
  }

  get trailers(): HeaderList {
    return this.#body.trailers;
  }

  async read(beforeWait?: () => Promise<void>): Promise<Uint8Array | undefined> {
    try {
      return await this.#body.read(beforeWait);
    } catch (error) {
      throw asUpstreamFault(error);
    }
  }
}

function asUpstreamFault(error: unknown): unknown {
  const code = http1ErrorCode(error);
  if (code === undefined || !(error instanceof BottleError)) return error;
  return code === "http-truncated"
    ? failure("upstream-closed", error.message)
    : failure("upstream-protocol", error.message);
}
