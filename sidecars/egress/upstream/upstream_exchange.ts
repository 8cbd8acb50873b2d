/** The upstream's side of one exchange. */

import type { BodyFraming, HeaderList } from "../../../lib/egress/message.ts";
import type { BodyReader, BodyWriter, ByteDuplex } from "../body/body.ts";

/** A request's head as it leaves. */
export interface RequestStart {
  readonly method: string;
  readonly scheme: "http" | "https";
  /** `host` or `host:port`, canonical. */
  readonly authority: string;
  /** Path and query. */
  readonly path: string;
  /** With `host`, without fields of a connection. */
  readonly headers: HeaderList;
  readonly framing: BodyFraming;
  /** The client takes trailers (`te: trailers`): gRPC insists on it. */
  readonly takesTrailers: boolean;
  /** `websocket`, and so on: a protocol that the connection is asked to change to. */
  readonly upgrade?: string;
}

/** A response's head as it goes on. */
export interface AnswerHead {
  /** 100 to 599. */
  readonly status: number;
  /** Empty in HTTP/2. */
  readonly reason: string;
  /** Without fields of a connection. */
  readonly headers: HeaderList;
  /** Of the body that follows. */
  readonly framing: BodyFraming;
  /** Of a 101: what the connection changes to, in lower case; empty where `Connection` does not name it. */
  readonly upgrade?: readonly string[];
}

/** The way of a request to the upstream. */
export interface RequestWriter extends BodyWriter {
  /** Holds the head: it goes out with the first flush. */
  start(head: RequestStart): void;
}

/** One request to an upstream, on a connection or stream that is its own until it is released. */
export interface UpstreamExchange {
  readonly protocol: "http/1.1" | "h2";
  /** It was idle in the pool before: the upstream may have given it up meanwhile. */
  readonly isReused: boolean;
  /** Whether any byte of an answer has come: of HTTP/2, anything on its connection since the request went out. */
  readonly hasAnswered: boolean;
  /** The upstream said that it has not begun with the request, and never will: only HTTP/2 can tell. */
  readonly isRefused: boolean;
  readonly request: RequestWriter;
  /**
   * The next head, interim ones included; after a final one there is the body.
   *
   * @throws {BottleError} `upstream-closed`, `upstream-protocol`
   */
  head(): Promise<AnswerHead>;
  /** The final response's body, once its head is read. */
  body(): BodyReader;
  /**
   * Gives it back.
   *
   * @param isClean both messages are complete: it may serve another request
   */
  release(isClean: boolean): void;
  /** Cuts it. What waits for it fails. */
  abort(): void;
  /** Takes the connection out of HTTP, after a 101; undefined: HTTP/2. */
  upgrade: (() => ByteDuplex) | undefined;
}
