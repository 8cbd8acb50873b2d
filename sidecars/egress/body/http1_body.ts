/** A body of an HTTP/1.1 connection. */

import type { BodyDecoder } from "../../../lib/egress/http1/body_decoder.ts";
import type { MessageReader } from "../../../lib/egress/http1/message_reader.ts";
import type { HeaderList } from "../../../lib/egress/message.ts";
import type { BodyReader } from "./body.ts";
import { Turn } from "./turn.ts";

/** Reads one body out of its framing. */
export class Http1Body implements BodyReader {
  readonly #reader: MessageReader;
  readonly #decoder: BodyDecoder;
  readonly #turn = new Turn();

  constructor(reader: MessageReader, decoder: BodyDecoder) {
    this.#reader = reader;
    this.#decoder = decoder;
  }

  get isDone(): boolean {
    return this.#decoder.isDone;
  }

  get trailers(): HeaderList {
    return this.#decoder.trailers;
  }

  read(beforeWait?: () => Promise<void>): Promise<Uint8Array | undefined> {
    const waiting = this.#turn.next();
    return waiting === undefined
      ? this.#reader.readBody(this.#decoder, beforeWait)
      : waiting.then(() => this.#reader.readBody(this.#decoder, beforeWait));
  }
}
