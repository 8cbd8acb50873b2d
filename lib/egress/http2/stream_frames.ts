/** What the frames of streams do. */

import { malformed, tooLarge } from "../http1/malformed.ts";
import type { RequestHead } from "../message.ts";
import type { ConnectionWindow } from "./connection_window.ts";
import { connectionError, errorNumber, type Http2ErrorName } from "./error_code.ts";
import { checkTrailers } from "./field_rules.ts";
import type { FloodGuard } from "./flood_guard.ts";
import { type DecodedBlock, HpackDecoder } from "./hpack_decoder.ts";
import { headLimits, MAX_WINDOW_BYTES, trailerLimits } from "./limits.ts";
import { parseRequestFields } from "./request_fields.ts";
import { parseResponseFields } from "./response_fields.ts";
import { Http2Stream, type StreamHost } from "./stream.ts";
import type { StreamTable } from "./stream_table.ts";

/** A request that has come, or what is wrong with it. */
export type IncomingRequest =
  | { readonly ok: true; readonly head: RequestHead }
  | { readonly ok: false; readonly error: unknown };

/** What {@linkcode StreamFrames} asks of its connection. */
export interface StreamFramesOptions {
  readonly role: "server" | "client";
  readonly host: StreamHost;
  readonly streams: StreamTable;
  readonly guard: FloodGuard;
  readonly window: ConnectionWindow;
  /** Lets the peer send so much more on the connection. */
  readonly credit: (bytes: number) => void;
  /** The window that a new stream's peer gives us. */
  readonly firstWindow: () => number;
  readonly isClosing: () => boolean;
  readonly hasRoom: () => boolean;
  readonly onRequest: (stream: Http2Stream, request: IncomingRequest) => void;
  /** A stream is over: it is forgotten. */
  readonly forget: (stream: Http2Stream, isReset: boolean) => void;
}

/** Takes them in their order. */
export class StreamFrames {
  readonly #options: StreamFramesOptions;
  readonly #decoder = new HpackDecoder();

  constructor(options: StreamFramesOptions) {
    this.#options = options;
  }

  onData(id: number, data: Uint8Array, flowBytes: number, isEnd: boolean): void {
    const { guard, window, credit } = this.#options;
    const used = window.take(flowBytes);
    if (used > 0) credit(used);
    if (data.length > 0) guard.earn();
    else if (!isEnd) guard.spend();
    const stream = this.#find(id);
    if (stream === undefined) return;
    if (stream.receive.isEnded) return this.#refuse(stream, "stream-closed");
    if (!stream.hasHead) {
      return this.#malformed(stream, malformed("A body before its head"));
    }
    if (!stream.receive.onData(data, flowBytes, isEnd)) {
      return this.#refuse(stream, "flow-control-error");
    }
    this.#forgetComplete(stream);
  }

  onHeaders(id: number, bytes: Uint8Array, isEnd: boolean): void {
    const { streams, guard } = this.#options;
    const known = streams.get(id);
    // Whatever becomes of it: the next block's table is built on this one.
    const block = this.#decoder.decode(bytes, known?.hasHead ? trailerLimits : headLimits);
    guard.earn();
    if (known === undefined && streams.isNewOfPeer(id)) return this.#accept(id, block, isEnd);
    const stream = this.#find(id);
    if (stream === undefined) return;
    if (stream.receive.isEnded) return this.#refuse(stream, "stream-closed");
    if (stream.hasHead) this.#takeTrailers(stream, block, isEnd);
    else this.#takeResponse(stream, block, isEnd);
    this.#forgetComplete(stream);
  }

  onReset(id: number, code: number): void {
    const { guard, forget } = this.#options;
    const stream = this.#find(id, true);
    if (stream === undefined) return guard.spend();
    stream.wasRefused = code === errorNumber("refused-stream");
    forget(stream, false);
    stream.fail();
    this.#countReset();
  }

  onWindowUpdate(id: number, increment: number): void {
    const stream = this.#find(id, true);
    if (stream === undefined) return;
    stream.send.window += increment;
    if (stream.send.window > MAX_WINDOW_BYTES) return this.#refuse(stream, "flow-control-error");
    if (stream.send.pendingBytes > 0) this.#options.host.schedule(stream.send);
  }

  #accept(id: number, block: DecodedBlock, isEnd: boolean): void {
    const { host, streams, firstWindow, isClosing, hasRoom, onRequest } = this.#options;
    const isFull = streams.size >= host.limits.streams || !hasRoom();
    const stream = new Http2Stream(host, id, firstWindow());
    streams.accept(stream);
    stream.hasHead = true;
    if (isEnd) stream.receive.onEnd([]);
    if (isFull) return this.#refuse(stream, "refused-stream");
    if (isClosing()) return stream.reset("refused-stream");
    onRequest(stream, readRequest(block, !isEnd));
  }

  #takeResponse(stream: Http2Stream, block: DecodedBlock, isEnd: boolean): void {
    try {
      const head = parseResponseFields(block, !isEnd);
      stream.hasHead = head.status >= 200;
      if (isEnd) stream.receive.onEnd([]);
      stream.heads.push(head);
    } catch (error) {
      this.#malformed(stream, error);
    }
  }

  #takeTrailers(stream: Http2Stream, block: DecodedBlock, isEnd: boolean): void {
    try {
      if (!isEnd) throw malformed("Trailers that do not end their stream");
      if (block.isOver) throw tooLarge("A trailer section over the limit of bytes or fields");
      stream.receive.onEnd(checkTrailers(block.fields));
    } catch (error) {
      this.#malformed(stream, error);
    }
  }

  /**
   * The stream of a frame that must have one; undefined: it is gone, and the frame may have been under way then.
   *
   * @param isHarmless the frame may come for any stream that was there once
   */
  #find(id: number, isHarmless = false): Http2Stream | undefined {
    const { streams } = this.#options;
    const stream = streams.get(id);
    if (stream !== undefined) return stream;
    if (streams.isIdle(id)) {
      throw connectionError("protocol-error", "A frame of a stream that nobody has opened");
    }
    const past = streams.past(id);
    if (isHarmless || past === "reset") return undefined;
    if (past === "ended") throw connectionError("stream-closed", "A frame of a closed stream");
    throw connectionError("protocol-error", "A stream below one that was opened before");
  }

  /** Resets a stream for what the peer did on it. */
  #refuse(stream: Http2Stream, name: Http2ErrorName): void {
    stream.reset(name);
    this.#countReset();
  }

  /** Whoever reads it is told what is wrong. */
  #malformed(stream: Http2Stream, error: unknown): void {
    if (!(error instanceof Error)) throw error;
    stream.reset("protocol-error", error);
    this.#countReset();
  }

  #countReset(): void {
    if (this.#options.role === "server") this.#options.guard.countReset();
  }

  #forgetComplete(stream: Http2Stream): void {
    if (stream.isComplete) this.#options.forget(stream, false);
  }
}

function readRequest(block: DecodedBlock, hasBody: boolean): IncomingRequest {
  try {
    return { ok: true, head: parseRequestFields(block, hasBody) };
  } catch (error) {
    return { ok: false, error };
  }
}
