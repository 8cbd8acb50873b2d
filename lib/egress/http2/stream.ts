/** One stream: a request and its response. */

import type { HeaderList, ResponseHead } from "../message.ts";
import type { Http2ErrorName } from "./error_code.ts";
import { Inbox } from "./inbox.ts";
import type { Http2Limits } from "./limits.ts";
import { ReceiveHalf } from "./receive_half.ts";
import { SendHalf } from "./send_half.ts";

/** What a stream asks of its connection. */
export interface StreamHost {
  readonly limits: Http2Limits;
  schedule(half: SendHalf): void;
  writeHeaders(stream: Http2Stream, fields: HeaderList, isEnd: boolean): void;
  writeReset(stream: Http2Stream, name: Http2ErrorName): void;
  writeWindowUpdate(stream: Http2Stream, bytes: number): void;
  grow(bytes: number): boolean;
  /** What waits for a stream that is gone fails with this. */
  gone(): Error;
}

/** Both directions. Open until both have ended, or either side resets it. */
export class Http2Stream {
  readonly id: number;
  readonly send: SendHalf;
  readonly receive: ReceiveHalf;
  /** Heads of the response, where we have sent the request. */
  readonly heads: Inbox<ResponseHead> = new Inbox();
  /** The peer's head, the final one of a response, has come: what follows are trailers. */
  hasHead = false;
  /** The peer has certainly not begun with it: it may be sent again elsewhere, whatever it is. */
  wasRefused = false;
  /** What the peer did wrong on it; undefined: that is not why it was broken off, or it was not. */
  fault: Error | undefined;
  /** Called once when the peer or the connection breaks it off while it is set. */
  onBroken: (() => void) | undefined;
  readonly #host: StreamHost;
  #isReset = false;

  constructor(host: StreamHost, id: number, sendWindow: number) {
    this.#host = host;
    this.id = id;
    this.send = new SendHalf(id, sendWindow, (half) => host.schedule(half));
    this.receive = new ReceiveHalf({
      credit: (bytes) => host.writeWindowUpdate(this, bytes),
      grow: (bytes) => host.grow(bytes),
    }, host.limits.streamWindowBytes);
  }

  /** Whether it was broken off, by whomever. */
  get isReset(): boolean {
    return this.#isReset;
  }

  /** Whether both directions have ended. */
  get isComplete(): boolean {
    return this.send.isEnded && this.receive.isEnded;
  }

  /** Sends a head, or an interim one. @throws {BottleError} when the stream is gone */
  writeHead(fields: HeaderList, isEnd: boolean): void {
    if (this.send.failure !== undefined) throw this.send.failure;
    this.#host.writeHeaders(this, fields, isEnd);
  }

  /** Breaks it off, unless it is over. @param error what waits for it fails with */
  reset(name: Http2ErrorName, error?: Error): void {
    if (this.#isReset || this.isComplete) return;
    this.#host.writeReset(this, name);
    this.fail(error);
  }

  /** It is broken off: by a reset of either side, or with its connection. */
  fail(fault?: Error): void {
    if (this.#isReset) return;
    this.#isReset = true;
    this.fault = fault;
    const error = fault ?? this.#host.gone();
    // What is wrong with what the peer sends is no fault of what we send.
    this.send.fail(this.#host.gone());
    this.receive.fail(error);
    this.heads.fail(error);
    const { onBroken } = this;
    this.onBroken = undefined;
    onBroken?.();
  }
}
