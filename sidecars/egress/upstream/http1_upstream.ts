/** One request to an upstream that speaks HTTP/1.1. */

import { bodyDecoder } from "../../../lib/egress/http1/body_decoder.ts";
import { splitConnectionHeaders } from "../../../lib/egress/http1/connection_headers.ts";
import { responseFraming } from "../../../lib/egress/http1/framing.ts";
import { keepAliveMs } from "../../../lib/egress/http1/keep_alive.ts";
import { parseResponseHead } from "../../../lib/egress/http1/response_head.ts";
import {
  withFraming,
  writeChunk,
  writeLastChunk,
  writeRequestHead,
} from "../../../lib/egress/http1/writer.ts";
import {
  type BodyFraming,
  type HeaderList,
  headerValues,
  listElements,
} from "../../../lib/egress/message.ts";
import type { BodyReader, ByteDuplex } from "../body/body.ts";
import { proxyRefusal } from "./company_proxy.ts";
import { failure } from "../exchange/failure.ts";
import { Http1Body } from "../body/http1_body.ts";
import { Output } from "../body/output.ts";
import type { UpstreamConnection } from "./upstream_connection.ts";
import type {
  AnswerHead,
  RequestStart,
  RequestWriter,
  UpstreamExchange,
} from "./upstream_exchange.ts";
import { asUpstreamFault, UpstreamBody } from "./upstream_fault.ts";

/** What {@linkcode Http1Upstream} takes. */
export interface Http1UpstreamOptions {
  /** Nobody else's until it is released. */
  readonly connection: UpstreamConnection;
  readonly isReused: boolean;
  /** Takes it back: it is ready for another request. Otherwise it is closed. @param keepAliveMs as `keepAliveMs()` has it */
  readonly giveBack: (keepAliveMs: number | undefined) => void;
  /** The other side is the company proxy, to be asked by whole URLs and with these fields; absent: it is the upstream. */
  readonly proxyFields?: HeaderList;
}

/** One exchange over a connection of its own. */
export class Http1Upstream implements UpstreamExchange {
  readonly protocol = "http/1.1";
  readonly isReused: boolean;
  readonly isRefused = false;
  readonly request: RequestWriter;
  readonly #connection: UpstreamConnection;
  readonly #giveBack: Http1UpstreamOptions["giveBack"];
  readonly #isProxy: boolean;
  #method = "";
  #framing: BodyFraming = { kind: "none" };
  #isPersistent = false;
  #keepAliveMs: number | undefined;

  constructor({ connection, isReused, giveBack, proxyFields }: Http1UpstreamOptions) {
    this.#connection = connection;
    this.#giveBack = giveBack;
    this.#isProxy = proxyFields !== undefined;
    this.isReused = isReused;
    this.request = new Http1Request(connection, (method) => this.#method = method, proxyFields);
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
      if (this.#isProxy && status === 407) throw proxyRefusal(status);
      this.#framing = responseFraming(head, this.#method);
      const { headers, isPersistent, upgrade } = splitConnectionHeaders(head.headers, head.version);
      this.#isPersistent = isPersistent;
      this.#keepAliveMs = keepAliveMs(head.headers);
      const answer = { status, reason, headers, framing: this.#framing };
      return status === 101 ? { ...answer, upgrade: namedUpgrade(head.headers, upgrade) } : answer;
    } catch (error) {
      throw asUpstreamFault(error);
    }
  }

  body(): BodyReader {
    return new UpstreamBody(new Http1Body(this.#connection.reader, bodyDecoder(this.#framing)));
  }

  release(isClean: boolean): void {
    const isReusable = isClean && this.#isPersistent && this.#framing.kind !== "until-close" &&
      this.#connection.isQuiet;
    if (isReusable) this.#giveBack(this.#keepAliveMs);
    else this.#connection.close();
  }

  abort(): void {
    this.#connection.close();
  }

  upgrade(): ByteDuplex {
    const connection = this.#connection;
    this.#isPersistent = false;
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
  readonly #proxyFields: HeaderList | undefined;
  #isChunked = false;

  constructor(
    connection: UpstreamConnection,
    onMethod: (method: string) => void,
    proxyFields: HeaderList | undefined,
  ) {
    this.#output = new Output((bytes) => connection.write(bytes));
    this.#onMethod = onMethod;
    this.#proxyFields = proxyFields;
  }

  get isFull(): boolean {
    return this.#output.isFull;
  }

  start(start: RequestStart): void {
    const { method, scheme, authority, path, headers, framing, takesTrailers, upgrade } = start;
    this.#onMethod(method);
    this.#isChunked = framing.kind === "chunked";
    const framed = withFraming(headers, framing);
    const ofConnection: HeaderList = [
      ...(upgrade === undefined ? [] : [["Connection", "Upgrade"], ["Upgrade", upgrade]] as const),
      ...(takesTrailers ? [["Connection", "TE"], ["TE", "trailers"]] as const : []),
      ...this.#proxyFields ?? [],
    ];
    this.#output.add(writeRequestHead({
      method,
      target: this.#proxyFields === undefined ? path : `${scheme}://${authority}${path}`,
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

/** An upgrade counts where `Connection` names it. */
function namedUpgrade(headers: HeaderList, upgrade: readonly string[]): readonly string[] {
  return listElements(headerValues(headers, "connection")).includes("upgrade") ? upgrade : [];
}
