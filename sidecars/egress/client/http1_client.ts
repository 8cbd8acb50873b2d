/** One request of a connection of HTTP/1.1, and its answer. */

import { bodyDecoder } from "../../../lib/egress/http1/body_decoder.ts";
import type { BodyFraming, RequestHead } from "../../../lib/egress/message.ts";
import type { ConnectTarget } from "../../../lib/egress/judge/judge_connect.ts";
import type { BodyReader, ByteDuplex } from "../body/body.ts";
import type { ClientExchange } from "./client_exchange.ts";
import { Http1Body } from "../body/http1_body.ts";
import { Http1Response } from "./http1_response.ts";
import type { ClientSide } from "../parts.ts";
import type { Watch } from "../watchdog.ts";

/** What is answered where no head was understood. */
export const NO_HEAD: RequestHead = { method: "", target: "", version: "1.1", headers: [] };

/** The client's side of an exchange that has a connection for itself as long as it lasts. */
export class Http1ClientExchange implements ClientExchange {
  readonly head: RequestHead;
  readonly response: Http1Response;
  readonly #side: ClientSide;

  constructor(side: ClientSide, head: RequestHead) {
    this.#side = side;
    this.head = head;
    this.response = new Http1Response(side.client, head.version);
  }

  get tunnel(): ConnectTarget | undefined {
    return this.#side.tunnel;
  }

  get watch(): Watch {
    return this.#side.watch;
  }

  get isAwaited(): boolean {
    return this.#side.client.isAwaited;
  }

  get isBroken(): boolean {
    return this.#side.client.isBroken;
  }

  set onBroken(callback: (() => void) | undefined) {
    this.#side.client.onBroken = callback;
  }

  body(framing: BodyFraming): BodyReader {
    return new Http1Body(this.#side.reader, bodyDecoder(framing));
  }

  abort(): void {
    this.#side.client.destroy();
  }

  upgrade(): ByteDuplex {
    const { client, reader } = this.#side;
    return {
      read: () => reader.readRaw(),
      write: (bytes) => client.write(bytes),
      end: () => client.end(),
      destroy: () => client.destroy(),
    };
  }
}
