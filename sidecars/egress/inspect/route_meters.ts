/** The limits of routes, in force: requests of a minute, the size of a body, and what may leave in a bottle's life. */

import type { AllowedRequest } from "../../../lib/egress/judge/judge_request.ts";
import type { Refused } from "../../../lib/egress/judge/judge_connect.ts";
import type { BlockReason } from "../../../lib/egress/reason.ts";
import type { Route } from "../../../lib/egress/route/route.ts";
import {
  ByteBudget,
  type ByteWish,
  type CountedHead,
  type GrantedBytes,
  headSize,
  knownLength,
  RequestBucket,
  ReservedBytes,
} from "../../../lib/egress/route/route_limits.ts";
import { BottleError } from "../../../lib/errors.ts";
import type { BodyReader } from "../body/body.ts";
import { MeteredBody } from "../body/metered_body.ts";

/**
 * Reserves bytes of a route's budget where it outlives this process.
 *
 * @throws {BottleError} whatever it is: nothing may leave then
 */
export type ReserveBytes = (wish: ByteWish) => Promise<GrantedBytes>;

/** Budgets that end with this process. */
export function reserveInMemory(): ReserveBytes {
  const budgets = new ReservedBytes();
  return (wish) => Promise.resolve(budgets.reserve(wish));
}

/** A refusal, and when it is worth trying again. */
export interface LimitRefusal extends Refused {
  /** In seconds. */
  readonly retryAfterS?: number;
}

/** Of one proxy. By the route's host: what was used stays used when a route's other parts change. */
export class RouteMeters {
  readonly #reserve: ReserveBytes;
  readonly #buckets = new Map<string, RequestBucket>();
  readonly #budgets = new Map<string, Budget>();

  constructor(reserve: ReserveBytes) {
    this.#reserve = reserve;
  }

  /**
   * Whether a request may go, as far as its head tells.
   *
   * @param now milliseconds of a clock that never goes back
   * @throws {BottleError} `audit-unavailable` if nobody can say what was used
   */
  async admit(
    { route, framing }: Pick<AllowedRequest, "route" | "framing">,
    head: CountedHead,
    now: number = performance.now(),
  ): Promise<LimitRefusal | undefined> {
    const { limits = {} } = route;
    const length = knownLength(framing);
    if (limits.body_bytes !== undefined && length > limits.body_bytes) {
      return refused(route, "body-too-large", bodyDetail(length, limits.body_bytes));
    }
    if (limits.requests_per_minute !== undefined) {
      const bucket = entry(this.#buckets, route.host, () => new RequestBucket());
      const waitMs = bucket.take(limits.requests_per_minute, now);
      if (waitMs > 0) {
        const detail =
          `The route "${route.host}" takes ${limits.requests_per_minute} requests a minute`;
        const retryAfterS = Math.ceil(waitMs / 1_000);
        return { ...refused(route, "rate-limit", detail), retryAfterS };
      }
    }
    if (limits.bytes_out === undefined) return undefined;
    const size = headSize(head);
    const budget = this.#budget(route.host);
    if (
      budget.isOver(size + length, limits.bytes_out) || !await budget.take(size, limits.bytes_out)
    ) {
      return refused(route, "budget", budgetDetail(route.host, limits.bytes_out));
    }
    return budget.isOver(length, limits.bytes_out)
      ? refused(route, "budget", budgetDetail(route.host, limits.bytes_out))
      : undefined;
  }

  /** The body, counted while it is read; as it is where the route limits none. */
  meter(route: Route, body: BodyReader): BodyReader {
    const { host, limits = {} } = route;
    const { bytes_out: out, body_bytes: most } = limits;
    if (out === undefined && most === undefined) return body;
    return new MeteredBody(body, {
      most,
      onTooLarge: () => limitError("body-too-large", bodyDetail(undefined, most ?? 0)),
      spend: out === undefined ? undefined : (bytes) => this.spend(host, bytes, out),
    });
  }

  /**
   * Takes bytes of a route's budget; undefined: they are taken.
   *
   * @returns rejects with `budget` or `audit-unavailable`
   */
  spend(host: string, bytes: number, limit: number): Promise<void> | undefined {
    const budget = this.#budget(host);
    if (budget.takeGranted(bytes)) return undefined;
    return budget.take(bytes, limit).then((isTaken) => {
      if (!isTaken) throw limitError("budget", budgetDetail(host, limit));
    });
  }

  #budget(host: string): Budget {
    return entry(this.#budgets, host, () => new Budget(host, this.#reserve));
  }
}

/** One at a time asks for more. */
class Budget {
  readonly #host: string;
  readonly #reserve: ReserveBytes;
  readonly #bytes = new ByteBudget();
  #last: Promise<unknown> = Promise.resolve();

  constructor(host: string, reserve: ReserveBytes) {
    this.#host = host;
    this.#reserve = reserve;
  }

  isOver(bytes: number, limit: number): boolean {
    return this.#bytes.isOver(bytes, limit);
  }

  takeGranted(bytes: number): boolean {
    return this.#bytes.take(bytes);
  }

  take(bytes: number, limit: number): Promise<boolean> {
    const taken = this.#last.then(() => this.#take(bytes, limit));
    this.#last = taken.catch(() => undefined);
    return taken;
  }

  async #take(bytes: number, limit: number): Promise<boolean> {
    if (this.#bytes.take(bytes)) return true;
    if (this.#bytes.isOver(bytes, limit)) return false;
    try {
      const wanted = this.#bytes.wanted(bytes, limit);
      this.#bytes.add(await this.#reserve({ route: this.#host, bytes: wanted, limit }));
    } catch (cause) {
      throw new BottleError("Nobody can say what this route has sent already", {
        code: "audit-unavailable" satisfies BlockReason,
        cause,
      });
    }
    return this.#bytes.take(bytes);
  }
}

function entry<T>(map: Map<string, T>, key: string, make: () => T): T {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

function refused(route: Route, reason: BlockReason, detail: string): Refused {
  return { ok: false, reason, detail, route: route.host };
}

function limitError(code: BlockReason, message: string): BottleError {
  return new BottleError(message, { code });
}

function bodyDetail(length: number | undefined, most: number): string {
  const has = length === undefined ? "more" : `${length}`;
  return `The route takes bodies of at most ${most} bytes, and this one has ${has}`;
}

function budgetDetail(host: string, limit: number): string {
  return `The ${limit} bytes that may leave by the route "${host}" are used up, or fewer are left`;
}
