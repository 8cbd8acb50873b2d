/** Bodies without their content codings. */

import type { Coding } from "../../../lib/egress/response/content_coding.ts";
import type { HeaderList } from "../../../lib/egress/message.ts";
import type { ByteFilter } from "../../../lib/egress/scan/byte_filter.ts";
import { BottleError } from "../../../lib/errors.ts";
import type { BodyReader } from "./body.ts";
import { ContentDecoder, UNDECODABLE } from "./content_decoder.ts";

/** What a body may grow to whatever it was before. */
const FREE_BYTES = 8 * 1024 * 1024;
/** Above that: decoded bytes for each coded one. Logs and tables reach some tens. */
const MAX_RATIO = 200;
/** More than any answer to a program. */
const MAX_BYTES = 16 * 1024 * 1024 * 1024;

/** Says of an error whose fault it is. */
export type Blame = (error: BottleError) => BottleError;

/**
 * A body as it reads.
 *
 * @param codings in the order in which they were applied; at least one
 * @param blame gets errors of the coding: it is none, ends too early, or grows too much
 */
export function decodedBody(
  body: BodyReader,
  codings: readonly Coding[],
  blame: Blame,
): BodyReader {
  return new DecodedBody(body, new Decoding(codings, blame));
}

/**
 * A body as it is, of which each piece goes on when what it decodes to has been looked at.
 *
 * @param filter what it lets pass, or changes, is not looked at: only what it throws
 */
export function watchedBody(
  body: BodyReader,
  codings: readonly Coding[],
  filter: ByteFilter,
  blame: Blame,
): BodyReader {
  return new WatchedBody(body, new Decoding(codings, blame), filter);
}

/** The decoders of one body, one behind the other. */
class Decoding implements Disposable {
  readonly #decoders: readonly ContentDecoder[];
  readonly #blame: Blame;
  #coded = 0;
  #decoded = 0;

  constructor(codings: readonly Coding[], blame: Blame) {
    // The last one applied comes off first.
    this.#decoders = codings.toReversed().map((coding) => new ContentDecoder(coding));
    this.#blame = blame;
  }

  async *decode(piece: Uint8Array): AsyncGenerator<Uint8Array> {
    this.#coded += piece.length;
    yield* this.#bounded(this.#through(piece, 0));
  }

  async *finish(): AsyncGenerator<Uint8Array> {
    for (const [index, decoder] of this.#decoders.entries()) {
      yield* this.#bounded(this.#throughAll(decoder.finish(), index + 1));
    }
  }

  [Symbol.dispose](): void {
    for (const decoder of this.#decoders) decoder[Symbol.dispose]();
  }

  async *#through(piece: Uint8Array, index: number): AsyncGenerator<Uint8Array> {
    const decoder = this.#decoders[index];
    if (decoder === undefined) yield piece;
    else yield* this.#throughAll(decoder.decode(piece), index + 1);
  }

  async *#throughAll(
    pieces: AsyncGenerator<Uint8Array>,
    index: number,
  ): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces) yield* this.#through(piece, index);
  }

  async *#bounded(pieces: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      for await (const piece of pieces) {
        this.#decoded += piece.length;
        const most = Math.min(Math.max(FREE_BYTES, this.#coded * MAX_RATIO), MAX_BYTES);
        if (this.#decoded > most) {
          throw new BottleError("A body that grows too much when it is decoded", {
            code: UNDECODABLE,
          });
        }
        yield piece;
      }
    } catch (error) {
      throw error instanceof BottleError && error.code === UNDECODABLE ? this.#blame(error) : error;
    }
  }
}

class DecodedBody implements BodyReader {
  readonly #body: BodyReader;
  readonly #decoding: Decoding;
  #pieces: AsyncGenerator<Uint8Array> | undefined;
  #isFinishing = false;
  #isOver = false;

  constructor(body: BodyReader, decoding: Decoding) {
    this.#body = body;
    this.#decoding = decoding;
  }

  get isDone(): boolean {
    return this.#isOver;
  }

  get trailers(): HeaderList {
    return this.#body.trailers;
  }

  async read(beforeWait?: () => Promise<void>): Promise<Uint8Array | undefined> {
    try {
      while (!this.#isOver) {
        const next = await this.#pieces?.next();
        if (next?.done === false) return next.value;
        if (this.#isFinishing) this.#end();
        else await this.#readOn(beforeWait);
      }
      return undefined;
    } catch (error) {
      this.#end();
      throw error;
    }
  }

  async #readOn(beforeWait: (() => Promise<void>) | undefined): Promise<void> {
    const piece = await this.#body.read(beforeWait);
    this.#isFinishing = piece === undefined;
    this.#pieces = piece === undefined ? this.#decoding.finish() : this.#decoding.decode(piece);
  }

  #end(): void {
    this.#isOver = true;
    this.#decoding[Symbol.dispose]();
  }
}

class WatchedBody implements BodyReader {
  readonly #body: BodyReader;
  readonly #decoding: Decoding;
  readonly #filter: ByteFilter;

  constructor(body: BodyReader, decoding: Decoding, filter: ByteFilter) {
    this.#body = body;
    this.#decoding = decoding;
    this.#filter = filter;
  }

  get isDone(): boolean {
    return this.#body.isDone;
  }

  get trailers(): HeaderList {
    return this.#body.trailers;
  }

  async read(beforeWait?: () => Promise<void>): Promise<Uint8Array | undefined> {
    try {
      const piece = await this.#body.read(beforeWait);
      const decoded = piece === undefined ? this.#decoding.finish() : this.#decoding.decode(piece);
      for await (const part of decoded) this.#filter.push(part, ignore);
      if (piece !== undefined) return piece;
      this.#filter.end(ignore);
      this.#decoding[Symbol.dispose]();
      return undefined;
    } catch (error) {
      this.#decoding[Symbol.dispose]();
      throw error;
    }
  }
}

function ignore(): void {}
