/** A body that is counted while it passes, and ends where it becomes too much. */

import { fieldsSize } from "../../../lib/egress/route/route_limits.ts";
import type { HeaderList } from "../../../lib/egress/message.ts";
import type { BottleError } from "../../../lib/errors.ts";
import type { BodyReader } from "./body.ts";

/** What {@linkcode MeteredBody} takes. */
export interface BodyBounds {
  /** Bytes of the whole body; undefined: any. */
  readonly most: number | undefined;
  /** What is thrown for one byte more. */
  readonly onTooLarge: () => BottleError;
  /** Takes bytes of a budget, trailers' among them; undefined: they are taken. */
  readonly spend: ((bytes: number) => Promise<void> | undefined) | undefined;
}

/** Laid over another. */
export class MeteredBody implements BodyReader {
  readonly #body: BodyReader;
  readonly #bounds: BodyBounds;
  #read = 0;

  constructor(body: BodyReader, bounds: BodyBounds) {
    this.#body = body;
    this.#bounds = bounds;
  }

  get isDone(): boolean {
    return this.#body.isDone;
  }

  get trailers(): HeaderList {
    return this.#body.trailers;
  }

  async read(beforeWait?: () => Promise<void>): Promise<Uint8Array | undefined> {
    const { most = Infinity, onTooLarge, spend } = this.#bounds;
    const piece = await this.#body.read(beforeWait);
    this.#read += piece?.length ?? 0;
    if (this.#read > most) throw onTooLarge();
    const waiting = spend?.(piece?.length ?? fieldsSize(this.#body.trailers));
    if (waiting !== undefined) {
      await beforeWait?.();
      await waiting;
    }
    return piece;
  }
}
