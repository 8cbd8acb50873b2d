/** The first of several addresses that takes a connection, without waiting long for any (RFC 8305). */

import type { IpAddress } from "../../../lib/egress/host/address.ts";

/** What {@linkcode raceConnect} takes. */
export interface ConnectRace<T> {
  /** Connects to one address; ends when the signal is aborted. */
  readonly attempt: (address: IpAddress, signal: AbortSignal) => Promise<T>;
  /** Takes a connection that came too late. */
  readonly discard: (connection: T) => void;
  /** How long an address is waited for before the next one is tried beside it, in milliseconds. */
  readonly staggerMs: number;
  readonly signal: AbortSignal;
}

/** What came first, and from where. */
export interface Winner<T> {
  readonly connection: T;
  readonly address: IpAddress;
}

/** RFC 8305, 8: more attempts at once than a few help nobody. */
const MAX_ADDRESSES = 8;

/** RFC 8305, section 4: families take turns, beginning with the first address's. */
export function interleaveFamilies(addresses: readonly IpAddress[]): readonly IpAddress[] {
  const family = addresses[0]?.family;
  const first = addresses.filter((address) => address.family === family);
  const second = addresses.filter((address) => address.family !== family);
  const longer = Math.max(first.length, second.length);
  return Array.from({ length: longer }, (_, index) => [first[index], second[index]])
    .flat().filter((address) => address !== undefined).slice(0, MAX_ADDRESSES);
}

/**
 * Connects to the addresses in turn: the next is tried when one has failed, or has not answered for a moment. All others
 * are given up when one has come.
 *
 * @throws what the first attempt that failed threw, once all have; the signal's reason, once aborted
 */
export async function raceConnect<T>(
  addresses: readonly IpAddress[],
  race: ConnectRace<T>,
): Promise<Winner<T>> {
  race.signal.throwIfAborted();
  const state = new RaceState(addresses, race);
  try {
    return await state.winner;
  } finally {
    state.end();
  }
}

class RaceState<T> {
  readonly #addresses: readonly IpAddress[];
  readonly #race: ConnectRace<T>;
  readonly #won = Promise.withResolvers<Winner<T>>();
  readonly #over = new AbortController();
  readonly #either: AbortSignal;
  readonly #failures: unknown[] = [];
  #next = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(addresses: readonly IpAddress[], race: ConnectRace<T>) {
    this.#addresses = addresses;
    this.#race = race;
    this.#either = AbortSignal.any([race.signal, this.#over.signal]);
    race.signal.addEventListener("abort", this.#leave, { once: true });
    this.#start();
  }

  get winner(): Promise<Winner<T>> {
    return this.#won.promise;
  }

  /** Gives up what is under way. */
  end(): void {
    clearTimeout(this.#timer);
    this.#race.signal.removeEventListener("abort", this.#leave);
    this.#over.abort();
  }

  readonly #leave = (): void => this.#won.reject(this.#race.signal.reason);

  #start(): void {
    clearTimeout(this.#timer);
    const address = this.#addresses[this.#next++];
    if (address === undefined) return;
    if (this.#next < this.#addresses.length) {
      this.#timer = setTimeout(() => this.#start(), this.#race.staggerMs);
    }
    this.#race.attempt(address, this.#either).then(
      (connection) => this.#succeed(connection, address),
      (error) => this.#fail(error),
    );
  }

  #succeed(connection: T, address: IpAddress): void {
    if (this.#either.aborted) return this.#race.discard(connection);
    this.#over.abort();
    this.#won.resolve({ connection, address });
  }

  #fail(error: unknown): void {
    this.#failures.push(error);
    if (this.#either.aborted) return;
    if (this.#failures.length === this.#addresses.length) this.#won.reject(this.#failures[0]);
    else this.#start();
  }
}
