/** The request's body on its way to the upstream, beside the reading of the response. */

import { type BodyDecoder, bodyDecoder } from "../../lib/egress/http1/body_decoder.ts";
import type { MessageReader } from "../../lib/egress/http1/message_reader.ts";
import type { BodyFraming, HeaderList } from "../../lib/egress/message.ts";
import { writeChunk, writeLastChunk } from "../../lib/egress/http1/writer.ts";
import { Output } from "./output.ts";

/** What {@linkcode RequestBody} takes. */
export interface RequestBodyOptions {
  readonly reader: MessageReader;
  readonly framing: BodyFraming;
  readonly write: (bytes: Uint8Array) => Promise<void>;
  /** Trailers as they may go on. */
  readonly passTrailers: (trailers: HeaderList) => HeaderList;
  /** Called for each piece: it moves. */
  readonly onProgress: (bytes: number) => void;
  /** Called when it will never be sent whole. */
  readonly onFailure: (error: unknown) => void;
}

/** One body. */
export class RequestBody {
  readonly #options: RequestBodyOptions;
  readonly #decoder: BodyDecoder;
  #failure: unknown;
  #isSent = false;
  #isDiscarding = false;
  #sending: Promise<void> | undefined;

  constructor(options: RequestBodyOptions) {
    this.#options = options;
    this.#decoder = bodyDecoder(options.framing);
    this.#isSent = options.framing.kind !== "chunked" && this.#decoder.isDone;
  }

  /** Whether every byte has been read from the client and written to the upstream. */
  get isSent(): boolean {
    return this.#isSent;
  }

  /** Why it will never be sent whole: the client's fault, or the upstream's. */
  get failure(): unknown {
    return this.#failure;
  }

  /**
   * Sends it, the head's bytes first, together with what of the body is there already.
   *
   * @returns never rejects: see {@linkcode failure}
   */
  send(head: Uint8Array): Promise<void> {
    return this.#sending = this.#sendAll(head);
  }

  /** Reads what the client still sends, to nowhere. Resolves at the body's end, or when the client is gone. */
  async discardRest(): Promise<void> {
    this.#isDiscarding = true;
    await this.#sending;
    try {
      while (await this.#options.reader.readBody(this.#decoder) !== undefined);
    } catch {
      // Nobody waits for it any more.
    }
  }

  async #sendAll(head: Uint8Array): Promise<void> {
    const { reader, framing, passTrailers, onProgress } = this.#options;
    const isChunked = framing.kind === "chunked";
    const output = new Output(this.#options.write);
    const flush = (): Promise<void> => output.flush();
    output.add(head);
    try {
      for (;;) {
        if (output.isFull) await output.flush();
        const piece = await reader.readBody(this.#decoder, flush);
        if (piece === undefined) break;
        if (this.#isDiscarding) continue;
        output.add(isChunked ? writeChunk(piece) : piece);
        onProgress(piece.length);
      }
      if (this.#isDiscarding) return;
      if (isChunked) output.add(writeLastChunk(passTrailers(this.#decoder.trailers)));
      await output.flush();
      this.#isSent = true;
      onProgress(0);
    } catch (error) {
      this.#failure = error;
      this.#options.onFailure(error);
    }
  }
}
