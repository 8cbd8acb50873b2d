/** Takes a route's credential out of what the upstream answers: echo endpoints, error pages, logs. */

import { readableResponse } from "../../../lib/egress/response/readable_response.ts";
import type { Coding } from "../../../lib/egress/response/content_coding.ts";
import type { HeaderList } from "../../../lib/egress/message.ts";
import type { ByteFilter } from "../../../lib/egress/scan/byte_filter.ts";
import type { Finder } from "../../../lib/egress/scan/finder.ts";
import { redactText } from "../../../lib/egress/scan/redact_text.ts";
import { StreamScan } from "../../../lib/egress/scan/stream_scan.ts";
import type { BodyReader } from "../body/body.ts";
import { type Blame, decodedBody } from "../body/decoded_body.ts";
import { failure } from "../exchange/failure.ts";
import { filteredBody } from "../body/filtered_body.ts";
import type { AnswerHead } from "../upstream/upstream_exchange.ts";

/** Of one exchange. */
export class ResponseRedaction {
  readonly #finder: Finder;
  readonly #onFound: () => void;
  #codings: readonly Coding[] = [];

  /** @param onFound told when the credential came back, maybe often */
  constructor(finder: Finder, onFound: () => void) {
    this.#finder = finder;
    this.#onFound = onFound;
  }

  /**
   * A head as it goes on, interim ones too.
   *
   * @throws {BottleError} `upstream-unreadable`: its body can't be looked at
   */
  head(head: AnswerHead): AnswerHead {
    const readable = readableResponse(head);
    if (readable === undefined) throw failure("upstream-unreadable");
    this.#codings = readable.codings;
    return {
      ...head,
      reason: this.#redact(head.reason),
      headers: this.fields(readable.headers),
      framing: readable.framing,
    };
  }

  /** The final head's body. */
  body(body: BodyReader): BodyReader {
    const blame: Blame = (error) => failure("upstream-protocol", error.message);
    const plain = this.#codings.length === 0 ? body : decodedBody(body, this.#codings, blame);
    return filteredBody(plain, this.filter());
  }

  /** Fields of a head, or trailers. */
  fields(fields: HeaderList): HeaderList {
    // Almost always it is in none, and then one look is enough. An empty line belongs to no spelling.
    const all = fields.map(([name, value]) => `${name}: ${value}`).join("\n\n");
    if (this.#redact(all) === all) return fields;
    return fields.filter(([name]) => this.#redact(name) === name)
      .map(([name, value]) => [name, this.#redact(value)] as const);
  }

  /** For messages of a WebSocket. */
  filter(): ByteFilter {
    return new StreamScan([this.#finder], this.#onFound);
  }

  #redact(text: string): string {
    return text === "" ? "" : redactText(text, this.#finder, this.#onFound);
  }
}
