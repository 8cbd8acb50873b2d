/** The client's side of one exchange. */

import type { BodyFraming, HeaderList, RequestHead } from "../../../lib/egress/message.ts";
import type { ConnectTarget } from "../../../lib/egress/judge/judge_connect.ts";
import type { BodyReader, BodyWriter, ByteDuplex } from "../body/body.ts";
import type { Watch } from "../watchdog.ts";

/** A final response's head. */
export interface ResponseStart {
  readonly status: number;
  readonly reason: string;
  /** Without fields of a connection; a length among them only where it is right, or says how long a body would be. */
  readonly headers: HeaderList;
  /** Of the body that follows. */
  readonly framing: BodyFraming;
  /** The request's body will not be read to its end: no other request can follow on the connection. */
  readonly isLast: boolean;
}

/** The way of a response to the client. */
export interface ResponseWriter extends BodyWriter {
  /** Writes an interim response (1xx), if the client's version has those. @throws {BottleError} `client-closed` */
  interim(status: number, reason: string, headers: HeaderList): Promise<void>;
  /** Holds the head: it goes out with the first flush. */
  start(head: ResponseStart): void;
}

/** One request of a client, and its answer's way back. */
export interface ClientExchange {
  readonly head: RequestHead;
  /** Where the tunnel leads that it came through; undefined: it came to the proxy itself. */
  readonly tunnel: ConnectTarget | undefined;
  /** The request's body, as `framing` says that it ends. */
  body(framing: BodyFraming): BodyReader;
  readonly response: ResponseWriter;
  readonly watch: Watch;
  /** Whether something that was written waits for the client to take it. */
  readonly isAwaited: boolean;
  /** Whether the client is gone. */
  readonly isBroken: boolean;
  /** What the client did wrong, where that is why it is gone. */
  readonly fault?: Error | undefined;
  /** Called once when the client goes while it is set: what is in flight for it is to be given up. */
  onBroken: (() => void) | undefined;
  /** Cuts it, so that the client can't take a part for the whole: a connection of HTTP/1.1, a stream of HTTP/2. */
  abort(): void;
  /** Takes the connection out of HTTP, once a 101 is written; undefined: HTTP/2 has no such thing. */
  upgrade: (() => ByteDuplex) | undefined;
}
