/** The client's side of a connection as reads and writes that wait, over a node socket or a TLS socket. */

import type { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { BottleError } from "../../../lib/errors.ts";
import type { ByteSource } from "../../../lib/egress/http1/message_reader.ts";
import { type FlowControl, flowControlOf } from "./flow_control.ts";

/** Bytes that may wait for a reader before the socket is stopped. One TLS record is at most 16 KiB. */
const HIGH_WATER_BYTES = 64 * 1024;

/** Reads, writes and ends one client's connection. */
export class ClientStream implements ByteSource {
  readonly #socket: Socket | TLSSocket;
  readonly #flow: FlowControl;
  readonly #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  #isStopped = false;
  #hasEnded = false;
  #isBroken = false;
  #reader: PromiseWithResolvers<Uint8Array | undefined> | undefined;
  #writer: PromiseWithResolvers<void> | undefined;
  #onBroken: (() => void) | undefined;

  /**
   * @param raw the TCP socket: `socket` itself, or the one below TLS
   * @throws {BottleError} `flow-control-missing`
   */
  constructor(socket: Socket | TLSSocket, raw: Socket) {
    this.#socket = socket;
    this.#flow = flowControlOf(raw);
    socket.on("data", this.#onData);
    socket.on("end", this.#onEnd);
    socket.on("error", this.#onClose);
    socket.on("close", this.#onClose);
    socket.resume();
  }

  /** Whether the connection is gone in both directions. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Whether bytes have come that nobody has read. */
  get hasBuffered(): boolean {
    return this.#queuedBytes > 0;
  }

  /** Whether a write waits for the socket to take it. */
  get isAwaited(): boolean {
    return this.#writer !== undefined;
  }

  /** Called once when the connection breaks while it is set: what is in flight for it is to be given up. */
  set onBroken(callback: (() => void) | undefined) {
    this.#onBroken = callback;
    if (this.#isBroken) callback?.();
  }

  /** @throws {BottleError} `client-closed` when the connection is gone without an end, or another read takes its place */
  read(): Promise<Uint8Array | undefined> {
    const first = this.#queue.shift();
    if (first !== undefined) {
      this.#queuedBytes -= first.length;
      if (this.#isStopped && this.#queuedBytes === 0) this.#start();
      return Promise.resolve(first);
    }
    if (this.#hasEnded) return Promise.resolve(undefined);
    if (this.#isBroken) return Promise.reject(clientClosed());
    this.#reader?.reject(clientClosed());
    this.#reader = Promise.withResolvers();
    return this.#reader.promise;
  }

  /**
   * Resolves when the socket has taken the bytes, which must not change before: a client that does not read is waited for.
   *
   * @throws {BottleError} `client-closed`
   */
  write(bytes: Uint8Array): Promise<void> {
    if (this.#isBroken) return Promise.reject(clientClosed());
    const writer = Promise.withResolvers<void>();
    this.#writer = writer;
    this.#socket.write(bytes, (error) => {
      this.#writer = undefined;
      if (error === null || error === undefined) writer.resolve();
      else writer.reject(clientClosed());
    });
    return writer.promise;
  }

  /** Ends our direction, after what was written. */
  end(): void {
    if (!this.#isBroken) this.#socket.end();
  }

  /** Cuts the connection: over TLS without close_notify, so that nobody takes a part for the whole. */
  destroy(): void {
    if (this.#isBroken) return;
    this.#start();
    this.#socket.destroy();
    this.#onClose();
  }

  /**
   * Lets the socket go, stopped, to be handed on.
   *
   * @returns false when bytes have come that nobody has read: then it stays
   */
  detach(): boolean {
    if (this.#queuedBytes > 0 || this.#isBroken || this.#hasEnded) return false;
    this.#socket.off("data", this.#onData);
    this.#socket.off("end", this.#onEnd);
    this.#socket.off("error", this.#onClose);
    this.#socket.off("close", this.#onClose);
    this.#socket.pause();
    return true;
  }

  readonly #onData = (data: Buffer): void => {
    const reader = this.#reader;
    if (reader !== undefined) {
      this.#reader = undefined;
      reader.resolve(data);
      return;
    }
    this.#queue.push(data);
    this.#queuedBytes += data.length;
    if (this.#queuedBytes >= HIGH_WATER_BYTES && !this.#isStopped) {
      this.#isStopped = true;
      this.#flow.stop();
    }
  };

  readonly #onEnd = (): void => {
    this.#hasEnded = true;
    this.#reader?.resolve(undefined);
    this.#reader = undefined;
  };

  readonly #onClose = (): void => {
    if (this.#isBroken) return;
    this.#isBroken = true;
    this.#reader?.reject(clientClosed());
    this.#reader = undefined;
    this.#writer?.reject(clientClosed());
    this.#onBroken?.();
  };

  /** A handle that is stopped must read again before it is closed, or the close never comes. */
  #start(): void {
    if (!this.#isStopped) return;
    this.#isStopped = false;
    this.#flow.start();
  }
}

function clientClosed(): BottleError {
  return new BottleError("The client closed the connection", { code: "client-closed" });
}
