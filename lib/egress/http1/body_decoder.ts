/** Takes a body out of its framing, piece by piece, without copying. */

import { ChunkedDecoder } from "./chunked_decoder.ts";
import { truncated } from "./malformed.ts";
import type { BodyFraming, HeaderList } from "../message.ts";

/** What one step took. */
export interface DecodeStep {
  /** Bytes of the input that are used up. */
  readonly used: number;
  /** Body bytes: a view of the input, maybe empty. */
  readonly data: Uint8Array;
}

/** One body's decoder: step until the input is used up or the body is done. */
export interface BodyDecoder {
  /** The body is complete: what follows belongs to the next message. */
  readonly isDone: boolean;
  /** Fields after a chunked body; empty until it is done. */
  readonly trailers: HeaderList;
  /** @throws {BottleError} `http-malformed`, `http-too-large` */
  step(input: Uint8Array): DecodeStep;
  /** The stream has ended cleanly. @throws {BottleError} `http-truncated` unless the body may end here */
  end(): void;
}

/** A decoder for one body. */
export function bodyDecoder(framing: BodyFraming): BodyDecoder {
  switch (framing.kind) {
    case "none":
      return new LengthDecoder(0);
    case "length":
      return new LengthDecoder(framing.length);
    case "chunked":
      return new ChunkedDecoder();
    case "until-close":
      return new UntilCloseDecoder();
    default:
      return framing satisfies never;
  }
}

class LengthDecoder implements BodyDecoder {
  readonly trailers: HeaderList = [];
  #left: number;

  constructor(length: number) {
    this.#left = length;
  }

  get isDone(): boolean {
    return this.#left === 0;
  }

  step(input: Uint8Array): DecodeStep {
    const data = input.length > this.#left ? input.subarray(0, this.#left) : input;
    this.#left -= data.length;
    return { used: data.length, data };
  }

  end(): void {
    if (this.#left > 0) throw truncated(`The body ended ${this.#left} bytes early`);
  }
}

class UntilCloseDecoder implements BodyDecoder {
  readonly trailers: HeaderList = [];
  isDone = false;

  step(input: Uint8Array): DecodeStep {
    return { used: input.length, data: input };
  }

  end(): void {
    this.isDone = true;
  }
}
