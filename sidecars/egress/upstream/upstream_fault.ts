/** Errors of the codecs, said of the upstream. */

import { http1ErrorCode } from "../../../lib/egress/http1/malformed.ts";
import type { HeaderList } from "../../../lib/egress/message.ts";
import { BottleError } from "../../../lib/errors.ts";
import type { BodyReader } from "../body/body.ts";
import { failure } from "../exchange/failure.ts";

/** An error of a codec as a reason of failure; any other as it is. */
export function asUpstreamFault(error: unknown): unknown {
  const code = http1ErrorCode(error);
  if (code === undefined || !(error instanceof BottleError)) return error;
  return code === "http-truncated"
    ? failure("upstream-closed", error.message)
    : failure("upstream-protocol", error.message);
}

/** A body whose errors are the upstream's. */
export class UpstreamBody implements BodyReader {
  readonly #body: BodyReader;

  constructor(body: BodyReader) {
    this.#body = body;
  }

  get isDone(): boolean {
    return this.#body.isDone;
  }

  get trailers(): HeaderList {
    return this.#body.trailers;
  }

  async read(beforeWait?: () => Promise<void>): Promise<Uint8Array | undefined> {
    try {
      return await this.#body.read(beforeWait);
    } catch (error) {
      throw asUpstreamFault(error);
    }
  }
}
