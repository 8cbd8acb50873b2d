/** The request's body on its way to the upstream, beside the reading of the response. */

import type { BodyFraming, HeaderList } from "../../../lib/egress/message.ts";
import type { BodyReader } from "../body/body.ts";
import type { RequestStart, RequestWriter } from "../upstream/upstream_exchange.ts";

/** What {@linkcode RequestBody} takes. */
export interface RequestBodyOptions {
  readonly source: BodyReader;
  readonly sink: RequestWriter;
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
  #failure: unknown;
  #isSent = false;
  #isDiscarding = false;
  #isAwaitingSink = false;
  #sending: Promise<void> | undefined;

  constructor(options: RequestBodyOptions) {
    this.#options = options;
  }

  /** Whether every byte has been read from the client and written to the upstream. */
  get isSent(): boolean {
    return this.#isSent;
  }

  /** Whether the next piece is the client's to send, and not the upstream's to take. */
  get isClients(): boolean {
    return !this.#isSent && !this.#isAwaitingSink;
  }

  /** Why it will never be sent whole: the client's fault, or the upstream's. */
  get failure(): unknown {
    return this.#failure;
  }

  /**
   * Sends it, the head first, together with what of the body is there already.
   *
   * @returns never rejects: see {@linkcode failure}
   */
  send(head: RequestStart): Promise<void> {
    this.#isSent = isEmpty(head.framing);
    return this.#sending = this.#sendAll(head);
  }

  /** Reads what the client still sends, to nowhere. Resolves at the body's end, or when the client is gone. */
  async discardRest(): Promise<void> {
    this.#isDiscarding = true;
    await this.#sending;
    try {
      while (await this.#options.source.read() !== undefined);
    } catch {
      // Nobody waits for it any more.
    }
  }

  async #sendAll(head: RequestStart): Promise<void> {
    const { source, sink, passTrailers, onProgress } = this.#options;
    const flush = async (): Promise<void> => {
      this.#isAwaitingSink = true;
      await sink.flush();
      this.#isAwaitingSink = false;
    };
    try {
      sink.start(head);
      for (;;) {
        if (sink.isFull) await flush();
        const piece = await source.read(flush);
        if (piece === undefined) break;
        if (this.#isDiscarding) continue;
        sink.add(piece);
        onProgress(piece.length);
      }
      if (this.#isDiscarding) return;
      await sink.end(passTrailers(source.trailers));
      this.#isSent = true;
      onProgress(0);
    } catch (error) {
      this.#failure = error;
      this.#options.onFailure(error);
    }
  }
}

/** Whether there is nothing to send behind the head. */
export function isEmpty(framing: BodyFraming): boolean {
  return framing.kind === "none" || framing.kind === "length" && framing.length === 0;
}
