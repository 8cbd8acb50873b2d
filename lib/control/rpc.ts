/** A JSON-RPC 2.0 peer over two byte streams: both sides may call, answers come in any order. */

import { BottleError } from "../errors.ts";
import { LineWriter, MAX_LINE_BYTES, readLines } from "./lines.ts";
import {
  errorLine,
  notificationLine,
  parseMessage,
  requestLine,
  resultLine,
  RpcError,
  type RpcId,
  type RpcMessage,
} from "./message.ts";
import { RpcErrorCode } from "./protocol.ts";

export { RpcError } from "./message.ts";

/** Serves one method. A thrown {@linkcode RpcError} is the answer; of any other error only the class name travels. */
export type RpcHandler = (params: unknown) => Promise<unknown>;

/** Options of {@linkcode RpcPeer}. */
export interface RpcPeerOptions {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  /** Method → what serves it. Default: none, every call is refused. */
  readonly handlers?: Readonly<Record<string, RpcHandler>>;
  readonly onNotify?: (method: string, params: unknown) => void;
  /** Default 8 MiB. */
  readonly maxLineBytes?: number;
  /** Requests of the other side that may be worked on at once. Default 256; one more is refused. */
  readonly maxInFlight?: number;
}

/** Options of {@linkcode RpcPeer.call}. */
export interface RpcCallOptions {
  /** Gives up waiting; the other side is not told, its late answer is dropped. */
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

interface Pending {
  readonly method: string;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The peer reads from its construction on. A line that is no message is answered with an error and skipped; a line
 * over the bound, or a peer that does not read, ends the stream. When the stream ends every pending call rejects.
 *
 * @example
 * ```ts
 * import { RpcPeer } from "./rpc.ts";
 * const there = new TransformStream<Uint8Array>();
 * const back = new TransformStream<Uint8Array>();
 * const server = new RpcPeer({
 *   readable: there.readable,
 *   writable: back.writable,
 *   handlers: { double: (n) => Promise.resolve([Number(n instanceof Array ? n[0] : 0) * 2]) },
 * });
 * const client = new RpcPeer({ readable: back.readable, writable: there.writable });
 * if (String(await client.call("double", [21])) !== "42") throw new Error("not doubled");
 * await client.close();
 * await server.close();
 * ```
 */
export class RpcPeer implements AsyncDisposable {
  /** Resolves when nothing can be read any more: the other side ended, or `close` was called. Never rejects. */
  readonly closed: Promise<void>;
  readonly #writer: LineWriter;
  readonly #handlers: ReadonlyMap<string, RpcHandler>;
  readonly #onNotify: (method: string, params: unknown) => void;
  readonly #maxInFlight: number;
  readonly #pending = new Map<RpcId, Pending>();
  readonly #working = new Set<Promise<void>>();
  readonly #lines: AsyncGenerator<Uint8Array, void, void>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #finished: Promise<void>;
  #isClosed = false;
  #nextId = 1;

  constructor(options: RpcPeerOptions) {
    this.#handlers = new Map(Object.entries(options.handlers ?? {}));
    this.#onNotify = options.onNotify ?? ((): void => {});
    this.#maxInFlight = options.maxInFlight ?? 256;
    this.#writer = new LineWriter(options.writable);
    this.#reader = options.readable.getReader();
    this.#lines = readLines(this.#reader, options.maxLineBytes ?? MAX_LINE_BYTES);
    this.closed = this.#read();
    this.#finished = this.closed.then(() => this.#finish());
  }

  /** Whether the stream has ended. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /**
   * Calls a method of the other side.
   *
   * @throws {RpcError} the other side's refusal
   * @throws {BottleError} `stream-closed` when the stream ends before the answer; `timeout`
   */
  async call(method: string, params: unknown, options: RpcCallOptions = {}): Promise<unknown> {
    options.signal?.throwIfAborted();
    if (this.#isClosed) throw streamClosed(method);
    const id = this.#nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#pending.set(id, { method, resolve, reject });
    const onAbort = (): void => reject(options.signal?.reason);
    options.signal?.addEventListener("abort", onAbort);
    const timer = options.timeoutMs === undefined
      ? undefined
      : setTimeout(() => reject(timedOut(method, options.timeoutMs ?? 0)), options.timeoutMs);
    this.#writer.write(requestLine(id, method, params)).catch((cause) => {
      reject(streamClosed(method, cause));
      this.#breakOff(cause);
    });
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", onAbort);
      this.#pending.delete(id);
    }
  }

  /**
   * Tells the other side something that it does not answer. Dropped when the stream has ended. Resolves when the
   * stream has taken it, so that whoever tells much can wait for a slow reader; never rejects.
   */
  async notify(method: string, params: unknown): Promise<void> {
    if (!this.#isClosed) await this.#send(notificationLine(method, params));
  }

  /** Ends both directions: what is being served is still answered. Resolves when the streams are let go. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#cancelReading();
    await this.#finished;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #read(): Promise<void> {
    try {
      for await (const line of this.#lines) this.#take(parseMessage(line));
    } catch (error) {
      if (error instanceof BottleError && error.code === "line-too-long") {
        await this.#send(errorLine(null, new RpcError(RpcErrorCode.invalidRequest, error.message)));
      }
      await this.#cancelReading();
    }
    this.#isClosed = true;
    for (const { method, reject } of this.#pending.values()) reject(streamClosed(method));
  }

  async #finish(): Promise<void> {
    await Promise.allSettled([...this.#working]);
    await this.#writer.close();
  }

  #take(message: RpcMessage): void {
    switch (message.kind) {
      case "request":
        return this.#serve(message.id, message.method, message.params);
      case "notification":
        return this.#onNotify(message.method, message.params);
      case "result":
        return this.#pending.get(message.id)?.resolve(message.result);
      case "error":
        // An error without an id answers nothing that we could name, and is itself never answered.
        return message.id === null
          ? undefined
          : this.#pending.get(message.id)?.reject(message.error);
      case "bad":
        return void this.#send(errorLine(message.id, message.error));
      default:
        message satisfies never;
    }
  }

  #serve(id: RpcId, method: string, params: unknown): void {
    const handler = this.#handlers.get(method);
    if (handler === undefined) {
      const unknown = new RpcError(RpcErrorCode.methodNotFound, "No such method");
      return void this.#send(errorLine(id, unknown));
    }
    if (this.#working.size >= this.#maxInFlight) {
      const busy = new RpcError(RpcErrorCode.internal, "Too many at once");
      return void this.#send(errorLine(id, busy));
    }
    const work = this.#answer(id, handler, params).finally(() => this.#working.delete(work));
    this.#working.add(work);
  }

  async #answer(id: RpcId, handler: RpcHandler, params: unknown): Promise<void> {
    let line: string;
    try {
      line = resultLine(id, await handler(params));
    } catch (error) {
      line = errorLine(id, error instanceof RpcError ? error : internal(error));
    }
    await this.#send(line);
  }

  async #send(line: string): Promise<void> {
    try {
      await this.#writer.write(line);
    } catch (error) {
      this.#breakOff(error);
    }
  }

  #breakOff(reason: unknown): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    void Promise.all([this.#writer.abort(reason), this.#cancelReading()]);
  }

  async #cancelReading(): Promise<void> {
    try {
      await this.#reader.cancel();
    } catch {
      // A stream that is broken has nothing to cancel.
    }
  }
}

/** Of a bug of ours the class helps to find it, the message may quote what must not be told. */
function internal(error: unknown): RpcError {
  if (error instanceof BottleError) {
    const isShape = error.code === "shape-invalid";
    return new RpcError(
      isShape ? RpcErrorCode.invalidParams : RpcErrorCode.internal,
      error.message,
    );
  }
  const name = error instanceof Error ? error.name : typeof error;
  return new RpcError(RpcErrorCode.internal, `Internal error (${name})`);
}

function streamClosed(method: string, cause?: unknown): BottleError {
  return new BottleError(`The stream ended before the answer to "${method}"`, {
    code: "stream-closed",
    cause,
  });
}

function timedOut(method: string, timeoutMs: number): BottleError {
  return new BottleError(`No answer to "${method}" in ${timeoutMs} ms`, { code: "timeout" });
}
