/** Moves the bytes of a connection of HTTP/2. */

import {
  Http2Connection,
  type Http2ConnectionOptions,
} from "../../../lib/egress/http2/connection.ts";

/** What carries them. */
export interface Http2Transport {
  /** The next bytes, valid until the next call; undefined at a clean end. */
  read(): Promise<Uint8Array | undefined>;
  /** Resolves when they were taken; they must not change before. */
  write(bytes: Uint8Array): Promise<void>;
}

/** What {@linkcode Http2Link} takes beside the transport. */
export interface Http2LinkOptions extends Omit<Http2ConnectionOptions, "onOutput"> {
  /** Called whenever something has come. */
  readonly onReceived?: () => void;
}

/** A connection and its transport. */
export class Http2Link {
  readonly connection: Http2Connection;
  readonly #transport: Http2Transport;
  readonly #onReceived: () => void;
  #isWriting = false;
  #flushed: PromiseWithResolvers<void> | undefined;

  constructor(transport: Http2Transport, options: Http2LinkOptions) {
    this.#transport = transport;
    this.#onReceived = options.onReceived ?? ((): void => {});
    this.connection = new Http2Connection({ ...options, onOutput: () => this.#wake() });
  }

  /** Reads until the transport ends or breaks: also what comes after the connection is over, to nowhere. Never throws. */
  async run(): Promise<void> {
    this.connection.start();
    try {
      for (;;) {
        const bytes = await this.#transport.read();
        if (bytes === undefined) break;
        this.connection.receive(bytes);
        this.#onReceived();
      }
    } catch {
      // It broke: what waits for a stream is told so.
    }
    this.connection.end();
  }

  /** Resolves when nothing is left to be written. */
  flushed(): Promise<void> {
    if (!this.#isWriting) return Promise.resolve();
    this.#flushed ??= Promise.withResolvers();
    return this.#flushed.promise;
  }

  /** Many frames are written before the first piece goes out, and go with it. */
  #wake(): void {
    if (this.#isWriting) return;
    this.#isWriting = true;
    queueMicrotask(() => void this.#write());
  }

  async #write(): Promise<void> {
    try {
      for (;;) {
        const bytes = this.connection.takeOutput();
        if (bytes === undefined) break;
        await this.#transport.write(bytes);
      }
    } catch {
      this.connection.end();
    }
    this.#isWriting = false;
    this.#flushed?.resolve();
    this.#flushed = undefined;
  }
}
