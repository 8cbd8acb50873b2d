/** Arithmetic of a route's limits: no clock and no network of their own. */

import type { BodyFraming, HeaderList } from "../message.ts";

const MINUTE_MS = 60_000;

/** Requests of one route: as many at once as a minute has, and then as they come back, evenly. */
export class RequestBucket {
  #tokens: number | undefined;
  #at = 0;

  /**
   * Takes one.
   *
   * @param perMinute the limit now: another than before counts from here on
   * @param now milliseconds of a clock that never goes back
   * @returns 0: it may go; else in how many milliseconds one may
   *
   * @example
   * ```ts
   * import { RequestBucket } from "./route_limits.ts";
   * const bucket = new RequestBucket();
   * const waits = [bucket.take(2, 0), bucket.take(2, 0), bucket.take(2, 0), bucket.take(2, 30_000)];
   * if (waits.join() !== "0,0,30000,0") throw new Error(waits.join());
   * ```
   */
  take(perMinute: number, now: number): number {
    const back = (now - this.#at) * perMinute / MINUTE_MS;
    const tokens = Math.min(
      perMinute,
      this.#tokens === undefined ? perMinute : this.#tokens + back,
    );
    this.#at = now;
    this.#tokens = tokens >= 1 ? tokens - 1 : tokens;
    return tokens >= 1 ? 0 : Math.ceil((1 - tokens) * MINUTE_MS / perMinute);
  }
}

/** A part of a budget that is asked for. */
export interface ByteWish {
  /** The route's host. */
  readonly route: string;
  readonly bytes: number;
  /** The whole budget as it is now. */
  readonly limit: number;
}

/** A part of a route's budget. */
export interface GrantedBytes {
  /** So many of those that were asked for, or fewer. */
  readonly granted: number;
  /** Of the whole budget, these among them. */
  readonly reserved: number;
}

/**
 * Budgets, by route.
 *
 * @example
 * ```ts
 * import { ReservedBytes } from "./route_limits.ts";
 * const budgets = new ReservedBytes();
 * const grants = [7, 7].map((bytes) => budgets.reserve({ route: "a.example", bytes, limit: 10 }).granted);
 * if (grants.join() !== "7,3") throw new Error(grants.join());
 * ```
 */
export class ReservedBytes {
  readonly #reserved: Map<string, number>;

  /** @param reserved what was reserved before */
  constructor(reserved: Iterable<readonly [string, number]> = []) {
    this.#reserved = new Map(reserved);
  }

  /** Reserves as many as are left of the route's budget. */
  reserve({ route, bytes, limit }: ByteWish): GrantedBytes {
    const before = this.#reserved.get(route) ?? 0;
    const granted = Math.max(0, Math.min(bytes, limit - before));
    const reserved = before + granted;
    if (granted > 0) this.#reserved.set(route, reserved);
    return { granted, reserved };
  }

  /** What was reserved, by route. */
  entries(): readonly (readonly [string, number])[] {
    return [...this.#reserved];
  }
}

/** What may still leave by one route, of what was reserved of its budget. */
export class ByteBudget {
  #left = 0;
  #reserved: number | undefined;

  /** Takes them, if so many are left of what was granted. */
  take(bytes: number): boolean {
    if (bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }

  /** How many to ask for, so that `bytes` can be taken: more than that, so that it is asked seldom. */
  wanted(bytes: number, limit: number): number {
    const slice = Math.min(MAX_SLICE, Math.ceil(limit / SLICES));
    return Math.max(bytes - this.#left, slice);
  }

  /** They were granted. */
  add({ granted, reserved }: GrantedBytes): void {
    this.#left += granted;
    this.#reserved = reserved;
  }

  /** Whether it is known that so many can't be had any more. */
  isOver(bytes: number, limit: number): boolean {
    return bytes > this.#left + Math.max(0, limit - (this.#reserved ?? 0));
  }
}

/** What an egress that dies takes with it of a budget, at most: a sixteenth, and never more than a mebibyte. */
const SLICES = 16;
const MAX_SLICE = 1024 ** 2;

/** A request's head, as it counts: that of HTTP/1.1, whatever carries it. */
export interface CountedHead {
  readonly method: string;
  readonly path: string;
  readonly headers: HeaderList;
}

/** Bytes of a head. Texts are ISO 8859-1: a character is a byte. */
export function headSize({ method, path, headers }: CountedHead): number {
  return method.length + path.length + "  HTTP/1.1\r\n\r\n".length + fieldsSize(headers);
}

/** Bytes of fields, in a head or behind a body. */
export function fieldsSize(headers: HeaderList): number {
  return headers.reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0);
}

/** How long a body is, where that is known before it comes. */
export function knownLength(framing: BodyFraming): number {
  return framing.kind === "length" ? framing.length : 0;
}
