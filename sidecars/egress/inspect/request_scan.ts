/** Looks at what an agent sends, on its way out. The one place for all that is looked for. */

import { requestCodings } from "../../../lib/egress/response/content_coding.ts";
import type { HeaderList } from "../../../lib/egress/message.ts";
import type {
  OutboundHead,
  OutboundPlace,
  PlaceholderWatch,
} from "../../../lib/egress/credential/misplaced.ts";
import type { ByteFilter } from "../../../lib/egress/scan/byte_filter.ts";
import { BottleError } from "../../../lib/errors.ts";
import type { BodyReader } from "../body/body.ts";
import { watchedBody } from "../body/decoded_body.ts";
import { filteredBody } from "../body/filtered_body.ts";

/** Of one exchange. */
export class RequestScan {
  readonly #watch: PlaceholderWatch;
  readonly #place: OutboundPlace;

  constructor(watch: PlaceholderWatch, place: OutboundPlace) {
    this.#watch = watch;
    this.#place = place;
  }

  /** @throws {BottleError} `placeholder` */
  head(head: OutboundHead): OutboundHead {
    return this.#watch.checkHead(head, this.#place);
  }

  /**
   * Says how a body is to be looked at. What is coded goes on as it is, after a look at what it decodes to: there
   * nothing can be overwritten, so that a placeholder is refused even on a provider's own hosts.
   *
   * @param headers of the request
   * @throws {BottleError} `unreadable-request`: there would be no looking at it; reading throws that too, and `placeholder`
   */
  body(headers: HeaderList): (body: BodyReader) => BodyReader {
    const codings = requestCodings(headers);
    if (codings === undefined) throw unreadable("A body in a coding that can't be looked through");
    if (codings.length === 0) return (body) => filteredBody(body, this.filter());
    return (body) => {
      const filter = this.#watch.filter(this.#place, false);
      return watchedBody(body, codings, filter, (error) => unreadable(error.message));
    };
  }

  /** @throws {BottleError} `placeholder` */
  trailers(trailers: HeaderList): HeaderList {
    return this.#watch.checkTrailers(trailers, this.#place);
  }

  /** For messages of a WebSocket. */
  filter(): ByteFilter {
    return this.#watch.filter(this.#place, true);
  }
}

function unreadable(message: string): BottleError {
  return new BottleError(message, { code: "unreadable-request" });
}
