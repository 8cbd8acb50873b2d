/** A message on its way out on a stream of HTTP/2. */

import { writableFields } from "../../../lib/egress/http2/field_rules.ts";
import type { Http2Stream } from "../../../lib/egress/http2/stream.ts";
import type { HeaderList } from "../../../lib/egress/message.ts";
import type { BodyWriter } from "../body/body.ts";

const NOTHING: ReadonlySet<string> = new Set();
/** More than this is not gathered before a flush. */
const FULL_BYTES = 64 * 1024;

/** Holds a head until there is a reason to send it: alone, with a body behind it, or as all there is. */
export class Http2Writer implements BodyWriter {
  readonly #open: () => Http2Stream;
  #stream: Http2Stream | undefined;
  #head: HeaderList = [];
  #pieces: Uint8Array[] = [];
  #heldBytes = 0;

  /** @param open asked for the stream when the head is sent; what it throws, all methods that send throw */
  constructor(open: () => Http2Stream) {
    this.#open = open;
  }

  get isFull(): boolean {
    return this.#heldBytes >= FULL_BYTES;
  }

  /** Holds the head: it goes out with the first flush. */
  protected hold(head: HeaderList): void {
    this.#head = head;
  }

  add(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.#heldBytes += piece.length;
  }

  async flush(): Promise<void> {
    await this.#begin(false).send.flush();
  }

  async end(trailers: HeaderList): Promise<void> {
    const written = writableFields(trailers, NOTHING);
    const isHeadOnly = this.#stream === undefined && this.#heldBytes === 0 && written.length === 0;
    const { send } = this.#begin(isHeadOnly);
    if (!isHeadOnly) await send.end(written);
  }

  #begin(isEnd: boolean): Http2Stream {
    const stream = this.#stream ?? this.#open();
    if (this.#stream === undefined) stream.writeHead(this.#head, isEnd);
    this.#stream = stream;
    for (const piece of this.#pieces) stream.send.add(piece);
    this.#pieces = [];
    this.#heldBytes = 0;
    return stream;
  }
}
