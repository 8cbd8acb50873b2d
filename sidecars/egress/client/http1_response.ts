/** A response on its way to a client of HTTP/1.1 or 1.0. */

import {
  withFraming,
  writeChunk,
  writeLastChunk,
  writeResponseHead,
} from "../../../lib/egress/http1/writer.ts";
import type { BodyFraming, HeaderList, HttpVersion } from "../../../lib/egress/message.ts";
import type { ResponseStart, ResponseWriter } from "./client_exchange.ts";
import type { ClientStream } from "./client_stream.ts";
import { Output } from "../body/output.ts";

/** Writes one response. */
export class Http1Response implements ResponseWriter {
  readonly #client: ClientStream;
  readonly #version: HttpVersion;
  readonly #output: Output;
  #isChunked = false;
  /** No request can follow: what the head says, or that there is none. */
  isLast = true;

  constructor(client: ClientStream, version: HttpVersion) {
    this.#client = client;
    this.#version = version;
    this.#output = new Output((bytes) => client.write(bytes));
  }

  get isFull(): boolean {
    return this.#output.isFull;
  }

  async interim(status: number, reason: string, headers: HeaderList): Promise<void> {
    if (this.#version === "1.0") return;
    await this.#client.write(writeResponseHead({ status, reason, headers }));
  }

  start({ status, reason, headers, framing, isLast }: ResponseStart): void {
    const outgoing = this.#outgoing(framing);
    const framed = outgoing.kind === "none" ? headers : withFraming(headers, outgoing);
    this.isLast = isLast;
    this.#isChunked = outgoing.kind === "chunked";
    this.#output.add(writeResponseHead({
      status,
      reason,
      headers: isLast ? [...framed, ["Connection", "close"]] : framed,
    }));
  }

  add(piece: Uint8Array): void {
    this.#output.add(this.#isChunked ? writeChunk(piece) : piece);
  }

  flush(): Promise<void> {
    return this.#output.flush();
  }

  end(trailers: HeaderList): Promise<void> {
    if (this.#isChunked) this.#output.add(writeLastChunk(trailers));
    return this.#output.flush();
  }

  /** A body whose length only its end tells goes in chunks, to whoever knows them. */
  #outgoing(framing: BodyFraming): BodyFraming {
    switch (framing.kind) {
      case "none":
      case "length":
        return framing;
      case "chunked":
      case "until-close":
        return { kind: this.#version === "1.0" ? "until-close" : "chunked" };
      default:
        return framing satisfies never;
    }
  }
}
