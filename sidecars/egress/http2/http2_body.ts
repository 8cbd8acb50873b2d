/** A body that a stream of HTTP/2 brings. */

import { malformed } from "../../../lib/egress/http1/malformed.ts";
import type { ReceiveHalf } from "../../../lib/egress/http2/receive_half.ts";
import type { BodyFraming, HeaderList } from "../../../lib/egress/message.ts";
import type { BodyReader } from "../body/body.ts";
import { Turn } from "../body/turn.ts";

/** Reads it, and holds it against the length that its head has told (RFC 9113, 8.1.1). */
export class Http2Body implements BodyReader {
  readonly #receive: ReceiveHalf;
  readonly #isNone: boolean;
  readonly #turn = new Turn();
  #left: number | undefined;

  constructor(receive: ReceiveHalf, framing: BodyFraming) {
    this.#receive = receive;
    this.#isNone = framing.kind === "none";
    this.#left = framing.kind === "length" ? framing.length : undefined;
  }

  get isDone(): boolean {
    return this.#isNone || this.#receive.isDone && (this.#left ?? 0) === 0;
  }

  get trailers(): HeaderList {
    return this.#receive.trailers;
  }

  async read(beforeWait?: () => Promise<void>): Promise<Uint8Array | undefined> {
    if (this.#isNone) return undefined;
    const waiting = this.#turn.next();
    if (waiting !== undefined) await waiting;
    const piece = await this.#receive.read(beforeWait);
    if (this.#left === undefined) return piece;
    this.#left -= piece?.length ?? 0;
    if (this.#left < 0) throw malformed("A body longer than its Content-Length");
    if (piece === undefined && this.#left > 0) {
      throw malformed("A body shorter than its Content-Length");
    }
    return piece;
  }
}
