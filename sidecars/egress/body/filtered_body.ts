/** A body that a filter looks at, and may change. */

import type { HeaderList } from "../../../lib/egress/message.ts";
import type { ByteFilter } from "../../../lib/egress/scan/byte_filter.ts";
import type { BodyReader } from "./body.ts";

/** Lays a filter over a body. Its length stays; what the filter throws, reading throws. */
export function filteredBody(body: BodyReader, filter: ByteFilter): BodyReader {
  return new FilteredBody(body, filter);
}

class FilteredBody implements BodyReader {
  readonly #body: BodyReader;
  readonly #filter: ByteFilter;
  #parts: Uint8Array[] = [];
  #isOver = false;

  constructor(body: BodyReader, filter: ByteFilter) {
    this.#body = body;
    this.#filter = filter;
  }

  get isDone(): boolean {
    return this.#isOver && this.#parts.length === 0;
  }

  get trailers(): HeaderList {
    return this.#body.trailers;
  }

  async read(beforeWait?: () => Promise<void>): Promise<Uint8Array | undefined> {
    for (;;) {
      const part = this.#parts.shift();
      if (part !== undefined || this.#isOver) return part;
      const piece = await this.#body.read(beforeWait);
      const emit = (part: Uint8Array): void => void this.#parts.push(part);
      if (piece === undefined) {
        this.#isOver = true;
        this.#filter.end(emit);
      } else {
        this.#filter.push(piece, emit);
      }
    }
  }
}
